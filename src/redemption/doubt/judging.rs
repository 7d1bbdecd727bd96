//! What a look-up makes of an attempt in doubt, beside what Weixin's events told and a manager said.

use std::time::Instant;

use super::{Doubt, TOLD_APART, Verdict};
use crate::card::{CodeInfo, UserCardStatus};
use crate::redemption::attempt::SettledBy;
use crate::redemption::reply::{Reason, Reply};
use crate::redemption::ruling::PROOF_FOR;
use crate::redemption::witness::Testimony;
use crate::screen::{Known, Why};

impl Doubt {
    pub(super) fn judge(
        &mut self,
        reply: Reply<CodeInfo>,
        testimony: Testimony,
        asked_at: Instant,
    ) -> Verdict {
        self.known = known(&reply);
        match reply {
            Reply::Answered(info) => match info.status {
                Some(UserCardStatus::Consumed) => self.told_consumed(testimony, asked_at),
                Some(UserCardStatus::Normal) => {
                    self.told_unused(testimony, asked_at, Verdict::Unused)
                }
                Some(other) => {
                    let why = Why::Status(other);
                    self.told_unused(testimony, asked_at, Verdict::Refused(why))
                }
                None if info.can_consume == Some(true) => {
                    self.told_unused(testimony, asked_at, Verdict::Unused)
                }
                None => self.told_nothing(asked_at),
            },
            Reply::Refused(refusal) => match refusal.reason {
                Reason::AlreadyRedeemed => self.told_consumed(testimony, asked_at),
                // Nothing but the errcode speaks here, so it is believed no sooner than NORMAL.
                Reason::UnknownCode | Reason::NotUsable | Reason::WrongTime => {
                    let why = Why::of(&refusal);
                    self.told_unused(testimony, asked_at, Verdict::Refused(why))
                }
                Reason::WrongKind
                | Reason::UseLimit
                | Reason::NotMarked
                | Reason::BadEncryptCode
                | Reason::CardId
                | Reason::Token
                | Reason::Credentials
                | Reason::IpList
                | Reason::Permission
                | Reason::DailyQuota
                | Reason::MinuteQuota
                | Reason::Request
                | Reason::Account
                | Reason::Unlisted => self.told_nothing(asked_at),
            },
            Reply::NotSent(_) | Reply::Unknown(_) => Verdict::StillOpen,
        }
    }

    fn told_consumed(&mut self, testimony: Testimony, asked_at: Instant) -> Verdict {
        match testimony {
            Testimony::None => Verdict::Redeemed(SettledBy::Query),
            Testimony::Agrees => Verdict::Redeemed(SettledBy::Witness),
            Testimony::Elsewhere => {
                self.known = Known::Elsewhere;
                self.told_nothing(asked_at)
            }
        }
    }

    fn told_unused(
        &mut self,
        testimony: Testimony,
        asked_at: Instant,
        verdict: Verdict,
    ) -> Verdict {
        let first = *self.unused_since.get_or_insert(asked_at);
        let is_apart = asked_at >= first + TOLD_APART;
        let is_due = self.consume.is_none() && is_apart && asked_at >= self.believed_from;
        match testimony {
            Testimony::None if is_due => verdict,
            Testimony::None => Verdict::StillOpen,
            // Somebody tells that it was redeemed: one of the two is late, or wrong.
            Testimony::Agrees | Testimony::Elsewhere => self.told_nothing(asked_at),
        }
    }

    /// Weixin answers, and the answer proves nothing: a manager's word is all there is, once it has stood long enough.
    fn told_nothing(&self, asked_at: Instant) -> Verdict {
        match self.ruled {
            Some(ruled)
                if self.consume.is_none()
                    && asked_at >= self.believed_from
                    && asked_at >= ruled.since + PROOF_FOR =>
            {
                Verdict::Overruled(ruled.goods)
            }
            Some(_) | None => Verdict::StillOpen,
        }
    }
}

/// What a look-up told, for somebody who watches.
fn known(reply: &Reply<CodeInfo>) -> Known {
    match reply {
        Reply::Answered(info) => match (&info.status, info.can_consume) {
            (Some(status), _) => Known::Status(status.clone()),
            (None, Some(true)) => Known::Status(UserCardStatus::Normal),
            (None, Some(false) | None) => Known::NoAnswer,
        },
        Reply::Refused(refusal) => Known::Errcode(refusal.errcode),
        Reply::NotSent(_) | Reply::Unknown(_) => Known::NoAnswer,
    }
}
