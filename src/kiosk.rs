//! The one event loop: owns the redemption, carries out its commands, publishes the screen.
//!
//! Everything that can wake it comes through one bounded inbox. Answers wait for a place in it and are never dropped;
//! scans are offered and dropped when it is full. Stopping needs no ceremony: the journal holds the truth, and the next
//! start takes up what is open.

pub mod clock;
mod desk;
pub mod observed;

use std::time::Instant;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::event::{Event, WriteId};
use crate::journal::Journal;
use crate::redemption::attempt::{Intent, JournalTrouble, Record};
use crate::redemption::done::Redeemed;
use crate::redemption::{Command, Redemption};
use crate::screen::{Desk, Screen};
use crate::weixin::Client;
use clock::Clock;
use observed::{Observed, Observer, Pulse};

/// How many events may wait. Scans leave the upper half to answers.
const INBOX: usize = 64;
const KEPT_FOR_ANSWERS: usize = INBOX / 2;

/// The sending half of the loop's inbox.
#[derive(Clone, Debug)]
pub struct Inbox(mpsc::Sender<Event>);

impl Inbox {
    /// An inbox and its receiving half, for [`Kiosk::new`].
    pub fn new() -> (Self, mpsc::Receiver<Event>) {
        let (sender, receiver) = mpsc::channel(INBOX);
        (Self(sender), receiver)
    }

    /// Offers what may be dropped: a scan or a touch. `false` where the inbox is full or the kiosk has gone.
    pub fn offer(&self, event: Event) -> bool {
        self.0.capacity() > KEPT_FOR_ANSWERS && self.0.try_send(event).is_ok()
    }

    /// For the journal's thread: waits for a place. Nothing is lost when the kiosk has gone, the file has it.
    pub fn journaled(&self, write: WriteId, result: Result<(), JournalTrouble>) {
        let event = Event::Journaled { write, result };
        if self.0.blocking_send(event).is_err() {
            tracing::debug!("a record was written after the kiosk had stopped");
        }
    }
}

/// The loop and all it owns. The fields drop in this order: the inbox first, so that the journal's thread, which may be
/// waiting for a place in it, can end.
pub struct Kiosk {
    events: mpsc::Receiver<Event>,
    inbox: Inbox,
    exchanges: JoinSet<()>,
    redemption: Redemption,
    weixin: Client,
    clock: Clock,
    desk: Desk,
    screens: watch::Sender<Screen>,
    observed: Observed,
    pulse: Pulse,
    journal: Journal,
}

/// What a kiosk is put together from.
pub struct Parts {
    /// What the configuration says about redeeming.
    pub rules: crate::redemption::Rules,
    /// A seed that no other process has.
    pub seed: [u8; 16],
    /// The card API.
    pub weixin: Client,
    /// The durable record, whose answers go to `inbox`.
    pub journal: Journal,
    /// What an earlier run left open.
    pub open: Vec<Intent>,
    /// What earlier runs redeemed, oldest first.
    pub redeemed: Vec<Redeemed>,
    /// What managers said and events told of what is open, oldest first.
    pub noted: Vec<Record>,
    /// Why the journal cannot be written, where that is known from the start.
    pub trouble: Option<JournalTrouble>,
    /// The clocks.
    pub clock: Clock,
    /// Both halves of the inbox.
    pub inbox: (Inbox, mpsc::Receiver<Event>),
}

impl Kiosk {
    /// Puts the loop together; nothing is asked before it runs.
    pub fn new(parts: Parts) -> (Self, watch::Receiver<Screen>) {
        let ids = crate::redemption::attempt::AttemptIds::new(parts.seed);
        let now = parts.clock.now();
        let mut redemption = Redemption::new(parts.rules, ids, parts.open, parts.trouble, now);
        redemption.remember(parts.redeemed);
        redemption.recall(parts.noted, now);
        let (screens, seen) = watch::channel(redemption.screen());
        let (inbox, events) = parts.inbox;
        let kiosk = Self {
            events,
            inbox,
            exchanges: JoinSet::new(),
            redemption,
            weixin: parts.weixin,
            clock: parts.clock,
            desk: Desk::default(),
            screens,
            observed: Observed::default(),
            pulse: Pulse::default(),
            journal: parts.journal,
        };
        (kiosk, seen)
    }

    /// Where events are offered.
    pub fn inbox(&self) -> Inbox {
        self.inbox.clone()
    }

    /// Tells `observer` what happens from now on.
    pub fn observe(&mut self, observer: Observer) {
        self.observed.observer = Some(observer);
    }

    /// Answers this pulse from now on.
    pub fn beat_with(&mut self, pulse: Pulse) {
        self.pulse = pulse;
    }

    /// Serves until it is dropped.
    pub async fn run(&mut self) {
        loop {
            self.act();
            self.take().await;
        }
    }

    /// Does all that the machine wants done, and shows what it looks like now.
    pub(crate) fn act(&mut self) {
        self.carry_out();
        self.publish();
    }

    /// Waits for one event or for the machine's time, and tells the machine. Nothing is lost by dropping this.
    pub(crate) async fn take(&mut self) {
        let timeout = self.redemption.poll_timeout();
        tokio::select! {
            biased;
            event = self.events.recv() => {
                if let Some(event) = event {
                    let now = self.clock.now();
                    if let Event::HandedOver { number, until, .. } = &event
                        && !self.may_take(*number, *until, now.tick)
                    {
                        return;
                    }
                    desk::note(&mut self.desk, &event, now.wall);
                    self.observed.event(&event, now.tick);
                    self.redemption.handle_event(event, now);
                }
            }
            () = self.pulse.answer() => {}
            () = sleep_until(timeout) => {
                self.redemption.handle_timeout(self.clock.now());
            }
        }
        while self.exchanges.try_join_next().is_some() {}
    }

    /// Whether a choice is begun with now: one that is passed over is not said to be taken, and is offered again.
    fn may_take(&self, number: u64, until: Instant, now: Instant) -> bool {
        let is_new = self.desk.taken != Some(number);
        is_new && now < until && self.redemption.takes_payloads()
    }

    fn carry_out(&mut self) {
        while let Some(command) = self.redemption.poll_command() {
            self.observed.command(&command, self.clock.now().tick);
            match command {
                Command::Journal { write, record } => {
                    if let Err(trouble) = self.journal.append(write, *record) {
                        let result = Err(trouble);
                        let event = Event::Journaled { write, result };
                        self.redemption.handle_event(event, self.clock.now());
                    }
                }
                Command::Exchange {
                    exchange,
                    ask,
                    limit,
                } => {
                    let weixin = self.weixin.clone();
                    let inbox = self.inbox.0.clone();
                    self.exchanges.spawn(async move {
                        let exchanged = weixin.exchange(ask, limit).await;
                        let event = Event::Replied {
                            exchange,
                            told: exchanged.told,
                            answer: exchanged.answer,
                            sent_after: exchanged.sent_after,
                        };
                        if inbox.send(event).await.is_err() {
                            tracing::debug!("an answer came after the kiosk had stopped");
                        }
                    });
                }
            }
        }
    }

    fn publish(&mut self) {
        let mut screen = self.redemption.screen();
        screen.desk = self.desk.clone();
        self.screens.send_if_modified(|shown| {
            let is_new = *shown != screen;
            if is_new {
                self.observed.screen(&screen);
                *shown = screen;
            }
            is_new
        });
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
