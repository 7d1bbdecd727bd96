//! Reading the journal: beside the writer, without the right to write, without making a file where there is none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Row};

use super::base::Base;
use super::chain::{Hash, Position};
use super::line::{Filter, Line, line};
use super::reading::{HistoryError, no_file, open_any_medium};
use super::schema::Version;
use super::store::signed;
use crate::card::Code;
use crate::redemption::attempt::{AttemptId, Intent, Outcome, Record};
use crate::redemption::done::Redeemed;

/// A journal open for reading. Each answer is one consistent state, whatever is written meanwhile.
#[derive(Debug)]
pub struct History {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) has_table: bool,
}

/// A record with its place in the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
    /// The text that was hashed, JSON.
    pub body: String,
    /// What it says.
    pub record: Record,
}

impl History {
    /// Opens the journal at `path`.
    pub fn open(path: &Path) -> Result<Self, HistoryError> {
        match fs::metadata(path) {
            Ok(_) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Err(no_file(path));
            }
            Err(error) => return Err(error.into()),
        }
        let (connection, version) = open_any_medium(path)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            has_table: version != Version::Empty,
        })
    }

    /// The lines that `filter` lets through, oldest first. Probes and resends belong to their attempt's line.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Line>, HistoryError> {
        let mut lines = Vec::new();
        if !self.has_table {
            return Ok(lines);
        }
        // Newest first, so that the last few are found without reading the years before.
        let mut statement = self.connection.prepare(
            "SELECT r.seq, r.body, (SELECT s.body FROM record s WHERE s.kind = 'settled' AND s.attempt = r.attempt)
             FROM record r WHERE r.kind IN ('query', 'intent') AND (?1 IS NULL OR r.code = ?1)
             AND (?2 IS NULL OR r.at >= ?2) ORDER BY r.seq DESC",
        )?;
        // To the second and without the Z, so that fractions of that second are behind it; the filter has the last word.
        let from = filter
            .from
            .map(|from| from.strftime("%Y-%m-%dT%H:%M:%S").to_string());
        let mut rows = statement.query((filter.code.as_ref().map(Code::as_str), from))?;
        while lines.len() < filter.last.unwrap_or(usize::MAX)
            && let Some(row) = rows.next()?
        {
            let seq = row_seq(row)?;
            let begin = parse(seq, &row.get::<_, String>(1)?)?;
            let end = row
                .get::<_, Option<String>>(2)?
                .map(|body| parse(seq, &body))
                .transpose()?;
            lines.extend(line(seq, begin, end).filter(|line| filter.takes(line)));
        }
        lines.reverse();
        self.annotate(&mut lines)?;
        Ok(lines)
    }

    /// Adds to attempts what was written down about them afterwards, in this journal.
    pub fn annotate(&self, lines: &mut [Line]) -> Result<(), HistoryError> {
        if !self.has_table {
            return Ok(());
        }
        let sql = "SELECT seq, body FROM record WHERE attempt = ?1 AND kind IN ('remark', 'mistake', 'override', 'witness') ORDER BY seq";
        let mut statement = self.connection.prepare(sql)?;
        for line in lines {
            let mut rows = statement.query([&line.id])?;
            while let Some(row) = rows.next()? {
                line.take(parse(row_seq(row)?, &row.get::<_, String>(1)?)?);
            }
        }
        Ok(())
    }

    /// All records of an attempt, or a query's one; empty where nothing has this id.
    pub fn show(&self, id: &str) -> Result<Vec<Entry>, HistoryError> {
        if !self.has_table {
            return Ok(Vec::new());
        }
        let query = id.strip_prefix('q').and_then(|seq| seq.parse::<u64>().ok());
        let select = "SELECT seq, body, hash FROM record WHERE";
        let mut entries = match (query, AttemptId::parse(id)) {
            (Some(seq), _) => self.entries(
                &format!("{select} seq = ?1 AND kind = 'query'"),
                [signed(seq)],
            )?,
            (None, Some(attempt)) => self.entries(
                &format!("{select} attempt = ?1 ORDER BY seq"),
                [attempt.to_string()],
            )?,
            (None, None) => Vec::new(),
        };
        entries.sort_by_key(|entry| entry.seq);
        Ok(entries)
    }

    /// Every record, oldest first, each handed to `take` until it fails.
    pub fn each<E: From<HistoryError>>(
        &self,
        mut take: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        if !self.has_table {
            return Ok(());
        }
        let sql = "SELECT seq, body, hash FROM record ORDER BY seq";
        let mut statement = self.connection.prepare(sql).map_err(HistoryError::from)?;
        let mut rows = statement.query([]).map_err(HistoryError::from)?;
        while let Some(row) = rows.next().map_err(HistoryError::from)? {
            take(entry(row)?)?;
        }
        Ok(())
    }

    /// The last record that stands in an archive instead; the default where none does.
    pub fn sealed(&self) -> Result<Position, HistoryError> {
        Ok(Base::of(&self.connection)?.before)
    }

    /// Attempts without an end, oldest first. A record that cannot be read is passed over: what can be read counts.
    pub fn in_doubt(&self) -> Result<Vec<Intent>, HistoryError> {
        let mut open = Vec::new();
        if !self.has_table {
            return Ok(open);
        }
        let mut statement = self.connection.prepare(
            "SELECT i.seq, i.body FROM record i WHERE i.kind = 'intent'
             AND NOT EXISTS (SELECT 1 FROM record s WHERE s.kind = 'settled' AND s.attempt = i.attempt)
             ORDER BY i.seq",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let seq = row_seq(row)?;
            let Ok(Record::Intent(intent)) = parse(seq, &row.get::<_, String>(1)?) else {
                tracing::error!(seq, "an intent in the journal cannot be read");
                continue;
            };
            open.push(intent);
        }
        Ok(open)
    }

    /// What managers said and Weixin's events told of the attempts without an end, oldest first, as far as it can be read.
    pub fn noted(&self) -> Result<Vec<Record>, HistoryError> {
        let mut noted = Vec::new();
        if !self.has_table {
            return Ok(noted);
        }
        let mut statement = self.connection.prepare(
            "SELECT n.seq, n.body FROM record n WHERE n.kind IN ('override', 'witness')
             AND NOT EXISTS (SELECT 1 FROM record s WHERE s.kind = 'settled' AND s.attempt = n.attempt)
             ORDER BY n.seq",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            noted.extend(parse(row_seq(row)?, &row.get::<_, String>(1)?));
        }
        Ok(noted)
    }

    /// The codes that attempts of this journal redeemed, and when each was settled: out of the newest `last` attempts
    /// (their ids are in the order of time), oldest first. A record that cannot be read is passed over.
    pub fn redeemed(&self, last: usize) -> Result<Vec<Redeemed>, HistoryError> {
        let mut redeemed = Vec::new();
        if !self.has_table {
            return Ok(redeemed);
        }
        let mut statement = self.connection.prepare(
            "SELECT s.seq, s.body, i.body FROM record s JOIN record i ON i.attempt = s.attempt AND i.kind = 'intent'
             WHERE s.kind = 'settled' ORDER BY s.attempt DESC LIMIT ?1",
        )?;
        let mut rows = statement.query([i64::try_from(last).unwrap_or(i64::MAX)])?;
        while let Some(row) = rows.next()? {
            let seq = row_seq(row)?;
            let end = parse(seq, &row.get::<_, String>(1)?);
            let begin = parse(seq, &row.get::<_, String>(2)?);
            if let (Ok(Record::Intent(intent)), Ok(Record::Settled(settled))) = (begin, end)
                && settled.outcome == Outcome::Redeemed
            {
                redeemed.push(Redeemed {
                    code: intent.code,
                    at: settled.at,
                    attempt: intent.attempt,
                    desk: intent.desk,
                });
            }
        }
        redeemed.reverse();
        Ok(redeemed)
    }

    fn entries(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Entry>, HistoryError> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(params)?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(entry(row)?);
        }
        Ok(entries)
    }
}

fn entry(row: &Row<'_>) -> Result<Entry, HistoryError> {
    let seq = row_seq(row)?;
    let body: String = row.get(1)?;
    let record = parse(seq, &body)?;
    let hash = row.get::<_, Vec<u8>>(2)?;
    Ok(Entry {
        seq,
        hash: Hash::from_slice(&hash).ok_or(HistoryError::Unreadable(seq))?,
        body,
        record,
    })
}

fn parse(seq: u64, body: &str) -> Result<Record, HistoryError> {
    serde_json::from_str(body).map_err(|_not_ours| HistoryError::Unreadable(seq))
}

fn row_seq(row: &Row<'_>) -> Result<u64, rusqlite::Error> {
    Ok(u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0))
}
