//! What this desk has redeemed: so that a repeat is told at once, and told apart from somebody else's.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use crate::card::Code;

/// A busy store's week. Older ones are found in the journal by whoever asks there.
pub const REMEMBERED: usize = 10_000;

/// Codes redeemed by attempts of this journal, and when.
#[derive(Debug, Default)]
pub(super) struct Done {
    at: BTreeMap<Code, Timestamp>,
    oldest_first: VecDeque<Code>,
}

impl Done {
    /// What an earlier run of the program has redeemed, oldest first.
    pub(super) fn restored(redeemed: Vec<(Code, Timestamp)>) -> Self {
        let mut done = Self::default();
        for (code, at) in redeemed {
            done.add(code, at);
        }
        done
    }

    pub(super) fn add(&mut self, code: Code, at: Timestamp) {
        if self.at.insert(code.clone(), at).is_none() {
            self.oldest_first.push_back(code);
        }
        if self.oldest_first.len() > REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.at.remove(&oldest);
        }
    }

    /// When this desk redeemed the code.
    pub(super) fn at(&self, code: &Code) -> Option<Timestamp> {
        self.at.get(code).copied()
    }
}
