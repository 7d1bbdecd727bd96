//! `demo`: the kiosk's stories on recorded answers, in the terminal. Everything but the network is the real thing:
//! pictures, scanner, machine, journal, sentences. The journal is thrown away.

use std::time::Duration;

use anyhow::{Context as _, bail};
use include_dir::{Dir, include_dir};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;

use super::kiosk_in_terminal::{Clerk, Session};
use super::terminal::Page;
use super::{Context, Exit, set_up};
use crate::card::CardId;
use crate::kiosk::clock::Clock;
use crate::payload::{Payload, PaymentCodes};
use crate::redemption::Rules;
use crate::scanner::{self, Effort, Symbologies, picture};
use crate::screen::{Screen, Stage};
use crate::weixin::Client;
use crate::weixin::recording::Player;
use crate::wording::Wording;

static STORIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/stories");
static CODES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/codes");

/// How long a story in doubt is watched.
const WATCHED: Duration = Duration::from_secs(4);

#[derive(Debug, Default, clap::Args)]
pub(super) struct Args {
    /// Which story; `list` names them
    #[arg(long, default_value = "redeemed")]
    story: Option<String>,
}

/// `story.json` beside a recording.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    /// When the recording was made: the demo's clock begins there.
    at: Timestamp,
    /// The phones that are held up, one after the other.
    pictures: Vec<String>,
    #[serde(default)]
    custom_code: Vec<CardId>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let name = args.story.as_deref().unwrap_or("redeemed");
    if name == "list" {
        for story in STORIES.dirs() {
            writeln!(context.out, "{}", story.path().display())?;
        }
        return Ok(Exit::Done);
    }
    let Some(folder) = STORIES.get_dir(name) else {
        bail!("there is no story {name}: --story list names them");
    };
    let text = |file: &str| {
        folder
            .get_file(format!("{name}/{file}"))
            .and_then(include_dir::File::contents_utf8)
    };
    let story: Story =
        serde_json::from_str(text("story.json").context("the story has no story.json")?)?;
    let mut files: Vec<_> = folder
        .files()
        .filter(|file| !file.path().ends_with("story.json"))
        .collect();
    files.sort_by_key(|file| file.path());
    let player = Player::new(files.iter().filter_map(|file| file.contents_utf8()))?;
    play(&story, player, context)
}

fn play(story: &Story, player: Player, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let wording = Wording::new(set_up::language(context, None));
    let beijing = TimeZone::fixed(Offset::constant(8));
    let folder = tempfile::tempdir()?;
    let rules = Rules {
        timeout: Duration::from_secs(10),
        doubt: Duration::from_secs(30),
        custom_code: story.custom_code.clone(),
        honoured: Vec::new(),
        desk: Some("demo".to_owned()),
    };
    writeln!(context.out, "*** {} ***\n", wording.say("demo-watermark"))?;
    set_up::runtime()?.block_on(async {
        let clock = Clock::recorded(story.at);
        let journal = folder.path().join("journal.sqlite");
        let Ok(parts) = set_up::parts(rules, Client::recorded(player), &journal, clock) else {
            bail!("the demo's journal is held");
        };
        let mut session = Session::new(parts);
        for picture in &story.pictures {
            let payload = held_up(picture, &wording, context)?;
            let mut printed = Ok(());
            let mut show = |screen: &Screen| {
                let page = Page {
                    wording: &wording,
                    time_zone: &beijing,
                    now: clock.now().wall,
                };
                if printed.is_ok() {
                    printed = writeln!(context.out, "{}\n", page.draw(screen));
                }
                if printed.is_ok() && matches!(screen.stage, Stage::Review(_)) {
                    let touches = wording.say_with(
                        "demo-touches",
                        &[("button", wording.say("review-confirm").into())],
                    );
                    printed = writeln!(context.out, "> {touches}\n");
                }
            };
            session
                .redeem(payload, Clerk::Confirms, WATCHED, &mut show)
                .await;
            printed?;
        }
        Ok(Exit::Done)
    })
}

/// The picture's way through the scanner.
fn held_up(name: &str, wording: &Wording, context: &mut Context<'_>) -> anyhow::Result<Payload> {
    let file = CODES
        .get_file(format!("{name}.png"))
        .with_context(|| format!("no picture {name}"))?;
    writeln!(
        context.out,
        "> {}",
        wording.say_with("demo-shows", &[("picture", name.into())])
    )?;
    let luma = picture::parse(file.contents())?;
    let found = scanner::scan(&luma, Symbologies::default(), Effort::First);
    let text = found
        .first()
        .context("the picture has no code")?
        .text
        .as_str();
    let payload = Payload::parse(text, PaymentCodes::Refused);
    let reads = match payload {
        Payload::PaymentCode(_) => wording.say("demo-reads-payment"),
        Payload::Code { .. } | Payload::Link { .. } | Payload::NotACoupon(_) => {
            wording.say_with("demo-reads", &[("text", text.into())])
        }
    };
    writeln!(context.out, "> {reads}\n")?;
    Ok(payload)
}
