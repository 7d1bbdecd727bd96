//! How long something took, many times: a histogram that takes no more room, however many there are.

use std::fmt;
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

/// `p50 12.1 ms, p99 20.0 ms, longest 31.4 ms of 3000`
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
        )
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
    fn the_shortest_and_the_longest_have_their_place_too() {
        let mut latency = Latency::default();
        latency.record(Duration::ZERO);
        latency.record(Duration::from_hours(1));
        assert_eq!(latency.within(1), Some(Duration::from_micros(100)));
        assert_eq!(latency.count(), 2);
        assert!(latency.within(100).is_some());
    }
}
