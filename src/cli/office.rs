//! The shell's answers to what is wished behind the counter: reads the journal in a thread of its own, beside the writer,
//! so that neither the window nor the loop ever waits for it.

mod day;

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use anyhow::Context as _;
use tokio::sync::watch;

use crate::card::{CardId, CardTitle};
use crate::office::{Office, Reading, Story, Wish};
use crate::worker::Worker;

pub(super) use day::Journals;

/// How many wishes may wait.
const WISHES: usize = 64;

/// How many coupons' names are kept in mind: far more than any merchant has.
const TITLES: usize = 1_000;

/// Something to see to.
#[derive(Debug)]
pub(super) enum Asked {
    /// The window wishes.
    Wish(Wish),
    /// A record was written.
    Recorded,
    /// The screen tells what a coupon is called.
    Title(CardId, String),
}

/// Where wishes go.
#[derive(Clone, Debug)]
pub(super) struct Wishes(SyncSender<Asked>);

impl Wishes {
    /// Both ends of the way to the office.
    pub(super) fn new() -> (Self, Receiver<Asked>) {
        let (sender, asked) = sync_channel(WISHES);
        (Self(sender), asked)
    }

    /// The window's.
    pub(super) fn wish(&self, wish: Wish) {
        if self.0.try_send(Asked::Wish(wish)).is_err() {
            tracing::warn!("the office is too busy for a wish");
        }
    }

    /// For the kiosk's thread.
    pub(super) fn title(&self, card_id: &CardId, title: &CardTitle) {
        let title = Asked::Title(card_id.clone(), title.title.clone());
        if self.0.try_send(title).is_err() {
            tracing::debug!("the office is busy or gone");
        }
    }

    /// For the journal's thread. Where many wait already, one of them will read this record too.
    pub(super) fn recorded(&self) {
        if self.0.try_send(Asked::Recorded).is_err() {
            tracing::debug!("the office is busy or gone");
        }
    }
}

/// The thread and what it has to show.
pub(super) struct OfficeThread {
    pub(super) seen: watch::Receiver<Office>,
    /// Joined once the last of those who wish has gone.
    _worker: Worker,
}

impl OfficeThread {
    /// Starts the thread.
    pub(super) fn start(
        asked: Receiver<Asked>,
        journals: Journals,
        waker: Arc<OnceLock<Waker>>,
    ) -> anyhow::Result<Self> {
        let (shown, seen) = watch::channel(Office::default());
        let mut serving = Serving {
            journals,
            shown,
            waker,
            office: Office::default(),
            looks: false,
            titles: BTreeMap::new(),
        };
        let worker = Worker::start("office", move |_stop| {
            // One read answers everything that waits.
            while let Ok(first) = asked.recv() {
                serving.take(first);
                while let Ok(next) = asked.try_recv() {
                    serving.take(next);
                }
                serving.read();
                serving.publish();
            }
        });
        Ok(Self {
            seen,
            _worker: worker.context("the office's thread cannot be started")?,
        })
    }
}

struct Serving {
    journals: Journals,
    shown: watch::Sender<Office>,
    waker: Arc<OnceLock<Waker>>,
    office: Office,
    /// Somebody looks at the day's list.
    looks: bool,
    titles: BTreeMap<CardId, String>,
}

impl Serving {
    fn take(&mut self, asked: Asked) {
        let wish = match asked {
            // What is looked at is read anew in any case.
            Asked::Recorded => return,
            Asked::Title(card_id, title) => {
                if self.titles.len() < TITLES {
                    self.titles.insert(card_id, title);
                }
                return;
            }
            Asked::Wish(wish) => wish,
        };
        match wish {
            Wish::Day => {
                self.looks = true;
                self.office.story = None;
            }
            Wish::Story(id) => {
                let records = Reading::Awaited;
                self.office.story = Some(Story { id, records });
            }
            Wish::Away => {
                self.looks = false;
                self.office.day = Reading::Awaited;
                self.office.story = None;
            }
        }
    }

    fn read(&mut self) {
        if self.looks {
            self.office.day = self.journals.today(&self.titles);
        }
        if let Some(story) = &mut self.office.story {
            story.records = self.journals.story(&story.id);
        }
    }

    fn publish(&self) {
        let is_new = self.shown.send_if_modified(|shown| {
            let is_new = *shown != self.office;
            if is_new {
                shown.clone_from(&self.office);
            }
            is_new
        });
        if is_new && let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }
}
