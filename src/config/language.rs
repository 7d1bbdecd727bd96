//! Which language the program speaks, and how loud it is: what the screen may change, and where else it is said.

use crate::wording::Language;

use super::environment::Environment;
use super::{Config, settings};

/// The first that says something: `--lang`, the settings made on the screen, the configuration, the locale; else English.
///
/// `config` is `None` for what runs without one, such as the demo.
pub fn language(
    asked: Option<Language>,
    config: Option<&Config>,
    environment: &Environment,
) -> Language {
    asked
        .or_else(|| settings::language(&config?.journal))
        .or_else(|| config?.ui.language)
        .or_else(|| of_locale(environment))
        .unwrap_or(Language::En)
}

/// How loud the kiosk is, in percent: the settings made on the screen, else the configuration.
pub fn volume(config: &Config) -> u8 {
    settings::volume(&config.journal).unwrap_or(config.ui.sound)
}

/// By POSIX the first of these that is set decides, even where it decides for a language that is not spoken here.
fn of_locale(environment: &Environment) -> Option<Language> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| environment.text(name))?;
    let language = locale.split(['_', '.', '@', '-']).next()?;
    Language::parse(&language.to_ascii_lowercase())
}
