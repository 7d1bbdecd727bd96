//! A kiosk with its window: the threads, and how they are joined. `run` and the demo stand on it.
//!
//! ```text
//! camera -> frames -> scanner --+
//!              |                v
//!              +-> window -> asks -> kiosk (its loop and the network) -> screens -> window
//! ```

mod observation;
mod serving;
mod training;

use std::convert::Infallible;
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, OnceLock};
use std::task::Waker;

use anyhow::{Context as _, bail};
use tokio::sync::{mpsc, oneshot, watch};

use observation::Observation;
pub(super) use serving::speaker;
use serving::{Serving, Sounding, Wakes};

use super::delay::Delay;
use super::display::panels;
use super::lens::{self, Lens};
use super::office::{Asked, OfficeThread, Papers, Titles, Wishes};
use super::set_up;
use crate::camera::pictures::Phones;
use crate::camera::{Demand, Wanted};
use crate::event::{CameraState, Event, OnDuty};
use crate::frame::{Delays, Frame, Outlines, Slot, View};
use crate::health::Numbers;
use crate::health::watchdog::{self, Beats, Curious, Watched};
use crate::kiosk::observed::Pulse;
use crate::kiosk::{Kiosk, Parts};
use crate::payload::{Origin, Payload, PaymentCodes};
use crate::scanner::{self, Symbologies, tracker::Sighting};
use crate::screen::handset::{Handset, Press};
use crate::screen::{Screen, Shade};
use crate::sound::Speaker;
use crate::ui::{self, Said};
use crate::witness;
use crate::wording::Language;
use crate::worker::Worker;

/// How many asks may wait for the loop.
const ASKS: usize = 64;

/// What reaches the kiosk's thread.
#[derive(Debug)]
pub(super) enum Ask {
    /// For the loop.
    Event(Event),
    /// Hold up this phone of the demo, or of the training.
    Phone(usize),
    /// Sounds from now on have so many percent.
    Volume(u8),
    /// Play the demo's stories instead of serving customers, where none is being served; says whether it does.
    Train(Phones, SyncSender<bool>),
    /// Serve customers again.
    EndTraining,
}

/// Who gives the kiosk its parts, and again where a demo's next story begins.
pub(super) trait Stories: Send + 'static {
    /// A phone of the strip was chosen. `Some` begins a new story.
    fn choose(&mut self, phone: usize) -> Option<Parts>;
    /// The screen changed.
    fn see(&mut self, screen: &Screen);
}

/// The kiosk's thread, and what leads to it and from it.
pub(super) struct Desk {
    asks: mpsc::Sender<Ask>,
    screens: watch::Receiver<Screen>,
    frames: Arc<Slot<Frame>>,
    outlines: Arc<Outlines>,
    /// What the scanner needs of the camera.
    demand: Demand,
    delays: Delays,
    waker: Arc<OnceLock<Waker>>,
    numbers: Numbers,
    pulse: Pulse,
    beats: Beats,
    wishes: Wishes,
    office: OfficeThread,
    kiosk: Kept,
}

/// The kiosk's thread as long as it is wanted. Whoever asks it something may outlive it: they find nobody there. The
/// fields drop in this order, so that the thread is told before it is waited for.
struct Kept {
    _wanted: oneshot::Sender<Infallible>,
    thread: Worker,
}

impl Desk {
    /// Starts the kiosk's thread and the office's.
    pub(super) fn start(
        (parts, speaker): (Parts, Option<Speaker>),
        stories: impl Stories,
        (wishes, wished): (Wishes, Receiver<Asked>),
        papers: Papers,
        camera: Option<Wanted>,
    ) -> anyhow::Result<Self> {
        let (asks, asked) = mpsc::channel(ASKS);
        let waker = Arc::new(OnceLock::new());
        let (numbers, pulse) = (Numbers::default(), Pulse::default());
        let watched = Observation {
            numbers: numbers.clone(),
            pulse: pulse.clone(),
        };
        let (mut kiosk, first) = Kiosk::new(parts);
        watched.begin(&mut kiosk);
        let (seen, screens) = watch::channel(first.borrow().clone());
        let (wanted, unwanted) = oneshot::channel();
        let mut serving = Serving {
            asked,
            unwanted,
            seen,
            waker: Wakes(Arc::clone(&waker)),
            wake_at: None,
            camera: CameraState::default(),
            view: View::default(),
            invitation: None,
            duty: OnDuty::default(),
            sounding: Sounding {
                speaker,
                heard: None,
            },
            stories,
            titles: Titles::new(wishes.clone()),
            wishes: wishes.clone(),
            trained: None,
        };
        let runtime = set_up::runtime()?;
        let thread = Worker::start("kiosk", move |_stop| {
            runtime.block_on(async {
                let mut next = Some((kiosk, first));
                while let Some((kiosk, screens)) = next.take() {
                    next = serving.serve(kiosk, screens).await.map(|parts| {
                        let (mut kiosk, screens) = Kiosk::new(parts);
                        watched.begin(&mut kiosk);
                        (kiosk, screens)
                    });
                }
            });
        })?;
        let frames: Arc<Slot<Frame>> = Arc::default();
        let demand = Demand::default();
        let lens = camera
            .map(|wanted| Lens::new(wanted, Arc::clone(&frames), asks.clone(), demand.clone()));
        let delays = papers.delays.clone();
        let ends = (wishes.clone(), wished);
        let office = OfficeThread::start(ends, papers, asks.clone(), lens, Arc::clone(&waker))?;
        Ok(Self {
            asks,
            screens,
            frames,
            outlines: Arc::default(),
            demand,
            delays,
            waker,
            numbers,
            pulse,
            beats: Beats::default(),
            wishes,
            office,
            kiosk: Kept {
                _wanted: wanted,
                thread,
            },
        })
    }

    /// What is counted here.
    pub(super) fn numbers(&self) -> Numbers {
        self.numbers.clone()
    }

    /// Where the camera puts its frames.
    pub(super) fn frames(&self) -> Arc<Slot<Frame>> {
        Arc::clone(&self.frames)
    }

    /// How long frames take.
    pub(super) fn delays(&self) -> Delays {
        self.delays.clone()
    }

    /// Where the camera tells its state.
    pub(super) fn camera(&self) -> impl FnMut(CameraState) + Send + 'static {
        lens::report(self.asks.clone())
    }

    /// Starts the scanner on the frames.
    pub(super) fn scanner(
        &self,
        symbologies: Symbologies,
        payment_codes: PaymentCodes,
    ) -> anyhow::Result<Worker> {
        let asks = self.asks.clone();
        let mut delay = Delay::into(self.delays());
        let demand = self.demand.clone();
        let report = move |sighting, at| {
            let event = match sighting {
                Sighting::Taken(found) => {
                    tracing::debug!("taken");
                    delay.since(at);
                    demand.taken();
                    Event::Payload(Payload::parse(&found.text, payment_codes), Origin::Desk)
                }
                Sighting::View(view) => {
                    demand.see(view);
                    Event::View(view)
                }
            };
            if asks.try_send(Ask::Event(event)).is_err() {
                tracing::warn!("the kiosk is too busy for what was scanned");
            }
        };
        let outlines = Arc::clone(&self.outlines);
        let worker = scanner::watch(self.frames(), symbologies, outlines, report);
        worker.context("the scanner's thread cannot be started")
    }

    /// What a line to the online half tells, and what it looks at.
    pub(super) fn ends(&self) -> (mpsc::Sender<Ask>, watch::Receiver<Screen>) {
        (self.asks.clone(), self.screens.clone())
    }

    /// Wakes the window, as soon as there is one.
    pub(super) fn wake(&self) -> impl Fn() + Send + 'static {
        let waker = Arc::clone(&self.waker);
        move || {
            if let Some(waker) = waker.get() {
                waker.wake_by_ref();
            }
        }
    }

    /// Hears Weixin's events, where the merchant's server passes them on.
    pub(super) fn witness(&self, sources: witness::Sources) -> anyhow::Result<witness::Hearing> {
        let asks = self.asks.clone();
        let tell = move |seen| asks.try_send(Ask::Event(Event::Witnessed(seen))).is_ok();
        witness::hear(sources, Box::new(tell)).context("Weixin's events cannot be heard")
    }

    /// What a window onto this kiosk is put together from.
    pub(super) fn window(
        &self,
        look: DeskLook,
        remember: impl Fn(Language) + 'static,
    ) -> ui::Parts {
        let asks = self.asks.clone();
        let wishes = self.wishes.clone();
        let outlines = Arc::clone(&self.outlines);
        let presses = look.handset.as_ref().map(|(presses, _)| presses.clone());
        let tell = move |said| {
            let ask = match said {
                Said::Event(event) => Ask::Event(event),
                Said::Phone(place) => Ask::Phone(place),
                Said::Handset(press) => {
                    // A touch too many is none.
                    if let Some(presses) = &presses {
                        presses.try_send(press).ok();
                    }
                    return;
                }
                Said::Wish(wish) => return wishes.wish(wish),
                Said::Language(language) => return remember(language),
                Said::Sight(id) => return outlines.touched.put(id),
            };
            if asks.try_send(ask).is_err() {
                tracing::warn!("the kiosk is too busy for what was touched");
            }
        };
        let (beats, numbers) = (self.beats.clone(), self.numbers.clone());
        let beat = move |picture: Option<f32>| {
            beats.beat();
            if let Some(seconds) = picture {
                numbers.redrawn(seconds);
            }
        };
        ui::Parts {
            beat: Box::new(beat),
            screens: self.screens.clone(),
            office: self.office.seen.clone(),
            frames: self.frames(),
            outlines: Arc::clone(&self.outlines),
            delays: self.delays.clone(),
            tell: Box::new(tell),
            tick: Box::new(crate::kiosk::clock::tick),
            language: look.language,
            zone: look.zone,
            payment_codes: look.payment_codes,
            phones: look.phones,
            handset: look.handset.map(|(_, handset)| handset),
            is_fullscreen: look.is_fullscreen,
            shade: look.shade,
            panels: panels::told(),
        }
    }

    /// Opens the window, and returns when it is closed. The kiosk's thread ends with it; where that ended before, it is
    /// an error: whoever started the program starts it again, and the journal has the truth.
    pub(super) fn open(
        self,
        look: DeskLook,
        curious: Curious,
        remember: impl Fn(Language) + 'static,
    ) -> anyhow::Result<()> {
        let wake = self.wake();
        let parts = self.window(look, remember);
        let Self {
            waker,
            kiosk,
            numbers,
            pulse,
            beats,
            office: _office,
            ..
        } = self;
        let watched = Watched {
            kiosk: pulse,
            window: beats,
            wake_window: Box::new(wake),
            numbers,
        };
        let patience = watchdog::patience(std::env::var_os("WATCHDOG_USEC"));
        let _watchdog = watchdog::start(watched, patience, curious)
            .context("the watchdog's thread cannot be started")?;
        let opened = ui::open(parts, move |woken| {
            if waker.set(woken).is_err() {
                tracing::debug!("the window was made twice");
            }
        });
        if kiosk.thread.has_ended() {
            bail!("the kiosk's own loop ended by a fault; start it again");
        }
        opened.map_err(|error| anyhow::anyhow!("the window cannot be opened: {error}"))
    }
}

/// How the window looks.
#[derive(Clone)]
pub(super) struct DeskLook {
    pub(super) language: Language,
    pub(super) zone: jiff::tz::TimeZone,
    pub(super) payment_codes: PaymentCodes,
    pub(super) phones: Option<Vec<String>>,
    /// The demo's stand-in for a customer's own phone: takes touches, and is seen.
    pub(super) handset: Option<(mpsc::Sender<Press>, watch::Receiver<Option<Handset>>)>,
    pub(super) is_fullscreen: bool,
    pub(super) shade: Shade,
}
