//! `run` without a configuration, where there is a display: a short set-up on the screen. What was typed is tried in a
//! folder that is thrown away, and kept beside the journal once the person begins.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::sync::watch;

use super::display::panels;
use super::doctor::checks::{self, Checks, Half, Lens};
use super::{cameras, lens, set_up};
use crate::camera::Wanted;
use crate::card::Code;
use crate::config::{self, Environment, Loaded};
use crate::office::checkup::{Checkup, Panel};
use crate::office::{CameraLine, Start, Tested};
use crate::redemption::attempt::Outcome;
use crate::redemption::reply::{Ask, Reply, Told};
use crate::screen::Why;
use crate::ui::first_start::{Asks, FirstParts};
use crate::wording::Language;
use crate::worker::{Stop, Worker};

/// How long the test may take.
const TEST: Duration = Duration::from_secs(15);
/// No coupon has it: Weixin's refusal of it is a good answer.
const NO_CODE: &str = "000000000000";

/// Opens the window; `true` when a configuration was kept.
pub(super) fn open(language: Language) -> anyhow::Result<bool> {
    let setting_up = {
        let environment = Environment::of_process();
        SettingUp::begin(&config::default_journal(&environment), environment)?
    };
    let SettingUp {
        parts,
        seen,
        worker: _worker,
    } = setting_up;
    crate::ui::open_first(FirstParts { language, ..parts })
        .map_err(|error| anyhow::anyhow!("the window cannot be opened: {error}"))?;
    let is_begun = *seen.borrow() == Tested::Begun;
    Ok(is_begun)
}

/// The set-up with everything but its window.
pub struct SettingUp {
    /// What its window is put together from.
    pub parts: FirstParts,
    /// What it came to.
    pub seen: watch::Receiver<Tested>,
    /// Ends when the window has gone.
    pub worker: Worker,
}

impl SettingUp {
    /// Begins the set-up of the kiosk with this journal, as a test walks it.
    pub fn begin(journal: &Path, environment: Environment) -> anyhow::Result<Self> {
        let (asks, asked) = sync_channel(4);
        let (tested, seen) = watch::channel(Tested::default());
        let (found, cameras) = watch::channel(Vec::new());
        let folder = journal.parent().context("a journal lies in a folder")?;
        let folder = folder.to_owned();
        let worker = Worker::start("set-up", move |stop| {
            serve(&asked, (&tested, &found, stop), &folder, &environment);
        })?;
        let tell = move |ask| {
            if asks.try_send(ask).is_err() {
                tracing::warn!("the set-up is busy");
            }
        };
        Ok(Self {
            parts: FirstParts {
                language: Language::En,
                seen: seen.clone(),
                cameras,
                tell: Box::new(tell),
                panels: panels::told(),
            },
            seen,
            worker,
        })
    }
}

fn serve(
    asked: &Receiver<Asks>,
    (tested, cameras, stop): (
        &watch::Sender<Tested>,
        &watch::Sender<Vec<CameraLine>>,
        &Stop,
    ),
    folder: &Path,
    environment: &Environment,
) {
    while let Ok(asks) = asked.recv() {
        let result = match &asks {
            Asks::Cameras => {
                cameras.send_replace(lens::Lens::choices());
                continue;
            }
            Asks::Examine(start, panel) => examine(start, *panel, environment, (tested, stop)),
            Asks::Test(start) => test(start, environment),
            Asks::Begin(start) => config::begin(folder, start)
                .map(|()| Tested::Begun)
                .map_err(Into::into),
        };
        let result = result.unwrap_or_else(|error| {
            tracing::error!(%error, "the set-up failed");
            Tested::NotKept
        });
        tested.send_replace(result);
    }
}

/// What was typed, as it would be kept; in a folder that goes with it.
fn tried(start: &Start, environment: &Environment) -> anyhow::Result<(TempDir, Loaded)> {
    let folder = tempfile::tempdir()?;
    config::begin(folder.path(), start)?;
    let path = folder.path().join("settings.toml");
    let loaded = config::load(Some(&path), environment);
    Ok((folder, loaded))
}

/// The doctor's look at this machine, and at the desk that was typed; each finding is shown as it comes.
fn examine(
    start: &Start,
    panel: Panel,
    environment: &Environment,
    (tested, stop): (&watch::Sender<Tested>, &Stop),
) -> anyhow::Result<Tested> {
    let (_folder, loaded) = tried(start, environment)?;
    let wanted = loaded.config.as_ref();
    let wanted = wanted.map_or_else(Wanted::default, cameras::wanted);
    let checks = Checks {
        loaded: Some(&loaded),
        lens: Lens::Device(wanted),
        display: checks::drawn(panel),
        half: Half::Desk,
        stop,
    };
    let mut found = Checkup::default();
    found.summary = checks::on_screen(&checks, start.language, |line| {
        found.lines.push(line);
        tested.send_replace(Tested::Examined(found.clone()));
    });
    Ok(Tested::Examined(found))
}

/// Asks Weixin about a code that nobody has.
fn test(start: &Start, environment: &Environment) -> anyhow::Result<Tested> {
    let (_folder, loaded) = tried(start, environment)?;
    for mistake in &loaded.mistakes {
        tracing::warn!(
            key = mistake.key,
            wrong = mistake.wrong,
            "typed in the set-up"
        );
    }
    let Some(config) = loaded.config else {
        return Ok(Tested::Wrong);
    };
    let client = set_up::client(&config, None)?;
    let ask = Ask::Query {
        code: Code::parse(NO_CODE)?,
        card_id: None,
        check_consume: false,
    };
    let exchanged = set_up::runtime()?.block_on(client.exchange(ask, TEST));
    Ok(match exchanged.told {
        Told::Query(Reply::Refused(refusal)) if refusal.reason.is_set_up() => {
            Tested::Trouble(Why::of(&refusal), Outcome::SetUp)
        }
        Told::Query(Reply::NotSent(why)) => {
            Tested::Trouble(Why::NotSent(why), Outcome::Unreachable)
        }
        Told::Query(Reply::Unknown(why)) => {
            Tested::Trouble(Why::Unknown(why), Outcome::Unreachable)
        }
        Told::Query(Reply::Answered(_) | Reply::Refused(_))
        | Told::Decrypt(_)
        | Told::Consume(_)
        | Told::Title(_) => Tested::Works,
    })
}
