//! Today's lines and a line's story, out of the journal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use crate::card::CardId;
use crate::journal::export::{self, ExportError};
use crate::journal::history::History;
use crate::journal::line::{Filter, Line, LineKind};
use crate::journal::reading::HistoryError;
use crate::kiosk::clock::Clock;
use crate::office::{DayLine, Reading};
use crate::redemption::attempt::{AttemptId, Outcome, Record};

/// More lines than any desk has in a day: a runaway list must not fill the memory.
const MOST: usize = 5_000;

/// More stories than anybody tries in one demo.
const STORIES: u32 = 1_000;

/// Where records are read.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Journals {
    /// The desk's journal; a day is one of this time zone.
    Live {
        /// The journal.
        path: PathBuf,
        /// The store's.
        zone: TimeZone,
        /// Says which day today is.
        clock: Clock,
    },
    /// The folder with a throw-away journal for each story that the demo has begun: all of them are today's.
    Demo(PathBuf),
}

impl Journals {
    /// Today's lines, newest first.
    ///
    /// `seen` are the coupons' names that the screen has told: refused ones have no record of theirs.
    pub(super) fn today(&self, seen: &BTreeMap<CardId, String>) -> Reading<Vec<DayLine>> {
        told(self.read_today(seen))
    }

    /// All records of a line, oldest first.
    pub(super) fn story(&self, id: &str) -> Reading<Vec<Record>> {
        told(self.read_story(id))
    }

    /// Writes today's lines, all of them, as a CSV file beside the journal; tells where.
    pub(super) fn export(&self, journal: &Path, at: Timestamp) -> Option<String> {
        let zone = self.zone();
        let day = crate::wording::day::day_stamp(at, &zone);
        let path = journal.with_file_name(format!("export-{day}.csv"));
        match self.write_export(&path, &zone) {
            Ok(()) => Some(path.display().to_string()),
            Err(error) => {
                tracing::error!(%error, "today's list cannot be written to a file");
                None
            }
        }
    }

    fn write_export(&self, path: &Path, zone: &TimeZone) -> Result<(), ExportError> {
        let filter = Filter {
            from: self.midnight(),
            ..Filter::default()
        };
        let mut lines = Vec::new();
        for history in self.open()? {
            lines.extend(history.list(&filter)?);
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        // For its owner only, as the journal is.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        export::write_csv(&lines, zone, &mut file)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(std::io::Error::from)?;
        Ok(())
    }

    fn zone(&self) -> TimeZone {
        match self {
            Self::Live { zone, .. } => zone.clone(),
            Self::Demo(_) => TimeZone::fixed(Offset::constant(8)),
        }
    }

    fn read_today(&self, seen: &BTreeMap<CardId, String>) -> Result<Vec<DayLine>, HistoryError> {
        let filter = Filter {
            from: self.midnight(),
            last: Some(MOST),
            ..Filter::default()
        };
        let histories = self.open()?;
        let mut lines = Vec::new();
        for (at, history) in histories.iter().enumerate() {
            let mut of_one = history.list(&filter)?;
            if let Self::Demo(_) = self {
                // Every journal numbers its look-ups from 1.
                for line in of_one
                    .iter_mut()
                    .filter(|line| line.kind == LineKind::Query)
                {
                    line.id = format!("{at}/{}", line.id);
                }
            }
            lines.extend(of_one);
        }
        // In the demo a story's end may be written down while another one is played.
        if histories.len() > 1 {
            for history in &histories {
                history.annotate(&mut lines)?;
            }
        }
        Ok(of_day(lines, seen))
    }

    fn read_story(&self, id: &str) -> Result<Vec<Record>, HistoryError> {
        let mut records = Vec::new();
        let (only, id) = match id.split_once('/') {
            Some((at, id)) => (at.parse::<usize>().ok(), id),
            None => (None, id),
        };
        for (at, history) in self.open()?.iter().enumerate() {
            if only.is_none_or(|only| only == at) {
                let entries = history.show(id)?;
                records.extend(entries.into_iter().map(|entry| entry.record));
            }
        }
        records.sort_by_key(Record::at);
        Ok(records)
    }

    /// The journals that are there. None yet is no trouble: nothing was written.
    fn open(&self) -> Result<Vec<History>, HistoryError> {
        let mut histories = Vec::new();
        for path in self.paths() {
            match History::open(&path) {
                Ok(history) => histories.push(history),
                Err(HistoryError::Missing(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(histories)
    }

    fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::Live { path, .. } => vec![path.clone()],
            Self::Demo(folder) => {
                let journal = |number: u32| journal_of(folder, number);
                (1..=STORIES)
                    .map(journal)
                    .take_while(|path| path.exists())
                    .collect()
            }
        }
    }

    fn midnight(&self) -> Option<Timestamp> {
        match self {
            Self::Live { zone, clock, .. } => {
                let now = clock.now().wall.to_zoned(zone.clone());
                now.start_of_day().ok().map(|midnight| midnight.timestamp())
            }
            Self::Demo(_) => None,
        }
    }
}

/// The journal of the demo's story with this number.
fn journal_of(folder: &Path, number: u32) -> PathBuf {
    folder.join(number.to_string()).join("journal.sqlite")
}

fn told<T>(read: Result<T, HistoryError>) -> Reading<T> {
    match read {
        Ok(read) => Reading::Ready(read),
        Err(error) => {
            tracing::error!(%error, "the day cannot be read");
            Reading::Failed
        }
    }
}

/// The lines as a clerk wants them: newest first, without the look-ups that an attempt followed, each coupon by its name
/// where any line tells it.
fn of_day(lines: Vec<Line>, seen: &BTreeMap<CardId, String>) -> Vec<DayLine> {
    let mut names = seen.clone();
    for line in &lines {
        if let (Some(card_id), Some(title)) = (&line.card_id, &line.title) {
            names.insert(card_id.clone(), title.clone());
        }
    }
    let mut day: Vec<DayLine> = Vec::with_capacity(lines.len());
    for line in lines {
        let is_attempt = line.kind == LineKind::Attempt;
        if is_attempt {
            // One of an earlier confirm, asked again, may stand before it.
            while let Some(_asked) = day.pop_if(|before| {
                before.attempt.is_none()
                    && before.outcome == Outcome::Queried
                    && before.code == line.code
            }) {}
        }
        let named = line.card_id.as_ref().and_then(|id| names.get(id));
        day.push(DayLine {
            attempt: AttemptId::parse(&line.id),
            title: line.title.or_else(|| named.cloned()),
            id: line.id,
            at: line.at,
            code: line.code,
            card_id: line.card_id,
            outcome: line.outcome,
            settled_by: line.settled_by,
            clerk: line.clerk,
            remark: line.remark,
            is_mistake: line.mistake,
            ruled: line.ruled,
        });
    }
    day.reverse();
    day
}
