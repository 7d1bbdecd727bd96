//! Texts that somebody made to break a screen: in a code, typed, pasted, and in what Weixin tells.

use std::time::Instant;

use coupon_kiosk::card::{Benefit, CardId, CardTitle, Code, CodeInfo, UserCardStatus, Validity};
use coupon_kiosk::event::LookUpId;
use coupon_kiosk::kiosk::clock::tick;
use coupon_kiosk::redemption::attempt::{AttemptIds, Outcome};
use coupon_kiosk::redemption::reply::Unknown;
use coupon_kiosk::screen::{
    Desk as Surroundings, DoubtLine, Finished, Known, Review, Screen, Stage, Why, Work,
};
use coupon_kiosk::ui::drawn;
use coupon_kiosk::wording::Language;
use coupon_kiosk::wording::day::masked;
use eframe::egui::{Event, Shape};

use super::layout::{SHORTENED, measure, must_be_without};
use super::{ARMED, Walk};
use crate::platform::{Odd, Platform};
use crate::support::Desk;

/// What is no letter: it moves a cursor, turns the direction of what follows, or is not seen at all.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

fn flat<'a>(shape: &'a Shape, texts: &mut Vec<&'a str>) {
    match shape {
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| flat(shape, texts)),
        Shape::Text(text) => texts.push(text.galley.text()),
        Shape::Noop
        | Shape::Circle(_)
        | Shape::Ellipse(_)
        | Shape::LineSegment { .. }
        | Shape::Path(_)
        | Shape::Rect(_)
        | Shape::Band(_)
        | Shape::Mesh(_)
        | Shape::QuadraticBezier(_)
        | Shape::CubicBezier(_)
        | Shape::Callback(_) => {}
    }
}

/// Measures the picture, and looks for what has no place in any.
fn look(walk: &mut Walk, what: &str, found: &mut Vec<String>) {
    let mut measured = Vec::new();
    measure(walk, what, &mut measured);
    found.extend(
        measured
            .into_iter()
            .filter(|fault| !fault.ends_with(SHORTENED)),
    );
    let mut texts = Vec::new();
    for clipped in &walk.harness.output().shapes {
        flat(&clipped.shape, &mut texts);
    }
    let odd = texts.iter().filter(|text| text.chars().any(is_unseen));
    found.extend(odd.map(|text| format!("{what}: {text:?} is drawn")));
}

/// Whether a text of the picture holds the code, letter for letter.
fn shows(walk: &Walk, code: &str) -> bool {
    let drawn = drawn::last(&walk.harness.ctx);
    let mut texts = drawn.texts.iter();
    texts.any(|text| text.words.replace(' ', "").contains(code))
}

fn hostile_texts() -> Vec<String> {
    [
        "\0\u{1}\u{7}\u{8}\t\u{b}\u{c}\u{1b}[2J\u{1b}]0;x\u{7}\u{7f}\u{9b}",
        "4096\r\n3245\r\n7895",
        "\u{202e}598754236904\u{202c}",
        "\u{2067}4096\u{2069}\u{61c}3245\u{200f}7895",
        "4096\u{200b}3245\u{200d}7895\u{2060}\u{feff}\u{ad}",
        "\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}",
        // Digits of other hands and letters that look like ours.
        "４０９６３２４５７８９５",
        "٤٠٩٦٣٢٤٥٧٨٩٥",
        "АВСЕНКМОРТХ1",
        "pАBCDEFGHIJKLMNOPQRSTUVWXYZ1",
        "核销核销核销核销核销核销核销核销",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
        "👩‍👩‍👧‍👦👩‍👩‍👧‍👦\u{e0067}\u{e007f}",
        "\u{d7ff}\u{e000}\u{fffd}\u{10ffff}\u{fdd0}\u{fdd1}",
        "<b onload=x>&lt;{ $code }%s%n\\u0000",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([
        "7".repeat(4_000),
        "\u{202e}\u{200b}".repeat(2_000),
        "核 ".repeat(2_000),
        "https://x.example/?code=".to_owned() + &"4".repeat(3_976),
        "W".repeat(5_000),
    ])
    .collect()
}

#[test]
fn no_text_that_is_read_typed_or_pasted_breaks_a_screen() {
    let mut found = Vec::new();
    let mut walk = Walk::sized(Language::En, 1024.0, 600.0);
    drawn::keep(&walk.harness.ctx);
    for text in hostile_texts() {
        let begin: String = text.chars().take(12).collect();
        let what = |way: &str| format!("{way} {begin:?}");
        walk.scan(&text);
        walk.wait(&what("read"), |screen| {
            matches!(screen.stage, Stage::Finished(_))
        });
        walk.pass(ARMED);
        look(&mut walk, &what("read"), &mut found);
        walk.touch(&walk.say("details-open"));
        look(&mut walk, &what("details"), &mut found);
        walk.touch(&walk.say("close"));
        walk.go_back();
        walk.touch(&walk.say("keypad-open"));
        for typed in text.chars().take(40) {
            // As slow as a person.
            walk.pass(std::time::Duration::from_millis(400));
            walk.type_in([Event::Text(typed.to_string())]);
        }
        look(&mut walk, &what("typed"), &mut found);
        walk.type_in([Event::Paste(text.clone())]);
        look(&mut walk, &what("pasted"), &mut found);
        walk.touch(&walk.say("keypad-close"));
    }
    must_be_without(&found);
}

/// Codes that a merchant might have made, or somebody who wants to be mistaken.
const CODES: [&str; 8] = [
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "O0Il1|5S8B2ZQD6GrnmvvwCLcl.,:;'`",
    "<b>&lt;{$code}%s%n\\u202e\"'</b>",
    "................................",
    "--------------------------------",
    "09876543210987654321098765432109",
    "/////////////////\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\",
    "1",
];

fn info(code: &Code) -> CodeInfo {
    CodeInfo {
        code: code.clone(),
        card_id: Some(CardId::parse("pWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW").unwrap()),
        validity: Validity::default(),
        openid: None,
        can_consume: Some(true),
        status: Some(UserCardStatus::Normal),
    }
}

fn stages(code: &Code) -> [(&'static str, Stage); 4] {
    let now = "2026-05-06T02:00:00Z".parse().unwrap();
    let title = CardTitle {
        title: "W".repeat(200),
        brand: Some("核".repeat(200)),
        benefit: Benefit::Text("i".repeat(200)),
    };
    let finished = |outcome, why| {
        Stage::Finished(Finished {
            code: Some(code.clone()),
            card_id: info(code).card_id,
            title: Some(title.clone()),
            info: Some(info(code)),
            ..Finished::new(outcome, why, now)
        })
    };
    let review = Stage::Review(Review {
        look_up: LookUpId(1),
        info: info(code),
        title: Some(title.clone()),
        asked_at: now,
        changed: false,
    });
    let in_doubt = finished(Outcome::InDoubt, Why::Unknown(Unknown::Timeout));
    [
        ("review", review),
        ("redeemed", finished(Outcome::Redeemed, Why::Confirmed)),
        ("refused", finished(Outcome::Refused, Why::CannotConsume)),
        ("in doubt", in_doubt),
    ]
}

fn screen(code: &Code, now: Instant) -> Screen {
    let since = "2026-05-06T02:00:00Z".parse().unwrap();
    Screen {
        stage: Stage::Idle,
        notice: None,
        doubts: vec![DoubtLine {
            attempt: AttemptIds::new([1; 16]).next(since),
            code: code.clone(),
            since,
            aged: (ARMED, now),
            asked: 1,
            of: 6,
            next_at: Some(now),
            known: Known::NoAnswer,
            ruled: None,
        }],
        journal: None,
        desk: Surroundings::default(),
    }
}

#[test]
fn every_code_is_shown_letter_for_letter_and_in_its_place() {
    let mut found = Vec::new();
    for (size, language) in [
        ([1024.0, 600.0], Language::En),
        ([1920.0, 1080.0], Language::Zh),
        ([1080.0, 1920.0], Language::En),
    ] {
        for text in CODES {
            let code = Code::parse(text).unwrap();
            let (mut walk, showing) = Walk::given(language, size, screen(&code, tick()));
            drawn::keep(&walk.harness.ctx);
            walk.harness.run_steps(3);
            let what = |on: &str| format!("{size:?} {text} {on}");
            for (name, stage) in stages(&code) {
                showing.show(&mut walk, stage);
                walk.pass(ARMED);
                look(&mut walk, &what(name), &mut found);
                if !shows(&walk, text) {
                    found.push(what(&format!("is not seen on {name}")));
                }
            }
            showing.show(&mut walk, Stage::Working(Work::Querying));
            look(&mut walk, &what("working"), &mut found);
            showing.show(&mut walk, Stage::Idle);
            walk.touch(&walk.say("attention-show"));
            look(&mut walk, &what("doubts"), &mut found);
            if !shows(&walk, &masked(&code).replace(' ', "")) {
                found.push(what("is not seen, masked, among the doubts"));
            }
        }
    }
    must_be_without(&found);
}

#[test]
fn what_weixin_tells_breaks_no_screen() {
    const CODE: &str = "409632457895";
    const TITLE: &str =
        "Free\u{1b}[2J\u{202e}coffee\u{202c}\r\n\u{200b}\u{2066}Re\u{ad}deemed\u{feff}\u{e0041}";
    let long: &'static str = Box::leak(TITLE.repeat(100).into_boxed_str());
    for title in [TITLE, long] {
        let platform = Platform::with(&[(CODE, "NORMAL")]);
        platform.entitle(title);
        let desk = Desk::of(&platform);
        let mut walk = Walk::at_a_desk(&desk, Language::En);
        drawn::keep(&walk.harness.ctx);
        let mut found = Vec::new();
        walk.scan(CODE);
        walk.wait("review", |screen| match &screen.stage {
            Stage::Review(review) => review.title.is_some(),
            Stage::Idle | Stage::Working(_) | Stage::Finished(_) => false,
        });
        walk.pass(ARMED);
        look(&mut walk, "review", &mut found);
        walk.touch(&walk.say("review-cancel"));
        for answer in [
            format!("{{\"errcode\":45001,\"errmsg\":{}}}", quoted(title)),
            format!(
                "{{\"errcode\":0,\"user_card_status\":{},\"can_consume\":true,\"card\":{{\"card_id\":{}}}}}",
                quoted(title),
                quoted(title)
            ),
        ] {
            platform.answer_oddly("/card/code/get", Odd::Body(answer.into_bytes()));
            walk.scan(CODE);
            walk.wait("outcome", |screen| {
                matches!(screen.stage, Stage::Finished(_))
            });
            walk.pass(ARMED);
            look(&mut walk, "outcome", &mut found);
            walk.touch(&walk.say("details-open"));
            look(&mut walk, "details", &mut found);
            walk.touch(&walk.say("close"));
            walk.pass(ARMED);
            walk.touch(&walk.say("back"));
        }
        must_be_without(&found);
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
