//! What a write promises.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use coupon_kiosk::event::WriteId;
use coupon_kiosk::journal::head::{Found, Head};
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::journal::{Held, Journal};
use coupon_kiosk::redemption::attempt::{JournalTrouble, Outcome, SettledBy};
use rusqlite::Connection;

use super::{Place, a_day, attempt, intent, probe, query, resend, settled};

#[test]
fn a_write_is_reported_when_the_record_and_the_head_are_in_their_files() {
    let place = Place::new();
    let (path, head_path) = (place.path(), place.file(".head"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let saw = Arc::clone(&seen);
    let opened = Journal::open(&path.clone(), move |write, result| {
        let Verdict::Whole(tail) = verify(&path).unwrap() else {
            panic!("broken");
        };
        let Found::Head(head) = Head::read(&head_path).unwrap() else {
            panic!("no head");
        };
        assert_eq!(
            head,
            Head {
                current: tail,
                pending: None
            }
        );
        saw.lock().unwrap().push((write.0, result, tail.seq));
    })
    .unwrap();
    for (number, record) in (1..).zip(a_day()) {
        opened.journal.append(WriteId(number), record).unwrap();
    }
    drop(opened);
    let seen = seen.lock().unwrap();
    let reported: Vec<_> = seen
        .iter()
        .map(|(number, result, _)| (*number, *result))
        .collect();
    let expected: Vec<_> = (1..=9).map(|number| (number, Ok(()))).collect();
    assert_eq!(reported, expected);
    // What waited was written together with what was reported first; none was reported before it was there.
    assert!(
        seen.iter().all(|(number, _, durable)| number <= durable),
        "{seen:?}"
    );
}

#[test]
fn what_was_given_is_written_before_the_journal_goes() {
    let place = Place::new();
    let writing = place.open();
    for number in 0..100 {
        writing
            .journal
            .append(WriteId(number), query("203001234567", number.cast_signed()))
            .unwrap();
    }
    drop(writing);
    assert_eq!(place.lines().len(), 100);
    place.assert_whole(100);
}

#[test]
fn a_full_queue_answers_at_once_and_never_waits() {
    let place = Place::new();
    let (go, gate) = sync_channel::<()>(0);
    let opened = Journal::open(&place.path(), move |_, _| {
        // Holds the thread at its first report until the sender goes.
        gate.recv().ok();
    })
    .unwrap();
    let mut refused = None;
    for number in 0..1000 {
        if let Err(trouble) = opened
            .journal
            .append(WriteId(number), query("203001234567", number.cast_signed()))
        {
            refused = Some((number, trouble));
            break;
        }
    }
    let (taken, trouble) = refused.unwrap();
    assert_eq!(trouble, JournalTrouble::Failing);
    drop(go);
    drop(opened);
    place.assert_whole(taken);
}

#[test]
fn records_that_are_written_together_are_taken_or_refused_each_for_itself() {
    let place = Place::new();
    let (go, gate) = sync_channel::<()>(0);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let saw = Arc::clone(&seen);
    let opened = Journal::open(&place.path(), move |write, result| {
        // The first one holds the thread until all others wait.
        gate.recv().ok();
        saw.lock().unwrap().push((write.0, result));
    })
    .unwrap();
    let give = |number, record| opened.journal.append(WriteId(number), record).unwrap();
    give(0, query("203001234567", 0));
    give(1, intent(1, "203001234568", 1));
    // Another attempt on the same code, whose first is open by the record before it in the same write.
    give(2, intent(2, "203001234568", 2));
    give(3, settled(1, Outcome::Redeemed, SettledBy::Reply, 3));
    give(4, intent(3, "203001234568", 4));
    drop(go);
    drop(opened);
    let refused = Err(JournalTrouble::Failing);
    let expected = [
        (0, Ok(())),
        (1, Ok(())),
        (2, refused),
        (3, Ok(())),
        (4, Ok(())),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
    place.assert_whole(4);
}

#[test]
fn records_can_be_neither_changed_nor_removed_nor_put_in_between() {
    let place = Place::with(&a_day());
    let connection = Connection::open(place.path()).unwrap();
    for sql in [
        "UPDATE record SET body = '{}' WHERE seq = 2",
        "UPDATE record SET hash = zeroblob(32)",
        "DELETE FROM record WHERE seq = 9",
        "DELETE FROM record",
        "INSERT OR REPLACE INTO record (seq, body, hash) SELECT 3, body, hash FROM record WHERE seq = 1",
        "INSERT INTO record (seq, body, hash) SELECT 0, body, hash FROM record WHERE seq = 1",
        "INSERT INTO record (seq, body, hash) SELECT 11, body, hash FROM record WHERE seq = 1",
    ] {
        let error = connection.execute(sql, []).unwrap_err().to_string();
        assert!(
            error.contains("the journal is append-only"),
            "{sql}: {error}"
        );
    }
    drop(connection);
    place.assert_whole(9);
}

#[test]
fn one_writer_at_a_time() {
    let place = Place::new();
    let first = place.open();
    assert_eq!(Journal::open(&place.path(), |_, _| {}).unwrap_err(), Held);
    drop(first);
    assert_eq!(place.open().trouble, None);
}

#[test]
fn only_the_owner_may_read_the_files() {
    let place = Place::new();
    let mut writing = place.open();
    writing.write(&query("203001234567", 0)).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.path().parent().unwrap()), 0o700);
    for ending in ["", "-wal", "-shm", ".head", ".lock"] {
        assert_eq!(mode(&place.file(ending)), 0o600, "{ending}");
    }
}

#[test]
fn attempts_without_an_end_are_told_at_opening() {
    let place = Place::new();
    place.add(&[
        intent(1, "203001234567", 0),
        intent(2, "409632457895", 10),
        resend(2, 12),
        probe(1, 20),
        intent(3, "PK0000397757", 30),
        settled(3, Outcome::Redeemed, SettledBy::Reply, 31),
    ]);
    let writing = place.open();
    let told: Vec<_> = writing
        .in_doubt
        .iter()
        .map(|intent| intent.attempt)
        .collect();
    assert_eq!(told, [attempt(1), attempt(2)]);
}

#[test]
fn the_end_of_what_never_began_is_taken_and_leaves_nothing() {
    let place = Place::new();
    let mut writing = place.open();
    let end = settled(1, Outcome::SetUp, SettledBy::Reply, 31);
    assert_eq!(writing.write(&end), Ok(()));
    drop(writing);
    place.assert_whole(0);
}

#[test]
fn the_same_record_given_twice_stands_there_once() {
    let place = Place::new();
    let mut writing = place.open();
    for record in a_day() {
        assert_eq!(writing.write(&record), Ok(()));
        assert_eq!(writing.write(&record), Ok(()));
    }
    // Also when others came in between, as after a failed write that had reached the disk all the same.
    assert_eq!(writing.write(&a_day()[2]), Ok(()));
    drop(writing);
    place.assert_whole(9);
}

#[test]
fn an_attempt_begins_once_and_ends_once() {
    let place = Place::with(&a_day());
    let mut writing = place.open();
    let second_end = settled(1, Outcome::NotRedeemed, SettledBy::Query, 300);
    assert_eq!(writing.write(&second_end), Err(JournalTrouble::Failing));
    let second_begin = intent(1, "203001234567", 300);
    assert_eq!(writing.write(&second_begin), Err(JournalTrouble::Failing));
    // The file says no by itself, too.
    let connection = Connection::open(place.path()).unwrap();
    let sql = "INSERT INTO record (seq, body, hash) SELECT 10, body || ' ', hash FROM record WHERE seq = 3";
    assert!(
        connection
            .execute(sql, [])
            .unwrap_err()
            .to_string()
            .contains("UNIQUE")
    );
    drop(writing);
    place.assert_whole(9);
}

#[test]
fn a_code_with_an_attempt_in_doubt_gets_no_new_intent_before_the_end() {
    let place = Place::with(&a_day());
    let mut writing = place.open();
    assert_eq!(
        writing.write(&intent(4, "PK0000397757", 300)),
        Err(JournalTrouble::Failing)
    );
    assert_eq!(
        writing.write(&intent(5, "203001234567", 300)),
        Ok(()),
        "another code"
    );
    assert_eq!(
        writing.write(&settled(3, Outcome::NotRedeemed, SettledBy::Query, 301)),
        Ok(())
    );
    assert_eq!(writing.write(&intent(4, "PK0000397757", 302)), Ok(()));
}
