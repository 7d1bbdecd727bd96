//! `redeem`: the same redemption as the kiosk's, without a window.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{anyhow, bail};
use jiff::Timestamp;
use serde::Serialize;

use super::kiosk_in_terminal::{Clerk, Patience, Session, TITLE_FOR};
use super::terminal::Page;
use super::{Context, Exit, scan, set_up};
use crate::card::{CardId, Code, CodeInfo, UserCardStatus};
use crate::config::Config;
use crate::journal::Held;
use crate::kiosk::clock::Clock;
use crate::payload::Payload;
use crate::redemption::attempt::{AttemptId, Outcome, SettledBy};
use crate::scanner::{self, Effort, picture};
use crate::screen::{Finished, Screen, Stage};
use crate::wording::Wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    what: What,
    /// The coupon's card_id, for custom codes
    #[arg(long, value_name = "ID")]
    card_id: Option<String>,
    /// Confirm: redeem what may be redeemed. Without it, only look
    #[arg(long)]
    yes: bool,
    /// How long to go on asking when the answer was lost, in seconds
    #[arg(long = "for", value_name = "SECS", default_value_t = 20)]
    patience: u64,
    /// Keep the exchanges with Weixin in a folder, secrets taken out
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct What {
    /// A picture of the code
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// The code, typed
    #[arg(long)]
    code: Option<String>,
    /// A link with encrypt_code or code
    #[arg(long, value_name = "URL")]
    link: Option<String>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let config = set_up::configuration(context)?;
    let wording = Wording::new(set_up::language(context, Some(&config)));
    let card_id = match &args.card_id {
        Some(text) => match CardId::parse(text) {
            Ok(card_id) => Some(card_id),
            Err(why) => bail!("--card-id: {why}"),
        },
        None => None,
    };
    let Some(payload) = payload(&args.what, &config)? else {
        if context.json {
            let told = serde_json::to_string(&Told::only(Outcome::Refused))?;
            writeln!(context.out, "{told}")?;
        } else {
            writeln!(context.out, "{}", wording.say("no-code"))?;
        }
        return Ok(Exit::Refused);
    };
    let payload = payload.with_card_id(card_id);
    let client = set_up::client(&config, args.record.as_deref())?;
    let clock = Clock::System;
    let parts = match set_up::parts(set_up::rules(&config), client, &config.journal, clock) {
        Ok(parts) => parts,
        Err(Held) => return set_up::held(&wording, &config.journal),
    };
    let clerk = if args.yes {
        Clerk::Confirms
    } else {
        Clerk::Looks
    };
    let is_json = context.json;
    let patience = Patience {
        // A program that reads the object is not told the title.
        title: if is_json { Duration::ZERO } else { TITLE_FOR },
        doubt: Duration::from_secs(args.patience),
    };
    let runtime = set_up::runtime()?;
    let last = runtime.block_on(async {
        let mut session = Session::new(parts);
        let mut printed = Ok(());
        let mut show = |screen: &Screen| {
            let page = Page {
                wording: &wording,
                time_zone: &config.store.time_zone,
                now: clock.now().wall,
            };
            if !is_json && printed.is_ok() {
                printed = writeln!(context.out, "{}\n", page.draw(screen));
            }
        };
        let last = session.redeem(payload, clerk, patience, &mut show).await;
        printed.map(|()| last)
    })?;
    let (outcome, told) = result(&last);
    if context.json {
        writeln!(context.out, "{}", serde_json::to_string(&told)?)?;
    }
    Ok(Exit::of(outcome))
}

/// What was shown; `None` for a picture without a code.
fn payload(what: &What, config: &Config) -> anyhow::Result<Option<Payload>> {
    let payment_codes = config.scan.payment_codes;
    if let Some(code) = &what.code {
        return Ok(Some(Payload::parse(code, payment_codes)));
    }
    if let Some(link) = &what.link {
        return Ok(Some(Payload::pasted(link, payment_codes)));
    }
    let Some(path) = &what.picture else {
        return Ok(None);
    };
    let luma = picture::open(path).map_err(|fault| anyhow!("{}: {fault}", path.display()))?;
    let texts = scanner::scan(&luma, scan::symbologies(config), Effort::First);
    let mut payloads: Vec<Payload> = texts
        .iter()
        .map(|found| Payload::parse(&found.text, payment_codes))
        .collect();
    let is_coupon =
        |payload: &Payload| matches!(payload, Payload::Code { .. } | Payload::Link { .. });
    if payloads.iter().filter(|payload| is_coupon(payload)).count() > 1 {
        bail!(
            "{} shows several coupons: take a picture of one, or name its code with --code",
            path.display()
        );
    }
    payloads.sort_by_key(|payload| !is_coupon(payload));
    Ok(payloads.into_iter().next())
}

/// The outcome and its object.
pub(super) fn result(screen: &Screen) -> (Outcome, Told) {
    match &screen.stage {
        Stage::Review(review) => {
            let mut finished = Finished::new(
                Outcome::Queried,
                crate::screen::Why::Confirmed,
                review.asked_at,
            );
            finished.code = Some(review.info.code.clone());
            finished.card_id.clone_from(&review.info.card_id);
            finished.info = Some(review.info.clone());
            (Outcome::Queried, Told::of(&finished))
        }
        Stage::Finished(finished) => (finished.outcome, Told::of(finished)),
        Stage::Idle | Stage::Working(_) => (Outcome::Unreachable, Told::only(Outcome::Unreachable)),
    }
}

/// The one object that `--json` ends with: its keys and their order are a contract, and what is not known is null.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    outcome: Outcome,
    code: Option<Code>,
    card_id: Option<CardId>,
    user_card_status: Option<UserCardStatus>,
    can_consume: Option<bool>,
    begin_time: Option<i64>,
    end_time: Option<i64>,
    errcode: Option<i64>,
    attempt_id: Option<AttemptId>,
    settled_by: Option<SettledBy>,
}

impl Told {
    fn of(finished: &Finished) -> Self {
        let info: Option<&CodeInfo> = finished.info.as_ref();
        let validity = info.map(|info| info.validity).unwrap_or_default();
        Self {
            code: finished.code.clone(),
            card_id: finished.card_id.clone(),
            user_card_status: info.and_then(|info| info.status.clone()),
            can_consume: info.and_then(|info| info.can_consume),
            begin_time: validity.begin.map(Timestamp::as_second),
            end_time: validity.end.map(Timestamp::as_second),
            errcode: finished.errcode,
            attempt_id: finished.attempt,
            settled_by: finished.settled_by,
            ..Self::only(finished.outcome)
        }
    }

    /// Nothing is known but how it ended.
    fn only(outcome: Outcome) -> Self {
        Self {
            outcome,
            code: None,
            card_id: None,
            user_card_status: None,
            can_consume: None,
            begin_time: None,
            end_time: None,
            errcode: None,
            attempt_id: None,
            settled_by: None,
        }
    }
}
