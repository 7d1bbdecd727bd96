//! What the loop tells of its work to whoever keeps numbers, and the one line a redemption in the log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::event::{Event, ExchangeId, WriteId};
use crate::redemption::Command;
use crate::redemption::attempt::{JournalTrouble, Record};
use crate::redemption::reply::Told;
use crate::screen::Screen;

/// One thing that happened.
#[derive(Debug)]
pub enum Noted<'a> {
    /// Something woke the loop.
    Event(&'a Event),
    /// A record is given to the journal.
    Record(&'a Record),
    /// A record is durable, or will not be.
    Written {
        /// From its being given.
        took: Duration,
        /// How it ended.
        result: &'a Result<(), JournalTrouble>,
    },
    /// An exchange with Weixin ended.
    Exchanged {
        /// From its being asked for.
        took: Duration,
        /// How it ended.
        told: &'a Told,
    },
    /// There is another picture.
    Screen(&'a Screen),
}

/// Whoever keeps numbers.
pub type Observer = Box<dyn FnMut(Noted<'_>) + Send>;

/// The loop's pulse: whoever asks for a beat sees later whether one came. Asking costs a turn of the loop and no more.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    asked: Arc<Notify>,
    beats: Arc<AtomicU64>,
}

impl Pulse {
    /// Asks for a beat.
    pub fn ask(&self) {
        self.asked.notify_one();
    }

    /// How many there were.
    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Acquire)
    }

    /// Waits until somebody asks, and beats.
    pub async fn answer(&self) {
        self.asked.notified().await;
        self.beats.fetch_add(1, Ordering::AcqRel);
    }
}

/// What is under way, and who is told of its end.
#[derive(Default)]
pub(super) struct Observed {
    pub(super) observer: Option<Observer>,
    exchanges: BTreeMap<ExchangeId, Instant>,
    writes: BTreeMap<WriteId, Instant>,
}

impl Observed {
    fn tell(&mut self, noted: Noted<'_>) {
        if let Some(observer) = &mut self.observer {
            observer(noted);
        }
    }

    pub(super) fn event(&mut self, event: &Event, now: Instant) {
        let since = |begun: Option<Instant>| {
            begun
                .map(|begun| now.saturating_duration_since(begun))
                .unwrap_or_default()
        };
        match event {
            Event::Replied { exchange, told, .. } => {
                let took = since(self.exchanges.remove(exchange));
                self.tell(Noted::Exchanged { took, told });
            }
            Event::Journaled { write, result } => {
                let took = since(self.writes.remove(write));
                self.tell(Noted::Written { took, result });
            }
            Event::Payload(..)
            | Event::HandedOver { .. }
            | Event::Invitation(_)
            | Event::Touch(_)
            | Event::Camera(_)
            | Event::View(_)
            | Event::Note { .. }
            | Event::Witnessed(_)
            | Event::Duty(_) => {}
        }
        self.tell(Noted::Event(event));
    }

    pub(super) fn command(&mut self, command: &Command, now: Instant) {
        match command {
            Command::Exchange { exchange, .. } => {
                self.exchanges.insert(*exchange, now);
            }
            Command::Journal { write, record } => {
                self.writes.insert(*write, now);
                log(record);
                self.tell(Noted::Record(record));
            }
        }
    }

    pub(super) fn screen(&mut self, screen: &Screen) {
        self.tell(Noted::Screen(screen));
    }
}

/// A plain enum's word, as the journal writes it.
pub fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_cannot_be) => String::new(),
    }
}

/// One line a redemption, by which IT finds it: the attempt's id, and no code and no customer.
fn log(record: &Record) {
    let Record::Settled(settled) = record else {
        return;
    };
    tracing::info!(
        attempt = %settled.attempt,
        outcome = word(settled.outcome),
        settled_by = settled.by.map(word),
        errcode = settled.errcode,
        "redemption"
    );
}
