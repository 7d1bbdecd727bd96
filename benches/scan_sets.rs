//! Our scanner beside plain rqrr on pictures of real life, where `../shared/scan-sets` lies beside the checkout.
//!
//! For every set: pictures read and wrong, and the milliseconds a picture takes (median, 95 of 100, longest); for ours
//! also by category. `live` is what the thread spends on the frames of a still scene until it has a text, at most a
//! round of all passes, the coach included; its times are those of single frames. Times are the thread's own, so that other
//! programs on the machine count for less.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench that cannot go on has failed, prints its table, and reads the clock for a living"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use coupon_kiosk::frame::Luma;
use coupon_kiosk::scanner::coach::Coach;
use coupon_kiosk::scanner::{
    Effort, Found, Symbologies, look, pass_names, picture, scan, scan_with_pass,
};
use nix::time::ClockId;

const SETS: [&str; 6] = [
    "phone",
    "boofcv",
    "zxing-qr",
    "jsqr",
    "code128",
    "negatives",
];
/// Every group of deeper passes has had its turn once, and the coach.
const FRAMES: usize = 6;

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
    millis: Vec<f64>,
}

impl Tally {
    fn note(&mut self, case: &Case, found: &[String]) {
        self.pictures += 1;
        let is_read = found.iter().any(|text| case.texts.contains(text));
        self.read += usize::from(is_read);
        self.wrong += usize::from(!found.is_empty() && !is_read);
    }

    fn line(&mut self) -> String {
        let (read, pictures, wrong) = (self.read, self.pictures, self.wrong);
        let times = self.times();
        format!("{read:>4} of {pictures:>3} read, {wrong} wrong, {times}")
    }

    fn times(&mut self) -> String {
        self.millis.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let last = self.millis.len().saturating_sub(1) as f64;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "an index"
            )]
            self.millis
                .get((last * part) as usize)
                .copied()
                .unwrap_or_default()
        };
        format!("{:>6.1} / {:>6.1} / {:>6.1} ms", at(0.5), at(0.95), at(1.0))
    }
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/scan-sets");
    let root = std::env::var_os("SCAN_SETS").map_or(root, PathBuf::from);
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_asked = asked.is_empty()
        || asked.iter().any(|word| {
            "scan_sets passes".contains(word.as_str()) || SETS.contains(&word.as_str())
        });
    if !is_asked || !root.is_dir() {
        println!("scan_sets: left out");
        return;
    }
    for set in SETS {
        if asked
            .iter()
            .any(|word| SETS.contains(&word.as_str()) && word != set)
            && !asked.iter().any(|word| word == set)
        {
            continue;
        }
        let cases = cases(&root.join(set));
        measure(set, &cases);
    }
    if asked.iter().any(|word| word == "passes") {
        by_pass(&root);
    }
    hostile();
}

/// What each pass adds to those before it, and costs, over all sets.
fn by_pass(root: &Path) {
    let names = pass_names();
    let cases: Vec<Case> = SETS
        .iter()
        .flat_map(|set| cases(&root.join(set)))
        .filter(|case| !case.texts.is_empty())
        .collect();
    let mut is_read = vec![false; cases.len()];
    println!("passes: alone, added, mean and longest ms");
    for (place, name) in names.iter().enumerate() {
        let (mut alone, mut added, mut sum, mut longest) = (0, 0, 0.0, 0.0_f64);
        for (case, is_read) in cases.iter().zip(&mut is_read) {
            let (texts, millis) =
                timed(|| scan_with_pass(&case.luma, Symbologies::default(), place));
            sum += millis;
            longest = longest.max(millis);
            if texts
                .iter()
                .any(|text| case.texts.contains(&printable(text)))
            {
                alone += 1;
                added += usize::from(!*is_read);
                *is_read = true;
            }
        }
        let mean = sum / cases.len() as f64;
        println!("  {name:<28} {alone:>4} {added:>4} {mean:>7.1} {longest:>7.1}");
    }
}

fn measure(set: &str, cases: &[Case]) {
    let mut categories: BTreeMap<&str, Tally> = BTreeMap::new();
    let (mut first, mut live, mut all, mut plain) = (
        Tally::default(),
        Tally::default(),
        Tally::default(),
        Tally::default(),
    );
    let everything = Symbologies::default();
    let mut by_size: BTreeMap<(usize, usize), Tally> = BTreeMap::new();
    let begun = Instant::now();
    for case in cases {
        let (found, millis) = timed(|| texts(&scan(&case.luma, everything, Effort::First)));
        first.note(case, &found);
        first.millis.push(millis);
        let category = categories.entry(&case.category).or_default();
        category.note(case, &found);
        category.millis.push(millis);
        let mut found = Vec::new();
        let mut coach = Coach::default();
        for turn in 0..FRAMES {
            let at = begun + Duration::from_millis(33) * u32::try_from(turn).unwrap();
            let (seen, millis) = timed(|| {
                let seen = look(&case.luma, everything, coach.effort(turn, at));
                if seen.found.is_empty() {
                    coach.see_unread(&case.luma, at);
                }
                seen
            });
            live.millis.push(millis);
            let size = (case.luma.width(), case.luma.height());
            by_size.entry(size).or_default().millis.push(millis);
            found = texts(&seen.found);
            if !found.is_empty() {
                break;
            }
        }
        live.note(case, &found);
        let (found, millis) = timed(|| texts(&scan(&case.luma, everything, Effort::All)));
        all.note(case, &found);
        all.millis.push(millis);
        let (found, millis) = timed(|| plainly(&case.luma));
        plain.note(case, &found);
        plain.millis.push(millis);
    }
    println!("{set}");
    println!("  first text      {}", first.line());
    println!("  live, a frame   {}", live.line());
    for ((width, height), tally) in &mut by_size {
        if tally.millis.len() >= cases.len() / 3 {
            println!("    {width}x{height}: {}", tally.times());
        }
    }
    println!("  every pass      {}", all.line());
    println!("  rqrr, one pass  {}", plain.line());
    for (category, tally) in &mut categories {
        println!("    {category:<20} {}", tally.line());
    }
}

/// The brightness at x and y.
type Shade = fn(usize, usize) -> u8;

/// Pictures that are made to keep a scanner busy.
fn hostile() {
    println!("hostile pictures, 1280x720 (first text, live, every pass)");
    let made: [(&str, Shade); 6] = [
        ("finders, module 1", |x, y| finders(x, y, 1)),
        ("finders, module 2", |x, y| finders(x, y, 2)),
        ("finders, module 4", |x, y| finders(x, y, 4)),
        ("finders, module 8", |x, y| finders(x, y, 8)),
        ("noise", |x, y| noise(x, y)),
        (
            "stripes",
            |x, y| if (x / 3 + y / 200) % 2 == 0 { 20 } else { 230 },
        ),
    ];
    for (name, shade) in made {
        let pixels = (0..720 * 1280)
            .map(|at| shade(at % 1280, at / 1280))
            .collect();
        let luma = Luma::new(1280, 720, pixels).unwrap();
        let of = |effort| timed(|| scan(&luma, Symbologies::default(), effort).len());
        let live = (0..FRAMES)
            .map(|turn| of(Effort::Live { turn }).1)
            .fold(0.0, f64::max);
        let ((first, first_millis), (all, all_millis)) = (of(Effort::First), of(Effort::All));
        println!(
            "  {name:<20} {first_millis:>7.1} / {live:>7.1} / {all_millis:>7.1} ms, {first} {all} texts"
        );
    }
}

fn finders(x: usize, y: usize, module: usize) -> u8 {
    let (x, y) = (x / module % 8, y / module % 8);
    let is_in = |from, to| (from..to).contains(&x) && (from..to).contains(&y);
    if is_in(0, 7) && !is_in(1, 6) || is_in(2, 5) {
        20
    } else {
        230
    }
}

#[expect(clippy::cast_possible_truncation, reason = "chance is what is left")]
fn noise(x: usize, y: usize) -> u8 {
    let mut mixed = (x * 1280 + y) as u64;
    mixed = (mixed ^ (mixed >> 7)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as u8
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = thread_time();
    let done = work();
    let took = thread_time().saturating_sub(begun);
    (done, took.as_secs_f64() * 1000.0)
}

fn thread_time() -> Duration {
    ClockId::CLOCK_THREAD_CPUTIME_ID.now().unwrap().into()
}

fn texts(found: &[Found]) -> Vec<String> {
    found.iter().map(|found| printable(&found.text)).collect()
}

fn plainly(luma: &Luma) -> Vec<String> {
    let (width, height) = (luma.width(), luma.height());
    let decode = || {
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            luma.pixels()[y * width + x]
        });
        let grids = prepared.detect_grids();
        let texts = grids.iter().filter_map(|grid| grid.decode().ok());
        texts.map(|(_, text)| printable(&text)).collect()
    };
    std::panic::catch_unwind(decode).unwrap_or_default()
}

/// The sources of the sets differ on charsets and white space.
fn printable(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect()
}

fn cases(folder: &Path) -> Vec<Case> {
    let manifest = std::fs::read_to_string(folder.join("manifest.csv")).unwrap();
    let rows = records(&manifest);
    let mut rows = rows.into_iter();
    let head = rows.next().unwrap();
    let column = |name: &str| head.iter().position(|field| field == name).unwrap();
    let (path, category, texts) = (column("path"), column("category"), column("texts"));
    rows.filter(|row| row.len() > 3)
        .map(|row| Case {
            category: row[category].clone(),
            texts: accepted(&row[texts]),
            luma: picture::open(&folder.join(&row[path])).unwrap(),
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
    let (mut rows, mut row, mut field, mut is_quoted) =
        (Vec::new(), Vec::new(), String::new(), false);
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
