//! The kiosk's thread: serves one kiosk after the other, and passes on what is asked of it and what it shows.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::training::Training;
use super::{Ask, Stories};
use crate::cli::office::{Titles, Wishes};
use crate::event::{CameraState, Event, OnDuty};
use crate::frame::View;
use crate::kiosk::{Kiosk, Parts};
use crate::payload::Origin;
use crate::redemption::attempt::Outcome;
use crate::screen::{Screen, Stage, Work};
use crate::sound::{Sound, Speaker};

/// A look-up that is answered sooner goes from viewfinder to review without a picture between, which would cost a
/// machine without a graphics chip as long as the answer.
const QUICK: Duration = Duration::from_millis(80);

/// After a training nothing is taken for so long: longer than the scanner works on the last of its pictures.
const DEAF: Duration = Duration::from_secs(1);

/// Wakes the window, and a last time when it goes itself: nobody may look at a dead kiosk's last screen.
pub(super) struct Wakes(pub(super) Arc<OnceLock<Waker>>);

impl Wakes {
    pub(super) fn wake(&self) {
        if let Some(waker) = self.0.get() {
            waker.wake_by_ref();
        }
    }
}

impl Drop for Wakes {
    fn drop(&mut self) {
        self.wake();
    }
}

/// One thread's service.
pub(super) struct Serving<S> {
    /// Resolves when the owner of the thread has gone.
    pub(super) unwanted: oneshot::Receiver<Infallible>,
    pub(super) asked: mpsc::Receiver<Ask>,
    /// Dropped before what wakes the window, which closes when it finds this gone.
    pub(super) seen: watch::Sender<Screen>,
    pub(super) waker: Wakes,
    /// When the window is to draw a screen that is there already.
    pub(super) wake_at: Option<Instant>,
    /// The newest state, which the loop of a new story has to be told.
    pub(super) camera: CameraState,
    /// What the lens has of the codes: it is told when it changes, and two phones may stay where they are.
    pub(super) view: View,
    /// What the desk's own code shows, which the loop of a new story has to be told too.
    pub(super) invitation: Option<String>,
    /// Who stands at the desk, which the loop of a new story has to be told too.
    pub(super) duty: OnDuty,
    pub(super) sounding: Sounding,
    pub(super) stories: S,
    pub(super) titles: Titles,
    pub(super) wishes: Wishes,
    /// When the last training ended.
    pub(super) trained: Option<Instant>,
}

impl<S: Stories> Serving<S> {
    /// Serves one kiosk until it is no longer wanted (`None`) or a new story begins.
    pub(super) async fn serve(
        &mut self,
        mut kiosk: Kiosk,
        mut screens: watch::Receiver<Screen>,
    ) -> Option<Parts> {
        let inbox = kiosk.inbox();
        inbox.offer(Event::Camera(self.camera.clone()));
        inbox.offer(Event::View(self.view));
        inbox.offer(Event::Duty(self.duty.clone()));
        inbox.offer(Event::Invitation(self.invitation.clone()));
        self.show(&screens.borrow_and_update().clone());
        let mut serving = std::pin::pin!(kiosk.run());
        loop {
            tokio::select! {
                () = &mut serving => return None,
                _gone = &mut self.unwanted => return None,
                asked = self.asked.recv() => match asked? {
                    Ask::Event(event) => {
                        self.note(&event);
                        if self.is_of_training(&event) {
                            continue;
                        }
                        if !inbox.offer(event) {
                            tracing::warn!("the loop is too busy for an event");
                        }
                    }
                    Ask::Phone(phone) => {
                        if let Some(parts) = self.stories.choose(phone) {
                            return Some(parts);
                        }
                    }
                    Ask::Volume(percent) => self.sounding.turn_to(percent),
                    Ask::Train(phones, begun) => {
                        let is_free = matches!(screens.borrow().stage, Stage::Idle);
                        let training = is_free.then(|| Training::begin(phones)).flatten();
                        if begun.send(training.is_some()).is_err() {
                            tracing::debug!("the office had ended");
                        }
                        if let Some(training) = training {
                            self.train(serving.as_mut(), &inbox, training).await?;
                            inbox.offer(Event::View(self.view));
                            self.trained = Some(Instant::now());
                            self.show(&screens.borrow_and_update().clone());
                        }
                    }
                    Ask::EndTraining => {}
                },
                changed = screens.changed() => {
                    changed.ok()?;
                    let screen = screens.borrow_and_update().clone();
                    self.stories.see(&screen);
                    self.titles.see(&screen);
                    self.show(&screen);
                }
                () = until(self.wake_at) => {
                    self.wake_at = None;
                    self.waker.wake();
                }
            }
        }
    }

    /// What the scanner has still read of a training's last phone.
    fn is_of_training(&self, event: &Event) -> bool {
        let is_read = matches!(event, Event::Payload(_, Origin::Desk));
        is_read && self.trained.is_some_and(|ended| ended.elapsed() < DEAF)
    }

    /// What the loop of a new story has to be told.
    pub(super) fn note(&mut self, event: &Event) {
        if let Event::Camera(state) = event {
            self.camera = state.clone();
        }
        if let Event::View(view) = event {
            self.view = *view;
        }
        if let Event::Duty(duty) = event {
            self.duty = duty.clone();
        }
        if let Event::Invitation(invitation) = event {
            self.invitation.clone_from(invitation);
        }
    }

    pub(super) fn show(&mut self, screen: &Screen) {
        self.sounding.hear(screen);
        self.seen.send_replace(screen.clone());
        self.wake_at = match screen.stage {
            Stage::Working(Work::Decrypting | Work::Querying) => {
                self.wake_at.or_else(|| Some(Instant::now() + QUICK))
            }
            Stage::Working(Work::AskingAgain | Work::Journaling | Work::Consuming)
            | Stage::Idle
            | Stage::Review(_)
            | Stage::Finished(_) => {
                self.waker.wake();
                None
            }
        };
    }
}

/// Gives every outcome its sound, once.
pub(super) struct Sounding {
    pub(super) speaker: Option<Speaker>,
    /// The outcome on the screen, and when it was known.
    pub(super) heard: Option<(Outcome, Timestamp)>,
}

impl Sounding {
    /// Another volume, and how it sounds.
    pub(super) fn turn_to(&self, percent: u8) {
        if let Some(speaker) = &self.speaker {
            speaker.set_volume(percent);
            speaker.play(Sound::Good);
        }
    }

    fn hear(&mut self, screen: &Screen) {
        let Stage::Finished(finished) = &screen.stage else {
            self.heard = None;
            return;
        };
        let ended = Some((finished.outcome, finished.at));
        if ended == self.heard {
            return;
        }
        self.heard = ended;
        if let Some(speaker) = &self.speaker {
            speaker.play(Sound::of(finished));
        }
    }
}

/// A kiosk that cannot start a thread for its sounds is silent and serves all the same.
pub(in crate::cli) fn speaker(percent: u8) -> Option<Speaker> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let speaker = Speaker::start(&path, percent);
    speaker
        .inspect_err(|error| tracing::warn!(%error, "there will be no sounds"))
        .ok()
}

pub(super) async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
