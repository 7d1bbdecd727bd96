//! What readers see, beside a writer and on a medium that cannot be written.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

use coupon_kiosk::card::Code;
use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::{Filter, LineKind};
use coupon_kiosk::journal::reading::HistoryError;
use coupon_kiosk::journal::verify::{Verdict, verify};
use coupon_kiosk::redemption::attempt::{Outcome, Record};

use super::{Place, a_day, at, attempt, query};

#[test]
fn each_attempt_and_each_query_is_one_line() {
    let place = Place::with(&a_day());
    let lines: Vec<_> = place
        .lines()
        .into_iter()
        .map(|line| (line.id, line.kind, line.at, line.outcome))
        .collect();
    let id = |number| attempt(number).to_string();
    assert_eq!(
        lines,
        [
            ("q1".to_owned(), LineKind::Query, at(0), Outcome::Queried),
            (id(1), LineKind::Attempt, at(5), Outcome::Redeemed),
            (id(2), LineKind::Attempt, at(60), Outcome::Redeemed),
            (id(3), LineKind::Attempt, at(100), Outcome::InDoubt),
        ]
    );
}

#[test]
fn a_filter_lets_through_what_it_names() {
    let place = Place::with(&a_day());
    let history = History::open(&place.path()).unwrap();
    let count = |filter: Filter| history.list(&filter).unwrap().len();
    assert_eq!(
        count(Filter {
            last: Some(2),
            ..Filter::default()
        }),
        2
    );
    assert_eq!(
        count(Filter {
            last: Some(0),
            ..Filter::default()
        }),
        0
    );
    assert_eq!(
        count(Filter {
            outcome: Some(Outcome::Redeemed),
            ..Filter::default()
        }),
        2
    );
    let code = Code::parse("2030 0123 4567").unwrap();
    assert_eq!(
        count(Filter {
            code: Some(code),
            ..Filter::default()
        }),
        2
    );
    assert_eq!(
        count(Filter {
            from: Some(at(5)),
            before: Some(at(100)),
            ..Filter::default()
        }),
        2
    );
    let newest = Filter {
        last: Some(1),
        outcome: Some(Outcome::Redeemed),
        ..Filter::default()
    };
    assert_eq!(history.list(&newest).unwrap()[0].id, attempt(2).to_string());
}

#[test]
fn show_tells_every_record_of_an_id() {
    let place = Place::with(&a_day());
    let history = History::open(&place.path()).unwrap();
    let kinds = |id: &str| -> Vec<u64> {
        history
            .show(id)
            .unwrap()
            .iter()
            .map(|entry| entry.seq)
            .collect()
    };
    assert_eq!(kinds(&attempt(2).to_string()), [4, 5, 6, 7]);
    assert_eq!(kinds("q1"), [1]);
    assert!(kinds("q2").is_empty(), "an attempt's record is no query");
    assert!(kinds("q99").is_empty());
    assert!(kinds("nonsense").is_empty());
    assert!(kinds(&attempt(9).to_string()).is_empty());
    let told: Vec<Record> = history
        .show(&attempt(1).to_string())
        .unwrap()
        .into_iter()
        .map(|entry| entry.record)
        .collect();
    assert_eq!(told, a_day()[1..3]);
}

#[test]
fn readers_work_beside_a_writer_and_always_see_a_whole_chain() {
    let place = Place::new();
    let mut writing = place.open();
    let path = place.path();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = 0;
            while !is_done.load(Ordering::Acquire) {
                match verify(&path).unwrap() {
                    Verdict::Whole(tail) => {
                        assert!(tail.seq >= seen);
                        seen = tail.seq;
                    }
                    Verdict::Broken(fault) => panic!("{fault}"),
                }
            }
        });
        for number in 0..300 {
            writing.write(&query("203001234567", number)).unwrap();
        }
        is_done.store(true, Ordering::Release);
        reader.join().unwrap();
    });
    place.assert_whole(300);
}

#[test]
fn a_reader_makes_nothing_where_there_is_no_journal() {
    let place = Place::new();
    assert!(matches!(
        History::open(&place.path()),
        Err(HistoryError::Missing(_))
    ));
    assert!(matches!(
        verify(&place.path()),
        Err(HistoryError::Missing(_))
    ));
    assert_eq!(fs::read_dir(place.dir.path()).unwrap().count(), 0);
}

/// Where SQLite would make its shared file, no file can be made or opened, not by root either: it follows no link there.
fn block_shared_file(place: &Place) {
    symlink("nowhere", place.file("-shm")).unwrap();
}

#[test]
fn a_journal_on_a_medium_that_cannot_be_written_is_read() {
    let place = Place::with(&a_day());
    block_shared_file(&place);
    assert_eq!(place.lines().len(), 4);
    place.assert_whole(9);
}

#[test]
fn a_copy_with_its_log_on_such_a_medium_is_not_read_half() {
    let place = Place::new();
    let mut writing = place.open();
    for record in a_day() {
        writing.write(&record).unwrap();
    }
    let copy = Place::new();
    fs::create_dir(copy.path().parent().unwrap()).unwrap();
    for ending in ["", "-wal", ".head"] {
        fs::copy(place.file(ending), copy.file(ending)).unwrap();
    }
    block_shared_file(&copy);
    assert!(matches!(
        History::open(&copy.path()),
        Err(HistoryError::NeedsRoom)
    ));
    fs::remove_file(copy.file("-shm")).unwrap();
    copy.assert_whole(9);
}
