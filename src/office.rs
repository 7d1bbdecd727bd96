//! What stands behind the counter, as plain values: the day's list and a record's story. The window shows them and wishes
//! for them; the shell reads the journal and answers.

use jiff::Timestamp;

use crate::card::{CardId, Code};
use crate::redemption::attempt::{AttemptId, Outcome, Record, SettledBy};

/// Everything that the pages behind the counter show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Office {
    /// Today's list, newest first, while somebody looks at it.
    pub day: Reading<Vec<DayLine>>,
    /// The story that was asked for.
    pub story: Option<Story>,
}

/// Something that has to be read first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Reading<T> {
    /// It was not asked for, or is on its way.
    #[default]
    Awaited,
    /// Here it is.
    Ready(T),
    /// It cannot be read; the log says why.
    Failed,
}

/// An attempt, or a look-up that came to no attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayLine {
    /// Names it in a [`Wish::Story`].
    pub id: String,
    /// The attempt; none for a look-up.
    pub attempt: Option<AttemptId>,
    /// When.
    pub at: Timestamp,
    /// The code; none where a link could not be opened.
    pub code: Option<Code>,
    /// The coupon's kind.
    pub card_id: Option<CardId>,
    /// What the coupon was called, where that is known.
    pub title: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// What proves it.
    pub settled_by: Option<SettledBy>,
    /// By whom, where clerks sign in.
    pub clerk: Option<String>,
    /// A remark or an order number.
    pub remark: Option<String>,
    /// Noted as redeemed by mistake.
    pub is_mistake: bool,
}

/// All that is recorded of one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Story {
    /// The line's.
    pub id: String,
    /// Oldest first.
    pub records: Reading<Vec<Record>>,
}

/// What the window wishes of the shell. The answer comes as another [`Office`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Today's list, kept up to date until [`Wish::Away`].
    Day,
    /// A line's story, likewise.
    Story(String),
    /// Nobody looks any more: what was read is put away.
    Away,
}
