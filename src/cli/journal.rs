//! `journal`: what was asked and redeemed; and `reconcile`, which settles what is in doubt.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use super::kiosk_in_terminal::Session;
use super::{Context, Exit, set_up};
use crate::config::Config;
use crate::journal::history::{self, Line};
use crate::journal::verify::{Verdict, verify};
use crate::kiosk::clock::Clock;
use crate::redemption::attempt::Record;
use crate::wording::Wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// One line an attempt or a query, oldest first
    List {
        /// The newest only
        #[arg(long, value_name = "N")]
        last: Option<usize>,
    },
    /// All records of one line
    Show {
        /// An attempt's id, or a query's (q12)
        id: String,
    },
    /// Check every record against the chain and the head file
    Verify,
    /// All lines as a file for a spreadsheet or a program
    Export {
        /// csv, or json for one object a line
        #[arg(long, value_parser = ["csv", "json"], default_value = "csv")]
        format: String,
    },
    /// Ask Weixin about what is in doubt, until it is settled
    Reconcile {
        /// How long, in seconds
        #[arg(long = "for", value_name = "SECS", default_value_t = 60)]
        patience: u64,
    },
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let config = set_up::configuration(context)?;
    let path = config.journal.as_path();
    match &args.what {
        What::List { last } => list(context, &config, *last),
        What::Show { id } => show(context, path, id),
        What::Verify => check(context, path),
        What::Export { format } => export(context, path, format),
        What::Reconcile { patience } => reconcile(context, &config, Duration::from_secs(*patience)),
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<(i64, Record)>> {
    history::records(path).with_context(|| path.display().to_string())
}

fn list(context: &mut Context<'_>, config: &Config, last: Option<usize>) -> anyhow::Result<Exit> {
    let lines = history::lines(&read(&config.journal)?);
    let passed_over = last.map_or(0, |last| lines.len().saturating_sub(last));
    for line in &lines[passed_over..] {
        if context.json {
            writeln!(context.out, "{}", serde_json::to_string(line)?)?;
        } else {
            let at = line
                .at
                .to_zoned(config.store.time_zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string();
            let code = line
                .code
                .as_ref()
                .map_or_else(|| "-".to_owned(), crate::card::Code::grouped);
            let outcome = word(&line.outcome)?;
            let by = line
                .settled_by
                .map(|by| word(&by))
                .transpose()?
                .unwrap_or_default();
            writeln!(
                context.out,
                "{at}  {code:<24} {outcome:<16} {by:<8} {}",
                line.id
            )?;
        }
    }
    Ok(Exit::Done)
}

/// A word of the command line's vocabulary, as JSON has it.
fn word(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_value(value)?
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

fn show(context: &mut Context<'_>, path: &Path, id: &str) -> anyhow::Result<Exit> {
    let records = read(path)?;
    let story = history::story(&records, id);
    for record in &story {
        let text = if context.json {
            serde_json::to_string(record)?
        } else {
            serde_json::to_string_pretty(record)?
        };
        writeln!(context.out, "{text}")?;
    }
    Ok(if story.is_empty() {
        Exit::Refused
    } else {
        Exit::Done
    })
}

fn check(context: &mut Context<'_>, path: &Path) -> anyhow::Result<Exit> {
    let verdict = verify(path).with_context(|| path.display().to_string())?;
    let (exit, object, text) = match verdict {
        Verdict::Whole { records } => (
            Exit::Done,
            json!({ "ok": true, "records": records }),
            format!("{records} records, every link holds"),
        ),
        Verdict::Broken { seq, what } => (
            Exit::Refused,
            json!({ "ok": false, "seq": seq, "what": what.to_string() }),
            format!("BROKEN at record {seq}: {what}"),
        ),
    };
    if context.json {
        writeln!(context.out, "{object}")?;
    } else {
        writeln!(context.out, "{text}")?;
    }
    Ok(exit)
}

fn export(context: &mut Context<'_>, path: &Path, format: &str) -> anyhow::Result<Exit> {
    let lines = history::lines(&read(path)?);
    if format == "json" || context.json {
        for line in &lines {
            writeln!(context.out, "{}", serde_json::to_string(line)?)?;
        }
        return Ok(Exit::Done);
    }
    writeln!(
        context.out,
        "id,kind,at,code,card_id,outcome,settled_by,errcode,clerk,desk"
    )?;
    for line in &lines {
        writeln!(context.out, "{}", csv(line)?)?;
    }
    Ok(Exit::Done)
}

fn csv(line: &Line) -> anyhow::Result<String> {
    let cells = [
        line.id.clone(),
        word(&line.kind)?,
        line.at.to_string(),
        line.code
            .as_ref()
            .map(|code| code.as_str().to_owned())
            .unwrap_or_default(),
        line.card_id
            .as_ref()
            .map(|id| id.as_str().to_owned())
            .unwrap_or_default(),
        word(&line.outcome)?,
        line.settled_by
            .map(|by| word(&by))
            .transpose()?
            .unwrap_or_default(),
        line.errcode
            .map(|errcode| errcode.to_string())
            .unwrap_or_default(),
        line.clerk.clone().unwrap_or_default(),
        line.desk.clone().unwrap_or_default(),
    ];
    Ok(cells.map(|cell| quoted(&cell)).join(","))
}

/// RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers.
fn quoted(cell: &str) -> String {
    let is_number = cell.parse::<i64>().is_ok();
    let is_formula = !is_number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

fn reconcile(
    context: &mut Context<'_>,
    config: &Config,
    patience: Duration,
) -> anyhow::Result<Exit> {
    let client = set_up::client(config, None)?;
    let parts = match set_up::parts(
        set_up::rules(config),
        client,
        &config.journal,
        Clock::System,
    )? {
        Ok(parts) => parts,
        Err(exit) => return Ok(exit),
    };
    let wording = Wording::new(set_up::language(context, Some(config)));
    let attempts: Vec<String> = parts
        .open
        .iter()
        .map(|open| open.intent.attempt.to_string())
        .collect();
    let trouble = parts.trouble;
    let last = set_up::runtime()?.block_on(async { Session::new(parts).reconcile(patience).await });
    let lines = history::records(&config.journal)
        .map(|records| history::lines(&records))
        .unwrap_or_default();
    for line in lines.iter().filter(|line| attempts.contains(&line.id)) {
        if context.json {
            writeln!(context.out, "{}", serde_json::to_string(line)?)?;
        } else {
            let code = line
                .code
                .as_ref()
                .map_or_else(String::new, crate::card::Code::grouped);
            writeln!(context.out, "{}  {code}  {}", line.id, word(&line.outcome)?)?;
        }
    }
    if let Some(trouble) = trouble {
        writeln!(std::io::stderr(), "{}", wording.journal_trouble(trouble))?;
        return Ok(Exit::SetUp);
    }
    let left = last.doubts.len();
    if !context.json {
        let sentence = match left {
            0 => wording.say("reconcile-done"),
            left => wording.say_with("reconcile-left", &[("count", left.into())]),
        };
        writeln!(context.out, "{sentence}")?;
    }
    Ok(if left == 0 { Exit::Done } else { Exit::InDoubt })
}
