//! Everything that can wake the kiosk's loop, in one closed enum.

use std::time::{Duration, Instant};

pub use crate::frame::{Hint, View};

use crate::payload::{Origin, Payload};
use crate::redemption::attempt::{AttemptId, JournalTrouble};
use crate::redemption::note::Says;
use crate::redemption::reply::Told;
use crate::redemption::witness::Witnessed;

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
    /// A text was scanned, typed or pasted, or a coupon was chosen on a phone, and this is what it means.
    Payload(Payload, Origin),
    /// A customer chose this coupon on his own phone, for this desk.
    HandedOver {
        /// Which choice. It may be offered again, and counts once.
        number: u64,
        /// What was chosen.
        payload: Payload,
        /// Too late to be taken from then on: the customer may be told that it was not.
        until: Instant,
    },
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
    /// The camera is in another state than before.
    Camera(CameraState),
    /// What the desk's own code is to show, for customers who hand their coupon over from their phone; none while nobody
    /// would take it.
    Invitation(Option<String>),
    /// The code that was taken last came into view, is held on, or is gone.
    View(View),
    /// Somebody wrote something down about an attempt.
    Note {
        /// Which attempt.
        attempt: AttemptId,
        /// What.
        says: Says,
    },
    /// Weixin told the merchant's server of a redemption, and that passed it on.
    Witnessed(Witnessed),
    /// Another person stands at the desk, or nobody does.
    Duty(OnDuty),
    /// A record is durable, or will not be.
    Journaled {
        /// Which write.
        write: WriteId,
        /// `Ok` after the fsync.
        result: Result<(), JournalTrouble>,
    },
}

/// Who stands at the desk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum OnDuty {
    /// Nobody signs in here: every touch is a clerk's.
    #[default]
    Unstaffed,
    /// Clerks sign in, and nobody has: nothing is looked up and nothing confirmed.
    Locked,
    /// This one.
    Clerk(String),
}

impl OnDuty {
    /// The clerk's name, for the journal.
    pub fn clerk(&self) -> Option<String> {
        match self {
            Self::Unstaffed | Self::Locked => None,
            Self::Clerk(name) => Some(name.clone()),
        }
    }
}

/// How the camera does. Each state heals by itself once its cause is gone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum CameraState {
    /// There is no camera.
    None,
    /// One is being looked for, or was found and is being opened.
    #[default]
    Opening,
    /// Frames come.
    Live {
        /// The camera's name as it calls itself.
        device: String,
        /// What it sends: `MJPG 1280x720 30/1`.
        mode: String,
    },
    /// No frame for 2 s, though it is still there.
    Stalled,
    /// It was there and is gone.
    Lost,
    /// Another program has it.
    Busy,
    /// The system does not let this user open it.
    Refused,
    /// It offers no mode that this program can take.
    Unusable,
}

impl CameraState {
    /// Whether somebody has to see to it: neither live nor on the way there.
    pub fn is_trouble(&self) -> bool {
        match self {
            Self::Opening | Self::Live { .. } => false,
            Self::None
            | Self::Stalled
            | Self::Lost
            | Self::Busy
            | Self::Refused
            | Self::Unusable => true,
        }
    }

    /// As `scan --device --json` names it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Opening => "opening",
            Self::Live { .. } => "live",
            Self::Stalled => "stalled",
            Self::Lost => "lost",
            Self::Busy => "busy",
            Self::Refused => "refused",
            Self::Unusable => "unusable",
        }
    }
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
