//! Weixin's events, true, late, doubled and made up; and the manager, who decides what they leave open.

use jiff::SignedDuration;
use tokio::time::Instant;

use super::super::desk;
use super::super::platform::By;
use super::super::wall;
use super::program::Life;
use super::{Happening, World};
use crate::card::{Code, OpenId};
use crate::event::Event;
use crate::redemption::witness::{Source, Witnessed};
use crate::screen::Screen;

impl World {
    /// What was consumed is told to the merchant's server, sooner or later.
    pub(super) fn tell_events(&mut self) {
        for (code, by) in self.platform.events() {
            if !self.chance.percent(self.weather.witnessed) {
                continue;
            }
            let source = match by {
                By::AnotherDesk if self.chance.percent(50) => Source::Phone,
                By::Us(_) | By::AnotherDesk => Source::Api,
            };
            self.event(&code, source, 60);
        }
    }

    /// Somebody makes an event up; most of all about what is in doubt, where it could do something.
    pub(super) fn forge(&mut self, life: Option<&Life>) {
        let doubts = life.map(|life| life.screens.borrow().doubts.clone());
        let mut codes = self.codes.clone();
        if self.chance.percent(70) {
            let in_doubt = doubts.unwrap_or_default();
            let in_doubt: Vec<String> = in_doubt
                .iter()
                .map(|doubt| doubt.code.as_str().to_owned())
                .collect();
            if !in_doubt.is_empty() {
                codes = in_doubt;
            }
        }
        let code = self.chance.pick(&codes).clone();
        let most_seconds = *self.chance.pick(&[300, 4000]);
        let source = *self
            .chance
            .pick(&[Source::Api, Source::Page, Source::Phone, Source::Other]);
        self.contested.insert(code.clone());
        self.event(&code, source, most_seconds);
    }

    fn event(&mut self, code: &str, source: Source, most_seconds: u64) {
        if matches!(source, Source::Phone | Source::Page) {
            self.contested.insert(code.to_owned());
        }
        let apart = self.chance.below(2 * most_seconds);
        let apart = i64::try_from(apart).unwrap() - i64::try_from(most_seconds).unwrap();
        let seen = Witnessed {
            code: Code::parse(code).unwrap(),
            card_id: None,
            source,
            at: wall::now() + SignedDuration::from_secs(apart),
            staff: OpenId::masked_from("oSTAFFstaffSTAFF"),
        };
        let times = if self.chance.percent(self.weather.witnessed_twice) {
            2
        } else {
            1
        };
        for _ in 0..times {
            let later = self.chance.millis(0, 25_000);
            self.after(later, Happening::Witnessed(seen.clone()));
        }
    }

    pub(super) fn witnessed(&mut self, seen: Witnessed, life: Option<&Life>) {
        self.story.tell(|| format!("passed on: {seen:?}"));
        self.story.count("events");
        if let Some(life) = life {
            life.inbox.offer(Event::Witnessed(seen.clone()));
        }
        if self.weather.events_kept > 0 {
            self.told.push(seen);
        }
    }

    /// What was told before is told again at a start.
    pub(super) fn tell_again(&self, life: &Life) {
        for seen in &self.told {
            life.inbox.offer(Event::Witnessed(seen.clone()));
        }
    }

    /// When all is calm a manager sees to what nothing can be known of.
    pub(super) fn decide(&mut self, screen: &Screen) -> Vec<Event> {
        let is_open = |code: &str| self.contested.contains(code);
        let open = screen
            .doubts
            .iter()
            .find(|doubt| doubt.ruled.is_none() && is_open(doubt.code.as_str()));
        let Some(doubt) = open else {
            return Vec::new();
        };
        let is_time = self
            .calm_since
            .is_some_and(|since| Instant::now() >= since + super::super::ledger::PATIENCE / 3);
        if !is_time {
            return Vec::new();
        }
        self.story.count("rulings of what stays open");
        vec![desk::ruling(doubt.attempt, &mut self.chance)]
    }
}
