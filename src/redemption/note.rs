//! What people write down about an attempt afterwards. It changes nothing of what was redeemed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::attempt::{AttemptId, Record};
use super::ruling::Ruling;
use super::{Moment, Redemption};
use crate::screen::plain::plain;

/// More than any order number or remark needs; the rest is cut off.
pub const LONGEST: usize = 200;

/// What somebody says of an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Says {
    /// A remark or an order number.
    Remark(String),
    /// It was redeemed by mistake: nothing can undo it, but the manager should know.
    Mistake,
    /// A manager's word on an attempt in doubt.
    Override(Ruling),
}

/// A remark or an order number; the newest one counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remark {
    /// The attempt.
    pub attempt: AttemptId,
    /// When it was written.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
    /// Who wrote it, where clerks sign in.
    pub clerk: Option<String>,
}

/// An attempt that was redeemed by mistake.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mistake {
    /// The attempt.
    pub attempt: AttemptId,
    /// When it was noted.
    pub at: Timestamp,
    /// Who noted it, where clerks sign in.
    pub clerk: Option<String>,
}

impl Redemption {
    /// Writes down what somebody says of an attempt.
    pub(super) fn note(&mut self, attempt: AttemptId, says: Says, now: Moment) {
        let clerk = self.duty.clerk();
        let at = now.wall;
        let record = match says {
            Says::Remark(text) => Record::Remark(Remark {
                attempt,
                at,
                text: cut(&text),
                clerk,
            }),
            Says::Mistake => Record::Mistake(Mistake { attempt, at, clerk }),
            Says::Override(ruling) => return self.rule(attempt, ruling, now),
        };
        self.journal(record);
    }
}

/// A text as records keep it.
pub(super) fn cut(text: &str) -> String {
    plain(text.trim(), LONGEST)
}
