//! How many of a camera's frames are worked on. Pure: time is an argument.
//!
//! A machine that is too slow for all of them takes every second or third; where that is not enough, a smaller picture
//! is asked for. Measured, not guessed: what counts is how long the frames of the last second really took. While nothing
//! moves, a few frames a second are enough to see the first motion.

use std::time::{Duration, Instant};

/// Frames that are measured before anything is changed.
const WINDOW: u32 = 30;
/// More than these hundredths of its time the camera's thread may not work: scanning and drawing want theirs.
const TOO_MUCH: u32 = 60;
/// With fewer than these, more frames may be taken again ...
const LITTLE: u32 = 35;
/// ... when it was so for so many windows.
const FOR_LONG: u32 = 5;
/// Every third frame of thirty is the least that makes a live picture.
const FEWEST: u32 = 3;
/// Between two frames while nothing moves. With what a frame takes on its way, the first motion is seen within 200 ms.
const NAP: Duration = Duration::from_millis(120);

/// What was measured.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    every: u32,
    round: u32,
    worked: Duration,
    counted: u32,
    easy: u32,
    is_told_small: bool,
    sleeps_after: Option<Duration>,
    moved: Option<Instant>,
    taken: Option<Instant>,
    is_asleep: bool,
}

/// What the measuring led to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    /// Of so many frames one is taken from now on, since working on one took so many hundredths of the time.
    Every(u32, u32),
    /// Not even few frames can be kept up with: smaller ones are wanted.
    Smaller(u32),
    /// Nothing moved for long.
    Slept,
    /// Something moves.
    Woke,
}

impl Pace {
    /// For a camera that sends so many frames a second. It never sleeps where no time is told.
    pub(super) fn new(frames_a_second: f64, sleeps_after: Option<Duration>) -> Self {
        Self {
            interval: Duration::from_secs_f64(1.0 / frames_a_second.clamp(1.0, 240.0)),
            every: 1,
            round: 0,
            worked: Duration::ZERO,
            counted: 0,
            easy: 0,
            is_told_small: false,
            sleeps_after,
            moved: None,
            taken: None,
            is_asleep: false,
        }
    }

    /// Whether a frame that came just now is worked on.
    pub(super) fn takes(&mut self, at: Instant) -> bool {
        self.round = self.round.wrapping_add(1);
        let is_taken = if self.is_asleep {
            let since = self.taken.map(|taken| at.saturating_duration_since(taken));
            // Half an interval early rather than half a one late.
            since.is_none_or(|since| since + self.interval / 2 >= NAP)
        } else {
            self.round.is_multiple_of(self.every)
        };
        if is_taken {
            self.taken = Some(at);
        }
        is_taken
    }

    /// A frame that was taken took so long.
    pub(super) fn worked(&mut self, took: Duration) -> Option<Change> {
        if self.is_asleep {
            return None;
        }
        self.worked += took;
        self.counted += 1;
        if self.counted < WINDOW {
            return None;
        }
        let share = hundredths(self.worked, self.interval * self.every * self.counted);
        (self.worked, self.counted) = (Duration::ZERO, 0);
        if share > TOO_MUCH {
            self.easy = 0;
            if self.every < FEWEST {
                self.every += 1;
                return Some(Change::Every(self.every, share));
            }
            let is_news = !self.is_told_small;
            self.is_told_small = true;
            return is_news.then_some(Change::Smaller(share));
        }
        // The share that it would be with one frame more.
        let is_easy = self.every > 1 && share * self.every / (self.every - 1) < LITTLE;
        self.easy = if is_easy { self.easy + 1 } else { 0 };
        if self.easy < FOR_LONG {
            return None;
        }
        self.easy = 0;
        self.every -= 1;
        Some(Change::Every(self.every, share))
    }

    /// Whether something moved in a frame that was taken at `at`.
    pub(super) fn moved(&mut self, at: Instant, has_moved: bool) -> Option<Change> {
        if has_moved || self.moved.is_none() {
            self.moved = Some(at);
            let was_asleep = std::mem::take(&mut self.is_asleep);
            return was_asleep.then_some(Change::Woke);
        }
        let since = self.moved.map(|moved| at.saturating_duration_since(moved));
        let is_tired = self
            .sleeps_after
            .zip(since)
            .is_some_and(|(after, since)| since >= after);
        if !is_tired || self.is_asleep {
            return None;
        }
        self.is_asleep = true;
        Some(Change::Slept)
    }
}

fn hundredths(part: Duration, whole: Duration) -> u32 {
    let whole = whole.as_micros().max(1);
    u32::try_from(part.as_micros() * 100 / whole).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any moment will do")]
    fn start() -> Instant {
        Instant::now()
    }

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Takes frames that cost so much until something changes, at most `windows` seconds.
    fn run(pace: &mut Pace, cost: Duration, windows: u32) -> Option<Change> {
        (0..windows * WINDOW).find_map(|_frame| pace.worked(cost))
    }

    #[test]
    fn a_slow_machine_takes_every_second_frame_then_every_third_then_smaller_ones() {
        let mut pace = Pace::new(30.0, None);
        assert_eq!(run(&mut pace, millis(15), 20), None);
        assert_eq!(run(&mut pace, millis(30), 1), Some(Change::Every(2, 90)));
        assert_eq!(run(&mut pace, millis(30), 20), None);
        assert_eq!(run(&mut pace, millis(60), 1), Some(Change::Every(3, 90)));
        assert_eq!(run(&mut pace, millis(90), 1), Some(Change::Smaller(90)));
        assert_eq!(run(&mut pace, millis(90), 20), None);
    }

    #[test]
    fn it_takes_more_again_when_it_was_easy_for_long() {
        let mut pace = Pace::new(30.0, None);
        run(&mut pace, millis(30), 1);
        let now = start();
        let taken = (0..10).filter(|_frame| pace.takes(now)).count();
        assert_eq!(taken, 5);
        assert_eq!(run(&mut pace, millis(5), 4), None);
        assert_eq!(run(&mut pace, millis(5), 1), Some(Change::Every(1, 7)));
        assert!((0..10).all(|_frame| pace.takes(now)));
    }

    #[test]
    fn without_motion_it_sleeps_and_the_first_motion_wakes_it_within_200_ms() {
        let mut pace = Pace::new(30.0, Some(millis(60_000)));
        let mut at = start();
        let frame = Duration::from_micros(33_333);
        assert_eq!(pace.moved(at, true), None);
        assert_eq!(pace.moved(at + millis(59_999), false), None);
        assert_eq!(pace.moved(at + millis(60_000), false), Some(Change::Slept));
        at += millis(60_000);
        let mut gaps = Vec::new();
        let mut last = at;
        for _frame in 0..300 {
            at += frame;
            if pace.takes(at) {
                gaps.push(at - last);
                last = at;
                assert_eq!(pace.moved(at, false), None);
            }
        }
        assert!(gaps.len() < 100, "{} of 300 are taken", gaps.len());
        assert!(gaps[1..].iter().all(|gap| *gap < millis(150)), "{gaps:?}");
        assert_eq!(pace.moved(at, true), Some(Change::Woke));
        assert!((0..10).all(|_frame| pace.takes(at)));
    }

    #[test]
    fn one_that_is_not_to_sleep_does_not() {
        let mut pace = Pace::new(7.5, None);
        let at = start();
        pace.moved(at, true);
        assert_eq!(pace.moved(at + millis(9_000_000), false), None);
    }
}
