//! What was typed on the keypad so far, and what there is to say of it.

use crate::card::Code;

/// Digits of a code that Weixin made itself; a merchant's own codes have what the merchant gave them.
const WEIXINS: usize = 12;

/// What was typed so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Keypad {
    typed: String,
    keys: Keys,
    /// It was looked up before: the next character begins anew, a deletion corrects.
    is_selected: bool,
    fault: Option<Remark>,
}

/// Which keys are seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Keys {
    /// Most codes are digits.
    #[default]
    Digits,
    /// Capital letters, and `_-/=|`.
    Capitals,
    /// Small letters, and the same.
    Small,
}

/// What there is to say of what was typed. None of it holds up the look-up: only Weixin knows every merchant's codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Remark {
    /// The clipboard was not taken: nobody knows what is in it.
    Pasted,
    /// No code has the character that was typed.
    NoSuchCharacter,
    /// No code is longer.
    Full,
    /// This was typed last.
    Again,
    /// As many digits as Weixin's own codes have.
    Weixins,
    /// Digits, and not so many yet.
    Digits(usize),
    /// Digits, and more.
    TooManyDigits(usize),
    /// Characters of a merchant's own code.
    Length(usize),
}

impl Keypad {
    /// Begins with what was typed last and led to nothing, for correction.
    pub fn again(typed: &str) -> Self {
        let mut keypad = Self::default();
        keypad.take(typed);
        keypad.is_selected = !keypad.typed.is_empty();
        keypad
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.typed
    }

    /// Which keys are seen.
    pub fn keys(&self) -> Keys {
        self.keys
    }

    /// Whether the next character begins anew.
    pub fn is_selected(&self) -> bool {
        self.is_selected
    }

    /// Shows other keys.
    pub fn turn_to(&mut self, keys: Keys) {
        self.keys = keys;
    }

    /// Takes characters of its own keys or of a keyboard. The wide forms that a Chinese input method makes of digits and
    /// letters are what they stand for.
    pub fn take(&mut self, text: &str) {
        self.fault = None;
        for typed in text.chars().map(narrow).filter(|typed| *typed != ' ') {
            if !typed.is_ascii_graphic() {
                self.fault = Some(Remark::NoSuchCharacter);
                continue;
            }
            if std::mem::take(&mut self.is_selected) {
                self.typed.clear();
            }
            if self.typed.len() == Code::MAX_LEN {
                self.fault = Some(Remark::Full);
                return;
            }
            self.typed.push(typed);
        }
    }

    /// Takes away the last character.
    pub fn delete(&mut self) {
        self.fault = None;
        self.is_selected = false;
        self.typed.pop();
    }

    /// Takes away everything.
    pub fn clear(&mut self) {
        self.fault = None;
        self.is_selected = false;
        self.typed.clear();
    }

    /// Somebody wanted to paste.
    pub fn refuse_paste(&mut self) {
        self.fault = Some(Remark::Pasted);
    }

    /// In groups of four, as one types: what is on the phone is compared group by group.
    pub fn grouped(&self) -> String {
        let mut grouped = String::new();
        for (at, typed) in self.typed.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(typed);
        }
        grouped
    }

    /// What there is to say.
    pub fn remark(&self) -> Option<Remark> {
        let count = self.typed.len();
        if self.fault.is_some() || count == 0 {
            return self.fault;
        }
        Some(if self.is_selected {
            Remark::Again
        } else if !self.typed.bytes().all(|typed| typed.is_ascii_digit()) {
            Remark::Length(count)
        } else if count < WEIXINS {
            Remark::Digits(count)
        } else if count == WEIXINS {
            Remark::Weixins
        } else {
            Remark::TooManyDigits(count)
        })
    }
}

/// Unicode's full-width forms stand in the order of ASCII.
fn narrow(typed: char) -> char {
    match typed {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(typed) - 0xff01 + u32::from('!')).unwrap_or(typed)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Keypad {
        let mut keypad = Keypad::default();
        keypad.take(text);
        keypad
    }

    #[test]
    fn digits_are_grouped_and_counted_against_weixins_twelve() {
        for (text, grouped, remark) in [
            ("", "", None),
            ("4", "4", Some(Remark::Digits(1))),
            ("40963245789", "4096 3245 789", Some(Remark::Digits(11))),
            ("409632457895", "4096 3245 7895", Some(Remark::Weixins)),
            (
                "4096324578951",
                "4096 3245 7895 1",
                Some(Remark::TooManyDigits(13)),
            ),
            (
                "jonyqin_1434008071",
                "jony qin_ 1434 0080 71",
                Some(Remark::Length(18)),
            ),
        ] {
            assert_eq!(typed(text).grouped(), grouped);
            assert_eq!(typed(text).remark(), remark, "{text}");
        }
    }

    #[test]
    fn case_is_kept_spaces_are_not_and_wide_forms_become_narrow() {
        assert_eq!(typed("jonyqin_1434008071").text(), "jonyqin_1434008071");
        assert_eq!(typed("4096 3245 7895").text(), "409632457895");
        assert_eq!(typed("４０９６－Ａｂ｜").text(), "4096-Ab|");
        let keypad = typed("40券96");
        assert_eq!(keypad.text(), "4096");
        assert_eq!(keypad.remark(), Some(Remark::NoSuchCharacter));
    }

    #[test]
    fn a_fault_is_told_until_the_next_key() {
        let mut keypad = typed("4096");
        keypad.refuse_paste();
        assert_eq!(keypad.text(), "4096");
        assert_eq!(keypad.remark(), Some(Remark::Pasted));
        keypad.take("3");
        assert_eq!(keypad.remark(), Some(Remark::Digits(5)));
        let mut full = typed(&"1".repeat(32));
        assert_eq!(full.remark(), Some(Remark::TooManyDigits(32)));
        full.take("2");
        assert_eq!(full.text(), "1".repeat(32));
        assert_eq!(full.remark(), Some(Remark::Full));
        full.delete();
        assert_eq!(full.remark(), Some(Remark::TooManyDigits(31)));
    }

    #[test]
    fn what_was_typed_last_is_corrected_or_begun_anew() {
        let again = Keypad::again("40963245789");
        assert!(again.is_selected());
        assert_eq!(again.remark(), Some(Remark::Again));
        let mut corrected = again.clone();
        corrected.delete();
        corrected.take("95");
        assert_eq!(corrected.text(), "409632457895");
        assert!(!corrected.is_selected());
        let mut anew = again.clone();
        anew.take("1");
        assert_eq!(anew.text(), "1");
        let mut cleared = again;
        cleared.clear();
        assert_eq!(cleared.text(), "");
        assert!(!cleared.is_selected());
    }
}
