//! Every sentence a person reads, by key, in every language.
//!
//! The sentences stand in `assets/locale/*.ftl` (Fluent). This room turns plain values into them, and no error's own
//! text ever reaches a screen.

pub mod coupon;
pub mod day;
pub mod desk;
pub mod outcome;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The languages that the program speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// English.
    En,
    /// Chinese, in the simplified script.
    Zh,
}

impl Language {
    /// All of them, in the order in which a touch goes through them.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// Takes `en`, `zh`, and tags that begin so (`zh_CN.UTF-8`, `en-GB`).
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.']).next()?;
        match primary.to_ascii_lowercase().as_str() {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }

    /// The one that a touch changes to.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }

    /// As `--lang` takes it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    fn sentences(self) -> &'static str {
        match self {
            Self::En => include_str!("../assets/locale/en.ftl"),
            Self::Zh => include_str!("../assets/locale/zh.ftl"),
        }
    }
}

/// All sentences of one language.
pub struct Wording {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Wording {
    /// Reads the sentences of a language.
    pub fn new(language: Language) -> Self {
        let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // The marks that Fluent puts around values for right-to-left texts show as boxes in some fonts.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(language.sentences().to_owned()) {
            Ok(resource) => resource,
            Err((readable, errors)) => {
                tracing::error!(?errors, "a locale file has lines that cannot be read");
                readable
            }
        };
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// Which language it speaks.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A sentence without variables.
    pub fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    /// A sentence with its variables. `key.attribute` names an attribute.
    pub fn say_with(&self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let (id, attribute) = match key.split_once('.') {
            Some((id, attribute)) => (id, Some(attribute)),
            None => (key, None),
        };
        let message = self.bundle.get_message(id);
        let pattern = message.and_then(|message| match attribute {
            Some(attribute) => message.get_attribute(attribute).map(|found| found.value()),
            None => message.value(),
        });
        let Some(pattern) = pattern else {
            tracing::error!(key, "no such sentence");
            return key.to_owned();
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        let said = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a sentence lacks a variable");
        }
        said.into_owned()
    }
}

impl std::fmt::Debug for Wording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wording({})", self.language.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a message needs to be said: its keys with attributes, and the variables they use.
    fn shape(language: Language) -> Vec<String> {
        let mut lines = Vec::new();
        let mut key = String::new();
        for line in language.sentences().lines() {
            if let Some((name, _)) = line.split_once(" =") {
                key = if name.starts_with(' ') {
                    format!("{}{}", key.split('.').next().unwrap_or(""), name.trim())
                } else if name.starts_with(|c: char| c.is_ascii_lowercase()) {
                    name.to_owned()
                } else {
                    continue;
                };
                lines.push(key.clone());
            }
            for variable in line.split("{ $").skip(1) {
                let name = variable.split([' ', '}']).next().unwrap_or("");
                // Languages may express one value by another number: 30 % off is 7 折.
                if !["percent", "fold"].contains(&name) {
                    lines.push(format!("{key} ${name}"));
                }
            }
        }
        lines.sort();
        lines.dedup();
        lines
    }

    #[test]
    fn both_languages_have_the_same_sentences_with_the_same_variables() {
        assert_eq!(shape(Language::En), shape(Language::Zh));
    }

    #[test]
    fn every_line_of_the_locale_files_can_be_read() {
        for language in Language::ALL {
            assert!(FluentResource::try_new(language.sentences().to_owned()).is_ok());
        }
    }
}
