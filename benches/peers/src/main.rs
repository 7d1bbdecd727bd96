//! Our scanner beside its peers: the same grey pictures in memory, the same run, one thread.
//!
//! For every set and reader: pictures read, wrong ones, and the milliseconds of this thread that a picture takes
//! (median, 95 of 100, longest). The scanner's own sources are taken in by links, so that the kiosk's window and network
//! need not be built for it.

#![allow(dead_code, unused_imports, reason = "of the kiosk's rooms only the scanner is measured")]

mod frame;
mod scanner;
mod worker;
mod zbar;

use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::time::ClockId;
use rxing::{BarcodeFormat, DecodeHints, Luma8LuminanceSource};

use frame::Luma;
use scanner::{Effort, Symbologies, picture, scan};

const SETS: [&str; 6] = ["phone", "boofcv", "zxing-qr", "jsqr", "code128", "negatives"];

struct Case {
    category: String,
    texts: Vec<String>,
    luma: Luma,
}

#[derive(Default)]
struct Tally {
    pictures: usize,
    read: usize,
    wrong: usize,
    panicked: usize,
    millis: Vec<f64>,
}

impl Tally {
    fn line(&mut self) -> String {
        self.millis.sort_by(f64::total_cmp);
        let at = |hundredths: usize| {
            let index = self.millis.len().saturating_sub(1) * hundredths / 100;
            self.millis.get(index).copied().unwrap_or_default()
        };
        let panicked = match self.panicked {
            0 => String::new(),
            count => format!(", {count} panics"),
        };
        format!(
            "{:>4} of {:>3} read, {} wrong, {:>6.1} / {:>6.1} / {:>7.1} ms{panicked}",
            self.read,
            self.pictures,
            self.wrong,
            at(50),
            at(95),
            at(100)
        )
    }
}

type Reader = (&'static str, Box<dyn Fn(&Luma) -> Vec<String>>);

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/scan-sets");
    let root = std::env::var_os("SCAN_SETS").map_or(root, PathBuf::from);
    if !root.is_dir() {
        println!("peers: left out, {} is not there", root.display());
        return;
    }
    std::panic::set_hook(Box::new(|_| {}));
    let readers = readers();
    for set in SETS {
        let cases = cases(&root.join(set));
        println!("{set}");
        for (name, read) in &readers {
            let (all, categories) = measured(&cases, read.as_ref());
            println!("  {name:<24} {}", { all }.line());
            if *name == OURS {
                for (category, mut tally) in categories {
                    println!("    {category:<22} {}", tally.line());
                }
            }
        }
    }
}

const OURS: &str = "coupon-kiosk";

fn readers() -> Vec<Reader> {
    let ours = |luma: &Luma, effort| {
        let found = scan(luma, Symbologies::default(), effort);
        found.into_iter().map(|found| found.text).collect()
    };
    let mut readers: Vec<Reader> = vec![
        (OURS, Box::new(move |luma| ours(luma, Effort::First))),
        ("coupon-kiosk, one frame", Box::new(move |luma| ours(luma, Effort::Live { turn: 0 }))),
        ("rqrr", Box::new(rqrr)),
        ("rxing, harder, inverted", Box::new(|luma| rxing(luma, false))),
        ("rxing, filtered", Box::new(|luma| rxing(luma, true))),
        ("quircs", Box::new(quircs)),
        ("zxing-cpp", Box::new(zxing_cpp)),
    ];
    match zbar::Zbar::load() {
        Some(zbar) => readers.push(("zbar", Box::new(move |luma| zbar.read(luma)))),
        None => println!("zbar is left out: libzbar.so.0 is not installed"),
    }
    readers
}

fn measured(
    cases: &[Case],
    read: &dyn Fn(&Luma) -> Vec<String>,
) -> (Tally, BTreeMap<String, Tally>) {
    let mut all = Tally::default();
    let mut categories: BTreeMap<String, Tally> = BTreeMap::new();
    for case in cases {
        let begun = thread_time();
        let found = catch_unwind(std::panic::AssertUnwindSafe(|| read(&case.luma)));
        let millis = (thread_time() - begun).as_secs_f64() * 1000.0;
        let has_panicked = found.is_err();
        let found: Vec<String> = found.unwrap_or_default().iter().map(|text| printable(text)).collect();
        let is_read = found.iter().any(|text| case.texts.contains(text));
        for tally in [&mut all, categories.entry(case.category.clone()).or_default()] {
            tally.pictures += 1;
            tally.read += usize::from(is_read);
            tally.wrong += usize::from(!found.is_empty() && !is_read);
            tally.panicked += usize::from(has_panicked);
            tally.millis.push(millis);
        }
    }
    (all, categories)
}

/// Of this thread alone: other programs on the machine count for less.
fn thread_time() -> Duration {
    let time = ClockId::CLOCK_THREAD_CPUTIME_ID.now();
    time.expect("a thread has a clock").into()
}

fn rqrr(luma: &Luma) -> Vec<String> {
    let (width, height) = (luma.width(), luma.height());
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        luma.pixels()[y * width + x]
    });
    let grids = prepared.detect_grids();
    grids.iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
}

fn rxing(luma: &Luma, is_filtered: bool) -> Vec<String> {
    let mut hints = DecodeHints::default();
    hints.TryHarder = Some(true);
    hints.AlsoInverted = Some(true);
    hints.PossibleFormats = Some([BarcodeFormat::QR_CODE, BarcodeFormat::CODE_128].into());
    let (Ok(width), Ok(height)) = (u32::try_from(luma.width()), u32::try_from(luma.height())) else {
        return Vec::new();
    };
    if is_filtered {
        let pixels = luma.pixels().to_vec();
        let found = rxing::helpers::detect_in_luma_filtered_with_hints(
            pixels, width, height, None, &mut hints,
        );
        return found.iter().map(|one| one.getText().to_owned()).collect();
    }
    let Ok(source) = Luma8LuminanceSource::new(luma.pixels().to_vec(), width, height) else {
        return Vec::new();
    };
    let mut bitmap = rxing::BinaryBitmap::new(rxing::common::HybridBinarizer::new(source));
    let mut reader = rxing::MultiFormatReader::default();
    use rxing::Reader as _;
    let found = reader.decode_with_hints(&mut bitmap, &hints);
    found.iter().map(|one| one.getText().to_owned()).collect()
}

fn quircs(luma: &Luma) -> Vec<String> {
    let mut quirc = quircs::Quirc::default();
    let codes = quirc.identify(luma.width(), luma.height(), luma.pixels());
    codes
        .filter_map(|code| Some(code.ok()?.decode().ok()?.payload))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect()
}

fn zxing_cpp(luma: &Luma) -> Vec<String> {
    let (Ok(width), Ok(height)) = (u32::try_from(luma.width()), u32::try_from(luma.height())) else {
        return Vec::new();
    };
    let view = zxingcpp::ImageView::from_slice(luma.pixels(), width, height, zxingcpp::ImageFormat::Lum);
    let reader = zxingcpp::read()
        .formats([zxingcpp::BarcodeFormat::QRCode, zxingcpp::BarcodeFormat::Code128])
        .try_harder(true)
        .try_invert(true)
        .try_rotate(true);
    let found = view.and_then(|view| reader.from(view)).unwrap_or_default();
    found.iter().map(|one| one.text()).collect()
}

/// The sources of the sets differ on charsets and white space.
fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect()
}

fn cases(folder: &Path) -> Vec<Case> {
    let manifest = std::fs::read_to_string(folder.join("manifest.csv")).expect("the set's list");
    let mut rows = records(&manifest).into_iter();
    let head = rows.next().expect("the list's head");
    let column = |name: &str| head.iter().position(|field| field == name).expect("a column");
    let (path, category, texts) = (column("path"), column("category"), column("texts"));
    rows.filter(|row| row.len() > 3)
        .map(|row| Case {
            category: row[category].clone(),
            texts: accepted(&row[texts]),
            luma: picture::open(&folder.join(&row[path])).expect("a picture"),
        })
        .collect()
}

/// A text without a printable letter of ASCII is one too.
fn accepted(texts: &str) -> Vec<String> {
    if texts.is_empty() {
        return Vec::new();
    }
    texts.split('\u{1f}').map(printable).collect()
}

/// Comma-separated values, with quotes and line breaks in them.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut is_quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut field)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !is_quoted => {}
            _ => field.push(letter),
        }
    }
    rows
}
