//! `doctor`: every check on this desk, a line each, and a code with the summary for IT to photograph.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;

use super::display::Display as Found;
use super::{Context, Exit, cameras, scan, set_up};
use crate::camera::Wanted;
use crate::config::{self, Config, Environment, Loaded, Weight};
use crate::doctor::display::Display;
use crate::doctor::network::{Surroundings, Way};
use crate::doctor::permissions::Files;
use crate::doctor::{self, Finding, Matter, Verdict, half_blocks};
use crate::scanner::Symbologies;
use crate::weixin::Settings;
use crate::wording::Wording;
use crate::{kiosk, ui};

/// What the card to print holds.
const CARD: &str = "coupon-kiosk test card";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Open no window, not even for the moment that the display's check takes
    #[arg(long)]
    no_window: bool,
    /// The online half instead of this desk: signatures, tickets, the page as customers reach it, the desks' keys
    #[arg(long)]
    online: bool,
    /// Write the test card by which the camera's sharpness is measured into a file (SVG), to be printed
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
}

impl Args {
    /// For whoever only wants the lines.
    pub(super) fn without_window() -> Self {
        Self {
            online: false,
            no_window: true,
            card: None,
        }
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    if let Some(path) = &args.card {
        let card = half_blocks::card(CARD).context("the card cannot be drawn")?;
        std::fs::write(path, card)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        return Ok(Exit::Done);
    }
    let environment = Environment::of_process();
    let loaded = config::load(context.config.as_deref(), &environment);
    let config = loaded.config.as_ref();
    let wording = Wording::new(set_up::language(context, config));
    let mut told = Told {
        context,
        wording: &wording,
        findings: Vec::new(),
    };
    told.tell(doctor::versions::examine())?;
    told.tell(configuration(&loaded))?;
    let settings = config
        .map(|config| set_up::settings(config, None))
        .transpose()?;
    if let (Some(config), Some(settings)) = (config, &settings) {
        desk(&mut told, config, settings, args)?;
    }
    if !args.online {
        hardware(&mut told, config, args)?;
    }
    let now = kiosk::clock::Clock::System.now().wall;
    let name = config
        .and_then(|config| config.store.desk.as_deref())
        .unwrap_or("-");
    let summary = doctor::summary(name, now, &told.findings);
    let findings = told.findings;
    end(context, &wording, &findings, &summary)?;
    Ok(match doctor::matter(&findings) {
        Matter::None => Exit::Done,
        Matter::Doubt => Exit::InDoubt,
        Matter::Reach => Exit::OutOfReach,
        Matter::SetUp => Exit::SetUp,
    })
}

/// What needs a configuration that holds.
fn desk(
    told: &mut Told<'_, '_>,
    config: &Config,
    settings: &Settings,
    args: &Args,
) -> anyhow::Result<()> {
    let site = config.online.as_ref().filter(|_| args.online);
    let journal = site.map_or(&config.journal, |site| &site.journal);
    let files = Files {
        journal: journal.clone(),
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
    };
    told.tell(doctor::permissions::examine(&settings.token, &files))?;
    let now = kiosk::clock::Clock::System.now().wall;
    for finding in doctor::journal::examine(journal, now) {
        told.tell(finding)?;
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
    let runtime = set_up::runtime()?;
    let (findings, way) = runtime.block_on(doctor::network::examine(settings, &around));
    for finding in findings {
        told.tell(finding)?;
    }
    for finding in runtime.block_on(doctor::token::examine(settings, way)) {
        told.tell(finding)?;
    }
    if args.online {
        online(told, config, settings, way)?;
    }
    Ok(())
}

/// What a customer's phone needs, and the desks.
fn online(
    told: &mut Told<'_, '_>,
    config: &Config,
    settings: &Settings,
    way: Way,
) -> anyhow::Result<()> {
    let runtime = set_up::runtime()?;
    told.tell(doctor::online::signatures())?;
    if let Some(site) = &config.online {
        for finding in runtime.block_on(doctor::online::examine(site, settings, way)) {
            told.tell(finding)?;
        }
    }
    if let Some(hand_off) = &config.hand_off {
        told.tell(runtime.block_on(doctor::online::line(hand_off, settings)))?;
    }
    if config.online.is_none() && config.hand_off.is_none() {
        told.tell(Finding::bad("online", "doctor-online-none"))?;
    }
    Ok(())
}

/// What needs none.
fn hardware(told: &mut Told<'_, '_>, config: Option<&Config>, args: &Args) -> anyhow::Result<()> {
    told.tell(doctor::scanner::examine(
        config.map_or_else(Symbologies::default, scan::symbologies),
    ))?;
    let wanted = config.map_or_else(Wanted::default, |config| cameras::wanted(&config.camera));
    for finding in doctor::camera::examine(wanted) {
        told.tell(finding)?;
    }
    told.tell(doctor::display::examine(&display(args)))?;
    told.tell(Finding::watch("sound", "doctor-sound-none"))
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

fn display(args: &Args) -> Display {
    match Found::of_process() {
        Found::None => Display::None,
        Found::Lacking(packages) => Display::Lacking(packages.join(" ")),
        Found::Ready if args.no_window => Display::None,
        Found::Ready => ui::measure().map_or(Display::Failed, |measured| Display::Drawn {
            width: measured.width,
            height: measured.height,
            scale: measured.scale,
            millis: measured.millis,
        }),
    }
}

/// Prints each finding as soon as it is there: some checks take seconds.
struct Told<'a, 'b> {
    context: &'a mut Context<'b>,
    wording: &'a Wording,
    findings: Vec<Finding>,
}

impl Told<'_, '_> {
    fn tell(&mut self, finding: Finding) -> anyhow::Result<()> {
        let out = &mut self.context.out;
        if self.context.json {
            writeln!(out, "{}", finding.object(self.wording))?;
        } else {
            let word = match finding.verdict {
                Verdict::Good => self.wording.say("doctor-good"),
                Verdict::Watch => self.wording.say("doctor-watch"),
                Verdict::Bad => self.wording.say("doctor-bad"),
            };
            writeln!(
                out,
                "{word}\t{:13} {}",
                finding.check,
                finding.says(self.wording)
            )?;
            if let Some(what) = finding.what_to_do(self.wording) {
                writeln!(out, "\t{:13} -> {what}", "")?;
            }
        }
        out.flush()?;
        self.findings.push(finding);
        Ok(())
    }
}

fn end(
    context: &mut Context<'_>,
    wording: &Wording,
    findings: &[Finding],
    summary: &str,
) -> anyhow::Result<()> {
    if context.json {
        let object = json!({ "verdict": doctor::verdict(findings).name(), "summary": summary });
        writeln!(context.out, "{object}")?;
        return Ok(());
    }
    let count = |verdict| {
        findings
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .count()
    };
    let values = [
        ("bad", count(Verdict::Bad).into()),
        ("watch", count(Verdict::Watch).into()),
    ];
    writeln!(
        context.out,
        "\n{}",
        wording.say_with("doctor-verdict", &values)
    )?;
    for line in half_blocks::lines(summary).unwrap_or_default() {
        writeln!(context.out, "{line}")?;
    }
    writeln!(context.out, "{}", wording.say("doctor-photograph"))?;
    Ok(())
}
