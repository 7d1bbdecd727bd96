//! `journal list|show|verify|export`: the history for people and programs. All of it reads only, beside a running kiosk.

mod facts;
mod table;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::card::Code;
use crate::journal::export::{self, ExportError};
use crate::journal::history::History;
use crate::journal::line::{Filter, Line};
use crate::journal::verify::{Verdict, verify};
use crate::redemption::attempt::Outcome;

/// What to do with the journal. `reconcile` works on it with the kiosk's loop and is not one of these.
#[derive(Clone, Debug, Subcommand)]
pub enum Args {
    /// One line for each attempt and each look-up, oldest first
    List {
        /// Which lines
        #[command(flatten)]
        wanted: Wanted,
        /// Only the newest N
        #[arg(long, value_name = "N")]
        last: Option<usize>,
    },
    /// All that is recorded of one attempt or look-up
    Show {
        /// As `journal list` prints it
        id: String,
    },
    /// Whether every record is still the one that was written
    Verify,
    /// The lines of `list` as a file, to stdout
    #[command(after_help = EXPORT_HELP)]
    Export {
        /// Which lines
        #[command(flatten)]
        wanted: Wanted,
        /// What to write; with --json: json
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
        /// Begin the CSV file with the mark by which Excel knows UTF-8
        #[arg(long)]
        bom: bool,
    },
}

/// Which lines are wanted.
#[derive(Clone, Debug, Default, ClapArgs)]
pub struct Wanted {
    /// From this day on, in the store's time zone
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// Up to this day and including it
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Date>,
    /// With this outcome: queried, redeemed, `already_redeemed`, refused, `not_redeemed`, `in_doubt`, unreachable, `set_up`
    #[arg(long, value_parser = parse_outcome)]
    outcome: Option<Outcome>,
    /// Of this code
    #[arg(long, value_parser = parse_code)]
    code: Option<Code>,
}

/// The shape of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// A table for spreadsheets
    Csv,
    /// The lines of `journal list --json`
    Json,
    /// Every record with its hash, for following the chain without this program
    Records,
}

/// Prints what `args` ask for to `out`. `Ok` is the exit code: 0; 1 for a broken chain and an id that nothing has. An error
/// is exit code 2, its sentence still to be printed; a journal that does not exist is one.
pub fn run(
    args: &Args,
    path: &Path,
    time_zone: &TimeZone,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    let done = match args {
        Args::List { wanted, last } => list(
            path,
            &wanted.filter(*last, time_zone)?,
            time_zone,
            json,
            out,
        ),
        Args::Show { id } => show(path, id, time_zone, json, out),
        Args::Verify => print_verdict(path, json, out),
        Args::Export {
            wanted,
            format,
            bom,
        } => {
            let format = if json && *format == Format::Csv {
                Format::Json
            } else {
                *format
            };
            let filter = wanted.filter(None, time_zone)?;
            if *bom && format == Format::Csv {
                write!(out, "\u{feff}")?;
            }
            write_export(path, &filter, format, time_zone, out)
        }
    };
    match done {
        // `journal list | head` has seen enough.
        Err(error) if is_broken_pipe(&error) => Ok(0),
        done => done,
    }
}

fn list(
    path: &Path,
    filter: &Filter,
    time_zone: &TimeZone,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    let lines = History::open(path)?.list(filter)?;
    if json {
        export::write_json(&lines, out)?;
    } else if lines.is_empty() {
        writeln!(out, "No attempt and no look-up.")?;
    } else {
        table::write(&list_rows(&lines, time_zone), out)?;
    }
    Ok(0)
}

fn list_rows(lines: &[Line], time_zone: &TimeZone) -> Vec<Vec<String>> {
    let heading = [
        "time",
        "kind",
        "code",
        "outcome",
        "by",
        "errcode",
        "clerk",
        "desk",
        "remark",
        "mistake",
        "override",
        "witnessed",
        "card_id",
        "id",
    ];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    rows.extend(lines.iter().map(|line| {
        vec![
            local(line.at, time_zone),
            export::word(&line.kind),
            line.code.as_ref().map(Code::grouped).unwrap_or_default(),
            export::word(&line.outcome),
            line.settled_by
                .map(|by| export::word(&by))
                .unwrap_or_default(),
            line.errcode
                .map(|errcode| errcode.to_string())
                .unwrap_or_default(),
            line.clerk.clone().unwrap_or_default(),
            line.desk.clone().unwrap_or_default(),
            line.remark.clone().unwrap_or_default(),
            if line.mistake { "yes" } else { "" }.to_owned(),
            line.ruled
                .map(|goods| export::word(&goods))
                .unwrap_or_default(),
            if line.witnessed { "yes" } else { "" }.to_owned(),
            line.card_id
                .as_ref()
                .map(|card_id| card_id.as_str().to_owned())
                .unwrap_or_default(),
            line.id.clone(),
        ]
    }));
    rows
}

fn show(
    path: &Path,
    id: &str,
    time_zone: &TimeZone,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    let entries = History::open(path)?.show(id)?;
    if entries.is_empty() {
        if json {
            writeln!(out, "{}", json!({ "id": id, "error": "not found" }))?;
        } else {
            writeln!(
                out,
                "Nothing in the journal has the id {id}. `journal list` prints the ids."
            )?;
        }
        return Ok(1);
    }
    for entry in &entries {
        if json {
            export::write_entry(entry, out)?;
        } else {
            facts::write(entry, time_zone, out)?;
        }
    }
    Ok(0)
}

fn print_verdict(path: &Path, json: bool, out: &mut dyn Write) -> anyhow::Result<u8> {
    let (code, object, sentence) = match verify(path)? {
        Verdict::Whole(tail) => {
            let sealed = History::open(path)?.sealed()?;
            let mut object =
                json!({ "ok": true, "records": tail.seq, "hash": tail.hash.to_string() });
            let mut sentence = format!(
                "The journal is whole: {} records, the newest with the hash {}.",
                tail.seq, tail.hash
            );
            if sealed.seq > 0 {
                object["sealed"] = json!({ "records": sealed.seq, "hash": sealed.hash });
                write!(
                    sentence,
                    " The first {} stand in an archive, which has to end with the hash {}.",
                    sealed.seq, sealed.hash
                )?;
            }
            (0, object, sentence)
        }
        Verdict::Broken(fault) => (
            1,
            json!({ "ok": false, "position": fault.position(), "error": fault.to_string() }),
            format!("The journal is broken: {fault}."),
        ),
    };
    if json {
        writeln!(out, "{object}")?;
    } else {
        writeln!(out, "{sentence}")?;
    }
    Ok(code)
}

fn write_export(
    path: &Path,
    filter: &Filter,
    format: Format,
    time_zone: &TimeZone,
    out: &mut dyn Write,
) -> anyhow::Result<u8> {
    let history = History::open(path)?;
    match format {
        Format::Csv => export::write_csv(&history.list(filter)?, time_zone, out)?,
        Format::Json => export::write_json(&history.list(filter)?, out)?,
        Format::Records => {
            anyhow::ensure!(
                *filter == Filter::default(),
                "--format records writes the whole chain: leave the filters out"
            );
            export::write_records(&history, out)?;
        }
    }
    Ok(0)
}

impl Wanted {
    fn filter(&self, last: Option<usize>, time_zone: &TimeZone) -> anyhow::Result<Filter> {
        let midnight = |day: Date| {
            day.to_zoned(time_zone.clone())
                .map(|midnight| midnight.timestamp())
        };
        Ok(Filter {
            from: self.from.map(midnight).transpose()?,
            before: self
                .to
                .map(|day| day.tomorrow().and_then(midnight))
                .transpose()?,
            outcome: self.outcome,
            code: self.code.clone(),
            last,
        })
    }
}

fn local(at: Timestamp, time_zone: &TimeZone) -> String {
    at.to_zoned(time_zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

fn parse_outcome(word: &str) -> Result<Outcome, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

fn parse_code(text: &str) -> Result<Code, String> {
    Code::parse(text).map_err(|error| error.to_string())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io_error = match error.downcast_ref::<ExportError>() {
        Some(ExportError::Io(io_error)) => Some(io_error),
        Some(ExportError::History(_) | ExportError::Json(_)) | None => {
            error.downcast_ref::<io::Error>()
        }
    };
    io_error.is_some_and(|io_error| io_error.kind() == io::ErrorKind::BrokenPipe)
}

const EXPORT_HELP: &str = "\
In CSV, a text that begins with = + - @ or an apostrophe gets one more apostrophe in front, so that no spreadsheet takes
it for a formula; strip one leading apostrophe to have it back. Codes of digits are written as they are; import their
column as text, since a spreadsheet rounds long numbers.";
