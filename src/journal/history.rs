//! What the records say together: one line an attempt or a query. Read-only, beside a writer too.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::store;
use crate::card::{CardId, Code};
use crate::redemption::attempt::{AttemptId, OpenAttempt, Outcome, Record, SettledBy};

/// One attempt, or one look-up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Line {
    /// An attempt's id, or `q` and the record's number.
    pub id: String,
    /// `attempt` or `query`.
    pub kind: Kind,
    /// When it was confirmed or asked.
    pub at: Timestamp,
    /// The code.
    pub code: Option<Code>,
    /// The card.
    pub card_id: Option<CardId>,
    /// What it has come to; an open attempt is in doubt.
    pub outcome: Outcome,
    /// What proves it.
    pub settled_by: Option<SettledBy>,
    /// As Weixin sent it.
    pub errcode: Option<i64>,
    /// Who confirmed.
    pub clerk: Option<String>,
    /// Which kiosk.
    pub desk: Option<String>,
}

/// What a line stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A try to consume.
    Attempt,
    /// A look-up.
    Query,
}

/// Why a journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// Nothing is there.
    #[error("there is no journal here yet")]
    Missing,
    /// The database.
    #[error("the journal cannot be read: {0}")]
    Database(#[from] rusqlite::Error),
}

/// All records with their numbers, oldest first. One that this version cannot read is passed over, with a warning.
pub fn records(path: &Path) -> Result<Vec<(i64, Record)>, ReadFault> {
    if !path.exists() {
        return Err(ReadFault::Missing);
    }
    let connection = store::reader(path)?;
    let mut statement = connection.prepare("SELECT seq, body FROM record ORDER BY seq")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let mut records = Vec::new();
    for row in rows {
        let (seq, body) = row?;
        match serde_json::from_str(&body) {
            Ok(record) => records.push((seq, record)),
            Err(error) => tracing::warn!(seq, %error, "a record cannot be read"),
        }
    }
    Ok(records)
}

/// Attempts without an end, for a journal that cannot be written.
pub(super) fn open_attempts(path: &Path) -> Result<Vec<OpenAttempt>, ReadFault> {
    Ok(store::open_attempts(&store::reader(path)?)?)
}

/// One line an attempt or a query, oldest first.
pub fn lines(records: &[(i64, Record)]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut places: BTreeMap<AttemptId, usize> = BTreeMap::new();
    for (seq, record) in records {
        match record {
            Record::Query(query) => lines.push(Line {
                id: format!("q{seq}"),
                kind: Kind::Query,
                at: query.at,
                code: query.code.clone(),
                card_id: query.card_id.clone(),
                outcome: query.outcome,
                settled_by: None,
                errcode: query.errcode,
                clerk: None,
                desk: None,
            }),
            Record::Intent(intent) => {
                places.insert(intent.attempt, lines.len());
                lines.push(Line {
                    id: intent.attempt.to_string(),
                    kind: Kind::Attempt,
                    at: intent.at,
                    code: Some(intent.code.clone()),
                    card_id: intent
                        .info
                        .card_id
                        .clone()
                        .or_else(|| intent.card_id.clone()),
                    outcome: Outcome::InDoubt,
                    settled_by: None,
                    errcode: None,
                    clerk: intent.clerk.clone(),
                    desk: intent.desk.clone(),
                });
            }
            Record::Settled(settled) => {
                if let Some(line) = places
                    .get(&settled.attempt)
                    .and_then(|place| lines.get_mut(*place))
                {
                    line.outcome = settled.outcome;
                    line.settled_by = settled.by;
                    line.errcode = settled.errcode;
                }
            }
            Record::Resend(_) | Record::Probe(_) => {}
        }
    }
    lines
}

/// The records of one line, as they stand in the file.
pub fn story<'a>(records: &'a [(i64, Record)], id: &str) -> Vec<&'a Record> {
    let attempt = AttemptId::parse(id);
    let number = id.strip_prefix('q').and_then(|seq| seq.parse::<i64>().ok());
    records
        .iter()
        .filter(|(seq, record)| match record.attempt() {
            Some(of) => Some(of) == attempt,
            None => Some(*seq) == number,
        })
        .map(|(_, record)| record)
        .collect()
}
