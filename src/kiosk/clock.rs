//! The two clocks of the loop.

use std::time::Instant;

use jiff::Timestamp;

use crate::redemption::Moment;

/// Where the loop reads the time.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The system's.
    System,
    /// A recording's: begins at the moment of its making and goes on at the usual pace, so that its dates stay true.
    Recorded {
        /// The wall time at `since`.
        wall: Timestamp,
        /// When this clock was started.
        since: Instant,
    },
    /// A simulation's, which jumps and drifts.
    #[cfg(test)]
    Simulated(fn() -> Timestamp),
}

impl Clock {
    /// A clock that shows `wall` now.
    pub fn recorded(wall: Timestamp) -> Self {
        Self::Recorded {
            wall,
            since: tick(),
        }
    }

    /// This moment.
    pub fn now(&self) -> Moment {
        let tick = tick();
        let wall = match self {
            Self::System => wall(),
            Self::Recorded { wall, since } => *wall + tick.saturating_duration_since(*since),
            #[cfg(test)]
            Self::Simulated(wall) => wall(),
        };
        Moment { tick, wall }
    }
}

/// What [`Moment::tick`] is read from.
pub fn tick() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the loop is where the wall clock is read"
)]
fn wall() -> Timestamp {
    Timestamp::now()
}
