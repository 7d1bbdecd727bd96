//! `scan --live`: a folder of frames as if a camera sent them, and how long the first agreed text takes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;
use serde::Serialize;

use super::{Context, Exit};
use crate::event::{Hint, View};
use crate::scanner::tracker::{Sighting, Tracker};
use crate::scanner::{self, Found, Symbologies, coach::Coach, picture};

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
    let mut stream = Stream::default();
    for path in &frames {
        let luma = match picture::open(path) {
            Ok(luma) => luma,
            Err(picture::PictureFault::NotAPicture) => continue,
            Err(fault) => bail!("{}: {fault}", path.display()),
        };
        // The frames' own clock: what the decoding takes does not move it.
        let at = begun + Duration::from_secs(1) / RATE * stream.seen;
        stream.see(&luma, symbologies, at);
        if stream.taken.is_some() {
            break;
        }
    }
    report(&stream, context)
}

#[derive(Default)]
struct Stream {
    tracker: Tracker,
    coach: Coach,
    seen: u32,
    millis: Vec<f64>,
    hints: Vec<Hint>,
    taken: Option<Found>,
}

impl Stream {
    fn see(&mut self, luma: &crate::frame::Luma, symbologies: Symbologies, at: Instant) {
        let turn = usize::try_from(self.seen).unwrap_or_default();
        let begun = super::scan::now();
        let seen = scanner::look(luma, symbologies, self.coach.effort(turn, at));
        let hint = if seen.found.is_empty() && self.tracker.view() == View::Clear {
            self.coach.see_unread(luma, at)
        } else {
            self.coach.forget();
            None
        };
        self.millis.push(begun.elapsed().as_secs_f64() * 1000.0);
        self.hints
            .extend(hint.filter(|hint| self.hints.last() != Some(hint)));
        for sighting in self.tracker.see(&seen, at) {
            match sighting {
                Sighting::Taken(found) => self.taken = Some(found),
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

fn report(stream: &Stream, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let secs = f64::from(stream.seen.saturating_sub(1)) / f64::from(RATE);
    let mut millis = stream.millis.clone();
    millis.sort_by(f64::total_cmp);
    let part = |hundredths: usize| {
        let at = millis.len().saturating_sub(1) * hundredths / 100;
        let millis = millis.get(at).copied().unwrap_or_default();
        (millis * 10.0).round() / 10.0
    };
    if context.json {
        let taken = stream.taken.as_ref();
        let told = Told {
            text: taken.map(|found| found.text.as_str()),
            symbology: taken.map(|found| found.symbology.name()),
            frames: stream.seen,
            secs: (secs * 1000.0).round() / 1000.0,
            hints: stream
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
    } else if let Some(found) = &stream.taken {
        let text = found.text.escape_debug();
        writeln!(context.out, "{text}: {} frames, {secs:.2} s", stream.seen)?;
    } else {
        writeln!(context.out, "no code in {} frames", stream.seen)?;
    }
    Ok(if stream.taken.is_some() {
        Exit::Done
    } else {
        Exit::Refused
    })
}
