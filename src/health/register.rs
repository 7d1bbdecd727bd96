//! What each number is called, and what its line of help says.

use prometheus_client::registry::Unit;

use super::Inner;

impl Inner {
    /// What is counted as it happens.
    pub(super) fn with_counts(mut self) -> Self {
        let r = &mut self.registry;
        r.register(
            "scans",
            "Texts that were scanned, typed or pasted",
            self.scans.clone(),
        );
        r.register(
            "exchanges",
            "Calls of the card API by call, outcome and class of errcode",
            self.exchanges.clone(),
        );
        r.register_with_unit(
            "exchange",
            "How long a call took, its token included",
            Unit::Seconds,
            self.exchange_seconds.clone(),
        );
        r.register(
            "attempts",
            "Ends of redemptions by outcome",
            self.attempts.clone(),
        );
        r.register_with_unit(
            "journal_write",
            "How long a record took to be durable: three fsyncs",
            Unit::Seconds,
            self.write_seconds.clone(),
        );
        r.register(
            "journal_write_failures",
            "Records that could not be written",
            self.write_failures.clone(),
        );
        r.register_with_unit(
            "redraw",
            "What a picture of the window cost the processor",
            Unit::Seconds,
            self.redraw_seconds.clone(),
        );
        self
    }

    /// What is looked at when somebody asks.
    pub(super) fn with_gauges(mut self) -> Self {
        let r = &mut self.registry;
        r.register(
            "in_doubt",
            "Attempts whose outcome is not known",
            self.in_doubt.clone(),
        );
        r.register_with_unit(
            "in_doubt_oldest",
            "Age of the oldest of them; 0 without one",
            Unit::Seconds,
            self.oldest_doubt.clone(),
        );
        r.register(
            "camera_state",
            "1 for the state that the camera is in",
            self.camera.clone(),
        );
        r.register(
            "camera_heals",
            "How often the camera came back by itself",
            self.camera_heals.clone(),
        );
        r.register(
            "frames",
            "Changes of the newest frame since the start: the frames, and one for each time that they end",
            self.frames.clone(),
        );
        self.lens_delay.register(r);
        r.register_with_unit(
            "token_life",
            "How long the access token still holds; 0 without one, and where its source does not tell",
            Unit::Seconds,
            self.token_life.clone(),
        );
        r.register_with_unit(
            "journal_size",
            "The journal's file and its log",
            Unit::Bytes,
            self.journal_bytes.clone(),
        );
        r.register_with_unit(
            "memory",
            "Resident memory of the process",
            Unit::Bytes,
            self.memory_bytes.clone(),
        );
        self
    }
}
