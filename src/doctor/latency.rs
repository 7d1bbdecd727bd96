//! How long frames take from the lens to the drawn picture and to the agreed text, as a running kiosk measured it.
//!
//! The doctor runs beside a kiosk or without one, and the camera is the kiosk's. So the kiosk leaves its histograms in a
//! small file beside the journal, now and then and at its end. They are nobody's truth: where the file is damaged or
//! missing, nothing was measured.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::frame::{Came, Delays, Latency, bars};

/// Half of the pictures may be so late; later ones are seen to lag behind the hand.
const SLOW_PICTURE: f64 = 250.0;
/// Half of the texts may take so long.
const SLOW_TEXT: f64 = 500.0;

#[derive(Serialize, Deserialize)]
struct Kept {
    at: Timestamp,
    picture: Option<Measured>,
    text: Option<Measured>,
}

/// One histogram, in milliseconds.
#[derive(Serialize, Deserialize)]
struct Measured {
    p50: f64,
    p99: f64,
    longest: f64,
    count: u64,
    /// Up to so many milliseconds, so many.
    steps: Vec<(f64, u32)>,
}

/// Keeps what was measured so far beside the journal. The file is replaced as a whole.
pub fn keep(journal: &Path, delays: &Delays, at: Timestamp) -> io::Result<()> {
    let kept = Kept {
        at,
        picture: Measured::of(&delays.of(Came::Drawn)),
        text: Measured::of(&delays.of(Came::Read)),
    };
    if kept.picture.is_none() && kept.text.is_none() {
        return Ok(());
    }
    let path = path(journal);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(&kept)?)?;
    file.persist(&path)?;
    Ok(())
}

/// What the kiosk of this journal measured.
pub fn examine(journal: &Path) -> Vec<Finding> {
    let kept = fs::read(path(journal)).ok();
    let kept = kept.and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
    let Some(kept) = kept else {
        return vec![Finding::good("latency", "doctor-latency-none")];
    };
    let picture = kept.picture.map(|measured| {
        let finding = if measured.p50 > SLOW_PICTURE {
            Finding::watch("latency_picture", "doctor-latency-picture-slow")
        } else {
            Finding::good("latency_picture", "doctor-latency-picture-good")
        };
        measured.told_in(finding, kept.at)
    });
    let text = kept.text.map(|measured| {
        let finding = if measured.p50 > SLOW_TEXT {
            Finding::watch("latency_text", "doctor-latency-text-slow")
        } else {
            Finding::good("latency_text", "doctor-latency-text-good")
        };
        measured.told_in(finding, kept.at)
    });
    picture.into_iter().chain(text).collect()
}

fn path(journal: &Path) -> PathBuf {
    journal.with_file_name("latency.json")
}

impl Measured {
    fn of(latency: &Latency) -> Option<Self> {
        let steps = latency.steps().into_iter();
        Some(Self {
            p50: millis(latency.within(50)?),
            p99: millis(latency.within(99)?),
            longest: millis(latency.longest()),
            count: latency.count(),
            steps: steps.map(|(upper, count)| (millis(upper), count)).collect(),
        })
    }

    fn told_in(self, finding: Finding, at: Timestamp) -> Finding {
        let counts: Vec<u32> = self.steps.iter().map(|(_, count)| *count).collect();
        let [from, to] = [self.steps.first(), self.steps.last()]
            .map(|step| step.map_or(0.0, |(upper, _)| *upper));
        let steps = serde_json::to_value(&self.steps).unwrap_or_default();
        finding
            .with("p50", self.p50)
            .with("p99", self.p99)
            .with("longest", self.longest)
            .with("count", self.count)
            .with("bars", bars(&counts))
            .with("from", from)
            .with("to", to)
            .with("at", at.to_string())
            .with("steps", steps)
    }
}

/// To a tenth.
fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_kiosk_measured_is_found_by_the_doctor() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.sqlite");
        let found = || examine(&journal);
        assert_eq!(found()[0].key, "doctor-latency-none");
        let delays = Delays::default();
        keep(&journal, &delays, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(found()[0].key, "doctor-latency-none");
        for _ in 0..99 {
            delays.record(Came::Drawn, Duration::from_millis(30));
        }
        delays.record(Came::Drawn, Duration::from_millis(80));
        delays.record(Came::Read, Duration::from_millis(900));
        keep(&journal, &delays, Timestamp::UNIX_EPOCH).unwrap();
        let [picture, text] = &found()[..] else {
            panic!("{:?}", found());
        };
        assert_eq!(picture.key, "doctor-latency-picture-good");
        let value = |name| picture.values.iter().find(|(known, _)| *known == name);
        assert_eq!(value("longest").unwrap().1, 80.0);
        assert_eq!(value("count").unwrap().1, 100);
        assert_eq!(text.key, "doctor-latency-text-slow");
        fs::write(path(&journal), "{").unwrap();
        assert_eq!(found()[0].key, "doctor-latency-none");
    }
}
