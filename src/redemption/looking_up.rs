//! From a payload to a review: opening a link, looking a code up, and what an answer comes to.

use crate::card::{CardId, CardTitle, Code, CodeInfo, UserCardStatus, ValidityPhase};
use crate::event::{ExchangeId, LookUpId};
use crate::payload::{Origin, Payload};
use crate::screen::{Finished, Why};

use super::attempt::{Outcome, QueryRecord, Record};
use super::reply::{Ask, NotSent, Reason, Refusal, Reply, Unknown};
use super::state::{Decrypting, Found, Querying, Reviewing, State, Then};
use super::{LOOK_UP_LIMIT, Moment, REVIEW_FOR, Redemption};

/// 40056 may mean "a custom code without its card_id"; no other refusal is mended by naming a card.
const NEEDS_CARD_ID: i64 = 40056;

impl Redemption {
    pub(super) fn begin(&mut self, payload: Payload, origin: Origin, now: Moment) {
        self.origin = origin;
        match payload {
            Payload::Code { code, card_id } => self.look_up(code, card_id, Then::Review, now),
            Payload::Link {
                encrypt_code,
                card_id,
            } => {
                let exchange = self.exchange(Ask::Decrypt(encrypt_code), self.rules.timeout);
                let deadline = now.tick + self.rules.timeout;
                self.state = State::Decrypting(Decrypting {
                    exchange,
                    card_id,
                    deadline,
                });
            }
            Payload::PaymentCode(scheme) => {
                self.finish(
                    Finished::new(Outcome::Refused, Why::PaymentCode(scheme), now.wall),
                    now,
                );
            }
            Payload::NotACoupon(what) => {
                self.finish(
                    Finished::new(Outcome::Refused, Why::NotACoupon(what), now.wall),
                    now,
                );
            }
        }
    }

    pub(super) fn look_up(
        &mut self,
        shown: Code,
        card_id: Option<CardId>,
        then: Then,
        now: Moment,
    ) {
        if self.hold_if_in_doubt(&shown, now) {
            return;
        }
        // Before the network answers: a clerk who scans twice need not wait to hear it.
        self.notice = self.repeat(&shown, now);
        let mut untried = Vec::new();
        if card_id.is_none() {
            untried.extend(self.rules.custom_code.iter().rev().cloned());
        }
        if let Some(card_id) = &card_id {
            self.ask_title(card_id);
        }
        self.query(shown, card_id, untried, then, now);
    }

    fn query(
        &mut self,
        shown: Code,
        card_id: Option<CardId>,
        untried: Vec<CardId>,
        then: Then,
        now: Moment,
    ) {
        let ask = Ask::Query {
            code: shown.clone(),
            card_id: card_id.clone(),
            check_consume: false,
        };
        let exchange = self.exchange(ask, self.rules.timeout);
        self.state = State::Querying(Querying {
            exchange,
            shown,
            card_id,
            untried,
            deadline: now.tick + self.rules.timeout,
            then,
        });
    }

    pub(super) fn decrypted(
        &mut self,
        exchange: ExchangeId,
        reply: Reply<Code>,
        answer: Option<String>,
        now: Moment,
    ) {
        let State::Decrypting(decrypting) = &self.state else {
            return;
        };
        if decrypting.exchange != exchange {
            return;
        }
        let card_id = decrypting.card_id.clone();
        match Failure::of(reply) {
            Ok(code) => self.look_up(code, card_id, Then::Review, now),
            Err(failure) => self.not_told(None, card_id, &failure, answer, now),
        }
    }

    pub(super) fn decrypt_timed_out(&mut self, now: Moment) {
        self.not_told(None, None, &Failure::Unknown(Unknown::Timeout), None, now);
    }

    pub(super) fn query_timed_out(&mut self, now: Moment) {
        if let State::Querying(querying) = &self.state {
            let shown = querying.shown.clone();
            let card_id = querying.card_id.clone();
            let failure = Failure::Unknown(Unknown::Timeout);
            self.not_told(Some(shown), card_id, &failure, None, now);
        }
    }

    pub(super) fn queried(
        &mut self,
        exchange: ExchangeId,
        reply: Reply<CodeInfo>,
        answer: Option<String>,
        now: Moment,
    ) {
        let State::Querying(querying) = &mut self.state else {
            return;
        };
        if querying.exchange != exchange {
            return;
        }
        let shown = querying.shown.clone();
        let asked_with = querying.card_id.clone();
        let then = querying.then.clone();
        match Failure::of(reply) {
            Ok(info) => {
                let found = Found {
                    shown,
                    card_id: asked_with,
                    info,
                    told_at: now.wall,
                };
                self.found(found, &then, answer, now);
            }
            Err(failure) => {
                if failure.errcode() == Some(NEEDS_CARD_ID)
                    && let Some(next) = querying.untried.pop()
                {
                    let untried = std::mem::take(&mut querying.untried);
                    self.query(shown, Some(next), untried, then, now);
                    return;
                }
                self.not_told(Some(shown), asked_with, &failure, answer, now);
            }
        }
    }

    fn found(&mut self, found: Found, then: &Then, answer: Option<String>, now: Moment) {
        if let Some(card_id) = &found.info.card_id {
            self.ask_title(card_id);
        }
        // Dynamic codes change on the phone; the attempt in doubt is known by the code that was consumed.
        if self.hold_if_in_doubt(&found.info.code, now) {
            return;
        }
        let verdict = self.verdict(&found.info, now);
        let outcome = verdict
            .as_ref()
            .map_or(Outcome::Queried, |(outcome, _)| *outcome);
        self.journal(Record::Query(QueryRecord {
            at: now.wall,
            code: Some(found.info.code.clone()),
            card_id: found.info.card_id.clone().or_else(|| found.card_id.clone()),
            outcome,
            errcode: None,
            info: Some(found.info.clone()),
            answer,
            clerk: self.duty.clerk(),
            origin: self.origin,
        }));
        if let Some((outcome, why)) = verdict {
            let finished = Finished {
                code: Some(found.info.code.clone()),
                card_id: found.info.card_id.clone().or(found.card_id),
                info: Some(found.info),
                ..Finished::new(outcome, why, now.wall)
            };
            self.finish(finished, now);
            return;
        }
        let changed = match then {
            Then::Review => false,
            Then::Confirm(seen) => **seen != found.info,
        };
        let look_up = LookUpId(self.count());
        self.state = State::Reviewing(Reviewing {
            look_up,
            found,
            stale_at: now.tick + LOOK_UP_LIMIT,
            expires_at: now.tick + REVIEW_FOR,
            changed,
        });
        if matches!(then, Then::Confirm(_)) && !changed {
            self.confirm(now);
        }
    }

    /// Why this coupon cannot be redeemed; `None` where the clerk may confirm.
    fn verdict(&self, info: &CodeInfo, now: Moment) -> Option<(Outcome, Why)> {
        // Weixin may show a consume late. What this journal redeemed stays redeemed, or a repeat within that time would be
        // sent, refused, and, if that answer were lost, counted as redeemed a second time.
        if let Some(here) = self.redeemed_here(&info.code) {
            return Some((Outcome::AlreadyRedeemed, Why::RedeemedHere(here)));
        }
        if info.is_consumed() {
            return Some((
                Outcome::AlreadyRedeemed,
                Why::Status(UserCardStatus::Consumed),
            ));
        }
        if !info.may_be_redeemed() {
            return Some((Outcome::Refused, why_not(info, now)));
        }
        let is_honoured = self.rules.honoured.is_empty()
            || info
                .card_id
                .as_ref()
                .is_some_and(|card_id| self.rules.honoured.contains(card_id));
        (!is_honoured).then_some((Outcome::Refused, Why::NotHonoured))
    }

    /// A look-up that told nothing of the coupon.
    fn not_told(
        &mut self,
        code: Option<Code>,
        card_id: Option<CardId>,
        failure: &Failure,
        answer: Option<String>,
        now: Moment,
    ) {
        let (outcome, why) = failure.outcome();
        self.journal(Record::Query(QueryRecord {
            at: now.wall,
            code: code.clone(),
            card_id: card_id.clone(),
            outcome,
            errcode: failure.errcode(),
            info: None,
            answer,
            clerk: self.duty.clerk(),
            origin: self.origin,
        }));
        let finished = Finished {
            code,
            card_id,
            errcode: failure.errcode(),
            trace: failure.trace(),
            ..Finished::new(outcome, why, now.wall)
        };
        self.finish(finished, now);
    }

    fn ask_title(&mut self, card_id: &CardId) {
        let is_known = self
            .title
            .as_ref()
            .is_some_and(|(known, _)| known == card_id);
        let is_asked = self
            .title_asked
            .as_ref()
            .is_some_and(|(_, asked)| asked == card_id);
        if is_known || is_asked {
            return;
        }
        let exchange = self.exchange(Ask::Title(card_id.clone()), self.rules.timeout);
        self.title_asked = Some((exchange, card_id.clone()));
    }

    pub(super) fn titled(&mut self, exchange: ExchangeId, reply: Reply<CardTitle>) {
        if let Some((_, card_id)) = self.title_asked.take_if(|(asked, _)| *asked == exchange)
            && let Reply::Answered(title) = reply
        {
            self.title = Some((card_id, title));
        }
    }
}

/// The words for a coupon that Weixin describes and does not let pass. The desk's clock explains here, it never refuses.
fn why_not(info: &CodeInfo, now: Moment) -> Why {
    match &info.status {
        None | Some(UserCardStatus::Normal) => match info.validity.phase(now.wall) {
            ValidityPhase::NotYet => Why::NotYetValid,
            ValidityPhase::Over => Why::Expired,
            ValidityPhase::Current => Why::CannotConsume,
        },
        Some(status) => Why::Status(status.clone()),
    }
}

/// The three ends of an exchange that tell nothing of the coupon.
pub(super) enum Failure {
    Refused(Refusal),
    NotSent(NotSent),
    Unknown(Unknown),
}

impl Failure {
    pub(super) fn of<T>(reply: Reply<T>) -> Result<T, Self> {
        match reply {
            Reply::Answered(told) => Ok(told),
            Reply::Refused(refusal) => Err(Self::Refused(refusal)),
            Reply::NotSent(why) => Err(Self::NotSent(why)),
            Reply::Unknown(why) => Err(Self::Unknown(why)),
        }
    }

    /// What it comes to where nothing can have been consumed.
    pub(super) fn outcome(&self) -> (Outcome, Why) {
        match self {
            Self::Refused(refusal) => (refused_outcome(refusal.reason), Why::of(refusal)),
            Self::NotSent(why) if why.is_set_up() => (Outcome::SetUp, Why::NotSent(*why)),
            Self::NotSent(why) => (Outcome::Unreachable, Why::NotSent(*why)),
            Self::Unknown(why) => (Outcome::Unreachable, Why::Unknown(*why)),
        }
    }

    pub(super) fn errcode(&self) -> Option<i64> {
        match self {
            Self::Refused(refusal) => Some(refusal.errcode),
            Self::NotSent(_) => None,
            Self::Unknown(why) => why.errcode(),
        }
    }

    pub(super) fn trace(&self) -> Option<String> {
        match self {
            Self::Refused(refusal) => refusal.trace.clone(),
            Self::NotSent(_) | Self::Unknown(_) => None,
        }
    }
}

/// What a refusal comes to.
fn refused_outcome(reason: Reason) -> Outcome {
    if reason == Reason::AlreadyRedeemed {
        Outcome::AlreadyRedeemed
    } else if reason.is_set_up() {
        Outcome::SetUp
    } else {
        Outcome::Refused
    }
}
