//! What the screens are made of: texts that fit, and keys that a thumb hits.

use std::borrow::Cow;

use eframe::egui::accesskit::Live;
use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Color32, CornerRadius, Id, Label, LayerId, Layout, Order, Rect, Response, RichText,
    Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::drawn;
use super::icon::{self, Icon};
use super::theme::{self, MM, ROUNDING, Weight};

/// A text in a rectangle: as large as asked for where it fits, else smaller.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// What it says.
    pub words: &'a str,
    /// The largest size, in points.
    pub size: f32,
    /// Its weight.
    pub weight: Weight,
    /// Its colour.
    pub colour: Color32,
    /// Where its lines stand.
    pub align: Align,
    /// A screen reader says it as soon as it appears.
    pub is_announced: bool,
}

impl<'a> Text<'a> {
    /// A sentence.
    pub fn body(words: &'a str, colour: Color32) -> Self {
        Self {
            words,
            size: theme::BODY,
            weight: Weight::Regular,
            colour,
            align: Align::Min,
            is_announced: false,
        }
    }

    /// Bold, and as large as this.
    pub fn bold(words: &'a str, size: f32, colour: Color32) -> Self {
        Self {
            words,
            size,
            weight: Weight::Bold,
            colour,
            align: Align::Min,
            is_announced: false,
        }
    }

    /// Small print.
    pub fn small(words: &'a str, colour: Color32) -> Self {
        Self {
            size: theme::SMALL,
            ..Self::body(words, colour)
        }
    }

    /// Lines in the middle.
    pub fn centred(self) -> Self {
        Self {
            align: Align::Center,
            ..self
        }
    }

    /// Said by a screen reader as soon as it appears.
    pub fn announced(self) -> Self {
        Self {
            is_announced: true,
            ..self
        }
    }

    /// So many times as large.
    pub fn sized(self, times: f32) -> Self {
        Self {
            size: self.size * times,
            ..self
        }
    }

    /// Paints it into the middle of `rect`'s height without a name of its own: something behind it has that name.
    pub fn paint(self, ui: &Ui, rect: Rect) {
        let size = self.fitting(ui, rect);
        let words = self.begun(ui, rect, size);
        let font = theme::font(size, self.weight);
        let mut job = LayoutJob::simple(words.to_string(), font, self.colour, rect.width());
        job.halign = self.align;
        let galley = ui.painter().layout_job(job);
        // Where its lines are aligned to, and where the whole begins.
        let (at, left) = match self.align {
            Align::Min => (rect.left(), rect.left()),
            Align::Center => (rect.center().x, rect.center().x - galley.size().x / 2.0),
            Align::Max => (rect.right(), rect.right() - galley.size().x),
        };
        let top = rect.center().y - galley.size().y / 2.0;
        let drawn = Rect::from_min_size(pos2(left, top), galley.size());
        drawn::text(ui.ctx(), &words, rect, drawn, size);
        ui.painter().galley(pos2(at, top), galley, self.colour);
    }

    /// Puts it at the top of `rect`; tells how high it became.
    pub fn put(self, ui: &mut Ui, rect: Rect) -> f32 {
        let size = self.fitting(ui, rect);
        self.label(ui, rect, size, Align::Min)
    }

    /// Puts it into the middle of `rect`'s height.
    pub fn put_centred(self, ui: &mut Ui, rect: Rect) {
        let size = self.fitting(ui, rect);
        self.label(ui, rect, size, Align::Center);
    }

    fn label(self, ui: &mut Ui, rect: Rect, size: f32, valign: Align) -> f32 {
        let words = self.begun(ui, rect, size);
        let height = Text {
            words: &words,
            ..self
        }
        .height(ui, rect.width(), size);
        let top = match valign {
            Align::Min => rect.top(),
            Align::Center => rect.center().y - height / 2.0,
            Align::Max => rect.bottom() - height,
        };
        let place = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height));
        drawn::text(ui.ctx(), &words, rect, place, size);
        let text = RichText::new(&*words)
            .font(theme::font(size, self.weight))
            .color(self.colour);
        let builder = UiBuilder::new()
            .max_rect(place)
            .layout(Layout::top_down(self.align));
        ui.scope_builder(builder, |ui| {
            let label = ui.add(Label::new(text).selectable(false).wrap());
            if self.is_announced {
                ui.ctx()
                    .accesskit_node_builder(label.id, |node| node.set_live(Live::Assertive));
            }
        });
        height
    }

    /// The whole, or as much of its beginning as there is room for: what strangers write has no end.
    fn begun(self, ui: &Ui, rect: Rect, size: f32) -> Cow<'a, str> {
        let has_room = |words: &str| {
            let height = Text { words, ..self }.height(ui, rect.width(), size);
            height <= rect.height() + 1.0
        };
        if has_room(self.words) {
            return Cow::Borrowed(self.words);
        }
        let ends: Vec<usize> = self.words.char_indices().map(|(end, _)| end).collect();
        let cut = |end: &usize| format!("{}…", self.words[..*end].trim_end());
        let fit = ends.partition_point(|end| has_room(&cut(end)));
        // Where not even one letter fits, something else is wrong, and an ellipsis tells nobody what.
        match fit {
            0..=1 => Cow::Borrowed(self.words),
            _ => Cow::Owned(cut(&ends[fit - 1])),
        }
    }

    fn fitting(self, ui: &Ui, rect: Rect) -> f32 {
        let smallest = theme::SMALL * 0.75;
        let widest_word = self
            .words
            .split_whitespace()
            .map(|word| self.width(ui, word, MEASURED))
            .fold(0.0, f32::max);
        // Every size that is laid out leaves its letters in the font's texture, a large one for good. So sizes are tried by
        // scaling one that is there, and the last one is looked at in itself.
        let would_fit = |size: f32| {
            let times = size / MEASURED;
            let height = times * self.height(ui, rect.width() / times, MEASURED);
            height <= rect.height() + 0.5
                && (widest_word * times <= rect.width() || !self.words.is_ascii())
        };
        let mut size = self.size;
        while size > smallest && !would_fit(size) {
            size = smaller(size);
        }
        while size > smallest && self.height(ui, rect.width(), size) > rect.height() + 0.5 {
            size = smaller(size);
        }
        size
    }

    fn height(self, ui: &Ui, width: f32, size: f32) -> f32 {
        let font = theme::font(size, self.weight);
        let galley = ui
            .painter()
            .layout(self.words.to_owned(), font, self.colour, width);
        galley.size().y
    }

    fn width(self, ui: &Ui, word: &str, size: f32) -> f32 {
        let font = theme::font(size, self.weight);
        let galley = ui
            .painter()
            .layout_no_wrap(word.to_owned(), font, self.colour);
        galley.size().x
    }
}

/// At this size texts are measured.
const MEASURED: f32 = theme::SMALL;

/// The next smaller size. All texts shrink in the same steps, from the largest one's size down: else each would leave
/// letters of sizes of its own in the font's texture, and Chinese ones are many.
fn smaller(size: f32) -> f32 {
    const STEP: f32 = 0.94;
    let steps = (size / theme::HEAD).log(STEP);
    theme::HEAD * STEP.powf((steps + 0.01).floor() + 1.0)
}

/// Something to touch.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// What an assistive program calls it.
    pub label: &'a str,
    /// What it says.
    pub words: &'a str,
    /// What is drawn instead of the words.
    pub icon: Option<Icon>,
    /// Its area.
    pub fill: Color32,
    /// Its words.
    pub text: Color32,
    /// The size of the words where they fit.
    pub size: f32,
    /// Whether a touch does anything.
    pub is_enabled: bool,
}

impl<'a> Key<'a> {
    /// A key of these colours.
    pub fn new(label: &'a str, fill: Color32, text: Color32) -> Self {
        Self {
            label,
            words: label,
            icon: None,
            fill,
            text,
            size: theme::BODY,
            is_enabled: true,
        }
    }

    /// Words of this size.
    pub fn sized(self, size: f32) -> Self {
        Self { size, ..self }
    }

    /// Says this, which is too short to be its name.
    pub fn saying(self, words: &'a str) -> Self {
        Self { words, ..self }
    }

    /// Draws an icon instead of the words, which remain its name.
    pub fn with_icon(self, icon: Icon) -> Self {
        Self {
            icon: Some(icon),
            ..self
        }
    }

    /// Takes touches or not.
    pub fn enabled(self, is_enabled: bool) -> Self {
        Self { is_enabled, ..self }
    }

    /// Draws it; `true` when it was touched. `name` is the same in every language, and no other key's.
    pub fn show(self, ui: &mut Ui, rect: Rect, name: &str) -> bool {
        let response = touchable(ui, rect, self.label, name, self.is_enabled);
        let fill = match (self.is_enabled, response.is_pointer_button_down_on()) {
            (false, _) => self.fill.gamma_multiply(0.45),
            (true, true) => mixed(self.fill, Color32::WHITE, 0.3),
            (true, false) => self.fill,
        };
        ui.painter()
            .rect_filled(rect, CornerRadius::same(ROUNDING), fill);
        let colour = if self.is_enabled {
            self.text
        } else {
            self.text.gamma_multiply(0.6)
        };
        if let Some(icon) = self.icon {
            let side = rect.size().min_elem() * 0.6;
            let place = Rect::from_center_size(rect.center(), vec2(side, side));
            icon::paint(ui.painter(), place, icon, colour);
        } else {
            // They are its name already: painted, not announced a second time.
            let words = Text::bold(self.words, self.size, colour).centred();
            words.paint(ui, rect.shrink2(vec2(8.0, 6.0)));
        }
        response.clicked()
    }
}

/// What a screen reader says at once: in one piece, since the pieces of a screen reach it in any order. Seen by nobody.
pub fn announce(ui: &Ui, rect: Rect, words: &str) {
    let said = ui.interact(rect, Id::unique("announced"), Sense::hover());
    said.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    ui.ctx()
        .accesskit_node_builder(said.id, |node| node.set_live(Live::Assertive));
}

/// An area that takes touches, known to assistive programs by its label. It reaches 2 mm further down than it is drawn:
/// people touch below what they aim at.
pub fn touchable(ui: &mut Ui, rect: Rect, label: &str, name: &str, is_enabled: bool) -> Response {
    let reach = Rect::from_min_max(rect.min, rect.max + vec2(0.0, 2.0 * MM));
    let sense = if is_enabled {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(reach, key_id(name), sense);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, label));
    if response.has_focus() {
        focus_ring(ui, rect);
    }
    if is_enabled {
        drawn::key(ui.ctx(), name, rect);
    }
    response
}

/// Where a keyboard is. Light and dark, and over everything: seen on every colour.
fn focus_ring(ui: &Ui, rect: Rect) {
    let over = LayerId::new(Order::Foreground, Id::unique("focus ring"));
    let painter = ui.ctx().layer_painter(over);
    for (inset, colour) in [(0.0, Color32::BLACK), (RING, Color32::WHITE)] {
        let ring = Stroke::new(RING, colour);
        let corner = CornerRadius::same(ROUNDING);
        painter.rect_stroke(rect.shrink(inset), corner, ring, StrokeKind::Inside);
    }
}

/// How wide each of its two rings is.
const RING: f32 = 4.0;

/// What egui calls the key of this name.
pub fn key_id(name: &str) -> Id {
    Id::unique(("key", name))
}

/// A card that things stand on.
pub fn card(ui: &Ui, rect: Rect, fill: Color32) {
    ui.painter()
        .rect_filled(rect, CornerRadius::same(ROUNDING), fill);
}

/// `share` of `other` in `one`.
pub fn mixed(one: Color32, other: Color32, share: f32) -> Color32 {
    one.lerp_to_gamma(other, share)
}

/// Cuts `height` off the top of `rect`: (the top, the rest).
pub fn cut_top(rect: Rect, height: f32) -> (Rect, Rect) {
    rect.split_top_bottom_at_y((rect.top() + height).min(rect.bottom()))
}

/// Cuts `height` off the bottom of `rect`: (the rest, the bottom).
pub fn cut_bottom(rect: Rect, height: f32) -> (Rect, Rect) {
    rect.split_top_bottom_at_y((rect.bottom() - height).max(rect.top()))
}

/// Cuts `width` off the right of `rect`: (the rest, the right).
pub fn cut_right(rect: Rect, width: f32) -> (Rect, Rect) {
    rect.split_left_right_at_x((rect.right() - width).max(rect.left()))
}

/// Cuts `width` off the left of `rect`: (the left, the rest).
pub fn cut_left(rect: Rect, width: f32) -> (Rect, Rect) {
    rect.split_left_right_at_x((rect.left() + width).min(rect.right()))
}

/// So many rows of equal height from the top of `rect` downwards, none higher than a name and its value want.
pub fn rows(rect: Rect, count: usize) -> impl Iterator<Item = Rect> {
    let share = f32::from(u16::try_from(count).unwrap_or(u16::MAX)).max(1.0);
    let height = (rect.height() / share).min(theme::BODY * 2.2);
    (0..count).scan(rect, move |rest, _row| {
        let (row, after) = cut_top(*rest, height);
        *rest = after;
        Some(row)
    })
}
