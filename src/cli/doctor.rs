//! `doctor`: every check on this desk, a line each, and a code with the summary for IT to photograph.

pub(super) mod checks;

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::json;

use super::display::Display as Found;
use super::{Context, Exit, cameras, set_up};
use crate::camera::Wanted;
use crate::config::{self, Environment};
use crate::doctor::display::Display;
use crate::doctor::{self, Finding, Matter, Verdict, half_blocks};
use crate::ui;
use crate::wording::Wording;
use crate::worker::Stop;
use checks::{Checks, Half, Lens};

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
    let lens = Lens::Device(config.map_or_else(Wanted::default, cameras::wanted));
    let checks = Checks {
        loaded: Some(&loaded),
        lens,
        display: if args.online {
            Display::None
        } else {
            display(args)
        },
        half: if args.online {
            Half::Online
        } else {
            Half::Desk
        },
        stop: &Stop::default(),
    };
    checks::examine(&checks, &mut |finding| told.tell(finding))?;
    let summary = checks::summary(Some(&loaded), &told.findings);
    let findings = told.findings;
    end(context, &wording, &findings, &summary)?;
    Ok(match doctor::matter(&findings) {
        Matter::None => Exit::Done,
        Matter::Doubt => Exit::InDoubt,
        Matter::Reach => Exit::OutOfReach,
        Matter::SetUp => Exit::SetUp,
    })
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
