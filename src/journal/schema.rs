//! The table of records and how older files come to it.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::failure::Failure;

/// Marks the file as ours (`PRAGMA application_id`): "ckjr".
pub const APPLICATION_ID: i64 = 0x636b_6a72;

/// How long a connection waits for another one's short locks.
pub const BUSY_WAIT: Duration = Duration::from_secs(2);

/// Every step that the file has ever taken, oldest first; `PRAGMA user_version` counts those it has behind it.
///
/// Append only: a step that has been released is never edited, since there are files that took it as it was.
pub const MIGRATIONS: &[&str] = &[
    // A record is its text and the hash that chains it. What queries look for is computed out of the text, so that it
    // stands nowhere twice and cannot disagree.
    "CREATE TABLE record (
        seq     INTEGER PRIMARY KEY,
        body    TEXT NOT NULL CHECK (json_valid(body)),
        hash    BLOB NOT NULL CHECK (length(hash) = 32),
        kind    TEXT NOT NULL GENERATED ALWAYS AS (body ->> '$.kind'),
        attempt TEXT GENERATED ALWAYS AS (body ->> '$.attempt'),
        code    TEXT GENERATED ALWAYS AS (body ->> '$.code'),
        at      TEXT NOT NULL GENERATED ALWAYS AS (body ->> '$.at')
    ) STRICT;
    CREATE INDEX record_attempt ON record (attempt) WHERE attempt IS NOT NULL;
    CREATE INDEX record_intent_code ON record (code) WHERE kind = 'intent';
    -- An attempt begins once and ends once.
    CREATE UNIQUE INDEX record_once ON record (attempt, kind) WHERE kind = 'intent' OR kind = 'settled';
    CREATE TRIGGER record_never_changes BEFORE UPDATE ON record
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record never changes'); END;
    CREATE TRIGGER record_never_goes BEFORE DELETE ON record
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record never goes'); END;
    -- Also against INSERT OR REPLACE, which deletes without asking the trigger above.
    CREATE TRIGGER record_only_at_the_end BEFORE INSERT ON record
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM record)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record comes at the end'); END;",
    // Remarks and mistakes are kinds that an earlier program cannot read, so it has to know that this is a later file; and
    // a day is looked for by its beginning.
    "CREATE INDEX record_begin_at ON record (at) WHERE kind IN ('query', 'intent');",
    // Managers' words and witnesses are such kinds too; and at its start the program looks for those of open attempts.
    "CREATE INDEX record_said ON record (attempt) WHERE kind IN ('override', 'witness');",
    // Old records may stand in an archive instead: the file then begins behind `base`, of which there is one row at most.
    "CREATE TABLE base (
        only       INTEGER PRIMARY KEY CHECK (only = 0),
        seq        INTEGER NOT NULL,
        hash       BLOB NOT NULL CHECK (length(hash) = 32),
        is_archive INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX record_sealed ON record (seq) WHERE kind = 'sealed';
    DROP TRIGGER record_only_at_the_end;
    CREATE TRIGGER record_only_at_the_end BEFORE INSERT ON record
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), (SELECT seq FROM base), 0) + 1 FROM record)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only: a record comes at the end'); END;",
];

/// How many steps a file has behind it that may begin behind its first record.
const WITH_BASE: usize = 4;

/// What a file is, before anything in it is touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// An SQLite file without tables.
    Empty,
    /// A journal that has so many migrations behind it.
    Known(usize),
}

impl Version {
    /// Looks, with any connection; a version of the future and another program's database are failures.
    pub fn of(connection: &Connection) -> Result<Self, Failure> {
        let number =
            |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let (application, version) = (number("application_id")?, number("user_version")?);
        if application == 0 && version == 0 {
            let tables = "SELECT count(*) FROM sqlite_schema";
            return match connection.query_row(tables, [], |row| row.get(0))? {
                0_i64 => Ok(Self::Empty),
                _ => Err(Failure::Foreign),
            };
        }
        if application != APPLICATION_ID {
            return Err(Failure::Foreign);
        }
        match usize::try_from(version) {
            Ok(known) if known <= MIGRATIONS.len() => Ok(Self::Known(known)),
            Ok(_) | Err(_) => Err(Failure::Newer(version)),
        }
    }

    /// Whether its records may begin elsewhere.
    pub fn has_base(self) -> bool {
        matches!(self, Self::Known(steps) if steps >= WITH_BASE)
    }
}

/// Opens the file for the one writer, brings it to the newest version, and sets it to fsync every commit.
pub fn open_for_writing(path: &Path) -> Result<Connection, Failure> {
    // A connection that may write would tidy up the file's log on closing: a file of the future is only looked at.
    Version::of(&open_for_reading(path)?)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(
            mode,
            "SQLite keeps no write-ahead log here; the journal is durable, and slower"
        );
    }
    connection.pragma_update(None, "synchronous", "full")?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the file, and nothing of what is in it can be changed through this.
pub fn open_for_reading(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_WAIT)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), Failure> {
    let known = match Version::of(connection)? {
        Version::Empty => 0,
        Version::Known(known) => known,
    };
    if known == MIGRATIONS.len() {
        return Ok(());
    }
    // One transaction, the count included: a crash leaves the old file or the new one.
    let transaction = connection.transaction()?;
    for step in MIGRATIONS.iter().skip(known) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len().cast_signed())?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_of_the_writer_is_fsynced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.sqlite");
        std::fs::write(&path, "").unwrap();
        let connection = open_for_writing(&path).unwrap();
        let setting = |name| {
            connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
        };
        assert_eq!(setting("journal_mode").unwrap(), "wal".to_owned().into());
        let full = 2_i64;
        assert_eq!(setting("synchronous").unwrap(), full.into());
    }
}
