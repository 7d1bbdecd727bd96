//! The room's only clock.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Now, on the wall: when tokens end and quotas fill again.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge's clock: tokens and quotas end at times that the other side names"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Now, for measuring.
pub fn ticks() -> Instant {
    Instant::now()
}

/// When a limit that begins now is over. A limit too long to count ends after an hour.
pub fn deadline(limit: Duration) -> Instant {
    ticks() + limit.min(Duration::from_hours(1))
}

/// Whole milliseconds since `start`.
pub fn millis_since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
