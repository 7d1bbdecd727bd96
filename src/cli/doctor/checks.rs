//! The doctor's checks in their order: the same for the terminal, the screen of a running kiosk and the first start.

use std::path::PathBuf;
use std::sync::Arc;

use crate::camera::Wanted;
use crate::cli::{scan, set_up};
use crate::config::{self, Config, Loaded, Weight};
use crate::doctor::display::Display;
use crate::doctor::network::{Surroundings, Way};
use crate::doctor::permissions::Files;
use crate::doctor::{self, Finding};
use crate::frame::{Frame, Slot};
use crate::kiosk;
use crate::office::checkup::{CheckLine, Panel};
use crate::scanner::Symbologies;
use crate::weixin::Settings;
use crate::wording::{Language, Wording};
use crate::worker::Stop;

/// Where the camera is looked through.
pub(in crate::cli) enum Lens {
    /// It is opened for a moment.
    Device(Wanted),
    /// A kiosk has it open.
    Kiosk {
        frames: Arc<Slot<Frame>>,
        name: Option<String>,
    },
    /// Drawn pictures.
    Demo,
}

/// Which half is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Half {
    /// This desk.
    Desk,
    /// The page for customers' phones, and the desks' keys.
    Online,
}

/// What is looked at.
pub(in crate::cli) struct Checks<'a> {
    /// Without one, as in the demo, only the machine is.
    pub(in crate::cli) loaded: Option<&'a Loaded>,
    pub(in crate::cli) lens: Lens,
    pub(in crate::cli) display: Display,
    pub(in crate::cli) half: Half,
    /// Ends it early.
    pub(in crate::cli) stop: &'a Stop,
}

/// Where nothing says how loud it is to be.
const AUDIBLE: u8 = 100;

type Tell<'a> = dyn FnMut(Finding) -> anyhow::Result<()> + 'a;

/// Looks at everything, and tells each finding as soon as it is there: some checks take seconds.
pub(in crate::cli) fn examine(checks: &Checks<'_>, tell: &mut Tell<'_>) -> anyhow::Result<()> {
    tell(doctor::versions::examine())?;
    let config = checks.loaded.and_then(|loaded| loaded.config.as_ref());
    if let Some(loaded) = checks.loaded {
        tell(configuration(loaded))?;
    }
    if let Some(config) = config {
        desk(config, &set_up::settings(config, None)?, checks, tell)?;
    }
    match checks.half {
        Half::Desk => hardware(checks, config, tell),
        Half::Online => Ok(()),
    }
}

/// What needs a configuration that holds.
fn desk(
    config: &Config,
    settings: &Settings,
    checks: &Checks<'_>,
    tell: &mut Tell<'_>,
) -> anyhow::Result<()> {
    let is_online = checks.half == Half::Online;
    let site = config.online.as_ref().filter(|_| is_online);
    let journal = site.map_or(&config.journal, |site| &site.journal);
    let files = Files {
        journal: journal.clone(),
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
    };
    tell(doctor::permissions::examine(&settings.token, &files))?;
    let now = kiosk::clock::Clock::System.now().wall;
    for finding in doctor::journal::examine(journal, now) {
        tell(finding)?;
    }
    for finding in doctor::latency::examine(&config.journal) {
        tell(finding)?;
    }
    let around = Surroundings {
        proxy_variable: [
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
            "HTTP_PROXY",
            "http_proxy",
        ]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
        .map(str::to_owned),
    };
    set_up::runtime()?.block_on(async {
        let asking = async {
            let (findings, way) = doctor::network::examine(settings, &around).await;
            for finding in findings {
                tell(finding)?;
            }
            for finding in doctor::token::examine(settings, way).await {
                tell(finding)?;
            }
            if is_online {
                online(config, settings, way, tell).await?;
            }
            Ok(())
        };
        tokio::select! {
            told = asking => told,
            () = checks.stop.asked() => Ok(()),
        }
    })
}

/// What a customer's phone needs, and the desks.
async fn online(
    config: &Config,
    settings: &Settings,
    way: Way,
    tell: &mut Tell<'_>,
) -> anyhow::Result<()> {
    tell(doctor::online::signatures())?;
    if let Some(site) = &config.online {
        for finding in doctor::online::examine(site, settings, way).await {
            tell(finding)?;
        }
    }
    if let Some(hand_off) = &config.hand_off {
        tell(doctor::online::line(hand_off, settings).await)?;
    }
    if config.online.is_none() && config.hand_off.is_none() {
        tell(Finding::bad("online", "doctor-online-none"))?;
    }
    Ok(())
}

/// What needs none.
fn hardware(
    checks: &Checks<'_>,
    config: Option<&Config>,
    tell: &mut Tell<'_>,
) -> anyhow::Result<()> {
    if checks.stop.is_asked() {
        return Ok(());
    }
    let symbologies = config.map_or_else(Symbologies::default, scan::symbologies);
    tell(doctor::scanner::examine(symbologies))?;
    let findings = match &checks.lens {
        Lens::Device(wanted) => doctor::camera::examine(wanted.clone()),
        Lens::Kiosk { frames, name } => doctor::camera::beside(frames, name.as_deref()),
        Lens::Demo => Vec::new(),
    };
    for finding in findings {
        tell(finding)?;
    }
    tell(doctor::display::examine(&checks.display))?;
    tell(doctor::touch::examine())?;
    let percent = config.map_or(AUDIBLE, config::volume);
    let path = std::env::var_os("PATH").unwrap_or_default();
    tell(doctor::sound::examine(percent, &path))
}

fn configuration(loaded: &Loaded) -> Finding {
    let of = |weight| {
        loaded
            .mistakes
            .iter()
            .filter(move |mistake| mistake.weight == weight)
    };
    let (mistakes, warnings) = (of(Weight::Mistake).count(), of(Weight::Warning).count());
    let file = loaded
        .path
        .as_ref()
        .map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    let finding = match (&loaded.config, warnings) {
        (None, _) => Finding::bad("configuration", "doctor-configuration-bad"),
        (Some(_), 0) => Finding::good("configuration", "doctor-configuration-good"),
        (Some(_), _) => Finding::watch("configuration", "doctor-configuration-watch"),
    };
    finding
        .with("file", file)
        .with("mistakes", mistakes)
        .with("warnings", warnings)
}

/// In short, for the code.
pub(in crate::cli) fn summary(loaded: Option<&Loaded>, findings: &[Finding]) -> String {
    let config = loaded.and_then(|loaded| loaded.config.as_ref());
    let name = config.and_then(|config| config.store.desk.as_deref());
    let now = kiosk::clock::Clock::System.now().wall;
    doctor::summary(name.unwrap_or("-"), now, findings)
}

/// For a screen: each line in its language as it is found, and the summary at the end, unless it was stopped.
pub(in crate::cli) fn on_screen(
    checks: &Checks<'_>,
    language: Language,
    mut tell: impl FnMut(CheckLine),
) -> Option<String> {
    let wording = Wording::new(language);
    let mut findings = Vec::new();
    let examined = examine(checks, &mut |finding| {
        tell(finding.line(&wording));
        findings.push(finding);
        Ok(())
    });
    if let Err(error) = examined {
        // What stands there already is worth reading.
        tracing::error!(%error, "the doctor came to an end early");
    }
    (!checks.stop.is_asked()).then(|| summary(checks.loaded, &findings))
}

/// What the window knows of its display.
pub(in crate::cli) fn drawn(panel: Panel) -> Display {
    let value = |number: u32| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    Display::Drawn {
        width: value(panel.width),
        height: value(panel.height),
        scale: value(panel.scale_percent) / 100.0,
        millis: value(panel.micros / 100) / 10.0,
    }
}
