//! What is changed on the screen: `settings.toml` beside the journal. The file of IT is never written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::{Table, Value};

use super::Config;
use crate::office::{Change, Settings};
use crate::wording::Language;

fn path(journal: &Path) -> PathBuf {
    journal.with_file_name("settings.toml")
}

/// The language chosen on the screen. Settings that cannot be read are no reason not to start: the next best language is
/// spoken.
pub(super) fn language(journal: &Path) -> Option<Language> {
    let settings = read(journal);
    Language::parse(settings.get("ui")?.get("language")?.as_str()?)
}

/// What was changed on the screen, over what IT has configured.
pub fn settings(config: &Config) -> Settings {
    let written = read(&config.journal);
    let value = |section: &str, key: &str| written.get(section)?.get(key).cloned();
    let text = |section, key| Some(value(section, key)?.as_str()?.to_owned());
    let lock_after = match value("ui", "lock_after_secs") {
        Some(seconds) => seconds.as_integer().and_then(|it| u64::try_from(it).ok()),
        None => Some(config.ui.lock_after.as_secs()),
    };
    Settings {
        store: text("store", "name"),
        camera: text("camera", "device"),
        lock_after: lock_after
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Duration::from_secs(seconds.max(SHORTEST_LOCK))),
    }
}

/// A desk that locks itself sooner is never used.
const SHORTEST_LOCK: u64 = 30;

/// Keeps the language chosen on the screen for the next start.
pub fn remember_language(journal: &Path, language: Language) -> io::Result<()> {
    put(journal, &[("ui", "language", language.tag().into())])
}

/// Keeps what was changed on the screen for the next start.
pub fn keep(journal: &Path, change: &Change) -> io::Result<()> {
    let (section, key, value): (_, _, Value) = match change {
        Change::Store(name) => ("store", "name", name.as_str().into()),
        Change::Camera(name) => ("camera", "device", name.as_str().into()),
        Change::LockAfter(after) => {
            let seconds = after.map_or(0, |after| after.as_secs());
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            ("ui", "lock_after_secs", seconds.into())
        }
    };
    put(journal, &[(section, key, value)])
}

fn read(journal: &Path) -> Table {
    let path = path(journal);
    let Ok(text) = fs::read_to_string(&path) else {
        return Table::new();
    };
    text.parse().unwrap_or_else(|_no_toml| {
        tracing::warn!(path = %path.display(), "the settings are not TOML and are passed over");
        Table::new()
    })
}

/// Writes values into sections. Whatever else the settings hold stays; settings that are no TOML are begun anew. The file
/// is replaced as a whole, so that a power cut leaves the old one or the new one.
fn put(journal: &Path, values: &[(&str, &str, Value)]) -> io::Result<()> {
    let path = path(journal);
    let mut settings: Table = match fs::read_to_string(&path) {
        Ok(text) => text.parse().unwrap_or_default(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Table::new(),
        Err(error) => return Err(error),
    };
    for (section, key, value) in values {
        let found = settings
            .entry(*section)
            .or_insert_with(|| Table::new().into());
        if !found.is_table() {
            *found = Table::new().into();
        }
        if let Value::Table(found) = found {
            found.insert((*key).to_owned(), value.clone());
        }
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut written = tempfile::NamedTempFile::new_in(folder)?;
    written.write_all(settings.to_string().as_bytes())?;
    written.as_file().sync_all()?;
    written.persist(&path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remembered_language_is_spoken_and_leaves_the_other_settings() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("below/journal.sqlite");
        assert_eq!(language(&journal), None);
        remember_language(&journal, Language::Zh).unwrap();
        assert_eq!(language(&journal), Some(Language::Zh));

        let kept = "[ui]\nvolume = 3\n\n[later]\nkey = true\n";
        fs::write(path(&journal), kept).unwrap();
        remember_language(&journal, Language::En).unwrap();
        assert_eq!(language(&journal), Some(Language::En));
        let settings: Table = fs::read_to_string(path(&journal)).unwrap().parse().unwrap();
        assert_eq!(settings["ui"]["volume"].as_integer(), Some(3));
        assert_eq!(settings["later"]["key"].as_bool(), Some(true));
    }

    #[test]
    fn settings_that_are_no_toml_are_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.sqlite");
        fs::write(path(&journal), "ui = [").unwrap();
        assert_eq!(language(&journal), None);
        remember_language(&journal, Language::Zh).unwrap();
        assert_eq!(language(&journal), Some(Language::Zh));
    }
}
