//! From luma to the texts of the codes in it.
//!
//! Passes are tried from the cheapest to the dearest. A decoder that panics on a picture (rqrr does on some photographs,
//! WanzenBug/rqrr#54) costs that pass and nothing else, and each pass is bounded by the work it may do: a thread cannot
//! be stopped from outside, and a picture may show anything.

mod grids;
mod guard;
mod passes;
pub mod picture;
mod prepare;
mod qr;
mod stripes;
pub mod tracker;
mod watch;

pub use watch::watch;

use passes::{Budget, Pass, Sizes, Text};

use crate::frame::Luma;

/// A text found in a picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// As the code holds it.
    pub text: String,
    /// Which kind of code.
    pub symbology: Symbology,
    /// In pixels of the picture: top left, top right, bottom right, bottom left of the code itself.
    pub corners: [[i32; 2]; 4],
}

/// The kinds of codes that are read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Symbology {
    /// QR Code.
    QrCode,
    /// Code 128, the stripes.
    Code128,
}

impl Symbology {
    /// As `scan --json` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::QrCode => "QRCode",
            Self::Code128 => "Code128",
        }
    }
}

/// What is looked for; everything, unless somebody wants less.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Symbologies {
    has_qr_code: bool,
    has_code128: bool,
}

impl Symbologies {
    /// Whether codes of this kind are read.
    pub fn has(self, symbology: Symbology) -> bool {
        match symbology {
            Symbology::QrCode => self.has_qr_code,
            Symbology::Code128 => self.has_code128,
        }
    }
}

impl Default for Symbologies {
    fn default() -> Self {
        [Symbology::QrCode, Symbology::Code128]
            .into_iter()
            .collect()
    }
}

impl FromIterator<Symbology> for Symbologies {
    fn from_iter<I: IntoIterator<Item = Symbology>>(symbologies: I) -> Self {
        let mut all = Self {
            has_qr_code: false,
            has_code128: false,
        };
        for symbology in symbologies {
            match symbology {
                Symbology::QrCode => all.has_qr_code = true,
                Symbology::Code128 => all.has_code128 = true,
            }
        }
        all
    }
}

/// How much is spent on a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// One frame of many: the quick passes, and one group of the others by turn. Stops at the first pass with a text.
    Live {
        /// Grows by one a frame.
        turn: usize,
    },
    /// Every pass until one finds a text.
    First,
    /// Every pass; every code once.
    All,
}

/// A picture longer than this is halved until it fits: a decoder's work grows with the area, a phone's code does not.
const LONGEST: usize = 2048;
/// Groups of finder patterns that are tried on a frame of many ...
const GROUPS_LIVE: usize = 200;
/// ... and on a still picture.
const GROUPS_STILL: usize = 600;

/// Reads a picture. The work is bounded by counts, whatever it shows.
pub fn scan(luma: &Luma, symbologies: Symbologies, effort: Effort) -> Vec<Found> {
    let mut shrunk = None;
    let mut scale = 1.0;
    while shrunk
        .as_ref()
        .map_or(luma.width().max(luma.height()), longest)
        > LONGEST
    {
        shrunk = Some(prepare::halved(shrunk.as_ref().unwrap_or(luma)));
        scale *= 2.0;
    }
    let sizes = Sizes::of(shrunk.as_ref().unwrap_or(luma));
    let mut budget = Budget(match effort {
        Effort::Live { .. } => GROUPS_LIVE,
        Effort::First | Effort::All => GROUPS_STILL,
    });
    let mut all: Vec<Found> = Vec::new();
    for pass in passes(effort) {
        for Text { text, corners } in pass.look(&sizes, symbologies, &mut budget) {
            if !text.is_empty() && all.iter().all(|known| known.text != text) {
                all.push(Found {
                    text,
                    symbology: pass.symbology(),
                    corners: corners.map(|corner| corner.map(|at| whole(at * scale))),
                });
            }
        }
        if effort != Effort::All && !all.is_empty() {
            break;
        }
    }
    all
}

fn passes(effort: Effort) -> impl Iterator<Item = Pass> {
    let (deep, patient): (&[&[Pass]], &[Pass]) = match effort {
        Effort::Live { turn } => {
            let turn = turn % passes::DEEP.len();
            (&passes::DEEP[turn..=turn], &[])
        }
        Effort::First | Effort::All => (&passes::DEEP, &passes::PATIENT),
    };
    let quick = passes::QUICK.iter();
    quick
        .chain(deep.iter().copied().flatten())
        .chain(patient)
        .copied()
}

fn longest(luma: &Luma) -> usize {
    luma.width().max(luma.height())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a picture's side is far below 2^31"
)]
fn whole(at: f64) -> i32 {
    at.round() as i32
}
