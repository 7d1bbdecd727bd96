//! One try to consume one code, and what the journal keeps of it and of look-ups.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::note::{Mistake, Remark};
use super::ruling::Override;
use super::witness::Witness;
use crate::card::{CardId, Code, CodeInfo, UserCardStatus};
use crate::payload::Origin;

/// Names one attempt for ever: a UUID of version 7, sortable by time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(Uuid);

impl AttemptId {
    /// Reads an id as it is printed.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Makes attempt ids out of a seed that the shell draws once, so that the core needs no source of chance.
#[derive(Debug)]
pub struct AttemptIds {
    seed: [u8; 16],
    made: u64,
}

impl AttemptIds {
    /// Ids of one process. Two processes must not share a seed.
    pub fn new(seed: [u8; 16]) -> Self {
        Self { seed, made: 0 }
    }

    /// The next id.
    pub fn next(&mut self, now: Timestamp) -> AttemptId {
        self.made += 1;
        let digest = Sha256::new()
            .chain_update(self.seed)
            .chain_update(self.made.to_be_bytes())
            .finalize();
        let mut chance = [0; 10];
        chance.copy_from_slice(&digest[..10]);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        AttemptId(Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
    }
}

/// How a redemption ended, in the words of the command line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Looked up only: it may be redeemed.
    Queried,
    /// Redeemed by an attempt of this journal.
    Redeemed,
    /// Redeemed, and not by an attempt of this journal that was in doubt.
    AlreadyRedeemed,
    /// Cannot be redeemed.
    Refused,
    /// It was sent, and a query proved that it was not applied.
    NotRedeemed,
    /// It was sent, and what became of it is not known yet.
    InDoubt,
    /// Weixin could not be asked; nothing was consumed.
    Unreachable,
    /// Token, permission, quota or journal trouble; nothing was consumed.
    SetUp,
}

/// What proves an outcome.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettledBy {
    /// Weixin's answer to the consume itself.
    Reply,
    /// A look-up afterwards: likely ours, not proved.
    Query,
    /// Such a look-up, and Weixin's own event besides: likely ours, told twice.
    Witness,
    /// A manager's word, where nothing could be known: it proves nothing.
    Override,
}

/// A line of the journal. Records are never changed; what an attempt has come to is what its records say together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    /// A look-up and what it came to.
    Query(QueryRecord),
    /// Durable before a consume is sent.
    Intent(Intent),
    /// Durable before the same attempt sends its consume a second time, after the token was refused.
    Resend(Resend),
    /// What a look-up told of an attempt in doubt.
    Probe(Probe),
    /// The end of an attempt.
    Settled(Settled),
    /// A remark or an order number, written down afterwards.
    Remark(Remark),
    /// Redeemed by mistake, noted afterwards.
    Mistake(Mistake),
    /// A manager's word on an attempt in doubt.
    Override(Override),
    /// What Weixin told the merchant's server of an attempt's code.
    Witness(Witness),
    /// Older records went into an archive.
    Sealed(Sealed),
}

/// A look-up for a person at the desk. Payment codes and what is no coupon never come this far.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct QueryRecord {
    /// When the answer came.
    pub at: Timestamp,
    /// The code asked about; none where a link could not be opened.
    pub code: Option<Code>,
    /// The card asked about or told.
    pub card_id: Option<CardId>,
    /// What it came to.
    pub outcome: Outcome,
    /// As Weixin sent it.
    pub errcode: Option<i64>,
    /// What the code is worth.
    pub info: Option<CodeInfo>,
    /// The answer as it came, personal data masked.
    pub answer: Option<String>,
    /// Who looked it up, where clerks sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clerk: Option<String>,
    /// How the code came.
    #[serde(default, skip_serializing_if = "Origin::is_desk")]
    pub origin: Origin,
}

/// What is about to be sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// Names the attempt.
    pub attempt: AttemptId,
    /// When the clerk's confirm was accepted.
    pub at: Timestamp,
    /// The code to consume.
    pub code: Code,
    /// The `card_id` to send with it, for custom codes.
    pub card_id: Option<CardId>,
    /// The look-up that the confirm rests on.
    pub info: CodeInfo,
    /// When that look-up was answered.
    pub looked_up_at: Timestamp,
    /// Who confirmed, where clerks sign in.
    pub clerk: Option<String>,
    /// This kiosk.
    pub desk: Option<String>,
    /// What the coupon was called when it was confirmed, where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How the code came.
    #[serde(default, skip_serializing_if = "Origin::is_desk")]
    pub origin: Origin,
}

/// A second send of the same attempt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resend {
    /// The attempt.
    pub attempt: AttemptId,
    /// When.
    pub at: Timestamp,
    /// The token refusal that allows it.
    pub errcode: i64,
}

/// One look-up for an attempt in doubt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Probe {
    /// The attempt.
    pub attempt: AttemptId,
    /// When the answer came.
    pub at: Timestamp,
    /// The status told.
    pub status: Option<UserCardStatus>,
    /// As Weixin sent it.
    pub errcode: Option<i64>,
    /// The answer as it came, personal data masked.
    pub answer: Option<String>,
}

/// The end of an attempt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settled {
    /// The attempt.
    pub attempt: AttemptId,
    /// When it was known.
    pub at: Timestamp,
    /// How it ended; never `Queried`, and `InDoubt` only by override.
    pub outcome: Outcome,
    /// What proves it; none where the consume never left this machine.
    pub by: Option<SettledBy>,
    /// As Weixin sent it.
    pub errcode: Option<i64>,
    /// The status that a look-up told.
    pub status: Option<UserCardStatus>,
    /// The answer as it came, personal data masked.
    pub answer: Option<String>,
}

/// Records that are kept in an archive from here on, and no longer in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sealed {
    /// When.
    pub at: Timestamp,
    /// The last of them.
    pub through: u64,
    /// Its hash, 64 hexadecimal digits: what the archive has to end with.
    pub hash: String,
}

impl Record {
    /// When it was made.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Query(record) => record.at,
            Self::Intent(record) => record.at,
            Self::Resend(record) => record.at,
            Self::Probe(record) => record.at,
            Self::Settled(record) => record.at,
            Self::Remark(record) => record.at,
            Self::Mistake(record) => record.at,
            Self::Override(record) => record.at,
            Self::Witness(record) => record.at,
            Self::Sealed(record) => record.at,
        }
    }

    /// The attempt it belongs to.
    pub fn attempt(&self) -> Option<AttemptId> {
        match self {
            Self::Query(_) | Self::Sealed(_) => None,
            Self::Intent(record) => Some(record.attempt),
            Self::Resend(record) => Some(record.attempt),
            Self::Probe(record) => Some(record.attempt),
            Self::Settled(record) => Some(record.attempt),
            Self::Remark(record) => Some(record.attempt),
            Self::Mistake(record) => Some(record.attempt),
            Self::Override(record) => Some(record.attempt),
            Self::Witness(record) => Some(record.attempt),
        }
    }
}

/// Why the journal does not take a record; nothing is redeemed while it does not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalTrouble {
    /// No room on the disk.
    Full,
    /// The file or its folder may not be written.
    ReadOnly,
    /// The records, their chain or the head file do not fit together.
    Damaged,
    /// Made by a later version of this program.
    Newer,
    /// Anything else that the disk or the system says.
    Failing,
}
