//! What a desk's own code carries: a pass, signed for that desk, good for minutes and once.
//!
//! It is made and checked by the same process, whose key nobody else has: after a restart every older pass is worth
//! nothing, and the desks are given new ones.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::{locked, unguessable};

/// How long a pass may be opened.
pub const GOOD_FOR: Duration = Duration::from_mins(2);
/// How much of a signature a pass carries: enough not to be guessed, and short enough for a small code.
const SIGNATURE: usize = 16;

/// Makes passes and takes each once.
#[derive(Debug)]
pub struct Passes {
    key: String,
    /// Those that were taken, until they would be too old anyhow.
    taken: Mutex<BTreeMap<String, i64>>,
}

/// Why a pass is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoPass {
    /// No pass of this process.
    Forged,
    /// Its time is over.
    Old,
    /// Somebody has opened it before.
    Taken,
}

impl Default for Passes {
    fn default() -> Self {
        Self {
            key: unguessable() + &unguessable(),
            taken: Mutex::default(),
        }
    }
}

impl Passes {
    /// A pass for the desk with this number.
    pub fn make(&self, desk: usize, now: Timestamp) -> String {
        let until = now.as_second() + GOOD_FOR.as_secs().cast_signed();
        let name = &unguessable()[..12];
        let text = format!("{desk}-{until:x}-{name}");
        let signature = self.signature(&text);
        format!("{text}-{signature}")
    }

    /// Takes a pass: the number of its desk.
    pub fn take(&self, pass: &str, now: Timestamp) -> Result<usize, NoPass> {
        let (text, signature) = pass.rsplit_once('-').ok_or(NoPass::Forged)?;
        if !is_same(&self.signature(text), signature) {
            return Err(NoPass::Forged);
        }
        let mut parts = text.split('-');
        let desk = parts.next().and_then(|desk| desk.parse().ok());
        let until = parts
            .next()
            .and_then(|until| i64::from_str_radix(until, 16).ok());
        let (Some(desk), Some(until)) = (desk, until) else {
            return Err(NoPass::Forged);
        };
        let now = now.as_second();
        if now >= until {
            return Err(NoPass::Old);
        }
        let mut taken = locked(&self.taken);
        taken.retain(|_, until| now < *until);
        if taken.insert(text.to_owned(), until).is_some() {
            return Err(NoPass::Taken);
        }
        Ok(desk)
    }

    fn signature(&self, text: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()) else {
            // A key of any length is taken.
            return unguessable();
        };
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes
            .iter()
            .take(SIGNATURE)
            .fold(String::new(), |mut hex, byte| {
                write!(hex, "{byte:02x}").unwrap_or_default();
                hex
            })
    }
}

/// Compares without telling by its time how much is alike.
pub fn is_same(one: &str, other: &str) -> bool {
    let difference = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |seen, (one, other)| seen | (one ^ other));
    one.len() == other.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn now() -> Timestamp {
        "2026-05-13T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_pass_is_taken_once() {
        let passes = Passes::default();
        let pass = passes.make(3, now());
        assert_eq!(passes.take(&pass, now()), Ok(3));
        assert_eq!(passes.take(&pass, now()), Err(NoPass::Taken));
    }

    #[test]
    fn a_pass_is_old_after_two_minutes() {
        let passes = Passes::default();
        let pass = passes.make(0, now());
        let later = |secs: i64| now() + secs.seconds();
        assert_eq!(passes.take(&pass, later(120)), Err(NoPass::Old));
        assert_eq!(passes.take(&pass, later(119)), Ok(0));
    }

    #[test]
    fn a_pass_with_any_character_changed_is_forged() {
        let passes = Passes::default();
        let pass = passes.make(1, now());
        for place in 0..pass.len() {
            let mut forged = pass.clone().into_bytes();
            forged[place] = if forged[place] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(passes.take(&forged, now()), Err(NoPass::Forged), "{forged}");
        }
        for forged in ["", "-", "1-", &pass[1..], &pass[..pass.len() - 1]] {
            assert_eq!(passes.take(forged, now()), Err(NoPass::Forged), "{forged}");
        }
        assert_eq!(Passes::default().take(&pass, now()), Err(NoPass::Forged));
        assert_eq!(passes.take(&pass, now()), Ok(1));
    }
}
