//! From stage one to stage two: asks for one key after another, and keeps every mistake on the way.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::keys;
use super::mistake::{Mistake, Origin, Setting, Wrong};
use super::written::{Raw, Written};

/// Asks for keys.
pub(super) struct Reader {
    pub(super) written: Written,
    pub(super) mistakes: Vec<Mistake>,
    pub(super) settings: Vec<Setting>,
    /// The configuration file, which relative paths in it are relative to.
    pub(super) file: Option<PathBuf>,
    /// Every line of the file was understood: only then does it mean anything that a key is missing.
    pub(super) is_whole: bool,
}

impl Reader {
    /// The value of a key as `parse` takes it; `None` where it is not written, or wrong.
    pub(super) fn optional<T: Shown>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&Raw) -> Result<T, Wrong>,
    ) -> Option<T> {
        let Some((raw, origin)) = self.written.value(key).cloned() else {
            self.note(key, None, Origin::Default);
            return None;
        };
        match parse(&raw) {
            Ok(value) => {
                self.note(key, Some(value.shown()), origin);
                Some(value)
            }
            Err(wrong) => {
                self.mistakes.push(wrong.at(origin, key));
                None
            }
        }
    }

    /// The same with the value that is in force where nobody wrote one.
    pub(super) fn or<T: Shown>(
        &mut self,
        key: &'static str,
        default: T,
        parse: impl FnOnce(&Raw) -> Result<T, Wrong>,
    ) -> T {
        if self.is_written(key) {
            return self.optional(key, parse).unwrap_or(default);
        }
        self.note(key, Some(default.shown()), Origin::Default);
        default
    }

    /// Whether somebody wrote it, be it wrong or right.
    pub(super) fn is_written(&self, key: &str) -> bool {
        self.written.value(key).is_some()
    }

    /// Where a key stands; the file as a whole for a key that is missing.
    pub(super) fn origin(&self, key: &str) -> Origin {
        match (self.written.value(key), &self.file) {
            (Some((_, origin)), _) => origin.clone(),
            (None, Some(path)) => Origin::File {
                path: path.clone(),
                line: None,
            },
            (None, None) => Origin::Default,
        }
    }

    /// Adds what only several keys together show.
    pub(super) fn wrong(&mut self, key: &str, wrong: Wrong) {
        if self.is_whole {
            let origin = self.origin(key);
            self.mistakes.push(wrong.at(origin, key));
        }
    }

    /// The same where the program can start all the same.
    pub(super) fn warn(&mut self, key: &str, wrong: Wrong) {
        if self.is_whole {
            let origin = self.origin(key);
            self.mistakes.push(wrong.warning_at(origin, key));
        }
    }

    /// Keeps what is in force for `check` to show.
    pub(super) fn note(&mut self, key: &'static str, value: Option<String>, origin: Origin) {
        self.settings.push(Setting { key, value, origin });
    }

    /// A path as it is meant: in a file, relative to that file's folder; in a variable, to the working directory.
    pub(super) fn path(&self, key: &str, raw: &Raw) -> Result<PathBuf, Wrong> {
        let text = text(key, raw)?;
        if text.starts_with("~/") {
            let wrong = "the ~ of a shell is not known here";
            return Err(Wrong::new(wrong, "write the whole path, from / on"));
        }
        let folder = match self.origin(key) {
            Origin::File { path, .. } => path.parent().map(Path::to_path_buf),
            Origin::Variable(_) | Origin::Credential(_) | Origin::Default => None,
        };
        Ok(folder.unwrap_or_default().join(text))
    }
}

/// A text that is not empty.
pub(super) fn text(key: &str, raw: &Raw) -> Result<String, Wrong> {
    match raw {
        Raw::Text(text) | Raw::Typed(text) if text.trim().is_empty() => Err(Wrong::new(
            "it is empty",
            format!("write {}, or leave the key away", keys::example(key)),
        )),
        Raw::Text(text) | Raw::Typed(text) => Ok(text.clone()),
        Raw::Integer(_) | Raw::Flag(_) | Raw::List(_) | Raw::Other(_) => {
            Err(other_kind(key, "a text", raw))
        }
    }
}

/// A whole number within a range.
pub(super) fn integer(key: &str, raw: &Raw, range: &RangeInclusive<u32>) -> Result<u32, Wrong> {
    let number = match raw {
        Raw::Integer(number) => Some(*number),
        Raw::Typed(text) => text.trim().parse().ok(),
        Raw::Text(_) | Raw::Flag(_) | Raw::List(_) | Raw::Other(_) => None,
    };
    let Some(number) = number else {
        return Err(other_kind(key, "a whole number", raw));
    };
    u32::try_from(number)
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| {
            Wrong::new(
                format!("{number} is out of range"),
                format!("write a number from {} to {}", range.start(), range.end()),
            )
        })
}

/// `true` or `false`.
pub(super) fn flag(key: &str, raw: &Raw) -> Result<bool, Wrong> {
    match raw {
        Raw::Flag(flag) => Ok(*flag),
        Raw::Typed(text) if text == "true" => Ok(true),
        Raw::Typed(text) if text == "false" => Ok(false),
        Raw::Typed(_) | Raw::Text(_) | Raw::Integer(_) | Raw::List(_) | Raw::Other(_) => {
            Err(other_kind(key, "true or false", raw))
        }
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy>(key: &str, raw: &Raw, words: &[(&str, T)]) -> Result<T, Wrong> {
    let text = text(key, raw)?;
    let known = words.iter().find(|(word, _)| *word == text);
    known.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let all: Vec<String> = words
            .iter()
            .map(|(word, _)| format!("\"{word}\""))
            .collect();
        Wrong::new(
            "this is none of the words that it can be",
            format!("write {}", all.join(" or ")),
        )
    })
}

/// A list of texts; in a variable, as JSON.
pub(super) fn list(key: &str, raw: &Raw) -> Result<Vec<String>, Wrong> {
    match raw {
        Raw::List(list) => list.iter().map(|item| text(key, item)).collect(),
        Raw::Typed(json) => serde_json::from_str(json).map_err(|_invalid| {
            let wrong = "this is no list of texts in JSON";
            Wrong::new(wrong, r#"write it like ["a","b"]"#)
        }),
        Raw::Text(_) | Raw::Integer(_) | Raw::Flag(_) | Raw::Other(_) => {
            Err(other_kind(key, "a list of texts", raw))
        }
    }
}

fn other_kind(key: &str, wanted: &str, raw: &Raw) -> Wrong {
    let found = match raw {
        Raw::Text(_) | Raw::Typed(_) => "a text",
        Raw::Integer(_) => "a number",
        Raw::Flag(_) => "true or false",
        Raw::List(_) => "a list",
        Raw::Other(kind) => kind,
    };
    let wrong = format!("it has to be {wanted}, and this is {found}");
    Wrong::new(wrong, format!("write it like {}", keys::example(key)))
}

/// How `check` shows a value.
pub(super) trait Shown {
    fn shown(&self) -> String;
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Shown for u32 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for PathBuf {
    fn shown(&self) -> String {
        self.display().to_string()
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> String {
        let items: Vec<String> = self.iter().map(Shown::shown).collect();
        format!("[{}]", items.join(", "))
    }
}
