//! The exit codes, the same in every subcommand.

use crate::redemption::attempt::Outcome;

/// How the program ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Exit {
    /// 0
    Done,
    /// 1: refused or not found.
    Refused,
    /// 2: usage, configuration, input, set-up.
    SetUp,
    /// 3
    InDoubt,
    /// 4: Weixin or the camera is out of reach.
    OutOfReach,
    /// 5: another coupon-kiosk holds the journal.
    Held,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::SetUp => 2,
            Self::InDoubt => 3,
            Self::OutOfReach => 4,
            Self::Held => 5,
        }
    }

    /// A redemption's.
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Queried | Outcome::Redeemed => Self::Done,
            Outcome::AlreadyRedeemed | Outcome::Refused | Outcome::NotRedeemed => Self::Refused,
            Outcome::InDoubt => Self::InDoubt,
            Outcome::Unreachable => Self::OutOfReach,
            Outcome::SetUp => Self::SetUp,
        }
    }
}
