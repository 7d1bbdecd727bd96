//! The records and the head, open for writing and known to fit together; one append at a time.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior};

use super::base::Base;
use super::chain::{Hash, Position};
use super::disk::{Disk, Step};
use super::failure::Failure;
use super::fault::Fault;
use super::files;
use super::head::{Fit, Found, Head, HeadFile};
use super::schema;
use crate::card::CardId;
use crate::redemption::attempt::{Intent, Record};

/// Both files. After a failed [`Store::append`] it is not to be used again: open it anew, which looks at what is there.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    disk: Disk,
    pub(super) connection: Connection,
    head: HeadFile,
    tail: Position,
}

/// What became of one record.
pub type Appended = Result<(), Failure>;

/// What follows from the way the last writer ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Before {
    /// Nothing failed in this process.
    Unknown,
    /// A write failed: the system may call pages written that never reached the disk.
    FailedWrite,
}

impl Store {
    /// Opens the journal, makes it where there is none, brings it to the newest version, and looks whether the newest
    /// records and the head fit together.
    pub fn open(path: &Path, disk: Disk, before: Before) -> Result<Self, Failure> {
        Self::open_files(path, disk, before).map_err(|failure| explained(failure, path))
    }

    fn open_files(path: &Path, disk: Disk, before: Before) -> Result<Self, Failure> {
        files::make_folder(path)?;
        let head_path = files::head_path(path);
        let found = Head::read(&head_path)?;
        if files::is_absent(path)? {
            if let Found::Head(head) = found
                && head.current.seq > 0
            {
                return Err(Fault::FileMissing(head.current.seq).into());
            }
            files::make_file(path)?;
        }
        let connection = disk.take(Step::Records, || schema::open_for_writing(path))?;
        if connection.is_readonly(rusqlite::MAIN_DB)? {
            return Err(std::io::Error::from(std::io::ErrorKind::ReadOnlyFilesystem).into());
        }
        let base = Base::of(&connection)?;
        if base.is_archive {
            return Err(Failure::Archive);
        }
        if let Some(fault) = base.fault(&connection)? {
            return Err(fault.into());
        }
        let tail = tail(&connection)?;
        let head = match (found, tail.seq) {
            (Found::Head(_), _) => {
                HeadFile::open(&head_path)?.ok_or(Fault::HeadUnreadable(tail.seq))?
            }
            (Found::Missing | Found::Blank, 0) => disk.take(Step::Head, || {
                let created = HeadFile::create(&head_path)?;
                files::sync_folder_of(path)?;
                Ok(created)
            })?,
            (Found::Missing, records) => return Err(Fault::HeadMissing(records).into()),
            (Found::Blank | Found::Unreadable, records) => {
                return Err(Fault::HeadUnreadable(records).into());
            }
        };
        let mut store = Self {
            path: path.to_owned(),
            disk,
            connection,
            head,
            tail,
        };
        store.settle(before)?;
        Ok(store)
    }

    /// Brings a head that stands one record behind to the tail, when that record is on the disk for certain.
    fn settle(&mut self, before: Before) -> Result<(), Failure> {
        let fit = self.head.head().fit(self.tail);
        match (fit, before) {
            (Fit::Neither, _) => {
                let head = self.head.head();
                Err(misfit(&self.connection, &head, self.tail)?.into())
            }
            (Fit::Current, Before::Unknown) => Ok(()),
            (Fit::Current, Before::FailedWrite) => self.disk.take(Step::Flush, || self.flush()),
            (Fit::Pending, Before::Unknown | Before::FailedWrite) => {
                self.disk.take(Step::Flush, || self.flush())?;
                self.disk
                    .take(Step::Settle, || Ok(self.head.settle(self.tail)?))
            }
        }
    }

    /// Copies the log into the main file and fsyncs both. After a failed fsync Linux calls the log's pages clean, so
    /// that only writing them anew, elsewhere, makes them durable.
    fn flush(&self) -> Result<(), Failure> {
        let (busy, log, copied) =
            self.connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get::<_, i64>(1)?,
                        row.get::<_, i64>(2)?,
                    ))
                })?;
        if busy != 0 && log != copied {
            return Err(Failure::Busy);
        }
        Ok(())
    }

    /// Writes records, one after the other and all of them at once: each stands in the chain for itself, and one
    /// announcement, one commit and one settling make them durable together. `Ok` says what became of each, when all that
    /// were written and the head are durable; `Err` says that none of them is known to be.
    ///
    /// A record that is there already, word for word, is not written twice: an append that failed at its last step is
    /// given again by whoever was told so. One that has no place here is refused alone.
    ///
    /// The very first record goes alone: the head's older slot, should the newer one be lost, must know of some record, or
    /// an emptied file would pass for a new one.
    pub fn append(&mut self, records: &[Record]) -> Result<Vec<Appended>, Failure> {
        let alone = records.len().min(usize::from(self.tail.seq == 0));
        let (first, rest) = records.split_at(alone);
        let mut appended = Vec::with_capacity(records.len());
        for together in [first, rest].into_iter().filter(|some| !some.is_empty()) {
            let more = self
                .append_unexplained(together)
                .map_err(|failure| explained(failure, &self.path))?;
            appended.extend(more);
        }
        Ok(appended)
    }

    fn append_unexplained(&mut self, records: &[Record]) -> Result<Vec<Appended>, Failure> {
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        let before = self.tail;
        let mut tail = before;
        let mut appended = Vec::with_capacity(records.len());
        for record in records {
            let placed = self.place(record, tail);
            appended.push(match placed {
                Ok(next) => {
                    tail = next;
                    Ok(())
                }
                Err(refused) if refused.is_of_record() => Err(refused),
                Err(failure) => return Err(failure),
            });
        }
        if tail != before {
            self.disk
                .take(Step::Announce, || Ok(self.head.announce(tail.hash)?))?;
            self.disk.take(Step::Commit, || Ok(transaction.commit()?))?;
            self.disk
                .take(Step::Settle, || Ok(self.head.settle(tail)?))?;
            self.tail = tail;
        }
        Ok(appended)
    }

    /// Puts a record behind `tail`, not durably yet; the position of the newest record then.
    fn place(&self, record: &Record, tail: Position) -> Result<Position, Failure> {
        let body = serde_json::to_string(record)?;
        if self.holds(record, &body, tail)? {
            return Ok(tail);
        }
        if let Record::Intent(intent) = record
            && self.is_in_doubt(intent)?
        {
            return Err(Failure::CodeInDoubt);
        }
        let next = tail.next(&body);
        self.insert(next, &body)?;
        Ok(next)
    }

    /// Whether the record stands here already, or has no place here; an attempt's second beginning or second end is a contradiction.
    fn holds(&self, record: &Record, body: &str, tail: Position) -> Result<bool, Failure> {
        let Some(attempt) = record.attempt() else {
            let mut last = self
                .connection
                .prepare_cached("SELECT body = ?2 FROM record WHERE seq = ?1")?;
            let is_last = last
                .query_row((signed(tail.seq), body), |row| row.get(0))
                .optional()?;
            return Ok(is_last.unwrap_or(false));
        };
        let sql = "SELECT kind, body = ?2 FROM record WHERE attempt = ?1";
        let mut of_attempt = self.connection.prepare_cached(sql)?;
        let mut rows = of_attempt.query((attempt.to_string(), body))?;
        let mut is_contradiction = false;
        let mut has_begun = false;
        while let Some(row) = rows.next()? {
            let kind: String = row.get(0)?;
            if row.get(1)? {
                return Ok(true);
            }
            has_begun |= kind == "intent";
            is_contradiction |= match record {
                Record::Intent(_) => kind == "intent",
                Record::Settled(_) => kind == "settled",
                Record::Query(_)
                | Record::Resend(_)
                | Record::Probe(_)
                | Record::Remark(_)
                | Record::Mistake(_)
                | Record::Override(_)
                | Record::Witness(_)
                | Record::Sealed(_) => false,
            };
        }
        if is_contradiction {
            return Err(Failure::Contradiction);
        }
        // The intent never reached the disk, so there is nothing to end.
        Ok(matches!(record, Record::Settled(_)) && !has_begun)
    }

    /// Whether an attempt on the same code is open. The redemption knows this too, unless the journal could not be
    /// read when it started.
    fn is_in_doubt(&self, intent: &Intent) -> Result<bool, Failure> {
        let mut open = self.connection.prepare_cached(
            "SELECT 1 FROM record i WHERE i.kind = 'intent' AND i.code = ?1 AND i.body ->> '$.card_id' IS ?2
             AND NOT EXISTS (SELECT 1 FROM record s WHERE s.kind = 'settled' AND s.attempt = i.attempt)",
        )?;
        let card_id = intent.card_id.as_ref().map(CardId::as_str);
        Ok(open.exists((intent.code.as_str(), card_id))?)
    }

    fn insert(&self, at: Position, body: &str) -> Result<(), Failure> {
        let sql = "INSERT INTO record (seq, body, hash) VALUES (?1, ?2, ?3)";
        let mut insert = self.connection.prepare_cached(sql)?;
        insert.execute((signed(at.seq), body, at.hash.as_bytes().as_slice()))?;
        Ok(())
    }
}

/// The last record's position, once its hash is found to be right; the whole chain is `verify`'s work.
pub fn tail(connection: &Connection) -> Result<Position, Failure> {
    let sql = "SELECT seq, body, hash FROM record ORDER BY seq DESC LIMIT 2";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok(Base::of(connection)?.before);
    };
    let seq = unsigned(row.get(0)?)?;
    let body: String = row.get(1)?;
    let hash = stored_hash(&row.get::<_, Vec<u8>>(2)?, seq)?;
    let before = match rows.next()? {
        Some(row) => {
            let seq = unsigned(row.get(0)?)?;
            let hash = stored_hash(&row.get::<_, Vec<u8>>(2)?, seq)?;
            Position { seq, hash }
        }
        None => Base::of(connection)?.before,
    };
    if before.seq + 1 != seq {
        return Err(Fault::Missing(before.seq + 1).into());
    }
    let tail = before.next(&body);
    if tail.hash != hash {
        return Err(Fault::Altered(seq).into());
    }
    Ok(tail)
}

/// Names what is wrong between a head and a tail that do not fit.
pub fn misfit(
    connection: &Connection,
    head: &Head,
    tail: Position,
) -> Result<Fault, rusqlite::Error> {
    let known = head.current;
    if tail.seq < known.seq {
        return Ok(Fault::CutTail {
            tail: tail.seq,
            head: known.seq,
        });
    }
    let sql = "SELECT hash FROM record WHERE seq = ?1";
    let at_head: Option<Vec<u8>> = connection
        .query_row(sql, [signed(known.seq)], |row| row.get(0))
        .optional()?;
    let is_same = known.seq == 0 || at_head.as_deref() == Some(known.hash.as_bytes().as_slice());
    Ok(if is_same {
        Fault::BeyondHead { head: known.seq }
    } else {
        Fault::Rewritten(known.seq)
    })
}

/// A number as SQLite keeps it. Nobody writes 2^63 records.
pub fn signed(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// A number as SQLite gave it.
pub fn unsigned(seq: i64) -> Result<u64, Fault> {
    match u64::try_from(seq) {
        Ok(seq) if seq > 0 => Ok(seq),
        Ok(_) | Err(_) => Err(Fault::BeforeFirst),
    }
}

/// A record's hash as the database keeps it.
pub fn stored_hash(bytes: &[u8], seq: u64) -> Result<Hash, Fault> {
    Hash::from_slice(bytes).ok_or(Fault::Altered(seq))
}

/// SQLite has one word for many reasons why its files cannot be made or grow; the system says which.
fn explained(failure: Failure, path: &Path) -> Failure {
    let Failure::Sqlite(error) = &failure else {
        return failure;
    };
    if !matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure)
    ) {
        return failure;
    }
    files::try_folder_of(path).map_or_else(Failure::Io, |()| failure)
}
