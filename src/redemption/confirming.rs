//! From the clerk's confirm to the outcome: the intent, the consume, its answer, and the answer's absence.

use crate::card::{Code, CodeInfo, UserCardStatus};
use crate::event::{ExchangeId, WriteId};
use crate::screen::{Finished, Why};

use super::attempt::{Intent, JournalTrouble, Outcome, Probe, Record, Resend, Settled, SettledBy};
use super::doubt::{Doubt, Verdict};
use super::looking_up::Failure;
use super::reply::{Ask, Reason, Reply, Unknown};
use super::state::{Consuming, Journaling, Send, State, Then};
use super::{Moment, Redemption, SETTLED_AGAIN};

impl Redemption {
    /// The clerk's confirm of the review on the screen.
    pub(super) fn confirm(&mut self, now: Moment) {
        let State::Reviewing(review) = &self.state else {
            return;
        };
        let found = review.found.clone();
        let title = self.title_of(found.info.card_id.as_ref());
        if now.tick >= review.stale_at {
            let seen = Then::Confirm(Box::new(found.info));
            self.look_up(found.shown, found.card_id, seen, now);
            return;
        }
        let intent = Intent {
            attempt: self.ids.next(now.wall),
            at: now.wall,
            code: found.info.code.clone(),
            card_id: found.card_id,
            info: found.info,
            looked_up_at: found.told_at,
            clerk: self.duty.clerk(),
            desk: self.rules.desk.clone(),
            title: title.map(|title| title.title),
            origin: self.origin,
        };
        tracing::info!(attempt = %intent.attempt, code = intent.code.shortened(), "confirmed");
        let write = self.journal(Record::Intent(intent.clone()));
        self.state = State::Journaling(Journaling {
            write,
            intent,
            send: Send::First,
        });
    }

    pub(super) fn handle_journaled(
        &mut self,
        write: WriteId,
        result: Result<(), JournalTrouble>,
        now: Moment,
    ) {
        if let Some(settled) = self.settling.remove(&write)
            && result.is_err()
        {
            self.unsettled.push(settled);
            self.settle_again_at = Some(now.tick + SETTLED_AGAIN);
        }
        self.journal = result.err();
        let State::Journaling(journaling) = &self.state else {
            return;
        };
        if journaling.write != write {
            return;
        }
        let intent = journaling.intent.clone();
        let send = journaling.send;
        match (result, send) {
            (Ok(()), send) => self.consume(intent, send, now),
            (Err(trouble), Send::First) => {
                let ended = finished_attempt(&intent, Outcome::SetUp, Why::Journal(trouble), now);
                // A write that failed may stand there all the same; and nothing was sent.
                self.settle(&intent, End::unsent(Outcome::SetUp), None, now);
                self.finish(
                    Finished {
                        attempt: None,
                        ..ended
                    },
                    now,
                );
            }
            (Err(_), Send::Second) => {
                self.settle(&intent, End::of_reply(Outcome::SetUp, None), None, now);
                let why = Why::Refusal(Reason::Token);
                self.finish(finished_attempt(&intent, Outcome::SetUp, why, now), now);
            }
        }
    }

    fn consume(&mut self, intent: Intent, send: Send, now: Moment) {
        let ask = Ask::Consume {
            code: intent.code.clone(),
            card_id: intent.card_id.clone(),
        };
        let limit = self.rules.doubt.max(self.rules.timeout);
        let exchange = self.exchange(ask, limit);
        self.state = State::Consuming(Consuming {
            exchange,
            intent,
            send,
            sent_at: now.tick,
            deadline: now.tick + self.rules.timeout,
        });
    }

    pub(super) fn consumed(
        &mut self,
        exchange: ExchangeId,
        reply: Reply<()>,
        answer: Option<String>,
        now: Moment,
    ) {
        let State::Consuming(consuming) = &self.state else {
            self.consumed_late(exchange, reply, answer, now);
            return;
        };
        if consuming.exchange != exchange {
            self.consumed_late(exchange, reply, answer, now);
            return;
        }
        let intent = consuming.intent.clone();
        let send = consuming.send;
        if let Reply::Refused(refusal) = &reply
            && refusal.reason == Reason::Token
            && send == Send::First
        {
            let resend = Resend {
                attempt: intent.attempt,
                at: now.wall,
                errcode: refusal.errcode,
            };
            let write = self.journal(Record::Resend(resend));
            self.state = State::Journaling(Journaling {
                write,
                intent,
                send: Send::Second,
            });
            return;
        }
        if let Reply::Unknown(why) = reply {
            self.fall_into_doubt(None, why, now);
            return;
        }
        if let Some((end, finished)) = judge(&intent, reply, now) {
            self.settle(&intent, end, answer, now);
            self.finish(finished, now);
        }
    }

    pub(super) fn consume_timed_out(&mut self, now: Moment) {
        if let State::Consuming(consuming) = &self.state {
            let still_open = Some(consuming.exchange);
            self.fall_into_doubt(still_open, Unknown::Timeout, now);
        }
    }

    fn fall_into_doubt(&mut self, open: Option<ExchangeId>, why: Unknown, now: Moment) {
        let State::Consuming(consuming) = std::mem::replace(&mut self.state, State::Idle) else {
            return;
        };
        let intent = consuming.intent;
        let finished = Finished {
            errcode: why.errcode(),
            settled_by: None,
            ..finished_attempt(&intent, Outcome::InDoubt, Why::Unknown(why), now)
        };
        let believed_from = consuming.sent_at + self.rules.doubt;
        self.doubts
            .add(Doubt::new(intent, open, why, believed_from, now.tick));
        self.finish(finished, now);
    }

    /// The answer to a consume that the screen no longer waits for.
    fn consumed_late(
        &mut self,
        exchange: ExchangeId,
        reply: Reply<()>,
        answer: Option<String>,
        now: Moment,
    ) {
        let Some(doubt) = self.doubts.answered(exchange) else {
            tracing::info!("the answer to an attempt that is settled already");
            return;
        };
        let intent = doubt.intent.clone();
        if let Some((end, finished)) = judge(&intent, reply, now) {
            self.settle_doubt(&intent, end, finished, answer, now);
        }
    }

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
        let Some((intent, verdict)) = self.doubts.probed(exchange, reply, now.tick) else {
            return;
        };
        self.journal(Record::Probe(Probe {
            attempt: intent.attempt,
            at: now.wall,
            status: status.clone(),
            errcode: failure_code,
            answer: answer.clone(),
        }));
        let (outcome, why) = match verdict {
            Verdict::StillOpen => return,
            // Once is all that a code can be redeemed: this was another attempt's.
            Verdict::Redeemed if self.done.at(&intent.code).is_some() => {
                let why = Why::Status(UserCardStatus::Consumed);
                (Outcome::AlreadyRedeemed, why)
            }
            Verdict::Redeemed => (Outcome::Redeemed, Why::FoundRedeemed),
            Verdict::Unused => (Outcome::NotRedeemed, Why::FoundUnused),
            Verdict::Refused(why) => (Outcome::Refused, why),
        };
        let mut seen = intent.info.clone();
        seen.status = status.clone().or(seen.status);
        seen.can_consume = told.and_then(|info| info.can_consume).or(seen.can_consume);
        let end = End {
            outcome,
            by: Some(SettledBy::Query),
            errcode: failure_code,
            status,
        };
        let finished = Finished {
            errcode: failure_code,
            settled_by: Some(SettledBy::Query),
            info: Some(seen),
            ..finished_attempt(&intent, outcome, why, now)
        };
        self.settle_doubt(&intent, end, finished, answer, now);
    }

    fn settle_doubt(
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

    fn settle(&mut self, intent: &Intent, end: End, answer: Option<String>, now: Moment) {
        let End {
            outcome,
            by,
            errcode,
            ..
        } = end;
        tracing::info!(attempt = %intent.attempt, ?outcome, ?by, errcode, "settled");
        if outcome == Outcome::Redeemed {
            self.done.add(intent.code.clone(), now.wall);
        }
        self.write_settled(Settled {
            attempt: intent.attempt,
            at: now.wall,
            outcome: end.outcome,
            by: end.by,
            errcode: end.errcode,
            status: end.status,
            answer,
        });
    }

    pub(super) fn write_settled(&mut self, settled: Settled) {
        let write = self.journal(Record::Settled(settled.clone()));
        self.settling.insert(write, settled);
    }

    /// A code in doubt is not looked up anew: its doubt is shown, and asked about at once.
    pub(super) fn hold_if_in_doubt(&mut self, code: &Code, now: Moment) -> bool {
        let Some(doubt) = self.doubts.of_code(code) else {
            return false;
        };
        let attempt = doubt.intent.attempt;
        let finished = finished_attempt(
            &doubt.intent,
            Outcome::InDoubt,
            Why::Unknown(doubt.why),
            now,
        );
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

/// What a settled record says beyond the attempt.
pub(super) struct End {
    outcome: Outcome,
    by: Option<SettledBy>,
    errcode: Option<i64>,
    status: Option<UserCardStatus>,
}

impl End {
    fn of_reply(outcome: Outcome, errcode: Option<i64>) -> Self {
        Self {
            outcome,
            by: Some(SettledBy::Reply),
            errcode,
            status: None,
        }
    }

    /// The consume never left this machine.
    fn unsent(outcome: Outcome) -> Self {
        Self {
            by: None,
            ..Self::of_reply(outcome, None)
        }
    }
}

/// What an answer to a consume proves; `None` where it proves nothing.
fn judge(intent: &Intent, reply: Reply<()>, now: Moment) -> Option<(End, Finished)> {
    let (end, why, trace) = match Failure::of(reply) {
        Ok(()) => (
            End::of_reply(Outcome::Redeemed, Some(0)),
            Why::Confirmed,
            None,
        ),
        Err(Failure::Unknown(_)) => return None,
        Err(failure @ Failure::Refused(_)) => {
            let (outcome, why) = failure.outcome();
            (
                End::of_reply(outcome, failure.errcode()),
                why,
                failure.trace(),
            )
        }
        Err(failure @ Failure::NotSent(_)) => {
            let (outcome, why) = failure.outcome();
            (End::unsent(outcome), why, None)
        }
    };
    let finished = Finished {
        errcode: end.errcode,
        trace,
        settled_by: end.by,
        ..finished_attempt(intent, end.outcome, why, now)
    };
    Some((end, finished))
}

fn finished_attempt(intent: &Intent, outcome: Outcome, why: Why, now: Moment) -> Finished {
    Finished {
        code: Some(intent.code.clone()),
        card_id: intent
            .info
            .card_id
            .clone()
            .or_else(|| intent.card_id.clone()),
        info: Some(intent.info.clone()),
        attempt: Some(intent.attempt),
        ..Finished::new(outcome, why, now.wall)
    }
}
