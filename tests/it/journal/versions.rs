//! Files of every version: older ones are brought up, later ones left alone.

use std::fs;

use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::reading::HistoryError;
use coupon_kiosk::journal::schema::{APPLICATION_ID, MIGRATIONS};
use coupon_kiosk::redemption::attempt::JournalTrouble;
use rusqlite::Connection;

use super::{Place, a_day, query};

#[test]
fn every_older_version_without_records_comes_to_the_newest_and_stays_there() {
    for steps in 0..=MIGRATIONS.len() {
        let place = Place::new();
        fs::create_dir(place.path().parent().unwrap()).unwrap();
        let connection = Connection::open(place.path()).unwrap();
        for step in &MIGRATIONS[..steps] {
            connection.execute_batch(step).unwrap();
        }
        if steps > 0 {
            connection
                .pragma_update(None, "application_id", APPLICATION_ID)
                .unwrap();
            connection
                .pragma_update(None, "user_version", steps.cast_signed())
                .unwrap();
        }
        drop(connection);
        place.add(&a_day());
        place.add(&[query("203001234567", 900)]);
        place.assert_whole(10);
    }
}

#[test]
fn a_journal_kept_from_version_1_is_whole_and_goes_on() {
    let place = Place::new();
    fs::create_dir(place.path().parent().unwrap()).unwrap();
    let connection = Connection::open(place.path()).unwrap();
    connection
        .execute_batch(include_str!("../../../fixtures/old-journals/1.sql"))
        .unwrap();
    drop(connection);
    fs::write(
        place.file(".head"),
        include_bytes!("../../../fixtures/old-journals/1.head"),
    )
    .unwrap();
    place.assert_whole(9);
    place.add(&[query("203001234567", 900)]);
    place.add(&[]);
    place.assert_whole(10);
    assert_eq!(place.open().in_doubt.len(), 1);
}

#[test]
fn a_later_version_is_left_untouched() {
    let place = Place::with(&a_day());
    let later = (MIGRATIONS.len() + 1).cast_signed();
    Connection::open(place.path())
        .unwrap()
        .pragma_update(None, "user_version", later)
        .unwrap();
    let before = fs::read(place.path()).unwrap();
    let head_before = fs::read(place.file(".head")).unwrap();

    let mut writing = place.open();
    assert_eq!(writing.trouble, Some(JournalTrouble::Newer));
    assert_eq!(writing.in_doubt, []);
    assert_eq!(
        writing.write(&query("203001234567", 900)),
        Err(JournalTrouble::Newer)
    );
    drop(writing);
    assert!(matches!(
        History::open(&place.path()),
        Err(HistoryError::Newer)
    ));

    assert!(fs::read(place.path()).unwrap() == before);
    assert!(fs::read(place.file(".head")).unwrap() == head_before);
}
