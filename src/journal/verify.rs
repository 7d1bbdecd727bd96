//! Checks every link of the chain and the head file.

use std::path::Path;

use super::chain::{Hash, Position};
use super::head::{Fit, Found, Head};
use super::history::ReadFault;
use super::store;

/// What a check found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every link holds, and the head file knows the tail.
    Whole {
        /// How many records there are.
        records: u64,
    },
    /// The first thing that does not fit.
    Broken {
        /// The record it was found at; after the last one for a cut tail.
        seq: u64,
        /// What it is.
        what: Damage,
    },
}

/// What does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Damage {
    /// The number before it is missing.
    #[error("a record before it was removed")]
    Gap,
    /// Its hash does not follow from its text and the record before.
    #[error("it was changed, or put in")]
    Changed,
    /// The head file is not there.
    #[error("the head file is missing")]
    NoHead,
    /// The head file is damaged.
    #[error("the head file cannot be read")]
    BadHead,
    /// The head file knows of more records, or of others.
    #[error(
        "the records do not end where the head file says: the tail was cut, put in, or an older file put back"
    )]
    Tail,
}

/// Reads the whole journal and changes nothing.
pub fn verify(path: &Path) -> Result<Verdict, ReadFault> {
    if !path.exists() {
        return Err(ReadFault::Missing);
    }
    // The head is read first: a writer that is at work moves the tail forward, never back.
    let before = Head::read(&path.with_extension("head")).ok();
    let connection = store::reader(path)?;
    let mut statement = connection.prepare("SELECT seq, body, hash FROM record ORDER BY seq")?;
    let mut rows = statement.query([])?;
    let mut tail = Position::default();
    let mut knows_head = false;
    while let Some(row) = rows.next()? {
        let seq = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
        let body: String = row.get(1)?;
        let hash: Vec<u8> = row.get(2)?;
        knows_head |= is_at(before.as_ref(), tail);
        let next = tail.next(&body);
        if seq != next.seq {
            return Ok(Verdict::Broken {
                seq,
                what: Damage::Gap,
            });
        }
        if Hash::from_slice(&hash) != Some(next.hash) {
            return Ok(Verdict::Broken {
                seq,
                what: Damage::Changed,
            });
        }
        tail = next;
    }
    let after = Head::read(&path.with_extension("head")).ok();
    let what = match after {
        Some(Found::Head(head)) if head.fit(tail) != Fit::Neither => {
            return Ok(Verdict::Whole { records: tail.seq });
        }
        // Records were added while this ran: the head of the beginning lies within what was read.
        Some(Found::Head(_)) if knows_head && before != after => {
            return Ok(Verdict::Whole { records: tail.seq });
        }
        Some(Found::Head(_)) => Damage::Tail,
        Some(Found::Missing) if tail.seq == 0 => return Ok(Verdict::Whole { records: 0 }),
        Some(Found::Missing) => Damage::NoHead,
        Some(Found::Unreadable) | None => Damage::BadHead,
    };
    Ok(Verdict::Broken {
        seq: tail.seq,
        what,
    })
}

fn is_at(head: Option<&Found>, position: Position) -> bool {
    matches!(head, Some(Found::Head(head)) if head.current == position)
}
