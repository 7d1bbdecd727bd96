//! The program on a machine whose clock is set: between two runs, and while a consume is on its way.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use coupon_kiosk::journal::history::History;
use coupon_kiosk::redemption::attempt::Record;

use crate::platform::{Fault, Moment, Platform};
use crate::support::{Desk, Ended};

const CODE: &str = "409632457895";
const DAY: i64 = 24 * 3600;

/// Stands before the system's clock in the program's process: what the file says is added to the time of day, and to
/// nothing that only measures.
const CLOCK: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t id, struct timespec *at)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int told = real(id, at);
    const char *path = getenv("CLOCK_FILE");
    FILE *file = id == CLOCK_REALTIME && path ? fopen(path, "r") : NULL;
    long shift = 0;
    if (file) {
        if (fscanf(file, "%ld", &shift) == 1)
            at->tv_sec += shift;
        fclose(file);
    }
    return told;
}
"#;

/// A desk whose clock can be set.
struct Clocked {
    platform: Platform,
    desk: Desk,
}

impl Clocked {
    fn new() -> Self {
        let platform = Platform::with(&[(CODE, "NORMAL")]);
        let desk = Desk::of(&platform);
        let source = desk.path("clock.c");
        std::fs::write(&source, CLOCK).unwrap();
        // The compiler that SQLite was built with.
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .arg(desk.path("clock.so"))
            .arg(&source)
            .arg("-ldl")
            .status();
        assert!(built.unwrap().success());
        Self { platform, desk }
    }

    fn file(&self) -> PathBuf {
        self.desk.path("shift")
    }

    fn run(&self, args: &[&str]) -> Ended {
        let mut command = self.desk.command(args);
        command
            .env("LD_PRELOAD", self.desk.path("clock.so"))
            .env("CLOCK_FILE", self.file());
        Ended::of(&command.output().unwrap())
    }

    fn redeem(&self) -> Ended {
        self.run(&["redeem", "--json", "--yes", "--code", CODE, "--for", "0"])
    }

    /// The seconds between the first record and the last, by their own times.
    fn went(&self) -> i64 {
        let mut times = Vec::new();
        let history = History::open(&self.desk.path("state/journal.sqlite")).unwrap();
        let read = history.each(|entry| {
            if matches!(entry.record, Record::Intent(_) | Record::Settled(_)) {
                times.push(entry.record.at());
            }
            Ok::<(), coupon_kiosk::journal::reading::HistoryError>(())
        });
        read.unwrap();
        times.last().unwrap().duration_since(times[0]).as_secs()
    }
}

fn set(file: &Path, seconds: i64) {
    // Whole at once: the program reads it at any moment.
    let new = file.with_extension("new");
    std::fs::write(&new, seconds.to_string()).unwrap();
    std::fs::rename(new, file).unwrap();
}

#[test]
fn an_attempt_in_doubt_is_settled_rightly_by_a_run_whose_clock_was_set() {
    std::thread::scope(|scope| {
        for shift in [-365 * DAY, -60, DAY] {
            scope.spawn(move || check_set(shift, Fault::DropBefore, "not_redeemed"));
            scope.spawn(move || check_set(shift, Fault::DropAfter, "redeemed"));
        }
    });
}

fn check_set(shift: i64, fault: Fault, outcome: &str) {
    let clocked = Clocked::new();
    clocked.platform.fail(&[fault]);
    // Shown late, so that the first telling is not the truth.
    clocked.platform.lag_behind(Duration::from_millis(700));
    let sent = clocked.redeem();
    assert_eq!(sent.exit, 3, "{}", sent.stderr);
    set(&clocked.file(), shift);
    let reconciled = clocked.run(&["journal", "reconcile", "--for", "60"]);
    assert_eq!(reconciled.exit, 0, "{shift}: {}", reconciled.stderr);
    assert_eq!(clocked.desk.attempts(), [outcome], "{shift}");
    assert!((clocked.went() - shift).abs() < 60, "{}", clocked.went());
    let again = clocked.redeem();
    assert_eq!(again.exit, i32::from(outcome == "redeemed"), "{shift}");
    assert_eq!(clocked.run(&["journal", "verify"]).exit, 0, "{shift}");
    let consumes = if outcome == "redeemed" { 1 } else { 2 };
    assert_eq!(clocked.platform.consumes(), consumes, "{shift}");
}

#[test]
fn a_clock_that_is_set_while_a_consume_is_on_its_way_changes_nothing() {
    for shift in [-DAY, DAY] {
        let clocked = Clocked::new();
        let file = clocked.file();
        clocked.platform.watch(move |moment, _| {
            if moment == Moment::Sent {
                set(&file, shift);
            }
        });
        let ended = clocked.redeem();
        assert_eq!(ended.object()["outcome"], "redeemed", "{}", ended.stderr);
        assert!((clocked.went() - shift).abs() < 60, "{}", clocked.went());
        assert_eq!(clocked.redeem().exit, 1);
        assert_eq!(clocked.run(&["journal", "verify"]).exit, 0);
        assert_eq!(clocked.platform.consumes(), 1);
    }
}
