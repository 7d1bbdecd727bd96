//! `journal state`: what an installation has to know of a journal before it changes the program that reads it.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use anyhow::Context as _;

use super::{Context, Exit};
use crate::config::{self, Environment};
use crate::journal::history::History;
use crate::journal::reading::HistoryError;
use crate::journal::schema::MIGRATIONS;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write it into a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// Two lines: `schema N`, what a program has to understand to read it, and `in_doubt N`.
///
/// A configuration that does not say where the journal is is no reason not to know: it is then looked for in its usual place.
pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let environment = Environment::of_process();
    let journal = match config::load(context.config.as_deref(), &environment).books {
        Some(books) => books.journal,
        None => config::default_journal(&environment),
    };
    let in_doubt = match History::open(&journal) {
        Ok(history) => history.in_doubt()?.len(),
        Err(HistoryError::Missing(_)) => 0,
        Err(error) => return Err(error.into()),
    };
    // This program opens no journal that is newer than itself, and makes an older one its own.
    let text = format!("schema {}\nin_doubt {in_doubt}\n", MIGRATIONS.len());
    match &args.write {
        None => context.out.write_all(text.as_bytes())?,
        Some(path) => {
            let mut new = path.clone().into_os_string();
            new.push(".new");
            std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o644)
                .open(&new)
                .and_then(|mut file| {
                    file.write_all(text.as_bytes())?;
                    file.sync_all()
                })
                .and_then(|()| std::fs::rename(&new, path))
                .with_context(|| format!("{} cannot be written", path.display()))?;
        }
    }
    Ok(Exit::Done)
}
