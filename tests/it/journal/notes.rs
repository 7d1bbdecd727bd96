//! What people write down afterwards: it joins its attempt's line and story, and changes nothing of how it ended.

use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::Filter;
use coupon_kiosk::redemption::attempt::{Outcome, Record};
use coupon_kiosk::redemption::note::{Mistake, Remark};

use super::{Place, a_day, at, attempt};

fn remark(number: u64, text: &str, seconds: i64) -> Record {
    Record::Remark(Remark {
        attempt: attempt(number),
        at: at(seconds),
        text: text.to_owned(),
        clerk: Some("王芳".to_owned()),
    })
}

fn mistake(number: u64, seconds: i64) -> Record {
    Record::Mistake(Mistake {
        attempt: attempt(number),
        at: at(seconds),
        clerk: None,
    })
}

#[test]
fn the_newest_remark_and_a_mistake_stand_in_the_attempts_line_and_leave_its_outcome() {
    let place = Place::with(&a_day());
    place.add(&[
        remark(1, "order 17", 200),
        remark(1, "order 18", 210),
        mistake(2, 220),
    ]);
    let lines = place.lines();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.remark.as_deref(), line.mistake, line.outcome))
        .collect();
    assert_eq!(
        told,
        [
            (None, false, Outcome::Queried),
            (Some("order 18"), false, Outcome::Redeemed),
            (None, true, Outcome::Redeemed),
            (None, false, Outcome::InDoubt),
        ]
    );
    place.assert_whole(12);
    let entries = History::open(&place.path())
        .unwrap()
        .show(&attempt(1).to_string())
        .unwrap();
    assert_eq!(entries.len(), 4);
    assert!(matches!(&entries[3].record, Record::Remark(remark) if remark.text == "order 18"));
    // One in doubt may be remarked too, and stays in doubt.
    place.add(&[remark(3, "waits outside", 230)]);
    assert_eq!(place.open().in_doubt.len(), 1);
}

#[test]
fn a_day_begins_with_the_first_fraction_of_its_first_second() {
    let half = |record: Record| {
        let Record::Query(mut query) = record else {
            panic!("a look-up was given");
        };
        query.at += jiff::SignedDuration::from_millis(500);
        Record::Query(query)
    };
    let place = Place::with(&[
        super::query("203001234567", -1),
        half(super::query("203001234567", 0)),
        super::query("203001234567", 1),
    ]);
    let from = |seconds| {
        let filter = Filter {
            from: Some(at(seconds)),
            ..Filter::default()
        };
        let history = History::open(&place.path()).unwrap();
        history.list(&filter).unwrap().len()
    };
    assert_eq!([from(-1), from(0), from(1), from(2)], [3, 2, 1, 0]);
    let filter = Filter {
        from: Some(at(0) + jiff::SignedDuration::from_millis(501)),
        ..Filter::default()
    };
    let history = History::open(&place.path()).unwrap();
    assert_eq!(history.list(&filter).unwrap().len(), 1);
}
