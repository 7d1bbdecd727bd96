//! Scanners and persons, key by key.

use super::*;

const CODE: &str = "409632457895";

fn start() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn key(key: Key, pressed: bool, modifiers: Modifiers) -> Input {
    Input::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers,
    }
}

fn press(pressed: Key) -> Input {
    key(pressed, true, Modifiers::NONE)
}

fn release(released: Key) -> Input {
    key(released, false, Modifiers::NONE)
}

/// How a keyboard is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Set {
    Plain,
    CapsLock,
    /// The system makes no text of its keys.
    Textless,
}

/// The events of one character, as the window gets them: key down, text, key up.
fn stroke(letter: char, set: Set) -> Vec<Input> {
    let modifiers = Modifiers {
        shift: letter.is_ascii_uppercase() || letter == '_',
        ..Modifiers::NONE
    };
    let name = letter.to_ascii_uppercase().to_string();
    let pressed = match letter {
        '_' | '-' => Key::Minus,
        _ => Key::from_name(&name).unwrap(),
    };
    let mut events = vec![key(pressed, true, modifiers)];
    let shown = match (set, letter.is_ascii_uppercase()) {
        (Set::Plain, _) => Some(letter),
        (Set::CapsLock, true) => Some(letter.to_ascii_lowercase()),
        (Set::CapsLock, false) => Some(letter.to_ascii_uppercase()),
        (Set::Textless, _) => None,
    };
    events.extend(shown.map(|shown| Input::Text(shown.to_string())));
    events.push(key(pressed, false, modifiers));
    events
}

/// A keyboard, and what was made of it so far.
struct Keyboard {
    wedge: Wedge,
    now: Instant,
    kept: Vec<Input>,
    typed: Vec<Typed>,
}

impl Keyboard {
    fn new() -> Self {
        Self {
            wedge: Wedge::default(),
            now: start(),
            kept: Vec::new(),
            typed: Vec::new(),
        }
    }

    fn send(&mut self, events: Vec<Input>) {
        let (kept, typed) = self.wedge.sift(events, self.now);
        self.kept.extend(kept);
        self.typed.extend(typed);
    }

    fn pass(&mut self, millis: u64) {
        self.now += Duration::from_millis(millis);
        self.typed.extend(self.wedge.pause(self.now));
    }

    /// A text with so much time before every character.
    fn text(&mut self, text: &str, millis: u64) {
        for letter in text.chars() {
            self.pass(millis);
            self.send(stroke(letter, Set::Plain));
        }
    }

    /// What was taken from egui's keys.
    fn told(&self, wanted: Key) -> usize {
        let is_wanted = |event: &&Input| matches!(event, Input::Key { key, pressed: true, .. } if *key == wanted);
        self.kept.iter().filter(is_wanted).count()
    }
}

fn scanned(text: &str) -> Typed {
    Typed::Scanned(text.to_owned())
}

fn by_hand(typed: &[Typed]) -> String {
    typed
        .iter()
        .map(|typed| {
            let Typed::ByHand(text) = typed else {
                panic!("{typed:?}");
            };
            text.as_str()
        })
        .collect()
}

#[test]
fn a_scanner_is_heard_at_any_pace_and_with_any_end() {
    for millis in [0, 1, 5, 20, 50] {
        for end in [Some(Key::Enter), Some(Key::Tab), None] {
            let mut keyboard = Keyboard::new();
            keyboard.text(CODE, millis);
            assert_eq!(keyboard.typed, [], "{millis}");
            match end {
                Some(end) => keyboard.send(vec![press(end), release(end)]),
                None => keyboard.pass(250),
            }
            assert_eq!(keyboard.typed, [scanned(CODE)], "{millis} {end:?}");
            assert_eq!(keyboard.told(Key::Enter) + keyboard.told(Key::Tab), 0);
            keyboard.pass(1000);
            assert_eq!(keyboard.typed, [scanned(CODE)]);
        }
    }
}

#[test]
fn a_scanner_of_50_ms_is_heard_through_slow_pictures() {
    // A window that takes 90 ms for a picture sees the characters by ones and twos.
    let mut keyboard = Keyboard::new();
    let mut held = Vec::new();
    let mut next_picture = 0;
    for (at, letter) in (0_u64..).step_by(50).zip(CODE.chars()) {
        held.extend(stroke(letter, Set::Plain));
        if at >= next_picture {
            next_picture = at + 90;
            let events = std::mem::take(&mut held);
            keyboard.send(events);
        }
        keyboard.pass(50);
    }
    held.push(press(Key::Enter));
    keyboard.send(held);
    assert_eq!(keyboard.typed, [scanned(CODE)]);
}

#[test]
fn a_thousand_characters_a_second_in_one_go_are_one_text() {
    let link = format!(
        "http://mp.weixin.qq.com/s?encrypt_code={}",
        "Ab0".repeat(99)
    );
    let mut events: Vec<Input> = link
        .chars()
        .map(|letter| Input::Text(letter.to_string()))
        .collect();
    events.extend([press(Key::Enter), release(Key::Enter)]);
    let mut keyboard = Keyboard::new();
    keyboard.send(events);
    assert_eq!(keyboard.typed, [scanned(&link)]);
    assert_eq!(keyboard.kept, []);
}

#[test]
fn two_codes_in_a_row_are_two() {
    let mut keyboard = Keyboard::new();
    for code in [CODE, "123456789012"] {
        keyboard.text(code, 1);
        keyboard.send(vec![press(Key::Enter), release(Key::Enter)]);
    }
    assert_eq!(keyboard.typed, [scanned(CODE), scanned("123456789012")]);
}

#[test]
fn carriage_return_and_line_feed_press_nothing() {
    let ctrl = |pressed| {
        let modifiers = Modifiers {
            ctrl: true,
            command: true,
            ..Modifiers::NONE
        };
        key(pressed, true, modifiers)
    };
    let enter = || press(Key::Enter);
    for (first, second) in [
        (enter(), enter()),
        (enter(), press(Key::Tab)),
        (enter(), ctrl(Key::J)),
        (ctrl(Key::M), ctrl(Key::J)),
    ] {
        let mut keyboard = Keyboard::new();
        keyboard.text(CODE, 5);
        keyboard.send(vec![first, release(Key::Enter)]);
        keyboard.pass(50);
        keyboard.send(vec![second]);
        assert_eq!(keyboard.typed, [scanned(CODE)]);
        for taken in [Key::Enter, Key::Tab, Key::J, Key::M] {
            assert_eq!(keyboard.told(taken), 0, "{taken:?}");
        }
        // A person's Enter is a person's again.
        keyboard.pass(600);
        keyboard.send(vec![enter()]);
        assert_eq!(keyboard.told(Key::Enter), 1);
    }
}

#[test]
fn a_scanners_capitals_survive_caps_lock_and_keys_without_text() {
    let code = "jonyQIN_1434008071-Z";
    for set in [Set::Plain, Set::CapsLock, Set::Textless] {
        let mut keyboard = Keyboard::new();
        for letter in code.chars() {
            keyboard.pass(1);
            keyboard.send(stroke(letter, set));
        }
        keyboard.send(vec![press(Key::Enter)]);
        assert_eq!(keyboard.typed, [scanned(code)], "{set:?}");
    }
}

#[test]
fn a_persons_capitals_stay_as_caps_lock_made_them() {
    let mut keyboard = Keyboard::new();
    for letter in "abc".chars() {
        keyboard.pass(180);
        keyboard.send(stroke(letter, Set::CapsLock));
    }
    keyboard.pass(300);
    assert_eq!(by_hand(&keyboard.typed), "ABC");
}

#[test]
fn a_person_at_any_pace_types_by_hand() {
    for millis in [80, 100, 180, 400] {
        let mut keyboard = Keyboard::new();
        keyboard.text(CODE, millis);
        keyboard.pass(250);
        assert_eq!(by_hand(&keyboard.typed), CODE, "{millis}");
    }
}

#[test]
fn a_quick_typist_sees_the_digits_while_typing() {
    let mut keyboard = Keyboard::new();
    keyboard.text(CODE, 90);
    assert_eq!(by_hand(&keyboard.typed), CODE);
}

#[test]
fn a_person_who_stops_in_the_middle_has_not_ended() {
    let mut keyboard = Keyboard::new();
    keyboard.text("40963245", 100);
    keyboard.pass(900);
    keyboard.text("7895", 100);
    keyboard.pass(900);
    assert_eq!(by_hand(&keyboard.typed), CODE);
}

#[test]
fn a_persons_enter_and_tab_are_left_for_the_screen() {
    for end in [Key::Enter, Key::Tab] {
        let mut keyboard = Keyboard::new();
        keyboard.text("4", 90);
        keyboard.send(vec![press(end), release(end)]);
        assert_eq!(by_hand(&keyboard.typed), "4");
        assert_eq!(keyboard.told(end), 1);
    }
}

#[test]
fn a_short_code_is_a_scanners_where_its_end_key_follows_at_once() {
    let mut keyboard = Keyboard::new();
    keyboard.text("0012", 1);
    keyboard.send(vec![press(Key::Enter)]);
    assert_eq!(keyboard.typed, [scanned("0012")]);
}

#[test]
fn a_space_presses_what_has_the_focus_and_holds_up_no_tab() {
    let mut keyboard = Keyboard::new();
    keyboard.send(vec![press(Key::Space), Input::Text(" ".to_owned())]);
    keyboard.send(vec![press(Key::Tab)]);
    assert_eq!(keyboard.told(Key::Space), 1);
    assert_eq!(keyboard.told(Key::Tab), 1);
    // Within a scanner's text it is a character and presses nothing.
    let mut keyboard = Keyboard::new();
    keyboard.text("4096", 1);
    keyboard.send(vec![press(Key::Space), Input::Text(" ".to_owned())]);
    keyboard.text("3245", 1);
    keyboard.send(vec![press(Key::Enter)]);
    assert_eq!(keyboard.told(Key::Space), 0);
    assert_eq!(keyboard.typed, [scanned("4096 3245")]);
}

#[test]
fn a_key_that_is_held_down_is_no_scanner() {
    let mut keyboard = Keyboard::new();
    for count in 0..30 {
        keyboard.pass(25);
        let repeat = Input::Key {
            key: Key::Num0,
            physical_key: None,
            pressed: true,
            repeat: count > 0,
            modifiers: Modifiers::NONE,
        };
        keyboard.send(vec![repeat, Input::Text("0".to_owned())]);
    }
    keyboard.pass(300);
    assert_eq!(by_hand(&keyboard.typed), "0".repeat(30));
}

#[test]
fn backspace_takes_back_what_was_typed_last() {
    let mut keyboard = Keyboard::new();
    keyboard.text("4", 90);
    keyboard.send(vec![press(Key::Backspace)]);
    assert_eq!(
        keyboard.typed,
        [Typed::ByHand("4".to_owned()), Typed::Delete]
    );
}

#[test]
fn the_clipboard_reaches_nobody() {
    let mut keyboard = Keyboard::new();
    keyboard.send(vec![
        Input::Paste("409632457895".to_owned()),
        Input::Copy,
        Input::Cut,
    ]);
    assert_eq!(keyboard.kept, []);
    assert_eq!(keyboard.typed, [Typed::Paste]);
}

#[test]
fn a_text_that_is_too_long_is_told_and_never_cut() {
    let mut keyboard = Keyboard::new();
    for _ in 0..5000 {
        keyboard.send(vec![Input::Text("4".to_owned())]);
    }
    keyboard.send(vec![press(Key::Enter)]);
    assert_eq!(keyboard.typed, [Typed::TooLong]);
}

#[test]
fn an_input_method_that_commits_nothing_types_nothing() {
    let mut wedge = Wedge::default();
    let (kept, typed) = wedge.sift(vec![Input::Text(String::new())], start());
    assert_eq!((kept.len(), typed), (0, Vec::new()));
    assert!(!wedge.is_busy());
}
