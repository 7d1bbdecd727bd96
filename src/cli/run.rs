//! `run`: the whole kiosk, live. Here its parts are put together.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::desk::{self, Desk, DeskLook, Stories};
use super::display::Display;
use super::office::{Examined, Journals, Papers, Wishes};
use super::{Context, Exit, cameras, first_start, fleet, hand_off, journal_seal, scan, set_up};
use crate::config::{self, Config};
use crate::frame::Delays;
use crate::health::{self, watchdog::Curious};
use crate::journal::Held;
use crate::kiosk::Parts;
use crate::kiosk::clock::Clock;
use crate::logging;
use crate::logging::structured::{self, Sink};
use crate::screen::Screen;
use crate::ui;
use crate::weixin::Client;
use crate::weixin::secret::Secret;
use crate::witness::{Hearing, Sources};
use crate::wording::{Language, Wording};
use crate::worker::Worker;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Keep the exchanges with Weixin in a folder, secrets taken out
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    // Without a display it stays what it is to every other command: no configuration, exit code 2.
    if set_up::is_unset(context) && Display::of_process() == Display::Ready {
        let language = set_up::language(context, None);
        if !first_start::open(language)? {
            return Ok(Exit::Done);
        }
    }
    let config = set_up::configuration(context)?;
    keep_log(&config)?;
    let language = set_up::language(context, Some(&config));
    let wording = Wording::new(language);
    see_display(&wording)?;
    let journal = config.journal.clone();
    let named = (context.config.clone(), args.record.as_deref());
    let Some(running) = Running::start(&config, named, language)? else {
        return set_up::held(&wording, &journal);
    };
    let Running {
        _scanner,
        _hand_off,
        _witness,
        _health,
        desk,
        look,
    } = running;
    let _fleet = fleet::watch(context.config.as_deref())?;
    let curious = match config.health.listen {
        Some(_) => Curious::Readers,
        None => Curious::None,
    };
    desk.open(look, curious, move |language| {
        if let Err(error) = config::remember_language(&journal, language) {
            tracing::warn!(%error, "the language cannot be kept for the next start");
        }
    })?;
    Ok(Exit::Done)
}

/// The live kiosk with everything but its window.
pub struct Running {
    _scanner: Worker,
    _hand_off: Option<Worker>,
    _witness: Option<Hearing>,
    _health: Option<health::Serving>,
    desk: Desk,
    look: DeskLook,
}

impl Running {
    /// Starts it, as a test walks it; `None` where another process has the journal.
    pub fn begin(config: &Config, language: Language) -> anyhow::Result<Option<Self>> {
        Self::start(config, (None, None), language)
    }

    /// What a window onto it is put together from.
    pub fn window(&self) -> ui::Parts {
        self.desk.window(self.look.clone(), |_language| {})
    }

    fn start(
        config: &Config,
        (named, record): (Option<PathBuf>, Option<&Path>),
        language: Language,
    ) -> anyhow::Result<Option<Self>> {
        journal_seal::when_due(config);
        let client = set_up::client(config, record)?;
        let weixin = client.clone();
        let rules = set_up::rules(config);
        let (wishes, asked) = Wishes::new();
        let recorder = wishes.clone();
        let on_record = move || recorder.recorded();
        let parts = set_up::parts_told(rules, client, &config.journal, Clock::System, on_record);
        let parts = match parts {
            Ok(parts) => parts,
            Err(Held) => return Ok(None),
        };
        let wanted = cameras::wanted(config);
        let speaker = desk::speaker(config::volume(config));
        let ends = (wishes, asked);
        let papers = papers(config, named);
        let desk = Desk::start((parts, speaker), Live, ends, papers, Some(wanted))?;
        let payment_codes = config.scan.payment_codes;
        let scanner = desk.scanner(scan::symbologies(config), payment_codes)?;
        let hand_off = hand_off::of_config(&desk, config)?;
        let witness = witness(&desk, config)?;
        let health = match config.health.listen {
            None => None,
            Some(address) => Some(
                health::serve(address, desk.numbers(), sources(&desk, config, weixin))
                    .with_context(|| format!("the numbers cannot be served on {address}"))?,
            ),
        };
        let look = DeskLook {
            language,
            zone: config.store.time_zone.clone(),
            payment_codes,
            phones: None,
            handset: None,
            is_fullscreen: config.ui.fullscreen,
            shade: config.ui.shade,
        };
        Ok(Some(Self {
            _scanner: scanner,
            _hand_off: hand_off,
            _witness: witness,
            _health: health,
            desk,
            look,
        }))
    }
}

fn see_display(wording: &Wording) -> anyhow::Result<()> {
    match Display::of_process() {
        Display::Ready => {}
        Display::None => bail!("{}", wording.say("window-none")),
        Display::Lacking(packages) => {
            let packages = packages.join(" ");
            bail!(
                "{}",
                wording.say_with("window-lacking", &[("packages", packages.into())])
            );
        }
    }
    Ok(())
}

/// What the office works on.
fn papers(config: &Config, path: Option<PathBuf>) -> Papers {
    Papers {
        journals: Journals::Live {
            path: config.journal.clone(),
            zone: config.store.time_zone.clone(),
            clock: Clock::System,
        },
        journal: config.journal.clone(),
        settings: config::settings(config),
        names: (config.store.name.clone(), config.store.desk.clone()),
        examined: Examined::Desk(path),
        clock: Clock::System,
        delays: Delays::default(),
    }
}

/// Weixin's events, where they are passed on.
fn witness(desk: &Desk, config: &Config) -> anyhow::Result<Option<Hearing>> {
    let listen = match &config.witness.listen {
        None => None,
        Some((address, key_file)) => {
            let key = Secret::from_file(key_file).context("witness.events_key_file")?;
            logging::hide(key.expose());
            Some((*address, key.expose().to_owned()))
        }
    };
    let file = config.witness.events_file.clone();
    if file.is_none() && listen.is_none() {
        return Ok(None);
    }
    desk.witness(Sources { file, listen }).map(Some)
}

/// From here on the log goes where the configuration says.
fn keep_log(config: &Config) -> anyhow::Result<()> {
    let sink = match &config.log {
        config::Log::Stderr => return Ok(()),
        config::Log::Journald => Sink::journald(Path::new(structured::JOURNALD))
            .context("journald does not listen: write log.to = \"file\"")?,
        config::Log::File(path) => Sink::file(path)
            .with_context(|| format!("{} cannot be written: log.file", path.display()))?,
    };
    logging::keep(sink);
    Ok(())
}

fn sources(desk: &Desk, config: &Config, weixin: Client) -> health::Sources {
    health::Sources {
        frames: desk.frames(),
        delays: desk.delays(),
        journal: config.journal.clone(),
        weixin,
    }
}

/// No phones are held up here but the customers'.
struct Live;

impl Stories for Live {
    fn choose(&mut self, _phone: usize) -> Option<Parts> {
        None
    }

    fn see(&mut self, _screen: &Screen) {}
}
