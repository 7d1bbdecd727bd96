//! `scan`: codes in pictures. Sends nothing.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

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
    if let Some(device) = &args.device {
        let patience = args.patience.map(Duration::from_secs);
        return scan_device::run(device.as_deref(), patience, context);
    }
    let effort = if args.all { Effort::All } else { Effort::First };
    let symbologies = wanted(context)?;
    if let Some(folder) = &args.live {
        return scan_live::run(folder, symbologies, now(), context);
    }
    let mut pictures = Vec::new();
    for path in &args.paths {
        if path.is_dir() {
            below(path, &mut pictures);
        } else {
            pictures.push((path.clone(), Origin::Named));
        }
    }
    pictures.sort();
    let mut exit = Exit::Done;
    for (path, origin) in pictures {
        let begun = now();
        match picture::open(&path) {
            Ok(luma) => {
                let found = scanner::scan(&luma, symbologies, effort);
                let millis = begun.elapsed().as_secs_f64() * 1000.0;
                if found.is_empty() {
                    exit = exit.max(Exit::Refused);
                }
                report(context, &path, &found, millis)?;
            }
            Err(PictureFault::NotAPicture) if origin == Origin::Folder => {}
            Err(fault) => {
                exit = Exit::SetUp;
                if context.json {
                    let object =
                        json!({ "path": path.display().to_string(), "error": fault.to_string() });
                    writeln!(context.out, "{object}")?;
                } else {
                    writeln!(context.out, "{}: {fault}", path.display())?;
                }
            }
        }
    }
    Ok(exit)
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
        let codes: Vec<Value> = found
            .iter()
            .map(|code| json!({ "text": code.text, "symbology": code.symbology.name(), "corners": code.corners }))
            .collect();
        let millis = (millis * 10.0).round() / 10.0;
        let object =
            json!({ "path": path.display().to_string(), "codes": codes, "millis": millis });
        writeln!(context.out, "{object}")?;
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
