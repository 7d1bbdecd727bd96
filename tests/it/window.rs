//! The window, walked by the words on its keys: every story of the demo, in both languages, without a display.
//!
//! Everything behind the window is the real thing, the drawn phones and the scanner too. Its clock is moved by hand.

pub mod bare;
pub mod contrast;
mod honoured;
mod hostile;
pub mod layout;
mod repeat;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use coupon_kiosk::cli::demo_window::Running;
use coupon_kiosk::cli::run;
use coupon_kiosk::config::{self, Environment};
use coupon_kiosk::event::View;
use coupon_kiosk::frame::Luma;
use coupon_kiosk::kiosk::clock;
use coupon_kiosk::office::Office;
use coupon_kiosk::scanner::{self, Effort, Symbologies};
use coupon_kiosk::screen::handset::Handset;
use coupon_kiosk::screen::{Connection, Known, Screen, Stage, Why};
use coupon_kiosk::sound::{Sound, Speaker, wav};
use coupon_kiosk::ui::{Parts, Window, drawn};
use coupon_kiosk::wording::{Language, Wording};
use eframe::App as _;
use eframe::egui::accesskit::{Action, ActionRequest, Live, Role};
use eframe::egui::{
    Color32, Event, Key, Modifiers, Pos2, Rangef, RawInput, Rect, Shape, TouchDeviceId, TouchId,
    TouchPhase, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable};
use tokio::sync::watch;

use crate::sound::Players;
use crate::support::{Desk, program};

pub const SOON: Duration = Duration::from_mins(1);
/// Longer than a new screen refuses touches.
const ARMED: Duration = Duration::from_millis(500);
/// How often the threads are given a moment.
const MOMENTS: usize = 300;

/// Puts screens before a window of no kiosk.
pub struct Showing(watch::Sender<Screen>);

impl Showing {
    pub fn show(&self, walk: &mut Walk, stage: Stage) {
        self.0.send_modify(|screen| screen.stage = stage);
        walk.harness.run_steps(3);
    }
}

pub struct Walk {
    pub harness: Harness<'static, Window>,
    screens: watch::Receiver<Screen>,
    pub office: watch::Receiver<Office>,
    ahead: Arc<AtomicU64>,
    pub wording: Wording,
    handset: Option<watch::Receiver<Option<Handset>>>,
    _running: Box<dyn Any>,
}

impl Walk {
    pub fn new(language: Language) -> Self {
        Self::sized(language, 1920.0, 1080.0)
    }

    pub fn sized(language: Language, width: f32, height: f32) -> Self {
        Self::onto(Running::begin(language).unwrap(), language, [width, height])
    }

    fn onto(running: Running, language: Language, size: [f32; 2]) -> Self {
        let parts = running.window();
        Self::of(language, size, running, parts)
    }

    /// Over the whole display, as a kiosk is.
    pub fn kiosk(language: Language) -> Self {
        let running = Running::begin(language).unwrap();
        let mut parts = running.window();
        parts.is_fullscreen = true;
        Self::of(language, [1920.0, 1080.0], running, parts)
    }

    /// A desk that redeems, with its window.
    pub fn at_a_desk(desk: &Desk, language: Language) -> Self {
        let environment = Environment::of([("", "")]);
        let loaded = config::load(Some(&desk.path("kiosk.toml")), &environment);
        let running = run::Running::begin(&loaded.config.unwrap(), language);
        let running = running.unwrap().unwrap();
        let parts = running.window();
        Self::of(language, [1920.0, 1080.0], running, parts)
    }

    /// A window without a kiosk: it shows what it is given.
    pub fn given(language: Language, size: [f32; 2], screen: Screen) -> (Self, Showing) {
        let (show, screens) = watch::channel(screen);
        let (office, looked) = watch::channel(Office::default());
        let parts = bare::parts(screens, looked, language);
        (Self::of(language, size, office, parts), Showing(show))
    }

    /// The window of a kiosk that runs as long as the walk.
    pub fn of(language: Language, size: [f32; 2], running: impl Any, mut parts: Parts) -> Self {
        let screens = parts.screens.clone();
        let office = parts.office.clone();
        let handset = parts.handset.clone();
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
            handset,
            ahead,
            wording: Wording::new(language),
            _running: Box::new(running),
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

    /// Gives the kiosk's threads a moment, and draws what they say.
    pub fn wait_a_moment(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let (screens, moment) = (&mut self.screens, Duration::from_millis(100));
        let changed = runtime.block_on(async {
            let changed = tokio::time::timeout(moment, screens.changed()).await;
            changed.is_ok()
        });
        self.harness.run_steps(if changed { 3 } else { 1 });
    }

    /// Waits until the customer's own phone shows such a picture, or is put away, and draws it.
    fn wait_for_phone(&mut self, is_there: impl FnMut(&Option<Handset>) -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let handset = self.handset.as_mut().unwrap();
        let waited = runtime.block_on(async {
            let waited = tokio::time::timeout(SOON, handset.wait_for(is_there)).await;
            waited.map(|seen| drop(seen.unwrap()))
        });
        let seen = self.handset.as_ref().unwrap();
        assert!(waited.is_ok(), "{:?}", seen.borrow());
        self.harness.run_steps(3);
    }

    fn wait_for_phone_saying(&mut self, words: &str) {
        self.wait_for_phone(|seen| seen.as_ref().is_some_and(|phone| phone.head == words));
        self.must_see(words);
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

    /// Reads a text as a USB scanner does.
    fn scan(&mut self, text: &str) {
        let enter = Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let typed = text.chars().map(|typed| Event::Text(typed.to_string()));
        self.type_in(typed.chain([enter]));
    }

    /// A key of a keyboard, by the way that eframe hands it on.
    fn press(&mut self, key: Key) {
        for pressed in [true, false] {
            let event = Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: Modifiers::NONE,
            };
            let left = self.type_in([event]);
            self.harness.input_mut().events.extend(left);
            self.harness.run_steps(2);
        }
    }

    fn has_focus(&self, label: &str) -> bool {
        let mut nodes = self.harness.query_all_by_label(label);
        nodes.any(|node| node.accesskit_node().is_focused())
    }

    /// Goes to a key by Tab, which has to be seen there.
    fn go_to(&mut self, label: &str) {
        for _ in 0..60 {
            if self.has_focus(label) {
                let place = self.harness.get_by_label(label).rect();
                assert!(self.has_ring(place), "no ring is seen on {label}");
                return;
            }
            self.press(Key::Tab);
        }
        panic!("{label:?} is not reached by Tab: {:?}", self.harness.root());
    }

    /// Whether a white ring is drawn within a place.
    fn has_ring(&self, place: Rect) -> bool {
        let shapes = &self.harness.output().shapes;
        shapes.iter().any(|clipped| {
            let Shape::Rect(ring) = &clipped.shape else {
                return false;
            };
            ring.stroke.width > 3.0
                && ring.stroke.color == Color32::WHITE
                && place.expand(1.0).contains_rect(ring.rect)
                && ring.rect.width() > place.width() - 20.0
        })
    }

    fn hold_up_by_key(&mut self, story: &str) {
        let label = self.say(&format!("story-{}", story.replace('_', "-")));
        self.go_to(&label);
        self.press(Key::Enter);
    }

    fn confirm_by_key(&mut self) {
        self.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
        self.pass(ARMED);
        self.go_to(&self.say("review-confirm"));
        self.press(Key::Enter);
    }

    fn go_back_by_key(&mut self) {
        self.pass(ARMED);
        self.press(Key::Escape);
        self.wait("viewfinder", |screen| matches!(screen.stage, Stage::Idle));
    }

    /// What the customer does on his own phone.
    fn hand_over(&mut self) {
        self.wait_for_phone_saying(&self.say("page-choose-head"));
        self.touch(&self.say("page-choose"));
        self.wait_for_phone_saying(&self.say("handset-list"));
        self.touch("Free coffee");
        self.wait_for_phone_saying(&self.say("page-handed"));
    }

    pub fn hold_up(&mut self, story: &str) {
        let label = self.say(&format!("story-{}", story.replace('_', "-")));
        self.touch(&label);
    }

    /// Waits until two codes are seen and drawn.
    pub fn several(&mut self) {
        self.wait("codes", |screen| screen.desk.view == View::Several);
        // In a frame here and there one of the two is not read, and has no outline for that long.
        for _ in 0..MOMENTS {
            if self.sees(&self.outline(1)) && self.sees(&self.outline(2)) {
                return;
            }
            self.wait_a_moment();
        }
        self.must_see(&self.outline(1));
        self.must_see(&self.outline(2));
    }

    /// What an assistive program calls the outline of one of two codes, from the left.
    pub fn outline(&self, number: usize) -> String {
        let values = [("number", number.into()), ("count", 2.into())];
        self.wording.say_with("sight", &values)
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

    /// Holds a phone up until the clerk is asked or told; whether he is asked.
    fn is_asked(&mut self, story: &str) -> bool {
        self.hold_up(story);
        self.wait(story, |screen| {
            matches!(screen.stage, Stage::Review(_) | Stage::Finished(_))
        });
        self.is_review()
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

/// The coupon of a phone that cannot be read, over the page and the desk's own line to the counter.
#[test]
fn a_customer_scans_the_desks_code_and_hands_his_coupon_over() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.wait("the desk's own code", |screen| {
            screen.desk.invitation.is_some()
        });
        walk.must_see(&walk.say("invitation"));
        walk.touch(&walk.say("invitation-scan"));
        walk.hand_over();
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.go_back();
        // The customer goes, and the next one is invited.
        walk.wait_for_phone(Option::is_none);
        walk.hold_up("hand_off");
        walk.hand_over();
        walk.touch(&walk.say("handset-away"));
        walk.wait_for_phone(Option::is_none);
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
    }
}

/// What a phone would read off the window: its black and white fields, pixel by pixel, seen from so many times as far as
/// where a pixel is one of the phone's.
fn codes_drawn(walk: &Walk, far: usize) -> Vec<String> {
    let ctx = &walk.harness.ctx;
    let per_point = ctx.pixels_per_point();
    let size = ctx.content_rect().size() * per_point;
    let whole = |side: f32| (0..u16::MAX).find(|whole| f32::from(*whole) + 0.5 >= side);
    let (width, height) = (whole(size.x).unwrap(), whole(size.y).unwrap());
    let mut pixels = vec![128_u8; usize::from(width) * usize::from(height)];
    for clipped in &walk.harness.output().shapes {
        let Shape::Rect(field) = &clipped.shape else {
            continue;
        };
        let grey = match field.fill {
            Color32::WHITE => 255,
            Color32::BLACK => 0,
            _ => continue,
        };
        let along = |range: Rangef, end: u16| {
            let is_within = move |at: &u16| range.contains((f32::from(*at) + 0.5) / per_point);
            (0..end).filter(is_within).map(usize::from)
        };
        for y in along(field.rect.y_range(), height) {
            for x in along(field.rect.x_range(), width) {
                pixels[y * usize::from(width) + x] = grey;
            }
        }
    }
    let (width, height) = (usize::from(width), usize::from(height));
    let (seen_width, seen_height) = (width / far, height / far);
    let seen = (0..seen_width * seen_height).map(|at| {
        let (left, top) = (at % seen_width * far, at / seen_width * far);
        let rows = (top..top + far).flat_map(|y| &pixels[y * width + left..][..far]);
        let light: usize = rows.map(|pixel| usize::from(*pixel)).sum();
        u8::try_from(light / (far * far)).unwrap()
    });
    let luma = Luma::new(seen_width, seen_height, seen.collect()).unwrap();
    let found = scanner::scan(&luma, Symbologies::default(), Effort::All);
    found.into_iter().map(|found| found.text).collect()
}

#[test]
fn the_details_are_photographed_off_a_small_display_too_whatever_bars_are_on_it() {
    for language in Language::ALL {
        let mut before = Walk::new(language);
        before.hold_up("lost_for_good");
        before.confirm();
        before.ends_with("outcome-in-doubt", "why-unknown-consuming");
        let mut screen = before.screens.borrow().clone();
        // As many facts as there can be.
        let Stage::Finished(finished) = &mut screen.stage else {
            panic!("no outcome");
        };
        let trace = "rid: 572c0a60-1b2c3d4e-5f6a7b8c";
        finished.errcode = Some(45009);
        finished.errmsg = Some(format!("reach max api daily quota limit {trace}"));
        finished.trace = Some(trace.to_owned());
        let attempt = finished.attempt.unwrap().to_string();
        let running = Running::begin(language).unwrap();
        let mut parts = running.window();
        let (shown, screens) = watch::channel(screen);
        parts.screens = screens;
        let mut walk = Walk::of(language, [1024.0, 600.0], (running, shown), parts);
        walk.pass(ARMED);
        walk.touch(&walk.say("details-open"));
        walk.must_see(&walk.say("demo-watermark"));
        walk.must_see(&walk.say("attention-show"));
        for far in 1..=3 {
            let photographed = codes_drawn(&walk, far);
            let has_all = |text: &String| text.contains(&attempt) && text.contains(trace);
            assert!(photographed.iter().any(has_all), "{far}: {photographed:?}");
        }
    }
}

#[test]
fn the_desks_own_code_is_drawn_so_that_a_phone_reads_it_and_goes_with_the_line() {
    for size in [[1920.0, 1080.0], [1080.0, 1920.0], [1024.0, 600.0]] {
        let running = Running::begin(Language::En).unwrap();
        let mut parts = running.window();
        // A kiosk that redeems, not a demo.
        (parts.phones, parts.handset) = (None, Some(watch::channel(None).1));
        let (shown, screens) = watch::channel(parts.screens.borrow().clone());
        parts.screens = screens;
        let mut walk = Walk::of(Language::En, size, running, parts);
        let words = walk.say("invitation");
        let invitation = "https://coupons.example/?pass=3-6a1b2c3d-0123456789ab-0123456789abcdef0123456789abcdef";
        let invite = |walk: &mut Walk, invitation: Option<&str>| {
            shown.send_modify(|screen| screen.desk.invitation = invitation.map(str::to_owned));
            walk.harness.run_steps(3);
        };
        invite(&mut walk, Some(invitation));
        walk.must_see(&words);
        for far in [1, 2] {
            assert_eq!(codes_drawn(&walk, far), [invitation], "{size:?} {far}");
        }
        invite(&mut walk, None);
        assert!(!walk.sees(&words));
        assert_eq!(codes_drawn(&walk, 1), Vec::<String>::new());
    }
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
        walk.touch(&walk.say("close"));
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
fn a_second_touch_on_the_glass_blocks_the_confirm_and_the_screen_says_why() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.hold_up("redeemed");
        walk.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
        walk.pass(ARMED);
        let label = walk.say("review-confirm");
        let key = walk.harness.get_by_label(&label).rect().center();
        let mut finger = |id: u64, phase: TouchPhase, pos: Pos2| {
            walk.pass(Duration::from_millis(200));
            let touch = Event::Touch {
                device_id: TouchDeviceId(0),
                id: TouchId(id),
                phase,
                pos,
                force: None,
            };
            let left = walk.type_in([touch]);
            walk.harness.input_mut().events.extend(left);
            walk.harness.run_steps(2);
            walk.sees(&walk.say("review-blocked"))
        };
        // A drop of water.
        assert!(!finger(1, TouchPhase::Start, pos2(500.0, 500.0)));
        assert!(finger(2, TouchPhase::Start, key));
        assert!(finger(2, TouchPhase::End, key));
        assert!(finger(1, TouchPhase::End, pos2(500.0, 500.0)));
        assert!(!finger(3, TouchPhase::Start, key));
        assert!(walk.is_review(), "it confirmed all the same");
    }
}

#[test]
fn the_details_hold_what_it_asks_for_and_no_other_screen_does() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        let facts = [
            "40056",
            "invalid serial code rid: 572c0a60-1b2c3d4e-5f6a7b8c",
            "rid: 572c0a60-1b2c3d4e-5f6a7b8c",
        ];
        walk.hold_up("unknown_code");
        walk.ends_with("outcome-refused", "why-unknown-code");
        assert!(facts.iter().all(|fact| !walk.sees(fact)));
        walk.touch(&walk.say("details-open"));
        for fact in facts {
            walk.must_see(fact);
        }
        walk.touch(&walk.say("close"));
        walk.go_back();
        walk.hold_up("redeemed");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        let attempt = match &walk.screens.borrow().stage {
            Stage::Finished(finished) => finished.attempt.unwrap().to_string(),
            Stage::Idle | Stage::Working(_) | Stage::Review(_) => panic!("no outcome"),
        };
        assert!(!walk.sees(&attempt));
        walk.touch(&walk.say("details-open"));
        walk.must_see(&attempt);
        let photographed = codes_drawn(&walk, 1);
        let has_it = |text: &String| text.contains(&attempt);
        assert!(photographed.iter().any(has_it), "{photographed:?}");
    }
}

#[test]
fn the_customers_line_is_told_in_the_other_language_by_a_touch_that_dismisses_nothing() {
    let mut walk = Walk::new(Language::En);
    walk.hold_up("already_redeemed");
    walk.ends_with("outcome-already-redeemed", "why-consumed");
    walk.pass(ARMED);
    let told = |language| Wording::new(language).say("customer-already-redeemed");
    walk.must_see(&told(Language::Zh));
    walk.touch(&walk.say("customer-language"));
    walk.must_see(&told(Language::En));
    assert!(!walk.sees(&told(Language::Zh)));
    walk.ends_with("outcome-already-redeemed", "why-consumed");
}

#[test]
fn the_list_of_doubts_shows_no_code_whole_and_no_number_of_weixins() {
    let mut before = Walk::new(Language::En);
    before.hold_up("lost_for_good");
    before.confirm();
    before.ends_with("outcome-in-doubt", "why-unknown-consuming");
    let mut screen = before.screens.borrow().clone();
    screen.doubts[0].known = Known::Errcode(45009);
    let code = screen.doubts[0].code.grouped();
    let running = Running::begin(Language::En).unwrap();
    let mut parts = running.window();
    let (shown, screens) = watch::channel(screen);
    parts.screens = screens;
    let mut walk = Walk::of(Language::En, [1920.0, 1080.0], (running, shown), parts);
    drawn::keep(&walk.harness.ctx);
    let is_read = |walk: &Walk, words: &str| {
        let texts = drawn::last(&walk.harness.ctx).texts;
        texts.iter().any(|text| text.words.contains(words))
    };
    walk.touch(&walk.say("attention-show"));
    walk.must_see(&walk.say("known-errcode"));
    assert!(!is_read(&walk, "45009") && !is_read(&walk, &code));
    walk.touch(&walk.say("override-open"));
    assert!(is_read(&walk, &code) && !is_read(&walk, "45009"));
    walk.touch(&walk.say("day-close"));
    walk.touch(&walk.say("close"));
    walk.pass(ARMED);
    walk.touch(&walk.say("details-open"));
    assert!(is_read(&walk, "45009"));
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
fn the_keypad_has_small_letters_for_codes_that_keep_their_case() {
    let mut walk = Walk::new(Language::En);
    walk.touch(&walk.say("keypad-open"));
    walk.touch(&walk.say("keypad-letters"));
    walk.touch("J");
    walk.touch(&walk.say("keypad-small"));
    for letter in ["o", "n", "_", "|"] {
        walk.touch(letter);
    }
    walk.must_see("Jon_ |");
    walk.touch(&walk.say("keypad-capitals"));
    walk.touch("Q");
    walk.must_see("Jon_ |Q");
}

#[test]
fn every_key_of_the_keypad_is_12_mm_on_every_size() {
    const MM: f32 = 5.55;
    let sizes = [
        (1920.0, 1080.0),
        (1080.0, 1920.0),
        (1024.0, 600.0),
        (600.0, 1024.0),
        (1280.0, 800.0),
        (3840.0, 2160.0),
    ];
    for (width, height) in sizes {
        let mut walk = Walk::sized(Language::En, width, height);
        walk.touch(&walk.say("keypad-open"));
        for page in ["keypad-letters", "keypad-small", "keypad-digits"] {
            let mut keys = 0;
            for key in walk.harness.get_all_by_role(Role::Button) {
                let (rect, label) = (key.rect(), key.accesskit_node().label());
                // What is drawn; the area reaches 2 mm further down.
                let drawn = rect.size() - vec2(0.0, 2.0 * MM);
                assert!(
                    drawn.min_elem() >= 12.0 * MM,
                    "{label:?} has {drawn:?} on {width}x{height}"
                );
                keys += 1;
            }
            assert!(keys >= 16, "{keys}");
            walk.touch(&walk.say(page));
        }
    }
}

#[test]
fn the_keypad_advises_and_refuses_nothing_but_the_clipboard() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.touch(&walk.say("keypad-open"));
        for digit in "40963245789".chars() {
            walk.touch(&digit.to_string());
        }
        let counted = |walk: &Walk, key: &str, count: usize| {
            walk.wording.say_with(key, &[("count", count.into())])
        };
        walk.must_see(&counted(&walk, "keypad-digits-advice", 11));
        let left = walk.type_in([Event::Paste("409632457895".to_owned())]);
        assert_eq!(left, Vec::new());
        walk.must_see(&walk.say("keypad-no-paste"));
        walk.must_see("4096 3245 789");
        walk.touch(&walk.say("keypad-look-up"));
        walk.ends_with("outcome-refused", "why-unknown-code");
        walk.go_back();
        // It is there again, and one digit more makes a new code of it.
        walk.touch(&walk.say("keypad-open"));
        walk.must_see("4096 3245 789");
        walk.must_see(&walk.say("keypad-again"));
        walk.touch(&walk.say("keypad-back"));
        for digit in ["9", "5"] {
            walk.touch(digit);
        }
        walk.must_see("4096 3245 7895");
        walk.must_see(&walk.say("keypad-digits-right"));
        walk.touch(&walk.say("keypad-look-up"));
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.go_back();
        walk.touch(&walk.say("keypad-open"));
        assert!(!walk.sees("4096 3245 7895"));
    }
}

#[test]
fn who_types_before_the_viewfinder_gets_the_keypad() {
    let mut walk = Walk::new(Language::En);
    for digit in "4096".chars() {
        walk.type_in([Event::Text(digit.to_string())]);
        walk.pass(Duration::from_millis(180));
    }
    walk.must_see(&walk.say("keypad-title"));
    walk.must_see("4096");
}

#[test]
fn five_stories_are_walked_by_a_keyboard_alone() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        for story in ["redeemed", "link", "custom_code"] {
            walk.hold_up_by_key(story);
            walk.confirm_by_key();
            walk.ends_with("outcome-redeemed", "why-confirmed");
            walk.go_back_by_key();
        }
        walk.hold_up_by_key("expired");
        walk.ends_with("outcome-refused", "why-expire");
        walk.pass(ARMED);
        walk.go_to(&walk.say("back"));
        walk.press(Key::Space);
        walk.wait("viewfinder", |screen| matches!(screen.stage, Stage::Idle));
        // A typed code, looked up by Enter.
        for digit in "409632457895".chars() {
            walk.type_in([Event::Text(digit.to_string())]);
            walk.pass(Duration::from_millis(180));
        }
        walk.must_see("4096 3245 7895");
        assert!(walk.has_focus(&walk.say("keypad-look-up")));
        walk.press(Key::Enter);
        walk.wait("review or outcome", |screen| {
            !matches!(screen.stage, Stage::Idle | Stage::Working(_))
        });
    }
}

#[test]
fn escape_closes_cancels_and_dismisses_and_arrows_go_from_key_to_key() {
    let mut walk = Walk::new(Language::En);
    walk.go_to(&walk.say("keypad-open"));
    walk.press(Key::Enter);
    walk.must_see(&walk.say("keypad-title"));
    walk.go_to("5");
    walk.press(Key::ArrowRight);
    assert!(walk.has_focus("6"));
    walk.press(Key::ArrowDown);
    assert!(walk.has_focus("9"));
    walk.press(Key::Space);
    walk.must_see(
        &walk
            .wording
            .say_with("keypad-digits-advice", &[("count", 1.into())]),
    );
    walk.press(Key::Escape);
    walk.must_see(&walk.say("idle"));
    walk.hold_up_by_key("redeemed");
    walk.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
    walk.press(Key::Escape);
    walk.wait("viewfinder", |screen| matches!(screen.stage, Stage::Idle));
    walk.hold_up_by_key("expired");
    walk.ends_with("outcome-refused", "why-expire");
    // Not before it can have been read.
    walk.press(Key::Escape);
    walk.must_see(&walk.say("outcome-refused"));
    walk.go_back_by_key();
}

#[test]
fn a_screen_reader_is_told_what_happened_at_once() {
    let announced = |walk: &Walk, words: &str| {
        let mut nodes = walk.harness.query_all_by_value(words);
        nodes.any(|node| node.accesskit_node().live() == Live::Assertive)
    };
    let mut walk = Walk::new(Language::En);
    walk.hold_up("redeemed");
    walk.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
    assert!(announced(&walk, &walk.say("review")));
    walk.confirm();
    walk.ends_with("outcome-redeemed", "why-confirmed");
    let words = ["outcome-redeemed", "why-confirmed", "why-confirmed.do"].map(|key| walk.say(key));
    assert!(announced(&walk, &words.join("\n")));
}

#[test]
fn what_an_assistive_program_presses_in_a_hurry_comes_in_its_order() {
    let mut walk = Walk::new(Language::En);
    walk.touch(&walk.say("keypad-open"));
    let presses: Vec<Event> = "4096"
        .chars()
        .map(|digit| {
            let label = digit.to_string();
            let key = walk.harness.get_by_label(&label);
            let (target_node, target_tree) = key.accesskit_node().locate();
            Event::AccessKitActionRequest(ActionRequest {
                action: Action::Click,
                target_node,
                target_tree,
                data: None,
            })
        })
        .collect();
    let mut left = walk.type_in(presses);
    for _ in 0..4 {
        walk.harness.input_mut().events.extend(left);
        walk.harness.run_steps(1);
        left = walk.type_in([]);
    }
    walk.must_see("4096");
}

#[test]
fn every_outcome_is_heard_once() {
    let players = Players::new().plays("aplay");
    let speaker = Speaker::start(&players.path(), 70).unwrap();
    let running = Running::heard(Language::En, Some(speaker)).unwrap();
    let mut walk = Walk::onto(running, Language::En, [1920.0, 1080.0]);
    let heard = |sound| {
        assert!(
            players.next().1 == wav(sound, 70),
            "{sound:?} was not played"
        );
    };
    walk.hold_up("redeemed");
    walk.confirm();
    walk.ends_with("outcome-redeemed", "why-confirmed");
    heard(Sound::Good);
    walk.go_back();
    walk.hold_up("expired");
    walk.ends_with("outcome-refused", "why-expire");
    heard(Sound::Refused);
    walk.go_back();
    walk.hold_up("no_network");
    walk.ends_with("outcome-unreachable", "why-connect");
    heard(Sound::Attention);
    walk.go_back();
    walk.hold_up("payment_code");
    walk.ends_with("outcome-refused", "why-payment-code");
    heard(Sound::Attention);
    walk.go_back();
    walk.hold_up("lost_for_good");
    walk.confirm();
    walk.ends_with("outcome-in-doubt", "why-unknown-consuming");
    heard(Sound::Doubt);
}

/// The end key of what a USB scanner types, pressed or let go.
pub fn enter(pressed: bool) -> Event {
    Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    }
}

#[test]
fn a_usb_scanner_is_heard_on_any_screen_and_its_enter_presses_nothing() {
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
fn of_two_phones_the_touched_one_is_looked_up_and_nothing_before() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        walk.hold_up("two_phones");
        walk.several();
        walk.must_see(&walk.say("view-several"));
        assert!(walk.is_idle());
        let connection = walk.screens.borrow().desk.connection.clone();
        assert_eq!(connection, Connection::Untried, "Weixin was asked");
        // The left one is expired.
        walk.touch(&walk.outline(2));
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.go_back();
        // The phones are held up anew before they are gone, and the story begins with a loop that has seen neither.
        walk.hold_up("two_phones");
        walk.wait("the story anew", |screen| {
            screen.desk.connection == Connection::Untried && screen.desk.view == View::Several
        });
        walk.several();
        walk.touch(&walk.outline(1));
        walk.ends_with("outcome-refused", "why-expire");
        walk.go_back();
    }
}

#[test]
fn the_outlines_of_several_codes_are_reached_by_keyboard_and_by_programs() {
    let mut walk = Walk::new(Language::En);
    walk.hold_up("two_phones");
    walk.several();
    walk.go_to(&walk.outline(1));
    walk.press(Key::Enter);
    walk.ends_with("outcome-refused", "why-expire");
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

#[test]
fn a_kiosk_that_is_closed_ends_though_somebody_could_still_ask_it_something() {
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    std::thread::Builder::new()
        .spawn(move || {
            let running = Running::begin(Language::En).unwrap();
            // The window has not gone yet, and could still tell of a touch.
            let window = running.window();
            drop(running);
            tell.send(()).unwrap();
            drop(window);
        })
        .unwrap();
    assert!(told.recv_timeout(SOON).is_ok(), "the kiosk's thread hangs");
}
