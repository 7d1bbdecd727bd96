//! `journal backup|restore`: a desk's journal on its way to another machine.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Context, Exit, set_up};
use crate::journal::copy::{self, CopyError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The copy; its head stands beside it as FILE.head
    file: PathBuf,
}

/// Copies this desk's journal, beside a running kiosk too.
pub(super) fn backup(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let journal = set_up::books(context)?.journal;
    run(&journal, &args.file, copy::backup, context)
}

/// Puts a copy in the place of this desk's journal.
pub(super) fn restore(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let journal = set_up::books(context)?.journal;
    run(&args.file, &journal, copy::restore, context)
}

fn run(
    from: &Path,
    to: &Path,
    copy: impl Fn(&Path, &Path) -> Result<crate::journal::chain::Position, CopyError>,
    context: &mut Context<'_>,
) -> anyhow::Result<Exit> {
    let (exit, object, sentence) = match copy(from, to) {
        Ok(tail) => (
            Exit::Done,
            json!({ "ok": true, "path": to, "records": tail.seq, "hash": tail.hash.to_string() }),
            format!(
                "{} has {} records now, the newest with the hash {}.",
                to.display(),
                tail.seq,
                tail.hash
            ),
        ),
        Err(error) => (
            exit_of(&error),
            json!({ "ok": false, "error": error.to_string() }),
            format!("Nothing was copied: {error}."),
        ),
    };
    context.answer(&object, &sentence)?;
    Ok(exit)
}

/// What a script is told of it.
pub(super) fn exit_of(error: &CopyError) -> Exit {
    match error {
        CopyError::Broken(_) => Exit::Refused,
        CopyError::Held => Exit::Held,
        CopyError::History(_) | CopyError::Taken(_) | CopyError::Failing(_) => Exit::SetUp,
    }
}
