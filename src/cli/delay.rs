//! How long after a frame was taken something came of it, told to the log as a histogram grows.

use std::time::{Duration, Instant};

use crate::frame::Latency;

/// The log is told after so many, and then after twice as many each time.
const FIRST: u64 = 8;

/// From a frame to one kind of thing that comes of it.
pub(super) struct Delay {
    what: &'static str,
    latency: Latency,
    next: u64,
}

impl Delay {
    pub(super) fn to(what: &'static str) -> Self {
        Self {
            what,
            latency: Latency::default(),
            next: FIRST,
        }
    }

    /// It came just now, of a frame taken `at`; how long that took.
    pub(super) fn since(&mut self, at: Option<Instant>) -> Option<Duration> {
        let took = now().saturating_duration_since(at?);
        self.latency.record(took);
        if self.latency.count() >= self.next {
            self.next = self.latency.count() * 2;
            self.tell();
        }
        Some(took)
    }

    fn tell(&self) {
        tracing::info!("from lens to {}: {}", self.what, self.latency);
    }
}

impl Drop for Delay {
    fn drop(&mut self) {
        if self.latency.count() > 0 {
            self.tell();
        }
    }
}

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "what the log is told of the time that frames take"
)]
fn now() -> Instant {
    Instant::now()
}
