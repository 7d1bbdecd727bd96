//! From luma to the texts of the codes in it.
//!
//! Passes are tried from the cheapest to the dearest. A decoder that panics on a picture (rqrr does on some photographs,
//! WanzenBug/rqrr#54) costs that pass and nothing else, and each pass is bounded by the work it may do: a thread cannot
//! be stopped from outside, and a picture may show anything.

pub mod coach;
mod grids;
mod guard;
mod lattice;
#[cfg(test)]
mod made;
mod passes;
pub mod picture;
mod prepare;
mod qr;
pub mod stream;
mod stripes;
mod symbology;
pub mod tracker;
mod watch;

pub use symbology::{Symbologies, Symbology};
pub use watch::watch;

use passes::{Budget, Decoded, Pass, Sizes};

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

/// What there is in a picture.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    /// Every code that was read.
    pub found: Vec<Found>,
    /// There is another one, by all signs, which was not.
    pub has_unread: bool,
}

/// How much is spent on a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// One frame of many: the quick passes, and one group of the others by turn. Stops at the first pass with a text that
    /// leaves no code unread.
    Live {
        /// Grows by one a frame.
        turn: usize,
    },
    /// One frame of many in which something else is looked for too: the quick passes.
    Quick,
    /// Every pass until one finds a text and leaves no code unread.
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
/// Nets of modules that are laid over the grey picture, likewise: each takes a millisecond or two.
const NETS_LIVE: usize = 3;
const NETS_STILL: usize = 90;

/// The codes in a picture.
pub fn scan(luma: &Luma, symbologies: Symbologies, effort: Effort) -> Vec<Found> {
    look(luma, symbologies, effort).found
}

/// Reads a picture. The work is bounded by counts, whatever it shows.
pub fn look(luma: &Luma, symbologies: Symbologies, effort: Effort) -> Seen {
    let mut shrunk = None;
    let mut scale = 1;
    while shrunk
        .as_ref()
        .map_or(luma.width().max(luma.height()), longest)
        > LONGEST
    {
        shrunk = Some(prepare::halved(shrunk.as_ref().unwrap_or(luma)));
        scale *= 2;
    }
    let sizes = Sizes::of(shrunk.as_ref().unwrap_or(luma));
    let mut budget = match effort {
        Effort::Live { .. } | Effort::Quick => Budget::new(GROUPS_LIVE, NETS_LIVE),
        Effort::First | Effort::All => Budget::new(GROUPS_STILL, NETS_STILL),
    };
    let mut all: Vec<Found> = Vec::new();
    let has_unread = |all: &[Found], budget: &Budget| {
        let read: Vec<_> = all
            .iter()
            .map(|found| found.corners.map(|corner| corner.map(|at| at / scale)))
            .collect();
        budget.has_unread(&read)
    };
    for (place, pass) in passes(effort).enumerate() {
        // On a still picture the quick passes are all taken: there may be a second code.
        let is_enough = match effort {
            Effort::Live { .. } | Effort::Quick => !has_unread(&all, &budget),
            Effort::First => place >= passes::QUICK.len() && !has_unread(&all, &budget),
            Effort::All => false,
        };
        if is_enough && !all.is_empty() {
            break;
        }
        for found in pass.look(&sizes, symbologies, &mut budget) {
            let Decoded {
                text,
                symbology,
                corners,
            } = found;
            if !text.is_empty() && all.iter().all(|known| known.text != text) {
                all.push(Found {
                    text,
                    symbology,
                    corners: corners.map(|corner| corner.map(|at| whole(at).saturating_mul(scale))),
                });
            }
        }
    }
    Seen {
        has_unread: has_unread(&all, &budget),
        found: all,
    }
}

/// Any bytes as a picture, looked at as a frame of a camera and as a still one: what `cargo fuzz` calls. The first three
/// bytes are the width, the turn, and whether the rows are repeated to make a picture that is large enough for codes.
pub fn scan_bytes(bytes: &[u8]) -> Vec<Found> {
    let [width, turn, rows, pixels @ ..] = bytes else {
        return Vec::new();
    };
    let width = usize::from(*width) * 4 + usize::from(*rows % 4);
    let times = usize::from(*rows / 4 % 8) + 1;
    let height = pixels.len().checked_div(width).unwrap_or_default();
    let Some(luma) = Luma::new(
        width,
        height * times,
        pixels[..width * height].repeat(times),
    ) else {
        return Vec::new();
    };
    let turn = usize::from(*turn);
    let mut found = scan(&luma, Symbologies::all(), Effort::Live { turn });
    found.extend(scan(&luma, Symbologies::all(), Effort::All));
    found
}

/// The passes of a still picture by name, in their order: what each adds and costs is for the benchmark to show.
pub fn pass_names() -> Vec<String> {
    passes(Effort::All).map(|pass| format!("{pass}")).collect()
}

/// Looks with one pass alone, by its place among [`pass_names`].
pub fn scan_with_pass(luma: &Luma, symbologies: Symbologies, place: usize) -> Vec<String> {
    let mut budget = Budget::new(GROUPS_STILL, NETS_STILL);
    let sizes = Sizes::of(luma);
    let pass = passes(Effort::All).nth(place);
    let texts = pass.map(|pass| pass.look(&sizes, symbologies, &mut budget));
    let texts = texts.into_iter().flatten().map(|found| found.text);
    texts.filter(|text| !text.is_empty()).collect()
}

fn passes(effort: Effort) -> impl Iterator<Item = Pass> {
    let (deep, patient): (&[&[Pass]], &[Pass]) = match effort {
        Effort::Live { turn } => {
            let turn = turn % passes::DEEP.len();
            (&passes::DEEP[turn..=turn], &[])
        }
        Effort::Quick => (&[], &[]),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::lattice::work;

    /// Brightness at x and y.
    type Shade = fn(usize, usize) -> u8;

    /// Pictures that are made to keep a scanner busy, or to trip it.
    fn hostile() -> Vec<(String, Luma)> {
        fn finders(x: usize, y: usize, module: usize) -> u8 {
            let (x, y) = (x / module % 8, y / module % 8);
            let is_in = |from, to| (from..to).contains(&x) && (from..to).contains(&y);
            if is_in(0, 7) && !is_in(1, 6) || is_in(2, 5) {
                20
            } else {
                230
            }
        }
        let shades: [(&str, Shade); 9] = [
            ("finders, module 1", |x, y| finders(x, y, 1)),
            ("finders, module 2", |x, y| finders(x, y, 2)),
            ("finders, module 5", |x, y| finders(x, y, 5)),
            ("noise", |x, y| {
                let mixed = (x * 7919 + y * 104_729) ^ (x * y * 31);
                u8::try_from(mixed.wrapping_mul(2_654_435_761) >> 13 & 255).unwrap_or_default()
            }),
            ("a gradient", |x, y| {
                u8::try_from((x + y) % 256).unwrap_or_default()
            }),
            ("stripes", |x, _| if x / 3 % 2 == 0 { 20 } else { 230 }),
            ("a chessboard", |x, y| {
                if (x / 4 + y / 4) % 2 == 0 { 0 } else { 255 }
            }),
            ("black", |_, _| 0),
            ("white", |_, _| 255),
        ];
        let mut all = Vec::new();
        for (width, height) in [
            (400, 301),
            (97, 1),
            (1, 97),
            (0, 5),
            (5, 0),
            (22, 23),
            (63, 64),
        ] {
            for (name, shade) in shades {
                let pixels = (0..width * height).map(|at| shade(at % width, at / width));
                let luma = Luma::new(width, height, pixels.collect()).unwrap();
                all.push((format!("{name}, {width}x{height}"), luma));
            }
        }
        // The largest version there is, and one so large that no net is laid over it.
        for version in [40, 27] {
            let version = qrcode::Version::Normal(version);
            let code = qrcode::QrCode::with_version(b"1", version, qrcode::EcLevel::L).unwrap();
            let (side, colours) = (code.width(), code.to_colors());
            let shade = |at: usize| {
                let (x, y) = (at % (side * 2) / 2, at / (side * 2) / 2);
                // The middle is gone, so that nothing can be read.
                let is_gone = x.abs_diff(side / 2) < side / 3 && y.abs_diff(side / 2) < side / 3;
                if colours[y * side + x] == qrcode::Color::Dark && !is_gone {
                    0
                } else {
                    255
                }
            };
            let pixels = (0..side * side * 4).map(shade).collect();
            let luma = Luma::new(side * 2, side * 2, pixels).unwrap();
            all.push((format!("{version:?}"), luma));
        }
        all
    }

    #[test]
    fn hostile_pictures_have_no_text_and_cost_bounded_work() {
        for (name, luma) in hostile() {
            for turn in 0..passes::DEEP.len() {
                work::begin();
                let found = scan(&luma, Symbologies::default(), Effort::Live { turn });
                assert!(found.is_empty(), "{name}: {found:?}");
                // A net takes some thousand comparisons of at most 64 modules; three may be laid.
                assert!(work::done() < 12_000, "{name}: {}", work::done());
            }
            work::begin();
            let found = scan(&luma, Symbologies::all(), Effort::All);
            assert!(found.is_empty(), "{name}: {found:?}");
            assert!(work::done() < 300_000, "{name}: {}", work::done());
        }
    }

    #[test]
    fn any_bytes_are_survived() {
        for length in [0, 1, 3, 4, 900, 70_000] {
            let bytes: Vec<u8> = (0..length)
                .map(|at: usize| u8::try_from(at * at % 251).unwrap())
                .collect();
            assert!(scan_bytes(&bytes).is_empty());
        }
    }

    #[test]
    fn every_pass_has_a_name_of_its_own() {
        let names = pass_names();
        for (place, name) in names.iter().enumerate() {
            assert!(!names[..place].contains(name), "{name}");
        }
    }
}
