//! The camera's clock: frames carry the time at which they were taken.

use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};

/// Older than this no frame is: a driver that says so counts on another clock.
const OLDEST: Duration = Duration::from_secs(1);

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "a frame's time is known here and nowhere else"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// When a frame was taken of which the driver says that it was `taken` so long after the machine's start; `arrived`
/// where that makes no sense.
pub(super) fn taken(taken: Duration, arrived: Instant) -> Instant {
    let Ok(since_start) = clock_gettime(ClockId::CLOCK_MONOTONIC) else {
        return arrived;
    };
    age(taken, Duration::from(since_start))
        .and_then(|age| now().checked_sub(age))
        .map_or(arrived, |taken| taken.min(arrived))
}

fn age(taken: Duration, now: Duration) -> Option<Duration> {
    let age = now.checked_sub(taken)?;
    (age <= OLDEST).then_some(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_s_time_is_believed_only_where_it_makes_sense() {
        let second = Duration::from_secs;
        let millis = Duration::from_millis;
        assert_eq!(age(second(100), second(100) + millis(40)), Some(millis(40)));
        for nonsense in [second(0), second(98), second(101)] {
            assert_eq!(age(nonsense, second(100)), None, "{nonsense:?}");
        }
    }
}
