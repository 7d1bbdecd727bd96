//! `scan --live`: a folder of frames as if a camera sent them, and how long the first agreed text takes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use serde::Serialize;

use super::{Context, Exit};
use crate::event::{Hint, View};
use crate::frame::Luma;
use crate::scanner::stream::Stream;
use crate::scanner::tracker::Sighting;
use crate::scanner::{Found, Symbologies, picture};

/// Frames a second.
const RATE: u32 = 30;

/// Plays the frames in the order of their names until a text is taken. 1 where none is.
pub(super) fn run(
    folder: &Path,
    symbologies: Symbologies,
    begun: Instant,
    context: &mut Context<'_>,
) -> anyhow::Result<Exit> {
    let mut frames: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    frames.sort();
    let mut played = Played {
        stream: Stream::of(symbologies),
        ..Played::default()
    };
    for path in &frames {
        let luma = match picture::open(path) {
            Ok(luma) => luma,
            Err(picture::PictureFault::NotAPicture) => continue,
            Err(fault) => bail!("{}: {fault}", path.display()),
        };
        // The frames' own clock: what the decoding takes does not move it.
        let at = begun + Duration::from_secs(1) / RATE * played.seen;
        played.see(&luma, at);
        if played.taken.is_some() {
            break;
        }
    }
    report(&played, context)
}

/// What the frames so far led to.
#[derive(Default)]
struct Played {
    stream: Stream,
    seen: u32,
    millis: Vec<f64>,
    hints: Vec<Hint>,
    taken: Option<Found>,
}

impl Played {
    fn see(&mut self, luma: &Luma, at: Instant) {
        let begun = super::scan::now();
        let sightings = self.stream.see(luma, at);
        self.millis.push(begun.elapsed().as_secs_f64() * 1000.0);
        for sighting in sightings {
            match sighting {
                Sighting::Taken(found) => self.taken = Some(found),
                Sighting::View(View::Unread(hint)) if self.hints.last() != Some(&hint) => {
                    self.hints.push(hint);
                }
                Sighting::View(_) => {}
            }
        }
        self.seen += 1;
    }
}

/// As `--json` tells it.
#[derive(Serialize)]
struct Told<'a> {
    text: Option<&'a str>,
    symbology: Option<&'static str>,
    frames: u32,
    secs: f64,
    hints: Vec<String>,
    millis: Millis,
}

/// What a frame cost.
#[derive(Serialize)]
struct Millis {
    median: f64,
    p95: f64,
    max: f64,
}

fn report(played: &Played, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let secs = f64::from(played.seen.saturating_sub(1)) / f64::from(RATE);
    let mut millis = played.millis.clone();
    millis.sort_by(f64::total_cmp);
    let part = |hundredths: usize| {
        let at = millis.len().saturating_sub(1) * hundredths / 100;
        let millis = millis.get(at).copied().unwrap_or_default();
        (millis * 10.0).round() / 10.0
    };
    if context.json {
        let taken = played.taken.as_ref();
        let told = Told {
            text: taken.map(|found| found.text.as_str()),
            symbology: taken.map(|found| found.symbology.name()),
            frames: played.seen,
            secs: (secs * 1000.0).round() / 1000.0,
            hints: played
                .hints
                .iter()
                .map(|hint| format!("{hint:?}"))
                .collect(),
            millis: Millis {
                median: part(50),
                p95: part(95),
                max: part(100),
            },
        };
        writeln!(context.out, "{}", serde_json::to_string(&told)?)?;
    } else if let Some(found) = &played.taken {
        let text = found.text.escape_debug();
        writeln!(context.out, "{text}: {} frames, {secs:.2} s", played.seen)?;
    } else {
        writeln!(context.out, "no code in {} frames", played.seen)?;
    }
    Ok(if played.taken.is_some() {
        Exit::Done
    } else {
        Exit::Refused
    })
}
