//! A good coupon that this store does not take (`cards.honoured`).

use coupon_kiosk::screen::{Stage, Why};
use coupon_kiosk::ui::drawn;
use coupon_kiosk::wording::Language;

use super::layout::{measure, must_be_without};
use super::{ARMED, Walk};
use crate::platform::Platform;
use crate::support::Desk;

/// Of a card that another store of the merchant takes.
const ELSEWHERE: &str = "409632457895";
/// The next customer's.
const HERE: &str = "512345678901";

fn check_refusal(language: Language, refusal: [&str; 3], to_customer: &str) {
    let platform = Platform::with(&[(ELSEWHERE, "NORMAL"), (HERE, "NORMAL")]);
    platform.file_under(ELSEWHERE, "pELSEWHERE");
    let desk = Desk::of(&platform);
    let config = std::fs::read_to_string(desk.path("kiosk.toml")).unwrap();
    // Nothing here runs out of time, however slow the machine is.
    let config = config.replace("timeout_secs = 1", "timeout_secs = 60");
    desk.configure(&format!("{config}[cards]\nhonoured = [\"pCARD\"]\n"));
    let mut walk = Walk::at_a_desk(&desk, language);
    drawn::keep(&walk.harness.ctx);
    walk.scan(ELSEWHERE);
    walk.wait("refusal", |screen| match &screen.stage {
        Stage::Finished(finished) => {
            assert_eq!(finished.why, Why::NotHonoured);
            true
        }
        Stage::Review(_) => panic!("the clerk is asked for a confirm"),
        Stage::Idle | Stage::Working(_) => false,
    });
    for words in refusal {
        walk.must_see(words);
    }
    walk.must_see(to_customer);
    walk.pass(ARMED);
    let keys = drawn::last(&walk.harness.ctx).keys;
    assert!(!walk.sees(&walk.say("review-confirm")), "{keys:?}");
    assert!(keys.iter().all(|key| key.name != "confirm"), "{keys:?}");
    let mut found = Vec::new();
    measure(&mut walk, "refusal", &mut found);
    must_be_without(&found);
    assert_eq!(platform.queries(), 1);
    // Nobody has touched anything, and the next one is served.
    walk.scan(HERE);
    walk.confirm();
    walk.ends_with("outcome-redeemed", "why-confirmed");
    let only = vec![HERE.to_owned()];
    assert_eq!(platform.book(), (only.clone(), only));
    assert_eq!(platform.status(ELSEWHERE), "NORMAL");
    drop(walk);
    let lines = desk.lines();
    let refused = lines.iter().find(|line| line["code"] == ELSEWHERE).unwrap();
    assert_eq!(refused["kind"], "query");
    assert_eq!(refused["outcome"], "refused");
    assert_eq!(refused["card_id"], "pELSEWHERE");
    assert_eq!(desk.attempts(), ["redeemed"]);
}

#[test]
fn a_coupon_that_this_store_does_not_take_is_refused_without_a_confirm() {
    // The customer's line stands in Chinese until somebody touches it.
    let to_customer = "这张券不能在这里使用。";
    check_refusal(
        Language::En,
        [
            "Cannot be redeemed",
            "This store does not take this coupon.",
            "Ask the customer for another coupon, or ask the store manager.",
        ],
        to_customer,
    );
    check_refusal(
        Language::Zh,
        ["不能核销", "本店不收此券。", "请顾客换一张券，或问店长。"],
        to_customer,
    );
}
