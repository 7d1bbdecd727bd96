//! From the command line and the configuration to the parts of a kiosk.

use std::path::Path;

use anyhow::Context as _;

use super::{Context, Exit};
use crate::config::{Config, Mistake, Reading, Token};
use crate::journal::{Journal, OpenError};
use crate::kiosk::clock::Clock;
use crate::kiosk::{Inbox, Parts};
use crate::redemption::Rules;
use crate::weixin::token::TokenSource;
use crate::weixin::{Client, Settings};
use crate::wording::Language;

/// The environment, as far as it is text.
pub(super) fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The checked configuration, or its mistakes in words.
pub(super) fn configuration(context: &Context<'_>) -> anyhow::Result<Config> {
    let environment = environment();
    let mut reading = Reading::read(context.config.as_deref(), &environment);
    let config = reading.meaning(&environment);
    config.with_context(|| {
        let told: Vec<String> = reading.mistakes.iter().map(line).collect();
        format!("the configuration does not hold:\n{}", told.join("\n"))
    })
}

/// A mistake as a line for IT.
pub(super) fn line(mistake: &Mistake) -> String {
    if mistake.key.is_empty() {
        format!("{}: {}", mistake.origin, mistake.message)
    } else {
        format!("{}: {}: {}", mistake.origin, mistake.key, mistake.message)
    }
}

/// `--lang`, the configuration, the locale, English.
pub(super) fn language(context: &Context<'_>, config: Option<&Config>) -> Language {
    let locale = || {
        let environment = environment();
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| {
            let (_, value) = environment
                .iter()
                .find(|(known, value)| known == name && !value.is_empty())?;
            Language::parse(value)
        })
    };
    context
        .lang
        .as_deref()
        .and_then(Language::parse)
        .or_else(|| config.and_then(|config| config.language))
        .or_else(locale)
        .unwrap_or(Language::En)
}

/// The card API as configured.
pub(super) fn client(config: &Config, record: Option<&Path>) -> anyhow::Result<Client> {
    let token = match &config.token {
        Token::StableToken { appid, secret_file } => TokenSource::StableToken {
            appid: appid.clone(),
            secret_file: secret_file.clone(),
        },
        Token::Url { url, bearer_file } => TokenSource::Url {
            url: url.clone(),
            bearer_file: bearer_file.clone(),
        },
        Token::Static { token_file } => TokenSource::Static {
            token_file: token_file.clone(),
        },
    };
    let settings = Settings {
        base_url: config.base_url.clone(),
        proxy: config.proxy.clone(),
        ca_file: config.ca_file.clone(),
        token,
        record: record.map(Path::to_owned),
    };
    Ok(Client::new(&settings)?)
}

/// The rules of redeeming as configured.
pub(super) fn rules(config: &Config) -> Rules {
    Rules {
        timeout: config.timeout,
        doubt: config.doubt,
        custom_code: config.custom_code.clone(),
        honoured: config.honoured.clone(),
        desk: config.desk.clone(),
    }
}

/// Puts a kiosk's parts together round the journal at `path`; `Err` with the exit code where another one holds it.
pub(super) fn parts(
    rules: Rules,
    weixin: Client,
    path: &Path,
    clock: Clock,
) -> anyhow::Result<Result<Parts, Exit>> {
    let (inbox, events) = Inbox::new();
    let reports = inbox.clone();
    let report = Box::new(move |write, result| reports.journaled(write, result));
    let opened = match Journal::open(path, report) {
        Ok(opened) => opened,
        Err(OpenError::Held(_)) => return Ok(Err(Exit::Held)),
        Err(OpenError::Thread(error)) => return Err(error.into()),
    };
    Ok(Ok(Parts {
        rules,
        // The system's chance, by way of a random UUID.
        seed: uuid::Uuid::new_v4().into_bytes(),
        weixin,
        journal: opened.journal,
        open: opened.open,
        trouble: opened.trouble,
        clock,
        inbox: (inbox, events),
    }))
}

/// The loop's runtime: one thread, with the network and the clock.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
