//! What IT and Weixin's support ask for about one outcome: in words, and as a code that a phone photographs.

use eframe::egui::{Color32, CornerRadius, Rect, Ui, pos2, vec2};
use qrcode::{EcLevel, QrCode};

use super::look::{Act, Look, is_wide};
use super::theme::{self, GAP, MARGIN, TARGET};
use super::widgets::{Key, Text, card, cut_bottom, cut_left, cut_right, cut_top, rows};
use crate::card::Code;
use crate::screen::{DoubtLine, Finished, Known};

/// One outcome's facts, as they were when the page was opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Details {
    finished: Box<Finished>,
}

impl Details {
    /// The facts of this outcome; where it is in doubt, with what refused its newest look-up.
    pub fn of(mut finished: Box<Finished>, doubts: &[DoubtLine]) -> Self {
        let doubt = doubts
            .iter()
            .find(|doubt| Some(doubt.attempt) == finished.attempt);
        if let Some(Known::Errcode(errcode)) = doubt.map(|doubt| &doubt.known) {
            finished.errcode = finished.errcode.or(Some(*errcode));
        }
        Self { finished }
    }

    /// A name and a value each; the code's middle is left out, as everywhere outside of the counter's own screens.
    fn facts(&self, look: Look<'_>) -> Vec<(String, String)> {
        let finished = &self.finished;
        let mut facts = Vec::new();
        let mut add = |key: &str, value: Option<String>| {
            let value = value.unwrap_or_else(|| look.wording.say("details-none"));
            facts.push((look.wording.say(key), value));
        };
        add(
            "details-outcome",
            Some(look.wording.outcome_word(finished.outcome)),
        );
        let at = finished.at.to_zoned(look.zone.clone());
        add(
            "details-time",
            Some(at.strftime("%Y-%m-%d %H:%M:%S %:z").to_string()),
        );
        let code = finished.code.as_ref();
        add("label-code", code.map(Code::shortened));
        let card_id = finished.card_id.as_ref();
        add(
            "label-card",
            card_id.map(|card_id| card_id.as_str().to_owned()),
        );
        let errcode = finished.errcode;
        add(
            "details-refusal",
            errcode.map(|errcode| errcode.to_string()),
        );
        // Where Weixin was not asked itself, the trace is all that the token's source passed on.
        let errmsg = finished.errmsg.as_ref().or(finished.trace.as_ref());
        add("details-errmsg", errmsg.cloned());
        add("details-support", finished.trace.clone());
        let attempt = finished.attempt;
        add("details-id", attempt.map(|attempt| attempt.to_string()));
        facts
    }
}

/// Draws the page.
pub fn details_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, details: &Details) -> Option<Act> {
    let Places {
        head,
        list,
        code,
        hint,
        close,
    } = Places::of(rect);
    let title = look.wording.say("details-title");
    Text::bold(&title, theme::TITLE, look.palette.text).put_centred(ui, head);
    let facts = details.facts(look);
    facts_ui(ui, list, look, &facts);
    let lines: Vec<String> = facts
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    code_ui(ui, code, &lines.join("\n"));
    let words = look.wording.say("details-scan");
    Text::small(&words, look.palette.muted).put_centred(ui, hint);
    let label = look.wording.say("close");
    let key = Key::new(&label, look.palette.key, look.palette.text);
    key.show(ui, close, "details-close").then_some(Act::Close)
}

/// Where everything on the page stands.
struct Places {
    head: Rect,
    list: Rect,
    code: Rect,
    hint: Rect,
    close: Rect,
}

impl Places {
    /// Wide, the code has the whole height beside everything else: a phone has to read it off a small display too, below
    /// whatever bars there are.
    fn of(rect: Rect) -> Self {
        let inner = rect.shrink(MARGIN);
        let is_wide = is_wide(inner);
        let (code, beside) = if is_wide {
            let side = inner.height().min(inner.width() * 0.37);
            let (code, beside) = cut_left(inner, side);
            (code, beside.with_min_x(beside.left() + MARGIN))
        } else {
            (Rect::NOTHING, inner)
        };
        let (head, rest) = cut_top(beside, theme::TITLE * 1.5);
        let (rest, foot) = cut_bottom(rest, TARGET + GAP);
        let (hint, close) = cut_right(foot.with_min_y(foot.top() + GAP), 260.0);
        let (list, code) = if is_wide {
            (rest, code)
        } else {
            let (list, code) = cut_top(rest, rest.height() * 0.5);
            (list, code.with_min_y(code.top() + MARGIN))
        };
        Self {
            head,
            list,
            code,
            hint: hint.with_max_x(hint.right() - GAP),
            close,
        }
    }
}

fn facts_ui(ui: &mut Ui, rect: Rect, look: Look<'_>, facts: &[(String, String)]) {
    card(ui, rect, look.palette.card);
    let rows = rows(rect.shrink(GAP), facts.len());
    for ((name, value), row) in facts.iter().zip(rows) {
        let (left, right) = cut_left(row, row.width() * 0.3);
        Text::small(name, look.palette.muted).put_centred(ui, left);
        Text::bold(value, theme::BODY * 0.85, look.palette.text).put_centred(ui, right);
    }
}

/// A QR code in black on white, with its quiet zone of four modules (ISO/IEC 18004).
pub(super) fn code_ui(ui: &Ui, rect: Rect, text: &str) {
    const QUIET: usize = 4;
    let code = match QrCode::with_error_correction_level(text, EcLevel::L) {
        Ok(code) => code,
        Err(error) => {
            tracing::error!(%error, "the text does not fit into a code");
            return;
        }
    };
    let side = f32::from(u16::try_from(code.width() + 2 * QUIET).unwrap_or(u16::MAX));
    let room = rect.size().min_elem();
    // Whole pixels a module, so that no line between modules is blurred.
    let pixels = ui.ctx().pixels_per_point();
    let module = ((room * pixels / side).floor() / pixels).max(1.0 / pixels);
    let whole = Rect::from_center_size(rect.center(), vec2(module * side, module * side));
    ui.painter()
        .rect_filled(whole, CornerRadius::ZERO, Color32::WHITE);
    let colors = code.to_colors();
    for (at, _) in colors
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == qrcode::Color::Dark)
    {
        let place =
            |index: usize| f32::from(u16::try_from(index + QUIET).unwrap_or(u16::MAX)) * module;
        let (x, y) = (place(at % code.width()), place(at / code.width()));
        let corner = pos2(whole.left() + x, whole.top() + y);
        let dark = Rect::from_min_size(corner, vec2(module, module));
        ui.painter()
            .rect_filled(dark, CornerRadius::ZERO, Color32::BLACK);
    }
}
