//! Opening the window, and what wakes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};
use std::time::Duration;

use eframe::egui::{self, Context};

use super::first_start::{FirstParts, FirstStart};
use super::{Parts, Window};

/// A live picture is drawn at most so often: without a graphics chip every one costs 20 to 45 ms of a processor.
const PREVIEW_GAP: Duration = Duration::from_millis(66);

/// `request_repaint` draws twice (egui settles its layout with a second picture), a moment's delay once.
pub(super) const SOON: Duration = Duration::from_millis(1);

/// Opens the window and returns when it is closed. `ready` gets the waker for whoever changes `parts.screens`.
pub fn open(parts: Parts, ready: impl FnOnce(Waker) + 'static) -> eframe::Result {
    eframe::run_native(
        "coupon-kiosk",
        options(),
        Box::new(|created| {
            let (window, waker) = Window::new(&created.egui_ctx, parts);
            ready(waker);
            Ok(Box::new(window))
        }),
    )
}

/// Opens the first start's window and returns when it is closed.
pub fn open_first(parts: FirstParts) -> eframe::Result {
    eframe::run_native(
        "coupon-kiosk",
        options(),
        Box::new(|created| Ok(Box::new(FirstStart::new(&created.egui_ctx, parts)))),
    )
}

fn options() -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("coupon-kiosk")
            .with_app_id("coupon-kiosk")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([640.0, 480.0]),
        // The fallback follows the locale and may show Japanese forms of Chinese characters.
        system_font_fallback: false,
        persist_window: false,
        ..Default::default()
    }
}

/// Wakes the window for a new screen.
pub(super) fn on_screen(ctx: &Context) -> Waker {
    Waker::from(Arc::new(OnScreen(ctx.clone())))
}

/// Wakes the window for a new frame, while one is wanted.
pub(super) fn on_frame(ctx: &Context, is_wanted: &Arc<AtomicBool>) -> Waker {
    Waker::from(Arc::new(OnFrame {
        ctx: ctx.clone(),
        is_wanted: Arc::clone(is_wanted),
    }))
}

struct OnScreen(Context);

impl Wake for OnScreen {
    fn wake(self: Arc<Self>) {
        self.0.request_repaint_after(SOON);
    }
}

struct OnFrame {
    ctx: Context,
    is_wanted: Arc<AtomicBool>,
}

impl Wake for OnFrame {
    fn wake(self: Arc<Self>) {
        if self.is_wanted.load(Ordering::Relaxed) {
            self.ctx.request_repaint_after(PREVIEW_GAP);
        }
    }
}
