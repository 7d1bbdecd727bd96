//! How long something took, many times: a histogram that takes no more room, however many there are.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Each step is a fifth wider than the one before: a quantile is told to within a fifth.
const WIDER: f64 = 1.2;
/// From 0.1 ms to more than a minute.
const STEPS: usize = 75;
const FIRST_MICROS: f64 = 100.0;

/// Durations, counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Latency {
    steps: [u32; STEPS],
    count: u64,
    longest: Duration,
}

impl Default for Latency {
    fn default() -> Self {
        Self {
            steps: [0; STEPS],
            count: 0,
            longest: Duration::ZERO,
        }
    }
}

impl Latency {
    /// One more.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small number that is not negative"
    )]
    pub fn record(&mut self, took: Duration) {
        let steps = (took.as_secs_f64() * 1e6 / FIRST_MICROS).max(1.0).ln() / WIDER.ln();
        let step = (steps.ceil() as usize).min(STEPS - 1);
        self.steps[step] = self.steps[step].saturating_add(1);
        self.count += 1;
        self.longest = self.longest.max(took);
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// How many took no longer than this and longer than the one before, from the shortest that there was to the longest.
    pub fn steps(&self) -> Vec<(Duration, u32)> {
        let mut upper = FIRST_MICROS;
        let mut steps = Vec::new();
        for count in self.steps {
            steps.push((Duration::from_secs_f64(upper / 1e6), count));
            upper *= WIDER;
        }
        let is_empty = |(_, count): &(Duration, u32)| *count == 0;
        let first = steps.iter().position(|step| !is_empty(step));
        let end = steps.iter().rposition(|step| !is_empty(step));
        match (first, end) {
            (Some(first), Some(end)) => steps[first..=end].to_vec(),
            (_, _) => Vec::new(),
        }
    }

    /// So many hundredths took no longer than this; `None` where there are none.
    pub fn within(&self, hundredths: u64) -> Option<Duration> {
        let wanted = (self.count * hundredths).div_ceil(100).max(1);
        let mut sum = 0;
        let mut upper = FIRST_MICROS;
        for count in self.steps {
            sum += u64::from(count);
            if sum >= wanted {
                return Some(Duration::from_secs_f64(upper / 1e6).min(self.longest));
            }
            upper *= WIDER;
        }
        None
    }
}

/// A bar for each step, from the lowest to the highest: `▁▁▃█▂`. Whatever there is at all is seen.
pub fn bars(counts: &[u32]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: u32| match count {
        0 => ' ',
        _ => BARS[usize::try_from(u64::from(count) * 7 / u64::from(most)).unwrap_or(0)],
    };
    counts.iter().copied().map(bar).collect()
}

/// What comes of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// It was drawn.
    Drawn,
    /// Its text was agreed on with another frame's.
    Read,
}

/// From the lens to what comes of a frame. Clones are told of, and tell, the same frames.
#[derive(Clone, Debug, Default)]
pub struct Delays(Arc<Mutex<[Latency; 2]>>);

impl Delays {
    /// It took so long. All so far.
    pub fn record(&self, came: Came, took: Duration) -> Latency {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all[came.place()].record(took);
        all[came.place()].clone()
    }

    /// All so far.
    pub fn of(&self, came: Came) -> Latency {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all[came.place()].clone()
    }
}

impl Came {
    fn place(self) -> usize {
        match self {
            Self::Drawn => 0,
            Self::Read => 1,
        }
    }
}

/// `p50 12.1 ms, p99 20.0 ms, longest 31.4 ms of 3000; 9 ms ▁▃█▂▁ 32 ms`
impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(half), Some(most)) = (self.within(50), self.within(99)) else {
            return f.write_str("nothing measured");
        };
        let [half, most, longest] =
            [half, most, self.longest].map(|took| took.as_secs_f64() * 1000.0);
        write!(
            f,
            "p50 {half:.1} ms, p99 {most:.1} ms, longest {longest:.1} ms of {}",
            self.count
        )?;
        let steps = self.steps();
        let counts: Vec<u32> = steps.iter().map(|(_, count)| *count).collect();
        let ends = [steps.first(), steps.last()].map(|step| {
            let upper = step.map_or(Duration::ZERO, |(upper, _)| *upper);
            upper.as_secs_f64() * 1000.0
        });
        let [from, to] = ends;
        write!(f, "; {from:.1} ms {} {to:.1} ms", bars(&counts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_told_to_within_a_fifth_and_the_longest_exactly() {
        let mut latency = Latency::default();
        assert_eq!(latency.within(50), None);
        assert_eq!(latency.to_string(), "nothing measured");
        for millis in 1..=1000 {
            latency.record(Duration::from_millis(millis));
        }
        for (hundredths, exact) in [(50, 500.0), (99, 990.0)] {
            let told = latency.within(hundredths).unwrap().as_secs_f64() * 1000.0;
            assert!((exact..exact * WIDER).contains(&told), "{told}");
        }
        assert_eq!(latency.within(100), Some(Duration::from_secs(1)));
    }

    #[test]
    fn the_steps_are_those_between_the_shortest_and_the_longest_and_are_drawn() {
        let mut latency = Latency::default();
        assert_eq!(latency.steps(), []);
        for (millis, times) in [(10, 1), (14, 70), (30, 2)] {
            for _ in 0..times {
                latency.record(Duration::from_millis(millis));
            }
        }
        let counts: Vec<u32> = latency.steps().iter().map(|(_, count)| *count).collect();
        assert_eq!(counts.iter().sum::<u32>(), 73);
        assert_eq!(bars(&counts), "▁ █   ▁");
        let told = latency.to_string();
        assert!(told.contains("of 73; 11.4 ms ▁ █   ▁ 34.2 ms"), "{told}");
    }

    #[test]
    fn threads_tell_of_the_same_frames() {
        let delays = Delays::default();
        let other = delays.clone();
        other.record(Came::Read, Duration::from_millis(40));
        assert_eq!(
            delays.record(Came::Read, Duration::from_millis(50)).count(),
            2
        );
        assert_eq!(delays.of(Came::Drawn).count(), 0);
    }

    #[test]
    fn the_shortest_and_the_longest_have_their_place_too() {
        let mut latency = Latency::default();
        latency.record(Duration::ZERO);
        latency.record(Duration::from_hours(1));
        assert_eq!(latency.within(1), Some(Duration::from_micros(100)));
        assert_eq!(latency.count(), 2);
        assert!(latency.within(100).is_some());
    }
}
