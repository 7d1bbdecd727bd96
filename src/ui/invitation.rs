//! The desk's own code: a customer whose phone cannot be read scans it, and hands his coupon over from there.

use eframe::egui::{Color32, Mesh, Rect, Shape, Ui, pos2, vec2};
use qrcode::{Color, EcLevel, QrCode};

use super::look::Look;
use super::theme::{self, GAP};
use super::widgets::{Text, card, cut_bottom};

/// The white round a code, in modules, that its standard asks for.
const QUIET: f32 = 4.0;

/// Draws the code and what it is for.
pub fn invitation_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, invitation: &str) {
    let Ok(code) = QrCode::with_error_correction_level(invitation, EcLevel::M) else {
        tracing::error!("an invitation that fits into no code");
        return;
    };
    let words = look.wording.say("invitation");
    let (picture, foot) = cut_bottom(rect, theme::SMALL * 2.8);
    Text::small(&words, look.palette.text).put_centred(ui, foot);
    let side = picture.width().min(picture.height());
    let ground = Rect::from_center_size(picture.center(), vec2(side, side));
    // Dark on light in every theme: many phones read nothing else.
    card(ui, ground, Color32::WHITE);
    ui.painter()
        .add(Shape::mesh(modules(&code, ground.shrink(GAP / 2.0))));
}

/// The dark modules, those beside one another as one.
fn modules(code: &QrCode, ground: Rect) -> Mesh {
    let width = code.width();
    let size = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
    let module = ground.width() / (size(width) + 2.0 * QUIET);
    let at = |column: usize, row: usize| {
        let place = |count| (size(count) + QUIET) * module;
        pos2(ground.left() + place(column), ground.top() + place(row))
    };
    let mut mesh = Mesh::default();
    for (row, colours) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        for run in colours.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                let end = column + run.len();
                let run = Rect::from_min_max(at(column, row), at(end, row + 1));
                mesh.add_colored_rect(run, Color32::BLACK);
            }
            column += run.len();
        }
    }
    mesh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once_in_its_place() {
        let code = QrCode::new("https://coupons.example/?pass=0-1-2-3").unwrap();
        let width = code.width();
        let modules_across = u16::try_from(width).unwrap() + 8;
        let ground = Rect::from_min_size(
            pos2(0.0, 0.0),
            vec2(modules_across.into(), modules_across.into()),
        );
        let mesh = modules(&code, ground);
        let mut drawn = vec![Color::Light; width * width];
        for corners in mesh.vertices.chunks(4) {
            let rect =
                Rect::from_points(&corners.iter().map(|corner| corner.pos).collect::<Vec<_>>());
            for (place, module) in drawn.iter_mut().enumerate() {
                let size = |count: usize| f32::from(u16::try_from(count).unwrap());
                let centre = pos2(size(place % width) + 4.5, size(place / width) + 4.5);
                if rect.contains(centre) {
                    assert_eq!(*module, Color::Light, "drawn twice");
                    *module = Color::Dark;
                }
            }
        }
        assert_eq!(drawn, code.to_colors());
    }
}
