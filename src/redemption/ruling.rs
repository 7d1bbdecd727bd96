//! A manager's word on an attempt in doubt: what became of the goods, and why. It proves nothing of the coupon, so Weixin
//! is asked on, and a proof ends the attempt as ever. Only where Weixin answers and its answers prove nothing, the word
//! ends it: as not known, by override.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::attempt::{AttemptId, JournalTrouble, Record};
use super::{Moment, Redemption};
use crate::event::WriteId;

/// How long after the word Weixin is asked for a proof before its silence counts.
pub const PROOF_FOR: Duration = Duration::from_mins(5);

/// What became of the goods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// The customer has them.
    HandedOver,
    /// They stay in the store.
    NotHandedOver,
}

/// Why it was decided so, as far as there is a word for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The customer's phone shows the coupon as used.
    ShownUsed,
    /// The customer's phone shows the coupon as unused.
    ShownUnused,
    /// The customer could not wait.
    CustomerLeft,
    /// Out of goodwill.
    Goodwill,
    /// As the free text says.
    Other,
}

impl Ground {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 5] = [
        Self::ShownUsed,
        Self::ShownUnused,
        Self::CustomerLeft,
        Self::Goodwill,
        Self::Other,
    ];
}

/// What a manager says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ruling {
    /// Which way.
    pub goods: Goods,
    /// Why.
    pub ground: Ground,
    /// And in his own words; may be empty.
    pub text: String,
    /// Who, where people sign in.
    pub manager: Option<String>,
}

/// A manager's word in the journal. It changes no other record, and the newest one counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Override {
    /// The attempt.
    pub attempt: AttemptId,
    /// When it was said.
    pub at: Timestamp,
    /// Which way.
    pub goods: Goods,
    /// Why.
    pub reason: Ground,
    /// And in his own words; may be empty.
    pub text: String,
    /// Who said it, where people sign in.
    pub clerk: Option<String>,
}

/// A word that stands, and since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ruled {
    pub(super) goods: Goods,
    pub(super) since: Instant,
}

impl Redemption {
    /// Writes a manager's word down. It counts from the moment at which it is durable.
    pub(super) fn rule(&mut self, attempt: AttemptId, ruling: Ruling, now: Moment) {
        let is_on_its_way = self
            .ruling
            .as_ref()
            .is_some_and(|(_, of, _)| *of == attempt);
        if !self.doubts.has(attempt) || is_on_its_way {
            // A proof has spoken meanwhile, or the finger touched twice.
            return;
        }
        let goods = ruling.goods;
        tracing::info!(%attempt, ?goods, "a manager's word");
        let write = self.journal(Record::Override(Override {
            attempt,
            at: now.wall,
            goods,
            reason: ruling.ground,
            text: super::note::cut(&ruling.text),
            clerk: ruling.manager,
        }));
        self.ruling = Some((write, attempt, goods));
    }

    pub(super) fn ruling_written(
        &mut self,
        write: WriteId,
        result: Result<(), JournalTrouble>,
        now: Moment,
    ) {
        let ruling = self.ruling.take_if(|(awaited, ..)| *awaited == write);
        if let (Some((_, attempt, goods)), Ok(())) = (ruling, result) {
            self.doubts.rule(attempt, goods, now.tick);
            self.show_doubt_anew(attempt, now);
        }
    }
}
