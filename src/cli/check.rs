//! `check`: the configuration, and what is wrong with it.

use serde_json::json;

use super::{Context, Exit, set_up};
use crate::config::Reading;

pub(super) fn run(context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let environment = set_up::environment();
    let mut reading = Reading::read(context.config.as_deref(), &environment);
    let is_good = reading.meaning(&environment).is_some();
    let path = reading.path.as_ref().map(|path| path.display().to_string());
    if context.json {
        let object = json!({ "ok": is_good, "path": path, "mistakes": reading.mistakes });
        writeln!(context.out, "{object}")?;
    } else {
        writeln!(context.out, "{}", path.as_deref().unwrap_or("no file"))?;
        for mistake in &reading.mistakes {
            writeln!(context.out, "{}", set_up::line(mistake))?;
        }
        if is_good {
            writeln!(context.out, "Everything is in order.")?;
        }
    }
    Ok(if is_good { Exit::Done } else { Exit::SetUp })
}
