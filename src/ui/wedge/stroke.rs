//! Held characters: as a person sees them, and as a scanner meant them.

use eframe::egui::{Key, Modifiers};

/// Characters, and what is known of how their keys were pressed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Stroke {
    text: String,
    count: usize,
    /// Letters whose case agrees with the shift key, and letters whose case contradicts it.
    agreeing: usize,
    contradicting: usize,
    is_cut: bool,
}

/// What the key event told of who types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Typist {
    /// There was no key event.
    Unseen,
    /// A key was pressed, with shift or without.
    Shifted(bool),
    /// A key is held down. No scanner does that.
    Repeating,
}

impl Typist {
    pub(super) fn of(modifiers: Modifiers, repeat: bool) -> Self {
        if repeat {
            Self::Repeating
        } else {
            Self::Shifted(modifiers.shift)
        }
    }
}

impl Stroke {
    /// How many characters came.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Adds characters. A text that is cut is no text: it is marked, and never handed out as a scanner's.
    pub(super) fn push(&mut self, text: &str, typist: Typist, longest: usize) {
        self.count += text.chars().count();
        if self.text.len() + text.len() > longest {
            self.is_cut = true;
            return;
        }
        if let Typist::Shifted(shift) = typist {
            for letter in text.chars().filter(char::is_ascii_alphabetic) {
                if letter.is_ascii_uppercase() == shift {
                    self.agreeing += 1;
                } else {
                    self.contradicting += 1;
                }
            }
        }
        self.text.push_str(text);
    }

    /// What the screen would have shown.
    pub(super) fn of_person(self) -> String {
        self.text
    }

    /// What the scanner read; `None` where it was too long. A scanner presses shift for each capital: where every
    /// letter contradicts its shift key, Caps Lock is on and has turned them all.
    pub(super) fn of_scanner(self) -> Option<String> {
        if self.is_cut {
            return None;
        }
        if self.contradicting == 0 || self.agreeing > 0 {
            return Some(self.text);
        }
        let turned = |letter: char| {
            if letter.is_ascii_uppercase() {
                letter.to_ascii_lowercase()
            } else {
                letter.to_ascii_uppercase()
            }
        };
        Some(self.text.chars().map(turned).collect())
    }
}

/// What a key types where the system says no text with it, on the keyboard that scanners are set to (US).
pub(super) fn character(key: Key, modifiers: Modifiers) -> Option<String> {
    if modifiers.ctrl || modifiers.alt || modifiers.command {
        return None;
    }
    let shifted = modifiers.shift;
    let mut name = key.name().chars();
    let character = match (name.next(), name.next()) {
        (Some(letter @ 'A'..='Z'), None) if shifted => letter,
        (Some(letter @ 'A'..='Z'), None) => letter.to_ascii_lowercase(),
        (Some(digit @ '0'..='9'), None) if shifted => shifted_digit(digit),
        (Some(digit @ '0'..='9'), None) => digit,
        _ => symbol(key, shifted)?,
    };
    Some(character.to_string())
}

fn shifted_digit(digit: char) -> char {
    const SHIFTED: [char; 10] = [')', '!', '@', '#', '$', '%', '^', '&', '*', '('];
    let at = digit.to_digit(10).and_then(|at| usize::try_from(at).ok());
    SHIFTED[at.unwrap_or(0)]
}

/// The symbols that codes and links are made of.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "most keys of a keyboard type nothing"
)]
fn symbol(key: Key, shifted: bool) -> Option<char> {
    let (plain, with_shift) = match key {
        Key::Minus => ('-', '_'),
        Key::Equals => ('=', '+'),
        Key::Slash => ('/', '?'),
        Key::Backslash => ('\\', '|'),
        Key::Period => ('.', '>'),
        Key::Comma => (',', '<'),
        Key::Semicolon => (';', ':'),
        Key::Quote => ('\'', '"'),
        Key::OpenBracket => ('[', '{'),
        Key::CloseBracket => (']', '}'),
        Key::Backtick => ('`', '~'),
        Key::Space => (' ', ' '),
        Key::Colon => (':', ':'),
        Key::Pipe => ('|', '|'),
        Key::Questionmark => ('?', '?'),
        Key::Exclamationmark => ('!', '!'),
        Key::Plus => ('+', '+'),
        _ => return None,
    };
    Some(if shifted { with_shift } else { plain })
}
