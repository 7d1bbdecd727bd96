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

/// How long a clerk who reads the review waits for the coupon's title, which is asked for beside the look-up.
pub(super) const TITLE_FOR: Duration = Duration::from_millis(500);

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// The title of a coupon that may be redeemed.
    pub(super) title: Duration,
    /// The outcome of an attempt in doubt.
    pub(super) doubt: Duration,
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

    /// One redemption, until its outcome, as far as the patience goes. Every screen is shown on the way.
    pub(super) async fn redeem(
        &mut self,
        payload: Payload,
        clerk: Clerk,
        patience: Patience,
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
            screen = watch_redemption(inbox, screens, clerk, patience, show) => screen,
        }
    }

    /// Where events are offered, and what is seen.
    pub(super) fn ends(&self) -> (Inbox, watch::Receiver<Screen>) {
        (self.inbox.clone(), self.screens.clone())
    }

    /// One redemption that begins by what goes on beside the kiosk, and which ends only where it fails.
    pub(super) async fn redeem_beside(
        &mut self,
        beside: impl Future<Output = anyhow::Result<()>>,
        clerk: Clerk,
        patience: Patience,
        show: &mut dyn FnMut(&Screen),
    ) -> anyhow::Result<()> {
        let Self {
            kiosk,
            inbox,
            screens,
        } = self;
        screens.mark_unchanged();
        tokio::select! {
            () = kiosk.run() => Ok(()),
            failed = beside => failed,
            _screen = watch_redemption(inbox, screens, clerk, patience, show) => Ok(()),
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
    patience: Patience,
    show: &mut dyn FnMut(&Screen),
) -> Screen {
    let mut given_up_at: Option<tokio::time::Instant> = None;
    loop {
        let until = given_up_at;
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
        let mut screen = screens.borrow_and_update().clone();
        if lacks_title(&screen) {
            let titled = screens.wait_for(|screen| !lacks_title(screen));
            if let Ok(Ok(titled)) = tokio::time::timeout(patience.title, titled).await {
                screen = titled.clone();
            }
        }
        show(&screen);
        match &screen.stage {
            Stage::Review(review) => match clerk {
                Clerk::Looks => return screen,
                Clerk::Confirms => {
                    inbox.offer(Event::Touch(Touch::Confirm(review.look_up)));
                }
            },
            Stage::Finished(finished) if finished.outcome == Outcome::InDoubt => {
                given_up_at.get_or_insert(tokio::time::Instant::now() + patience.doubt);
            }
            Stage::Finished(_) => return screen,
            Stage::Idle | Stage::Working(_) => {}
        }
    }
}

/// Whether a review is shown whose title may still come.
fn lacks_title(screen: &Screen) -> bool {
    match &screen.stage {
        Stage::Review(review) => review.title.is_none() && review.info.card_id.is_some(),
        Stage::Idle | Stage::Working(_) | Stage::Finished(_) => false,
    }
}
