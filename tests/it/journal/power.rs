//! A disk that forgets what was not fsynced: every state that a loss of power can leave at any moment of SQLite's and the
//! head's writing opens, verifies, holds all that was reported, and goes on. And a disk that fails inside SQLite.
//!
//! `POWER=40 cargo test power` draws forty states a moment instead of two.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use coupon_kiosk::event::WriteId;
use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::journal::{Journal, Opened};
use coupon_kiosk::redemption::attempt::{JournalTrouble, Record};

use super::seal::{sealed, two_days};
use super::vfs::{Call, Fails, watch};
use super::{Place, a_day, query};
use crate::chance::Chance;

/// The watcher is one for the process.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

const SECTOR: usize = 512;
const ENDINGS: [&str; 3] = ["", "-wal", ".head"];
const HEAD: usize = 2;

/// What happened, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Step {
    Call(usize, Call),
    /// So many records were reported to be durable.
    Reported(u64),
}

/// What was seen of the disk.
#[derive(Default)]
struct Seen {
    steps: Vec<Step>,
    head: Vec<u8>,
}

impl Seen {
    /// The head is written in place and fsynced between SQLite's steps, never within one.
    fn look_at_head(&mut self, path: &Path) {
        let head = fs::read(path).unwrap_or_default();
        if head == self.head {
            return;
        }
        let mut at = 0;
        for new in head.chunks(SECTOR) {
            let old = self.head.get(at..at + new.len());
            if old != Some(new) {
                let bytes = new.to_vec();
                self.steps.push(Step::Call(HEAD, Call::Write { at, bytes }));
            }
            at += new.len();
        }
        self.steps.push(Step::Call(HEAD, Call::Sync));
        self.head = head;
    }
}

/// A file on a disk: what is surely there, and what has been asked for since the last fsync.
#[derive(Clone, Default)]
struct OnDisk {
    there: Option<Vec<u8>>,
    asked: Vec<Call>,
    /// What stood under this name before it was removed, as long as the removal may be forgotten.
    removed: Option<Vec<u8>>,
}

fn put(bytes: &mut Vec<u8>, at: usize, from: &[u8]) {
    let end = at + from.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(from);
}

impl OnDisk {
    fn take(&mut self, call: &Call) {
        match call {
            Call::Read => {}
            Call::Sync => {
                let bytes = self.there.get_or_insert_default();
                for asked in self.asked.drain(..) {
                    match asked {
                        Call::Write { at, bytes: from } => put(bytes, at, &from),
                        Call::Truncate(size) => bytes.resize(size, 0),
                        Call::Read | Call::Sync | Call::Delete => {}
                    }
                }
                self.removed = None;
            }
            Call::Delete => {
                self.removed = self.there.take();
                self.asked.clear();
            }
            Call::Write { .. } | Call::Truncate(_) => self.asked.push(call.clone()),
        }
    }

    /// What may be found after a loss of power: of what was not fsynced, any sectors.
    fn left(&self, chance: &mut Chance) -> Option<Vec<u8>> {
        if self.removed.is_some() && chance.below(2) == 0 {
            return self.removed.clone();
        }
        let mut left = self.there.clone();
        if left.is_none() && !self.asked.is_empty() && chance.below(2) == 0 {
            return None;
        }
        for asked in &self.asked {
            let bytes = left.get_or_insert_default();
            match asked {
                Call::Write { at, bytes: from } => {
                    let mut begin = *at;
                    while begin < at + from.len() {
                        let end = (begin / SECTOR + 1) * SECTOR;
                        let end = end.min(at + from.len());
                        if chance.below(2) == 0 {
                            put(bytes, begin, &from[begin - at..end - at]);
                        }
                        begin = end;
                    }
                }
                Call::Truncate(size) if chance.below(2) == 0 => bytes.resize(*size, 0),
                Call::Truncate(_) | Call::Read | Call::Sync | Call::Delete => {}
            }
        }
        left
    }
}

fn ending_of(journal: &Path, path: &Path) -> Option<usize> {
    let rest = path.to_str()?.strip_prefix(journal.to_str()?)?;
    ENDINGS.iter().position(|ending| *ending == rest)
}

/// What was on the disk, and every step that `work` made there; it says how many records were reported to it.
fn steps_of(place: &Place, work: impl FnOnce(&dyn Fn(u64))) -> (Vec<OnDisk>, Vec<Step>) {
    let begun = |ending: &str| {
        let there = fs::read(place.file(ending)).ok();
        OnDisk {
            there,
            ..OnDisk::default()
        }
    };
    let disk = ENDINGS.map(begun).to_vec();
    let seen: Arc<Mutex<Seen>> = Arc::default();
    seen.lock().unwrap().head = fs::read(place.file(".head")).unwrap();
    let (journal, head, sink) = (place.path(), place.file(".head"), Arc::clone(&seen));
    let watcher = move |path: &Path, call| {
        let mut seen = sink.lock().unwrap();
        seen.look_at_head(&head);
        if let Some(file) = ending_of(&journal, path).filter(|_| call != Call::Read) {
            seen.steps.push(Step::Call(file, call));
        }
        None
    };
    let folder = place.path().parent().unwrap().to_owned();
    watch(Some((folder, Box::new(watcher))));
    work(&|reported| {
        let mut seen = seen.lock().unwrap();
        seen.look_at_head(&place.file(".head"));
        seen.steps.push(Step::Reported(reported));
    });
    watch(None);
    let steps = std::mem::take(&mut seen.lock().unwrap().steps);
    (disk, steps)
}

/// Two writers that come and go.
fn go_on(place: &Place, report: &dyn Fn(u64)) {
    let mut reported = 9;
    for seconds in [900, 950] {
        let mut writing = place.open();
        for more in 0..7 {
            assert_eq!(
                writing.write(&query("203001234567", seconds + more)),
                Ok(())
            );
            reported += 1;
            report(reported);
        }
    }
}

/// What a loss of power may leave now.
fn crashed(disk: &[OnDisk], chance: &mut Chance) -> Place {
    let crashed = Place::new();
    fs::create_dir(crashed.path().parent().unwrap()).unwrap();
    for (ending, file) in ENDINGS.iter().zip(disk) {
        if let Some(bytes) = file.left(chance) {
            fs::write(crashed.file(ending), bytes).unwrap();
        }
    }
    crashed
}

fn draws() -> usize {
    std::env::var("POWER").map_or(2, |draws| draws.parse().unwrap())
}

#[test]
fn every_state_that_a_loss_of_power_leaves_opens_verifies_and_goes_on() {
    let _turn = turn();
    let chance = &mut Chance::new();
    let place = Place::with(&a_day());
    let (mut disk, steps) = steps_of(&place, |report| go_on(&place, report));
    let is_sync = |step: &&Step| matches!(step, Step::Call(_, Call::Sync));
    let syncs = steps.iter().filter(is_sync).count();
    assert!(syncs > 14 * 3, "an append is fsynced three times: {syncs}");
    let mut reported = 9;
    let mut states = 0;
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Reported(count) => reported = *count,
            Step::Call(file, call) => disk[*file].take(call),
        }
        for _ in 0..draws() {
            let when = format!("after step {number}, {step:?}");
            check(&crashed(&disk, chance), reported, &when);
            states += 1;
        }
    }
    println!("{states} states at {} moments, {syncs} fsyncs", steps.len());
}

/// All that was reported is there, at most the next one besides, and the journal goes on.
fn check(crashed: &Place, reported: u64, when: &str) {
    let when = when.get(..120).unwrap_or(when);
    let found = match verify(&crashed.path()) {
        Ok(Verdict::Whole(tail)) => tail.seq,
        other => panic!("{when}: {other:?}"),
    };
    assert!(
        (reported..=reported + 1).contains(&found),
        "{when}: {found} of {reported}"
    );
    let mut writing = crashed.open();
    assert_eq!(writing.trouble, None, "{when}");
    assert_eq!(writing.in_doubt.len(), 1, "{when}");
    assert_eq!(writing.write(&query("1", 2_000)), Ok(()), "{when}");
    drop(writing);
    crashed.assert_whole(found + 1);
}

#[test]
fn no_loss_of_power_while_old_records_are_sealed_loses_one() {
    let _turn = turn();
    let chance = &mut Chance::new();
    let place = Place::with(&two_days());
    let (mut disk, steps) = steps_of(&place, |_| {
        sealed(&place, 1_000).unwrap().unwrap();
    });
    let mut states = 0;
    for (number, step) in steps.iter().enumerate() {
        if let Step::Call(file, call) = step {
            disk[*file].take(call);
        }
        for _ in 0..draws() {
            let when = format!("after step {number}, {step:?}");
            let when = when.get(..120).unwrap_or(&when);
            let crashed = crashed(&disk, chance);
            // The archive was durable before the first of these steps, or sealing it again would find another.
            let archive = |place: &Place| place.path().with_file_name("archive");
            fs::create_dir(archive(&crashed)).unwrap();
            for entry in fs::read_dir(archive(&place)).unwrap() {
                let entry = entry.unwrap();
                fs::copy(entry.path(), archive(&crashed).join(entry.file_name())).unwrap();
            }
            match verify(&crashed.path()) {
                Ok(Verdict::Whole(tail)) => assert!((7..=8).contains(&tail.seq), "{when}"),
                other => panic!("{when}: {other:?}"),
            }
            let base = |place: &Place| History::open(&place.path()).unwrap().sealed().unwrap();
            assert!([0, 4].contains(&base(&crashed).seq), "{when}");
            sealed(&crashed, 1_000).unwrap();
            assert_eq!(base(&crashed).seq, 4, "{when}");
            crashed.assert_whole(8);
            crashed.add(&[query("1", 2_000)]);
            states += 1;
        }
    }
    let is_sync = |step: &&Step| matches!(step, Step::Call(_, Call::Sync));
    let syncs = steps.iter().filter(is_sync).count();
    assert!(
        syncs > 3 + 1,
        "what was said is fsynced before anything goes: {syncs}"
    );
    println!("{states} states at {} moments, {syncs} fsyncs", steps.len());
}

/// Appends three records while the `number`th call of a kind fails, and what follows too where the disk is full.
fn with_failure(fails: Fails, number: usize) -> (PathBuf, Place, Vec<Result<(), JournalTrouble>>) {
    let place = Place::with(&a_day());
    let Opened { journal, .. } = opened(&place);
    drop(journal);
    let mut count = 0;
    let watcher = move |_: &Path, call| {
        let is_one = match (fails, &call) {
            (Fails::Read, Call::Read)
            | (Fails::Sync, Call::Sync)
            | (Fails::Write | Fails::Full, Call::Write { .. }) => true,
            (Fails::Read | Fails::Sync | Fails::Write | Fails::Full, _) => false,
        };
        if !is_one {
            return None;
        }
        count += 1;
        let is_now = count == number || (fails == Fails::Full && count > number);
        is_now.then_some(fails)
    };
    let folder = place.path().parent().unwrap().to_owned();
    watch(Some((folder, Box::new(watcher))));
    let mut writing = place.open();
    let results = (0..3).map(|more| writing.write(&record(more))).collect();
    watch(None);
    (place.path(), place, results)
}

fn opened(place: &Place) -> Opened {
    Journal::open(&place.path(), |_: WriteId, _| {}).unwrap()
}

fn record(more: i64) -> Record {
    query("203001234567", 900 + more)
}

#[test]
fn a_disk_that_fails_inside_sqlite_loses_nothing_that_was_reported() {
    let _turn = turn();
    for fails in [Fails::Read, Fails::Write, Fails::Full, Fails::Sync] {
        let mut has_failed = false;
        for number in 1..=14 {
            let (path, place, results) = with_failure(fails, number);
            let when = format!("{fails:?} {number}: {results:?}");
            let kept = results.iter().filter(|result| result.is_ok()).count() as u64;
            has_failed |= results.iter().any(Result::is_err);
            if fails == Fails::Full {
                let is_other =
                    |result: &&Result<(), _>| !matches!(result, Ok(()) | Err(JournalTrouble::Full));
                assert_eq!(results.iter().find(is_other), None, "{when}");
            }
            let Ok(Verdict::Whole(tail)) = verify(&path) else {
                panic!("{when}: {:?}", verify(&path));
            };
            assert!((9 + kept..=12).contains(&tail.seq), "{when}: {}", tail.seq);
            // What was refused is given again by whoever was told so, and the journal takes it.
            let mut writing = place.open();
            assert_eq!(writing.trouble, None, "{when}");
            let again: Vec<_> = (0..3).map(|more| writing.write(&record(more))).collect();
            assert_eq!(again, [Ok(()); 3], "{when}");
            drop(writing);
            let Ok(Verdict::Whole(_)) = verify(&path) else {
                panic!("{when}: {:?}", verify(&path));
            };
        }
        assert!(has_failed, "{fails:?} is never met");
    }
}
