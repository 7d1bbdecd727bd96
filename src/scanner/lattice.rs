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
mod sums;
mod warp;
mod words;

pub(super) use sketch::Sketch;

use cells::Cells;
use hunt::Part;
use layout::Layout;
use shifts::Shifts;
use warp::{Point, View, distance};

use super::prepare;
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

    /// Whether its middle lies in the box round these corners.
    #[expect(clippy::cast_precision_loss, reason = "pixels are few")]
    pub(super) fn is_within(&self, corners: &[[i32; 2]; 4]) -> bool {
        let [_, tr, bl] = self.centres;
        (0..2).all(|axis| {
            let middle = f32::midpoint(tr[axis], bl[axis]);
            let sides = corners.map(|corner| corner[axis] as f32);
            sides.iter().any(|&side| side <= middle) && sides.iter().any(|&side| side >= middle)
        })
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

/// What a net that was laid is laid over.
pub(super) enum Net {
    /// A code.
    Read(Read),
    /// By all signs a code, of which nothing is read.
    Unread,
    /// Something else.
    Other,
}

/// Reads the code whose finder patterns these are.
pub(super) fn read(luma: &Luma, is_inverted: bool, trio: Trio) -> Net {
    let view = View { luma, is_inverted };
    let Some((layout, fit)) = laid(view, trio).filter(|(_, fit)| fit.score >= LEAST_SCORE) else {
        return Net::Other;
    };
    let is_likely = fit.score >= WORTH_BENDING;
    let text = tried(view, &layout, &fit, &Shifts::none());
    let bent = || {
        let shifts = Shifts::found(view, &layout, &fit);
        tried(view, &layout, &fit, &shifts)
    };
    match text.or_else(|| is_likely.then(bent)?) {
        Some(text) => Net::Read((text, fit.warp.corners())),
        None if is_likely => Net::Unread,
        None => Net::Other,
    }
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

/// Which codes are looked for without being read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Grain {
    /// Those that half the size shows.
    #[default]
    Coarse,
    /// Finer ones, in the picture's middle only.
    Fine,
}

/// What is seen of the likeliest code, read or not.
pub(super) fn sketched(luma: &Luma, grain: Grain) -> Option<Sketch> {
    match grain {
        Grain::Coarse => sketched_in(luma, Part::whole(&prepare::halved(luma), 2.0)),
        Grain::Fine => {
            let (middle, corner) = prepare::middle(luma, MIDDLE);
            sketched_in(luma, Part::fine(&middle, corner))
        }
    }
}

/// Where people hold their phones, in pixels.
const MIDDLE: [usize; 2] = [960, 720];

fn sketched_in(luma: &Luma, part: Part<'_>) -> Option<Sketch> {
    let view = View {
        luma,
        is_inverted: false,
    };
    let threes = hunt::trios(&hunt::marks(view, part));
    threes.into_iter().take(SKETCHES).find_map(|trio| {
        let (layout, fit) = laid(view, trio)?;
        (fit.score >= LEAST_SCORE).then(|| Sketch::of(view, &layout, &fit))
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
    let marks = hunt::marks(view, Part::whole(small, scale));
    let mut found: Vec<Read> = Vec::new();
    let threes = hunt::trios(&marks);
    let threes = threes.into_iter().take(THREES);
    for trio in threes.chain(hunt::pairs(&marks).into_iter().take(PAIRS)) {
        if !may_lay(trio) {
            continue;
        }
        if let Net::Read(read) = read(luma, is_inverted, trio) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "409632457895";
    const MODULE: i32 = 8;
    const LEFT: i32 = 60;

    /// A code of version 2-M, and a glance at it through `seen`: what is at x and y, given what the code has anywhere.
    fn picture(seen: impl Fn(i32, i32, &dyn Fn(i32, i32) -> u8) -> u8) -> Luma {
        let version = qrcode::Version::Normal(2);
        let code = qrcode::QrCode::with_version(TEXT, version, qrcode::EcLevel::M).unwrap();
        let colours = code.to_colors();
        let clean = |x: i32, y: i32| {
            let (x, y) = ((x - LEFT).div_euclid(MODULE), (y - LEFT).div_euclid(MODULE));
            let is_inside = (0..25).contains(&x) && (0..25).contains(&y);
            let at = usize::try_from(y * 25 + x).unwrap_or_default();
            if is_inside && colours[at] == qrcode::Color::Dark {
                30
            } else {
                200
            }
        };
        let pixels = (0..320 * 320).map(|at| seen(at % 320, at / 320, &clean));
        Luma::new(320, 320, pixels.collect()).unwrap()
    }

    fn centre(column: f32, row: f32) -> Point {
        [column, row].map(|at| 60.0 + (at + 3.5) * 8.0)
    }

    fn trio() -> Trio {
        Trio {
            centres: [centre(0.0, 0.0), centre(18.0, 0.0), centre(0.0, 18.0)],
            width: 56.0,
        }
    }

    fn check(luma: &Luma) {
        let Net::Read((text, corners)) = read(luma, false, trio()) else {
            panic!("not read");
        };
        assert_eq!(text, TEXT);
        assert!(distance(corners[0], [60.0, 60.0]) < 8.0, "{corners:?}");
    }

    fn hunted(luma: &Luma) -> Vec<String> {
        let found = hunt(luma, luma, 1.0, false, |_| true);
        found.into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn a_clean_code_is_read_by_its_net() {
        let luma = picture(|x, y, code| code(x, y));
        check(&luma);
        assert_eq!(hunted(&luma), [TEXT]);
    }

    #[test]
    fn glare_over_more_than_the_check_bytes_mend_as_errors_is_made_up_for() {
        let luma = picture(|x, y, code| {
            let is_glare = (x - 190).pow(2) + (y - 170).pow(2) < 44 * 44;
            if is_glare { 255 } else { code(x, y) }
        });
        check(&luma);
    }

    #[test]
    fn a_smear_over_a_module_and_a_half_is_taken_out() {
        let luma = picture(|x, y, code| {
            let sum: u32 = (-6..=6).map(|off| u32::from(code(x + off, y))).sum();
            u8::try_from(sum / 13).unwrap()
        });
        check(&luma);
    }

    #[test]
    fn a_code_on_a_fold_is_read() {
        let luma = picture(|x, y, code| {
            let fold = if y > 160 { (y - 160) / 7 } else { 0 };
            code(x - fold, y)
        });
        check(&luma);
    }

    #[test]
    fn two_finder_patterns_are_enough() {
        let luma = picture(|x, y, code| {
            let is_hidden = (x - 88).abs() < 30 && (y - 88).abs() < 30;
            if is_hidden { 255 } else { code(x, y) }
        });
        assert_eq!(hunted(&luma), [TEXT]);
    }

    #[test]
    fn a_code_that_ends_outside_of_the_picture_is_read() {
        let whole = picture(|x, y, code| code(x, y));
        let pixels = whole.pixels()[..320 * 236].to_vec();
        check(&Luma::new(320, 236, pixels).unwrap());
    }

    #[test]
    fn finder_patterns_round_noise_give_no_text() {
        for seed in 0..40 {
            let luma = picture(|x, y, code| {
                let (column, row) = ((x - LEFT).div_euclid(MODULE), (y - LEFT).div_euclid(MODULE));
                let is_data = (9..25).contains(&row) && (9..25).contains(&column);
                let mixed = (column * 7919 + row * 104_729 + seed * 31) ^ (column * row * 17);
                match (is_data, mixed.wrapping_mul(1_103_515_245) >> 16 & 1) {
                    (true, 1) => 30,
                    (true, _) => 200,
                    (false, _) => code(x, y),
                }
            });
            assert_eq!(hunted(&luma), Vec::<String>::new(), "{seed}");
        }
    }
}
