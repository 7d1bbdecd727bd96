//! The window, walked by the words on its keys: every story of the demo, in both languages, without a display.
//!
//! Everything behind the window is the real thing, the drawn phones and the scanner too. Its clock is moved by hand.

pub mod layout;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coupon_kiosk::cli::demo_window::Running;
use coupon_kiosk::event::View;
use coupon_kiosk::kiosk::clock;
use coupon_kiosk::office::Office;
use coupon_kiosk::screen::{Screen, Stage, Why};
use coupon_kiosk::ui::{Parts, Window};
use coupon_kiosk::wording::{Language, Wording};
use eframe::App as _;
use eframe::egui::{Event, Key, Modifiers, RawInput};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use tokio::sync::watch;

use crate::support::program;

pub const SOON: Duration = Duration::from_mins(1);
/// Longer than a new screen refuses touches.
const ARMED: Duration = Duration::from_millis(500);

pub struct Walk {
    pub harness: Harness<'static, Window>,
    screens: watch::Receiver<Screen>,
    pub office: watch::Receiver<Office>,
    ahead: Arc<AtomicU64>,
    pub wording: Wording,
    _running: Running,
}

impl Walk {
    pub fn new(language: Language) -> Self {
        Self::sized(language, 1920.0, 1080.0)
    }

    pub fn sized(language: Language, width: f32, height: f32) -> Self {
        let running = Running::begin(language).unwrap();
        let parts = running.window();
        Self::of(language, [width, height], running, parts)
    }

    /// Over the whole display, as a kiosk is.
    pub fn kiosk(language: Language) -> Self {
        let running = Running::begin(language).unwrap();
        let mut parts = running.window();
        parts.is_fullscreen = true;
        Self::of(language, [1920.0, 1080.0], running, parts)
    }

    fn of(language: Language, size: [f32; 2], running: Running, mut parts: Parts) -> Self {
        let screens = parts.screens.clone();
        let office = parts.office.clone();
        let ahead = Arc::new(AtomicU64::new(0));
        let (begin, moved) = (clock::tick(), Arc::clone(&ahead));
        parts.tick = Box::new(move || begin + Duration::from_millis(moved.load(Ordering::Relaxed)));
        let harness = Harness::builder()
            .with_size(size)
            .build_eframe(|created| Window::new(&created.egui_ctx, parts).0);
        Self {
            harness,
            screens,
            office,
            ahead,
            wording: Wording::new(language),
            _running: running,
        }
    }

    pub fn say(&self, key: &str) -> String {
        self.wording.say(key)
    }

    /// Lets time pass for the window alone.
    pub fn pass(&mut self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.ahead.fetch_add(millis, Ordering::Relaxed);
        self.harness.run_steps(2);
    }

    /// Waits until the kiosk shows such a screen, and draws it.
    pub fn wait(&mut self, what: &str, is_there: impl FnMut(&Screen) -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let screens = &mut self.screens;
        let waited = runtime.block_on(async {
            let waited = tokio::time::timeout(SOON, screens.wait_for(is_there)).await;
            waited.map(|screen| drop(screen.unwrap()))
        });
        assert!(
            waited.is_ok(),
            "no {what} within {SOON:?}: {:?}",
            self.screens.borrow().stage
        );
        self.harness.run_steps(3);
    }

    pub fn sees(&self, words: &str) -> bool {
        let harness = &self.harness;
        harness.query_all_by_label(words).next().is_some()
            || harness.query_all_by_value(words).next().is_some()
    }

    pub fn must_see(&self, words: &str) {
        assert!(
            self.sees(words),
            "{words:?} is not seen: {:?}",
            self.harness.root()
        );
    }

    pub fn touch(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(3);
    }

    /// What a keyboard types, by the way that eframe hands it on. Returns what is left for egui.
    pub fn type_in(&mut self, events: impl IntoIterator<Item = Event>) -> Vec<Event> {
        let mut input = RawInput {
            events: events.into_iter().collect(),
            ..RawInput::default()
        };
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().raw_input_hook(&ctx, &mut input);
        self.harness.run_steps(2);
        input.events
    }

    pub fn hold_up(&mut self, story: &str) {
        let label = self.say(&format!("story-{}", story.replace('_', "-")));
        self.touch(&label);
    }

    pub fn confirm(&mut self) {
        self.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
        self.must_see(&self.say("review"));
        self.pass(ARMED);
        self.touch(&self.say("review-confirm"));
    }

    /// The outcome's word, its reason, and what to do.
    pub fn ends_with(&mut self, outcome: &str, why: &str) {
        let mut head = String::new();
        let wording = Wording::new(self.wording.language());
        let wanted = wording.say(outcome);
        self.wait(outcome, |screen| match &screen.stage {
            Stage::Finished(finished) => {
                head = wording.outcome(finished).head;
                head == wanted
            }
            Stage::Idle | Stage::Working(_) | Stage::Review(_) => false,
        });
        self.must_see(&wanted);
        self.must_see(&self.say(why));
        self.must_see(&self.say(&format!("{why}.do")));
    }

    pub fn go_back(&mut self) {
        self.pass(ARMED);
        self.touch(&self.say("back"));
        self.wait("viewfinder", |screen| matches!(screen.stage, Stage::Idle));
        self.must_see(&self.say("idle"));
    }

    pub fn is_idle(&self) -> bool {
        matches!(self.screens.borrow().stage, Stage::Idle)
    }

    fn is_review(&self) -> bool {
        matches!(self.screens.borrow().stage, Stage::Review(_))
    }
}

/// Walks a story in both languages: with a confirm or without, to this outcome for this reason.
fn walk(story: &str, confirms: bool, outcome: &str, why: &str) {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.must_see(&walk.say("idle"));
        walk.must_see(&walk.say("demo-watermark"));
        walk.hold_up(story);
        if confirms {
            walk.confirm();
        }
        walk.ends_with(outcome, why);
        walk.must_see(&walk.say("demo-watermark"));
        walk.go_back();
    }
}

macro_rules! stories {
    ($($name:ident $confirms:literal $outcome:literal $why:literal;)*) => {$(
        #[test]
        fn $name() {
            walk(stringify!($name), $confirms, $outcome, $why);
        }
    )*};
}

stories! {
    redeemed true "outcome-redeemed" "why-confirmed";
    already_redeemed false "outcome-already-redeemed" "why-consumed";
    expired false "outcome-refused" "why-expire";
    not_yet_valid false "outcome-refused" "why-not-yet-valid";
    gifting false "outcome-refused" "why-gifting";
    deleted false "outcome-refused" "why-delete";
    unknown_code false "outcome-refused" "why-unknown-code";
    custom_code true "outcome-redeemed" "why-confirmed";
    link true "outcome-redeemed" "why-confirmed";
    payment_code false "outcome-refused" "why-payment-code";
    member_card true "outcome-refused" "why-wrong-kind";
    token_renewed true "outcome-redeemed" "why-confirmed";
    no_network false "outcome-unreachable" "why-connect";
}

#[test]
fn an_answer_that_is_lost_is_found_by_a_look_up() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.hold_up("answer_lost");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-found-redeemed");
        walk.go_back();
    }
}

#[test]
fn one_that_stays_lost_is_always_in_sight_while_the_next_customer_is_served() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.hold_up("lost_for_good");
        walk.confirm();
        walk.ends_with("outcome-in-doubt", "why-unknown-consuming");
        walk.go_back();
        walk.touch(&walk.say("attention-show"));
        walk.must_see(&walk.say("doubts-title"));
        walk.must_see(&walk.say("doubts-rule"));
        walk.touch(&walk.say("doubts-close"));
        walk.hold_up("lost_for_good");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.must_see(&walk.say("attention-show"));
    }
}

#[test]
fn a_finger_that_was_on_its_way_confirms_nothing_and_dismisses_nothing() {
    let mut walk = Walk::new(Language::En);
    walk.hold_up("redeemed");
    walk.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
    let confirm = walk.say("review-confirm");
    walk.touch(&confirm);
    walk.touch(&confirm);
    assert!(walk.is_review());
    walk.pass(ARMED);
    walk.touch(&confirm);
    walk.ends_with("outcome-redeemed", "why-confirmed");
    walk.touch(&walk.say("back"));
    walk.must_see(&walk.say("outcome-redeemed"));
    walk.go_back();
}

#[test]
fn a_coupon_that_is_cancelled_is_left_as_it_was() {
    let mut walk = Walk::new(Language::Zh);
    walk.hold_up("redeemed");
    walk.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
    walk.touch(&walk.say("review-cancel"));
    walk.wait("viewfinder", |screen| matches!(screen.stage, Stage::Idle));
    walk.must_see(&walk.say("idle"));
}

#[test]
fn a_code_is_typed_on_the_keypad_and_looked_up() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.touch(&walk.say("keypad-open"));
        walk.must_see(&walk.say("keypad-title"));
        for digit in "4096324578955".chars() {
            walk.touch(&digit.to_string());
        }
        walk.touch(&walk.say("keypad-back"));
        walk.must_see("4096 3245 7895");
        walk.touch(&walk.say("keypad-look-up"));
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
    }
}

#[test]
fn the_keypad_has_letters_and_is_closed_by_a_touch() {
    let mut walk = Walk::new(Language::En);
    walk.touch(&walk.say("keypad-open"));
    walk.touch(&walk.say("keypad-letters"));
    for letter in ["A", "Z", "-"] {
        walk.touch(letter);
    }
    walk.touch(&walk.say("keypad-digits"));
    walk.touch("7");
    walk.must_see("AZ-7");
    walk.touch(&walk.say("keypad-clear"));
    assert!(!walk.sees("AZ-7"));
    walk.touch(&walk.say("keypad-close"));
    walk.must_see(&walk.say("idle"));
}

#[test]
fn a_usb_scanner_is_heard_on_any_screen_and_its_enter_presses_nothing() {
    let enter = |pressed| Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let code = || {
        "409632457895"
            .chars()
            .map(|typed| Event::Text(typed.to_string()))
    };
    for is_keypad_open in [false, true] {
        let mut walk = Walk::new(Language::En);
        if is_keypad_open {
            walk.touch(&walk.say("keypad-open"));
            walk.touch("1");
        }
        let left = walk.type_in(code().chain([enter(true)]));
        assert_eq!(left, Vec::new(), "egui saw keys of the scanner");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        // The same code again, over the outcome and ended by a pause: this desk's own doing, and told so.
        walk.type_in(code());
        walk.pass(Duration::from_millis(300));
        walk.wait("repeat", |screen| match &screen.stage {
            Stage::Finished(finished) => matches!(finished.why, Why::RedeemedHere(_)),
            Stage::Idle | Stage::Working(_) | Stage::Review(_) => false,
        });
        walk.must_see(&walk.say("outcome-already-redeemed"));
        walk.must_see(&walk.say("why-redeemed-here.do"));
    }
}

#[test]
fn the_other_language_is_one_touch_away_on_every_screen() {
    let mut walk = Walk::new(Language::En);
    walk.touch("中文");
    let zh = Wording::new(Language::Zh);
    walk.must_see(&zh.say("idle"));
    walk.wording = zh;
    walk.hold_up("redeemed");
    walk.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
    walk.must_see(&walk.say("review"));
    walk.touch(&walk.say("language-other"));
    walk.must_see("May be redeemed");
    assert!(walk.is_review());
}

#[test]
fn a_phone_that_is_held_on_is_told_and_not_read_twice() {
    let mut walk = Walk::new(Language::En);
    walk.hold_up("payment_code");
    walk.ends_with("outcome-refused", "why-payment-code");
    walk.go_back();
    assert!(walk.is_idle());
    assert_ne!(walk.screens.borrow().desk.view, View::Several);
}

#[test]
fn small_and_upright_windows_have_every_key() {
    for (width, height) in [(1024.0, 600.0), (1080.0, 1920.0)] {
        for language in Language::ALL {
            let mut walk = Walk::sized(language, width, height);
            walk.hold_up("redeemed");
            walk.confirm();
            walk.ends_with("outcome-redeemed", "why-confirmed");
            walk.go_back();
        }
    }
}

#[test]
fn run_without_a_display_says_so_and_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "T").unwrap();
    let told = program()
        .env("COUPON_KIOSK__WEIXIN__TOKEN__SOURCE", "static")
        .env("COUPON_KIOSK__WEIXIN__TOKEN__TOKEN_FILE", &token)
        .env(
            "COUPON_KIOSK__JOURNAL__PATH",
            folder.path().join("journal.sqlite"),
        )
        .args(["run", "--lang", "en"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert_eq!(told.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("There is no display"), "{stderr}");
}
