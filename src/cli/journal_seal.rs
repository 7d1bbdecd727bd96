//! `journal seal`: old records into an archive; and the same at the start of a kiosk that keeps them for so many days.

use std::path::PathBuf;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::journal_copy::exit_of;
use super::{Context, Exit, set_up};
use crate::config::{Books, Config, KEEP_DAYS};
use crate::journal::copy::CopyError;
use crate::journal::seal::{self, Sealing};
use crate::kiosk::clock::Clock;

/// A kiosk that starts every day does not make an archive every day.
const BATCH_DAYS: u32 = 30;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How many days stay in the journal; else `journal.keep_days`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(i64::from(*KEEP_DAYS.start())..=i64::from(*KEEP_DAYS.end())))]
    keep_days: Option<u32>,
    /// The folder for the archive; else `journal.archive`, or the folder of that name beside the journal
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let Books {
        journal, retention, ..
    } = set_up::books(context)?;
    let keep = args.keep_days.or(retention.keep_days).context(
        "it is not said how long records stay: --keep-days N, or keep_days under [journal]",
    )?;
    let folder = args.to.as_ref().unwrap_or(&retention.archive);
    let now = Clock::System.now().wall;
    let (exit, object, sentence) = match seal::seal(&journal, folder, ago(now, keep), now) {
        Ok(Some(sealing)) => (
            Exit::Done,
            json!({
                "ok": true,
                "archive": sealing.archive,
                "first": sealing.first,
                "last": sealing.last.seq,
                "hash": sealing.last.hash.to_string(),
            }),
            format!("{}. The journal goes on behind them.", told(&sealing)),
        ),
        Ok(None) => (
            Exit::Done,
            json!({ "ok": true, "archive": null }),
            format!("Nothing that could go is older than {keep} days."),
        ),
        Err(error) => (
            exit_of(&error),
            json!({ "ok": false, "error": error.to_string() }),
            format!("The journal was not sealed, and no record is lost: {error}."),
        ),
    };
    context.answer(&object, &sentence)?;
    Ok(exit)
}

/// Seals what is due, if the configuration wants it. Whatever is in the way is in the way next time too, and no reason for
/// a desk to stay shut.
pub(super) fn when_due(config: &Config) {
    let Some(keep) = config.retention.keep_days else {
        return;
    };
    let now = Clock::System.now().wall;
    let is_due = || {
        let oldest = seal::oldest(&config.journal).ok().flatten();
        oldest.is_some_and(|oldest| oldest < ago(now, keep.saturating_add(BATCH_DAYS)))
    };
    if !is_due() {
        return;
    }
    let folder = &config.retention.archive;
    match seal::seal(&config.journal, folder, ago(now, keep), now) {
        Ok(Some(sealing)) => tracing::info!("{}", told(&sealing)),
        Ok(None) => tracing::debug!("nothing of the journal can be sealed yet"),
        Err(CopyError::Held) => {}
        Err(error) => tracing::warn!(%error, "old records stay in the journal"),
    }
}

fn told(sealing: &Sealing) -> String {
    format!(
        "Records {} to {} are sealed in {}, and erased from the journal",
        sealing.first,
        sealing.last.seq,
        sealing.archive.display()
    )
}

fn ago(now: Timestamp, days: u32) -> Timestamp {
    let span = SignedDuration::from_hours(24 * i64::from(days));
    now.checked_sub(span).unwrap_or(Timestamp::UNIX_EPOCH)
}
