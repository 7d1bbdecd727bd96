//! Retention: old records go into an archive, which is checked before they are erased here.
//!
//! An archive is a journal itself, `FILE` and `FILE.head`, that never grows; so that everything that reads one reads the
//! other. The chain goes on over the seam: the journal's first record is a link to the archive's last, and a record in the
//! journal says what hash that one has.
//!
//! In this order, so that whatever ends it in between loses nothing and the next try goes on where this one ended: the
//! archive is durable and whole; the journal says so; the records go.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::base::Base;
use super::chain::Position;
use super::copy::{CopyError, lock, name, room_beside, whole};
use super::disk::Disk;
use super::failure::Failure;
use super::files;
use super::history::History;
use super::reading::HistoryError;
use super::schema;
use super::store::{Before, Store, signed, stored_hash, unsigned};
use crate::redemption::attempt::{Record, Sealed};

/// What was sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sealing {
    /// Where its records are now.
    pub archive: PathBuf,
    /// The number of the first of them.
    pub first: u64,
    /// The last of them.
    pub last: Position,
}

/// Puts what is older than `before` into an archive in `folder`, and takes it out of the journal at `journal`; `None` where
/// nothing can go. An attempt goes as a whole: one that has no end yet stays, one about which something was written down
/// since stays, and so does all that came after it.
pub fn seal(
    journal: &Path,
    folder: &Path,
    before: Timestamp,
    now: Timestamp,
) -> Result<Option<Sealing>, CopyError> {
    whole(journal)?;
    let _lock = lock(journal)?;
    let mut store = Store::open(journal, Disk::System, Before::Unknown)?;
    let base = Base::of(&store.connection)?;
    let begun = begun(&store.connection, base)?;
    let Some(last) =
        begun.map_or_else(|| cut(&store.connection, base, before), |it| Ok(Some(it)))?
    else {
        return Ok(None);
    };
    let first = base.before.seq + 1;
    let stem = journal.file_stem().unwrap_or_default().to_string_lossy();
    let archive = folder.join(format!("{stem}-{first:07}-{:07}.sqlite", last.seq));
    archived(&store.connection, base.before, last, &archive)?;
    if begun.is_none() {
        let sealed = Record::Sealed(Sealed {
            at: now,
            through: last.seq,
            hash: last.hash.to_string(),
        });
        store
            .append(&[sealed])?
            .into_iter()
            .collect::<Result<(), _>>()?;
    }
    erase(&mut store.connection, last)?;
    drop(store);
    whole(journal)?;
    Ok(Some(Sealing {
        archive,
        first,
        last,
    }))
}

/// When the oldest record was made that stands here.
pub fn oldest(journal: &Path) -> Result<Option<Timestamp>, HistoryError> {
    let history = History::open(journal)?;
    let mut oldest = None;
    if history.has_table {
        let sql = "SELECT at FROM record ORDER BY seq LIMIT 1";
        oldest = history
            .connection
            .query_row(sql, [], |row| row.get::<_, String>(0))
            .optional()?;
    }
    Ok(oldest.and_then(|at| at.parse().ok()))
}

/// What an earlier try called sealed, and did not come to erase.
fn begun(connection: &Connection, base: Base) -> Result<Option<Position>, Failure> {
    let sql = "SELECT r.seq, r.hash FROM record r JOIN record s ON s.kind = 'sealed' AND s.body ->> '$.through' = r.seq
        AND s.body ->> '$.hash' = lower(hex(r.hash)) WHERE r.seq > ?1 ORDER BY r.seq DESC LIMIT 1";
    position(connection, sql, signed(base.before.seq))
}

/// The last record that may go.
fn cut(
    connection: &Connection,
    base: Base,
    before: Timestamp,
) -> Result<Option<Position>, Failure> {
    // To the second and without the Z, so that fractions of that second are behind it. By number, since a clock may have
    // been set back: what stands behind a young record is as young.
    let before = before.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let sql =
        "SELECT coalesce((SELECT min(seq) FROM record WHERE at >= ?1) - 1, max(seq)) FROM record";
    let mut last: i64 = connection
        .query_row(sql, [before], |row| row.get::<_, Option<i64>>(0))?
        .unwrap_or(0);
    let sql = "SELECT min(r.seq) FROM record r WHERE r.seq <= ?1 AND r.attempt IS NOT NULL AND (
            EXISTS (SELECT 1 FROM record later WHERE later.attempt = r.attempt AND later.seq > ?1)
            OR NOT EXISTS (SELECT 1 FROM record s WHERE s.attempt = r.attempt AND s.kind = 'settled'))";
    let mut stays = connection.prepare(sql)?;
    // Each time it moves back, others may hang over it.
    while let Some(first) = stays.query_row([last], |row| row.get::<_, Option<i64>>(0))? {
        last = first - 1;
    }
    if last <= signed(base.before.seq) {
        return Ok(None);
    }
    position(
        connection,
        "SELECT seq, hash FROM record WHERE seq = ?1",
        last,
    )
}

fn position(connection: &Connection, sql: &str, about: i64) -> Result<Option<Position>, Failure> {
    let row = connection
        .query_row(sql, [about], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    let Some((seq, hash)) = row else {
        return Ok(None);
    };
    let seq = unsigned(seq)?;
    let hash = stored_hash(&hash, seq)?;
    Ok(Some(Position { seq, hash }))
}

/// Makes the archive, or finds that it is there from an earlier try.
fn archived(
    from: &Connection,
    before: Position,
    last: Position,
    to: &Path,
) -> Result<(), CopyError> {
    if !files::is_absent(to)? {
        let history = History::open(to)?;
        let is_same = whole(to)? == last
            && Base::of(&history.connection)?
                == Base {
                    before,
                    is_archive: true,
                };
        return if is_same {
            Ok(())
        } else {
            Err(CopyError::Taken(to.to_owned()))
        };
    }
    files::make_folder(to)?;
    let (_folder, copied) = room_beside(to)?;
    fill(from, before, last, &copied)?;
    name(&copied, last, to)
}

fn fill(from: &Connection, before: Position, last: Position, copied: &Path) -> Result<(), Failure> {
    let mut connection = schema::open_for_writing(copied)?;
    let transaction = connection.transaction()?;
    transaction.execute(
        "INSERT INTO base (only, seq, hash, is_archive) VALUES (0, ?1, ?2, 1)",
        (signed(before.seq), before.hash.as_bytes().as_slice()),
    )?;
    {
        let mut read =
            from.prepare("SELECT seq, body, hash FROM record WHERE seq <= ?1 ORDER BY seq")?;
        let sql = "INSERT INTO record (seq, body, hash) VALUES (?1, ?2, ?3)";
        let mut write = transaction.prepare(sql)?;
        let mut rows = read.query([signed(last.seq)])?;
        while let Some(row) = rows.next()? {
            let (seq, body, hash): (i64, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            write.execute((seq, body, hash))?;
        }
    }
    transaction.commit()?;
    // It never grows again, so it needs no log beside it, and can be read from a medium that cannot be written.
    connection.execute_batch("PRAGMA journal_mode = delete")?;
    Ok(())
}

/// Takes the records out, so that nothing of them is left in the file.
fn erase(connection: &mut Connection, last: Position) -> Result<(), Failure> {
    connection.execute_batch("PRAGMA secure_delete = on")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let keeper =
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = 'record_never_goes'";
    let keeper: String = transaction.query_row(keeper, [], |row| row.get(0))?;
    transaction.execute_batch("DROP TRIGGER record_never_goes")?;
    transaction.execute("DELETE FROM record WHERE seq <= ?1", [signed(last.seq)])?;
    transaction.execute_batch(&keeper)?;
    transaction.execute(
        "INSERT OR REPLACE INTO base (only, seq, hash, is_archive) VALUES (0, ?1, ?2, 0)",
        (signed(last.seq), last.hash.as_bytes().as_slice()),
    )?;
    transaction.commit()?;
    connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}
