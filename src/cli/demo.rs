//! `demo`: the kiosk's stories on recorded answers, in the window or, without a display, in the terminal. Everything but
//! the network and the lens is the real thing: scanner, machine, journal, sentences. The journal is thrown away.

use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::{Offset, TimeZone};

use super::demo_online::DemoOnline;
use super::display::Display;
use super::kiosk_in_terminal::{Clerk, Patience, Session, TITLE_FOR};
use super::stand_in_phone::Browser;
use super::story::{self, Coupon, Story};
use super::terminal::Page;
use super::{Context, Exit, demo_window, set_up, thrift};
use crate::event::Event;
use crate::online::line::Line;
use crate::payload::{Payload, PaymentCodes};
use crate::scanner::{self, Effort, Symbologies};
use crate::screen::{Screen, Shade, Stage};
use crate::wording::{Language, Wording};

/// A story in doubt is watched for so long.
const WATCHED: Patience = Patience {
    title: TITLE_FOR,
    doubt: Duration::from_secs(4),
};

#[derive(Debug, Default, clap::Args)]
pub(super) struct Args {
    /// Which story; `list` names them
    #[arg(long)]
    story: Option<String>,
    /// In the terminal, also where a window could be opened
    #[arg(long)]
    terminal: bool,
    /// Dark words on a light ground
    #[arg(long)]
    light: bool,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    if args.story.as_deref() == Some("list") {
        for name in story::names() {
            writeln!(context.out, "{name}")?;
        }
        return Ok(Exit::Done);
    }
    let story = Story::open(args.story.as_deref().unwrap_or("redeemed"))?;
    if !args.terminal {
        let language = set_up::language(context, None);
        match Display::of_process() {
            Display::None => {}
            Display::Lacking(packages) => {
                let wording = Wording::new(language);
                let packages = packages.join(" ");
                let said =
                    wording.say_with("window-lacking", &[("packages", packages.as_str().into())]);
                let instead = wording.say("demo-in-terminal");
                writeln!(context.out, "{said} {instead}\n")?;
            }
            Display::Ready => {
                thrift::begin();
                let is_shown = args.story.is_some();
                let shade = if args.light {
                    Shade::Light
                } else {
                    Shade::Dark
                };
                demo_window::open(language, shade, story, is_shown)?;
                return Ok(Exit::Done);
            }
        }
    }
    play(&story, context)
}

fn play(story: &Story, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let wording = Wording::new(set_up::language(context, None));
    let beijing = TimeZone::fixed(Offset::constant(8));
    let folder = tempfile::tempdir()?;
    writeln!(context.out, "*** {} ***\n", wording.say("demo-watermark"))?;
    let language = wording.language();
    let online = match story.coupons() {
        [] => None,
        _ => Some(DemoOnline::start(folder.path(), language)?),
    };
    set_up::runtime()?.block_on(async {
        let clock = story.clock();
        let mut session = Session::new(story.parts(folder.path(), clock, || {})?);
        let scans = story.pictures().iter().map(Held::Up);
        let chosen = online.iter().flat_map(|online| {
            let coupons = story.coupons().iter();
            coupons.map(move |coupon| Held::Chosen(online, coupon))
        });
        for held in scans.chain(chosen) {
            let shown = match held {
                Held::Up(picture) => Shown::Scanned(held_up(picture, &wording, context)?),
                Held::Chosen(online, coupon) => {
                    let values = [("coupon", coupon.title.as_str().into())];
                    writeln!(
                        context.out,
                        "> {}\n",
                        wording.say_with("demo-chooses", &values)
                    )?;
                    Shown::Chosen(online, coupon)
                }
            };
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
            match shown {
                Shown::Scanned(payload) => {
                    session
                        .redeem(payload, Clerk::Confirms, WATCHED, &mut show)
                        .await;
                }
                Shown::Chosen(online, coupon) => {
                    let beside = chosen_on(online, language, coupon, &session)?;
                    session
                        .redeem_beside(beside, Clerk::Confirms, WATCHED, &mut show)
                        .await?;
                }
            }
            printed?;
        }
        Ok(Exit::Done)
    })
}

/// What a customer does.
enum Held<'a> {
    /// He holds up his phone.
    Up(&'a String),
    /// He scans the desk's own code and chooses.
    Chosen(&'a DemoOnline, &'a Coupon),
}

/// What the kiosk has of it.
enum Shown<'a> {
    Scanned(Payload),
    Chosen(&'a DemoOnline, &'a Coupon),
}

/// The way from a phone that scans the desk's code over the online half to the desk.
fn chosen_on(
    online: &DemoOnline,
    language: Language,
    coupon: &Coupon,
    session: &Session,
) -> anyhow::Result<impl Future<Output = anyhow::Result<()>> + use<>> {
    let mut line = Line::new(&online.line(), crate::logging::hide)?;
    let mut browser = Browser::new(online.address(), language)?;
    let (inbox, mut screens) = session.ends();
    let coupon = coupon.clone();
    Ok(async move {
        let seen = screens.clone();
        let phone = async {
            let invited = screens.wait_for(|screen| screen.desk.invitation.is_some());
            let invitation = invited.await?.desk.invitation.clone();
            browser.open(&invitation.unwrap_or_default()).await?;
            browser.sign().await?;
            let view = browser.choose(&coupon).await?;
            browser.settled(view).await
        };
        let served = async {
            phone.await?;
            std::future::pending().await
        };
        tokio::select! {
            () = line.hold(seen, |event: Event| inbox.offer(event)) => Ok(()),
            told = served => told,
        }
    })
}

/// The picture's way through the scanner.
fn held_up(name: &str, wording: &Wording, context: &mut Context<'_>) -> anyhow::Result<Payload> {
    writeln!(
        context.out,
        "> {}",
        wording.say_with("demo-shows", &[("picture", name.into())])
    )?;
    let luma = story::picture(name)?;
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
