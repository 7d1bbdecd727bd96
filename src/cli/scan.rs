//! `scan`: codes in pictures. Sends nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Context, Exit, scan_device, scan_live, set_up};
use crate::config::{self, Config};
use crate::scanner::picture::{self, PictureFault};
use crate::scanner::{self, Effort, Found, Symbologies, Symbology};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Pictures, or folders of them
    #[arg(required_unless_present_any = ["device", "live"])]
    paths: Vec<PathBuf>,
    /// Spend every pass and report every code
    #[arg(long, conflicts_with = "device")]
    all: bool,
    /// Play a folder of frames as a stream, 30 a second, until two agree on a text
    #[arg(long, value_name = "DIR", conflicts_with_all = ["paths", "all", "device"])]
    live: Option<PathBuf>,
    /// Read from a camera instead: its name, bus, path or number, or the first one that works
    #[arg(long, value_name = "NAME|N", num_args = 0..=1, require_equals = true, conflicts_with = "paths")]
    #[expect(
        clippy::option_option,
        reason = "clap's way to say that a value may be left out"
    )]
    device: Option<Option<String>>,
    /// How long to read from the camera, in seconds; for ever where it is not told
    #[arg(long = "for", value_name = "SECS", requires = "device")]
    patience: Option<u64>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let symbologies = wanted(context)?;
    if let Some(device) = &args.device {
        let patience = args.patience.map(Duration::from_secs);
        return scan_device::run(device.as_deref(), patience, symbologies, context);
    }
    let effort = if args.all { Effort::All } else { Effort::First };
    if let Some(folder) = &args.live {
        return scan_live::run(folder, symbologies, now(), context);
    }
    let mut exit = Exit::Done;
    let mut pictures = Vec::new();
    let mut folders = Vec::new();
    for path in &args.paths {
        if path.is_dir() {
            below(path, &mut pictures);
            folders.push(path);
        } else {
            pictures.push((path.clone(), Origin::Named));
        }
    }
    pictures.sort();
    let mut are_pictures = Vec::new();
    for (path, origin) in &pictures {
        let begun = now();
        match picture::open(path) {
            Ok(luma) => {
                are_pictures.push(path);
                let found = scanner::scan(&luma, symbologies, effort);
                let millis = begun.elapsed().as_secs_f64() * 1000.0;
                if found.is_empty() {
                    exit = exit.max(Exit::Refused);
                }
                report(context, path, &found, millis)?;
            }
            Err(PictureFault::NotAPicture) if *origin == Origin::Folder => {}
            Err(fault) => {
                exit = Exit::SetUp;
                are_pictures.push(path);
                if context.json {
                    let object = Unreadable {
                        path: path.display().to_string(),
                        error: fault.to_string(),
                    };
                    writeln!(context.out, "{}", serde_json::to_string(&object)?)?;
                } else {
                    writeln!(context.out, "{}: {fault}", path.display())?;
                }
            }
        }
    }
    for folder in folders {
        if !are_pictures.iter().any(|path| path.starts_with(folder)) {
            no_pictures(folder, context)?;
        }
    }
    Ok(exit)
}

/// No picture is without a code, so all is well; but that may not be what was meant. `--json` has an object for every
/// picture, so this goes beside it.
fn no_pictures(folder: &Path, context: &mut Context<'_>) -> anyhow::Result<()> {
    if context.json {
        tracing::warn!(folder = %folder.display(), "there is no picture in this folder or below it");
        return Ok(());
    }
    let folder = folder.display();
    writeln!(
        context.out,
        "{folder}: no picture in this folder or below it"
    )?;
    Ok(())
}

/// A picture, as `--json` tells of it; the order of the keys is a contract here and below.
#[derive(Serialize)]
struct Told<'a> {
    path: String,
    codes: Vec<Code<'a>>,
    millis: f64,
}

#[derive(Serialize)]
struct Code<'a> {
    text: &'a str,
    symbology: &'static str,
    corners: [[i32; 2]; 4],
}

#[derive(Serialize)]
struct Unreadable {
    path: String,
    error: String,
}

/// What the configuration at hand says is looked for; without one, everything. Only one that was named has to hold.
fn wanted(context: &Context<'_>) -> anyhow::Result<Symbologies> {
    if context.config.is_some() {
        return Ok(symbologies(&set_up::configuration(context)?));
    }
    let loaded = config::load(None, &config::Environment::of_process());
    Ok(loaded
        .config
        .as_ref()
        .map_or_else(Symbologies::default, symbologies))
}

/// As configured.
pub(super) fn symbologies(config: &Config) -> Symbologies {
    let named = config.scan.symbologies.iter();
    named
        .map(|symbology| match symbology {
            config::Symbology::Qr => Symbology::QrCode,
            config::Symbology::Code128 => Symbology::Code128,
            config::Symbology::Code39 => Symbology::Code39,
            config::Symbology::Code93 => Symbology::Code93,
            config::Symbology::Ean13 => Symbology::Ean13,
        })
        .collect()
}

/// Whether somebody asked for this very file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    Named,
    Folder,
}

fn below(folder: &Path, pictures: &mut Vec<(PathBuf, Origin)>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            tracing::warn!(folder = %folder.display(), %error, "a folder cannot be read");
            return;
        }
    };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        // A link to a folder could lead round in a circle.
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if path.is_dir() && !is_link {
            below(&path, pictures);
        } else if path.is_file() {
            pictures.push((path, Origin::Folder));
        }
    }
}

fn report(
    context: &mut Context<'_>,
    path: &Path,
    found: &[Found],
    millis: f64,
) -> anyhow::Result<()> {
    if context.json {
        let codes = found.iter().map(|code| Code {
            text: &code.text,
            symbology: code.symbology.name(),
            corners: code.corners,
        });
        let told = Told {
            path: path.display().to_string(),
            codes: codes.collect(),
            millis: (millis * 10.0).round() / 10.0,
        };
        writeln!(context.out, "{}", serde_json::to_string(&told)?)?;
    } else if found.is_empty() {
        writeln!(context.out, "{}: no code", path.display())?;
    } else {
        for code in found {
            writeln!(
                context.out,
                "{}: {}",
                path.display(),
                code.text.escape_debug()
            )?;
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the milliseconds that `scan` prints"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}
