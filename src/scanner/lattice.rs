//! QR codes by laying the net of their modules over the grey picture: for what is smeared, under glare, cut off or bent,
//! where a picture of black and white has lost too much.
//!
//! Three finder patterns give a first net, the patterns that every code has pull it straight ([`fit`]), a filter learnt
//! from them takes the smear out ([`cells`]), and what glare hides is left to the check bytes as missing rather than
//! wrong ([`correct`]), which they can make up for twice as often.

mod cells;
mod correct;
mod fit;
mod hunt;
mod layout;
mod shifts;
mod sketch;
mod warp;
mod words;

pub(super) use sketch::Sketch;

use cells::Cells;
use layout::Layout;
use shifts::Shifts;
use warp::{Point, View, distance};

use crate::frame::Luma;

/// Counts what is done, for the tests that hold it within bounds.
#[cfg(test)]
pub(super) mod work {
    use std::cell::Cell;

    thread_local! {
        static DONE: Cell<u64> = const { Cell::new(0) };
    }

    pub(in crate::scanner) fn begin() {
        DONE.set(0);
    }

    pub(in crate::scanner) fn note() {
        DONE.set(DONE.get() + 1);
    }

    pub(in crate::scanner) fn done() -> u64 {
        DONE.get()
    }
}

/// Three finder patterns: their centres (top left, top right, bottom left) and the mean width of one, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trio {
    pub(super) centres: [Point; 3],
    pub(super) width: f32,
}

impl Trio {
    /// Whether the two mean the same code.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        let near = self.width.min(other.width) / 7.0;
        let pairs = self.centres.iter().zip(&other.centres);
        pairs.into_iter().all(|(&a, &b)| distance(a, b) < near)
    }
}

/// A first guess that is worse is not improved, and no more than the likeliest few are.
const LEAST_GUESS: f32 = 0.15;
const CLIMBS: usize = 2;
/// A net that fits worse than this is laid over something else.
const LEAST_SCORE: f32 = 0.42;
/// What fits less is not cloth or crumpled paper.
const WORTH_BENDING: f32 = 0.55;

/// A text and the corners of its code.
pub(super) type Read = (String, [Point; 4]);

/// Reads the code whose finder patterns these are.
pub(super) fn read(luma: &Luma, is_inverted: bool, trio: Trio) -> Option<Read> {
    let view = View { luma, is_inverted };
    let (layout, fit) = laid(view, trio)?;
    if fit.score < LEAST_SCORE {
        return None;
    }
    let text = tried(view, &layout, &fit, &Shifts::none()).or_else(|| {
        if fit.score < WORTH_BENDING {
            return None;
        }
        tried(view, &layout, &fit, &Shifts::found(view, &layout, &fit))
    })?;
    Some((text, fit.warp.corners()))
}

/// The net over these finder patterns that fits best.
fn laid(view: View<'_>, trio: Trio) -> Option<(Layout, fit::Fit)> {
    let [tl, tr, bl] = trio.centres;
    let module = trio.width / 7.0;
    let span = f32::midpoint(distance(tl, tr), distance(tl, bl)) / module;
    let mut guesses: Vec<(f32, Layout, fit::Guess)> = sides(span + 7.0)
        .filter_map(|side| {
            let layout = Layout::of_side(side)?;
            let guess = fit::guess(view, &layout, trio.centres)?;
            (guess.score >= LEAST_GUESS).then_some((guess.score, layout, guess))
        })
        .collect();
    guesses.sort_by(|a, b| b.0.total_cmp(&a.0));
    guesses.truncate(CLIMBS);
    let fits = guesses.into_iter().map(|(_, layout, guess)| {
        let fit = fit::climbed(view, &layout, &guess);
        let worth = fit.score + fit::timing(view, &layout, &fit);
        (worth, layout, fit)
    });
    let (_, layout, fit) = fits.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some((layout, fit))
}

/// What is seen of the likeliest code, read or not.
pub(super) fn sketched(luma: &Luma, half: &Luma) -> Option<Sketch> {
    [(half, 2.0), (luma, 1.0)]
        .into_iter()
        .find_map(|(small, scale)| {
            let view = View {
                luma,
                is_inverted: false,
            };
            let threes = hunt::trios(&hunt::marks(view, small, scale));
            threes.into_iter().take(SKETCHES).find_map(|trio| {
                let (layout, fit) = laid(view, trio)?;
                (fit.score >= LEAST_SCORE).then(|| Sketch::of(view, &layout, &fit))
            })
        })
}

/// Threes of marks that are held to be a code.
const SKETCHES: usize = 2;

/// As it is seen, and with the smear taken out.
fn tried(view: View<'_>, layout: &Layout, fit: &fit::Fit, shifts: &Shifts) -> Option<String> {
    let cells = Cells::sampled(view, layout, fit, shifts);
    words::decoded(layout, &cells)
        .or_else(|| words::decoded(layout, &cells.equalized(layout, 1)))
        .or_else(|| words::decoded(layout, &cells.equalized(layout, 3)))
}

/// Looks for finder patterns in `small`, which is `scale` times smaller than `luma`, and reads what they belong to.
/// Whether a net may be laid is for `may_lay` to say.
pub(super) fn hunt(
    luma: &Luma,
    small: &Luma,
    scale: f32,
    is_inverted: bool,
    mut may_lay: impl FnMut(Trio) -> bool,
) -> Vec<Read> {
    let view = View { luma, is_inverted };
    let marks = hunt::marks(view, small, scale);
    let mut found: Vec<Read> = Vec::new();
    let threes = hunt::trios(&marks);
    let threes = threes.into_iter().take(THREES);
    for trio in threes.chain(hunt::pairs(&marks).into_iter().take(PAIRS)) {
        if !may_lay(trio) {
            continue;
        }
        if let Some(read) = read(luma, is_inverted, trio) {
            found.push(read);
            break;
        }
    }
    found
}

/// Nets that are laid over threes of marks, and over pairs with a third that is made up.
const THREES: usize = 8;
const PAIRS: usize = 12;

/// Sizes of codes near to an estimate, the nearest first.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "out of range becomes a side that no code has"
)]
fn sides(estimate: f32) -> impl Iterator<Item = usize> {
    let number = ((estimate - 17.0) / 4.0).round().clamp(0.0, 50.0) as usize;
    let off = if estimate > 45.0 { 2 } else { 1 };
    let numbers = (0..=off).flat_map(move |off| {
        let above = Some(number + off);
        let below = number.checked_sub(off).filter(|_| off > 0);
        [above, below]
    });
    numbers.flatten().map(|number| 17 + 4 * number)
}
