//! How long the journal keeps what is done, and where it goes then.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::meaning::path;
use super::mistake::Wrong;
use super::reader::{Reader, integer};

/// How many days may be wanted: a month is what a manager reconciles by, and longer than Weixin takes to show anything.
pub const KEEP_DAYS: RangeInclusive<u32> = 31..=36_500;

/// What `[journal]` says of old records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retention {
    /// So many days in the journal, then in an archive; none: in the journal for ever.
    pub keep_days: Option<u32>,
    /// The folder of the archives.
    pub archive: PathBuf,
}

pub(super) fn of(reader: &mut Reader, journal: &Path) -> Retention {
    let keep_days = reader.optional("journal.keep_days", |raw| {
        integer("journal.keep_days", raw, &KEEP_DAYS)
    });
    let archive = path(reader, "journal.archive", |path| {
        if path.is_file() {
            let wrong = Wrong::new("this is a file", "write the path of a folder");
            return Err(wrong);
        }
        Ok(())
    });
    Retention {
        keep_days,
        archive: archive.unwrap_or_else(|| journal.with_file_name("archive")),
    }
}
