//! The ways in which a picture is looked at, from the cheapest to the dearest.
//!
//! What each adds and costs is measured by the bench `scan_sets`; the order follows what a pass adds for its time.

use std::cell::OnceCell;

use rxing::common::{BitMatrix, HybridBinarizer};
use rxing::{Binarizer, Luma8Source};

use super::lattice::{self, Trio};
use super::qr::Grey;
use super::{Symbologies, Symbology};
use super::{grids, guard, prepare, qr, stripes};
use crate::frame::Luma;

/// A text and its corners in pixels of the picture that was read.
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) symbology: Symbology,
    pub(super) corners: [[f64; 2]; 4],
}

/// What may still be done to this picture, over all passes.
pub(super) struct Budget {
    /// Groups of finder patterns.
    groups: usize,
    /// Nets laid over the grey picture.
    nets: usize,
    /// Those that were laid in vain ...
    laid: Vec<Trio>,
    /// ... though by all signs over a code.
    unread: Vec<Trio>,
}

impl Budget {
    pub(super) fn new(groups: usize, nets: usize) -> Self {
        Self {
            groups,
            nets,
            laid: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Takes a group; `false` when none is left.
    pub(super) fn spend(&mut self) -> bool {
        let is_left = self.groups > 0;
        self.groups = self.groups.saturating_sub(1);
        is_left
    }

    /// Takes a net, if one is left and this one was not laid before.
    pub(super) fn spend_net(&mut self, trio: Trio) -> bool {
        if self.nets == 0 || self.laid.iter().any(|laid| laid.is_near(&trio)) {
            return false;
        }
        self.nets -= 1;
        self.laid.push(trio);
        true
    }

    /// Takes note of a code that was not read.
    pub(super) fn note_unread(&mut self, trio: Trio) {
        self.unread.push(trio);
    }

    /// Whether a code was seen and not read that is none of these.
    pub(super) fn has_unread(&self, read: &[[[i32; 2]; 4]]) -> bool {
        let is_read = |trio: &Trio| read.iter().any(|corners| trio.is_within(corners));
        !self.unread.iter().all(is_read)
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.groups == 0
    }

    /// Leaves nothing: this picture is made to keep a scanner busy.
    pub(super) fn give_up(&mut self) {
        self.groups = 0;
        self.nets = 0;
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
    /// Sharpened, then by blocks.
    Sharp(usize),
    /// Darkened, then by blocks.
    Dark,
    /// Against the mean of the surroundings, this part of the picture wide.
    Around(usize),
    /// The same, for rqrr.
    Grids(usize),
    /// The finder patterns in grey.
    Marks,
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
pub(super) const QUICK: [Pass; 2] = [
    pass(Size::Half, Look::Blocks),
    pass(Size::Half, Look::Sharp(1)),
];

/// One group a frame of a live picture, in turn; all of them on a still one.
pub(super) const DEEP: [&[Pass]; 5] = [
    &[pass(Size::Full, Look::Around(8))],
    &[
        pass(Size::Full, Look::Stripes),
        inverted(Size::Half, Look::Blocks),
        inverted(Size::Half, Look::Sharp(1)),
    ],
    &[
        pass(Size::Full, Look::Blocks),
        pass(Size::Half, Look::Dark),
        pass(Size::Third, Look::Blocks),
    ],
    &[pass(Size::Half, Look::Marks)],
    &[pass(Size::Half, Look::Grids(20))],
];

/// Only where there is time: on a still picture.
pub(super) const PATIENT: [Pass; 5] = [
    pass(Size::Full, Look::Sharp(2)),
    pass(Size::Double, Look::Stripes),
    pass(Size::Full, Look::Grids(20)),
    pass(Size::Double, Look::Blocks),
    pass(Size::Full, Look::Marks),
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

impl std::fmt::Display for Pass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = match self.size {
            Size::Third => "third",
            Size::Half => "half",
            Size::Full => "full",
            Size::Double => "double",
        };
        let look = match self.look {
            Look::Blocks => "blocks",
            Look::Sharp(_) => "sharpened",
            Look::Dark => "darkened",
            Look::Around(_) => "surroundings",
            Look::Grids(_) => "rqrr",
            Look::Marks => "marks in grey",
            Look::Stripes => "stripes",
        };
        let inverted = if self.is_inverted { ", inverted" } else { "" };
        write!(f, "{size}, {look}{inverted}")
    }
}

impl Pass {
    /// Whether it finds any of these.
    fn is_for(self, symbologies: Symbologies) -> bool {
        match self.look {
            Look::Stripes => symbologies.has_stripes(),
            Look::Blocks
            | Look::Sharp(_)
            | Look::Dark
            | Look::Around(_)
            | Look::Grids(_)
            | Look::Marks => symbologies.has(Symbology::QrCode),
        }
    }

    /// Looks, in pixels of the full size; nothing where what it finds is not wanted. A decoder that panics finds nothing.
    pub(super) fn look(
        self,
        sizes: &Sizes<'_>,
        symbologies: Symbologies,
        budget: &mut Budget,
    ) -> Vec<Decoded> {
        let is_dear = self.size == Size::Double
            || matches!((self.size, self.look), (Size::Full, Look::Grids(_)));
        if !self.is_for(symbologies) || is_dear && sizes.full.pixels().len() > MOST_PIXELS {
            return Vec::new();
        }
        let Some((texts, scale)) =
            guard::survive(|| self.look_unguarded(sizes, symbologies, budget))
        else {
            tracing::debug!(pass = ?self, "a decoder gave up on a picture");
            return Vec::new();
        };
        let in_full = |mut text: Decoded| {
            text.corners = text.corners.map(|corner| corner.map(|at| at * scale));
            text
        };
        texts.into_iter().map(in_full).collect()
    }

    fn look_unguarded(
        self,
        sizes: &Sizes<'_>,
        symbologies: Symbologies,
        budget: &mut Budget,
    ) -> (Vec<Decoded>, f64) {
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
            Look::Stripes => return (stripes::read(luma, symbologies), scale),
            Look::Marks => {
                let read =
                    lattice::hunt(sizes.full, luma, narrow(scale), self.is_inverted, |trio| {
                        budget.spend_net(trio)
                    });
                let texts = read.into_iter().map(|(text, corners)| Decoded {
                    text,
                    symbology: Symbology::QrCode,
                    corners: corners.map(|corner| corner.map(|at| f64::from(at) / scale)),
                });
                return (texts.collect(), scale);
            }
            Look::Grids(_) if budget.is_spent() => return (Vec::new(), scale),
            Look::Grids(share) => {
                let black = prepare::darker_than_around(luma, share);
                return (grids::read(luma.width(), luma.height(), &black), scale);
            }
            Look::Blocks => by_blocks(luma),
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
        let grey = Grey {
            luma: sizes.full,
            scale,
            is_inverted: self.is_inverted,
        };
        (qr::read(&matrix, grey, budget), scale)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "one of four small numbers")]
pub(super) fn narrow(scale: f64) -> f32 {
    scale as f32
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
