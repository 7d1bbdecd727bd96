//! The second witness: Weixin tells the merchant's server of every redemption (`user_consume_card`), and the server may
//! pass that on. What it tells is joined to the attempt on the same code.
//!
//! It never settles an attempt: whoever can write where the events come from could otherwise make this desk say
//! "redeemed". It makes the kiosk ask at once; where a look-up then finds the code consumed, an event that fits makes
//! the proof a double one, and an event of another way of redeeming leaves the attempt to a person. Events may come
//! twice, late, before the answer, in any order, or be made up: they add records, and take nothing away.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::attempt::{AttemptId, Intent, Record};
use super::state::{Send, State};
use super::{Moment, Redemption};
use crate::card::{CardId, Code, OpenId};

/// How far Weixin's clock and this desk's may be apart, the redemption itself included.
const WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// No redemption has more than one event; what is above this is somebody's mischief.
const MOST: usize = 4;
/// Attempts of whose events is known.
const REMEMBERED: usize = 2_000;

/// One `user_consume_card`, as far as it matters here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witnessed {
    /// `UserCardCode`.
    pub code: Code,
    /// `CardId`.
    pub card_id: Option<CardId>,
    /// `ConsumeSource`.
    pub source: Source,
    /// `CreateTime`.
    pub at: Timestamp,
    /// `StaffOpenId`, masked.
    pub staff: Option<OpenId>,
}

/// `ConsumeSource`: by which way the code was redeemed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Source {
    /// Through the interface that this kiosk uses.
    #[serde(rename = "FROM_API")]
    Api,
    /// On the account's web page.
    #[serde(rename = "FROM_MP")]
    Page,
    /// With a clerk's phone.
    #[serde(rename = "FROM_MOBILE_HELPER")]
    Phone,
    /// By a way that no page tells of.
    #[serde(rename = "OTHER")]
    Other,
}

/// An event in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Witness {
    /// The attempt on the same code.
    pub attempt: AttemptId,
    /// When Weixin says that it was redeemed.
    pub at: Timestamp,
    /// By which way.
    pub source: Source,
    /// The coupon's kind, as the event has it.
    pub card_id: Option<CardId>,
    /// Who redeemed it, masked.
    pub staff: Option<OpenId>,
    /// The way and the time fit the attempt.
    pub agrees: bool,
}

/// What the events tell of an attempt together.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Testimony {
    /// Nothing that matters.
    #[default]
    None,
    /// It was redeemed by its own way, at its time.
    Agrees,
    /// It was redeemed by another way: a person has to look.
    Elsewhere,
}

/// What was told of which attempts.
#[derive(Debug, Default)]
pub(super) struct Witnesses {
    told: BTreeMap<AttemptId, Vec<Witness>>,
    oldest_first: VecDeque<AttemptId>,
}

impl Witnesses {
    pub(super) fn of(&self, attempt: AttemptId) -> Testimony {
        let told = self
            .told
            .get(&attempt)
            .map(Vec::as_slice)
            .unwrap_or_default();
        // Who says another way is heard, however many agree: a doubt too many costs a manager's minute.
        if told
            .iter()
            .any(|witness| matches!(witness.source, Source::Page | Source::Phone))
        {
            Testimony::Elsewhere
        } else if told.iter().any(|witness| witness.agrees) {
            Testimony::Agrees
        } else {
            Testimony::None
        }
    }

    /// Remembers an event; `false` where it is known already, or too many are.
    pub(super) fn add(&mut self, witness: &Witness) -> bool {
        let attempt = witness.attempt;
        if !self.told.contains_key(&attempt) {
            self.oldest_first.push_back(attempt);
        }
        let told = self.told.entry(attempt).or_default();
        if told.contains(witness) || told.len() >= MOST {
            return false;
        }
        told.push(witness.clone());
        if self.oldest_first.len() > REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.told.remove(&oldest);
        }
        true
    }
}

impl Redemption {
    pub(super) fn witnessed(&mut self, seen: &Witnessed, now: Moment) {
        let Some((attempt, begun, card_id)) = self.attempt_on(&seen.code) else {
            // Another desk's, or nothing was sent from here.
            return;
        };
        let is_other_card =
            matches!((&card_id, &seen.card_id), (Some(ours), Some(told)) if ours != told);
        if is_other_card {
            tracing::warn!(%attempt, "an event tells of this code with another card");
            return;
        }
        let is_near = seen.at.duration_since(begun).abs() <= WINDOW;
        let witness = Witness {
            attempt,
            at: seen.at,
            source: seen.source,
            card_id: seen.card_id.clone(),
            staff: seen.staff.clone(),
            agrees: seen.source == Source::Api && is_near,
        };
        if self.witnesses.add(&witness) {
            tracing::info!(%attempt, source = ?seen.source, agrees = witness.agrees, "witnessed");
            self.journal(Record::Witness(witness));
            self.doubts.ask_now(attempt, now.tick);
        }
    }

    /// The attempt of this journal that has sent a consume for a code, when it began, and for which card.
    fn attempt_on(&self, code: &Code) -> Option<(AttemptId, Timestamp, Option<CardId>)> {
        let of = |intent: &Intent| {
            let card_id = intent
                .info
                .card_id
                .clone()
                .or_else(|| intent.card_id.clone());
            (intent.attempt, intent.at, card_id)
        };
        let under_way = match &self.state {
            State::Consuming(consuming) => Some(&consuming.intent),
            State::Journaling(journaling) if journaling.send == Send::Second => {
                Some(&journaling.intent)
            }
            State::Journaling(_)
            | State::Idle
            | State::Decrypting(_)
            | State::Querying(_)
            | State::Reviewing(_)
            | State::Finished(_) => None,
        };
        under_way
            .filter(|intent| intent.code == *code)
            .map(of)
            .or_else(|| self.doubts.of_code(code).map(|doubt| of(&doubt.intent)))
            .or_else(|| {
                let done = self.done.of(code)?;
                Some((done.attempt, done.at, None))
            })
    }
}
