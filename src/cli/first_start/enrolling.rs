//! From the text of a code to what head office has for this desk.

use crate::cli::set_up;
use crate::config::{self, Environment, WayOut};
use crate::fleet::{Enrolment, unguessable};
use crate::office::first_start::{NotProvided, Tested};

/// One desk's tries at it, all under one name, so that an answer that was lost is given again.
pub(super) struct Enrolling {
    claim: String,
    /// What this desk knows of the network before it knows anything else.
    way_out: WayOut,
    /// The code that brought something.
    enrolment: Option<Enrolment>,
}

impl Enrolling {
    pub(super) fn of(environment: &Environment) -> Self {
        Self {
            claim: unguessable(),
            way_out: config::load(None, environment).way_out,
            enrolment: None,
        }
    }

    /// Asks head office, where it is its code.
    pub(super) fn claim(&mut self, text: &str) -> anyhow::Result<Tested> {
        let Ok(enrolment) = text.parse::<Enrolment>() else {
            return Ok(Tested::NotProvided(NotProvided::Foreign));
        };
        let claimed = set_up::runtime()?.block_on(enrolment.claim(&self.claim, &self.way_out));
        Ok(match claimed {
            Ok(provision) => {
                self.enrolment = Some(enrolment);
                Tested::Provided(Box::new(provision))
            }
            Err(why) => Tested::NotProvided(why),
        })
    }

    /// What it brought is kept.
    pub(super) fn tell_kept(&self) -> anyhow::Result<()> {
        if let Some(enrolment) = &self.enrolment {
            set_up::runtime()?.block_on(enrolment.tell_kept(&self.claim, &self.way_out));
        }
        Ok(())
    }
}
