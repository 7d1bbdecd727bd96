//! Who counts what a kiosk does, and what holds updates off meanwhile.

use std::path::Path;

use crate::health::Numbers;
use crate::health::update_lock::UpdateLock;
use crate::kiosk::Kiosk;
use crate::kiosk::observed::{Noted, Pulse};

/// What every kiosk of this window is given: who counts, and what it answers.
pub(super) struct Observation {
    pub(super) numbers: Numbers,
    pub(super) pulse: Pulse,
}

impl Observation {
    pub(super) fn begin(&self, kiosk: &mut Kiosk) {
        let numbers = self.numbers.clone();
        let mut lock = update_lock();
        kiosk.observe(Box::new(move |noted| {
            numbers.note(&noted);
            if let (Noted::Screen(screen), Some(lock)) = (&noted, &mut lock) {
                lock.follow(&screen.stage);
            }
        }));
        kiosk.beat_with(self.pulse.clone());
    }
}

/// Where systemd made a folder for this service, updates are held off while something is in flight.
fn update_lock() -> Option<UpdateLock> {
    let folder = std::env::var_os("RUNTIME_DIRECTORY")?;
    match UpdateLock::new(Path::new(&folder)) {
        Ok(lock) => Some(lock),
        Err(error) => {
            tracing::warn!(%error, "updates are not held off");
            None
        }
    }
}
