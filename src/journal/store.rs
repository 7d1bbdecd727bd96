//! The database: its schema, its migrations, and the one way to add a record.

use std::io;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};

use super::chain::{Hash, Position};
use super::head::{Fit, Found, Head, HeadFile};
use crate::redemption::attempt::{JournalTrouble, OpenAttempt, Record};

/// Append-only: `user_version` counts how many of these a file has seen.
const MIGRATIONS: [&str; 1] = ["
    CREATE TABLE record (
        seq INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        hash BLOB NOT NULL,
        kind TEXT GENERATED ALWAYS AS (json_extract(body, '$.kind')) VIRTUAL,
        attempt TEXT GENERATED ALWAYS AS (json_extract(body, '$.attempt')) VIRTUAL
    ) STRICT;
    CREATE INDEX record_attempt ON record (attempt, kind);
    CREATE TRIGGER record_stays BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'records are never changed'); END;
    CREATE TRIGGER record_kept BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'records are never removed'); END;
"];

/// The writer's connection, with the tail it stands at.
pub(super) struct Store {
    connection: Connection,
    head: HeadFile,
    tail: Position,
}

impl Store {
    /// Opens, makes or migrates the file, and checks its tail against the head file.
    pub(super) fn open(path: &Path) -> Result<Self, JournalTrouble> {
        let is_new = !path.exists();
        let mut connection = Connection::open(path).map_err(|error| sql_trouble(&error))?;
        let connected = prepare(&mut connection).and_then(|()| tail(&connection));
        let tail = connected?;
        let head_path = path.with_extension("head");
        let head = match Head::read(&head_path).map_err(|error| io_trouble(&error))? {
            Found::Missing | Found::Unreadable if tail.seq == 0 => {
                HeadFile::create(&head_path).map_err(|error| io_trouble(&error))?
            }
            Found::Missing | Found::Unreadable => return Err(JournalTrouble::Damaged),
            Found::Head(head) if head.fit(tail) == Fit::Neither => {
                return Err(JournalTrouble::Damaged);
            }
            Found::Head(_) => HeadFile::open(&head_path)
                .map_err(|error| io_trouble(&error))?
                .ok_or(JournalTrouble::Damaged)?,
        };
        if is_new {
            made_private(path);
        }
        let mut store = Self {
            connection,
            head,
            tail,
        };
        if store.head.head().current != tail {
            store
                .head
                .settle(tail)
                .map_err(|error| io_trouble(&error))?;
        }
        Ok(store)
    }

    /// Where the next record follows.
    pub(super) fn tail(&self) -> Position {
        self.tail
    }

    /// Announces the record in the head file, commits it, and settles the head: three fsyncs, in this order, so that at
    /// every moment the tail is either the current or the announced one.
    pub(super) fn append(&mut self, body: &str, next: Position) -> Result<(), JournalTrouble> {
        self.head
            .announce(next.hash)
            .map_err(|error| io_trouble(&error))?;
        let seq = i64::try_from(next.seq).map_err(|_beyond| JournalTrouble::Failing)?;
        self.connection
            .execute(
                "INSERT INTO record (seq, body, hash) VALUES (?1, ?2, ?3)",
                params![seq, body, next.hash.as_bytes().as_slice()],
            )
            .map_err(|error| sql_trouble(&error))?;
        self.tail = next;
        // The record is durable; a head that stays behind is mended at the next start.
        if let Err(error) = self.head.settle(next) {
            tracing::warn!(%error, "the head file could not be settled");
        }
        Ok(())
    }

    /// Intents without an end.
    pub(super) fn open_attempts(&self) -> Result<Vec<OpenAttempt>, JournalTrouble> {
        open_attempts(&self.connection).map_err(|error| sql_trouble(&error))
    }
}

/// A record as its line in the file.
pub(super) fn body(record: &Record) -> Result<String, JournalTrouble> {
    serde_json::to_string(record).map_err(|error| {
        tracing::error!(%error, "a record cannot be written as JSON");
        JournalTrouble::Failing
    })
}

/// A reader's connection, which makes and changes nothing. On a medium that cannot be written at all SQLite finds no
/// place for its shared memory; the file is then read as it lies there.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let readable = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    });
    match readable {
        Ok(_) => Ok(connection),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => {
            let uri = format!("file:{}?immutable=1", path.display());
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(uri, flags)
        }
        Err(error) => Err(error),
    }
}

/// Intents without an end, with the time of their last send.
pub(super) fn open_attempts(connection: &Connection) -> rusqlite::Result<Vec<OpenAttempt>> {
    let mut statement = connection.prepare(
        "SELECT i.body, (SELECT r.body FROM record r WHERE r.attempt = i.attempt AND r.kind = 'resend')
         FROM record i WHERE i.kind = 'intent'
         AND NOT EXISTS (SELECT 1 FROM record s WHERE s.attempt = i.attempt AND s.kind = 'settled')
         ORDER BY i.seq",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
    })?;
    let mut open = Vec::new();
    for row in rows {
        let (intent, resend) = row?;
        let resent_at = resend.and_then(|body| match serde_json::from_str(&body) {
            Ok(Record::Resend(resend)) => Some(resend.at),
            Ok(Record::Query(_) | Record::Intent(_) | Record::Probe(_) | Record::Settled(_))
            | Err(_) => None,
        });
        if let Ok(Record::Intent(intent)) = serde_json::from_str(&intent) {
            let sent_at = resent_at.unwrap_or(intent.at);
            open.push(OpenAttempt { intent, sent_at });
        }
    }
    Ok(open)
}

fn prepare(connection: &mut Connection) -> Result<(), JournalTrouble> {
    let trouble = |error: rusqlite::Error| sql_trouble(&error);
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(trouble)?;
    let version: usize = connection
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
        .map_err(trouble)
        .map(|version| usize::try_from(version).unwrap_or(usize::MAX))?;
    if version > MIGRATIONS.len() {
        return Err(JournalTrouble::Newer);
    }
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(trouble)?;
    connection
        .pragma_update(None, "synchronous", "FULL")
        .map_err(trouble)?;
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(version) {
        let step = connection.transaction().map_err(trouble)?;
        step.execute_batch(migration).map_err(trouble)?;
        step.pragma_update(
            None,
            "user_version",
            u32::try_from(index + 1).unwrap_or(u32::MAX),
        )
        .map_err(trouble)?;
        step.commit().map_err(trouble)?;
    }
    Ok(())
}

fn tail(connection: &Connection) -> Result<Position, JournalTrouble> {
    let row: Option<(i64, Vec<u8>)> = connection
        .query_row(
            "SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .map_err(|error| sql_trouble(&error))?;
    let Some((seq, hash)) = row else {
        return Ok(Position::default());
    };
    match (u64::try_from(seq), Hash::from_slice(&hash)) {
        (Ok(seq), Some(hash)) => Ok(Position { seq, hash }),
        (Err(_), _) | (_, None) => Err(JournalTrouble::Damaged),
    }
}

/// The journal names coupons and people's masked ids: it is its owner's alone.
fn made_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    if let Err(error) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)) {
        tracing::warn!(%error, "the journal's file could not be made private");
    }
}

/// What an error of the database means to people.
pub(super) fn sql_trouble(error: &rusqlite::Error) -> JournalTrouble {
    tracing::warn!(%error, "the journal's database");
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => JournalTrouble::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            JournalTrouble::ReadOnly
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => JournalTrouble::Damaged,
        Some(_) | None => JournalTrouble::Failing,
    }
}

/// What an error of the system means to people.
pub(super) fn io_trouble(error: &io::Error) -> JournalTrouble {
    tracing::warn!(%error, "the journal's files");
    let kind = error.kind();
    if matches!(
        kind,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    ) {
        JournalTrouble::Full
    } else if matches!(
        kind,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    ) {
        JournalTrouble::ReadOnly
    } else {
        JournalTrouble::Failing
    }
}
