//! The whole chain, record by record, against its hashes and the head file.

use std::path::Path;

use rusqlite::{Connection, Row, Transaction};

use super::base::Base;
use super::chain::{Hash, Position};
use super::failure::Failure;
use super::fault::Fault;
use super::files;
use super::head::{Fit, Found, Head};
use super::history::History;
use super::reading::HistoryError;
use super::store::{misfit, stored_hash, unsigned};
use crate::redemption::attempt::Record;

/// What [`verify`] came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every record is the one that was written, up to the newest.
    Whole(Position),
    /// The first thing that is wrong.
    Broken(Fault),
}

/// The head is read beside the records, not with them: a writer that is quick may move it in between. So often is
/// looked again before the two are said not to fit; what was forged does not fit the next time either.
const LOOKS: usize = 16;

/// Verifies the journal at `path`, beside a writer too. Errors are what kept it from looking; a file that is no journal
/// any more is a verdict.
pub fn verify(path: &Path) -> Result<Verdict, HistoryError> {
    match History::open(path).and_then(|history| history.verify()) {
        Err(HistoryError::Gone { records, .. }) => Ok(Verdict::Broken(Fault::FileMissing(records))),
        Err(HistoryError::Damaged(detail)) => Ok(Verdict::Broken(Fault::File { after: 0, detail })),
        other => other,
    }
}

impl History {
    /// [`verify`] on an open journal.
    pub fn verify(&self) -> Result<Verdict, HistoryError> {
        let (snapshot, found) = self.steady()?;
        let tail = if self.has_table {
            let base = match Base::of(&snapshot) {
                Err(Failure::Fault(fault)) => return Ok(Verdict::Broken(fault)),
                read => read?,
            };
            if let Some(fault) = base.fault(&snapshot)? {
                return Ok(Verdict::Broken(fault));
            }
            walk(&snapshot, base.before)?
        } else {
            Ok(Position::default())
        };
        let tail = match tail {
            Ok(tail) => tail,
            Err(fault) => return Ok(Verdict::Broken(fault)),
        };
        let fault = match (found, tail.seq) {
            (Found::Head(head), _) => match head.fit(tail) {
                Fit::Current | Fit::Pending => index_fault(&snapshot)?,
                Fit::Neither => Some(misfit(&snapshot, &head, tail)?),
            },
            (Found::Missing | Found::Blank, 0) => index_fault(&snapshot)?,
            (Found::Missing, records) => Some(Fault::HeadMissing(records)),
            (Found::Blank | Found::Unreadable, records) => Some(Fault::HeadUnreadable(records)),
        };
        Ok(fault.map_or(Verdict::Whole(tail), Verdict::Broken))
    }

    /// One state of the records, fixed for as long as the transaction is open, and the head that belongs to it.
    fn steady(&self) -> Result<(Transaction<'_>, Found), HistoryError> {
        let head_path = files::head_path(&self.path);
        for _ in 1..LOOKS {
            let snapshot = self.connection.unchecked_transaction()?;
            let newest = self.newest(&snapshot);
            let found = Head::read(&head_path)?;
            let is_moving = matches!((&newest, found), (Some(newest), Found::Head(head)) if head.fit(*newest) == Fit::Neither);
            if !is_moving {
                return Ok((snapshot, found));
            }
        }
        let snapshot = self.connection.unchecked_transaction()?;
        let found = Head::read(&head_path)?;
        Ok((snapshot, found))
    }

    /// The newest record as it stands there, unproved; none where it cannot be read, which the walk will tell.
    fn newest(&self, snapshot: &Connection) -> Option<Position> {
        if !self.has_table {
            return Some(Position::default());
        }
        let sql = "SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1";
        let position = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?));
        match snapshot.query_row(sql, [], position) {
            Ok((seq, hash)) => Some(Position {
                seq: unsigned(seq).ok()?,
                hash: Hash::from_slice(&hash)?,
            }),
            Err(rusqlite::Error::QueryReturnedNoRows) => Some(Position::default()),
            Err(_) => None,
        }
    }
}

/// Follows the chain from the first record to the last.
fn walk(snapshot: &Connection, before: Position) -> Result<Result<Position, Fault>, HistoryError> {
    let mut statement = snapshot.prepare("SELECT seq, body, hash FROM record ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut tail = before;
    loop {
        let linked = match rows.next() {
            Ok(Some(row)) => link(tail, row),
            Ok(None) => return Ok(Ok(tail)),
            Err(error) => Err(error.into()),
        };
        match linked {
            Ok(Ok(next)) => tail = next,
            Ok(Err(fault)) => return Ok(Err(fault)),
            Err(HistoryError::Damaged(detail)) => {
                let after = tail.seq;
                return Ok(Err(Fault::File { after, detail }));
            }
            Err(error) => return Err(error),
        }
    }
}

fn link(tail: Position, row: &Row<'_>) -> Result<Result<Position, Fault>, HistoryError> {
    let (seq, hash) = (row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(2)?);
    // As bytes: a text that is no UTF-8 any more is a changed record, not a file that cannot be read.
    let body = row
        .get_ref(1)?
        .as_bytes()
        .map(<[u8]>::to_owned)
        .unwrap_or_default();
    Ok(linked(tail, seq, &body, &hash))
}

fn linked(tail: Position, seq: i64, body: &[u8], hash: &[u8]) -> Result<Position, Fault> {
    let seq = unsigned(seq)?;
    if seq != tail.seq + 1 {
        return Err(Fault::Missing(tail.seq + 1));
    }
    let body = std::str::from_utf8(body).map_err(|_not_utf8| Fault::Altered(seq))?;
    let next = tail.next(body);
    if next.hash != stored_hash(hash, seq)? {
        return Err(Fault::Altered(seq));
    }
    if serde_json::from_str::<Record>(body).is_err() {
        return Err(Fault::Alien(seq));
    }
    Ok(next)
}

/// The chain covers the table; what `list` looks up by must agree with it too.
fn index_fault(snapshot: &Connection) -> Result<Option<Fault>, HistoryError> {
    let said: String = snapshot.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((said != "ok").then_some(Fault::Index(said)))
}
