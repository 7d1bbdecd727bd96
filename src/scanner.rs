//! From luma to the texts of the codes in it.
//!
//! Passes are tried from the cheapest to the dearest. Each decoder call is guarded: a decoder that panics on a picture
//! (rqrr does on some photographs, WanzenBug/rqrr#54) costs that pass and nothing else.

mod guard;
pub mod picture;
pub mod tracker;
mod watch;

pub use watch::watch;

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
    /// Stop at the first text.
    First,
    /// Every pass; every code once.
    All,
}

/// One way to prepare a picture for the decoder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pass {
    Half,
    Full,
    HalfInverted,
    FullInverted,
    Doubled,
}

/// From the cheapest to the dearest.
const PASSES: [Pass; 5] = [
    Pass::Half,
    Pass::Full,
    Pass::HalfInverted,
    Pass::FullInverted,
    Pass::Doubled,
];
/// A picture longer than this is halved until it fits: a decoder's work grows with the area, a phone's code does not.
const LONGEST: usize = 2048;
/// Small pictures alone are doubled.
const DOUBLED_UP_TO: usize = 800;
/// More finder patterns than this in one picture are a texture, not codes.
const MOST_GRIDS: usize = 24;

/// Reads a picture.
pub fn scan(luma: &Luma, symbologies: Symbologies, effort: Effort) -> Vec<Found> {
    if !symbologies.has(Symbology::QrCode) {
        return Vec::new();
    }
    let mut shrunk = luma.clone();
    let mut scale = 1.0;
    while shrunk.width().max(shrunk.height()) > LONGEST {
        shrunk = halved(&shrunk);
        scale *= 2.0;
    }
    let mut all: Vec<Found> = Vec::new();
    for pass in PASSES {
        for (text, corners) in guarded(&shrunk, pass, scale) {
            if all.iter().any(|known| known.text == text) {
                continue;
            }
            all.push(Found {
                text,
                symbology: Symbology::QrCode,
                corners,
            });
        }
        if effort == Effort::First && !all.is_empty() {
            break;
        }
    }
    all
}

type Text = (String, [[i32; 2]; 4]);

fn guarded(luma: &Luma, pass: Pass, scale: f64) -> Vec<Text> {
    let decoded = guard::survive(|| match pass {
        Pass::Half => decode(&halved(luma), scale * 2.0),
        Pass::Full => decode(luma, scale),
        Pass::HalfInverted => decode(&inverted(&halved(luma)), scale * 2.0),
        Pass::FullInverted => decode(&inverted(luma), scale),
        Pass::Doubled if luma.width().max(luma.height()) <= DOUBLED_UP_TO => {
            decode(&doubled(luma), scale / 2.0)
        }
        Pass::Doubled => Vec::new(),
    });
    decoded.unwrap_or_else(|| {
        tracing::warn!(?pass, "a decoder panicked on a picture");
        Vec::new()
    })
}

fn decode(luma: &Luma, scale: f64) -> Vec<Text> {
    if luma.width() < 21 || luma.height() < 21 {
        return Vec::new();
    }
    let (width, height) = (luma.width(), luma.height());
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        luma.pixels()[y * width + x]
    });
    let grids = prepared.detect_grids();
    let mut texts = Vec::new();
    for grid in grids.into_iter().take(MOST_GRIDS) {
        let mut bytes = Vec::new();
        if grid.decode_to(&mut bytes).is_err() {
            continue;
        }
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|odd| odd.into_bytes().into_iter().map(char::from).collect());
        let corners = grid
            .bounds
            .map(|point| [scaled(point.x, scale), scaled(point.y, scale)]);
        texts.push((text, corners));
    }
    texts
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a picture's side is far below 2^31"
)]
fn scaled(at: i32, scale: f64) -> i32 {
    (f64::from(at) * scale).round() as i32
}

/// Half the size, each pixel the mean of four.
fn halved(luma: &Luma) -> Luma {
    let (width, height) = (luma.width() / 2, luma.height() / 2);
    let from = luma.pixels();
    let stride = luma.width();
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        let row = 2 * y * stride;
        for x in 0..width {
            let at = row + 2 * x;
            let sum = u16::from(from[at])
                + u16::from(from[at + 1])
                + u16::from(from[at + stride])
                + u16::from(from[at + stride + 1]);
            pixels.push(u8::try_from(sum / 4).unwrap_or(u8::MAX));
        }
    }
    Luma::new(width, height, pixels).unwrap_or_else(|| luma.clone())
}

/// Twice the size.
fn doubled(luma: &Luma) -> Luma {
    let (width, height) = (luma.width() * 2, luma.height() * 2);
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        for x in 0..width {
            pixels.push(luma.pixels()[y / 2 * luma.width() + x / 2]);
        }
    }
    Luma::new(width, height, pixels).unwrap_or_else(|| luma.clone())
}

fn inverted(luma: &Luma) -> Luma {
    let pixels = luma.pixels().iter().map(|pixel| 255 - pixel).collect();
    Luma::new(luma.width(), luma.height(), pixels).unwrap_or_else(|| luma.clone())
}
