//! `fleet provision`, at head office: shows a code for each new desk, and hands the desk that reads it its configuration and
//! its secrets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use image::{ImageBuffer, Luma};
use serde_json::json;
use tokio::sync::mpsc::Receiver;

use super::{Context, Exit, set_up};
use crate::config::{HttpUrl, Offered, names_a_secrets_file};
use crate::doctor::half_blocks;
use crate::fleet::{Given, Opened, Provisioning, Step, Waiting};
use crate::loopback;
use crate::office::first_start::Hidden;
use crate::weixin::secret::Secret;

/// A module of a code's picture, in pixels.
const MODULE: usize = 8;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The signed configuration, its signature beside it as FILE.minisig
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
    /// Whose signature it bears: minisign's public key, the second line of minisign.pub
    #[arg(long, value_name = "KEY")]
    public_key: String,
    /// A desk's name, as the bundle calls it; once for each new desk
    #[arg(long = "desk", value_name = "NAME", required = true)]
    desks: Vec<String>,
    /// Where the desks reach this command: https, a web server's that passes on to --listen
    #[arg(long, value_name = "URL")]
    address: String,
    /// A secret that the desks need: the key that names its file there, and the file that holds it here
    #[arg(long = "secret", value_name = "KEY=FILE")]
    secrets: Vec<String>,
    /// Where the desks fetch newer bundles: fleet.source
    #[arg(long, value_name = "URL")]
    source: Option<String>,
    /// The loopback address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// How long the codes hold, in minutes
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=1440))]
    minutes: u64,
    /// Write each code into a folder too, as NAME.png, to be shown somewhere else
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let given = given(args)?;
    let Opened {
        provisioning,
        waiting,
        steps,
    } = match Provisioning::open(&given, &args.desks) {
        Ok(opened) => opened,
        Err(refused) => {
            let told = json!({ "ok": false, "error": refused.to_string() });
            context.answer(&told, &format!("Nothing is handed out: {refused}."))?;
            return Ok(Exit::Refused);
        }
    };
    if let Some(folder) = &args.pictures {
        for waiting in &waiting {
            draw(waiting, folder)?;
        }
    }
    set_up::runtime()?.block_on(async {
        let listener = loopback::listen(args.listen)
            .with_context(|| format!("{} cannot be listened on", args.listen))?;
        let address = listener.local_addr()?;
        let told = json!({ "event": "listening", "address": address.to_string() });
        let minutes = args.minutes;
        let sentence = format!(
            "{} is answered on {address} for {minutes} minutes.",
            given.address
        );
        context.answer(&told, &sentence)?;
        let serving = tokio::spawn(Arc::clone(&provisioning).serve(listener));
        let patience = Duration::from_secs(args.minutes * 60);
        let all = attend(&waiting, steps, context);
        let all = tokio::time::timeout(patience, all).await;
        serving.abort();
        if let Ok(done) = all {
            done?;
            return Ok(Exit::Done);
        }
        let told = json!({ "event": "over" });
        let sentence =
            "The time is over, and the codes are worth nothing any more. Not every desk is set up.";
        context.answer(&told, sentence)?;
        Ok(Exit::Refused)
    })
}

fn given(args: &Args) -> anyhow::Result<Given> {
    let guarded = |name: &str, text: &str| {
        HttpUrl::of_secrets(text).with_context(|| {
            format!("--{name} {text}: write https:// (http:// is for this machine itself only)")
        })
    };
    let mut secrets = BTreeMap::new();
    for pair in &args.secrets {
        let (key, file) = pair
            .split_once('=')
            .with_context(|| format!("--secret {pair}: write KEY=FILE"))?;
        ensure!(
            names_a_secrets_file(key),
            "--secret {pair}: {key} is no key that names a secret's file, such as weixin.token.secret_file"
        );
        let secret =
            Secret::from_file(Path::new(file)).with_context(|| format!("--secret {pair}"))?;
        secrets.insert(key.to_owned(), Hidden::new(secret.expose()));
    }
    for (at, desk) in args.desks.iter().enumerate() {
        ensure!(
            !args.desks[..at].contains(desk),
            "--desk {desk}: it stands there twice"
        );
    }
    let key = args.public_key.parse().ok();
    Ok(Given {
        address: guarded("address", &args.address)?,
        key: key
            .context("--public-key: copy the second line of minisign.pub, which begins with RW")?,
        bundle: Offered::read(&args.bundle).map_err(|error| anyhow::anyhow!(error))?,
        source: args
            .source
            .as_deref()
            .map(|url| guarded("source", url))
            .transpose()?,
        secrets,
    })
}

/// Shows one code after the other, each until its desk has asked, and waits until every desk has kept what it got.
async fn attend(
    waiting: &[Waiting],
    mut steps: Receiver<Step>,
    context: &mut Context<'_>,
) -> anyhow::Result<()> {
    let mut claimed: Vec<String> = Vec::new();
    let mut left = waiting.len();
    let mut shown = None;
    while left > 0 {
        let next = waiting.iter().position(|one| !claimed.contains(&one.desk));
        if let Some(next) = next.filter(|next| shown != Some(*next)) {
            show(&waiting[next], context)?;
            shown = Some(next);
        }
        let Some(step) = steps.recv().await else {
            bail!("the codes are not answered any more");
        };
        let (event, desk, sentence) = match step {
            Step::Claimed(desk) => {
                claimed.push(desk.clone());
                let sentence = format!("{desk} has read its code, which is spent now.");
                ("claimed", desk, sentence)
            }
            Step::Kept(desk) => {
                left -= 1;
                let sentence = format!("{desk} is set up.");
                ("kept", desk, sentence)
            }
        };
        context.answer(&json!({ "event": event, "desk": desk }), &sentence)?;
    }
    Ok(())
}

fn show(waiting: &Waiting, context: &mut Context<'_>) -> anyhow::Result<()> {
    let Waiting { desk, enrolment } = waiting;
    let text = enrolment.to_string();
    let told = json!({ "event": "code", "desk": desk, "code": text });
    let lines = half_blocks::lines(&text).context("the address is too long for a code")?;
    let sentence = format!(
        "{}\n{desk}: choose \"By a code of head office's\" on the new kiosk, and hold this before its camera.",
        lines.join("\n")
    );
    context.answer(&told, &sentence)?;
    context.out.flush()?;
    Ok(())
}

fn draw(waiting: &Waiting, folder: &Path) -> anyhow::Result<()> {
    let rows = half_blocks::modules(&waiting.enrolment.to_string());
    let rows = rows.context("the address is too long for a code")?;
    let side = u32::try_from(rows.len() * MODULE)?;
    let dark = |x: u32, y: u32| rows[y as usize / MODULE][x as usize / MODULE];
    let picture = ImageBuffer::from_fn(side, side, |x, y| {
        Luma([if dark(x, y) { 0_u8 } else { 255 }])
    });
    std::fs::create_dir_all(folder)?;
    let name = format!("{}.png", waiting.desk.replace(['/', '\\'], "_"));
    let path = folder.join(name);
    picture
        .save(&path)
        .with_context(|| format!("{} cannot be written", path.display()))
}
