//! The program's runs: it starts, writes, and ends at any moment.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::watch;

use super::super::wall;
use super::{Happening, World};
use crate::event::{Event, WriteId};
use crate::journal::disk::Disk;
use crate::journal::{Given, Journal, Writer};
use crate::kiosk::clock::Clock;
use crate::kiosk::{Inbox, Kiosk, Parts};
use crate::redemption::Rules;
use crate::redemption::attempt::Record;
use crate::scanner::tracker::Tracker;
use crate::screen::Screen;
use crate::weixin::Client;

/// One run of the program, from its start to its end.
pub(super) struct Life {
    pub(super) number: u64,
    pub(super) kiosk: Kiosk,
    pub(super) screens: watch::Receiver<Screen>,
    pub(super) inbox: Inbox,
    writer: Writer,
    pub(super) given: Given,
    pub(super) to_write: VecDeque<(WriteId, Record)>,
    pub(super) is_writing: bool,
    pub(super) tracker: Tracker,
}

impl World {
    /// The program starts, as `run` starts it.
    pub(super) fn begin(&mut self) -> Result<Option<Life>, String> {
        self.whole()?;
        // A machine without a battery learns the time when it is up.
        if self.weather.wall_jumps > 0 && self.chance.percent(70) {
            self.set_wall();
        }
        self.counted += 1;
        let (inbox, events) = Inbox::new();
        let disk = Disk::Simulated(self.disk.clone());
        let opened = Journal::open_on(&self.journal, disk);
        let (opened, writer, given) = opened.map_err(|held| held.to_string())?;
        if self.disk().has_ended() {
            self.story
                .tell(|| "the program ends in its start".to_owned());
            drop((opened, writer, given));
            self.disk().restore();
            let later = self.chance.millis(200, 5000);
            self.after(later, Happening::Begins);
            return Ok(None);
        }
        let trouble = opened.trouble;
        let open = opened.in_doubt.len();
        self.story
            .tell(|| format!("the program starts: {open} in doubt, {trouble:?}"));
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&self.chance.next().to_be_bytes());
        let parts = Parts {
            rules: Rules {
                timeout: Duration::from_secs(10),
                doubt: Duration::from_secs(30),
                custom_code: Vec::new(),
                honoured: Vec::new(),
                desk: Some("simulated".to_owned()),
            },
            seed,
            weixin: Client::simulated(self.posts.0.clone()),
            journal: opened.journal,
            open: opened.in_doubt,
            redeemed: opened.redeemed,
            noted: opened.noted,
            trouble,
            clock: Clock::Simulated(wall::now),
            inbox: (inbox.clone(), events),
        };
        let (kiosk, screens) = Kiosk::new(parts);
        let life = Life {
            number: self.counted,
            kiosk,
            screens,
            inbox,
            writer,
            given,
            to_write: VecDeque::new(),
            is_writing: false,
            tracker: Tracker::default(),
        };
        self.tell_again(&life);
        Ok(Some(life))
    }

    /// The journal's thread takes what waits, and tells the loop.
    pub(super) fn write(&mut self, number: u64, alive: &mut Option<Life>) {
        let Some(life) = alive.as_mut().filter(|life| life.number == number) else {
            return;
        };
        let (writes, records): (Vec<_>, Vec<_>) = life.to_write.drain(..).unzip();
        if records.is_empty() {
            return;
        }
        life.is_writing = false;
        if records.len() > 1 {
            self.story.count("written together");
        }
        let written = life.writer.append(&records);
        if self.disk().has_ended() {
            self.story.tell(|| "the program ends in a write".to_owned());
            self.story.count("ends in a write");
            if let Some(life) = alive.take() {
                self.end(life, false);
            }
            return;
        }
        for ((write, record), result) in writes.into_iter().zip(records).zip(written) {
            self.story.tell(|| format!("written {write:?}: {result:?}"));
            if result.is_err() {
                self.story.count("failed writes");
            }
            self.ledger.written(record, result.is_ok());
            let is_told = life.inbox.offer(Event::Journaled { write, result });
            assert!(is_told, "the inbox is empty after every step");
        }
    }

    /// The program ends, by a kill or with the power.
    pub(super) fn end(&mut self, life: Life, is_power_cut: bool) {
        self.story
            .tell(|| format!("the program ends; power cut: {is_power_cut}"));
        self.story.count("restarts");
        self.disk().end(is_power_cut);
        drop(life);
        self.disk().restore();
        self.ledger.restarted();
        if self.weather.flip && self.chance.percent(30) {
            let flipped = self.disk().flip();
            self.is_flipped |= flipped.is_some();
            self.ledger.damaged();
            self.story.tell(|| format!("a bit flips: {flipped:?}"));
            self.story.count("flipped bits");
        }
        let is_quick = self.chance.percent(50);
        let later = self
            .chance
            .millis(200, if is_quick { 1500 } else { 20_000 });
        self.after(later, Happening::Begins);
    }
}
