//! Training at a real desk: the demo's stories in front of the kiosk that redeems, which keeps and sends nothing of them.

use coupon_kiosk::journal::history::History;
use coupon_kiosk::journal::line::Filter;
use coupon_kiosk::office::Reading;
use coupon_kiosk::screen::Stage;
use coupon_kiosk::wording::Language;
use eframe::egui::{Color32, Event, Shape};
use std::time::Duration;

use crate::platform::Platform;
use crate::support::Desk;
use crate::window::Walk;

fn ground(walk: &Walk) -> Color32 {
    let shapes = &walk.harness.output().shapes;
    let mut rects = shapes.iter().filter_map(|clipped| {
        let Shape::Rect(rect) = &clipped.shape else {
            return None;
        };
        Some(rect.fill)
    });
    rects.next().unwrap()
}

#[test]
fn a_desk_trains_its_clerks_and_keeps_and_sends_nothing_of_it() {
    for language in Language::ALL {
        let platform = Platform::with(&[("111122223333", "NORMAL")]);
        let desk = Desk::of(&platform);
        let mut walk = Walk::at_a_desk(&desk, language);
        let watermark = walk.say("training-watermark");
        assert!(!walk.sees(&watermark));
        let usual = ground(&walk);
        walk.open_service();
        walk.touch(&walk.say("service-training"));
        walk.wait_office("the training", |office| office.training.is_some());
        walk.must_see(&watermark);
        assert_ne!(
            ground(&walk),
            usual,
            "a training looks like a desk that redeems"
        );
        // Approved, refused, and the network lost exactly after the confirm.
        walk.hold_up("redeemed");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.must_see(&watermark);
        walk.go_back();
        walk.hold_up("expired");
        walk.ends_with("outcome-refused", "why-expire");
        walk.go_back();
        walk.hold_up("lost_for_good");
        walk.confirm();
        walk.ends_with("outcome-in-doubt", "why-unknown-consuming");
        walk.go_back();
        assert!(
            !walk.sees(&walk.say("day-open")),
            "the day's list in a training"
        );
        walk.touch(&walk.say("training-end"));
        walk.wait_office("customers", |office| office.training.is_none());
        walk.wait("the desk's own screen", |screen| {
            screen.doubts.is_empty() && matches!(screen.stage, Stage::Idle)
        });
        assert!(!walk.sees(&watermark));
        assert_eq!(ground(&walk), usual);
        // Nothing of it was kept, and Weixin heard nothing.
        assert_eq!((platform.queries(), platform.consumes()), (0, 0));
        let journal = desk.path("state/journal.sqlite");
        let lines = History::open(&journal).unwrap().list(&Filter::default());
        assert_eq!(lines.unwrap().len(), 0);
        walk.touch(&walk.say("day-open"));
        walk.wait_office("an empty list", |office| {
            office.day == Reading::Ready(Vec::new())
        });
        walk.touch(&walk.say("day-close"));
        // And the desk serves customers as before.
        let code = "111122223333";
        let scanned = || code.chars().map(|typed| Event::Text(typed.to_string()));
        let mut tries = 0;
        // What is read right after a training may still be of it, and is dropped.
        while walk.is_idle() && tries < 100 {
            walk.type_in(scanned());
            walk.pass(Duration::from_millis(300));
            walk.wait_a_moment();
            tries += 1;
        }
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        assert_eq!(platform.consumes(), 1);
    }
}

#[test]
fn a_training_that_is_left_alone_ends_itself() {
    let platform = Platform::with(&[]);
    let desk = Desk::of(&platform);
    let mut walk = Walk::at_a_desk(&desk, Language::En);
    walk.open_service();
    walk.touch(&walk.say("service-training"));
    walk.wait_office("the training", |office| office.training.is_some());
    walk.pass(Duration::from_secs(100));
    walk.must_see(&walk.say("training-watermark"));
    walk.pass(Duration::from_secs(30));
    walk.wait_office("customers", |office| office.training.is_none());
}

#[test]
fn a_manager_turns_the_sound_and_it_is_kept() {
    let platform = Platform::with(&[]);
    let desk = Desk::of(&platform);
    let mut walk = Walk::at_a_desk(&desk, Language::En);
    walk.open_service();
    for (percent, label) in [(40, "40 %"), (0, "Off")] {
        walk.touch(&walk.say("service-sound"));
        walk.touch(label);
        walk.wait_office("the volume", |office| office.settings.sound == percent);
        walk.touch(&walk.say("day-close"));
        let kept = std::fs::read_to_string(desk.path("state/settings.toml")).unwrap();
        assert!(kept.contains(&format!("sound = {percent}")), "{kept}");
    }
}
