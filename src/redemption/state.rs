//! The states of the machine; each owns what it needs and nothing else.

use std::time::Instant;

use jiff::Timestamp;

use crate::card::{CardId, Code, CodeInfo};
use crate::event::{ExchangeId, LookUpId, WriteId};
use crate::redemption::attempt::Intent;
use crate::screen::Finished;

#[derive(Debug)]
pub(super) enum State {
    Idle,
    Decrypting(Decrypting),
    Querying(Querying),
    Reviewing(Reviewing),
    Journaling(Journaling),
    Consuming(Consuming),
    Finished(Shown),
}

impl State {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Decrypting(_) => "decrypting",
            Self::Querying(_) => "querying",
            Self::Reviewing(_) => "reviewing",
            Self::Journaling(_) => "journaling",
            Self::Consuming(_) => "consuming",
            Self::Finished(_) => "finished",
        }
    }
}

/// A link is being opened.
#[derive(Debug)]
pub(super) struct Decrypting {
    pub(super) exchange: ExchangeId,
    pub(super) card_id: Option<CardId>,
    pub(super) deadline: Instant,
}

/// A code is being looked up.
#[derive(Debug)]
pub(super) struct Querying {
    pub(super) exchange: ExchangeId,
    /// As scanned; the answer may name another code to consume.
    pub(super) shown: Code,
    /// The card asked with.
    pub(super) card_id: Option<CardId>,
    /// The cards still to try on 40056, next one last.
    pub(super) untried: Vec<CardId>,
    pub(super) deadline: Instant,
    pub(super) then: Then,
}

/// What a look-up is for.
#[derive(Clone, Debug)]
pub(super) enum Then {
    /// For the clerk's eyes.
    Review,
    /// The clerk has confirmed what this older look-up told.
    Confirm(Box<CodeInfo>),
}

/// What a look-up found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) shown: Code,
    /// Sent again with the consume.
    pub(super) card_id: Option<CardId>,
    pub(super) info: CodeInfo,
    pub(super) told_at: Timestamp,
}

/// Waiting for the clerk.
#[derive(Debug)]
pub(super) struct Reviewing {
    pub(super) look_up: LookUpId,
    pub(super) found: Found,
    /// When the look-up is too old to be confirmed.
    pub(super) stale_at: Instant,
    pub(super) expires_at: Instant,
    pub(super) changed: bool,
}

/// The intent, or the leave to send a second time, is on its way to the disk.
#[derive(Debug)]
pub(super) struct Journaling {
    pub(super) write: WriteId,
    pub(super) intent: Intent,
    pub(super) send: Send,
    /// The code as it was scanned.
    pub(super) shown: Code,
    /// When what was confirmed is too old to be sent.
    pub(super) stale_at: Instant,
}

/// Which of the two sends that one attempt may need.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Send {
    First,
    /// After the access token of the first was refused.
    Second,
}

/// The consume is on its way.
#[derive(Debug)]
pub(super) struct Consuming {
    pub(super) exchange: ExchangeId,
    pub(super) intent: Intent,
    pub(super) send: Send,
    pub(super) sent_at: Instant,
    pub(super) deadline: Instant,
}

/// An outcome on the screen.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) finished: Finished,
    pub(super) since: Instant,
    pub(super) until: Instant,
}
