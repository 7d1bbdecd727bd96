//! The program on a disk that is full or may not be written, a real one: a small tmpfs, which only root can mount.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

use super::books::{PlatformBook, differences, read_journal};
use crate::platform::{Moment, Platform};
use crate::support::Desk;

const KIB: u64 = 1024;

/// A disk of one megabyte with a desk's journal on it.
struct SmallDisk {
    platform: Platform,
    desk: Desk,
    said: Vec<Value>,
}

impl SmallDisk {
    /// `None` where nobody may mount; it is said so.
    fn new() -> Option<Self> {
        let platform = Platform::with(&[]);
        let desk = Desk::of(&platform);
        let folder = desk.path("state");
        fs::create_dir(&folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(&folder)
            .output();
        if !mounted.is_ok_and(|mounted| mounted.status.success()) {
            println!("SKIPPED: no disk can be mounted here, only root can");
            return None;
        }
        Some(Self {
            platform,
            desk,
            said: Vec::new(),
        })
    }

    fn redeem(&mut self, code: &str) -> (i32, Value) {
        self.platform.know(code, "NORMAL");
        let args = ["redeem", "--json", "--yes", "--code", code, "--for", "0"];
        let ended = self.desk.run(&args);
        let object = ended.object();
        self.said.push(object.clone());
        (ended.exit, object)
    }

    /// Reconciles, and compares the books.
    fn check_books(&self) {
        let reconciled = self.desk.run(&["journal", "reconcile", "--for", "60"]);
        assert_eq!(reconciled.exit, 0, "{}", reconciled.stderr);
        assert_eq!(self.desk.run(&["journal", "verify"]).exit, 0);
        let (sent, applied) = self.platform.book();
        let platform = PlatformBook { sent, applied };
        let journal = read_journal(&self.desk.path("state/journal.sqlite"));
        let found = differences(&platform, &journal, &self.said);
        assert_eq!(found, Vec::<String>::new());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount")
            .arg("-l")
            .arg(self.desk.path("state"))
            .status();
        assert!(unmounted.unwrap().success());
    }
}

/// Fills the disk but for `left` bytes.
fn fill(folder: &Path, left: u64) {
    let mut ballast = File::create(folder.join("ballast")).unwrap();
    let mut filled = 0;
    while ballast.write_all(&[0; 4096]).is_ok() {
        filled += 4096;
    }
    ballast.set_len(filled - left).unwrap();
}

fn empty(folder: &Path) {
    fs::remove_file(folder.join("ballast")).unwrap();
}

fn remount(folder: &Path, how: &str) {
    let mounted = Command::new("mount").args(["-o", how]).arg(folder).status();
    assert!(mounted.unwrap().success());
}

/// The step of a redemption that finds no room any more hangs on how much is left: each is found.
#[test]
fn a_disk_that_is_full_at_any_step_redeems_nothing_that_is_not_written_down() {
    let Some(mut disk) = SmallDisk::new() else {
        return;
    };
    let folder = disk.desk.path("state");
    assert_eq!(disk.redeem("1000").0, 0);
    let mut exits = Vec::new();
    for pages in 0..24 {
        fill(&folder, pages * 4 * KIB);
        let code = format!("2{pages:03}");
        let looked = disk.desk.run(&["redeem", "--json", "--code", "1000"]);
        assert_eq!(looked.object()["outcome"], "already_redeemed");
        let before = disk.platform.consumes();
        let (exit, object) = disk.redeem(&code);
        let sent = disk.platform.consumes() - before;
        match exit {
            0 => assert_eq!((&object["outcome"], sent), (&"redeemed".into(), 1)),
            2 => assert_eq!((&object["outcome"], sent), (&"set_up".into(), 0)),
            exit => panic!("{exit}: {object}"),
        }
        exits.push(exit);
        empty(&folder);
    }
    println!("exits by pages left: {exits:?}");
    assert!(exits.contains(&2) && exits.contains(&0), "{exits:?}");
    fill(&folder, 0);
    let told = disk
        .desk
        .run(&["redeem", "--yes", "--code", "2000", "--lang", "en"]);
    assert!(told.stdout.contains("disk is full"), "{}", told.stdout);
    empty(&folder);
    disk.check_books();
}

/// Steps in once, while the platform has the consume.
fn while_sent(platform: &Platform, step: impl FnOnce() + Send + 'static) {
    let step = Mutex::new(Some(step));
    platform.watch(move |moment, _| {
        if moment == Moment::Sent
            && let Some(step) = step.lock().unwrap().take()
        {
            step();
        }
    });
}

#[test]
fn a_disk_that_fills_while_a_consume_is_on_its_way_loses_nothing() {
    let Some(mut disk) = SmallDisk::new() else {
        return;
    };
    let folder = disk.desk.path("state");
    let filled = folder.clone();
    while_sent(&disk.platform, move || {
        fill(&filled, 0);
        // The log has room left in its last page: that is taken too.
        let mut log = OpenOptions::new()
            .append(true)
            .open(filled.join("journal.sqlite-wal"))
            .unwrap();
        while log.write_all(&[0; 512]).is_ok() {}
    });
    let (exit, object) = disk.redeem("3000");
    assert_eq!((exit, &object["outcome"]), (0, &"redeemed".into()));
    // It was said and could not be written down: the next start finds it out.
    assert_eq!(disk.desk.attempts(), ["in_doubt"]);
    empty(&folder);
    disk.check_books();
    assert_eq!(disk.desk.attempts(), ["redeemed"]);
    assert_eq!(disk.platform.consumes(), 1);
}

#[test]
fn a_disk_that_may_not_be_written_looks_codes_up_and_redeems_nothing() {
    let Some(mut disk) = SmallDisk::new() else {
        return;
    };
    let folder = disk.desk.path("state");
    assert_eq!(disk.redeem("4000").0, 0);
    remount(&folder, "remount,ro");
    let (exit, object) = disk.redeem("4001");
    assert_eq!((exit, &object["outcome"]), (2, &"set_up".into()));
    let looked = disk.desk.run(&["redeem", "--json", "--code", "4001"]);
    assert_eq!(
        (looked.exit, &looked.object()["outcome"]),
        (0, &"queried".into())
    );
    assert_eq!(disk.platform.consumes(), 1);
    assert_eq!(disk.desk.run(&["journal", "verify"]).exit, 0);
    assert_eq!(disk.desk.attempts(), ["redeemed"]);
    assert_eq!(disk.desk.run(&["journal", "reconcile"]).exit, 2);
    remount(&folder, "remount,rw");
    assert_eq!(disk.redeem("4001").0, 0);
    disk.check_books();
}
