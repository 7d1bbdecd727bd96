//! Several codes in view: each outline has a number and is a key, and the clerk touches the one that is meant.

use eframe::egui::{Color32, CornerRadius, Rect, Stroke, StrokeKind, Ui, vec2};

use super::look::{Act, Look};
use super::theme::{self, TARGET, Tone};
use super::viewfinder::Preview;
use super::widgets::{Text, touchable};

/// More than half of a number's disc: it is round.
const DISC: u8 = 40;

/// Draws the numbers over the picture that fills `rect`.
pub fn choice_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, preview: &Preview) -> Option<Act> {
    let offered: Vec<_> = preview
        .outlines(rect)
        .filter(|(sight, _)| sight.is_offered)
        .collect();
    let count = offered.len();
    let mut act = None;
    for (index, (sight, corners)) in offered.into_iter().enumerate() {
        let number = index + 1;
        let outline = Rect::from_points(&corners).intersect(rect);
        // A code that is far away is still as large as a fingertip.
        let place =
            Rect::from_center_size(outline.center(), outline.size().max(vec2(TARGET, TARGET)));
        let label = look.wording.say_with(
            "sight",
            &[("number", number.into()), ("count", count.into())],
        );
        let name = format!("sight-{number}");
        let response = touchable(ui, place, &label, &name, true);
        let tone = Tone::Attention;
        let fill = if response.is_pointer_button_down_on() {
            Color32::WHITE
        } else {
            tone.fill()
        };
        let disc = Rect::from_center_size(place.center(), vec2(TARGET, TARGET) * 0.9);
        let round = CornerRadius::same(DISC);
        let edge = Stroke::new(4.0, tone.text());
        let painter = ui.painter().with_clip_rect(rect);
        painter.rect(disc, round, fill, edge, StrokeKind::Middle);
        Text::bold(&number.to_string(), theme::TITLE, tone.text())
            .centred()
            .paint(ui, disc);
        if response.clicked() {
            act = Some(Act::Sight(sight.id));
        }
    }
    act
}
