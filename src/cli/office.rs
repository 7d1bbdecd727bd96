//! The shell's answers to what is wished behind the counter: reads the journal, looks at PINs, keeps settings, changes the
//! camera. All of it in a thread of its own, so that neither the window nor the loop ever waits for it.

mod answers;
mod day;
mod examination;
mod titles;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};

use super::desk::Ask;
use super::lens::Lens;
use crate::card::{CardId, CardTitle};
use crate::doctor::latency;
use crate::frame::Delays;
use crate::kiosk::clock::{self, Clock};
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

/// How often the doctor is left what was measured.
const KEEP_EVERY: Duration = Duration::from_mins(1);

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
    /// Kept beside the journal now and then, for the doctor.
    pub(super) delays: Delays,
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
            manager: None,
            titles: BTreeMap::new(),
            asks,
            lens,
            wishes: wishes.clone(),
            doctor: None,
            round: 0,
            kept: None,
        };
        serving.begin();
        let worker = Worker::start("office", move |_stop| {
            serving.open_lens();
            while serving.serve(&asked) {
                serving.keep_delays(KEEP_EVERY);
            }
            serving.keep_delays(Duration::ZERO);
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
    /// Whose PIN has opened a manager's pages.
    manager: Option<String>,
    titles: BTreeMap<CardId, String>,
    asks: mpsc::Sender<Ask>,
    lens: Option<Lens>,
    wishes: Wishes,
    /// Looks at the desk; one at a time.
    doctor: Option<Worker>,
    round: Round,
    /// When the delays were kept last.
    kept: Option<Instant>,
}

impl Serving {
    /// Sees to everything that waits, and waits for the next; `false` at the end.
    fn serve(&mut self, asked: &Receiver<Asked>) -> bool {
        match asked.recv_timeout(KEEP_EVERY) {
            Ok(first) => {
                if !self.take(first) {
                    return false;
                }
            }
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        // One read answers all of them.
        while let Ok(next) = asked.try_recv() {
            if !self.take(next) {
                return false;
            }
        }
        self.read();
        self.publish();
        true
    }

    /// Keeps how long frames took, where that was not done for so long. A demo's are nobody's matter.
    fn keep_delays(&mut self, every: Duration) {
        let now = clock::tick();
        let is_due = |kept: Instant| now.saturating_duration_since(kept) >= every;
        if matches!(self.papers.journals, Journals::Demo(_)) || !self.kept.is_none_or(is_due) {
            return;
        }
        self.kept = Some(now);
        let at = self.papers.clock.now().wall;
        if let Err(error) = latency::keep(&self.papers.journal, &self.papers.delays, at) {
            tracing::warn!(%error, "how long frames take cannot be kept for the doctor");
        }
    }

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
