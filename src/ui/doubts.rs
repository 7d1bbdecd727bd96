//! The page of what is in doubt: the list, and a manager's form behind a line of it.

use std::time::Duration;

use eframe::egui::{Rect, Ui};

use super::attention::{Wanted, doubts_ui};
use super::look::{Act, Look};
use super::overriding::{Overriding, Said, overriding_ui};
use super::service::Seen;
use crate::office::Wish;

/// What a person has done on the page so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Doubts {
    form: Option<Box<Overriding>>,
    /// The form was left: the manager's pages are to be closed behind it.
    is_left: bool,
}

impl Doubts {
    /// Takes what a keyboard typed.
    pub fn take(&mut self, text: &str) {
        if let Some(form) = &mut self.form {
            form.take(text);
        }
    }

    /// A keyboard's Backspace.
    pub fn delete(&mut self) {
        if let Some(form) = &mut self.form {
            form.delete();
        }
    }

    /// A manager is at it: digits may be a PIN.
    pub fn is_managers(&self) -> bool {
        self.form.is_some()
    }

    /// Draws the page; tells also when to draw it again by itself.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        look: Look<'_>,
        seen: Seen<'_>,
    ) -> (Option<Act>, Option<Duration>) {
        let beat = Some(Duration::from_secs(1));
        let doubts = &seen.screen.doubts;
        // What is settled meanwhile needs no word any more.
        let is_over =
            |form: &mut Box<Overriding>| !doubts.iter().any(|doubt| doubt.attempt == form.attempt);
        self.is_left |= self.form.take_if(is_over).is_some();
        let asked = self.form.as_mut().and_then(|form| {
            let doubt = doubts.iter().find(|doubt| doubt.attempt == form.attempt)?;
            Some((form, doubt))
        });
        let Some((form, doubt)) = asked else {
            if std::mem::take(&mut self.is_left) {
                return (Some(Act::Wish(Wish::Away)), beat);
            }
            return match doubts_ui(ui, rect, look, doubts, seen.now) {
                Some(Wanted::Act(act)) => (Some(act), beat),
                Some(Wanted::Override(attempt)) => {
                    self.form = Some(Box::new(Overriding::of(attempt)));
                    (None, beat)
                }
                None => (None, beat),
            };
        };
        let asked = (&seen.office.staff, doubt);
        let (said, again) = overriding_ui(ui, rect, look, form, asked, seen.now);
        let act = match said {
            Said::Nothing => None,
            Said::Act(act) => Some(act),
            Said::Back => {
                self.form = None;
                None
            }
            Said::Done(act) => {
                self.form = None;
                Some(act)
            }
        };
        self.is_left |= self.form.is_none();
        (act, again.or(beat))
    }
}
