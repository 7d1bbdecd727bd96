//! The contrast of every text with what is really behind it, as WCAG 2.2 reckons it.

use coupon_kiosk::ui::drawn::contrast;
use eframe::egui::{Color32, Rect, Shape};
use egui_kittest::Harness;

/// Text; large text could do with 3, but nobody reads it from 1.5 m then.
const LEAST: f64 = 4.5;

/// What every shape is drawn over, in the order of drawing.
fn flat<'a>(shape: &'a Shape, all: &mut Vec<&'a Shape>) {
    if let Shape::Vec(shapes) = shape {
        for shape in shapes {
            flat(shape, all);
        }
    } else {
        all.push(shape);
    }
}

/// What is hard to read in the harness's last picture, and how many texts were looked at. Keys that take no touch are
/// excepted there as everywhere: their colours let the ground through.
pub fn faults<S>(harness: &Harness<'_, S>) -> (Vec<String>, usize) {
    let mut shapes = Vec::new();
    for clipped in &harness.output().shapes {
        flat(&clipped.shape, &mut shapes);
    }
    let (mut grounds, mut faults, mut count) = (Vec::<(Rect, Color32)>::new(), Vec::new(), 0);
    for shape in shapes {
        if let Shape::Rect(drawn) = shape
            && drawn.fill.is_opaque()
            && drawn.brush.is_none()
        {
            grounds.push((drawn.rect, drawn.fill));
        }
        let Shape::Text(text) = shape else {
            continue;
        };
        let words = text.galley.text();
        if words.trim().is_empty() {
            continue;
        }
        let middle = text.visual_bounding_rect().center();
        let mut below = grounds.iter().rev();
        let Some((_, ground)) = below.find(|(rect, _)| rect.contains(middle)) else {
            faults.push(format!("{words:?} stands on nothing"));
            continue;
        };
        let of_section = text.galley.job.sections.first().map(|it| it.format.color);
        let colour = text
            .override_text_color
            .or(of_section)
            .filter(|colour| *colour != Color32::PLACEHOLDER)
            .unwrap_or(text.fallback_color);
        if !colour.is_opaque() {
            continue;
        }
        count += 1;
        let found = contrast(colour, *ground);
        if found < LEAST {
            faults.push(format!("{words:?} has {found:.1} to 1 on {ground:?}"));
        }
    }
    (faults, count)
}

#[test]
fn a_text_that_is_hard_to_read_is_found() {
    for (grey, is_hard) in [(118, false), (160, true)] {
        let harness = Harness::builder()
            .with_size([200.0, 100.0])
            .build_ui(move |ui| {
                ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::WHITE);
                ui.colored_label(Color32::from_gray(grey), "words");
            });
        let (found, count) = faults(&harness);
        assert_eq!((found.is_empty(), count), (!is_hard, 1), "{found:?}");
    }
}
