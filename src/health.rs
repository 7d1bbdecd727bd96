//! The numbers of a running kiosk, for whoever watches many: `/healthz`, `/readyz` and `/metrics` on a loopback address.
//!
//! [`Numbers`] is told what happens, by the loop and by the window; [`serve`] hands them out in Prometheus' words. Nothing
//! in them names a code, a customer or a secret. [`watchdog`] asks loop and window for a beat now and then, and tells
//! systemd only when both have answered.

mod classes;
mod delays;
mod register;
mod resident;
mod server;
pub mod update_lock;
pub mod watchdog;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::event::{CameraState, Event};
use crate::frame::{Delays, Frame, Slot};
use crate::kiosk::observed::{Noted, word};
use crate::redemption::attempt::Record;
use crate::redemption::reply::Told;
use crate::screen::{Connection, Screen};

use classes::end;
use delays::LensDelay;
use resident::resident;
pub use server::{Serving, serve};

type Labels = Vec<(&'static str, String)>;
type Counts = Family<Labels, Counter>;
type Decimal = Gauge<f64, AtomicU64>;

#[derive(Clone)]
struct Millis;

impl MetricConstructor<Histogram> for Millis {
    fn new_metric(&self) -> Histogram {
        Histogram::new([0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0])
    }
}

/// Everything that is counted. Clones count into the same.
#[derive(Clone)]
pub struct Numbers(Arc<Inner>);

struct Inner {
    registry: Registry,
    scans: Counts,
    exchanges: Counts,
    exchange_seconds: Family<Labels, Histogram, Millis>,
    attempts: Counts,
    write_seconds: Histogram,
    write_failures: Counter,
    redraw_seconds: Histogram,
    in_doubt: Gauge,
    oldest_doubt: Decimal,
    camera: Family<Labels, Gauge>,
    camera_heals: Counter,
    frames: Gauge,
    lens_delay: LensDelay,
    token_life: Decimal,
    journal_bytes: Gauge,
    memory_bytes: Gauge,
    state: Mutex<State>,
}

/// What the gauges and `/readyz` are made of when they are asked for.
#[derive(Default)]
struct State {
    camera: CameraState,
    was_live: bool,
    screen: Option<Screen>,
    is_silent: bool,
}

/// What is looked at when somebody asks.
#[derive(Clone)]
pub struct Sources {
    /// Counts the camera's frames.
    pub frames: Arc<Slot<Frame>>,
    /// How long frames take from the lens.
    pub delays: Delays,
    /// Whose size is told.
    pub journal: PathBuf,
    /// Knows how long the token holds.
    pub weixin: crate::weixin::Client,
}

impl Default for Numbers {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("coupon_kiosk");
        let version: Labels = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
        registry.register("build", "Which version runs", Info::new(version));
        let inner = Inner {
            scans: Counts::default(),
            exchanges: Counts::default(),
            exchange_seconds: Family::new_with_constructor(Millis),
            attempts: Counts::default(),
            write_seconds: Histogram::new([
                0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0,
            ]),
            write_failures: Counter::default(),
            redraw_seconds: Histogram::new([0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]),
            in_doubt: Gauge::default(),
            oldest_doubt: Decimal::default(),
            camera: Family::default(),
            camera_heals: Counter::default(),
            frames: Gauge::default(),
            lens_delay: LensDelay::default(),
            token_life: Decimal::default(),
            journal_bytes: Gauge::default(),
            memory_bytes: Gauge::default(),
            state: Mutex::default(),
            registry,
        };
        Self(Arc::new(inner.with_counts().with_gauges()))
    }
}

impl Numbers {
    /// Takes what the loop tells.
    pub fn note(&self, noted: &Noted<'_>) {
        let inner = &self.0;
        match noted {
            Noted::Event(Event::Payload(..) | Event::HandedOver { .. }) => {
                inner.scans.get_or_create(&Vec::new()).inc();
            }
            Noted::Event(Event::Camera(state)) => self.camera(state),
            Noted::Record(Record::Settled(settled)) => {
                let labels = vec![("outcome", word(settled.outcome))];
                inner.attempts.get_or_create(&labels).inc();
            }
            Noted::Event(
                Event::Touch(_)
                | Event::Replied { .. }
                | Event::Invitation(_)
                | Event::View(_)
                | Event::Note { .. }
                | Event::Witnessed(_)
                | Event::Duty(_)
                | Event::Journaled { .. },
            )
            | Noted::Record(
                Record::Query(_)
                | Record::Intent(_)
                | Record::Resend(_)
                | Record::Probe(_)
                | Record::Remark(_)
                | Record::Mistake(_)
                | Record::Override(_)
                | Record::Witness(_)
                | Record::Sealed(_),
            ) => {}
            Noted::Written { took, result } => {
                inner.write_seconds.observe(took.as_secs_f64());
                if result.is_err() {
                    inner.write_failures.inc();
                }
            }
            Noted::Exchanged { took, told } => self.exchanged(*took, told),
            Noted::Screen(screen) => self.state(|state| state.screen = Some((*screen).clone())),
        }
    }

    /// Takes what a picture of the window cost.
    pub fn redrawn(&self, seconds: f32) {
        self.0.redraw_seconds.observe(f64::from(seconds));
    }

    /// Takes whether loop and window answered when they were asked last.
    pub fn answered(&self, all: bool) {
        self.state(|state| state.is_silent = !all);
    }

    fn state(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn camera(&self, now: &CameraState) {
        self.state(|state| {
            let before = vec![("state", state.camera.name().to_owned())];
            self.0.camera.get_or_create(&before).set(0);
            self.0
                .camera
                .get_or_create(&vec![("state", now.name().to_owned())])
                .set(1);
            if matches!(now, CameraState::Live { .. }) {
                if state.was_live {
                    self.0.camera_heals.inc();
                }
                state.was_live = true;
            }
            state.camera = now.clone();
        });
    }

    fn exchanged(&self, took: Duration, told: &Told) {
        let (call, (outcome, class)) = match told {
            Told::Decrypt(reply) => ("decrypt", end(reply)),
            Told::Query(reply) => ("query", end(reply)),
            Told::Consume(reply) => ("consume", end(reply)),
            Told::Title(reply) => ("title", end(reply)),
        };
        let labels = vec![
            ("call", call.to_owned()),
            ("outcome", outcome.to_owned()),
            ("class", class),
        ];
        self.0.exchanges.get_or_create(&labels).inc();
        let labels = vec![("call", call.to_owned())];
        self.0
            .exchange_seconds
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    /// Everything, in Prometheus' words.
    async fn text(&self, sources: &Sources, now: Timestamp) -> String {
        /// A token that is being fetched is not waited for.
        const PATIENCE: Duration = Duration::from_millis(100);
        let inner = &self.0;
        let whole = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        let (number, _) = sources.frames.newest();
        inner.frames.set(whole(number));
        inner.lens_delay.take(&sources.delays);
        let life = tokio::time::timeout(PATIENCE, sources.weixin.token_life()).await;
        inner
            .token_life
            .set(life.ok().flatten().unwrap_or_default().as_secs_f64());
        let size = |ending: &str| {
            let mut path = sources.journal.clone().into_os_string();
            path.push(ending);
            std::fs::metadata(path).map_or(0, |facts| facts.len())
        };
        inner.journal_bytes.set(whole(size("") + size("-wal")));
        inner.memory_bytes.set(whole(resident()));
        self.state(|state| {
            let doubts = state.screen.as_ref().map(|screen| screen.doubts.as_slice());
            let doubts = doubts.unwrap_or_default();
            inner.in_doubt.set(whole(doubts.len() as u64));
            let oldest = doubts.iter().map(|doubt| doubt.since).min();
            let age = oldest.map(|oldest| now.duration_since(oldest).as_secs_f64().max(0.0));
            inner.oldest_doubt.set(age.unwrap_or(0.0));
        });
        let mut text = String::new();
        if encode(&mut text, &inner.registry).is_err() {
            tracing::error!("the numbers cannot be put into words");
        }
        text
    }

    /// What keeps the kiosk from redeeming, a word each; empty where it is ready.
    fn obstacles(&self) -> String {
        let mut words = String::new();
        // Writing to a String cannot fail.
        self.state(|state| {
            if state.is_silent {
                writeln!(words, "silent").ok();
            }
            let Some(screen) = &state.screen else {
                writeln!(words, "starting").ok();
                return;
            };
            if screen.journal.is_some() {
                writeln!(words, "journal").ok();
            }
            if matches!(screen.desk.connection, Connection::Trouble { .. }) {
                writeln!(words, "weixin").ok();
            }
        });
        words
    }

    fn is_alive(&self) -> bool {
        let mut is_alive = true;
        self.state(|state| is_alive = !state.is_silent);
        is_alive
    }
}
