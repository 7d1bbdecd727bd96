//! Training at a real desk: the demo's stories in front of the real kiosk, which goes on behind them. It asks about what is in
//! doubt, and is told nothing that is touched, typed or scanned meanwhile; nothing of a training reaches its journal, its
//! numbers or Weixin.

use std::pin::Pin;

use super::serving::{Serving, until};
use super::{Ask, Stories};
use crate::camera::pictures::Phones;
use crate::cli::playing::{Listener, Playing};
use crate::cli::story::Story;
use crate::event::Event;
use crate::kiosk::{Inbox, Kiosk, Parts};
use crate::office::Wish;
use crate::payload::Origin;

/// The stories of a training, and the parts of the first one.
pub(super) struct Training {
    playing: Playing,
    parts: Parts,
}

/// What ended a story.
enum Next {
    /// Another one.
    Story(Box<Parts>),
    /// The training's end.
    Customers,
    /// The kiosk's own end.
    Nothing,
}

impl Training {
    /// Nothing is held up yet. `None` where it cannot be: no room for a journal that is thrown away.
    pub(super) fn begin(phones: Phones) -> Option<Self> {
        let begun = Story::open("redeemed").and_then(|story| {
            let mut playing = Playing::new(story, phones, Listener::Nobody)?;
            let parts = playing.begin()?;
            Ok(Self { playing, parts })
        });
        begun
            .inspect_err(|error| tracing::error!(%error, "the training cannot begin"))
            .ok()
    }
}

impl<S: Stories> Serving<S> {
    /// Plays stories until somebody ends them; `None` where the kiosk itself has ended or is no longer wanted.
    pub(super) async fn train(
        &mut self,
        mut live: Pin<&mut impl Future<Output = ()>>,
        inbox: &Inbox,
        training: Training,
    ) -> Option<()> {
        let Training { mut playing, parts } = training;
        let mut next = Next::Story(Box::new(parts));
        loop {
            let parts = match next {
                Next::Story(parts) => *parts,
                Next::Customers => return Some(()),
                Next::Nothing => return None,
            };
            next = self.play(live.as_mut(), inbox, &mut playing, parts).await;
        }
    }

    async fn play(
        &mut self,
        mut live: Pin<&mut impl Future<Output = ()>>,
        inbox: &Inbox,
        playing: &mut Playing,
        parts: Parts,
    ) -> Next {
        let (mut kiosk, mut screens) = Kiosk::new(parts);
        let played = kiosk.inbox();
        played.offer(Event::Camera(self.camera.clone()));
        played.offer(Event::View(self.view));
        self.show(&screens.borrow_and_update().clone());
        let mut story = std::pin::pin!(kiosk.run());
        loop {
            tokio::select! {
                () = &mut live => return Next::Nothing,
                () = &mut story => return Next::Nothing,
                _gone = &mut self.unwanted => return Next::Nothing,
                asked = self.asked.recv() => {
                    let Some(asked) = asked else {
                        return Next::Nothing;
                    };
                    if let Some(next) = self.asked_in_training(asked, inbox, &played, playing) {
                        return next;
                    }
                }
                changed = screens.changed() => {
                    if changed.is_err() {
                        return Next::Nothing;
                    }
                    let screen = screens.borrow_and_update().clone();
                    playing.see(&screen);
                    self.show(&screen);
                }
                () = until(self.wake_at) => {
                    self.wake_at = None;
                    self.waker.wake();
                }
            }
        }
    }

    fn asked_in_training(
        &mut self,
        asked: Ask,
        inbox: &Inbox,
        played: &Inbox,
        playing: &mut Playing,
    ) -> Option<Next> {
        match asked {
            Ask::Phone(phone) => {
                return playing
                    .choose(phone)
                    .map(|parts| Next::Story(Box::new(parts)));
            }
            Ask::Volume(percent) => self.sounding.turn_to(percent),
            Ask::Train(_, begun) => {
                if begun.send(false).is_err() {
                    tracing::debug!("the office had ended");
                }
            }
            Ask::EndTraining => return Some(Next::Customers),
            Ask::Event(event) => {
                self.note(&event);
                let is_customers = matches!(
                    event,
                    Event::Payload(_, Origin::HandOff | Origin::Online) | Event::HandedOver { .. }
                );
                let is_taken = match &event {
                    Event::Payload(_, Origin::Desk) | Event::Touch(_) | Event::View(_) => {
                        played.offer(event)
                    }
                    Event::Camera(_) => played.offer(event.clone()) && inbox.offer(event),
                    // A customer hands his coupon over from his own phone: that is no training.
                    Event::Payload(_, Origin::HandOff | Origin::Online)
                    | Event::HandedOver { .. }
                    | Event::Witnessed(_)
                    | Event::Duty(_)
                    | Event::Invitation(_) => inbox.offer(event),
                    // Today's list is not shown in a training, so that nobody has written anything.
                    Event::Note { .. } | Event::Replied { .. } | Event::Journaled { .. } => true,
                };
                if !is_taken {
                    tracing::warn!("the loop is too busy for an event");
                }
                if is_customers {
                    self.wishes.wish(Wish::EndTraining);
                    return Some(Next::Customers);
                }
            }
        }
        None
    }
}
