//! What is changed on the screen: `settings.toml` beside the journal. The file of IT is never written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::{Table, Value};

use super::values::{ZOOM, is_region, rotation_of};
use super::{Camera, Config, Environment, Offered, Rotation, default_journal, keep_bundle};
use crate::office::first_start::{Hidden, Reach, Start};
use crate::office::{Aim, Change, Settings};
use crate::wording::Language;

fn path(journal: &Path) -> PathBuf {
    journal.with_file_name("settings.toml")
}

/// The language chosen on the screen.
pub(super) fn language(journal: &Path) -> Option<Language> {
    let settings = read(journal);
    Language::parse(settings.get("ui")?.get("language")?.as_str()?)
}

/// The volume chosen on the screen, in percent.
pub(super) fn volume(journal: &Path) -> Option<u8> {
    let chosen = read(journal).get("ui")?.get("sound")?.as_integer()?;
    Some(u8::try_from(chosen).ok()?.min(100))
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
        camera: chosen_camera(&config.journal),
        aim: aim(&config.camera, &written),
        lock_after: lock_after
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Duration::from_secs(seconds.max(SHORTEST_LOCK))),
        sound: super::volume(config),
    }
}

/// What was chosen on the screen of how the camera's picture is seen, over what IT has configured. What makes no sense is
/// passed over.
fn aim(camera: &Camera, written: &Table) -> Aim {
    let chosen = |key: &str| written.get("camera")?.get(key).cloned();
    let number = |value: &Value| u32::try_from(value.as_integer()?).ok();
    let rotate = chosen("rotate").and_then(|value| rotation_of(number(&value)?));
    let zoom = chosen("zoom").and_then(|value| number(&value));
    let region = chosen("region").and_then(|value| {
        let numbers: Option<Vec<u32>> = value.as_array()?.iter().map(number).collect();
        <[u32; 4]>::try_from(numbers?).ok()
    });
    Aim {
        rotate: match rotate.unwrap_or(camera.rotate) {
            Rotation::None => 0,
            Rotation::By90 => 90,
            Rotation::By180 => 180,
            Rotation::By270 => 270,
        },
        mirror: chosen("mirror")
            .and_then(|value| value.as_bool())
            .unwrap_or(camera.mirror),
        zoom: zoom
            .filter(|zoom| ZOOM.contains(zoom))
            .unwrap_or(camera.zoom),
        region: region
            .filter(|region| is_region(*region))
            .unwrap_or(camera.region),
    }
}

/// A desk that locks itself sooner is never used.
const SHORTEST_LOCK: u64 = 30;

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
    let chosen = read(journal);
    Some(chosen.get("camera")?.get("device")?.as_str()?.to_owned())
}

/// Keeps the camera chosen on the screen, by its name and bus, for the next start.
pub fn remember_camera(journal: &Path, device: &str) -> io::Result<()> {
    remember(journal, "camera", "device", device.into())
}

/// Keeps what the first start asked for, or head office has handed out: secrets in files of their own, and last the settings
/// beside them, which are what the next start looks for.
pub fn begin(folder: &Path, start: &Start) -> io::Result<()> {
    let journal = folder.join("journal.sqlite");
    fs::create_dir_all(folder)?;
    let mut values: Vec<(&str, &str, Value)> =
        vec![("ui", "language", start.language.tag().into())];
    if !start.store.is_empty() {
        values.push(("store", "name", start.store.as_str().into()));
    }
    if let Some(camera) = &start.camera {
        values.push(("camera", "device", camera.as_str().into()));
    }
    let token = "weixin.token";
    let secret_file = |name: &str, secret: &Hidden| {
        let path = folder.join(name);
        // Made with mode 0600.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", secret.reveal())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok::<Value, io::Error>(path.display().to_string().into())
    };
    match &start.reach {
        Reach::Account { appid, secret } => {
            values.push((token, "source", "stable_token".into()));
            values.push((token, "appid", appid.as_str().into()));
            values.push((token, "secret_file", secret_file("secret", secret)?));
        }
        Reach::Service { url, bearer } => {
            values.push((token, "source", "url".into()));
            values.push((token, "url", url.as_str().into()));
            if !bearer.reveal().is_empty() {
                values.push((token, "bearer_file", secret_file("bearer", bearer)?));
            }
        }
        Reach::Provision(provision) => {
            values.push(("store", "desk", provision.desk.as_str().into()));
            values.push(("fleet", "public_key", provision.public_key.as_str().into()));
            if let Some(source) = &provision.source {
                values.push(("fleet", "source", source.as_str().into()));
            }
            for (key, secret) in &provision.secrets {
                let (section, key) = key.rsplit_once('.').unwrap_or(("", key));
                let name = key.trim_end_matches("_file");
                values.push((section, key, secret_file(name, secret)?));
            }
            let bundle = Offered::from(&**provision);
            keep_bundle(folder, &bundle, provision.version)?;
        }
    }
    put(&journal, &values)
}

/// The settings of a kiosk that was set up on its screen: they say how Weixin is reached, or who says it.
pub(super) fn of_first_start(environment: &Environment) -> Option<(PathBuf, String)> {
    let path = path(&default_journal(environment));
    let text = fs::read_to_string(&path).ok()?;
    let settings: Table = text.parse().ok()?;
    let says_the_way = settings
        .get("weixin")
        .and_then(|weixin| weixin.get("token"));
    says_the_way.or(settings.get("fleet"))?;
    Some((path, text))
}

/// Keeps what was changed on the screen for the next start.
pub fn keep(journal: &Path, change: &Change) -> io::Result<()> {
    match change {
        Change::Store(name) => remember(journal, "store", "name", name.as_str().into()),
        Change::Sound(percent) => remember_volume(journal, *percent),
        Change::Camera(id) => remember_camera(journal, id),
        Change::Aim(aim) => {
            let region = aim.region.map(|part| Value::from(i64::from(part)));
            let values = [
                ("camera", "rotate", i64::from(aim.rotate).into()),
                ("camera", "mirror", aim.mirror.into()),
                ("camera", "zoom", i64::from(aim.zoom).into()),
                ("camera", "region", Value::Array(region.to_vec())),
            ];
            put(journal, &values)
        }
        Change::LockAfter(after) => {
            let seconds = after.map_or(0, |after| after.as_secs());
            let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
            remember(journal, "ui", "lock_after_secs", seconds.into())
        }
    }
}

fn remember(journal: &Path, section: &str, key: &str, value: Value) -> io::Result<()> {
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
        let sections: Vec<&str> = section.split('.').collect();
        put_in(&mut settings, &sections, key, value);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut written = tempfile::NamedTempFile::new_in(folder)?;
    written.write_all(settings.to_string().as_bytes())?;
    written.as_file().sync_all()?;
    written.persist(&path)?;
    Ok(())
}

/// Writes into a section, made where there is none. What stands in its place and is none is begun anew.
fn put_in(table: &mut Table, sections: &[&str], key: &str, value: &Value) {
    let [first, rest @ ..] = sections else {
        table.insert(key.to_owned(), value.clone());
        return;
    };
    let section = table.entry(*first).or_insert_with(|| Table::new().into());
    if !section.is_table() {
        *section = Table::new().into();
    }
    if let Value::Table(section) = section {
        put_in(section, rest, key, value);
    }
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
    fn how_the_camera_s_picture_is_seen_is_kept_and_nonsense_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal.sqlite");
        let configured = Camera {
            zoom: 150,
            ..Camera::default()
        };
        let seen = || aim(&configured, &read(&journal));
        let as_configured = Aim {
            zoom: 150,
            ..Aim::default()
        };
        assert_eq!(seen(), as_configured);
        remember_camera(&journal, "Cam @ usb-1").unwrap();
        let chosen = Aim {
            rotate: 270,
            mirror: true,
            zoom: 200,
            region: [25, 0, 50, 100],
        };
        keep(&journal, &Change::Aim(chosen)).unwrap();
        assert_eq!(seen(), chosen);
        assert_eq!(chosen_camera(&journal).as_deref(), Some("Cam @ usb-1"));
        let nonsense = "[camera]\nrotate = 45\nmirror = 1\nzoom = 9\nregion = [50, 0, 60, 100]\n";
        fs::write(path(&journal), nonsense).unwrap();
        assert_eq!(seen(), as_configured);
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
