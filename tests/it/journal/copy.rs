//! A desk's journal on its way to another machine.

use std::fs;

use coupon_kiosk::journal::copy::{CopyError, backup, restore};
use rusqlite::Connection;

use super::{Place, a_day, query};

#[test]
fn a_copy_made_beside_the_writer_goes_on_at_another_place() {
    let old = Place::with(&a_day());
    let mut writing = old.open();
    let records = writing.write(&query("7", 900)).map(|()| 10).unwrap();
    let stick = Place::new();
    let tail = backup(&old.path(), &stick.path()).unwrap();
    assert_eq!(tail.seq, records);
    stick.assert_whole(records);
    // What is written after the copy is not in it.
    writing.write(&query("8", 901)).unwrap();

    let new = Place::new();
    assert_eq!(restore(&stick.path(), &new.path()).unwrap(), tail);
    new.assert_whole(records);
    assert_eq!(new.lines(), stick.lines());
    let in_doubt = |place: &Place| place.open().in_doubt;
    assert!(!writing.in_doubt.is_empty());
    assert_eq!(in_doubt(&new), writing.in_doubt);
    new.add(&[query("9", 902)]);
    new.assert_whole(records + 1);
}

#[test]
fn no_journal_is_ever_written_over() {
    let (one, other) = (Place::with(&a_day()), Place::with(&[query("1", 0)]));
    for copied in [
        backup(&one.path(), &other.path()),
        restore(&one.path(), &other.path()),
    ] {
        assert!(matches!(copied, Err(CopyError::Taken(_))), "{copied:?}");
    }
    other.assert_whole(1);
    // Nor is a head's memory of records that are gone.
    fs::remove_file(other.path()).unwrap();
    let copied = restore(&one.path(), &other.path());
    assert!(matches!(copied, Err(CopyError::Taken(_))), "{copied:?}");
}

#[test]
fn a_restore_that_was_cut_off_between_its_two_names_can_be_done_again() {
    let (stick, new) = (Place::with(&a_day()), Place::new());
    restore(&stick.path(), &new.path()).unwrap();
    fs::remove_file(new.path()).unwrap();
    restore(&stick.path(), &new.path()).unwrap();
    new.assert_whole(9);
}

#[test]
fn a_journal_that_is_open_elsewhere_is_held() {
    let (stick, new) = (Place::with(&a_day()), Place::new());
    let _writing = new.open();
    let copied = restore(&stick.path(), &new.path());
    assert!(matches!(copied, Err(CopyError::Held)), "{copied:?}");
}

#[test]
fn what_is_broken_is_not_copied() {
    let (old, stick) = (Place::with(&a_day()), Place::new());
    let connection = Connection::open(old.path()).unwrap();
    connection
        .execute_batch("DROP TRIGGER record_never_goes; DELETE FROM record WHERE seq = 9")
        .unwrap();
    let copied = backup(&old.path(), &stick.path());
    assert!(matches!(copied, Err(CopyError::Broken(_))), "{copied:?}");
    assert!(!stick.path().exists() && !stick.file(".head").exists());
    let leftovers = fs::read_dir(stick.path().parent().unwrap()).unwrap();
    assert_eq!(leftovers.count(), 0);
}
