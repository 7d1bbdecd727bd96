//! The shell's answers to what is wished behind the counter: reads the journal, looks at PINs, keeps settings, changes the
//! camera. All of it in a thread of its own, so that neither the window nor the loop ever waits for it.

mod answers;
mod day;
mod examination;
mod titles;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};

use super::desk::Ask;
use super::lens::Lens;
use crate::card::{CardId, CardTitle};
use crate::kiosk::clock::Clock;
use crate::office::checkup::CheckLine;
use crate::office::{Office, Settings, Wish};
use crate::staff::Staff;
use crate::worker::Worker;

pub(super) use day::Journals;
pub(super) use examination::Examined;
pub(super) use titles::Titles;

/// Which of the doctor's looks: what an earlier one still had on its way is not wanted.
pub(super) type Round = u32;

/// How many wishes may wait.
const WISHES: usize = 64;

/// How many coupons' names are kept in mind: far more than any merchant has.
const TITLES: usize = 1_000;

/// Something to see to.
#[derive(Debug)]
pub(super) enum Asked {
    /// The window wishes.
    Wish(Wish),
    /// The doctor found this.
    Found(Round, CheckLine),
    /// The doctor has looked at everything; in short.
    Examined(Round, String),
    /// A record was written.
    Recorded,
    /// The screen tells what a coupon is called.
    Title(CardId, String),
    /// The kiosk is closed.
    End,
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

    /// For the doctor's thread, which the office may be about to wait for.
    fn told(&self, asked: Asked) {
        if self.0.try_send(asked).is_err() {
            tracing::warn!("the office is too busy for what the doctor found");
        }
    }

    /// For the journal's thread. Where many wait already, one of them will read this record too.
    pub(super) fn recorded(&self) {
        if self.0.try_send(Asked::Recorded).is_err() {
            tracing::debug!("the office is busy or gone");
        }
    }
}

/// What the office works on.
pub(super) struct Papers {
    /// Where records are read.
    pub(super) journals: Journals,
    /// Staff and settings stand beside this journal.
    pub(super) journal: PathBuf,
    /// What was changed on the screen before.
    pub(super) settings: Settings,
    /// The store and the desk as IT has named them.
    pub(super) names: (Option<String>, Option<String>),
    /// What the doctor looks at.
    pub(super) examined: Examined,
    /// For the waits after wrong PINs, and for the name of an export.
    pub(super) clock: Clock,
}

/// The thread and what it has to show. It ends when this goes, the camera with it.
pub(super) struct OfficeThread {
    pub(super) seen: watch::Receiver<Office>,
    wishes: Wishes,
    worker: Option<Worker>,
}

impl OfficeThread {
    /// Starts the thread; what it shows first is there at once.
    pub(super) fn start(
        (wishes, asked): (Wishes, Receiver<Asked>),
        papers: Papers,
        asks: mpsc::Sender<Ask>,
        lens: Option<Lens>,
        waker: Arc<OnceLock<Waker>>,
    ) -> anyhow::Result<Self> {
        let (shown, seen) = watch::channel(Office::default());
        let mut serving = Serving {
            staff: Staff::open(&papers.journal),
            papers,
            shown,
            waker,
            office: Office::default(),
            looks: false,
            titles: BTreeMap::new(),
            asks,
            lens,
            wishes: wishes.clone(),
            doctor: None,
            round: 0,
        };
        serving.begin();
        let worker = Worker::start("office", move |_stop| {
            serving.open_lens();
            // One read answers everything that waits.
            while let Ok(first) = asked.recv() {
                if !serving.take(first) {
                    return;
                }
                while let Ok(next) = asked.try_recv() {
                    if !serving.take(next) {
                        return;
                    }
                }
                serving.read();
                serving.publish();
            }
        });
        Ok(Self {
            seen,
            wishes,
            worker: Some(worker.context("the office's thread cannot be started")?),
        })
    }
}

impl Drop for OfficeThread {
    fn drop(&mut self) {
        if self.wishes.0.send(Asked::End).is_err() {
            tracing::debug!("the office had ended");
        }
        drop(self.worker.take());
    }
}

struct Serving {
    papers: Papers,
    staff: Staff,
    shown: watch::Sender<Office>,
    waker: Arc<OnceLock<Waker>>,
    office: Office,
    /// Somebody looks at the day's list.
    looks: bool,
    titles: BTreeMap<CardId, String>,
    asks: mpsc::Sender<Ask>,
    lens: Option<Lens>,
    wishes: Wishes,
    /// Looks at the desk; one at a time.
    doctor: Option<Worker>,
    round: Round,
}

impl Serving {
    fn read(&mut self) {
        if self.looks {
            self.office.day = self.papers.journals.today(&self.titles);
        }
        if let Some(story) = &mut self.office.story {
            story.records = self.papers.journals.story(&story.id);
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
