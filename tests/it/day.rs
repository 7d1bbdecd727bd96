//! The day at the desk, walked in the window: today's list, its stories, and what is written down afterwards.

use std::time::Duration;

use coupon_kiosk::office::{DayLine, Office, Reading};
use coupon_kiosk::screen::Stage;
use coupon_kiosk::wording::Language;
use coupon_kiosk::wording::day::masked;
use coupon_kiosk::wording::desk::clock_time;

use eframe::egui;
use jiff::tz::{Offset, TimeZone};

use crate::window::Walk;

impl Walk {
    /// Waits until the pages behind the counter show such a thing, and draws it.
    pub fn wait_office(&mut self, what: &str, is_there: impl FnMut(&Office) -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let office = &mut self.office;
        let waited = runtime.block_on(async {
            let waited = tokio::time::timeout(crate::window::SOON, office.wait_for(is_there)).await;
            waited.map(|office| drop(office.unwrap()))
        });
        assert!(waited.is_ok(), "no {what}: {:?}", self.office.borrow());
        self.harness.run_steps(3);
    }

    /// Opens today's list and waits for so many lines.
    fn open_day(&mut self, lines: usize) {
        self.touch(&self.say("day-open"));
        self.must_see(&self.say("day-title"));
        self.wait_office(
            "today's list",
            |office| matches!(&office.day, Reading::Ready(all) if all.len() == lines),
        );
    }

    /// The line at this place, and what its key is called.
    fn line(&self, place: usize) -> (DayLine, String) {
        let line = match &self.office.borrow().day {
            Reading::Ready(lines) => lines[place].clone(),
            Reading::Awaited | Reading::Failed => panic!("no list"),
        };
        let zone = TimeZone::fixed(Offset::constant(8));
        let time = clock_time(line.at, &zone);
        let coupon = self.wording.day_coupon(&line);
        let outcome = self.wording.outcome_word(line.outcome);
        let label = format!("{time} {coupon} {outcome}");
        (line, label)
    }

    /// What the key of the newest line is called.
    pub fn first_line(&self) -> String {
        self.line(0).1
    }

    /// Touches the line at this place and waits for a story of so many records.
    fn open_story(&mut self, place: usize, records: usize) {
        let (line, label) = self.line(place);
        self.touch(&label);
        self.wait_office("a story", |office| {
            office.story.as_ref().is_some_and(|story| {
                story.id == line.id
                    && matches!(&story.records, Reading::Ready(all) if all.len() == records)
            })
        });
    }
}

#[test]
fn of_two_phones_the_second_is_touched_and_reviewed_and_no_other_is_ever_looked_up() {
    let mut walk = Walk::new(Language::En);
    walk.hold_up("two_phones");
    walk.several();
    for _ in 0..10 {
        walk.wait_a_moment();
        assert!(walk.is_idle(), "one was taken before a touch");
    }
    walk.open_day(0);
    walk.touch(&walk.say("day-close"));
    walk.several();
    walk.touch(&walk.outline(2));
    let second = "409632457895";
    walk.wait(
        "review of the second",
        |screen| matches!(&screen.stage, Stage::Review(review) if review.info.code.as_str() == second),
    );
    walk.must_see(&walk.say("review"));
    walk.touch(&walk.say("review-cancel"));
    walk.wait("viewfinder", |screen| matches!(screen.stage, Stage::Idle));
    walk.open_day(1);
    let code = walk.line(0).0.code.unwrap();
    assert_eq!(code.as_str(), second);
}

#[test]
fn the_day_is_listed_found_by_last_digits_and_told_in_words() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.touch(&walk.say("day-open"));
        walk.wait_office("an empty list", |office| {
            office.day == Reading::Ready(Vec::new())
        });
        walk.must_see(&walk.say("day-empty"));
        walk.touch(&walk.say("day-close"));
        walk.hold_up("redeemed");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.go_back();
        walk.hold_up("expired");
        walk.ends_with("outcome-refused", "why-expire");
        walk.go_back();
        walk.open_day(2);
        let lines = match &walk.office.borrow().day {
            Reading::Ready(lines) => lines.clone(),
            Reading::Awaited | Reading::Failed => panic!("no list"),
        };
        assert!(lines[0].attempt.is_none() && lines[1].attempt.is_some());
        assert!(lines.iter().all(|line| line.title.is_some()));
        let code = lines[1].code.as_ref().unwrap();
        assert!(
            !walk.sees(&code.grouped()),
            "a code is seen whole in the list"
        );
        assert_ne!(masked(code), code.grouped());
        let last = &code.as_str()[code.as_str().len() - 3..];
        for digit in last.chars() {
            walk.touch(&digit.to_string());
        }
        walk.touch("9");
        walk.must_see(&walk.say("day-none-found"));
        walk.touch(&walk.say("keypad-back"));
        // The look-up that the attempt came of is a record of its own.
        walk.open_story(1, 2);
        walk.must_see(&walk.say("told-intent"));
        let proof = walk.wording.ended(lines[1].outcome, lines[1].settled_by);
        walk.must_see(&proof);
    }
}

#[test]
fn a_remark_and_a_mistake_are_written_down_and_seen_in_list_and_story() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.hold_up("redeemed");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.go_back();
        walk.open_day(1);
        walk.open_story(0, 2);
        walk.touch(&walk.say("remark-open"));
        for key in ["1", "7", "abc", "a", "keypad-back", "b"] {
            let label = if key == "keypad-back" {
                walk.say(key)
            } else {
                key.to_owned()
            };
            walk.touch(&label);
        }
        walk.must_see("17b");
        walk.touch(&walk.say("remark-keep"));
        let remarked = |office: &Office| matches!(&office.day, Reading::Ready(lines) if lines[0].remark.as_deref() == Some("17b"));
        walk.wait_office("the remark", remarked);
        let told = [("text", "17b".into())];
        walk.must_see(&walk.wording.say_with("told-remark", &told));
        walk.touch(&walk.say("mistake-open"));
        walk.must_see(&walk.say("mistake-ask"));
        walk.touch(&walk.say("mistake-no"));
        walk.touch(&walk.say("mistake-open"));
        walk.touch(&walk.say("mistake-yes"));
        walk.wait_office(
            "the mistake",
            |office| matches!(&office.day, Reading::Ready(lines) if lines[0].is_mistake),
        );
        walk.must_see(&walk.say("told-mistake"));
        assert!(
            !walk.sees(&walk.say("mistake-open")),
            "a mistake can be noted twice"
        );
        walk.touch(&walk.say("day-close"));
        walk.must_see(&walk.say("day-title"));
        walk.touch(&walk.say("day-close"));
        walk.must_see(&walk.say("idle"));
        walk.wait_office("nothing left lying about", |office| {
            office.day == Reading::Awaited && office.story.is_none()
        });
    }
}

#[test]
fn a_long_day_is_paged_by_touch() {
    let mut walk = Walk::sized(Language::En, 1024.0, 600.0);
    for customer in 0..9 {
        // The recording knows none of them: each is a look-up that came to nothing.
        let code = format!("40963245780{customer}");
        let typed = code
            .chars()
            .map(|typed| egui::Event::Text(typed.to_string()));
        walk.type_in(typed);
        walk.pass(Duration::from_millis(300));
        walk.wait("outcome", |screen| {
            matches!(screen.stage, Stage::Finished(_))
        });
        walk.go_back();
    }
    walk.open_day(9);
    let page = |page: usize| [("page", page.into()), ("pages", 3_usize.into())];
    walk.must_see(&walk.wording.say_with("day-page", &page(1)));
    walk.touch(&walk.say("day-older"));
    walk.must_see(&walk.wording.say_with("day-page", &page(2)));
    walk.touch(&walk.say("day-newer"));
    walk.must_see(&walk.wording.say_with("day-page", &page(1)));
}
