//! What happened in a world, for a person who wants to know why.

use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::screen::{Screen, Stage};

/// Lines are made only where somebody wants to read them.
#[derive(Debug)]
pub(super) struct Story {
    is_told: bool,
    begun: Instant,
    last: String,
    pub(super) lines: Vec<String>,
    /// How often what happened.
    pub(super) counts: BTreeMap<&'static str, u64>,
}

impl Story {
    pub(super) fn new(is_told: bool) -> Self {
        Self {
            is_told,
            begun: Instant::now(),
            last: String::new(),
            lines: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    pub(super) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(super) fn tell(&mut self, line: impl FnOnce() -> String) {
        if self.is_told {
            let at = self.begun.elapsed().as_secs_f64();
            self.lines.push(format!("{at:9.3}  {}", line()));
        }
    }

    /// Tells a screen that is another one.
    pub(super) fn screen(&mut self, screen: &Screen) {
        if !self.is_told {
            return;
        }
        let stage = match &screen.stage {
            Stage::Idle => "idle".to_owned(),
            Stage::Working(work) => format!("{work:?}"),
            Stage::Review(review) => format!("review {:?}", review.look_up),
            Stage::Finished(finished) => format!(
                "{:?}, {:?}, by {:?}",
                finished.outcome, finished.why, finished.settled_by
            ),
        };
        let doubts = screen.doubts.len();
        let line = format!("SCREEN {stage}; {doubts} in doubt; {:?}", screen.journal);
        if line != self.last {
            self.tell(|| line.clone());
            self.last = line;
        }
    }
}
