//! How long after a frame was taken its text was agreed on, told to the log as the histogram grows.

use std::time::Instant;

use crate::frame::{Came, Delays};

/// The log is told after so many, and then after twice as many each time.
const FIRST: u64 = 8;

/// From the lens to the agreed text.
pub(super) struct Delay {
    delays: Delays,
    next: u64,
}

impl Delay {
    /// Counts into these.
    pub(super) fn into(delays: Delays) -> Self {
        Self {
            delays,
            next: FIRST,
        }
    }

    /// A text came just now, of a frame taken `at`.
    pub(super) fn since(&mut self, at: Option<Instant>) {
        let Some(at) = at else {
            return;
        };
        let took = now().saturating_duration_since(at);
        let all = self.delays.record(Came::Read, took);
        if all.count() >= self.next {
            self.next = all.count() * 2;
            tracing::info!("from lens to agreed text: {all}");
        }
    }
}

impl Drop for Delay {
    fn drop(&mut self) {
        let all = self.delays.of(Came::Read);
        if all.count() > 0 {
            tracing::info!("from lens to agreed text: {all}");
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
