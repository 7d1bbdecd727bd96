//! The journal's promises on real files.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use coupon_kiosk::event::WriteId;
use coupon_kiosk::journal::verify::{Damage, Verdict, verify};
use coupon_kiosk::journal::{Journal, OpenError, Opened};
use coupon_kiosk::redemption::attempt::{JournalTrouble, Outcome, QueryRecord, Record};

type Told = Receiver<(WriteId, Result<(), JournalTrouble>)>;

fn open(path: &Path) -> (Opened, Told) {
    let (tell, told) = sync_channel(64);
    let opened = Journal::open(
        path,
        Box::new(move |write, result| tell.send((write, result)).unwrap()),
    );
    (opened.unwrap_or_else(|error| panic!("{error}")), told)
}

fn query() -> Record {
    Record::Query(QueryRecord {
        at: "2026-05-06T02:00:00Z".parse().unwrap(),
        code: None,
        card_id: None,
        outcome: Outcome::Queried,
        errcode: None,
        info: None,
        answer: None,
    })
}

/// A journal with five records.
fn written(path: &Path) {
    let (opened, told) = open(path);
    for n in 1..=5 {
        opened.journal.append(WriteId(n), query()).unwrap();
        assert_eq!(told.recv().unwrap(), (WriteId(n), Ok(())));
    }
}

/// What a forger does with the database, and what `verify` says.
fn check(forge: &str, expected: &Verdict) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    written(&path);
    assert_eq!(verify(&path).unwrap(), Verdict::Whole { records: 5 });
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch("DROP TRIGGER record_stays; DROP TRIGGER record_kept;")
        .unwrap();
    database.execute_batch(forge).unwrap();
    drop(database);
    assert_eq!(verify(&path).unwrap(), *expected);
}

#[test]
fn a_changed_a_removed_and_an_inserted_record_and_a_cut_tail_are_found() {
    check(
        "UPDATE record SET body = replace(body, 'queried', 'redeemed') WHERE seq = 3",
        &Verdict::Broken {
            seq: 3,
            what: Damage::Changed,
        },
    );
    check(
        "DELETE FROM record WHERE seq = 3",
        &Verdict::Broken {
            seq: 4,
            what: Damage::Gap,
        },
    );
    check(
        "DELETE FROM record WHERE seq = 5",
        &Verdict::Broken {
            seq: 4,
            what: Damage::Tail,
        },
    );
    check(
        "INSERT INTO record (seq, body, hash) SELECT 6, body, hash FROM record WHERE seq = 5",
        &Verdict::Broken {
            seq: 6,
            what: Damage::Changed,
        },
    );
}

#[test]
fn a_damaged_journal_takes_no_record_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    written(&path);
    std::fs::remove_file(path.with_extension("head")).unwrap();
    let (opened, told) = open(&path);
    assert_eq!(opened.trouble, Some(JournalTrouble::Damaged));
    opened.journal.append(WriteId(9), query()).unwrap();
    assert_eq!(
        told.recv().unwrap(),
        (WriteId(9), Err(JournalTrouble::Damaged))
    );
}

#[test]
fn records_are_neither_changed_nor_removed_by_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    written(&path);
    let database = rusqlite::Connection::open(&path).unwrap();
    assert!(database.execute("DELETE FROM record", []).is_err());
    assert!(
        database
            .execute("UPDATE record SET body = '{}'", [])
            .is_err()
    );
}

#[test]
fn a_second_writer_is_told_that_the_journal_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (_held, _told) = open(&path);
    let second = Journal::open(&path, Box::new(|_, _| {}));
    assert!(matches!(second, Err(OpenError::Held(_))));
}

#[test]
fn a_journal_of_a_newer_version_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    written(&path);
    let database = rusqlite::Connection::open(&path).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    assert_eq!(open(&path).0.trouble, Some(JournalTrouble::Newer));
}
