//! What the window wears: its own colours, an outcome's at the top, the demo's in a training.

use eframe::egui::{Context, Rect, Ui};

use super::keypad::Kept;
use super::look::Look;
use super::theme::{self, Palette};
use super::{Window, header, widgets};
use crate::screen::Stage;

impl Window {
    /// An outcome's colour reaches to the upper edge.
    pub(super) fn header_palette(&self) -> Palette {
        match &self.screen.stage {
            Stage::Finished(finished) if self.page.is_none() => {
                Palette::on(theme::Tone::of(finished))
            }
            Stage::Idle | Stage::Working(_) | Stage::Review(_) | Stage::Finished(_) => self.palette,
        }
    }

    /// A training begins or ends: it wears the demo's colours, and no page outlives it.
    pub(super) fn dress(&mut self, ctx: &Context) {
        let is_play = self.parts.phones.is_some() || self.behind.office.training.is_some();
        self.palette = Palette::of(self.parts.shade, is_play);
        theme::dress(ctx, &self.palette);
        self.page = None;
        self.kept = Kept::default();
    }

    /// The ribbon of the demo and of a training; what is left below.
    pub(super) fn ribbon_ui(&self, ui: &mut Ui, rect: Rect, look: Look<'_>) -> Rect {
        if self.palette.ribbon.is_none() {
            return rect;
        }
        let (ribbon, rest) = widgets::cut_top(rect, header::RIBBON);
        let words = match self.parts.phones {
            Some(_) => "demo-watermark",
            None => "training-watermark",
        };
        header::ribbon_ui(ui, ribbon, look, words);
        rest
    }
}
