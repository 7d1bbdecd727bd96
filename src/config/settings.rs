//! What is changed on the screen: `settings.toml` beside the journal. The file of IT is never written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::wording::Language;

fn path(journal: &Path) -> PathBuf {
    journal.with_file_name("settings.toml")
}

/// The language chosen on the screen.
pub(super) fn language(journal: &Path) -> Option<Language> {
    Language::parse(ui(journal)?.get("language")?.as_str()?)
}

/// The volume chosen on the screen, in percent.
pub(super) fn volume(journal: &Path) -> Option<u8> {
    let percent = u8::try_from(ui(journal)?.get("sound")?.as_integer()?).ok()?;
    Some(percent.min(100))
}

/// What was chosen of the window's. Settings that cannot be read are no reason not to start: the next best is in force.
fn ui(journal: &Path) -> Option<Table> {
    let path = path(journal);
    let text = fs::read_to_string(&path).ok()?;
    let Ok(mut settings) = text.parse::<Table>() else {
        tracing::warn!(path = %path.display(), "the settings are not TOML and are passed over");
        return None;
    };
    match settings.remove("ui")? {
        Value::Table(ui) => Some(ui),
        Value::String(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Datetime(_)
        | Value::Array(_) => None,
    }
}

/// Keeps the language chosen on the screen for the next start.
pub fn remember_language(journal: &Path, language: Language) -> io::Result<()> {
    remember(journal, "ui", "language", language.tag().into())
}

/// Keeps the volume chosen on the screen for the next start.
pub fn remember_volume(journal: &Path, percent: u8) -> io::Result<()> {
    let volume = i64::from(percent.min(100));
    remember(journal, "ui", "sound", volume.into())
}

/// The camera chosen on the screen, as it was remembered.
pub fn chosen_camera(journal: &Path) -> Option<String> {
    let settings: Table = fs::read_to_string(path(journal)).ok()?.parse().ok()?;
    let chosen = settings.get("camera")?.get("device")?.as_str()?;
    Some(chosen.to_owned())
}

/// Keeps the camera chosen on the screen, by its name and bus, for the next start.
pub fn remember_camera(journal: &Path, device: &str) -> io::Result<()> {
    remember(journal, "camera", "device", device.into())
}

/// Whatever else the settings hold stays; settings that are no TOML are begun anew. The file is replaced as a whole, so
/// that a power cut leaves the old one or the new one.
fn remember(journal: &Path, section: &str, key: &str, value: Value) -> io::Result<()> {
    let path = path(journal);
    let mut settings: Table = match fs::read_to_string(&path) {
        Ok(text) => text.parse().unwrap_or_default(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Table::new(),
        Err(error) => return Err(error),
    };
    let within = settings
        .entry(section)
        .or_insert_with(|| Table::new().into());
    if !within.is_table() {
        *within = Table::new().into();
    }
    if let Value::Table(within) = within {
        within.insert(key.to_owned(), value);
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
    fn a_remembered_volume_is_in_force_beside_the_language() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.sqlite");
        assert_eq!(volume(&journal), None);
        remember_language(&journal, Language::Zh).unwrap();
        remember_volume(&journal, 40).unwrap();
        assert_eq!(volume(&journal), Some(40));
        assert_eq!(language(&journal), Some(Language::Zh));
        fs::write(path(&journal), "[ui]\nsound = 900\n").unwrap();
        assert_eq!(volume(&journal), None);
    }

    #[test]
    fn a_camera_is_remembered_beside_the_language() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.sqlite");
        assert_eq!(chosen_camera(&journal), None);
        remember_language(&journal, Language::Zh).unwrap();
        remember_camera(&journal, "Cam @ usb-1").unwrap();
        assert_eq!(chosen_camera(&journal).as_deref(), Some("Cam @ usb-1"));
        assert_eq!(language(&journal), Some(Language::Zh));
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
