//! Everything that can wake the kiosk's loop, in one closed enum.

use std::time::Duration;

use crate::payload::Payload;
use crate::redemption::attempt::{AttemptId, JournalTrouble};
use crate::redemption::reply::Told;

/// Numbers the exchanges with Weixin, so that an answer finds who asked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ExchangeId(pub u64);

/// Numbers the writes to the journal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct WriteId(pub u64);

/// Numbers the look-ups; a confirm names the one whose review was on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LookUpId(pub u64);

/// One reason to act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A text was scanned, typed or pasted, and this is what it means.
    Payload(Payload),
    /// The clerk touched something.
    Touch(Touch),
    /// Weixin's answer to an exchange, or what became of it.
    Replied {
        /// Which exchange.
        exchange: ExchangeId,
        /// What it proves.
        told: Told,
        /// The answer as it came, personal data masked and cut to a sane length.
        answer: Option<String>,
        /// How long after the command a consume was handed to the network, where it was.
        sent_after: Option<Duration>,
    },
    /// A record is durable, or will not be.
    Journaled {
        /// Which write.
        write: WriteId,
        /// `Ok` after the fsync.
        result: Result<(), JournalTrouble>,
    },
}

/// What the clerk can touch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touch {
    /// Redeem what this look-up showed.
    Confirm(LookUpId),
    /// Not this coupon.
    Cancel,
    /// Back from an outcome to the viewfinder.
    Dismiss,
    /// Ask again about an attempt in doubt, without waiting for its turn.
    AskNow(AttemptId),
}
