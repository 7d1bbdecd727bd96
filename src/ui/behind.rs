//! What the window knows of the things behind the counter, and what it has wished for.

use tokio::sync::watch;

use crate::office::{Office, Wish};

/// The newest [`Office`].
pub struct Behind {
    seen: watch::Receiver<Office>,
    /// What is shown.
    pub office: Office,
    /// Something was wished for that is kept up to date until it is told that nobody looks.
    looks: bool,
}

impl Behind {
    /// What `seen` shows from now on.
    pub fn new(seen: watch::Receiver<Office>) -> Self {
        let office = seen.borrow().clone();
        Self {
            seen,
            office,
            looks: false,
        }
    }

    /// Takes the newest.
    pub fn take(&mut self) {
        // Where the office has gone, what it showed last stays; the kiosk's own loop closes the window.
        if self.seen.has_changed().unwrap_or(false) {
            self.office = self.seen.borrow_and_update().clone();
        }
    }

    /// Takes note of a wish on its way.
    pub fn wishes(&mut self, wish: &Wish) {
        match wish {
            Wish::Day | Wish::Story(_) => self.looks = true,
            Wish::Away => self.looks = false,
        }
    }

    /// What to wish once the page is closed by whatever closed it.
    pub fn leave(&mut self, is_open: bool) -> Option<Wish> {
        (self.looks && !is_open).then_some(Wish::Away)
    }
}
