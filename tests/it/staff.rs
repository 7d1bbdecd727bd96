//! Clerks and a manager, walked in the window: PINs, who did what, the lock, the manager's pages and the way out.

use std::time::Duration;

use coupon_kiosk::cli::demo_window::Running;
use coupon_kiosk::event::OnDuty;
use coupon_kiosk::office::{Office, Person, Reading, Role};
use coupon_kiosk::redemption::attempt::{Outcome, Record};
use coupon_kiosk::screen::Stage;
use coupon_kiosk::ui::drawn;
use coupon_kiosk::wording::Language;
use eframe::egui::{ViewportCommand, ViewportEvent, ViewportId, ViewportInfo};
use egui_kittest::kittest::{NodeT, Queryable};
use tokio::sync::watch;

use crate::window::Walk;
use crate::window::layout::{measure, must_be_without};

impl Walk {
    fn type_digits(&mut self, digits: &str) {
        for digit in digits.chars() {
            self.touch(&digit.to_string());
        }
    }

    fn press_corner(&mut self, time: Duration) {
        let label = self.say("service-corner");
        let corner = self.harness.get_by_label(&label).rect().center();
        self.harness.drag_at(corner);
        // So long that egui takes it for no click any more.
        self.harness.run_steps(8);
        self.pass(time);
        self.harness.drop_at(corner);
        self.harness.run_steps(2);
    }

    pub fn open_service(&mut self) {
        self.press_corner(Duration::from_secs(3));
    }

    /// Lets the doctor look, and waits until he has.
    fn examine(&mut self) {
        self.touch(&self.say("service-doctor"));
        self.wait_office("summary", |office| {
            let checkup = office.checkup.as_ref();
            checkup.is_some_and(|checkup| checkup.summary.is_some())
        });
    }

    fn on_duty(&mut self, wanted: &OnDuty) {
        self.wait_office("that person at the desk", |office| {
            office.staff.on_duty == *wanted
        });
    }

    /// On the list of staff: somebody new, by the keys of the screen.
    fn add(&mut self, name: &str, role: Role, pin: &str) {
        let before = self.office.borrow().staff.people.len();
        self.touch(&self.say("staff-add"));
        self.touch("abc");
        self.type_digits(name);
        if before > 0 && role == Role::Manager {
            self.touch(&self.say("staff-clerk"));
        }
        self.touch(&self.say("staff-next"));
        for _twice in 0..2 {
            self.type_digits(pin);
            self.touch(&self.say("pin-ok"));
        }
        self.wait_office("one more", |office| office.staff.people.len() == before + 1);
    }

    /// Two people on the list, and nobody at the desk.
    fn with_staff(language: Language) -> Self {
        let mut walk = Self::new(language);
        walk.open_service();
        walk.must_see(&walk.say("service-open"));
        walk.touch(&walk.say("service-staff"));
        walk.add("lina", Role::Manager, "8253");
        walk.add("wang", Role::Clerk, "7104");
        walk.on_duty(&OnDuty::Clerk("lina".to_owned()));
        walk.touch(&walk.say("day-close"));
        walk.touch(&walk.say("day-close"));
        let values = [("name", "lina".into())];
        let sign_out = walk.wording.say_with("sign-out", &values);
        walk.touch(&sign_out);
        walk.on_duty(&OnDuty::Locked);
        walk.must_see(&walk.say("sign-in-title"));
        walk
    }

    fn sign_in(&mut self, name: &str, pin: &str) {
        self.touch(name);
        self.type_digits(pin);
        self.touch(&self.say("pin-ok"));
    }
}

#[test]
fn a_clerk_signs_in_and_stands_in_the_journal_with_what_he_did() {
    for language in Language::ALL {
        let mut walk = Walk::with_staff(language);
        // Nothing is looked up for nobody.
        walk.type_in(
            "409632457895"
                .chars()
                .map(|typed| eframe::egui::Event::Text(typed.to_string())),
        );
        walk.pass(Duration::from_millis(300));
        walk.sign_in("wang", "8253");
        walk.wait_office("a refusal", |office| office.staff.denied.is_some());
        walk.must_see(&walk.wording.say_with("pin-wrong", &[("left", 4.into())]));
        assert!(walk.is_idle());
        walk.type_digits("7104");
        walk.touch(&walk.say("pin-ok"));
        walk.on_duty(&OnDuty::Clerk("wang".to_owned()));
        walk.must_see(&walk.say("idle"));
        walk.hold_up("redeemed");
        walk.confirm();
        walk.ends_with("outcome-redeemed", "why-confirmed");
        walk.go_back();
        walk.touch(&walk.say("day-open"));
        walk.wait_office("his line", |office| {
            matches!(&office.day, Reading::Ready(lines)
                if lines.len() == 1 && lines[0].clerk.as_deref() == Some("wang"))
        });
    }
}

#[test]
fn more_managers_than_a_page_holds_leave_a_way_back() {
    let running = Running::begin(Language::En).unwrap();
    let mut parts = running.window();
    let mut office = parts.office.borrow().clone();
    office.staff.is_manager = false;
    office.staff.people = (1..=9)
        .map(|number| Person {
            name: format!("manager {number}"),
            role: Role::Manager,
        })
        .collect();
    let (shown, seen) = watch::channel(office);
    parts.office = seen;
    let kept = (running, shown);
    let mut walk = Walk::of(Language::En, [1024.0, 600.0], kept, parts);
    walk.open_service();
    walk.must_see(&walk.say("sign-in-manager"));
    walk.touch(&walk.say("day-older"));
    walk.touch("manager 8");
    drawn::keep(&walk.harness.ctx);
    let mut found = Vec::new();
    measure(&mut walk, "nine managers", &mut found);
    assert_eq!(found, Vec::<String>::new());
    walk.touch(&walk.say("day-close"));
    walk.must_see(&walk.say("idle"));
}

#[test]
fn five_wrong_pins_make_the_sixth_wait() {
    let mut walk = Walk::with_staff(Language::En);
    walk.touch("wang");
    for wrong in 1..=5 {
        walk.type_digits("9999");
        walk.touch(&walk.say("pin-ok"));
        walk.wait_office("a refusal", |office| match office.staff.denied {
            Some(coupon_kiosk::office::Denied::Wrong { left }) => left == 5 - wrong,
            Some(coupon_kiosk::office::Denied::Wait(_)) => wrong == 5,
            None => false,
        });
    }
    walk.type_digits("7104");
    assert!(
        walk.harness
            .get_by_label(&walk.say("pin-ok"))
            .accesskit_node()
            .is_disabled()
    );
    // The other one may come in meanwhile.
    walk.sign_in("lina", "8253");
    walk.on_duty(&OnDuty::Clerk("lina".to_owned()));
}

#[test]
fn an_idle_desk_locks_itself_and_never_in_the_middle_of_a_redemption() {
    let mut walk = Walk::with_staff(Language::Zh);
    walk.sign_in("lina", "8253");
    walk.on_duty(&OnDuty::Clerk("lina".to_owned()));
    walk.pass(Duration::from_secs(4000));
    assert_ne!(
        walk.office.borrow().staff.on_duty,
        OnDuty::Locked,
        "locked though it is off"
    );
    // A manager's pages ask for a manager's PIN, and close when they are left alone.
    walk.open_service();
    walk.must_see(&walk.say("sign-in-manager"));
    walk.type_digits("8253");
    walk.touch(&walk.say("pin-ok"));
    walk.wait_office("the manager's pages", |office| office.staff.is_manager);
    walk.touch(&walk.say("service-lock"));
    let thirty = [("seconds", 30.into())];
    let label = walk.wording.say_with("lock-seconds", &thirty);
    walk.touch(&label);
    walk.wait_office("the setting", |office| {
        office.settings.lock_after == Some(Duration::from_secs(30))
    });
    walk.touch(&walk.say("day-close"));
    walk.touch(&walk.say("day-close"));
    walk.wait_office("closed pages", |office| !office.staff.is_manager);
    walk.hold_up("redeemed");
    walk.wait("review", |screen| matches!(screen.stage, Stage::Review(_)));
    walk.pass(Duration::from_secs(100));
    walk.confirm();
    walk.ends_with("outcome-redeemed", "why-confirmed");
    walk.pass(Duration::from_secs(100));
    walk.go_back();
    walk.pass(Duration::from_secs(29));
    walk.must_see(&walk.say("idle"));
    walk.pass(Duration::from_secs(2));
    walk.on_duty(&OnDuty::Locked);
    walk.must_see(&walk.say("sign-in-title"));
}

#[test]
fn a_managers_pages_close_themselves_and_a_short_press_opens_nothing() {
    let mut walk = Walk::new(Language::En);
    walk.press_corner(Duration::from_secs(1));
    walk.must_see(&walk.say("idle"));
    walk.open_service();
    walk.must_see(&walk.say("service-title"));
    walk.touch(&walk.say("service-store"));
    walk.touch("ABC");
    for letter in ["N", "O", "1"] {
        if letter == "1" {
            walk.touch("123");
        }
        walk.touch(letter);
    }
    walk.touch(&walk.say("remark-keep"));
    walk.wait_office("the name", |office: &Office| office.place == "NO1");
    walk.must_see("NO1");
    walk.touch(&walk.say("service-export"));
    walk.wait_office("a file", |office| matches!(office.exported, Some(Some(_))));
    let path = walk.office.borrow().exported.clone().flatten().unwrap();
    let table = std::fs::read_to_string(path).unwrap();
    assert!(table.starts_with("id,kind,at,code,"), "{table}");
    walk.pass(Duration::from_secs(200));
    walk.must_see(&walk.say("idle"));
}

#[test]
fn nobody_closes_a_kiosk_but_by_the_managers_pages() {
    let mut walk = Walk::kiosk(Language::En);
    let commands = |walk: &Walk| {
        let output = walk.harness.output();
        output.viewport_output[&ViewportId::ROOT].commands.clone()
    };
    let close = ViewportInfo {
        events: vec![ViewportEvent::Close],
        ..ViewportInfo::default()
    };
    let viewports = &mut walk.harness.input_mut().viewports;
    viewports.insert(ViewportId::ROOT, close);
    walk.harness.step();
    assert!(commands(&walk).contains(&ViewportCommand::CancelClose));
    let viewports = &mut walk.harness.input_mut().viewports;
    viewports.insert(ViewportId::ROOT, ViewportInfo::default());
    walk.open_service();
    walk.touch(&walk.say("service-leave"));
    assert!(commands(&walk).contains(&ViewportCommand::Close));
}

/// Every page behind the counter at one size, measured.
#[test]
fn the_doctor_tells_on_the_managers_pages_what_is_wrong_and_what_to_do() {
    let mut walk = Walk::new(Language::En);
    walk.open_service();
    walk.examine();
    let checkup = walk.office.borrow().checkup.clone().unwrap();
    // The gravest stand first, with what to do about them.
    let gravest = checkup.lines.iter().max_by_key(|line| line.verdict);
    let gravest = gravest.unwrap();
    walk.must_see(&gravest.says);
    walk.must_see(gravest.advice.as_ref().unwrap());
    let summary = checkup.summary.unwrap();
    assert!(summary.starts_with("coupon-kiosk "), "{summary}");
    // The demo has no network and no desk to look at.
    assert!(!summary.contains("reach"), "{summary}");
    walk.touch(&walk.say("checkup-cross"));
    // A key's place reaches 2 mm further down than it is drawn, and it is touched in the middle.
    let beside = [("mm", "1.0".into())];
    walk.must_see(&walk.wording.say_with("checkup-cross-near", &beside));
    walk.touch(&walk.say("checkup-again"));
    walk.wait_office("second look", |office| {
        let checkup = office.checkup.as_ref();
        checkup.is_some_and(|checkup| checkup.summary.is_some())
    });
    walk.touch(&walk.say("day-close"));
    walk.must_see(&walk.say("service-title"));
}

fn measured(language: Language, (width, height): (f32, f32)) -> Vec<String> {
    let mut found = Vec::new();
    let mut walk = Walk::sized(language, width, height);
    drawn::keep(&walk.harness.ctx);
    let name = |what: &str| format!("{language:?} {width}x{height} {what}");
    walk.hold_up("redeemed");
    walk.confirm();
    walk.ends_with("outcome-redeemed", "why-confirmed");
    walk.go_back();
    walk.touch(&walk.say("day-open"));
    // The outcome is on the screen before it is on a slow disk.
    walk.wait_office("the list", |office| {
        matches!(&office.day, Reading::Ready(lines) if lines[0].outcome == Outcome::Redeemed)
    });
    measure(&mut walk, &name("day"), &mut found);
    let line = walk.first_line();
    walk.touch(&line);
    walk.wait_office("a story", |office| office.story.is_some());
    measure(&mut walk, &name("story"), &mut found);
    walk.touch(&walk.say("remark-open"));
    for layer in ["abc", "ABC", "#+="] {
        measure(&mut walk, &name("remark"), &mut found);
        walk.touch(layer);
    }
    measure(&mut walk, &name("marks"), &mut found);
    walk.touch(&walk.say("day-close"));
    walk.touch(&walk.say("mistake-open"));
    measure(&mut walk, &name("mistake"), &mut found);
    walk.touch(&walk.say("mistake-no"));
    walk.touch(&walk.say("day-close"));
    walk.touch(&walk.say("day-close"));
    walk.open_service();
    measure(&mut walk, &name("service"), &mut found);
    for page in [
        "service-store",
        "service-camera",
        "service-sound",
        "service-lock",
        "service-staff",
    ] {
        walk.touch(&walk.say(page));
        measure(&mut walk, &name(page), &mut found);
        if page != "service-staff" {
            walk.touch(&walk.say("day-close"));
        }
    }
    walk.touch(&walk.say("day-close"));
    walk.examine();
    measure(&mut walk, &name("doctor"), &mut found);
    walk.touch(&walk.say("day-close"));
    walk.touch(&walk.say("service-staff"));
    walk.add("lina", Role::Manager, "8253");
    walk.add("wang", Role::Clerk, "7104");
    measure(&mut walk, &name("staff"), &mut found);
    walk.touch(&format!("wang \u{b7} {}", walk.say("staff-clerk")));
    measure(&mut walk, &name("one of the staff"), &mut found);
    walk.touch(&walk.say("staff-pin"));
    measure(&mut walk, &name("new PIN"), &mut found);
    for _page in 0..3 {
        walk.touch(&walk.say("day-close"));
    }
    walk.on_duty(&OnDuty::Clerk("lina".to_owned()));
    measure(&mut walk, &name("idle with a clerk"), &mut found);
    let values = [("name", "lina".into())];
    let sign_out = walk.wording.say_with("sign-out", &values);
    walk.touch(&sign_out);
    walk.on_duty(&OnDuty::Locked);
    measure(&mut walk, &name("sign-in"), &mut found);
    found
}

#[test]
fn every_page_behind_the_counter_can_be_read_and_hit() {
    let mut found = Vec::new();
    for language in Language::ALL {
        for size in [(1024.0, 600.0), (1920.0, 1080.0), (1080.0, 1920.0)] {
            found.extend(measured(language, size));
        }
    }
    must_be_without(&found);
}

/// Into the list of what is in doubt, and to the manager's form of its one line.
fn open_override(walk: &mut Walk) {
    walk.hold_up("lost_for_good");
    walk.confirm();
    walk.ends_with("outcome-in-doubt", "why-unknown-consuming");
    walk.go_back();
    walk.touch(&walk.say("attention-show"));
    walk.touch(&walk.say("override-open"));
}

/// Chooses, and writes the word down.
fn decide(walk: &mut Walk, goods: &str, ground: &str) {
    walk.touch(&walk.say(goods));
    walk.touch(&walk.say(ground));
    walk.touch(&walk.say("override-keep"));
    walk.wait("a manager's word", |screen| {
        screen.doubts.iter().any(|doubt| doubt.ruled.is_some())
    });
    walk.wait_office("the record", |office| !office.staff.is_checking);
}

#[test]
fn a_managers_word_is_written_down_and_the_asking_goes_on() {
    for language in Language::ALL {
        let mut walk = Walk::new(language);
        open_override(&mut walk);
        let keep = walk.say("override-keep");
        let is_disabled = |walk: &Walk| {
            let key = walk.harness.get_by_label(&keep);
            key.accesskit_node().is_disabled()
        };
        assert!(is_disabled(&walk), "nothing is chosen yet");
        walk.touch(&walk.say("goods-handed-over"));
        walk.touch(&walk.say("ground-other"));
        assert!(is_disabled(&walk), "another reason wants words");
        walk.touch(&walk.say("override-words"));
        walk.touch("7");
        walk.touch(&walk.say("remark-keep"));
        assert!(!is_disabled(&walk));
        decide(&mut walk, "goods-not-handed-over", "ground-customer-left");
        // Back on the list, which says so, and goes on asking.
        walk.must_see(&walk.say("doubts-title"));
        let said = walk.say("goods-not-handed-over");
        let (harness, wording) = (&walk.harness, &walk.wording);
        assert!(
            harness.query_all_by_label_contains(&said).next().is_some()
                || harness.query_all_by_value(&said).next().is_some(),
            "{} {:?}",
            wording.language().tag(),
            harness.root()
        );
        walk.touch(&walk.say("close"));
        walk.touch(&walk.say("day-open"));
        walk.wait_office("the word in today's list", |office| {
            matches!(&office.day, Reading::Ready(lines) if lines.iter().any(|line| line.ruled.is_some()))
        });
        walk.touch(&walk.first_line());
        walk.wait_office("its story", |office| {
            let records = office.story.as_ref().map(|story| &story.records);
            matches!(records, Some(Reading::Ready(records)) if records.iter().any(|record| {
                matches!(record, Record::Override(said) if said.text == "7" && said.clerk.is_none())
            }))
        });
    }
}

#[test]
fn with_staff_a_managers_pin_stands_before_the_word_and_his_name_in_it() {
    let mut walk = Walk::with_staff(Language::En);
    walk.sign_in("wang", "7104");
    walk.on_duty(&OnDuty::Clerk("wang".to_owned()));
    open_override(&mut walk);
    // A clerk's PIN opens nothing here, and a scanner's digits are no coupon's.
    walk.must_see(&walk.say("sign-in-manager"));
    walk.type_digits("7104");
    walk.touch(&walk.say("pin-ok"));
    walk.wait_office("a refusal", |office| office.staff.denied.is_some());
    walk.type_digits("8253");
    walk.touch(&walk.say("pin-ok"));
    walk.wait_office("the manager", |office| office.staff.is_manager);
    decide(&mut walk, "goods-handed-over", "ground-shown-used");
    walk.wait_office("the pages closed behind him", |office| {
        !office.staff.is_manager
    });
    walk.touch(&walk.say("close"));
    walk.touch(&walk.say("day-open"));
    walk.wait_office("today's list", |office| {
        matches!(office.day, Reading::Ready(_))
    });
    walk.touch(&walk.first_line());
    walk.wait_office("his name", |office| {
        let records = office.story.as_ref().map(|story| &story.records);
        matches!(records, Some(Reading::Ready(records)) if records.iter().any(|record| {
            matches!(record, Record::Override(said) if said.clerk.as_deref() == Some("lina"))
        }))
    });
}
