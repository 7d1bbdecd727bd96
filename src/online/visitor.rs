//! One customer's machine: the same redemption as a kiosk's, carried out by a task of its own.
//!
//! The task outlives the phone that began it for as long as something is in doubt or on its way to the disk.

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::card::Code;
use crate::event::{Event, Touch};
use crate::kiosk::clock::Clock;
use crate::redemption::attempt::{AttemptIds, Intent, JournalTrouble, Record};
use crate::redemption::{Command, Redemption, Rules};
use crate::screen::{Screen, Stage};
use crate::weixin::Client;

use super::claims::Claims;
use super::scribe::Scribe;

/// A visitor touches and chooses; everything else has a way of its own. More than a few at once is no person.
const INBOX: usize = 8;

/// What every visitor is served with.
#[derive(Clone, Debug)]
pub struct Means {
    pub(super) weixin: Client,
    pub(super) rules: Rules,
    pub(super) clock: Clock,
    pub(super) scribe: Scribe,
    pub(super) claims: Claims,
}

/// What a page is drawn from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub(super) screen: Screen,
    /// The coupon under review was to be redeemed, but another page is doing so.
    pub(super) is_elsewhere: bool,
}

/// The page's end.
#[derive(Clone, Debug)]
pub struct Visitor {
    events: mpsc::Sender<Event>,
    seen: watch::Receiver<Seen>,
}

impl Visitor {
    /// Starts a machine, and gives it what an earlier run left open.
    pub fn start(means: Means, open: Vec<Intent>) -> Self {
        let number = means.claims.number();
        let held: Vec<Code> = open.iter().map(|open| open.code.clone()).collect();
        for code in &held {
            means.claims.claim(code, number);
        }
        let ids = AttemptIds::new(uuid::Uuid::new_v4().into_bytes());
        let now = means.clock.now();
        let trouble = means.scribe.trouble();
        let redemption = Redemption::new(means.rules.clone(), ids, open, trouble, now);
        let screen = redemption.screen();
        let (events, inbox) = mpsc::channel(INBOX);
        let (shown, seen) = watch::channel(Seen {
            screen,
            is_elsewhere: false,
        });
        let mut serving = Serving {
            means,
            number,
            redemption,
            inbox,
            is_open: true,
            work: JoinSet::new(),
            held,
            is_elsewhere: false,
            shown,
        };
        tokio::spawn(async move { serving.run().await });
        Self { events, seen }
    }

    /// Tells the machine something; `false` where it is given too much at once.
    pub fn tell(&self, event: Event) -> bool {
        self.events.try_send(event).is_ok()
    }

    /// What is to be seen, now and on each change.
    pub fn seen(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }
}

struct Serving {
    means: Means,
    number: u64,
    redemption: Redemption,
    inbox: mpsc::Receiver<Event>,
    is_open: bool,
    /// Exchanges and writes on their way.
    work: JoinSet<Event>,
    held: Vec<Code>,
    is_elsewhere: bool,
    shown: watch::Sender<Seen>,
}

impl Serving {
    async fn run(&mut self) {
        loop {
            self.carry_out().await;
            let screen = self.redemption.screen();
            self.release(&screen);
            if !self.is_open && self.is_over(&screen) {
                return;
            }
            self.publish(screen);
            let timeout = self.redemption.poll_timeout();
            tokio::select! {
                biased;
                Some(done) = self.work.join_next(), if !self.work.is_empty() => match done {
                    Ok(event) => self.handle(event),
                    Err(error) => tracing::error!(%error, "an exchange ended by a fault"),
                },
                event = self.inbox.recv(), if self.is_open => match event {
                    Some(event) => self.handle_from_page(event),
                    None => self.is_open = false,
                },
                () = sleep_until(timeout) => {
                    self.redemption.handle_timeout(self.means.clock.now());
                }
            }
        }
    }

    fn handle(&mut self, event: Event) {
        self.redemption.handle_event(event, self.means.clock.now());
    }

    /// A confirm is passed on only for a code that no other visitor has.
    fn handle_from_page(&mut self, event: Event) {
        self.is_elsewhere = false;
        if let Event::Touch(Touch::Confirm(look_up)) = &event
            && let Stage::Review(review) = self.redemption.screen().stage
            && review.look_up == *look_up
            && !self.claim(&review.info.code)
        {
            self.is_elsewhere = true;
            return;
        }
        self.handle(event);
    }

    fn claim(&mut self, code: &Code) -> bool {
        let is_ours = self.means.claims.claim(code, self.number);
        if is_ours && !self.held.contains(code) {
            self.held.push(code.clone());
        }
        is_ours
    }

    /// Gives back the codes that nothing is done about any more.
    fn release(&mut self, screen: &Screen) {
        let is_held = |code: &Code| match &screen.stage {
            Stage::Working(_) => true,
            Stage::Review(review) if review.info.code == *code => true,
            Stage::Review(_) | Stage::Idle | Stage::Finished(_) => {
                !self.redemption.is_settled_on_disk()
                    || screen.doubts.iter().any(|doubt| doubt.code == *code)
            }
        };
        let (held, given_back) = self.held.drain(..).partition(is_held);
        self.held = held;
        let given_back: Vec<Code> = given_back;
        for code in &given_back {
            self.means.claims.release(code, self.number);
        }
    }

    async fn carry_out(&mut self) {
        while let Some(command) = self.redemption.poll_command() {
            match command {
                Command::Journal { write, record } => {
                    if let Record::Intent(intent) = &*record
                        && !self.claim(&intent.code)
                    {
                        let result = Err(JournalTrouble::Failing);
                        self.handle(Event::Journaled { write, result });
                        continue;
                    }
                    let written = self.means.scribe.write(*record).await;
                    self.work.spawn(async move {
                        let result = written.await.unwrap_or(Err(JournalTrouble::Failing));
                        Event::Journaled { write, result }
                    });
                }
                Command::Exchange {
                    exchange,
                    ask,
                    limit,
                } => {
                    let weixin = self.means.weixin.clone();
                    self.work.spawn(async move {
                        let exchanged = weixin.exchange(ask, limit).await;
                        Event::Replied {
                            exchange,
                            told: exchanged.told,
                            answer: exchanged.answer,
                            sent_after: exchanged.sent_after,
                        }
                    });
                }
            }
        }
    }

    fn is_over(&self, screen: &Screen) -> bool {
        let is_working = matches!(screen.stage, Stage::Working(_));
        !is_working && screen.doubts.is_empty() && self.redemption.is_settled_on_disk()
    }

    fn publish(&self, screen: Screen) {
        let seen = Seen {
            screen,
            is_elsewhere: self.is_elsewhere,
        };
        self.shown.send_if_modified(|shown| {
            let is_new = *shown != seen;
            if is_new {
                *shown = seen;
            }
            is_new
        });
    }
}

async fn sleep_until(at: Option<std::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
