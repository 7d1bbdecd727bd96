//! A window that is opened for a moment to find out what the display is and how long a picture takes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use eframe::egui::{self, Context, Ui};

/// What the display is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measured {
    /// Pixels in a row, of the whole display where the system tells it, else of the window.
    pub width: f32,
    /// Rows.
    pub height: f32,
    /// Pixels a point.
    pub scale: f32,
    /// What a picture of the size of the window cost the processor, in milliseconds.
    pub millis: f32,
}

/// Pictures that are drawn: the first ones build the fonts.
const WARM_UP: u32 = 4;
const PICTURES: u32 = 16;

/// Opens the window over the whole display, draws a few pictures and closes it.
pub fn measure() -> Option<Measured> {
    let measured = Arc::new(Mutex::new(None));
    let taken = Arc::clone(&measured);
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("coupon-kiosk doctor")
            .with_app_id("coupon-kiosk")
            .with_fullscreen(true),
        persist_window: false,
        ..Default::default()
    };
    let opened = eframe::run_native(
        "coupon-kiosk-doctor",
        options,
        Box::new(|_created| {
            Ok(Box::new(Ruler {
                drawn: 0,
                spent: 0.0,
                taken,
            }))
        }),
    );
    if let Err(error) = opened {
        tracing::warn!(%error, "no window could be opened");
        return None;
    }
    *measured.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Ruler {
    drawn: u32,
    spent: f32,
    taken: Arc<Mutex<Option<Measured>>>,
}

impl eframe::App for Ruler {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        if self.drawn > WARM_UP
            && let Some(spent) = frame.info().cpu_usage
        {
            self.spent += spent;
        }
        if self.drawn == PICTURES {
            let scale = ctx.pixels_per_point();
            let window = ctx.content_rect().size();
            let size = ctx
                .input(|input| input.viewport().monitor_size)
                .unwrap_or(window)
                * scale;
            let pictures = PICTURES - WARM_UP;
            #[expect(clippy::cast_precision_loss, reason = "a dozen")]
            let millis = self.spent * 1000.0 / pictures as f32;
            *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(Measured {
                width: size.x,
                height: size.y,
                scale,
                millis,
            });
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        self.drawn += 1;
        ctx.request_repaint_after(Duration::from_millis(1));
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        ui.label(format!("{} / {PICTURES}", self.drawn));
    }
}
