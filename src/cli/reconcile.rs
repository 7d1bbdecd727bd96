//! `journal reconcile`: settles what is in doubt, by asking Weixin, until nothing is left or the time is up.

use std::io::Write as _;
use std::time::Duration;

use super::kiosk_in_terminal::Session;
use super::{Context, Exit, set_up};
use crate::card::Code;
use crate::config::Config;
use crate::journal::Held;
use crate::journal::history::History;
use crate::journal::line::Filter;
use crate::kiosk::clock::Clock;
use crate::wording::Wording;

pub(super) fn run(
    context: &mut Context<'_>,
    config: &Config,
    patience: Duration,
) -> anyhow::Result<Exit> {
    let client = set_up::client(config, None)?;
    let wording = Wording::new(set_up::language(context, Some(config)));
    let parts = match set_up::parts(
        set_up::rules(config),
        client,
        &config.journal,
        Clock::System,
    ) {
        Ok(parts) => parts,
        Err(Held) => return set_up::held(&wording, &config.journal),
    };
    let attempts: Vec<String> = parts
        .open
        .iter()
        .map(|intent| intent.attempt.to_string())
        .collect();
    let trouble = parts.trouble;
    let last = set_up::runtime()?.block_on(async { Session::new(parts).reconcile(patience).await });
    let lines = match History::open(&config.journal) {
        Ok(history) => history.list(&Filter::default())?,
        Err(error) => {
            tracing::error!(%error, "the journal cannot be read");
            Vec::new()
        }
    };
    for line in lines.iter().filter(|line| attempts.contains(&line.id)) {
        let object = serde_json::to_value(line)?;
        if context.json {
            writeln!(context.out, "{object}")?;
        } else {
            let code = line.code.as_ref().map_or_else(String::new, Code::grouped);
            let outcome = object["outcome"].as_str().unwrap_or_default();
            let by = object["settled_by"].as_str().unwrap_or("open");
            let said = object["override"].as_str().unwrap_or_default();
            let row = format!("{}  {code}  {outcome}  {by}  {said}", line.id);
            writeln!(context.out, "{}", row.trim_end())?;
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
