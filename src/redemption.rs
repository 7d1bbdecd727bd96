//! One person's way from a payload to an outcome: a state machine that asks and is told, and touches nothing itself.
//!
//! Feed it events (`handle_*`), then drain what it wants done (`poll_command`), show [`Redemption::screen`], and wake it
//! again at `poll_timeout`. Time is an argument, so a test drives it by hand and a simulation by a seed.
//!
//! | state | holds | leaves on | asks for |
//! |---|---|---|---|
//! | Idle | - | a payload | Decrypt, or Query and the card's title |
//! | Decrypting | the link, a deadline | reply, deadline, cancel | Query |
//! | Querying | the code, cards still to try, a deadline | reply, deadline, cancel | the next card on 40056 |
//! | Reviewing | what was told and when | confirm, cancel, expiry, another payload | Journal(Intent) |
//! | Journaling | the attempt | the write is durable, or failed | Consume; a failed write never sends |
//! | Consuming | the attempt, a deadline | reply, deadline | Journal(Settled), or it joins those in doubt |
//! | Finished | the outcome | the next payload, a touch, expiry | - |
//!
//! Beside the states stand the attempts in doubt ([`doubt`]): they never hold up the next customer, and hold back only
//! the same code.

pub mod attempt;
mod confirming;
pub mod done;
pub mod doubt;
mod looking_up;
pub mod note;
mod ordering;
mod reconciling;
pub mod reply;
pub mod ruling;
mod showing;
mod state;
pub mod witness;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::card::{CardId, CardTitle};
use crate::event::{Event, ExchangeId, LookUpId, OnDuty, Touch, WriteId};
use crate::payload::{Origin, Payload};
use crate::screen::{Finished, Notice};
use attempt::{AttemptId, AttemptIds, Intent, JournalTrouble, Outcome, Record, Settled};
use done::{Done, Redeemed};
use doubt::Doubts;
use reply::{Ask, Told};
use ruling::Goods;
use state::State;
use witness::Witnesses;

/// A look-up older than this is asked again before a confirm is accepted.
pub const LOOK_UP_LIMIT: Duration = Duration::from_mins(1);
/// How long a review waits for the clerk.
pub const REVIEW_FOR: Duration = Duration::from_mins(3);
/// How long an outcome stays, if nobody touches it and no next phone comes.
pub const OUTCOME_FOR: Duration = Duration::from_secs(30);
/// How long an outcome in doubt stays: the clerk keeps the coupon open while the kiosk asks.
pub const DOUBT_FOR: Duration = Duration::from_mins(10);
/// How soon a settled record that could not be written is tried again.
const SETTLED_AGAIN: Duration = Duration::from_secs(2);

/// One moment on two clocks: `tick` never jumps and measures durations, `wall` goes into records and on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// For deadlines.
    pub tick: Instant,
    /// For people and the journal.
    pub wall: Timestamp,
}

/// What the configuration says about redeeming.
#[derive(Clone, Debug)]
pub struct Rules {
    /// `timeout_secs`: how long the screen waits for an answer.
    pub timeout: Duration,
    /// `doubt_secs`: how long a consume's answer is listened for, and how old a consume must be before NORMAL is believed.
    pub doubt: Duration,
    /// `custom_code`: cards to try for codes that need one.
    pub custom_code: Vec<CardId>,
    /// `honoured`: the cards this store takes; empty is all.
    pub honoured: Vec<CardId>,
    /// This kiosk, as the journal names it.
    pub desk: Option<String>,
}

/// What the machine wants done. The shell does all of it, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Ask Weixin; the end comes back as [`Event::Replied`], within `limit`.
    Exchange {
        /// Comes back with the answer.
        exchange: ExchangeId,
        /// What to ask.
        ask: Ask,
        /// How long the whole exchange may take.
        limit: Duration,
    },
    /// Make a record durable; the end comes back as [`Event::Journaled`].
    Journal {
        /// Comes back with the result.
        write: WriteId,
        /// What to write.
        record: Box<Record>,
    },
}

/// The machine. See the module's text.
#[derive(Debug)]
pub struct Redemption {
    rules: Rules,
    ids: AttemptIds,
    state: State,
    /// How the payload came that is being looked at.
    origin: Origin,
    doubts: Doubts,
    done: Done,
    title: Option<(CardId, CardTitle)>,
    title_asked: Option<(ExchangeId, CardId)>,
    notice: Option<Notice>,
    journal: Option<JournalTrouble>,
    duty: OnDuty,
    /// Settled records on their way to the disk; a failed one waits for its moment to be sent again.
    settling: BTreeMap<WriteId, Settled>,
    unsettled: Vec<Settled>,
    settle_again_at: Option<Instant>,
    /// A manager's word on its way to the disk.
    ruling: Option<(WriteId, AttemptId, Goods)>,
    witnesses: Witnesses,
    commands: VecDeque<Command>,
    counted: u64,
}

impl Redemption {
    /// A machine that begins idle and takes up what an earlier run left open.
    pub fn new(
        rules: Rules,
        ids: AttemptIds,
        open: Vec<Intent>,
        journal: Option<JournalTrouble>,
        now: Moment,
    ) -> Self {
        let doubts = Doubts::restored(open, rules.doubt, now);
        let mut machine = Self {
            rules,
            ids,
            state: State::Idle,
            origin: Origin::Desk,
            doubts,
            done: Done::default(),
            title: None,
            title_asked: None,
            notice: None,
            journal,
            duty: OnDuty::default(),
            settling: BTreeMap::new(),
            unsettled: Vec::new(),
            settle_again_at: None,
            ruling: None,
            witnesses: Witnesses::default(),
            commands: VecDeque::new(),
            counted: 0,
        };
        machine.ask_about_doubts(now);
        machine
    }

    /// Tells what an earlier run has redeemed, oldest first.
    pub fn remember(&mut self, redeemed: Vec<Redeemed>) {
        self.done = Done::restored(redeemed);
    }

    /// Tells what was written down of the attempts that are open: managers' words and events, oldest first.
    pub fn recall(&mut self, noted: Vec<Record>, now: Moment) {
        for record in noted {
            match record {
                Record::Override(word) => self.doubts.rule(word.attempt, word.goods, now.tick),
                Record::Witness(witness) => {
                    self.witnesses.add(&witness);
                }
                Record::Query(_)
                | Record::Intent(_)
                | Record::Resend(_)
                | Record::Probe(_)
                | Record::Settled(_)
                | Record::Remark(_)
                | Record::Mistake(_)
                | Record::Sealed(_) => {}
            }
        }
    }

    /// Takes one event.
    pub fn handle_event(&mut self, event: Event, now: Moment) {
        match event {
            Event::Payload(payload, origin) => self.handle_payload(payload, origin, now),
            Event::HandedOver { payload, .. } => {
                self.handle_payload(payload, Origin::HandOff, now);
            }
            Event::Touch(touch) => self.handle_touch(touch, now),
            Event::Replied {
                exchange,
                told,
                answer,
                sent_after,
            } => {
                self.note_late_send(exchange, sent_after);
                self.handle_reply(exchange, told, answer, now);
            }
            Event::Journaled { write, result } => self.handle_journaled(write, result, now),
            Event::Note { attempt, says } => self.note(attempt, says, now),
            Event::Witnessed(seen) => self.witnessed(&seen, now),
            Event::Duty(duty) => self.duty = duty,
            // What the lens has is no matter of a redemption: the loop tells it on the screen.
            Event::Camera(_) | Event::View(_) | Event::Invitation(_) => {}
        }
        self.ask_about_doubts(now);
    }

    /// Takes the passing of time. Harmless when called early.
    pub fn handle_timeout(&mut self, now: Moment) {
        match &self.state {
            State::Decrypting(decrypting) if now.tick >= decrypting.deadline => {
                self.decrypt_timed_out(now);
            }
            State::Querying(querying) if now.tick >= querying.deadline => {
                self.query_timed_out(now);
            }
            State::Reviewing(review) if now.tick >= review.expires_at => {
                self.become_idle("expired");
            }
            State::Consuming(consuming) if now.tick >= consuming.deadline => {
                self.consume_timed_out(now);
            }
            State::Finished(shown) if now.tick >= shown.until => self.become_idle("shown"),
            State::Idle
            | State::Decrypting(_)
            | State::Querying(_)
            | State::Reviewing(_)
            | State::Journaling(_)
            | State::Consuming(_)
            | State::Finished(_) => {}
        }
        if self.settle_again_at.is_some_and(|at| now.tick >= at) {
            self.settle_again_at = None;
            for settled in std::mem::take(&mut self.unsettled) {
                self.write_settled(settled);
            }
        }
        self.doubts.give_up_probes(now.tick);
        self.ask_about_doubts(now);
    }

    /// The next thing to do; ask until `None` after every event.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When `handle_timeout` wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let state = match &self.state {
            State::Idle | State::Journaling(_) => None,
            State::Decrypting(decrypting) => Some(decrypting.deadline),
            State::Querying(querying) => Some(querying.deadline),
            State::Reviewing(review) => Some(review.expires_at),
            State::Consuming(consuming) => Some(consuming.deadline),
            State::Finished(shown) => Some(shown.until),
        };
        [state, self.doubts.next_timeout(), self.settle_again_at]
            .into_iter()
            .flatten()
            .min()
    }

    /// Whether every record that was asked for is durable or has failed: nothing is lost by stopping now.
    pub fn is_settled_on_disk(&self) -> bool {
        self.settling.is_empty() && self.unsettled.is_empty()
    }

    fn handle_payload(&mut self, payload: Payload, origin: Origin, now: Moment) {
        if self.duty == OnDuty::Locked {
            return;
        }
        // A phone that is held on does not take the answer from the screen.
        let told = self.notice.take_if(|notice| notice.is_repeat());
        self.notice = None;
        match &self.state {
            State::Idle | State::Finished(_) => self.begin(payload, origin, now),
            State::Reviewing(review) => {
                // The phone is still held up: the same coupon is not looked up again and again.
                let is_same =
                    matches!(&payload, Payload::Code { code, .. } if *code == review.found.shown);
                if !is_same {
                    self.begin(payload, origin, now);
                }
            }
            State::Decrypting(_)
            | State::Querying(_)
            | State::Journaling(_)
            | State::Consuming(_) => self.notice = told.or(Some(Notice::Wait)),
        }
    }

    fn handle_touch(&mut self, touch: Touch, now: Moment) {
        match touch {
            Touch::Confirm(look_up) => self.handle_confirm(look_up, now),
            Touch::Cancel => match &self.state {
                State::Decrypting(_) | State::Querying(_) | State::Reviewing(_) => {
                    self.become_idle("cancelled");
                }
                // What was confirmed cannot be taken back, and the rest has nothing to cancel.
                State::Idle | State::Journaling(_) | State::Consuming(_) | State::Finished(_) => {}
            },
            Touch::Dismiss => match &self.state {
                State::Finished(_) => self.become_idle("dismissed"),
                State::Idle
                | State::Decrypting(_)
                | State::Querying(_)
                | State::Reviewing(_)
                | State::Journaling(_)
                | State::Consuming(_) => {}
            },
            Touch::AskNow(attempt) => self.doubts.ask_now(attempt, now.tick),
        }
    }

    fn handle_confirm(&mut self, look_up: LookUpId, now: Moment) {
        if self.duty == OnDuty::Locked {
            return;
        }
        match &self.state {
            State::Reviewing(review) if review.look_up == look_up => self.confirm(now),
            // A touch meant for another coupon, or a second one on the same button.
            State::Reviewing(_)
            | State::Idle
            | State::Decrypting(_)
            | State::Querying(_)
            | State::Journaling(_)
            | State::Consuming(_)
            | State::Finished(_) => {}
        }
    }

    fn handle_reply(
        &mut self,
        exchange: ExchangeId,
        told: Told,
        answer: Option<String>,
        now: Moment,
    ) {
        let quoted = showing::quoted(&told, answer.as_deref());
        match told {
            Told::Decrypt(reply) => self.decrypted(exchange, reply, answer, now),
            Told::Query(reply) if self.doubts.is_probe(exchange) => {
                self.probed(exchange, reply, answer, now);
            }
            Told::Query(reply) => self.queried(exchange, reply, answer, now),
            Told::Consume(reply) => self.consumed(exchange, reply, answer, now),
            Told::Title(reply) => self.titled(exchange, reply),
        }
        self.quote(quoted, now);
    }

    fn become_idle(&mut self, why: &str) {
        tracing::debug!(from = self.state.name(), why, "idle");
        self.notice = None;
        self.state = State::Idle;
    }

    fn finish(&mut self, finished: Finished, now: Moment) {
        let finished = self.told_as_ours(finished);
        tracing::info!(
            outcome = ?finished.outcome,
            why = ?finished.why,
            errcode = finished.errcode,
            attempt = finished.attempt.map(tracing::field::display),
            "finished"
        );
        self.notice = None;
        let stays = match finished.outcome {
            Outcome::InDoubt => DOUBT_FOR,
            Outcome::Queried
            | Outcome::Redeemed
            | Outcome::AlreadyRedeemed
            | Outcome::Refused
            | Outcome::NotRedeemed
            | Outcome::Unreachable
            | Outcome::SetUp => OUTCOME_FOR,
        };
        self.state = State::Finished(state::Shown {
            finished,
            since: now.tick,
            until: now.tick + stays,
        });
    }
}
