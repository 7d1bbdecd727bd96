//! Stage one: what was written, by whom and where, and nothing of what it means.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};
use toml::{Spanned, de};

use super::environment::{Environment, PREFIX};
use super::mistake::{Mistake, Origin, Wrong};
use super::{bundle, keys};

/// A value before anybody has asked for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Raw {
    /// A text of the file.
    Text(String),
    /// A whole number of the file.
    Integer(i64),
    /// `true` or `false` of the file.
    Flag(bool),
    /// A list of the file.
    List(Vec<Self>),
    /// A variable's text: whoever reads it knows whether a number, a list or a text was meant.
    Typed(String),
    /// Something that no key takes, by its name.
    Other(&'static str),
}

/// The keys that somebody wrote, each with its last word and where that stands.
#[derive(Default)]
pub(super) struct Written {
    entries: BTreeMap<String, (Raw, Origin)>,
}

impl Written {
    /// Reads a file's text. What can be understood of a file with mistakes in it is kept, so that all of them are told.
    pub(super) fn of_file(path: &Path, text: &str) -> (Self, Vec<Mistake>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reading = Reading {
            path,
            text,
            written: Self::default(),
            mistakes: Vec::new(),
        };
        reading.table("", table.get_ref());
        let mut syntax: Vec<Mistake> = errors.iter().map(|error| reading.syntax(error)).collect();
        syntax.dedup_by_key(|mistake| mistake.origin.clone());
        if let Some(first) = syntax.iter().map(|mistake| mistake.origin.line()).min() {
            // Behind a line that was not understood, a key may be taken for one of another section.
            reading.mistakes.retain(|m| m.origin.line() < first);
        }
        let is_garbled = |origin: &Origin| syntax.iter().any(|s| s.origin.line() == origin.line());
        reading
            .written
            .entries
            .retain(|_, (_, origin)| !is_garbled(origin));
        let mut mistakes = syntax;
        mistakes.append(&mut reading.mistakes);
        (reading.written, mistakes)
    }

    /// Reads a bundle's text: what it says for all desks, and over that for the desk of this name. The parts of other desks are
    /// read for their mistakes alone.
    pub(super) fn of_bundle(path: &Path, text: &str, desk: Option<&str>) -> (Self, Vec<Mistake>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut reading = Reading {
            path,
            text,
            written: Self::default(),
            mistakes: Vec::new(),
        };
        let mut mistakes: Vec<Mistake> = errors.iter().map(|error| reading.syntax(error)).collect();
        let mut own = None;
        for (key, value) in table.get_ref() {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("version", _) => {}
                ("all", DeValue::Table(all)) => reading.table("", all),
                ("desk", DeValue::Table(desks)) => own = reading.desks(desks, desk),
                _ => reading.no_part(key.span().start),
            }
        }
        if let Some(own) = own {
            reading.table("", &own);
        }
        for (key, (_, origin)) in &reading.written.entries {
            if bundle::is_own(key) {
                let wrong = Wrong::new(
                    "a bundle cannot say this, since it is found by it",
                    "write it into the file of the desk itself",
                );
                mistakes.push(wrong.at(origin.clone(), key));
            }
        }
        mistakes.append(&mut reading.mistakes);
        (reading.written, mistakes)
    }

    /// Lays what is written here over `under`, whose values hold where nothing is.
    pub(super) fn lay_over(&mut self, under: Self) {
        for (key, value) in under.entries {
            self.entries.entry(key).or_insert(value);
        }
    }

    /// Lays the variables `COUPON_KIOSK__SECTION__KEY` over what the file says.
    pub(super) fn override_by(&mut self, environment: &Environment) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for (name, value) in environment.overrides() {
            let origin = Origin::Variable(name.to_owned());
            let key = name[PREFIX.len()..].replace("__", ".").to_ascii_lowercase();
            if !keys::is_key(&key) || name != variable_of(&key) {
                mistakes.push(unknown_variable(&key).at(origin, &key));
                continue;
            }
            let Some(text) = value.to_str() else {
                let wrong = Wrong::new("this is not UTF-8", "write it in UTF-8");
                mistakes.push(wrong.at(origin, &key));
                continue;
            };
            self.entries
                .insert(key, (Raw::Typed(text.to_owned()), origin));
        }
        mistakes
    }

    /// Whether anything is said of how Weixin is reached, or of who says so.
    pub(super) fn says_the_way(&self) -> bool {
        let is_of_it = |key: &String| key.starts_with("weixin.token.") || key.starts_with("fleet.");
        self.entries.keys().any(is_of_it)
    }

    /// What was written for a key.
    pub(super) fn value(&self, key: &str) -> Option<&(Raw, Origin)> {
        self.entries.get(key)
    }
}

/// The variable that overrides a key.
pub(super) fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "__"))
}

fn unknown_variable(key: &str) -> Wrong {
    let wrong = keys::unknown(key);
    if keys::names_a_secret(key) {
        return wrong;
    }
    Wrong::new(
        "no key is overridden by this variable",
        format!(
            "variables are named {}, and the keys stand in the configuration; {}",
            variable_of("section.key"),
            wrong.instead
        ),
    )
}

struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
    written: Written,
    mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = match section {
                "" => key.get_ref().to_string(),
                section => format!("{section}.{}", key.get_ref()),
            };
            let origin = self.origin(key.span().start);
            match value.get_ref() {
                DeValue::Table(inner) if keys::is_section(&name) => self.table(&name, inner),
                _ if keys::is_section(&name) => {
                    self.mistakes.push(no_section(&name).at(origin, &name));
                }
                other if keys::is_key(&name) => {
                    let raw = raw_of(other);
                    self.written.entries.insert(name, (raw, origin));
                }
                DeValue::Table(_) => {
                    let wrong = keys::unknown_section(&name);
                    self.mistakes.push(wrong.at(origin, &name));
                }
                DeValue::String(_)
                | DeValue::Integer(_)
                | DeValue::Float(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_) => {
                    self.mistakes.push(keys::unknown(&name).at(origin, &name));
                }
            }
        }
    }

    /// The table of this desk; what the others say is read for its mistakes alone.
    fn desks<'t>(&mut self, desks: &DeTable<'t>, own: Option<&str>) -> Option<DeTable<'t>> {
        let kept = self.written.entries.clone();
        let mut found = None;
        for (name, value) in desks {
            match value.get_ref().as_table() {
                Some(table) if own == Some(name.get_ref().as_ref()) => found = Some(table.clone()),
                Some(table) => self.table("", table),
                None => self.no_part(name.span().start),
            }
        }
        self.written.entries = kept;
        found
    }

    fn no_part(&mut self, offset: usize) {
        let wrong = Wrong::new(
            "a bundle has no such part",
            "write version = 1, [all.SECTION] and [desk.NAME.SECTION]",
        );
        let origin = self.origin(offset);
        self.mistakes.push(wrong.at(origin, ""));
    }

    /// The parser's words only: its `Display` repeats the line, and there may be a secret in it.
    fn syntax(&self, error: &de::Error) -> Mistake {
        let origin = self.origin(error.span().map_or(0, |span| span.start));
        let wrong = format!("this is not TOML: {}", error.message().replace('\n', ", "));
        Wrong::new(
            wrong,
            r#"write key = "text", key = 10, key = true or key = ["a", "b"]"#,
        )
        .at(origin, "")
    }

    fn origin(&self, offset: usize) -> Origin {
        let before = self.text.get(..offset).unwrap_or(self.text);
        Origin::File {
            path: PathBuf::from(self.path),
            line: Some(1 + before.matches('\n').count()),
        }
    }
}

fn no_section(name: &str) -> Wrong {
    if name == "weixin.token" {
        return keys::secret_written(name);
    }
    Wrong::new(
        "this is a section, no key",
        format!("write [{name}] on a line of its own and its keys below"),
    )
}

fn raw_of(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Raw::Other("a number that is too large"), Raw::Integer),
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Array(list) => Raw::List(list.iter().map(Spanned::get_ref).map(raw_of).collect()),
        DeValue::Float(_) => Raw::Other("a number with a point"),
        DeValue::Datetime(_) => Raw::Other("a date or time"),
        DeValue::Table(_) => Raw::Other("a section"),
    }
}
