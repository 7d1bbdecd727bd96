//! What a window is put together from where no kiosk is behind it.

use std::sync::Arc;

use coupon_kiosk::frame::Delays;
use coupon_kiosk::kiosk::clock::tick;
use coupon_kiosk::office::Office;
use coupon_kiosk::payload::PaymentCodes;
use coupon_kiosk::screen::{Screen, Shade};
use coupon_kiosk::ui::Parts;
use coupon_kiosk::wording::Language;
use tokio::sync::watch;

/// Over the whole display, without a camera, and nobody hears what is touched.
pub fn parts(
    screens: watch::Receiver<Screen>,
    office: watch::Receiver<Office>,
    language: Language,
) -> Parts {
    Parts {
        panels: Vec::new(),
        screens,
        office,
        frames: Arc::default(),
        outlines: Arc::default(),
        delays: Delays::default(),
        tell: Box::new(|_said| {}),
        tick: Box::new(tick),
        language,
        zone: jiff::tz::TimeZone::UTC,
        payment_codes: PaymentCodes::Refused,
        phones: None,
        handset: None,
        beat: Box::new(|_cost| {}),
        is_fullscreen: true,
        shade: Shade::Dark,
    }
}
