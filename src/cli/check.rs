//! `check`: the configuration, and what is wrong with it.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::set_up;
use crate::config::{self, Environment, Loaded, Mistake, Origin, Setting, Weight};

/// Prints the configuration in force and its mistakes; the exit code is 0, or 2 where there is a mistake.
///
/// `config_path` is that of `--config`. With `json` it is one object on one line. Warnings alone leave it at 0.
pub fn run(config_path: Option<&Path>, json: bool, out: &mut dyn Write) -> anyhow::Result<u8> {
    let mut loaded = config::load(config_path, &Environment::of_process());
    try_connecting(&mut loaded);
    report(&loaded, json, out)
}

/// Some things show only when the HTTP client is put together, such as a damaged certificate. Nothing is sent.
fn try_connecting(loaded: &mut Loaded) {
    let Some(config) = &loaded.config else {
        return;
    };
    let Err(error) = set_up::client(config, None) else {
        return;
    };
    let key = if config.weixin.way_out.ca_file.is_some() {
        "weixin.ca_file"
    } else if config.weixin.way_out.proxy.is_some() {
        "weixin.proxy"
    } else {
        "weixin.base_url"
    };
    let setting = loaded.settings.iter().find(|setting| setting.key == key);
    loaded.mistakes.push(Mistake {
        weight: Weight::Mistake,
        origin: setting.map_or(Origin::Default, |setting| setting.origin.clone()),
        key: key.to_owned(),
        wrong: format!("no connection can be made with it: {error:#}"),
        instead: "name a file of whole certificates in PEM form, or the right address".to_owned(),
    });
    loaded.config = None;
    loaded.settings.retain(|setting| setting.key != key);
}

/// The same of a configuration that is loaded already.
pub fn report(loaded: &Loaded, json: bool, out: &mut dyn Write) -> anyhow::Result<u8> {
    if json {
        serde_json::to_writer(&mut *out, &Report::of(loaded))?;
        writeln!(out)?;
    } else {
        print(loaded, out)?;
    }
    Ok(if loaded.config.is_some() { 0 } else { 2 })
}

fn print(loaded: &Loaded, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some(path) = &loaded.path {
        writeln!(out, "{}", path.display())?;
    }
    let width = loaded.settings.iter().map(|s| s.key.len()).max();
    for setting in &loaded.settings {
        let width = width.unwrap_or(0);
        let value = setting.value.as_deref().unwrap_or("-");
        let origin = short_origin(&setting.origin, loaded.path.as_deref());
        writeln!(out, "  {:width$}  {value}  ({origin})", setting.key)?;
    }
    for mistake in &loaded.mistakes {
        let weight = word(mistake.weight);
        let key = match mistake.key.as_str() {
            "" => String::new(),
            key => format!("{key}: "),
        };
        let origin = if mistake.origin == Origin::Default {
            String::new()
        } else {
            format!("{}: ", mistake.origin)
        };
        writeln!(out, "{origin}{weight}: {key}{}", mistake.wrong)?;
        writeln!(out, "    {}", mistake.instead)?;
    }
    let warnings = count(loaded, Weight::Warning);
    let verdict = match (count(loaded, Weight::Mistake), warnings) {
        (0, 0) => "The configuration is in order.".to_owned(),
        (0, warnings) => format!("The configuration can be used ({warnings} to look at)."),
        (mistakes, 0) => format!("The configuration cannot be used ({mistakes} to put right)."),
        (mistakes, warnings) => format!(
            "The configuration cannot be used ({mistakes} to put right, {warnings} to look at)."
        ),
    };
    writeln!(out, "{verdict}")?;
    Ok(())
}

/// The file's name stands at the top already.
fn short_origin(origin: &Origin, named: Option<&Path>) -> String {
    match origin {
        Origin::File {
            line: Some(line),
            path,
        } if named == Some(path) => format!("line {line}"),
        Origin::File { .. } | Origin::Variable(_) | Origin::Credential(_) | Origin::Default => {
            origin.to_string()
        }
    }
}

fn count(loaded: &Loaded, weight: Weight) -> usize {
    loaded
        .mistakes
        .iter()
        .filter(|m| m.weight == weight)
        .count()
}

fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Mistake => "mistake",
        Weight::Warning => "warning",
    }
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    path: Option<String>,
    mistakes: Vec<MistakeLine<'a>>,
    warnings: Vec<MistakeLine<'a>>,
    values: Vec<ValueLine<'a>>,
}

#[derive(Serialize)]
struct MistakeLine<'a> {
    origin: String,
    line: Option<usize>,
    key: Option<&'a str>,
    wrong: &'a str,
    instead: &'a str,
}

#[derive(Serialize)]
struct ValueLine<'a> {
    key: &'a str,
    value: Option<&'a str>,
    origin: String,
}

impl<'a> Report<'a> {
    fn of(loaded: &'a Loaded) -> Self {
        let lines = |weight| {
            let of_weight = loaded.mistakes.iter().filter(move |m| m.weight == weight);
            of_weight.map(MistakeLine::of).collect()
        };
        Self {
            ok: loaded.config.is_some(),
            path: loaded.path.as_ref().map(|path| path.display().to_string()),
            mistakes: lines(Weight::Mistake),
            warnings: lines(Weight::Warning),
            values: loaded.settings.iter().map(ValueLine::of).collect(),
        }
    }
}

impl<'a> MistakeLine<'a> {
    fn of(mistake: &'a Mistake) -> Self {
        Self {
            origin: mistake.origin.to_string(),
            line: mistake.origin.line(),
            key: Some(mistake.key.as_str()).filter(|key| !key.is_empty()),
            wrong: &mistake.wrong,
            instead: &mistake.instead,
        }
    }
}

impl<'a> ValueLine<'a> {
    fn of(setting: &'a Setting) -> Self {
        Self {
            key: setting.key,
            value: setting.value.as_deref(),
            origin: setting.origin.to_string(),
        }
    }
}
