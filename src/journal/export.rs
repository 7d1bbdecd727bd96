//! The history as a file for others: CSV for spreadsheets, JSON lines for programs, the bare records for auditors.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::value::RawValue;

use super::chain::Hash;
use super::history::{Entry, History};
use super::line::Line;
use super::reading::HistoryError;

/// The columns of the CSV file: the keys of `journal list --json`.
pub const COLUMNS: [&str; 14] = [
    "id",
    "kind",
    "at",
    "code",
    "card_id",
    "outcome",
    "settled_by",
    "errcode",
    "clerk",
    "desk",
    "remark",
    "mistake",
    "override",
    "witnessed",
];

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The journal's side.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The file's side.
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
    /// A line that has no JSON form.
    #[error("cannot write as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes a header and a row for each line, as RFC 4180 has it: UTF-8, CRLF, quotes where they are needed. `at` is local
/// time with its offset from UTC.
///
/// A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula, and a code or a clerk's name may be
/// somebody's trap. Such a text, and for the sake of the way back one that begins with an apostrophe, gets one more
/// apostrophe in front. A reader that strips one leading apostrophe from each cell has every code exactly as it was;
/// codes of digits, which is what Weixin gives, are never touched. Programs do better with JSON.
pub fn write_csv(
    lines: &[Line],
    time_zone: &TimeZone,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    write!(out, "{}\r\n", COLUMNS.join(","))?;
    for line in lines {
        let cells = [
            text_cell(&line.id),
            text_cell(&word(&line.kind)),
            line.at
                .to_zoned(time_zone.clone())
                .strftime("%Y-%m-%dT%H:%M:%S%:z")
                .to_string(),
            line.code
                .as_ref()
                .map_or_else(String::new, |code| text_cell(code.as_str())),
            line.card_id
                .as_ref()
                .map_or_else(String::new, |card_id| text_cell(card_id.as_str())),
            text_cell(&word(&line.outcome)),
            line.settled_by
                .map_or_else(String::new, |by| text_cell(&word(&by))),
            line.errcode
                .map_or_else(String::new, |errcode| errcode.to_string()),
            line.clerk.as_deref().map_or_else(String::new, text_cell),
            line.desk.as_deref().map_or_else(String::new, text_cell),
            line.remark.as_deref().map_or_else(String::new, text_cell),
            line.mistake.to_string(),
            line.ruled
                .map_or_else(String::new, |goods| text_cell(&word(&goods))),
            line.witnessed.to_string(),
        ];
        write!(out, "{}\r\n", cells.join(","))?;
    }
    Ok(())
}

/// Writes each line as one JSON object, as `journal list --json` does.
pub fn write_json(lines: &[Line], out: &mut dyn Write) -> Result<(), ExportError> {
    for line in lines {
        writeln!(out, "{}", serde_json::to_string(line)?)?;
    }
    Ok(())
}

/// Writes every record as one JSON object, `{"seq","hash","record"}`. `record` is the very text that was hashed, so that
/// the chain can be followed without this program: `hash` is SHA-256 of the 32 bytes of the hash before (zeros for the
/// first), `seq` as 8 bytes, big-endian, and the text.
pub fn write_records(history: &History, out: &mut dyn Write) -> Result<(), ExportError> {
    history.each(|entry| write_entry(&entry, out))
}

/// Writes one record as [`write_records`] does.
pub fn write_entry(entry: &Entry, out: &mut dyn Write) -> Result<(), ExportError> {
    let record: &RawValue = serde_json::from_str(&entry.body)?;
    let (seq, hash) = (entry.seq, entry.hash);
    writeln!(
        out,
        "{}",
        serde_json::to_string(&Raw { seq, hash, record })?
    )?;
    Ok(())
}

#[derive(Serialize)]
struct Raw<'a> {
    seq: u64,
    hash: Hash,
    record: &'a RawValue,
}

/// A choice in the journal's own word for it.
pub fn word(choice: &impl Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn text_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']);
    let guard = if is_formula { "'" } else { "" };
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        format!("{guard}{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_csv_needs_it_and_never_a_formula() {
        let cases = [
            ("203001234567", "203001234567"),
            ("0012", "0012"),
            ("PK0000397757", "PK0000397757"),
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-5", "'-5"),
            ("'=1", "''=1"),
            ("=1,\"2\"", "\"'=1,\"\"2\"\"\""),
            ("Li, Na", "\"Li, Na\""),
            ("two\nlines", "\"two\nlines\""),
            ("\"", "\"\"\"\""),
            ("", ""),
        ];
        for (text, cell) in cases {
            assert_eq!(text_cell(text), cell);
        }
    }
}
