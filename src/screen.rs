//! Plain data for one picture of the window, or one page of the terminal: what is to be seen, and no decision.

pub mod handset;
pub mod plain;

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::card::{CardId, CardTitle, Code, CodeInfo, UserCardStatus};
use crate::event::{CameraState, LookUpId, View};
use crate::payload::{NotACoupon, PaymentScheme};
use crate::redemption::attempt::{AttemptId, JournalTrouble, Outcome, SettledBy};
use crate::redemption::reply::{NotSent, Reason, Refusal, Unknown};
use crate::redemption::ruling::Goods;

/// Everything that is to be seen at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Screen {
    /// The large middle.
    pub stage: Stage,
    /// A short word about something that was not taken.
    pub notice: Option<Notice>,
    /// Attempts whose outcome is not known, oldest first: always in sight.
    pub doubts: Vec<DoubtLine>,
    /// Why nothing can be redeemed at the moment, though codes can be looked up.
    pub journal: Option<JournalTrouble>,
    /// What stands round the redemption.
    pub desk: Desk,
}

/// How the things round a redemption do: each is told in the attention bar while it is not well.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Desk {
    /// The lens.
    pub camera: CameraState,
    /// What it has of the code that was taken last.
    pub view: View,
    /// The way to Weixin.
    pub connection: Connection,
    /// What the desk's own code shows, where customers can hand a coupon over from their phone.
    pub invitation: Option<String>,
    /// The newest choice that was taken from a customer's own phone.
    pub taken: Option<u64>,
}

/// What the newest exchange told of the way to Weixin.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Connection {
    /// Nothing has been asked yet.
    #[default]
    Untried,
    /// Weixin answers this desk.
    Answering,
    /// It does not, or not as it should.
    Trouble {
        /// One of [`Why::NotSent`], [`Why::Unknown`], [`Why::Refusal`].
        why: Why,
        /// When that was found out.
        at: Timestamp,
    },
}

/// How bright the window is where nothing else speaks by its colour.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Shade {
    /// For a dim shop, and the default: a white screen dazzles the customer's camera and ours.
    #[default]
    Dark,
    /// For a counter in the sun.
    Light,
}

/// A display as it describes itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Panel {
    /// In a row, and rows.
    pub pixels: [u16; 2],
    /// Of the same sides.
    pub millimetres: [u16; 2],
}

/// The large middle of the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Waiting for a phone.
    Idle,
    /// Something is being done; nothing is to be touched but cancel, where it still can.
    Working(Work),
    /// The coupon, and the question to the clerk.
    Review(Review),
    /// How it ended.
    Finished(Finished),
}

/// What is being done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Work {
    /// A link is being opened.
    Decrypting,
    /// The code is being looked up.
    Querying,
    /// The look-up was old when the clerk confirmed: asked again first.
    AskingAgain,
    /// The intent is being written.
    Journaling,
    /// Sent; waiting for the answer.
    Consuming,
}

/// A coupon that may be redeemed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Review {
    /// The look-up that a confirm has to name.
    pub look_up: LookUpId,
    /// What Weixin told.
    pub info: CodeInfo,
    /// What the coupon is, once that is known.
    pub title: Option<CardTitle>,
    /// When Weixin told it.
    pub asked_at: Timestamp,
    /// It was asked again for a confirm and something changed: look once more.
    pub changed: bool,
}

/// How a redemption ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finished {
    /// In the words of the command line.
    pub outcome: Outcome,
    /// In a clerk's words.
    pub why: Why,
    /// The code as far as it is known.
    pub code: Option<Code>,
    /// The card as far as it is known.
    pub card_id: Option<CardId>,
    /// What the coupon is.
    pub title: Option<CardTitle>,
    /// What the last look-up told.
    pub info: Option<CodeInfo>,
    /// Weixin's refusal, for the merchant's IT.
    pub errcode: Option<i64>,
    /// What Weixin said of it, in its own words.
    pub errmsg: Option<String>,
    /// What Weixin's support asks for.
    pub trace: Option<String>,
    /// The attempt, where it came to one.
    pub attempt: Option<AttemptId>,
    /// What proves the outcome.
    pub settled_by: Option<SettledBy>,
    /// When it was known.
    pub at: Timestamp,
    /// How long it stays.
    pub shown: Option<Shown>,
}

/// From when until when something is on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// When it appeared.
    pub since: Instant,
    /// When it goes by itself.
    pub until: Instant,
}

impl Finished {
    /// As what it is told to people: what the journal knows stands, whether Weixin could be asked or not.
    pub fn told_as(&self) -> Outcome {
        if matches!(self.why, Why::RedeemedHere(_)) {
            Outcome::AlreadyRedeemed
        } else {
            self.outcome
        }
    }

    /// An outcome about which nothing else is known yet.
    pub fn new(outcome: Outcome, why: Why, at: Timestamp) -> Self {
        Self {
            outcome,
            why,
            code: None,
            card_id: None,
            title: None,
            info: None,
            errcode: None,
            errmsg: None,
            trace: None,
            attempt: None,
            settled_by: None,
            at,
            shown: None,
        }
    }
}

/// The reason of an outcome, as far as there is a sentence of its own for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// Weixin answered the consume with yes.
    Confirmed,
    /// A look-up after a lost answer found it redeemed: likely by us.
    FoundRedeemed,
    /// Two look-ups after a lost answer found it unused.
    FoundUnused,
    /// It is redeemed, and an attempt of this journal did it.
    RedeemedHere(RedeemedHere),
    /// The status speaks against it.
    Status(UserCardStatus),
    /// NORMAL and not to be consumed, and its first day is still to come.
    NotYetValid,
    /// NORMAL and not to be consumed, and its last day is past.
    Expired,
    /// Weixin says that it cannot be consumed, and not why.
    CannotConsume,
    /// An errcode.
    Refusal(Reason),
    /// Nothing was sent.
    NotSent(NotSent),
    /// The answer is not known.
    Unknown(Unknown),
    /// A manager has said what became of the goods; of the coupon nothing is known.
    Overruled(Goods),
    /// It is redeemed, and an event tells that it was by another way than this desk's.
    RedeemedElsewhere,
    /// The page for paying was shown.
    PaymentCode(PaymentScheme),
    /// No coupon at all.
    NotACoupon(NotACoupon),
    /// A coupon that this store does not take.
    NotHonoured,
    /// The journal takes no record, so nothing was sent.
    Journal(JournalTrouble),
}

impl Notice {
    /// Whether it tells of a coupon that is redeemed already.
    pub fn is_repeat(&self) -> bool {
        match self {
            Self::RedeemedHere { .. } => true,
            Self::Wait | Self::SlowDisk => false,
        }
    }
}

impl Why {
    /// The sentence and the IT's facts of a refusal.
    pub fn of(refusal: &Refusal) -> Self {
        Self::Refusal(refusal.reason)
    }
}

/// What this journal knows of a code that one of its attempts redeemed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RedeemedHere {
    /// When that was settled.
    pub at: Timestamp,
    /// Which desk it was; `None` where it was this one.
    pub desk: Option<String>,
}

/// Something that was not taken, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    /// A redemption is on its way: the next customer waits a moment.
    Wait,
    /// The disk was so slow that nothing was sent: the clerk has to confirm anew.
    SlowDisk,
    /// An attempt of this journal redeemed the code that Weixin is being asked about all the same.
    RedeemedHere {
        /// When and where.
        here: RedeemedHere,
        /// How long ago that was at a moment.
        aged: (Duration, Instant),
    },
}

/// One attempt in doubt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DoubtLine {
    /// Which.
    pub attempt: AttemptId,
    /// The code.
    pub code: Code,
    /// When it was confirmed.
    pub since: Timestamp,
    /// How old it was at a moment.
    pub aged: (Duration, Instant),
    /// How many look-ups have been answered or have failed.
    pub asked: u32,
    /// How many it takes until "unused" would be believed, those included.
    pub of: u32,
    /// When Weixin is asked next; none while it is being asked.
    pub next_at: Option<Instant>,
    /// What the newest look-up told.
    pub known: Known,
    /// What a manager has said of the goods.
    pub ruled: Option<Goods>,
}

/// What is known of an attempt in doubt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Known {
    /// Weixin has not been asked yet.
    Nothing,
    /// It gave no usable answer.
    NoAnswer,
    /// It told this status, which is not believed yet.
    Status(UserCardStatus),
    /// It refused the look-up.
    Errcode(i64),
    /// It is redeemed, and an event tells of another way than this desk's.
    Elsewhere,
}
