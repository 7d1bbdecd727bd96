//! Which language the program speaks.

use std::fs;
use std::path::Path;

use toml::Table;

use crate::wording::Language;

use super::Config;
use super::environment::Environment;

/// The first that says something: `--lang`, the settings made on the screen, the configuration, the locale; else English.
///
/// `config` is `None` for what runs without one, such as the demo.
pub fn language(
    asked: Option<Language>,
    config: Option<&Config>,
    environment: &Environment,
) -> Language {
    asked
        .or_else(|| of_settings(&config?.journal.with_file_name("settings.toml")))
        .or_else(|| config?.ui.language)
        .or_else(|| of_locale(environment))
        .unwrap_or(Language::En)
}

/// Settings that cannot be read are no reason not to start: the next best language is spoken.
fn of_settings(path: &Path) -> Option<Language> {
    let text = fs::read_to_string(path).ok()?;
    let Ok(settings) = text.parse::<Table>() else {
        tracing::warn!(path = %path.display(), "the settings are not TOML and are passed over");
        return None;
    };
    let tag = settings.get("ui")?.get("language")?.as_str()?;
    Language::parse(tag)
}

/// By POSIX the first of these that is set decides, even where it decides for a language that is not spoken here.
fn of_locale(environment: &Environment) -> Option<Language> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| environment.text(name))?;
    let language = locale.split(['_', '.', '@', '-']).next()?;
    Language::parse(&language.to_ascii_lowercase())
}
