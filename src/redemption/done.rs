//! What this desk has redeemed: so that a repeat is told at once, and told apart from somebody else's.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::attempt::AttemptId;
use crate::card::Code;

/// A busy store's week. Older ones are found in the journal by whoever asks there.
pub const REMEMBERED: usize = 10_000;

/// A code that an attempt of this journal redeemed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Redeemed {
    /// The code.
    pub code: Code,
    /// When that was settled.
    pub at: Timestamp,
    /// The attempt.
    pub attempt: AttemptId,
    /// The desk that confirmed it, as the journal names it.
    pub desk: Option<String>,
}

/// Codes redeemed by attempts of this journal, and when.
#[derive(Debug, Default)]
pub(super) struct Done {
    of: BTreeMap<Code, Redeemed>,
    oldest_first: VecDeque<Code>,
}

impl Done {
    /// What an earlier run of the program has redeemed, oldest first.
    pub(super) fn restored(redeemed: Vec<Redeemed>) -> Self {
        let mut done = Self::default();
        for one in redeemed {
            done.add(one);
        }
        done
    }

    pub(super) fn add(&mut self, one: Redeemed) {
        let code = one.code.clone();
        if self.of.insert(code.clone(), one).is_none() {
            self.oldest_first.push_back(code);
        }
        if self.oldest_first.len() > REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.of.remove(&oldest);
        }
    }

    /// The attempt that redeemed the code.
    pub(super) fn of(&self, code: &Code) -> Option<&Redeemed> {
        self.of.get(code)
    }
}
