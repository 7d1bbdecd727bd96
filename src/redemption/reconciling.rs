//! Attempts in doubt, as the machine lives with them: a code in doubt is held, look-ups are asked, and their answers
//! settle what they prove.

use crate::card::{Code, CodeInfo, UserCardStatus};
use crate::event::ExchangeId;
use crate::screen::{Finished, Why};

use super::attempt::{AttemptId, Intent, Outcome, Probe, Record, SettledBy};
use super::confirming::{End, finished_attempt};
use super::doubt::Verdict;
use super::reply::Reply;
use super::state::State;
use super::{Moment, Redemption};

impl Redemption {
    pub(super) fn probed(
        &mut self,
        exchange: ExchangeId,
        reply: Reply<CodeInfo>,
        answer: Option<String>,
        now: Moment,
    ) {
        let failure_code = match &reply {
            Reply::Refused(refusal) => Some(refusal.errcode),
            Reply::Unknown(why) => why.errcode(),
            Reply::Answered(_) | Reply::NotSent(_) => None,
        };
        let told = match &reply {
            Reply::Answered(info) => Some(info.clone()),
            Reply::Refused(_) | Reply::Unknown(_) | Reply::NotSent(_) => None,
        };
        let status = told.as_ref().and_then(|info| info.status.clone());
        let witnesses = &self.witnesses;
        let testimony = |attempt| witnesses.of(attempt);
        let probed = self.doubts.probed(exchange, reply, testimony, now.tick);
        let Some((intent, verdict)) = probed else {
            return;
        };
        self.journal(Record::Probe(Probe {
            attempt: intent.attempt,
            at: now.wall,
            status: status.clone(),
            errcode: failure_code,
            answer: answer.clone(),
        }));
        let (outcome, why, by) = match verdict {
            Verdict::StillOpen => return self.show_doubt_anew(intent.attempt, now),
            // Once is all that a code can be redeemed: this was another attempt's.
            Verdict::Redeemed(_) if self.done.of(&intent.code).is_some() => {
                let why = Why::Status(UserCardStatus::Consumed);
                (Outcome::AlreadyRedeemed, why, SettledBy::Query)
            }
            Verdict::Redeemed(by) => (Outcome::Redeemed, Why::FoundRedeemed, by),
            Verdict::Unused => (Outcome::NotRedeemed, Why::FoundUnused, SettledBy::Query),
            Verdict::Refused(why) => (Outcome::Refused, why, SettledBy::Query),
            Verdict::Overruled(goods) => {
                let why = Why::Overruled(goods);
                (Outcome::InDoubt, why, SettledBy::Override)
            }
        };
        let mut seen = intent.info.clone();
        seen.status = status.clone().or(seen.status);
        seen.can_consume = told.and_then(|info| info.can_consume).or(seen.can_consume);
        let end = End {
            outcome,
            by: Some(by),
            errcode: failure_code,
            status,
        };
        let finished = Finished {
            errcode: failure_code,
            settled_by: Some(by),
            info: Some(seen),
            ..finished_attempt(&intent, outcome, why, now)
        };
        self.settle_doubt(&intent, end, finished, answer, now);
    }

    pub(super) fn settle_doubt(
        &mut self,
        intent: &Intent,
        end: End,
        finished: Finished,
        answer: Option<String>,
        now: Moment,
    ) {
        self.doubts.remove(intent.attempt);
        self.settle(intent, end, answer, now);
        // The clerk may still be looking at this attempt; any other screen is left alone.
        match &self.state {
            State::Finished(shown) if shown.finished.attempt == Some(intent.attempt) => {
                self.finish(finished, now);
            }
            State::Finished(_)
            | State::Idle
            | State::Decrypting(_)
            | State::Querying(_)
            | State::Reviewing(_)
            | State::Journaling(_)
            | State::Consuming(_) => {}
        }
    }

    /// What is known of an attempt in doubt has changed: whoever looks at it sees that.
    pub(super) fn show_doubt_anew(&mut self, attempt: AttemptId, now: Moment) {
        let Some(doubt) = self.doubts.of_attempt(attempt) else {
            return;
        };
        let why = doubt.why();
        if let State::Finished(shown) = &mut self.state
            && shown.finished.attempt == Some(attempt)
            && shown.finished.why != why
        {
            shown.finished.why = why;
            shown.finished.at = now.wall;
        }
    }

    /// A code in doubt is not looked up anew: its doubt is shown, and asked about at once.
    pub(super) fn hold_if_in_doubt(&mut self, code: &Code, now: Moment) -> bool {
        let Some(doubt) = self.doubts.of_code(code) else {
            return false;
        };
        let attempt = doubt.intent.attempt;
        let finished = finished_attempt(&doubt.intent, Outcome::InDoubt, doubt.why(), now);
        self.doubts.ask_now(attempt, now.tick);
        self.finish(finished, now);
        true
    }

    pub(super) fn ask_about_doubts(&mut self, now: Moment) {
        for (attempt, ask) in self.doubts.due(now.tick) {
            let limit = self.rules.timeout;
            let exchange = self.exchange(ask, limit);
            self.doubts.asking(attempt, exchange, now.tick, limit);
        }
    }
}
