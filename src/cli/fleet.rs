//! `fleet`: the signed configuration that head office writes for many desks.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use super::{Context, Exit, fleet_enrol, fleet_provision, set_up};
use crate::config::Environment;
use crate::fleet::{FleetFault, Office, Taken};
use crate::worker::Worker;

/// A desk asks head office so often; what it finds holds from its next start on.
const EVERY: Duration = Duration::from_hours(1);

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Fetch the newest bundle from fleet.source
    Fetch,
    /// Take a bundle from a file, such as one on a stick; FILE.minisig has to stand beside it
    Take {
        /// The bundle
        file: PathBuf,
    },
    /// Which bundle is kept here
    Show,
    /// At head office: show a code for each new desk, and hand its configuration and secrets to whoever reads it, once
    Provision(fleet_provision::Args),
    /// At a new desk without a display: take what such a code stands for
    Enrol(fleet_enrol::Args),
}

pub(super) fn run(command: &Command, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    match command {
        Command::Fetch => {
            let taken = set_up::runtime()?.block_on(office(context)?.fetch());
            told(taken, context)
        }
        Command::Take { file } => told(office(context)?.carry(file), context),
        Command::Show => show(&office(context)?, context),
        Command::Provision(args) => fleet_provision::run(args, context),
        Command::Enrol(args) => fleet_enrol::run(args, context),
    }
}

fn office(context: &Context<'_>) -> anyhow::Result<Office> {
    Office::of(context.config.as_deref(), Environment::of_process()).context(
        "no bundle is taken here: write public_key under [fleet], the second line of minisign.pub",
    )
}

fn told(taken: Result<Taken, FleetFault>, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let (exit, object, sentence) = match taken {
        Ok(Taken::New(version)) => (
            Exit::Done,
            json!({ "ok": true, "version": version, "new": true }),
            format!("Version {version} is kept. It holds from the next start of the kiosk on."),
        ),
        Ok(Taken::Same(version)) => (
            Exit::Done,
            json!({ "ok": true, "version": version, "new": false }),
            format!("Version {version} is kept here already."),
        ),
        Err(fault) => (
            match &fault {
                FleetFault::OutOfReach { .. } => Exit::OutOfReach,
                FleetFault::Refused(_)
                | FleetFault::Older { .. }
                | FleetFault::Twice(_)
                | FleetFault::Mistakes(_) => Exit::Refused,
                FleetFault::File(_)
                | FleetFault::Keep(_)
                | FleetFault::NoSource
                | FleetFault::SetUp(_) => Exit::SetUp,
            },
            json!({ "ok": false, "error": fault.to_string() }),
            format!("The bundle was not taken, and the one before it stays: {fault}"),
        ),
    };
    context.answer(&object, &sentence)?;
    Ok(exit)
}

fn show(office: &Office, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let fleet = office.fleet();
    let source = fleet.source.as_ref().map(ToString::to_string);
    let (version, path) = match &fleet.kept {
        Some(kept) => (Some(kept.version), Some(&kept.path)),
        None => (None, None),
    };
    if context.json {
        let object = json!({ "version": version, "path": path, "source": source });
        writeln!(context.out, "{object}")?;
    } else {
        let held = match (version, path) {
            (Some(version), Some(path)) => {
                format!("Version {version} is in force ({})", path.display())
            }
            (None, _) | (_, None) => "No bundle is in force".to_owned(),
        };
        let source = source.map_or_else(String::new, |source| format!(", fetched from {source}"));
        writeln!(context.out, "{held}{source}.")?;
    }
    Ok(if version.is_some() {
        Exit::Done
    } else {
        Exit::Refused
    })
}

/// Asks head office from time to time, as long as the handle is held; none where there is nothing to ask.
pub(super) fn watch(named: Option<&Path>) -> anyhow::Result<Option<Worker>> {
    let environment = Environment::of_process();
    let Some(office) = Office::of(named, environment) else {
        return Ok(None);
    };
    if office.fleet().source.is_none() {
        return Ok(None);
    }
    let worker = Worker::start_waiting("fleet", move || async move { match ask(office).await {} });
    worker
        .context("the fleet's thread cannot be started")
        .map(Some)
}

async fn ask(mut office: Office) -> Infallible {
    loop {
        tell(office.fetch().await);
        tokio::time::sleep(EVERY).await;
    }
}

fn tell(taken: Result<Taken, FleetFault>) {
    match taken {
        Ok(Taken::New(version)) => {
            tracing::info!(
                version,
                "a new configuration is kept; it holds from the next start on"
            );
        }
        Ok(Taken::Same(version)) => tracing::debug!(version, "the configuration is the newest"),
        Err(fault) => tracing::warn!(%fault, "no newer configuration could be taken"),
    }
}
