//! The journal: its disk, its chain, and what is in doubt.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use nix::sys::statvfs::statvfs;

use super::{Finding, Matter, millis, tick};
use crate::journal::history::History;
use crate::journal::reading::HistoryError;
use crate::journal::verify::{Verdict, verify};

/// A record has three fsyncs; from here on a clerk waits for them.
const SLOW_MILLIS: u64 = 80;
const ROOM_WATCH: u64 = 1024;
const ROOM_BAD: u64 = 64;

/// Looks at the journal at `path`, beside a running kiosk too.
pub fn examine(path: &Path, now: Timestamp) -> Vec<Finding> {
    let mut findings = disk(path);
    match History::open(path) {
        Ok(history) => {
            findings.push(chain(path));
            findings.push(match history.in_doubt() {
                Ok(open) => doubts(&open.iter().map(|open| open.at).collect::<Vec<_>>(), now),
                Err(_unreadable) => Finding::bad("in_doubt", "doctor-doubt-unreadable"),
            });
        }
        Err(error) => findings.push(unopened(&error)),
    }
    findings
}

fn disk(path: &Path) -> Vec<Finding> {
    let folder = existing(path);
    let shown = folder.display().to_string();
    let mut findings = Vec::new();
    findings.push(match fsync(&folder) {
        Ok(took) => {
            let finding = if millis(took) > SLOW_MILLIS {
                Finding::watch("disk", "doctor-disk-slow")
            } else {
                Finding::good("disk", "doctor-disk-good")
            };
            let tenths = u32::try_from(took.as_micros() / 100).unwrap_or(u32::MAX);
            finding.with("millis", f64::from(tenths) / 10.0)
        }
        Err(error) if error.kind() == io::ErrorKind::StorageFull => {
            Finding::bad("disk", "doctor-disk-full").with("folder", shown.as_str())
        }
        Err(_refused) => Finding::bad("disk", "doctor-disk-refused").with("folder", shown.as_str()),
    });
    if let Ok(told) = statvfs(&folder) {
        let free = told.blocks_available().saturating_mul(told.fragment_size()) / (1024 * 1024);
        let finding = if free < ROOM_BAD {
            Finding::bad("room", "doctor-room-none")
        } else if free < ROOM_WATCH {
            Finding::watch("room", "doctor-room-little")
        } else {
            Finding::good("room", "doctor-room-good")
        };
        findings.push(finding.with("mib", free).with("folder", shown));
    }
    findings
}

/// The journal's folder, or what is there of the way to it.
fn existing(path: &Path) -> PathBuf {
    let mut ancestors = path.ancestors().skip(1);
    let found = ancestors.find(|folder| folder.is_dir());
    found.unwrap_or(Path::new(".")).to_owned()
}

/// The middle of five writes with their fsync, of a file that never has a name.
fn fsync(folder: &Path) -> io::Result<Duration> {
    let mut file: File = tempfile::tempfile_in(folder)?;
    let mut took = Vec::new();
    for _ in 0..5 {
        let begun = tick();
        file.write_all(&[b' '; 4096])?;
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    Ok(took[2])
}

fn chain(path: &Path) -> Finding {
    match verify(path) {
        Ok(Verdict::Whole(tail)) => {
            Finding::good("journal", "doctor-journal-whole").with("records", tail.seq)
        }
        Ok(Verdict::Broken(_)) => Finding::bad("journal", "doctor-journal-broken"),
        Err(error) => unopened(&error),
    }
}

fn unopened(error: &HistoryError) -> Finding {
    match error {
        HistoryError::Missing(path) => Finding::watch("journal", "doctor-journal-none")
            .with("file", path.display().to_string()),
        HistoryError::Newer => Finding::bad("journal", "doctor-journal-newer"),
        HistoryError::Gone { .. } | HistoryError::Damaged(_) | HistoryError::Unreadable(_) => {
            Finding::bad("journal", "doctor-journal-broken")
        }
        HistoryError::NeedsRoom | HistoryError::Sqlite(_) | HistoryError::Io(_) => {
            Finding::bad("journal", "doctor-journal-refused")
        }
    }
}

fn doubts(since: &[Timestamp], now: Timestamp) -> Finding {
    let Some(oldest) = since.iter().min() else {
        return Finding::good("in_doubt", "doctor-doubt-none");
    };
    let minutes = now.duration_since(*oldest).as_mins().max(0);
    let mut finding = Finding::watch("in_doubt", "doctor-doubt-some")
        .with("count", since.len())
        .with("minutes", minutes);
    finding.matter = Matter::Doubt;
    finding
}
