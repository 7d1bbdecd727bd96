//! A coupon that this journal redeemed, shown once more.

use std::sync::{Mutex, mpsc};

use coupon_kiosk::screen::{Notice, Stage};
use coupon_kiosk::ui::drawn;
use coupon_kiosk::wording::Language;

use super::Walk;
use super::layout::{measure, must_be_without};
use crate::platform::{Moment, Platform};
use crate::support::Desk;

const CODE: &str = "409632457895";

/// Shows the coupon again while Weixin's answer is held back.
fn check_repeat(desk: &Desk, platform: &Platform, language: Language, by: Option<&str>) {
    let mut walk = Walk::at_a_desk(desk, language);
    drawn::keep(&walk.harness.ctx);
    let (answer, may_answer) = mpsc::sync_channel(1);
    let may_answer = Mutex::new(may_answer);
    platform.watch(move |moment, _code| {
        if moment == Moment::Asked {
            may_answer.lock().unwrap().recv().unwrap();
        }
    });
    walk.scan(CODE);
    let mut told = None;
    walk.wait("repeat", |screen| {
        if matches!(screen.stage, Stage::Working(_))
            && let Some(Notice::RedeemedHere { here, aged }) = &screen.notice
        {
            told = Some((here.clone(), aged.0.as_secs()));
        }
        told.is_some()
    });
    let (here, seconds) = told.unwrap();
    assert_eq!(here.desk.as_deref(), by);
    walk.must_see(&walk.say("outcome-already-redeemed"));
    walk.must_see(&walk.wording.redeemed_here(&here, seconds));
    walk.must_see(&walk.say("why-redeemed-here.do"));
    walk.must_see(&walk.say("work-repeat"));
    let mut found = Vec::new();
    measure(&mut walk, "repeat", &mut found);
    must_be_without(&found);
    // And so it is when the answer has come.
    answer.send(()).unwrap();
    walk.wait("outcome", |screen| {
        matches!(screen.stage, Stage::Finished(_))
    });
    walk.must_see(&walk.say("outcome-already-redeemed"));
    walk.must_see(&walk.say("why-redeemed-here.do"));
    assert_eq!(platform.consumes(), 1);
}

#[test]
fn a_repeat_is_told_from_the_journal_while_weixin_is_still_asked() {
    for language in Language::ALL {
        let platform = Platform::with(&[(CODE, "NORMAL")]);
        let desk = Desk::of(&platform);
        let config = std::fs::read_to_string(desk.path("kiosk.toml")).unwrap();
        // Nothing here runs out of time, however slow the machine is.
        let config = config.replace("timeout_secs = 1", "timeout_secs = 60");
        desk.configure(&config);
        let mut walk = Walk::at_a_desk(&desk, language);
        walk.scan(CODE);
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        drop(walk);
        // After a start anew the journal alone knows of it.
        check_repeat(&desk, &platform, language, None);
        // It came here with the journal of another desk.
        desk.configure(&config.replace("desk 1", "desk 2"));
        check_repeat(&desk, &platform, language, Some("desk 1"));
    }
}
