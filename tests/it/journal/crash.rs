//! A crash at any moment: the journal opens, verifies, and has every record that was reported.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use coupon_kiosk::event::WriteId;
use coupon_kiosk::journal::Journal;
use coupon_kiosk::journal::chain::Position;
use coupon_kiosk::journal::head::{Found, Head, HeadFile};
use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::Filter;
use coupon_kiosk::journal::schema::{APPLICATION_ID, MIGRATIONS};
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::redemption::attempt::Record;
use rusqlite::Connection;

use crate::chance::Chance;

use super::{Place, Writing, a_day, assert_whole, intent, probe, query};

fn a_record(chance: &mut Chance, number: u64) -> Record {
    let seconds = number.cast_signed();
    match chance.below(3) {
        0 => query(
            &format!("{:012}", chance.next() % 1_000_000_000_000),
            seconds,
        ),
        1 => intent(number, &format!("c{number}"), seconds),
        _ => probe(chance.next() % 40, seconds),
    }
}

#[test]
fn a_crash_between_any_two_steps_of_an_append_opens_and_verifies() {
    let records = a_day();
    let (before, after) = (Place::with(&records[..8]), Place::with(&records));
    let head = |place: &Place| match Head::read(&place.file(".head")).unwrap() {
        Found::Head(head) => head.current,
        Found::Missing | Found::Blank | Found::Unreadable => panic!("no head"),
    };
    let (eighth, ninth) = (head(&before), head(&after));
    let check = |what: &str, place: &Place, head: &dyn Fn(&mut HeadFile), expected: u64| {
        let crashed = Place::new();
        fs::create_dir(crashed.path().parent().unwrap()).unwrap();
        fs::copy(place.path(), crashed.path()).unwrap();
        fs::copy(before.file(".head"), crashed.file(".head")).unwrap();
        let mut file = HeadFile::open(&crashed.file(".head")).unwrap().unwrap();
        head(&mut file);
        println!("{what}");
        crashed.assert_whole(expected);
        crashed.add(&[query("1", 900)]);
        crashed.assert_whole(expected + 1);
    };
    check("before all", &before, &|_| {}, 8);
    check(
        "announced",
        &before,
        &|head| head.announce(ninth.hash).unwrap(),
        8,
    );
    check(
        "committed",
        &after,
        &|head| head.announce(ninth.hash).unwrap(),
        9,
    );
    check(
        "settled",
        &after,
        &|head| {
            head.announce(ninth.hash).unwrap();
            head.settle(ninth).unwrap();
        },
        9,
    );
    check(
        "announced, failed, announced another",
        &before,
        &|head| {
            head.announce(ninth.hash).unwrap();
            head.announce(eighth.next("another").hash).unwrap();
        },
        8,
    );
}

#[test]
fn a_crash_while_the_journal_is_made_leaves_one_that_opens() {
    let migrated = |place: &Place| {
        let connection = Connection::open(place.path()).unwrap();
        connection
            .pragma_update(None, "journal_mode", "wal")
            .unwrap();
        for step in MIGRATIONS {
            connection.execute_batch(step).unwrap();
        }
        connection
            .pragma_update(None, "application_id", APPLICATION_ID)
            .unwrap();
        connection
            .pragma_update(None, "user_version", MIGRATIONS.len().cast_signed())
            .unwrap();
    };
    let steps: [Step; 6] = [
        ("a folder", &|_| {}),
        ("an empty file", &|place| {
            fs::write(place.path(), "").unwrap();
        }),
        ("a file without tables", &|place| {
            Connection::open(place.path())
                .unwrap()
                .pragma_update(None, "journal_mode", "wal")
                .unwrap();
        }),
        ("no head", &migrated),
        ("an empty head", &|place| {
            migrated(place);
            fs::write(place.file(".head"), "").unwrap();
        }),
        ("a head without a slot", &|place| {
            migrated(place);
            fs::write(place.file(".head"), [b' '; 8192]).unwrap();
        }),
    ];
    for (what, step) in steps {
        println!("{what}");
        let place = Place::new();
        fs::create_dir(place.path().parent().unwrap()).unwrap();
        step(&place);
        if what != "a folder" {
            place.assert_whole(0);
        }
        place.add(&a_day());
        place.assert_whole(9);
    }
}

/// What was done before the crash.
type Step<'a> = (&'a str, &'a dyn Fn(&Place));

/// All files of a journal at one moment.
#[derive(Clone)]
struct Files {
    records: Vec<u8>,
    log: Vec<u8>,
    head: Vec<u8>,
}

impl Files {
    fn of(path: &Path) -> Self {
        let read =
            |ending: &str| fs::read(format!("{}{ending}", path.display())).unwrap_or_default();
        Self {
            records: read(""),
            log: read("-wal"),
            head: read(".head"),
        }
    }

    fn put(&self, place: &Place) {
        fs::create_dir(place.path().parent().unwrap()).unwrap();
        fs::write(place.path(), &self.records).unwrap();
        fs::write(place.file("-wal"), &self.log).unwrap();
        fs::write(place.file(".head"), &self.head).unwrap();
    }
}

/// What a power cut leaves of a file that was being written: each sector old or new, and the end anywhere.
fn torn(old: &[u8], new: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = new.to_vec();
    for (index, sector) in bytes.chunks_mut(512).enumerate() {
        if chance.below(2) == 0 {
            let start = index * 512;
            for (offset, byte) in sector.iter_mut().enumerate() {
                *byte = old.get(start + offset).copied().unwrap_or(0);
            }
        }
    }
    if new.len() > old.len() && chance.below(2) == 0 {
        bytes.truncate(old.len() + chance.below(new.len() - old.len() + 1));
    }
    bytes
}

#[test]
fn a_power_cut_at_any_moment_loses_no_reported_record() {
    let chance = &mut Chance::new();
    let place = Place::new();
    let (sender, moments) = std::sync::mpsc::sync_channel(64);
    let path = place.path();
    // The report comes on the writing thread: while it runs, the files stand still.
    let opened = Journal::open(&place.path(), move |_, result| {
        sender.send((result, Files::of(&path))).unwrap();
    })
    .unwrap();
    let mut states: Vec<Files> = Vec::new();
    for number in 1..=60 {
        opened
            .journal
            .append(WriteId(number), a_record(chance, number))
            .unwrap();
        let (result, files) = moments.recv().unwrap();
        assert_eq!(result, Ok(()));
        states.push(files);
    }
    for _ in 0..150 {
        let after = 1 + chance.below(states.len() - 1);
        let (old, new) = (&states[after - 1], &states[after]);
        // `old` has as many records as its number says.
        let reported = after as u64;
        let crashed = Place::new();
        let files = crash_between(old, new, chance);
        files.put(&crashed);
        let Verdict::Whole(Position { seq, .. }) = crashed.verdict() else {
            panic!("after {reported}: {:?}", crashed.verdict());
        };
        assert!(
            seq == reported || seq == reported + 1,
            "{seq} of {reported}"
        );
        crashed.add(&[query("1", 900)]);
        crashed.assert_whole(seq + 1);
    }
}

/// One of the three fsyncs was under way.
fn crash_between(old: &Files, new: &Files, chance: &mut Chance) -> Files {
    assert_eq!(old.records, new.records, "no checkpoint in so few records");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("head");
    fs::write(&path, &new.head).unwrap();
    let Found::Head(settled) = Head::read(&path).unwrap() else {
        panic!("no head");
    };
    fs::write(&path, &old.head).unwrap();
    HeadFile::open(&path)
        .unwrap()
        .unwrap()
        .announce(settled.current.hash)
        .unwrap();
    let announced = fs::read(&path).unwrap();
    let mut files = old.clone();
    match chance.below(3) {
        0 => files.head = torn(&old.head, &announced, chance),
        1 => {
            files.head = announced;
            files.log = torn(&old.log, &new.log, chance);
        }
        _ => {
            files.log.clone_from(&new.log);
            files.head = torn(&announced, &new.head, chance);
        }
    }
    files
}

#[test]
fn a_process_killed_again_and_again_loses_no_reported_record() {
    let chance = &mut Chance::new();
    let place = Place::new();
    let mut least = 0;
    for _ in 0..12 {
        let exe = Command::new(std::env::current_exe().unwrap());
        let mut child = child_command(exe, &place.path(), "append for ever")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let acks = 1 + chance.below(30);
        let acked = said
            .lines()
            .map(Result::unwrap)
            .filter(|line| line.starts_with("acked "))
            .take(acks)
            .count();
        assert_eq!(acked, acks);
        child.kill().unwrap();
        child.wait().unwrap();
        least += acks as u64;
        let Verdict::Whole(tail) = place.verdict() else {
            panic!("{:?}", place.verdict());
        };
        assert!(tail.seq >= least, "{} of {least}", tail.seq);
        least = tail.seq;
    }
    place.add(&[query("1", 0)]);
    place.assert_whole(least + 1);
}

/// The test below, which a child process runs: this binary again.
const CHILD: &str = "journal::crash::a_child_process_writes";

/// A child that does `task` on the journal at `path`; `command` ends where its program's arguments begin.
pub fn child_command(mut command: Command, path: &Path, task: &str) -> Command {
    if command.get_program() == "sh" {
        command.arg(std::env::current_exe().unwrap());
    }
    command.args(["--exact", CHILD, "--nocapture", "--test-threads=1"]);
    command
        .env("JOURNAL_TASK", task)
        .env("JOURNAL_PATH", path)
        .env_remove("RUST_LOG");
    command
}

/// Nothing by itself: the tests above and in `trouble` run it as a process of its own.
#[test]
fn a_child_process_writes() {
    let (Ok(task), Some(path)) = (
        std::env::var("JOURNAL_TASK"),
        std::env::var_os("JOURNAL_PATH"),
    ) else {
        return;
    };
    let path = Path::new(&path);
    // libtest prints the test's name without an end of line first.
    println!();
    let mut writing = Writing::open(path);
    if task == "open and tell" {
        println!("trouble {:?}", writing.trouble);
        println!("in doubt {}", writing.in_doubt.len());
        println!(
            "lines {}",
            History::open(path)
                .unwrap()
                .list(&Filter::default())
                .unwrap()
                .len()
        );
        println!("whole {}", matches!(verify(path), Ok(Verdict::Whole(_))));
        println!("written {:?}", writing.write(&query("1", 0)));
        return;
    }
    assert_eq!(writing.trouble, None);
    // A child goes on where the one before it ended: the same record twice would stand there once.
    let Verdict::Whole(tail) = verify(path).unwrap() else {
        panic!("broken");
    };
    for number in tail.seq.cast_signed().. {
        match writing.write(&query("203001234567", number)) {
            Ok(()) => println!("acked {number}"),
            Err(trouble) => {
                println!("failed {trouble:?}");
                break;
            }
        }
    }
}

#[test]
fn a_log_of_thousands_of_records_is_folded_into_the_file_and_stays_whole() {
    let place = Place::new();
    let mut writing = place.open();
    for number in 0..1500 {
        writing.write(&query("203001234567", number)).unwrap();
    }
    let log = fs::metadata(place.file("-wal")).unwrap().len();
    assert!(log < 16 << 20, "{log}");
    assert_whole(&place.path(), 1500);
}
