//! The live picture with its aim frame; in words where there is no live picture.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::emath::RectTransform;
use eframe::egui::{
    Color32, ColorImage, Context, CornerRadius, Pos2, Rect, Shape, Stroke, TextureHandle,
    TextureOptions, Ui, Vec2, pos2, vec2,
};

use super::icon::{self, Icon};
use super::look::Look;
use super::theme::{self, GAP, ROUNDING, Tone};
use super::widgets::{Text, card, cut_top};
use crate::event::CameraState;
use crate::frame::{Came, Delays, Frame, Outlines, Rgb, Sight, Slot};

/// The log is told how long pictures take after so many of them.
const TOLD_EVERY: u64 = 300;

/// The picture on the graphics card, and which frame it shows.
#[derive(Default)]
pub struct Preview {
    texture: Option<TextureHandle>,
    number: u64,
    /// What the texture shows.
    shown: Option<Arc<Rgb>>,
    /// Where codes are, from left to right as the picture is seen.
    sights: Vec<Sight>,
    /// When the frame was taken that was drawn last, and when its drawing began; until it was seen that it is done.
    drawing: Option<(Instant, Instant)>,
    delays: Delays,
}

impl Preview {
    /// Counts into these how long pictures take.
    pub fn counting(delays: Delays) -> Self {
        Self {
            delays,
            ..Self::default()
        }
    }

    /// The window's last picture took so many seconds of work, which ended the way of its frame from the lens.
    pub fn count(&mut self, seconds: Option<f32>) {
        let Some(((taken, begun), seconds)) = self.drawing.take().zip(seconds) else {
            return;
        };
        let waited = begun.saturating_duration_since(taken);
        let took = waited + Duration::from_secs_f32(seconds.max(0.0));
        let all = self.delays.record(Came::Drawn, took);
        if all.count().is_multiple_of(TOLD_EVERY) {
            tracing::info!("from lens to drawn picture: {all}");
        }
    }

    /// Takes the newest frame. An old picture never passes for a live one: without a frame there is no picture.
    pub fn take(&mut self, ctx: &Context, frames: &Slot<Frame>, now: Instant) {
        let (number, frame) = frames.newest();
        if number == self.number {
            return;
        }
        self.number = number;
        let Some(frame) = frame else {
            self.texture = None;
            return;
        };
        let preview = &frame.preview;
        if self.texture.is_some()
            && self
                .shown
                .as_ref()
                .is_some_and(|shown| Arc::ptr_eq(shown, preview))
        {
            return;
        }
        self.shown = Some(Arc::clone(preview));
        self.drawing = Some((frame.at, now));
        let image = ColorImage::from_rgb([preview.width(), preview.height()], preview.bytes());
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::LINEAR),
            None => self.texture = Some(ctx.load_texture("preview", image, TextureOptions::LINEAR)),
        }
    }

    /// Takes where codes were seen last. Codes are read unmirrored, so a mirrored picture has them on the other side.
    pub fn outline(&mut self, outlines: &Outlines, is_mirrored: bool) {
        let (_, sights) = outlines.sights.newest();
        self.sights.clear();
        self.sights
            .extend(sights.iter().flat_map(|sights| sights.iter().copied()));
        if is_mirrored {
            for [x, _] in self.sights.iter_mut().flat_map(|sight| &mut sight.corners) {
                *x = 1.0 - *x;
            }
        }
        let left = |sight: &Sight| sight.corners.map(|[x, _]| x).into_iter().sum::<f32>();
        self.sights.sort_by(|a, b| left(a).total_cmp(&left(b)));
    }

    /// The outlines in the picture that fills `rect`.
    pub fn outlines(&self, rect: Rect) -> impl Iterator<Item = (Sight, [Pos2; 4])> {
        let uv = self.texture.as_ref().map(|texture| seen(rect, texture));
        let placed = move |sight: &Sight| uv.map(|uv| (*sight, placed(rect, uv, sight)));
        self.sights.iter().filter_map(placed)
    }
}

/// Draws the viewfinder.
pub fn viewfinder_ui(
    ui: &mut Ui,
    rect: Rect,
    look: Look<'_>,
    preview: &Preview,
    camera: &CameraState,
) {
    let is_live = matches!(camera, CameraState::Live { .. });
    match &preview.texture {
        Some(texture) if is_live => {
            picture(ui, rect, texture);
            if preview.sights.is_empty() {
                aim_frame(ui, rect, Color32::WHITE);
            }
            for (sight, corners) in preview.outlines(rect) {
                outline(ui, rect, sight, corners);
            }
        }
        Some(_) | None => words(ui, rect, look, camera),
    }
}

/// Which part of the picture is seen, as fractions: it fills the rectangle, and what does not fit is cut off at both
/// sides alike.
fn seen(rect: Rect, texture: &TextureHandle) -> Rect {
    let size = texture.size_vec2();
    let scale = (rect.width() / size.x).max(rect.height() / size.y);
    let seen = Vec2::new(
        rect.width() / (size.x * scale),
        rect.height() / (size.y * scale),
    );
    Rect::from_center_size(pos2(0.5, 0.5), seen)
}

fn picture(ui: &Ui, rect: Rect, texture: &TextureHandle) {
    let uv = seen(rect, texture);
    let mut shape =
        eframe::epaint::RectShape::filled(rect, CornerRadius::same(ROUNDING), Color32::WHITE);
    shape = shape.with_texture(texture.id(), uv);
    ui.painter().add(Shape::from(shape));
}

/// A little outside of the code, so that its edge stays in sight.
fn placed(rect: Rect, uv: Rect, sight: &Sight) -> [Pos2; 4] {
    let to = RectTransform::from_to(uv, rect);
    let corners = sight.corners.map(|[x, y]| to * pos2(x, y));
    let sum = corners
        .iter()
        .fold(Vec2::ZERO, |sum, at| sum + at.to_vec2());
    let middle = (sum / 4.0).to_pos2();
    corners.map(|at| middle + (at - middle) * 1.12)
}

/// Round a code that is seen: white while it is being read, green once it was taken.
fn outline(ui: &Ui, rect: Rect, sight: Sight, corners: [Pos2; 4]) {
    let colour = if sight.is_taken {
        theme::TAKEN
    } else {
        Color32::WHITE
    };
    let painter = ui.painter().with_clip_rect(rect);
    for stroke in [
        Stroke::new(13.0, Color32::from_black_alpha(140)),
        Stroke::new(7.0, colour),
    ] {
        painter.add(Shape::closed_line(corners.to_vec(), stroke));
    }
}

/// Four corners round the place where a code is read best.
fn aim_frame(ui: &Ui, rect: Rect, colour: Color32) {
    let side = rect.width().min(rect.height()) * 0.7;
    let frame = Rect::from_center_size(rect.center(), vec2(side, side));
    let arm = side * 0.16;
    for (corner, x, y) in [
        (frame.left_top(), 1.0, 1.0),
        (frame.right_top(), -1.0, 1.0),
        (frame.right_bottom(), -1.0, -1.0),
        (frame.left_bottom(), 1.0, -1.0),
    ] {
        let points = vec![
            corner + vec2(arm * x, 0.0),
            corner,
            corner + vec2(0.0, arm * y),
        ];
        // Dark under light: seen before a white wall and a black coat.
        for stroke in [
            Stroke::new(13.0, Color32::from_black_alpha(140)),
            Stroke::new(7.0, colour),
        ] {
            ui.painter().add(Shape::line(points.clone(), stroke));
        }
    }
}

fn words(ui: &mut Ui, rect: Rect, look: Look<'_>, camera: &CameraState) {
    card(ui, rect, look.palette.card);
    // A camera that is on and has sent no frame yet is being waited for.
    let shown = match camera {
        CameraState::Live { .. } => &CameraState::Opening,
        CameraState::None
        | CameraState::Opening
        | CameraState::Stalled
        | CameraState::Lost
        | CameraState::Busy
        | CameraState::Refused
        | CameraState::Unusable => camera,
    };
    let (head, advice) = look.wording.camera(shown);
    let colour = match shown {
        CameraState::Opening | CameraState::Live { .. } => look.palette.muted,
        CameraState::None
        | CameraState::Stalled
        | CameraState::Lost
        | CameraState::Busy
        | CameraState::Refused
        | CameraState::Unusable => Tone::Attention.fill(),
    };
    let middle = rect.shrink2(vec2(rect.width() * 0.08, rect.height() * 0.16));
    let (mark, rest) = cut_top(middle, middle.height() * 0.4);
    icon::paint(ui.painter(), mark.shrink(GAP), Icon::Camera, colour);
    let (title, rest) = cut_top(rest, rest.height() * 0.4);
    Text::bold(&head, theme::TITLE, look.palette.text)
        .centred()
        .put_centred(ui, title);
    Text::body(&advice, look.palette.muted)
        .centred()
        .put(ui, rest);
}
