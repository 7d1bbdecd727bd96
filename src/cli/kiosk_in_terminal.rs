//! Drives the kiosk's loop without a window: a payload in, a confirm where it is wanted, screens out.

use std::time::Duration;

use tokio::sync::watch;

use crate::event::{Event, Touch};
use crate::kiosk::{Inbox, Kiosk, Parts};
use crate::payload::{Origin, Payload};
use crate::redemption::attempt::Outcome;
use crate::screen::{Screen, Stage};

/// What the clerk of a terminal wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Clerk {
    /// Look only.
    Looks,
    /// Confirm every review.
    Confirms,
}

/// A kiosk to be driven. It serves only while one of its methods is awaited.
pub(super) struct Session {
    kiosk: Kiosk,
    inbox: Inbox,
    screens: watch::Receiver<Screen>,
}

impl Session {
    pub(super) fn new(parts: Parts) -> Self {
        let inbox = parts.inbox.0.clone();
        let (kiosk, screens) = Kiosk::new(parts);
        Self {
            kiosk,
            inbox,
            screens,
        }
    }

    /// One redemption, until its outcome; in doubt it goes on for `doubt`. Every screen is shown on the way.
    pub(super) async fn redeem(
        &mut self,
        payload: Payload,
        clerk: Clerk,
        doubt: Duration,
        show: &mut dyn FnMut(&Screen),
    ) -> Screen {
        let Self {
            kiosk,
            inbox,
            screens,
        } = self;
        screens.mark_unchanged();
        inbox.offer(Event::Payload(payload, Origin::Desk));
        tokio::select! {
            () = kiosk.run() => screens.borrow().clone(),
            screen = watch_redemption(inbox, screens, clerk, doubt, show) => screen,
        }
    }

    /// Waits until nothing is in doubt any more, or the time is up.
    pub(super) async fn reconcile(&mut self, patience: Duration) -> Screen {
        let Self { kiosk, screens, .. } = self;
        let settled = async {
            let settled = screens.wait_for(|screen| screen.doubts.is_empty()).await;
            settled.is_ok()
        };
        tokio::select! {
            () = kiosk.run() => {}
            _ = tokio::time::timeout(patience, settled) => {}
        }
        self.screens.borrow().clone()
    }
}

async fn watch_redemption(
    inbox: &Inbox,
    screens: &mut watch::Receiver<Screen>,
    clerk: Clerk,
    doubt: Duration,
    show: &mut dyn FnMut(&Screen),
) -> Screen {
    let mut patience: Option<tokio::time::Instant> = None;
    loop {
        let until = patience;
        let is_over = async {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = screens.changed() => if changed.is_err() {
                return screens.borrow().clone();
            },
            () = is_over => return screens.borrow().clone(),
        }
        let screen = screens.borrow_and_update().clone();
        show(&screen);
        match &screen.stage {
            Stage::Review(review) => match clerk {
                Clerk::Looks => return screen,
                Clerk::Confirms => {
                    inbox.offer(Event::Touch(Touch::Confirm(review.look_up)));
                }
            },
            Stage::Finished(finished) if finished.outcome == Outcome::InDoubt => {
                patience.get_or_insert(tokio::time::Instant::now() + doubt);
            }
            Stage::Finished(_) => return screen,
            Stage::Idle | Stage::Working(_) => {}
        }
    }
}
