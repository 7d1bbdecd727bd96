//! `run` where nobody has said how Weixin is reached, and where there is a display: a short set-up on the screen. What was
//! typed, or head office has handed out, is tried in a folder that is thrown away, and kept beside the journal once the
//! person begins.

mod enrolling;
mod eye;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::sync::watch;

use self::enrolling::Enrolling;
use self::eye::Eye;
use super::display::panels;
use super::doctor::checks::{self, Checks, Half, Lens};
use super::{cameras, lens, set_up};
use crate::camera::{Demand, Source, Wanted};
use crate::card::Code;
use crate::config::{self, Environment, Loaded, Offered};
use crate::health::watchdog;
use crate::office::CameraLine;
use crate::office::checkup::{Checkup, Panel};
use crate::office::first_start::{Provision, Reach, Start, Tested};
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
/// More than a person and a camera say at once.
const WAITING: usize = 8;

/// Opens the window; `true` when a configuration was kept.
pub(super) fn open(language: Language) -> anyhow::Result<bool> {
    let setting_up = {
        let environment = Environment::of_process();
        let journal = config::default_journal(&environment);
        SettingUp::begin(&journal, environment, Source::Device)?
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

/// What the set-up hears.
enum Heard {
    /// A wish of the window's.
    Asked(Asks),
    /// A code before the camera.
    Read(String),
    /// The window has gone.
    Gone,
}

/// The window's end of it.
struct Line(SyncSender<Heard>);

impl Line {
    fn tell(&self, asks: Asks) {
        if self.0.try_send(Heard::Asked(asks)).is_err() {
            tracing::warn!("the set-up is busy");
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // The camera has an end of it too, so that the last one to go would tell nobody.
        self.0.send(Heard::Gone).ok();
    }
}

impl SettingUp {
    /// Begins the set-up of the kiosk with this journal, as a test walks it; `source` is asked for the camera that head
    /// office's code is held before.
    pub fn begin(
        journal: &Path,
        environment: Environment,
        source: impl FnMut(Demand) -> Source + Send + 'static,
    ) -> anyhow::Result<Self> {
        let (heard, hears) = sync_channel(WAITING);
        let (tested, seen) = watch::channel(Tested::default());
        let (found, cameras) = watch::channel(Vec::new());
        let folder = journal.parent().context("a journal lies in a folder")?;
        let eye = Eye::new(source);
        let picture = eye.picture();
        let set_up = SetUp {
            tested,
            cameras: found,
            folder: folder.to_owned(),
            enrolling: Enrolling::of(&environment),
            environment,
            heard: heard.clone(),
            eye,
        };
        let worker = Worker::start("set-up", move |stop| set_up.serve(&hears, stop))?;
        let line = Line(heard);
        Ok(Self {
            parts: FirstParts {
                language: Language::En,
                seen: seen.clone(),
                cameras,
                picture,
                tell: Box::new(move |asks| line.tell(asks)),
                is_alive: Box::new(watchdog::tell_alive),
                tick: Box::new(crate::kiosk::clock::tick),
                panels: panels::told(),
            },
            seen,
            worker,
        })
    }
}

struct SetUp {
    tested: watch::Sender<Tested>,
    cameras: watch::Sender<Vec<CameraLine>>,
    folder: PathBuf,
    environment: Environment,
    heard: SyncSender<Heard>,
    eye: Eye,
    enrolling: Enrolling,
}

impl SetUp {
    fn serve(mut self, hears: &Receiver<Heard>, stop: &Stop) {
        while let Ok(heard) = hears.recv() {
            let result = match heard {
                Heard::Asked(asks) => self.do_as_asked(asks, stop),
                Heard::Read(text) => self.claim(&text),
                Heard::Gone => return,
            };
            let result = result.unwrap_or_else(|error| {
                tracing::error!(%error, "the set-up failed");
                Some(Tested::NotKept)
            });
            if let Some(result) = result {
                self.tested.send_replace(result);
            }
        }
    }

    /// `None` where it comes to nothing that is shown.
    fn do_as_asked(&mut self, asks: Asks, stop: &Stop) -> anyhow::Result<Option<Tested>> {
        match asks {
            Asks::Cameras => {
                self.cameras.send_replace(lens::Lens::choices());
                Ok(None)
            }
            Asks::Look => {
                let heard = self.heard.clone();
                self.eye.open(move |text| {
                    // Whoever is busy with the code before it needs no other one.
                    heard.try_send(Heard::Read(text)).ok();
                })?;
                Ok(None)
            }
            Asks::Scanned(text) => self.claim(&text),
            Asks::LookAway => {
                self.eye.close();
                Ok(None)
            }
            Asks::Examine(start, panel) => self.examine(&start, panel, stop).map(Some),
            Asks::Test(start) => test(&start, &self.environment).map(Some),
            Asks::Begin(start) => {
                config::begin(&self.folder, &start)?;
                if let Reach::Provision(_) = start.reach {
                    self.enrolling.tell_kept()?;
                }
                Ok(Some(Tested::Begun))
            }
        }
    }

    /// Asks head office for what a code stands for. The camera looks on only where it was none.
    fn claim(&mut self, text: &str) -> anyhow::Result<Option<Tested>> {
        if !self.eye.is_open() {
            return Ok(None);
        }
        self.tested.send_replace(Tested::Claiming);
        let tested = self.enrolling.claim(text)?;
        if let Tested::Provided(_) = tested {
            self.eye.close();
        }
        Ok(Some(tested))
    }

    /// The doctor's look at this machine, and at the desk that was typed; each finding is shown as it comes.
    fn examine(&self, start: &Start, panel: Panel, stop: &Stop) -> anyhow::Result<Tested> {
        let (_folder, loaded) = tried(start, &self.environment)?;
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
            self.tested.send_replace(Tested::Examined(found.clone()));
        });
        Ok(Tested::Examined(found))
    }
}

/// The start of a desk that head office has handed everything to.
pub(super) fn of(provision: Provision, language: Language) -> Start {
    Start {
        language,
        store: String::new(),
        camera: None,
        reach: Reach::Provision(Box::new(provision)),
    }
}

/// What was typed or handed out, as it would be kept; in a folder that goes with it.
pub(super) fn tried(start: &Start, environment: &Environment) -> anyhow::Result<(TempDir, Loaded)> {
    let folder = tempfile::tempdir()?;
    config::begin(folder.path(), start)?;
    let path = folder.path().join("settings.toml");
    let offered = match &start.reach {
        Reach::Provision(provision) => Some(Offered::from(&**provision)),
        Reach::Account { .. } | Reach::Service { .. } => None,
    };
    let loaded = config::load_with(Some(&path), environment, offered.as_ref());
    Ok((folder, loaded))
}

/// Asks Weixin about a code that nobody has.
fn test(start: &Start, environment: &Environment) -> anyhow::Result<Tested> {
    let (_folder, loaded) = tried(start, environment)?;
    for mistake in &loaded.mistakes {
        tracing::warn!(
            key = mistake.key,
            wrong = mistake.wrong,
            "typed or handed out in the set-up"
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
