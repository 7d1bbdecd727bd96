//! The ways in which a picture is looked at, from the cheapest to the dearest.
//!
//! What each adds and costs is measured by the bench `scan_sets`; the order follows what a pass adds for its time.

use std::cell::OnceCell;

use rxing::common::{BitMatrix, GlobalHistogramBinarizer, HybridBinarizer};
use rxing::{Binarizer, Luma8Source};

use super::{Symbologies, Symbology};
use super::{grids, guard, prepare, qr, stripes};
use crate::frame::Luma;

/// A text and its corners in pixels of the picture that was read.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) corners: [[f64; 2]; 4],
}

/// How many groups of finder patterns may still be tried on this picture, over all passes.
pub(super) struct Budget(pub(super) usize);

impl Budget {
    /// Takes one; `false` when none is left.
    pub(super) fn spend(&mut self) -> bool {
        let is_left = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        is_left
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    /// Leaves nothing: this picture is made to keep a scanner busy.
    pub(super) fn give_up(&mut self) {
        self.0 = 0;
    }
}

/// One way to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Pass {
    size: Size,
    look: Look,
    is_inverted: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Size {
    Third,
    Half,
    Full,
    Double,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Look {
    /// A threshold for each block of eight pixels.
    Blocks,
    /// One threshold.
    Whole,
    /// Sharpened, then by blocks.
    Sharp(usize),
    /// Darkened, then by blocks.
    Dark,
    /// Against the mean of the surroundings, this part of the picture wide.
    Around(usize),
    /// The same, for rqrr.
    Grids(usize),
    /// The stripes.
    Stripes,
}

const fn pass(size: Size, look: Look) -> Pass {
    Pass {
        size,
        look,
        is_inverted: false,
    }
}

const fn inverted(size: Size, look: Look) -> Pass {
    Pass {
        size,
        look,
        is_inverted: true,
    }
}

/// Every frame.
pub(super) const QUICK: [Pass; 3] = [
    pass(Size::Half, Look::Blocks),
    pass(Size::Half, Look::Whole),
    pass(Size::Half, Look::Sharp(1)),
];

/// One group a frame of a live picture, in turn; all of them on a still one.
pub(super) const DEEP: [&[Pass]; 6] = [
    &[
        pass(Size::Full, Look::Blocks),
        pass(Size::Full, Look::Whole),
    ],
    &[
        pass(Size::Full, Look::Stripes),
        inverted(Size::Half, Look::Blocks),
    ],
    &[
        pass(Size::Half, Look::Dark),
        pass(Size::Third, Look::Blocks),
        inverted(Size::Half, Look::Sharp(1)),
    ],
    &[pass(Size::Half, Look::Grids(20))],
    &[
        pass(Size::Full, Look::Sharp(2)),
        pass(Size::Half, Look::Around(20)),
    ],
    &[pass(Size::Full, Look::Around(8))],
];

/// Only where there is time: on a still picture.
pub(super) const PATIENT: [Pass; 4] = [
    inverted(Size::Full, Look::Blocks),
    pass(Size::Full, Look::Grids(20)),
    pass(Size::Double, Look::Blocks),
    pass(Size::Double, Look::Around(20)),
];

/// A picture of more pixels is not doubled, and not given to rqrr in full.
const MOST_PIXELS: usize = 1_000_000;

/// A picture in the sizes that its passes want, each made once.
pub(super) struct Sizes<'a> {
    full: &'a Luma,
    half: OnceCell<Luma>,
}

impl<'a> Sizes<'a> {
    pub(super) fn of(full: &'a Luma) -> Self {
        Self {
            full,
            half: OnceCell::new(),
        }
    }

    fn half(&self) -> &Luma {
        self.half.get_or_init(|| prepare::halved(self.full))
    }
}

impl Pass {
    /// The kind of code that it finds.
    pub(super) fn symbology(self) -> Symbology {
        match self.look {
            Look::Stripes => Symbology::Code128,
            Look::Blocks
            | Look::Whole
            | Look::Sharp(_)
            | Look::Dark
            | Look::Around(_)
            | Look::Grids(_) => Symbology::QrCode,
        }
    }

    /// Looks, in pixels of the full size; nothing where what it finds is not wanted. A decoder that panics finds nothing.
    pub(super) fn look(
        self,
        sizes: &Sizes<'_>,
        symbologies: Symbologies,
        budget: &mut Budget,
    ) -> Vec<Text> {
        let is_dear = self.size == Size::Double
            || matches!((self.size, self.look), (Size::Full, Look::Grids(_)));
        if !symbologies.has(self.symbology()) || is_dear && sizes.full.pixels().len() > MOST_PIXELS
        {
            return Vec::new();
        }
        let Some((texts, scale)) = guard::survive(|| self.look_unguarded(sizes, budget)) else {
            tracing::debug!(pass = ?self, "a decoder gave up on a picture");
            return Vec::new();
        };
        let in_full = |mut text: Text| {
            text.corners = text.corners.map(|corner| corner.map(|at| at * scale));
            text
        };
        texts.into_iter().map(in_full).collect()
    }

    fn look_unguarded(self, sizes: &Sizes<'_>, budget: &mut Budget) -> (Vec<Text>, f64) {
        let made;
        let (luma, scale) = match self.size {
            Size::Full => (sizes.full, 1.0),
            Size::Half => (sizes.half(), 2.0),
            Size::Third => {
                made = prepare::thirded(sizes.full);
                (&made, 3.0)
            }
            Size::Double => {
                made = prepare::doubled(sizes.full);
                (&made, 0.5)
            }
        };
        let matrix = match self.look {
            Look::Stripes => return (stripes::read(luma), scale),
            Look::Grids(_) if budget.is_spent() => return (Vec::new(), scale),
            Look::Grids(share) => {
                let black = prepare::darker_than_around(luma, share);
                return (grids::read(luma.width(), luma.height(), &black), scale);
            }
            Look::Blocks => by_blocks(luma),
            Look::Whole => as_a_whole(luma),
            Look::Sharp(rounds) => by_blocks(&prepare::sharpened(luma, rounds)),
            Look::Dark => by_blocks(&prepare::darkened(luma)),
            Look::Around(share) => around(luma, share),
        };
        let Some(mut matrix) = matrix else {
            return (Vec::new(), scale);
        };
        if self.is_inverted {
            matrix.flip_self();
        }
        (qr::read(&matrix, budget), scale)
    }
}

fn source(luma: &Luma) -> Option<Luma8Source<'_>> {
    let (width, height) = (
        u32::try_from(luma.width()).ok()?,
        u32::try_from(luma.height()).ok()?,
    );
    Luma8Source::new_with_slice(luma.pixels(), width, height).ok()
}

fn by_blocks(luma: &Luma) -> Option<BitMatrix> {
    let binarizer = HybridBinarizer::new(source(luma)?);
    binarizer.get_black_matrix().ok().cloned()
}

fn as_a_whole(luma: &Luma) -> Option<BitMatrix> {
    let binarizer = GlobalHistogramBinarizer::new(source(luma)?);
    binarizer.get_black_matrix().ok().cloned()
}

fn around(luma: &Luma, share: usize) -> Option<BitMatrix> {
    let (width, height) = (
        u32::try_from(luma.width()).ok()?,
        u32::try_from(luma.height()).ok()?,
    );
    let mut matrix = BitMatrix::new(width, height).ok()?;
    let black = prepare::darker_than_around(luma, share);
    for (y, row) in (0..height).zip(black.chunks_exact(luma.width().max(1))) {
        for (x, _) in (0..width).zip(row).filter(|(_, black)| **black) {
            matrix.set(x, y);
        }
    }
    Some(matrix)
}
