//! What becomes of each wish.

use std::sync::mpsc::sync_channel;

use jiff::Timestamp;

use super::{Asked, Serving, TITLES};
use crate::camera::pictures;
use crate::cli::desk::Ask;
use crate::cli::lens::Lens;
use crate::cli::story;
use crate::config;
use crate::event::{Event, OnDuty};
use crate::kiosk::clock;
use crate::office::{Change, Denied, Person, Pin, Reading, Role, Story, Wish};
use crate::redemption::note::Says;
use crate::redemption::ruling::Ruling;
use crate::staff::Refused;

impl Serving {
    /// Shows who there is before the first touch; a desk with staff begins locked.
    pub(super) fn begin(&mut self) {
        self.office.settings = self.papers.settings.clone();
        self.office.place = self.place();
        self.office.may_train = self.lens.is_some();
        self.show_staff();
        let is_staffed = !self.office.staff.people.is_empty() || self.office.staff.is_damaged;
        if is_staffed {
            self.duty(OnDuty::Locked);
        }
        self.publish();
    }

    /// Opens the camera that was chosen on the screen, or the configured one.
    pub(super) fn open_lens(&mut self) {
        if let Some(lens) = &mut self.lens {
            lens.open();
        }
    }

    /// Sees to one thing; `false` at the end.
    pub(super) fn take(&mut self, asked: Asked) -> bool {
        match asked {
            // What is looked at is read anew in any case.
            Asked::Recorded => {}
            Asked::Title(card_id, title) => {
                if self.titles.len() < TITLES {
                    self.titles.insert(card_id, title);
                }
            }
            Asked::Wish(wish) => self.grant(wish),
            Asked::Found(round, line) => self.found(round, line),
            Asked::Examined(round, summary) => self.examined(round, summary),
            Asked::End => return false,
        }
        true
    }

    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Day => {
                self.looks = true;
                self.office.story = None;
            }
            Wish::Story(id) => {
                let records = Reading::Awaited;
                self.office.story = Some(Story { id, records });
            }
            Wish::Away => self.put_away(),
            Wish::SignIn(name, pin) => self.sign_in(name, &pin),
            Wish::Manager(name, pin) => {
                if self.check(&name, &pin) == Some(Role::Manager) {
                    self.office.staff.is_manager = true;
                    self.manager = Some(name);
                }
            }
            Wish::Lock => {
                if !self.office.staff.people.is_empty() {
                    self.end_training();
                    self.duty(OnDuty::Locked);
                }
            }
            Wish::EndTraining => self.end_training(),
            Wish::Add(..)
            | Wish::ChangePin(..)
            | Wish::Remove(_)
            | Wish::Change(_)
            | Wish::Cameras
            | Wish::Override(..)
            | Wish::Export
            | Wish::Examine(..)
            | Wish::Train => self.grant_manager(wish),
        }
    }

    /// What only a manager may wish: the window asks for his PIN before, and here it is looked at once more.
    fn grant_manager(&mut self, wish: Wish) {
        if !self.office.staff.is_manager {
            tracing::warn!("a manager's wish without his PIN");
            return;
        }
        match wish {
            Wish::Add(person, pin) => self.add(&person, &pin),
            Wish::ChangePin(name, pin) => {
                self.office.staff.changed = Some(self.staff.change_pin(&name, &pin));
                self.show_staff();
            }
            Wish::Remove(name) => self.remove(&name),
            Wish::Change(change) => self.change(&change),
            Wish::Cameras => {
                // The demo's pictures are drawn: there is nothing to choose.
                let choices = self.lens.as_ref().map(|_lens| Lens::choices());
                self.office.cameras = Some(choices.unwrap_or_default());
            }
            Wish::Export => {
                let at = self.papers.clock.now().wall;
                let written = self.papers.journals.export(&self.papers.journal, at);
                self.office.exported = Some(written);
            }
            Wish::Train => self.train(),
            Wish::Examine(language, panel) => self.examine(language, panel),
            Wish::Override(attempt, goods, ground, text) => {
                let says = Says::Override(Ruling {
                    goods,
                    ground,
                    text,
                    manager: self.manager.clone(),
                });
                self.tell(Event::Note { attempt, says });
            }
            Wish::Day
            | Wish::Story(_)
            | Wish::Away
            | Wish::SignIn(..)
            | Wish::Manager(..)
            | Wish::Lock
            | Wish::EndTraining => {}
        }
    }

    /// The camera is put away for pictures, so that no customer's code is taken for a training's.
    fn train(&mut self) {
        let Some(lens) = &mut self.lens else {
            return;
        };
        lens.close();
        let (phones, pictures) = pictures::pair();
        let (begun, begins) = sync_channel(1);
        let is_asked = self.asks.blocking_send(Ask::Train(phones, begun)).is_ok();
        if is_asked && begins.recv() == Ok(true) {
            lens.show(pictures);
            self.office.training = Some(story::without_handset());
            tracing::info!("a training begins");
        } else {
            self.open_lens();
        }
    }

    fn end_training(&mut self) {
        if self.office.training.take().is_none() {
            return;
        }
        tracing::info!("the training ends");
        if let Some(lens) = &mut self.lens {
            lens.close();
        }
        if self.asks.blocking_send(Ask::EndTraining).is_err() {
            tracing::debug!("the kiosk had stopped");
        }
        self.open_lens();
    }

    fn put_away(&mut self) {
        self.looks = false;
        self.office.day = Reading::Awaited;
        self.office.story = None;
        self.office.cameras = None;
        self.office.exported = None;
        self.office.checkup = None;
        self.office.staff.denied = None;
        self.office.staff.changed = None;
        self.office.staff.is_manager = false;
        self.manager = None;
        self.show_staff();
    }

    fn sign_in(&mut self, name: String, pin: &Pin) {
        if self.check(&name, pin).is_some() {
            tracing::info!("somebody signed in");
            self.duty(OnDuty::Clerk(name));
        }
    }

    /// Looks at a PIN, which takes a tenth of a second on purpose.
    fn check(&mut self, name: &str, pin: &Pin) -> Option<Role> {
        self.office.staff.is_checking = true;
        self.publish();
        let now = self.papers.clock.now();
        let checked = self.staff.check(name, pin, now.wall);
        let staff = &mut self.office.staff;
        staff.is_checking = false;
        match checked {
            Ok(role) => {
                staff.denied = None;
                Some(role)
            }
            Err(Refused::Wrong { left }) => {
                staff.denied = Some(Denied::Wrong { left });
                None
            }
            Err(Refused::Wait(until)) => {
                staff.denied = Some(Denied::Wait(tick_at(until, now.wall)));
                None
            }
        }
    }

    fn add(&mut self, person: &Person, pin: &Pin) {
        let added = self.staff.add(person, pin);
        self.office.staff.changed = Some(added);
        // The first one to be taken on stands here already.
        if added.is_ok() && self.office.staff.on_duty == OnDuty::Unstaffed {
            self.duty(OnDuty::Clerk(person.name.trim().to_owned()));
        }
        self.keep_open();
    }

    fn remove(&mut self, name: &str) {
        let removed = self.staff.remove(name);
        self.office.staff.changed = Some(removed);
        if removed.is_ok() {
            if self.staff.people().is_empty() {
                self.duty(OnDuty::Unstaffed);
            } else if self.office.staff.on_duty == OnDuty::Clerk(name.to_owned()) {
                self.duty(OnDuty::Locked);
            }
        }
        self.keep_open();
    }

    /// Shows the new list and leaves the manager's pages open to whoever works on it.
    fn keep_open(&mut self) {
        self.show_staff();
        self.office.staff.is_manager = true;
    }

    fn change(&mut self, change: &Change) {
        if let Err(error) = config::keep(&self.papers.journal, change) {
            tracing::error!(%error, "a setting cannot be kept for the next start");
        }
        let settings = &mut self.office.settings;
        match change {
            Change::Store(name) => settings.store = Some(name.clone()),
            Change::LockAfter(after) => settings.lock_after = *after,
            Change::Sound(percent) => {
                settings.sound = *percent;
                if self.asks.blocking_send(Ask::Volume(*percent)).is_err() {
                    tracing::debug!("the kiosk had stopped");
                }
            }
            Change::Camera(id) => {
                settings.camera = Some(id.clone());
                if let Some(lens) = &mut self.lens {
                    lens.choose(id);
                }
            }
            Change::Aim(aim) => {
                settings.aim = *aim;
                if let Some(lens) = &mut self.lens {
                    lens.aim(aim);
                }
            }
        }
        self.office.place = self.place();
    }

    /// The store and the desk, as far as they have names.
    fn place(&self) -> String {
        let (store, desk) = &self.papers.names;
        let store = self.office.settings.store.as_ref().or(store.as_ref());
        let told: Vec<&str> = [store, desk.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        if told.is_empty() {
            return "coupon-kiosk".to_owned();
        }
        told.join(" \u{b7} ")
    }

    fn show_staff(&mut self) {
        let staff = &mut self.office.staff;
        staff.people = self.staff.people();
        staff.is_damaged = self.staff.is_damaged();
        if staff.people.is_empty() && !staff.is_damaged {
            staff.is_manager = true;
        }
    }

    fn duty(&mut self, duty: OnDuty) {
        self.office.staff.on_duty = duty.clone();
        self.tell(Event::Duty(duty));
    }

    fn tell(&self, event: Event) {
        if self.asks.blocking_send(Ask::Event(event)).is_err() {
            tracing::debug!("the kiosk had stopped");
        }
    }
}

/// A moment of the wall clock on the clock that the window counts by.
fn tick_at(until: Timestamp, now: Timestamp) -> std::time::Instant {
    let wait = until.duration_since(now);
    clock::tick() + std::time::Duration::try_from(wait).unwrap_or_default()
}
