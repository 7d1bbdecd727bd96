//! `support-bundle`: what IT has to send to whoever helps: one file, no secret in it, no customer's code whole.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use tar::{Builder, EntryType, Header};

use super::{Context, Exit, check, doctor};
use crate::config::{self, Config, Environment, Loaded, Log};
use crate::journal::history::History;
use crate::journal::line::Filter;
use crate::journal::verify::{Verdict, verify};
use crate::kiosk::clock::Clock;
use crate::logging;
use crate::logging::structured;
use crate::wording::day::masked;

/// So many of the journal's newest lines go along.
const LINES: usize = 500;
/// So much of a log's end goes along, in bytes.
const LOG_END: usize = 4 * 1024 * 1024;
/// How far back journald is asked.
const SINCE: &str = "-3d";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to write, a .tar.gz; it must not be there yet
    file: PathBuf,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let cannot = || format!("{} cannot be written", args.file.display());
    let file = File::create_new(&args.file).with_context(cannot)?;
    let loaded = config::load(context.config.as_deref(), &Environment::of_process());
    let mut bundle = Bundle {
        archive: Builder::new(GzEncoder::new(file, Compression::default())),
        second: Clock::System.now().wall.as_second().unsigned_abs(),
        names: Vec::new(),
    };
    // The doctor first: it reads the secrets, so that every later part is searched for them.
    let doctor = examined(context)?;
    bundle.add("doctor.jsonl", &doctor).with_context(cannot)?;
    bundle.add("about.txt", &about()).with_context(cannot)?;
    bundle
        .add("configuration.json", &configuration(&loaded)?)
        .with_context(cannot)?;
    if let Some(config) = &loaded.config {
        let journal = journal(&config.journal);
        bundle.add("journal.jsonl", &journal).with_context(cannot)?;
        for (name, text) in logs(config) {
            bundle.add(&name, &text).with_context(cannot)?;
        }
    }
    bundle
        .archive
        .into_inner()
        .and_then(GzEncoder::finish)
        .and_then(|file| file.sync_all())
        .with_context(cannot)?;
    if context.json {
        let object = json!({ "path": args.file, "files": bundle.names });
        writeln!(context.out, "{object}")?;
    } else {
        writeln!(
            context.out,
            "{} holds {}. Secrets are taken out, codes are masked; look into it before you send it.",
            args.file.display(),
            bundle.names.join(", ")
        )?;
    }
    Ok(Exit::Done)
}

struct Bundle {
    archive: Builder<GzEncoder<File>>,
    second: u64,
    names: Vec<String>,
}

impl Bundle {
    /// Adds a text, without what the log would not say either.
    fn add(&mut self, name: &str, text: &str) -> std::io::Result<()> {
        let text = logging::redacted(text);
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        header.set_mtime(self.second);
        self.names.push(name.to_owned());
        let path = format!("coupon-kiosk-support/{name}");
        self.archive.append_data(&mut header, path, text.as_bytes())
    }
}

fn examined(context: &Context<'_>) -> anyhow::Result<String> {
    let mut said = Vec::new();
    let mut aside = Context {
        config: context.config.clone(),
        lang: context.lang.clone(),
        json: true,
        out: &mut said,
    };
    doctor::run(&doctor::Args::without_window(), &mut aside)?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

fn about() -> String {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let kernel = std::fs::read_to_string("/proc/version").unwrap_or_default();
    format!(
        "coupon-kiosk {}\n{}\n{kernel}\n{system}",
        env!("CARGO_PKG_VERSION"),
        Clock::System.now().wall
    )
}

fn configuration(loaded: &Loaded) -> anyhow::Result<String> {
    let mut said = Vec::new();
    check::report(loaded, true, &mut said)?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

/// Whether it is whole, and its newest lines: what happened when, not whose coupon it was and not by whom.
fn journal(path: &Path) -> String {
    let verdict = match verify(path) {
        Ok(Verdict::Whole(tail)) => json!({ "ok": true, "records": tail.seq }),
        Ok(Verdict::Broken(fault)) => json!({ "ok": false, "error": fault.to_string() }),
        Err(error) => json!({ "ok": false, "error": error.to_string() }),
    };
    let newest = Filter {
        last: Some(LINES),
        ..Filter::default()
    };
    let lines = History::open(path).and_then(|history| history.list(&newest));
    let lines = lines.unwrap_or_default().into_iter().map(|line| {
        json!({
            "id": line.id,
            "kind": line.kind,
            "at": line.at,
            "code": line.code.as_ref().map(masked),
            "outcome": line.outcome,
            "settled_by": line.settled_by,
            "errcode": line.errcode,
            "desk": line.desk,
        })
    });
    let objects: Vec<String> = std::iter::once(verdict)
        .chain(lines)
        .map(|object| object.to_string())
        .collect();
    objects.join("\n")
}

/// The kiosk's own files, and what journald has of its units, where it can be asked.
fn logs(config: &Config) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Log::File(path) = &config.log {
        for path in structured::files(path) {
            if let (Ok(bytes), Some(name)) = (std::fs::read(&path), path.file_name()) {
                found.push((format!("log/{}", name.to_string_lossy()), end(&bytes)));
            }
        }
    }
    let journald = Command::new("journalctl")
        .args([
            "--no-pager",
            "--quiet",
            "--output=short-iso",
            "--since",
            SINCE,
        ])
        .args(["--unit=coupon-kiosk@*", "--unit=coupon-kiosk-rest@*"])
        .output();
    if let Ok(output) = journald
        && output.status.success()
        && !output.stdout.is_empty()
    {
        found.push(("log/journald.txt".to_owned(), end(&output.stdout)));
    }
    found
}

/// A text's end, from the beginning of a line on.
fn end(bytes: &[u8]) -> String {
    let from = bytes.len().saturating_sub(LOG_END);
    let text = String::from_utf8_lossy(&bytes[from..]);
    match text.split_once('\n') {
        Some((_, whole)) if from > 0 => whole.to_owned(),
        Some(_) | None => text.into_owned(),
    }
}
