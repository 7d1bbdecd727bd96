//! The wall clock of the simulation: it follows the paused ticks, drifts, and is set to another time now and then.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

#[derive(Clone, Copy)]
struct Wall {
    since: Instant,
    shown: Timestamp,
    /// Millionths by which it is fast.
    drift: i64,
}

thread_local! {
    static WALL: Cell<Option<Wall>> = const { Cell::new(None) };
}

/// Starts the clock of this thread's simulation.
pub(super) fn start(drift: i64) {
    let wall = Wall {
        since: Instant::now(),
        shown: "2026-05-06T02:00:00Z".parse().unwrap(),
        drift,
    };
    WALL.set(Some(wall));
}

/// What it shows.
pub(super) fn now() -> Timestamp {
    let wall = WALL.get().unwrap();
    let passed = i64::try_from(wall.since.elapsed().as_micros()).unwrap();
    wall.shown + SignedDuration::from_micros(passed + passed * wall.drift / 1_000_000)
}

/// Somebody sets it.
pub(super) fn jump(by: SignedDuration) {
    let mut wall = WALL.get().unwrap();
    wall.shown = now() + by;
    wall.since = Instant::now();
    WALL.set(Some(wall));
}
