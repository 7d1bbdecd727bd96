//! A typed code that led to nothing is kept for correction: who mistypes one digit of twelve types one anew.

use std::time::{Duration, Instant};

use crate::card::Code;
use crate::payload::Payload;
use crate::redemption::attempt::Outcome;
use crate::screen::Finished;

/// After so long it is somebody else's code.
const KEPT_FOR: Duration = Duration::from_mins(2);

/// The code that was typed last, as long as it may have been mistyped.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Kept {
    /// None.
    #[default]
    Nothing,
    /// It is being looked up.
    Asked(String),
    /// It led to nothing.
    Failed {
        /// As it was typed.
        typed: String,
        /// How long it is kept.
        until: Instant,
    },
}

impl Kept {
    /// A typed text is looked up. A payment code is never kept.
    pub fn of(typed: String, payload: &Payload) -> Self {
        match payload {
            Payload::PaymentCode(_) => Self::Nothing,
            Payload::Code { .. } | Payload::Link { .. } | Payload::NotACoupon(_) => {
                Self::Asked(typed)
            }
        }
    }

    /// A redemption ended, perhaps that of the typed code.
    #[must_use]
    pub fn after(self, finished: &Finished, now: Instant) -> Self {
        let (Self::Asked(typed) | Self::Failed { typed, .. }) = self else {
            return Self::Nothing;
        };
        let is_its = match &finished.code {
            Some(code) => Code::parse(&typed).is_ok_and(|typed| typed == *code),
            None => true,
        };
        let has_failed = match finished.outcome {
            Outcome::AlreadyRedeemed
            | Outcome::Refused
            | Outcome::NotRedeemed
            | Outcome::Unreachable
            | Outcome::SetUp => true,
            Outcome::Queried | Outcome::Redeemed | Outcome::InDoubt => false,
        };
        if is_its && has_failed {
            let until = now + KEPT_FOR;
            return Self::Failed { typed, until };
        }
        Self::Nothing
    }

    /// What the keypad begins with.
    pub fn typed(&self, now: Instant) -> Option<&str> {
        match self {
            Self::Failed { typed, until } if now < *until => Some(typed),
            Self::Failed { .. } | Self::Asked(_) | Self::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{NotACoupon, PaymentCodes};
    use crate::screen::Why;

    const TYPED: &str = "409632457896";

    fn finished(outcome: Outcome, code: Option<&str>) -> Finished {
        let why = Why::NotACoupon(NotACoupon::Text);
        let mut finished = Finished::new(outcome, why, jiff::Timestamp::UNIX_EPOCH);
        finished.code = code.map(|code| Code::parse(code).unwrap());
        finished
    }

    fn kept(typed: &str, outcome: Outcome, code: Option<&str>, later: Duration) -> Option<String> {
        let payload = Payload::parse(typed, PaymentCodes::Refused);
        let now = tokio::time::Instant::now().into_std();
        let kept = Kept::of(typed.to_owned(), &payload).after(&finished(outcome, code), now);
        kept.typed(now + later).map(str::to_owned)
    }

    #[test]
    fn a_typed_code_is_kept_where_it_failed_and_only_for_its_customer() {
        let soon = Duration::from_secs(1);
        for (outcome, code, is_kept) in [
            (Outcome::Refused, Some(TYPED), true),
            (Outcome::Unreachable, Some(TYPED), true),
            (Outcome::SetUp, Some(TYPED), true),
            (Outcome::Refused, None, true),
            (Outcome::Redeemed, Some(TYPED), false),
            (Outcome::InDoubt, Some(TYPED), false),
            // The camera was quicker, with another customer's.
            (Outcome::Refused, Some("409632457895"), false),
        ] {
            let found = kept(TYPED, outcome, code, soon);
            assert_eq!(found.is_some(), is_kept, "{outcome:?} {code:?}");
        }
        let late = Duration::from_mins(3);
        assert_eq!(kept(TYPED, Outcome::Refused, Some(TYPED), late), None);
    }

    #[test]
    fn a_payment_code_is_never_kept() {
        let paying = "134567890123456789";
        let soon = Duration::from_secs(1);
        assert_eq!(kept(paying, Outcome::Refused, None, soon), None);
    }
}
