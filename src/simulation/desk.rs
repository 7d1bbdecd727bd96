//! The desk: phones before the lens, and a clerk's fingers.

use std::time::Duration;

use tokio::time::Instant;

use super::chance::Chance;
use super::weather::Weather;
use crate::event::{CameraState, Event, LookUpId, Touch};
use crate::payload::{Origin, Payload, PaymentCodes};
use crate::redemption::attempt::AttemptId;
use crate::redemption::note::Says;
use crate::redemption::ruling::{Goods, Ground, Ruling};
use crate::scanner::tracker::{Sighting, Tracker};
use crate::scanner::{Found, Seen, Symbology};
use crate::screen::{Screen, Stage};

/// What the lens sees at one moment.
#[derive(Clone, Debug)]
pub(super) enum View {
    Texts(Vec<String>),
    /// The camera is gone, or back.
    Camera(CameraState),
}

/// A customer holds a phone up: what is seen from frame to frame, and when.
pub(super) fn customer(
    codes: &[String],
    weather: &Weather,
    chance: &mut Chance,
) -> Vec<(Duration, View)> {
    let code = chance.pick(codes).clone();
    let text = match chance.below(20) {
        0 => "134567890123456789".to_owned(),
        1 => "https://example.invalid/menu".to_owned(),
        2..5 => format!("https://example.invalid/r?encrypt_code=sealed-{code}&card_id=pCARD"),
        _ => code,
    };
    let beside = chance.percent(15).then(|| chance.pick(codes).clone());
    let mut at = Duration::ZERO;
    let mut views = Vec::new();
    for frame in 0..=chance.below(12) {
        at += chance.millis(33, 120);
        let mut texts = Vec::new();
        if !chance.percent(weather.frames_unread) {
            texts.push(text.clone());
        }
        texts.extend(beside.clone().filter(|_| frame % 4 == 2));
        views.push((at, View::Texts(texts)));
    }
    if chance.percent(5) {
        views.push((at, View::Camera(CameraState::Lost)));
        at += chance.millis(100, 4000);
        let device = "lens".to_owned();
        let mode = "640x480".to_owned();
        views.push((at, View::Camera(CameraState::Live { device, mode })));
    }
    views.push((at + chance.millis(33, 120), View::Texts(Vec::new())));
    views.push((at + Duration::from_secs(3), View::Texts(Vec::new())));
    views
}

/// What the camera and the scanner make of a view.
pub(super) fn see(tracker: &mut Tracker, view: View) -> Vec<Event> {
    let sightings = match view {
        View::Camera(state) => {
            let mut events = vec![Event::Camera(state)];
            if let Some(Sighting::View(view)) = tracker.reset() {
                events.push(Event::View(view));
            }
            return events;
        }
        View::Texts(texts) => {
            let seen = Seen {
                found: texts.into_iter().map(found).collect(),
                has_unread: false,
            };
            tracker.see(&seen, Instant::now().into_std())
        }
    };
    let event = |sighting| match sighting {
        Sighting::Taken(found) => Event::Payload(
            Payload::parse(&found.text, PaymentCodes::Refused),
            Origin::Desk,
        ),
        Sighting::View(view) => Event::View(view),
    };
    sightings.into_iter().map(event).collect()
}

fn found(text: String) -> Found {
    Found {
        text,
        symbology: Symbology::QrCode,
        corners: [[0, 0], [9, 0], [9, 9], [0, 9]],
    }
}

/// What the clerk touches, looking at this screen, and at times a manager.
pub(super) fn touches(screen: &Screen, weather: &Weather, chance: &mut Chance) -> Vec<Event> {
    let mut events: Vec<Event> = clerk(screen, chance)
        .into_iter()
        .map(Event::Touch)
        .collect();
    if !screen.doubts.is_empty() && chance.percent(weather.rulings) {
        let doubt = chance.pick(&screen.doubts);
        let ruling = ruling(doubt.attempt, chance);
        // A finger may touch twice.
        events.extend(vec![ruling; 1 + chance.index(2)]);
    }
    events
}

/// A manager's word.
pub(super) fn ruling(attempt: AttemptId, chance: &mut Chance) -> Event {
    let says = Says::Override(Ruling {
        goods: *chance.pick(&[Goods::HandedOver, Goods::NotHandedOver]),
        ground: *chance.pick(&Ground::ALL),
        text: "words".to_owned(),
        manager: Some("Li".to_owned()),
    });
    Event::Note { attempt, says }
}

fn clerk(screen: &Screen, chance: &mut Chance) -> Vec<Touch> {
    let mut touches = Vec::new();
    match &screen.stage {
        Stage::Review(review) => match chance.below(10) {
            0 => touches.push(Touch::Cancel),
            1 => touches.push(Touch::Confirm(LookUpId(review.look_up.0.saturating_sub(1)))),
            2..5 => touches.extend([Touch::Confirm(review.look_up); 2]),
            5 => touches.extend([Touch::Confirm(review.look_up), Touch::Cancel]),
            6..9 => touches.push(Touch::Confirm(review.look_up)),
            _ => {}
        },
        Stage::Working(_) => {
            if chance.percent(15) {
                touches.push(Touch::Cancel);
            }
        }
        Stage::Finished(_) | Stage::Idle => {
            if chance.percent(40) {
                touches.push(Touch::Dismiss);
            }
        }
    }
    if let Some(doubt) = screen.doubts.first()
        && chance.percent(15)
    {
        touches.push(Touch::AskNow(doubt.attempt));
    }
    touches
}

/// How long a clerk takes to touch something; at times to the last moment of a look-up or of a review.
pub(super) fn pause(weather: &Weather, chance: &mut Chance) -> Duration {
    match chance.below(40) {
        0 => chance.millis(58_000, 62_000),
        1 => chance.millis(178_000, 182_000),
        _ if weather.hasty => chance.millis(30, 900),
        _ => chance.millis(300, 6000),
    }
}
