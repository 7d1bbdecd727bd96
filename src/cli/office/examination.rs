//! The doctor behind the counter: a thread of its own, since some checks take seconds, whose findings are shown as they come.

use std::path::PathBuf;

use super::{Asked, Round, Serving};
use crate::cli::doctor::checks::{self, Checks, Half, Lens};
use crate::config::{self, Environment};
use crate::office::checkup::{CheckLine, Checkup, Panel};
use crate::wording::Language;
use crate::worker::Worker;

/// What the doctor looks at.
#[derive(Clone)]
pub(in crate::cli) enum Examined {
    /// This desk, whose configuration the command line named or did not.
    Desk(Option<PathBuf>),
    /// The machine alone: the demo has nothing else, and reaches no network.
    Machine,
}

impl Serving {
    /// Begins anew, whatever an earlier look has found.
    pub(super) fn examine(&mut self, language: Language, panel: Panel) {
        drop(self.doctor.take());
        self.round = self.round.wrapping_add(1);
        let round = self.round;
        self.office.checkup = Some(Checkup::default());
        let examined = self.papers.examined.clone();
        let chosen = self.office.settings.camera.clone();
        let frames = self.lens.as_ref().map(crate::cli::lens::Lens::frames);
        let wishes = self.wishes.clone();
        let worker = Worker::start("doctor", move |stop| {
            let loaded = match &examined {
                Examined::Desk(path) => {
                    Some(config::load(path.as_deref(), &Environment::of_process()))
                }
                Examined::Machine => None,
            };
            let lens = frames.map_or(Lens::Demo, |frames| Lens::Kiosk {
                frames,
                name: chosen,
            });
            let checks = Checks {
                loaded: loaded.as_ref(),
                lens,
                display: checks::drawn(panel),
                half: Half::Desk,
                stop,
            };
            let tell = |line| wishes.told(Asked::Found(round, line));
            if let Some(summary) = checks::on_screen(&checks, language, tell) {
                wishes.told(Asked::Examined(round, summary));
            }
        });
        self.doctor = worker
            .inspect_err(|error| tracing::error!(%error, "the doctor's thread cannot be started"))
            .ok();
    }

    pub(super) fn found(&mut self, round: Round, line: CheckLine) {
        if round == self.round
            && let Some(checkup) = &mut self.office.checkup
        {
            checkup.lines.push(line);
        }
    }

    pub(super) fn examined(&mut self, round: Round, summary: String) {
        if round == self.round
            && let Some(checkup) = &mut self.office.checkup
        {
            checkup.summary = Some(summary);
        }
    }
}
