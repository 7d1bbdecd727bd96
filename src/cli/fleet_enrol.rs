//! `fleet enrol`, at a new desk without a display: takes what a code of head office's stands for. A kiosk with a display reads
//! it by its camera at its first start.

use std::io::Read as _;

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::{Context, Exit, first_start, set_up};
use crate::config::{self, Environment, Weight};
use crate::fleet::{Enrolment, unguessable};
use crate::office::first_start::{NotProvided, Provision};

/// Far more than any code.
const LONGEST: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The code's text, or - for standard input
    code: String,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let environment = Environment::of_process();
    let found = config::load(None, &environment);
    ensure!(
        context.config.is_none() && found.is_unset,
        "this desk is configured already, and a code of head office's is for a new one"
    );
    let mut text = args.code.clone();
    if text == "-" {
        text.clear();
        std::io::stdin().take(LONGEST).read_to_string(&mut text)?;
    }
    let enrolment: Enrolment = text.parse()?;
    let claim = unguessable();
    let runtime = set_up::runtime()?;
    let provision = match runtime.block_on(enrolment.claim(&claim, &found.way_out)) {
        Ok(provision) => provision,
        Err(why) => return nothing(why, context),
    };
    let Provision { desk, version, .. } = provision.clone();
    let start = first_start::of(provision, set_up::language(context, None));
    let (_folder, loaded) = first_start::tried(&start, &environment)?;
    if loaded.config.is_none() {
        let mistakes = loaded.mistakes.iter();
        let mistakes = mistakes.filter(|mistake| mistake.weight == Weight::Mistake);
        let lines: Vec<String> = mistakes.map(ToString::to_string).collect();
        let lines = lines.join("\n");
        let told = json!({ "ok": false, "error": lines });
        context.answer(
            &told,
            &format!("Nothing is kept: this desk cannot use it:\n{lines}"),
        )?;
        return Ok(Exit::Refused);
    }
    let journal = config::default_journal(&environment);
    let folder = journal.parent().context("a journal lies in a folder")?;
    config::begin(folder, &start)?;
    runtime.block_on(enrolment.tell_kept(&claim, &found.way_out));
    let told = json!({ "ok": true, "desk": desk, "version": version });
    let sentence = format!(
        "This is the desk {desk} now, with version {version} of head office's configuration."
    );
    context.answer(&told, &sentence)?;
    Ok(Exit::Done)
}

fn nothing(why: NotProvided, context: &mut Context<'_>) -> anyhow::Result<Exit> {
    let (exit, word, sentence) = match why {
        NotProvided::Foreign => (
            Exit::SetUp,
            "foreign",
            "This is no code of head office's for a new desk.",
        ),
        NotProvided::Unreachable => (
            Exit::OutOfReach,
            "unreachable",
            "Head office does not answer: look at the network, and whether its command still runs.",
        ),
        NotProvided::Spent => (
            Exit::Refused,
            "spent",
            "This code is worth nothing any more: head office has to show a new one.",
        ),
        NotProvided::Unsigned => (
            Exit::Refused,
            "unsigned",
            "What came is not what the holder of the key in the code has signed. Nothing is kept.",
        ),
    };
    context.answer(&json!({ "ok": false, "error": word }), sentence)?;
    Ok(exit)
}
