//! Attempts whose outcome is not known, and how each is reconciled by asking what the code is now.
//!
//! CONSUMED settles an attempt as redeemed. NORMAL is believed only when told twice, at least [`TOLD_APART`] apart, the
//! second at least `doubt_secs` after the consume was sent, and never while the answer to the consume may still come:
//! Weixin may show a consume late, and a request may be slow on its way. Any other status settles it as refused, and is
//! believed no sooner: a coupon shown as run out may have been redeemed a moment before, and one on its way to another
//! person may come back before the consume arrives.

mod judging;

use std::time::{Duration, Instant};

use crate::card::{Code, CodeInfo};
use crate::event::ExchangeId;
use crate::redemption::Moment;
use crate::redemption::attempt::{AttemptId, Intent, SettledBy};
use crate::redemption::reply::{Ask, Reply, Unknown};
use crate::redemption::ruling::{Goods, Ruled};
use crate::redemption::witness::Testimony;
use crate::screen::{DoubtLine, Known, Why};

/// How far apart two tellings of NORMAL must be.
pub const TOLD_APART: Duration = Duration::from_secs(3);
/// What is waited beyond a limit before asking, so that the asking surely falls after it.
const MARGIN: Duration = Duration::from_millis(250);
/// The gaps between look-ups grow from the first to the last of these.
const FIRST_GAP: Duration = Duration::from_secs(3);
const LAST_GAP: Duration = Duration::from_mins(1);
/// More look-ups than these are not foretold.
const MOST_PLANNED: u32 = 99;
/// How many look-ups for attempts in doubt may be on their way at once: a morning after a lost line has many.
const PROBES_AT_ONCE: usize = 4;

/// One attempt in doubt.
#[derive(Debug)]
pub(super) struct Doubt {
    pub(super) intent: Intent,
    why: Unknown,
    /// The consume, while its answer may still come.
    consume: Option<ExchangeId>,
    /// Before this moment NORMAL proves nothing.
    believed_from: Instant,
    probe: Option<Probing>,
    due: Instant,
    gap: Duration,
    asked: u32,
    /// When the look-up that first told of the code as unused was sent.
    unused_since: Option<Instant>,
    /// What the newest look-up told.
    known: Known,
    /// A manager's word.
    ruled: Option<Ruled>,
    /// How long ago it was confirmed, when it came here.
    aged: (Duration, Instant),
}

/// A look-up on its way.
#[derive(Debug)]
struct Probing {
    exchange: ExchangeId,
    asked_at: Instant,
    deadline: Instant,
}

/// What a look-up makes of an attempt in doubt.
#[derive(Debug)]
pub(super) enum Verdict {
    StillOpen,
    Redeemed(SettledBy),
    Unused,
    Refused(Why),
    /// Nothing can be known, and a manager has spoken.
    Overruled(Goods),
}

impl Doubt {
    pub(super) fn new(
        intent: Intent,
        consume: Option<ExchangeId>,
        why: Unknown,
        believed_from: Instant,
        now: Moment,
    ) -> Self {
        let age = now.wall.duration_since(intent.at);
        Self {
            aged: (Duration::try_from(age).unwrap_or_default(), now.tick),
            intent,
            why,
            consume,
            believed_from,
            probe: None,
            due: now.tick,
            gap: FIRST_GAP,
            asked: 0,
            unused_since: None,
            known: Known::Nothing,
            ruled: None,
        }
    }

    /// Why it is not known, or what a manager has said of it.
    pub(super) fn why(&self) -> Why {
        match self.ruled {
            Some(ruled) => Why::Overruled(ruled.goods),
            None if self.known == Known::Elsewhere => Why::RedeemedElsewhere,
            None => Why::Unknown(self.why),
        }
    }

    /// How many look-ups it takes, those included that were made, if each from now on is answered with "unused".
    fn planned(&self, now: Instant) -> u32 {
        let (mut at, mut gap) = (self.due.max(now), self.gap);
        let mut planned = self.asked;
        let mut first = self.unused_since;
        loop {
            planned += 1;
            let since = *first.get_or_insert(at);
            let settles = self.believed_from.max(since + TOLD_APART);
            if at >= settles || planned - self.asked > MOST_PLANNED {
                return planned;
            }
            at = (at + gap).min(settles + MARGIN);
            gap = (gap * 2).min(LAST_GAP);
        }
    }

    /// Sets the next look-up: after a growing gap, but not later than the moment at which NORMAL would settle it.
    fn ask_later(&mut self, now: Instant) {
        self.due = now + self.gap;
        self.gap = (self.gap * 2).min(LAST_GAP);
        if let Some(first) = self.unused_since {
            let settles = self.believed_from.max(first + TOLD_APART) + MARGIN;
            if settles > now {
                self.due = self.due.min(settles);
            }
        }
    }
}

/// All attempts in doubt, oldest first.
#[derive(Debug, Default)]
pub struct Doubts(Vec<Doubt>);

impl Doubts {
    /// What an earlier run of the program left open. How long ago that was is the wall clock's word alone, and a machine
    /// learns the time when it is up: so the whole wait begins now.
    pub(super) fn restored(open: Vec<Intent>, doubt: Duration, now: Moment) -> Self {
        let restore = |intent| Doubt::new(intent, None, Unknown::Crash, now.tick + doubt, now);
        Self(open.into_iter().map(restore).collect())
    }

    pub(super) fn add(&mut self, doubt: Doubt) {
        self.0.push(doubt);
    }

    pub(super) fn remove(&mut self, attempt: AttemptId) {
        self.0.retain(|doubt| doubt.intent.attempt != attempt);
    }

    /// The attempt in doubt that holds a code back.
    pub(super) fn of_code(&self, code: &Code) -> Option<&Doubt> {
        self.0.iter().find(|doubt| doubt.intent.code == *code)
    }

    /// A consume was handed to the network later than it was ordered: the wait counts from then.
    pub(super) fn sent_after(&mut self, consume: ExchangeId, late: Duration) {
        for doubt in &mut self.0 {
            if doubt.consume == Some(consume) {
                doubt.believed_from += late;
            }
        }
    }

    /// The answer to a consume has come: whose it is, and from now on no other is to be waited for.
    pub(super) fn answered(&mut self, consume: ExchangeId) -> Option<&Doubt> {
        let doubt = self
            .0
            .iter_mut()
            .find(|doubt| doubt.consume == Some(consume))?;
        doubt.consume = None;
        Some(doubt)
    }

    /// Whether a look-up belongs to an attempt in doubt.
    pub(super) fn is_probe(&self, exchange: ExchangeId) -> bool {
        self.0.iter().any(|doubt| doubt.is_asking(exchange))
    }

    /// Takes the answer to a look-up.
    pub(super) fn probed(
        &mut self,
        exchange: ExchangeId,
        reply: Reply<CodeInfo>,
        testimony: impl Fn(AttemptId) -> Testimony,
        now: Instant,
    ) -> Option<(Intent, Verdict)> {
        let doubt = self.0.iter_mut().find(|doubt| doubt.is_asking(exchange))?;
        let probing = doubt.probe.take()?;
        doubt.asked += 1;
        let testimony = testimony(doubt.intent.attempt);
        let verdict = doubt.judge(reply, testimony, probing.asked_at);
        doubt.ask_later(now);
        Some((doubt.intent.clone(), verdict))
    }

    /// The look-ups that are to be made now.
    pub(super) fn due(&self, now: Instant) -> Vec<(AttemptId, Ask)> {
        let on_their_way = self.0.iter().filter(|doubt| doubt.probe.is_some()).count();
        self.0
            .iter()
            .filter(|doubt| doubt.probe.is_none() && doubt.due <= now)
            .take(PROBES_AT_ONCE.saturating_sub(on_their_way))
            .map(|doubt| {
                let ask = Ask::Query {
                    code: doubt.intent.code.clone(),
                    card_id: doubt.intent.card_id.clone(),
                    check_consume: false,
                };
                (doubt.intent.attempt, ask)
            })
            .collect()
    }

    /// A look-up has been sent.
    pub(super) fn asking(
        &mut self,
        attempt: AttemptId,
        exchange: ExchangeId,
        now: Instant,
        limit: Duration,
    ) {
        if let Some(doubt) = self.find(attempt) {
            doubt.probe = Some(Probing {
                exchange,
                asked_at: now,
                deadline: now + limit + MARGIN,
            });
        }
    }

    /// Asks as soon as may be.
    pub(super) fn ask_now(&mut self, attempt: AttemptId, now: Instant) {
        if let Some(doubt) = self.find(attempt) {
            doubt.due = now;
            doubt.gap = FIRST_GAP;
        }
    }

    /// Look-ups that were never answered count as asked in vain.
    pub(super) fn give_up_probes(&mut self, now: Instant) {
        for doubt in &mut self.0 {
            if doubt
                .probe
                .take_if(|probing| probing.deadline <= now)
                .is_some()
            {
                doubt.asked += 1;
                doubt.known = Known::NoAnswer;
                doubt.ask_later(now);
            }
        }
    }

    /// When the next look-up is due, or is to be given up.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let on_their_way = self.0.iter().filter_map(|doubt| doubt.probe.as_ref());
        let is_full = on_their_way.clone().count() >= PROBES_AT_ONCE;
        let given_up = on_their_way.map(|probing| probing.deadline).min();
        let waiting = self.0.iter().filter(|doubt| doubt.probe.is_none());
        let due = waiting.map(|doubt| doubt.due).min().filter(|_| !is_full);
        [given_up, due].into_iter().flatten().min()
    }

    /// Whether this attempt is in doubt.
    pub(super) fn has(&self, attempt: AttemptId) -> bool {
        self.of_attempt(attempt).is_some()
    }

    /// The doubt about an attempt.
    pub(super) fn of_attempt(&self, attempt: AttemptId) -> Option<&Doubt> {
        self.0.iter().find(|doubt| doubt.intent.attempt == attempt)
    }

    /// A manager has spoken; Weixin is asked at once what it can prove.
    pub(super) fn rule(&mut self, attempt: AttemptId, goods: Goods, now: Instant) {
        if let Some(doubt) = self.find(attempt) {
            doubt.ruled = Some(Ruled { goods, since: now });
        }
        self.ask_now(attempt, now);
    }

    /// For the screen.
    pub(super) fn lines(&self) -> Vec<DoubtLine> {
        self.0
            .iter()
            .map(|doubt| DoubtLine {
                attempt: doubt.intent.attempt,
                code: doubt.intent.code.clone(),
                since: doubt.intent.at,
                aged: doubt.aged,
                asked: doubt.asked,
                of: doubt.planned(doubt.due),
                next_at: match doubt.probe {
                    None => Some(doubt.due),
                    Some(_) => None,
                },
                known: doubt.known.clone(),
                ruled: doubt.ruled.map(|ruled| ruled.goods),
            })
            .collect()
    }

    fn find(&mut self, attempt: AttemptId) -> Option<&mut Doubt> {
        self.0
            .iter_mut()
            .find(|doubt| doubt.intent.attempt == attempt)
    }
}

impl Doubt {
    fn is_asking(&self, exchange: ExchangeId) -> bool {
        self.probe
            .as_ref()
            .is_some_and(|probing| probing.exchange == exchange)
    }
}
