//! `code query` and `code decrypt`: one harmless call. There is no bare consume.

use serde_json::json;

use super::{Context, Exit, set_up};
use crate::card::{CardId, Code, EncryptCode, Malformed};
use crate::payload::{Payload, PaymentCodes};
use crate::redemption::attempt::Outcome;
use crate::redemption::reply::{Ask, Reply, Told};
use crate::screen::Why;
use crate::wording::Wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    call: Call,
}

#[derive(Debug, clap::Subcommand)]
enum Call {
    /// What a code is worth
    Query {
        /// The code
        code: String,
        /// For custom codes
        #[arg(long, value_name = "ID")]
        card_id: Option<String>,
        /// Ask as a consume would be judged: states that forbid it are errors
        #[arg(long)]
        check_consume: bool,
    },
    /// The code inside a link's encrypt_code
    Decrypt {
        /// The encrypt_code, or the whole link as it was pasted
        encrypt_code: String,
    },
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let config = set_up::configuration(context)?;
    let ask = match &args.call {
        Call::Query {
            code,
            card_id,
            check_consume,
        } => Ask::Query {
            code: Code::parse(code)?,
            card_id: card_id.as_deref().map(CardId::parse).transpose()?,
            check_consume: *check_consume,
        },
        Call::Decrypt { encrypt_code } => Ask::Decrypt(sealed(encrypt_code)?),
    };
    let wording = Wording::new(set_up::language(context, Some(&config)));
    if let Ask::Query { code, .. } = &ask
        && let Payload::PaymentCode(scheme) =
            Payload::parse(code.as_str(), config.scan.payment_codes)
    {
        tell(context, &wording, &Why::PaymentCode(scheme), false)?;
        return Ok(Exit::Refused);
    }
    let client = set_up::client(&config, None)?;
    let exchanged = set_up::runtime()?.block_on(client.exchange(ask, config.weixin.timeout));
    let (exit, why) = match &exchanged.told {
        Told::Query(reply) => end(reply),
        Told::Decrypt(reply) => end(reply),
        Told::Consume(reply) => end(reply),
        Told::Title(reply) => end(reply),
    };
    if let Some(answer) = &exchanged.answer {
        writeln!(context.out, "{answer}")?;
    }
    let Some(why) = why else {
        return Ok(exit);
    };
    tell(context, &wording, &why, exchanged.answer.is_some())?;
    Ok(exit)
}

/// Why there is no good answer; in JSON only where there is no answer at all, which would be the one object.
fn tell(
    context: &mut Context<'_>,
    wording: &Wording,
    why: &Why,
    is_answered: bool,
) -> anyhow::Result<()> {
    let (said, advice) = wording.why(why, Outcome::Unreachable);
    if !context.json {
        writeln!(context.out, "{said} {advice}")?;
    } else if !is_answered {
        let object = json!({ "error": said, "advice": advice });
        writeln!(context.out, "{object}")?;
    }
    Ok(())
}

/// What a person pasted: a link, or what it carries.
fn sealed(text: &str) -> Result<EncryptCode, Malformed> {
    match Payload::pasted(text, PaymentCodes::Refused) {
        Payload::Link { encrypt_code, .. } => Ok(encrypt_code),
        Payload::Code { .. } | Payload::PaymentCode(_) | Payload::NotACoupon(_) => {
            EncryptCode::parse(text)
        }
    }
}

/// How it ended, and why where it was not answered.
fn end<T>(reply: &Reply<T>) -> (Exit, Option<Why>) {
    match reply {
        Reply::Answered(_) => (Exit::Done, None),
        Reply::Refused(refusal) => {
            let is_set_up = refusal.reason.is_set_up();
            let exit = if is_set_up {
                Exit::SetUp
            } else {
                Exit::Refused
            };
            (exit, Some(Why::Refusal(refusal.reason)))
        }
        Reply::NotSent(why) => {
            let is_set_up = why.is_set_up();
            let exit = if is_set_up {
                Exit::SetUp
            } else {
                Exit::OutOfReach
            };
            (exit, Some(Why::NotSent(*why)))
        }
        Reply::Unknown(why) => (Exit::OutOfReach, Some(Why::Unknown(*why))),
    }
}
