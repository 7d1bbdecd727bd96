//! From the clerk's confirm to the outcome: the intent, the consume, its answer, and the answer's absence.

use crate::card::{Code, UserCardStatus};
use crate::event::{ExchangeId, WriteId};
use crate::screen::{Finished, Notice, Why};

use super::attempt::{Intent, JournalTrouble, Outcome, Record, Resend, Settled, SettledBy};
use super::done::Redeemed;
use super::doubt::Doubt;
use super::looking_up::Failure;
use super::reply::{Ask, Reason, Reply, Unknown};
use super::state::{Consuming, Journaling, Send, State, Then};
use super::{LOOK_UP_LIMIT, Moment, Redemption, SETTLED_AGAIN};

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
        let stale_at = review.stale_at;
        let shown = review.found.shown.clone();
        let write = self.journal(Record::Intent(intent.clone()));
        self.state = State::Journaling(Journaling {
            write,
            intent,
            send: Send::First,
            shown,
            stale_at,
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
        self.ruling_written(write, result, now);
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
            (Ok(()), Send::First) if now.tick >= journaling.stale_at => {
                let shown = journaling.shown.clone();
                self.look_again(shown, &intent, now);
            }
            (Ok(()), Send::First) => self.consume(intent, send, now),
            (Ok(()), Send::Second) if now.tick < journaling.stale_at => {
                self.consume(intent, send, now);
            }
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
            (Ok(()) | Err(_), Send::Second) => {
                self.settle(&intent, End::of_reply(Outcome::SetUp, None), None, now);
                let why = Why::Refusal(Reason::Token);
                self.finish(finished_attempt(&intent, Outcome::SetUp, why, now), now);
            }
        }
    }

    /// The disk took so long that the look-up is too old by now: nothing is sent, and the clerk is asked anew.
    fn look_again(&mut self, shown: Code, intent: &Intent, now: Moment) {
        self.settle(intent, End::unsent(Outcome::SetUp), None, now);
        self.look_up(shown, intent.card_id.clone(), Then::Review, now);
        self.notice = Some(Notice::SlowDisk);
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
                shown: intent.code.clone(),
                intent,
                send: Send::Second,
                stale_at: now.tick + LOOK_UP_LIMIT,
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
            .add(Doubt::new(intent, open, why, believed_from, now));
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

    pub(super) fn settle(
        &mut self,
        intent: &Intent,
        end: End,
        answer: Option<String>,
        now: Moment,
    ) {
        let End {
            outcome,
            by,
            errcode,
            ..
        } = end;
        tracing::info!(attempt = %intent.attempt, ?outcome, ?by, errcode, "settled");
        if outcome == Outcome::Redeemed {
            self.done.add(Redeemed {
                code: intent.code.clone(),
                at: now.wall,
                attempt: intent.attempt,
                desk: intent.desk.clone(),
            });
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
}

/// What a settled record says beyond the attempt.
pub(super) struct End {
    pub(super) outcome: Outcome,
    pub(super) by: Option<SettledBy>,
    pub(super) errcode: Option<i64>,
    pub(super) status: Option<UserCardStatus>,
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

pub(super) fn finished_attempt(
    intent: &Intent,
    outcome: Outcome,
    why: Why,
    now: Moment,
) -> Finished {
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
