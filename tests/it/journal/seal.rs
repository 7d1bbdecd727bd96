//! Old records go into an archive, and nothing gets lost on the way.

use std::fs;
use std::path::{Path, PathBuf};

use coupon_kiosk::cli::run::Running;
use coupon_kiosk::config::{self, Environment};
use coupon_kiosk::journal::copy::CopyError;
use coupon_kiosk::journal::fault::Fault;
use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::Filter;
use coupon_kiosk::journal::seal::{Sealing, oldest, seal};
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::redemption::attempt::{JournalTrouble, Outcome, Record, SettledBy};
use coupon_kiosk::redemption::note::Remark;
use coupon_kiosk::wording::Language;
use rusqlite::Connection;

use super::{Place, Writing, assert_whole, at, attempt, intent, query, settled};
use crate::platform::Platform;
use crate::support::{Desk, Ended};

/// An old day that is done, and a young one: records 1 to 4, and 5 to 7.
pub(super) fn two_days() -> Vec<Record> {
    vec![
        query("203001234567", 0),
        intent(1, "203001234567", 5),
        settled(1, Outcome::Redeemed, SettledBy::Reply, 6),
        query("409632457895", 20),
        query("PK0000397757", 1000),
        intent(2, "PK0000397757", 1005),
        settled(2, Outcome::Redeemed, SettledBy::Reply, 1006),
    ]
}

pub(super) fn sealed(place: &Place, before: i64) -> Result<Option<Sealing>, CopyError> {
    let folder = place.path().with_file_name("archive");
    seal(&place.path(), &folder, at(before), at(100_000))
}

fn codes(path: &Path) -> Vec<String> {
    let lines = History::open(path).unwrap().list(&Filter::default());
    let code = |line: coupon_kiosk::journal::line::Line| line.code.unwrap().as_str().to_owned();
    lines.unwrap().into_iter().map(code).collect()
}

/// All that stands in a file and beside it.
fn bytes(place: &Place) -> Vec<u8> {
    let log = fs::read(place.file("-wal")).unwrap_or_default();
    [fs::read(place.path()).unwrap(), log].concat()
}

fn holds(place: &Place, text: &str) -> bool {
    bytes(place)
        .windows(text.len())
        .any(|some| some == text.as_bytes())
}

#[test]
fn what_is_old_is_in_the_archive_and_not_a_byte_of_it_in_the_journal() {
    let place = Place::with(&two_days());
    assert!(holds(&place, "203001234567") && holds(&place, "409632457895"));
    let sealing = sealed(&place, 1000).unwrap().unwrap();
    assert_eq!((sealing.first, sealing.last.seq), (1, 4));
    assert_eq!(
        codes(&sealing.archive),
        ["203001234567", "203001234567", "409632457895"]
    );
    assert_whole(&sealing.archive, 4);
    assert_eq!(codes(&place.path()), ["PK0000397757", "PK0000397757"]);
    assert!(!holds(&place, "203001234567") && !holds(&place, "409632457895"));
    // Records 5 to 7, and the one that says what was sealed.
    place.assert_whole(8);
    let history = History::open(&place.path()).unwrap();
    assert_eq!(history.sealed().unwrap(), sealing.last);
    assert_eq!(oldest(&place.path()).unwrap(), Some(at(1000)));
    // What was redeemed in the young days is known, and the journal goes on.
    place.add(&[query("7", 2000)]);
    place.assert_whole(9);
    let nothing = sealed(&place, 1000).unwrap();
    assert_eq!(nothing, None);
}

#[test]
fn one_archive_follows_the_other() {
    let place = Place::with(&two_days());
    let first = sealed(&place, 1000).unwrap().unwrap();
    let second = sealed(&place, 5000).unwrap().unwrap();
    assert_eq!((second.first, second.last.seq), (5, 7));
    assert_whole(&second.archive, 7);
    let before = History::open(&second.archive).unwrap().sealed().unwrap();
    assert_eq!(before, first.last);
    place.assert_whole(9);
    assert_eq!(codes(&place.path()), Vec::<String>::new());
    // Everything but what was just said of the archive.
    let third = sealed(&place, 200_000).unwrap().unwrap();
    assert_eq!((third.first, third.last.seq), (8, 9));
    place.assert_whole(10);
    place.add(&[query("7", 300_000)]);
    place.assert_whole(11);
}

#[test]
fn an_attempt_in_doubt_stays_and_so_does_what_came_after_it() {
    let mut records = two_days();
    records.insert(1, intent(9, "700000000001", 3));
    let place = Place::with(&records);
    let sealing = sealed(&place, 1000).unwrap().unwrap();
    assert_eq!((sealing.first, sealing.last.seq), (1, 1));
    let writing = place.open();
    assert_eq!(writing.in_doubt.len(), 1);
}

#[test]
fn an_attempt_goes_as_a_whole() {
    let mut records = two_days();
    records.push(Record::Remark(Remark {
        attempt: attempt(1),
        at: at(2000),
        text: "order 7".to_owned(),
        clerk: None,
    }));
    let place = Place::with(&records);
    let sealing = sealed(&place, 1000).unwrap().unwrap();
    // The look-up before the attempt that somebody wrote about since.
    assert_eq!((sealing.first, sealing.last.seq), (1, 1));
    let line = &place.lines()[0];
    assert_eq!(line.remark.as_deref(), Some("order 7"));
    assert_eq!(sealed(&place, 1000).unwrap(), None);
}

#[test]
fn what_ends_it_in_between_loses_nothing_and_the_next_try_goes_on_there() {
    let (whole, place) = (Place::with(&two_days()), Place::with(&two_days()));
    let done = sealed(&whole, 1000).unwrap().unwrap();
    // It came as far as the journal's own word: the archive is there, and nothing is erased yet.
    let last = done.last.seq;
    let archive = |place: &Place| place.path().with_file_name("archive");
    fs::create_dir(archive(&place)).unwrap();
    let named = |folder: PathBuf, ending: &str| {
        let name = done.archive.file_name().unwrap().to_string_lossy();
        folder.join(format!("{name}{ending}"))
    };
    for ending in ["", ".head"] {
        fs::copy(
            named(archive(&whole), ending),
            named(archive(&place), ending),
        )
        .unwrap();
    }
    let mut entries = Vec::new();
    History::open(&whole.path())
        .unwrap()
        .each(|entry| {
            entries.push(entry.record);
            Ok::<_, coupon_kiosk::journal::reading::HistoryError>(())
        })
        .unwrap();
    place.add(&entries[entries.len() - 1..]);
    place.assert_whole(8);
    assert!(holds(&place, "203001234567"));
    // A later day, on which more could go: first what was begun.
    let sealing = sealed(&place, 5000).unwrap().unwrap();
    assert_eq!((sealing.first, sealing.last.seq), (1, last));
    assert!(!holds(&place, "203001234567"));
    place.assert_whole(8);
    let more = sealed(&place, 5000).unwrap().unwrap();
    assert_eq!((more.first, more.last.seq), (5, 7));
}

#[test]
fn another_file_in_the_archives_place_is_left_alone_and_nothing_is_erased() {
    let place = Place::with(&two_days());
    let path = place.path().with_file_name("archive");
    fs::create_dir(&path).unwrap();
    let path = path.join("journal-0000001-0000004.sqlite");
    fs::copy(Place::with(&two_days()[..2]).path(), &path).unwrap();
    let before = fs::read(&path).unwrap();
    let refused = sealed(&place, 1000);
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
    place.assert_whole(7);
}

#[test]
fn a_journal_that_is_open_or_broken_is_not_sealed() {
    let place = Place::with(&two_days());
    let writing = place.open();
    let held = sealed(&place, 1000);
    assert!(matches!(held, Err(CopyError::Held)), "{held:?}");
    drop(writing);
    Connection::open(place.path())
        .unwrap()
        .execute_batch("DROP TRIGGER record_never_goes; DELETE FROM record WHERE seq = 3")
        .unwrap();
    let broken = sealed(&place, 1000);
    assert!(matches!(broken, Err(CopyError::Broken(_))), "{broken:?}");
    assert!(!place.path().with_file_name("archive").exists());
}

#[test]
fn an_archive_is_never_written_to() {
    let place = Place::with(&two_days());
    let sealing = sealed(&place, 1000).unwrap().unwrap();
    let mut writing = Writing::open(&sealing.archive);
    assert_eq!(writing.trouble, Some(JournalTrouble::ReadOnly));
    assert_eq!(
        writing.write(&query("7", 9000)),
        Err(JournalTrouble::ReadOnly)
    );
    drop(writing);
    assert_whole(&sealing.archive, 4);
}

/// Records that were taken away by another hand are missing, whatever was written beside them.
#[test]
fn a_forged_seam_is_found() {
    let forged = |statements: &str| {
        let place = Place::with(&two_days());
        Connection::open(place.path())
            .unwrap()
            .execute_batch(statements)
            .unwrap();
        let fault = match verify(&place.path()).unwrap() {
            Verdict::Broken(fault) => fault,
            Verdict::Whole(tail) => panic!("{tail:?}"),
        };
        let writing = place.open();
        assert!(writing.trouble.is_some());
        fault
    };
    let gone = "DROP TRIGGER record_never_goes; DELETE FROM record WHERE seq <= 4;";
    assert_eq!(forged(gone), Fault::Missing(1));
    let seam = "CREATE TEMP TABLE kept AS SELECT hash FROM record WHERE seq = 4;";
    let base = "INSERT INTO base SELECT 0, 4, hash, 0 FROM kept;";
    assert_eq!(forged(&format!("{seam}{gone}{base}")), Fault::Unsealed(4));
    let wrong = "INSERT INTO base SELECT 0, 4, zeroblob(32), 1;";
    assert_eq!(forged(&format!("{gone}{wrong}")), Fault::Altered(5));

    // The seam of a journal that was really sealed.
    let sealed_and = |statements: &str| {
        let place = Place::with(&two_days());
        sealed(&place, 1000).unwrap().unwrap();
        Connection::open(place.path())
            .unwrap()
            .execute_batch(statements)
            .unwrap();
        verify(&place.path()).unwrap()
    };
    let broken = |fault| Verdict::Broken(fault);
    assert_eq!(sealed_and("DELETE FROM base"), broken(Fault::Missing(1)));
    let moved = "UPDATE base SET seq = 3";
    assert_eq!(sealed_and(moved), broken(Fault::Missing(4)));
    let other = "UPDATE base SET hash = zeroblob(32)";
    assert_eq!(sealed_and(other), broken(Fault::Unsealed(4)));
}

/// Two records older than any desk keeps them here, in a desk's own journal, and a young one.
fn old_desk(platform: &Platform) -> Desk {
    let desk = Desk::of(platform);
    let path = desk.path("state/journal.sqlite");
    let mut writing = Writing::open(&path);
    for record in [
        query("203001234567", -9_000_000),
        query("203001234568", -8_999_000),
    ] {
        writing.write(&record).unwrap();
    }
    drop(writing);
    let looked = desk.run(&["redeem", "--code", "111122223333"]);
    assert_eq!(looked.exit, 0, "{}", looked.stderr);
    desk
}

#[test]
fn a_script_is_told_what_was_sealed_and_where() {
    let platform = Platform::with(&[("111122223333", "NORMAL")]);
    let desk = old_desk(&platform);
    let unsaid = desk.run(&["journal", "seal"]);
    assert_eq!(unsaid.exit, 2);
    assert!(
        unsaid.stderr.contains("keep_days under [journal]"),
        "{}",
        unsaid.stderr
    );
    assert_eq!(desk.run(&["journal", "seal", "--keep-days", "30"]).exit, 2);

    let seal = ["journal", "seal", "--keep-days", "31", "--json"];
    let sealed = desk.run(&seal);
    assert_eq!(sealed.exit, 0, "{}", sealed.stderr);
    let sealed = sealed.object();
    assert_eq!((&sealed["first"], &sealed["last"]), (&1.into(), &2.into()));
    let archive = desk.path("state/archive/journal-0000001-0000002.sqlite");
    assert_eq!(sealed["archive"], archive.to_str().unwrap());
    assert_eq!(desk.lines().len(), 1);
    let nothing = desk.run(&seal).object();
    assert_eq!(nothing["archive"], serde_json::Value::Null);

    let verify = |path: &Path| {
        let mut command = desk.command(&["journal", "verify", "--json"]);
        command.env("COUPON_KIOSK__JOURNAL__PATH", path);
        Ended::of(&command.output().unwrap()).object()
    };
    let journal = verify(&desk.path("state/journal.sqlite"));
    assert_eq!(journal["ok"], true);
    assert_eq!(journal["sealed"]["hash"], sealed["hash"]);
    let archived = verify(&archive);
    assert_eq!(
        (&archived["ok"], &archived["hash"]),
        (&true.into(), &sealed["hash"])
    );
}

#[test]
fn a_kiosk_that_keeps_records_for_so_long_seals_at_its_start() {
    let platform = Platform::with(&[("111122223333", "NORMAL")]);
    let desk = old_desk(&platform);
    let begin = |keep_days: u32| {
        let days = keep_days.to_string();
        let environment = Environment::of([("COUPON_KIOSK__JOURNAL__KEEP_DAYS", days)]);
        let loaded = config::load(Some(&desk.path("kiosk.toml")), &environment);
        let running = Running::begin(&loaded.config.unwrap(), Language::En).unwrap();
        assert!(running.is_some());
    };
    begin(36_500);
    assert_eq!(desk.lines().len(), 3);
    begin(31);
    assert_eq!(desk.lines().len(), 1);
    assert!(
        desk.path("state/archive/journal-0000001-0000002.sqlite")
            .exists()
    );
}
