//! `run`: the whole kiosk, live. Here its parts are put together.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::desk::{self, Desk, DeskLook, Stories};
use super::display::Display;
use super::{Context, Exit, cameras, scan, set_up};
use crate::camera::{self, Source};
use crate::config::{self, Config};
use crate::health;
use crate::journal::Held;
use crate::kiosk::Parts;
use crate::kiosk::clock::Clock;
use crate::logging;
use crate::logging::structured::{self, Sink};
use crate::online::line;
use crate::screen::Screen;
use crate::weixin::Client;
use crate::wording::Wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Keep the exchanges with Weixin in a folder, secrets taken out
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let config = set_up::configuration(context)?;
    keep_log(&config)?;
    let language = set_up::language(context, Some(&config));
    let wording = Wording::new(language);
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
    let client = set_up::client(&config, args.record.as_deref())?;
    let weixin = client.clone();
    let rules = set_up::rules(&config);
    let parts = match set_up::parts(rules, client, &config.journal, Clock::System) {
        Ok(parts) => parts,
        Err(Held) => return set_up::held(&wording, &config.journal),
    };
    let speaker = desk::speaker(config::volume(&config));
    let desk = Desk::start(parts, Live, speaker)?;
    let payment_codes = config.scan.payment_codes;
    let scanner = desk.scanner(scan::symbologies(&config), payment_codes)?;
    let mut wanted = cameras::wanted(&config.camera);
    // What was chosen on the screen goes before what was written.
    wanted.device = config::chosen_camera(&config.journal).or(wanted.device);
    let camera = camera::watch(Source::Device, wanted, desk.frames(), desk.camera())
        .context("the camera's thread cannot be started")?;
    let _hand_off = match &config.hand_off {
        Some(hand_off) => Some(
            desk.hand_off(&line::Settings {
                url: hand_off.url.as_base().to_owned(),
                key_file: hand_off.key_file.clone(),
                proxy: config
                    .weixin
                    .proxy
                    .as_ref()
                    .map(|proxy| proxy.as_str().to_owned()),
                ca_file: config.weixin.ca_file.clone(),
            })?,
        ),
        None => None,
    };
    let _health = match config.health.listen {
        None => None,
        Some(address) => Some(
            health::serve(address, desk.numbers(), sources(&desk, &config, weixin))
                .with_context(|| format!("the numbers cannot be served on {address}"))?,
        ),
    };
    let look = DeskLook {
        language,
        place: place(&config),
        zone: config.store.time_zone.clone(),
        payment_codes,
        phones: None,
        is_fullscreen: config.ui.fullscreen,
        shade: config.ui.shade,
        is_mirrored: config.camera.mirror,
    };
    let journal = config.journal;
    desk.open(look, (camera, scanner), move |language| {
        if let Err(error) = config::remember_language(&journal, language) {
            tracing::warn!(%error, "the language cannot be kept for the next start");
        }
    })?;
    Ok(Exit::Done)
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
        journal: config.journal.clone(),
        weixin,
    }
}

/// The store and the desk, as far as they have names.
fn place(config: &Config) -> String {
    let store = &config.store;
    let names = [store.name.as_deref(), store.desk.as_deref()];
    let told: Vec<&str> = names.into_iter().flatten().collect();
    if told.is_empty() {
        return "coupon-kiosk".to_owned();
    }
    told.join(" \u{b7} ")
}

/// No phones are held up here but the customers'.
struct Live;

impl Stories for Live {
    fn choose(&mut self, _phone: usize) -> Option<Parts> {
        None
    }

    fn see(&mut self, _screen: &Screen) {}
}
