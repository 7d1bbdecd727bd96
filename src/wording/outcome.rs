//! The words for how a redemption ended: one to be read from afar, what happened, and what to do next.

use std::time::{Duration, Instant};

use crate::card::UserCardStatus;
use crate::payload::NotACoupon;
use crate::redemption::attempt::{JournalTrouble, Outcome, SettledBy};
use crate::redemption::reply::{NotSent, Reason};
use crate::redemption::ruling::{Goods, Ground};
use crate::screen::{Finished, RedeemedHere, Why, Work};

use super::Wording;
use super::desk::seconds;

/// An outcome in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutcomeWords {
    /// One or two words, readable from afar.
    pub head: String,
    /// What happened.
    pub why: String,
    /// What to do next.
    pub advice: String,
}

impl Wording {
    /// The words of an outcome.
    pub fn outcome(&self, finished: &Finished) -> OutcomeWords {
        let (mut why, advice) = self.why(&finished.why, finished.outcome);
        if let Why::RedeemedHere(here) = &finished.why {
            let age = finished.at.duration_since(here.at).as_secs();
            why = self.redeemed_here(here, u64::try_from(age).unwrap_or(0));
        }
        OutcomeWords {
            head: self.say(outcome_key(finished.told_as())),
            why,
            advice,
        }
    }

    /// Which desk redeemed it, and how long ago.
    pub fn redeemed_here(&self, here: &RedeemedHere, seconds: u64) -> String {
        let ago = ("ago", self.seconds_ago(seconds).into());
        match &here.desk {
            None => self.say_with("why-redeemed-here", &[ago]),
            Some(desk) => {
                let desk = ("desk", desk.as_str().into());
                self.say_with("why-redeemed-at", &[desk, ago])
            }
        }
    }

    /// The words for a coupon that this journal redeemed, while Weixin is being asked about it.
    pub fn repeat(
        &self,
        here: &RedeemedHere,
        aged: (Duration, Instant),
        now: Instant,
    ) -> OutcomeWords {
        OutcomeWords {
            head: self.say("outcome-already-redeemed"),
            why: self.redeemed_here(here, seconds(aged, now)),
            advice: self.say("why-redeemed-here.do"),
        }
    }

    /// So many seconds ago, in the unit that a person would take.
    pub(super) fn seconds_ago(&self, seconds: u64) -> String {
        let (key, count) = match seconds {
            0..=4 => ("ago-now", seconds),
            5..=119 => ("ago-seconds", seconds),
            120..=7_199 => ("ago-minutes", seconds / 60),
            7_200..=172_799 => ("ago-hours", seconds / 3_600),
            _ => ("ago-days", seconds / 86_400),
        };
        self.say_with(key, &[("count", count.into())])
    }

    /// An outcome's word.
    pub fn outcome_word(&self, outcome: Outcome) -> String {
        self.say(outcome_key(outcome))
    }

    /// What happened, and what to do next.
    pub fn why(&self, why: &Why, outcome: Outcome) -> (String, String) {
        let key = why_key(why, outcome);
        (self.say(key), self.say(&format!("{key}.do")))
    }

    /// What is being done.
    pub fn work(&self, work: Work) -> String {
        self.say(match work {
            Work::Decrypting => "work-decrypting",
            Work::Querying => "work-querying",
            Work::AskingAgain => "work-asking-again",
            Work::Journaling => "work-journaling",
            Work::Consuming => "work-consuming",
        })
    }

    /// Why nothing can be redeemed for now.
    pub fn journal_trouble(&self, trouble: JournalTrouble) -> String {
        self.say(journal_key(trouble))
    }

    /// One sentence that the customer may read over the counter: how it went, and nothing that only a clerk needs.
    pub fn customer(&self, finished: &Finished) -> String {
        self.say(customer_key(finished))
    }

    /// What IT and Weixin's support ask for, each fact in a few words.
    pub fn details(&self, finished: &Finished) -> Vec<String> {
        let mut details = Vec::new();
        if let Some(by) = finished.settled_by {
            details.push(self.proof(by));
        }
        if let Some(errcode) = finished.errcode.filter(|errcode| *errcode != 0) {
            let values = [("errcode", errcode.to_string().into())];
            details.push(self.say_with("details-errcode", &values));
        }
        if let Some(trace) = &finished.trace {
            details.push(self.say_with("details-trace", &[("trace", trace.as_str().into())]));
        }
        details
    }

    /// What proves an outcome.
    pub fn proof(&self, by: SettledBy) -> String {
        self.say(match by {
            SettledBy::Reply => "proof-reply",
            SettledBy::Query => "proof-query",
            SettledBy::Witness => "proof-witness",
            SettledBy::Override => "proof-override",
        })
    }

    /// What became of the goods, by a manager's word.
    pub fn goods(&self, goods: Goods) -> String {
        self.say(match goods {
            Goods::HandedOver => "goods-handed-over",
            Goods::NotHandedOver => "goods-not-handed-over",
        })
    }

    /// Why a manager decided so.
    pub fn ground(&self, ground: Ground) -> String {
        self.say(match ground {
            Ground::ShownUsed => "ground-shown-used",
            Ground::ShownUnused => "ground-shown-unused",
            Ground::CustomerLeft => "ground-customer-left",
            Ground::Goodwill => "ground-goodwill",
            Ground::Other => "ground-other",
        })
    }
}

fn customer_key(finished: &Finished) -> &'static str {
    match (finished.told_as(), &finished.why) {
        (Outcome::Redeemed | Outcome::Queried, _) => "customer-redeemed",
        (Outcome::AlreadyRedeemed, _) => "customer-already-redeemed",
        (Outcome::InDoubt, _) => "customer-wait",
        (Outcome::NotRedeemed | Outcome::Unreachable | Outcome::SetUp, _) => "customer-trouble",
        (Outcome::Refused, Why::PaymentCode(_) | Why::NotACoupon(_)) => "customer-show-coupon",
        (Outcome::Refused, Why::Expired | Why::Status(UserCardStatus::Expire)) => "customer-over",
        (Outcome::Refused, Why::NotYetValid) => "customer-early",
        (
            Outcome::Refused,
            Why::Status(
                UserCardStatus::Gifting | UserCardStatus::GiftTimeout | UserCardStatus::GiftSucc,
            ),
        ) => "customer-gift",
        (Outcome::Refused, _) => "customer-refused",
    }
}

fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Queried => "outcome-queried",
        Outcome::Redeemed => "outcome-redeemed",
        Outcome::AlreadyRedeemed => "outcome-already-redeemed",
        Outcome::Refused => "outcome-refused",
        Outcome::NotRedeemed => "outcome-not-redeemed",
        Outcome::InDoubt => "outcome-in-doubt",
        Outcome::Unreachable => "outcome-unreachable",
        Outcome::SetUp => "outcome-set-up",
    }
}

pub(super) fn why_key(why: &Why, outcome: Outcome) -> &'static str {
    match why {
        Why::Confirmed => "why-confirmed",
        Why::FoundRedeemed => "why-found-redeemed",
        Why::FoundUnused => "why-found-unused",
        Why::RedeemedHere(_) => "why-redeemed-here",
        Why::Status(status) => status_key(status),
        Why::NotYetValid => "why-not-yet-valid",
        Why::Expired => "why-expired",
        Why::CannotConsume => "why-cannot-consume",
        Why::Refusal(reason) => reason_key(*reason),
        Why::NotSent(why) => match why {
            NotSent::Connect => "why-connect",
            NotSent::Tls => "why-tls",
            NotSent::NoToken => "why-no-token",
            NotSent::TokenSetUp => "why-token-set-up",
            NotSent::Quota => "why-quota",
        },
        // A lost answer to a look-up costs nothing; a lost answer to a consume is the moment of doubt.
        Why::Unknown(_) if outcome == Outcome::InDoubt => "why-unknown-consuming",
        Why::Unknown(_) => "why-unknown-looking",
        Why::Overruled(Goods::HandedOver) => "why-overruled-handed-over",
        Why::Overruled(Goods::NotHandedOver) => "why-overruled-not-handed-over",
        Why::RedeemedElsewhere => "why-redeemed-elsewhere",
        Why::PaymentCode(_) => "why-payment-code",
        Why::NotACoupon(what) => match what {
            NotACoupon::Empty => "why-empty",
            NotACoupon::ReceiveLink => "why-receive-link",
            NotACoupon::CardId => "why-card-number",
            NotACoupon::Link => "why-link",
            NotACoupon::Wifi => "why-wifi",
            NotACoupon::OtherScheme => "why-other-scheme",
            NotACoupon::Text => "why-text",
        },
        Why::NotHonoured => "why-not-honoured",
        Why::Journal(trouble) => journal_key(*trouble),
    }
}

fn status_key(status: &UserCardStatus) -> &'static str {
    match status {
        // NORMAL alone is no reason to refuse; Weixin's can_consume spoke against it.
        UserCardStatus::Normal => "why-cannot-consume",
        UserCardStatus::Consumed => "why-consumed",
        UserCardStatus::Expire => "why-expire",
        UserCardStatus::Gifting => "why-gifting",
        UserCardStatus::GiftTimeout => "why-gift-timeout",
        UserCardStatus::GiftSucc => "why-gift-succ",
        UserCardStatus::Delete => "why-delete",
        UserCardStatus::Unavailable => "why-unavailable",
        UserCardStatus::Other(_) => "why-status-other",
    }
}

fn reason_key(reason: Reason) -> &'static str {
    match reason {
        Reason::AlreadyRedeemed => "why-already-redeemed",
        Reason::UnknownCode => "why-unknown-code",
        Reason::NotUsable => "why-not-usable",
        Reason::WrongTime => "why-wrong-time",
        Reason::WrongKind => "why-wrong-kind",
        Reason::UseLimit => "why-use-limit",
        Reason::NotMarked => "why-not-marked",
        Reason::BadEncryptCode => "why-bad-encrypt-code",
        Reason::CardId => "why-card-id",
        Reason::Token => "why-token",
        Reason::Credentials => "why-credentials",
        Reason::IpList => "why-ip-list",
        Reason::Permission => "why-permission",
        Reason::DailyQuota => "why-daily-quota",
        Reason::MinuteQuota => "why-minute-quota",
        Reason::Request => "why-request",
        Reason::Account => "why-account",
        Reason::Unlisted => "why-unlisted",
    }
}

fn journal_key(trouble: JournalTrouble) -> &'static str {
    match trouble {
        JournalTrouble::Full => "why-journal-full",
        JournalTrouble::ReadOnly => "why-journal-read-only",
        JournalTrouble::Damaged => "why-journal-damaged",
        JournalTrouble::Newer => "why-journal-newer",
        JournalTrouble::Failing => "why-journal-failing",
    }
}
