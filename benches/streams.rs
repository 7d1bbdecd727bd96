//! How long a phone has to be held up: made streams of frames, from the first one to the text that two frames agree on.
//!
//! Each kind of stream (a hand's tremor, a phone that comes nearer, a lens that hunts for focus, the bands of a display's
//! refresh) is made from a seed; with `STREAMS_DIR` set the frames are written there as well, for `scan --live`.
//!
//! `cargo bench --bench streams -- memory [N]` plays N (100,000) of them, at half the size, and tells what the process holds.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench that cannot go on has failed, prints its table, reads the clock for a living, and draws pixels"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use coupon_kiosk::frame::Luma;
use coupon_kiosk::scanner::stream::Stream;
use coupon_kiosk::scanner::tracker::Sighting;

const WIDTH: usize = 1280;
const HEIGHT: usize = 720;
const RATE: u32 = 30;
const FRAMES: u32 = 90;
const SEEDS: u64 = 5;
/// Frames for which each picture of the memory's run is held up.
const HELD: u32 = 20;

#[derive(Clone, Copy, Debug)]
enum Kind {
    Tremor,
    Approach,
    FocusHunting,
    RefreshBands,
}

const KINDS: [Kind; 4] = [
    Kind::Tremor,
    Kind::Approach,
    Kind::FocusHunting,
    Kind::RefreshBands,
];

fn main() {
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    if asked.first().is_some_and(|word| word == "memory") {
        let count = asked.get(1).map_or(100_000, |count| count.parse().unwrap());
        return memory(count);
    }
    println!("streams of 1280x720 at 30/s: frames to the agreed text of each seed; longest frame");
    for kind in KINDS {
        let mut frames = Vec::new();
        let mut longest = Duration::ZERO;
        for seed in 1..=SEEDS {
            let (read, slowest) = play(kind, seed);
            frames.push(read.map_or("none".to_owned(), |frames| frames.to_string()));
            longest = longest.max(slowest);
        }
        println!("  {kind:<14?} {}; {longest:.1?}", frames.join(" "));
    }
}

fn play(kind: Kind, seed: u64) -> (Option<u32>, Duration) {
    let text = format!("{:012}", seed * 987_654_321);
    let mut hand = Chance(seed);
    let mut stream = Stream::default();
    let begun = Instant::now();
    let mut longest = Duration::ZERO;
    for number in 0..FRAMES {
        let luma = frame(kind, &text, number, &mut hand);
        write(kind, seed, number, &luma);
        let at = begun + Duration::from_secs(1) / RATE * number;
        let from = Instant::now();
        let sightings = stream.see(&luma, at);
        longest = longest.max(from.elapsed());
        let mut read = stream.in_view(at).map(|one| &one.found.text);
        assert!(read.all(|read| *read == text), "{kind:?} {seed}");
        let is_taken = |one: &Sighting| matches!(one, Sighting::Taken(_));
        if sightings.iter().any(is_taken) {
            return (Some(number + 1), longest);
        }
    }
    (None, longest)
}

/// Frames that are read and frames that are not, some of them made to keep a scanner busy, over and over. Each is held up
/// until nothing is left in view of the one before, so that a text is taken, goes, and comes again.
fn memory(count: u32) {
    let mut hand = Chance(1);
    let mut pool = Vec::new();
    for number in (0..FRAMES).step_by(5) {
        for kind in KINDS {
            let text = format!("{:012}", pool.len());
            pool.push(halved(&frame(kind, &text, number, &mut hand)));
        }
        let noise = (0..WIDTH * HEIGHT / 4).map(|_| (hand.part() * 255.0) as u8);
        pool.push(Luma::new(WIDTH / 2, HEIGHT / 2, noise.collect()).unwrap());
        let grey = vec![128; WIDTH * HEIGHT / 4];
        pool.push(Luma::new(WIDTH / 2, HEIGHT / 2, grey).unwrap());
    }
    println!(
        "frames of {}x{}: KiB that the process holds",
        WIDTH / 2,
        HEIGHT / 2
    );
    let mut stream = Stream::default();
    let begun = Instant::now();
    let mut taken = 0;
    for number in 0..=count {
        if number == 2000 || number % (count / 10).max(1) == 0 {
            println!("  after {number:>7}: {:>6}, {taken} texts taken", held());
        }
        let luma = &pool[(number / HELD) as usize % pool.len()];
        let at = begun + Duration::from_secs(1) / RATE * number;
        let is_taken = |one: &&Sighting| matches!(one, Sighting::Taken(_));
        taken += stream.see(luma, at).iter().filter(is_taken).count();
    }
}

fn halved(luma: &Luma) -> Luma {
    let pixels = (0..HEIGHT / 2)
        .flat_map(|y| (0..WIDTH / 2).map(move |x| luma.pixels()[2 * y * WIDTH + 2 * x]));
    Luma::new(WIDTH / 2, HEIGHT / 2, pixels.collect()).unwrap()
}

fn held() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let words = line.and_then(|line| line.split_whitespace().next());
    words.and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

fn write(kind: Kind, seed: u64, number: u32, luma: &Luma) {
    let Some(folder) = std::env::var_os("STREAMS_DIR") else {
        return;
    };
    let folder = Path::new(&folder).join(format!("{kind:?}-{seed}"));
    std::fs::create_dir_all(&folder).unwrap();
    let picture =
        image::GrayImage::from_raw(WIDTH as u32, HEIGHT as u32, luma.pixels().to_vec()).unwrap();
    picture
        .save(folder.join(format!("{number:03}.png")))
        .unwrap();
}

/// One frame: a phone with the code on a dark counter.
fn frame(kind: Kind, text: &str, number: u32, hand: &mut Chance) -> Luma {
    let version = qrcode::Version::Normal(2);
    let code = qrcode::QrCode::with_version(text, version, qrcode::EcLevel::M).unwrap();
    let (side, colours) = (code.width(), code.to_colors());
    let time = number as f32 / RATE as f32;
    let (mut module, mut blur, mut smear, mut bands) = (7.0_f32, 1.0_f32, [0.0_f32; 2], 0.0_f32);
    let mut place = [640.0, 360.0];
    match kind {
        Kind::Tremor => {
            smear = [hand.part() * 16.0 - 8.0, hand.part() * 16.0 - 8.0];
            place = place.map(|at| at + hand.part() * 30.0 - 15.0);
        }
        Kind::Approach => {
            module = 1.2 + 3.0 * time;
            smear = [0.0, 4.0 * hand.part()];
        }
        Kind::FocusHunting => blur = 1.0 + 9.0 * (time * 4.0 + hand.part()).cos().abs(),
        Kind::RefreshBands => bands = 0.75,
    }
    let turn = 0.12 + 0.05 * hand.part();
    let (sin, cos) = turn.sin_cos();
    let shift = hand.part();
    let shade = |x: f32, y: f32| {
        let (x, y) = (x - place[0], y - place[1]);
        let half = side as f32 / 2.0;
        let column = (x * cos + y * sin) / module + half;
        let row = (y * cos - x * sin) / module + half;
        let is_on_phone = (-4.0..side as f32 + 4.0).contains(&column)
            && (-12.0..side as f32 + 12.0).contains(&row);
        let is_inside = column >= 0.0 && row >= 0.0;
        let (column, row) = (column as usize, row as usize);
        let is_dark = is_inside
            && column < side
            && row < side
            && colours[row * side + column] == qrcode::Color::Dark;
        match (is_on_phone, is_dark) {
            (false, _) => 55.0,
            (true, true) => 30.0,
            (true, false) => 205.0,
        }
    };
    // Blur and smear as the mean of a few places that light came from.
    let taps: Vec<[f32; 2]> = (0..9_u8)
        .map(|tap| {
            let along = f32::from(tap) / 8.0 - 0.5;
            let angle = f32::from(tap) * 2.4;
            let out = blur * (f32::from(tap) / 9.0).sqrt() / 2.0;
            [
                along * smear[0] + out * angle.cos(),
                along * smear[1] + out * angle.sin(),
            ]
        })
        .collect();
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT);
    for y in 0..HEIGHT {
        let wave = ((y as f32 / 90.0 + shift) * std::f32::consts::TAU).sin();
        let light = 1.0 - bands * (0.5 + 0.5 * wave);
        for x in 0..WIDTH {
            let sum: f32 = taps
                .iter()
                .map(|[across, down]| shade(x as f32 + across, y as f32 + down))
                .sum();
            let noise = hand.part() * 10.0 - 5.0;
            pixels.push((sum / taps.len() as f32 * light + noise).clamp(0.0, 255.0) as u8);
        }
    }
    Luma::new(WIDTH, HEIGHT, pixels).unwrap()
}

/// Numbers that look like chance and are the same for the same seed (splitmix64).
struct Chance(u64);

impl Chance {
    /// From 0 to 1.
    fn part(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1_u32 << 24) as f32
    }
}
