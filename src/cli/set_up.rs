//! From the command line and the configuration to the parts of a kiosk.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;

use super::{Context, Exit};
use crate::config::{self, Books, Config, Environment, Loaded, Mistake, Origin, Weight};
use crate::journal::{Held, Journal};
use crate::kiosk::clock::Clock;
use crate::kiosk::{Inbox, Parts};
use crate::redemption::Rules;
use crate::weixin::token::TokenSource;
use crate::weixin::{Client, Settings};
use crate::wording::{Language, Wording};

/// The configuration; every mistake in it where it does not hold.
pub(super) fn configuration(context: &Context<'_>) -> anyhow::Result<Config> {
    let (loaded, told) = loaded(context);
    loaded
        .config
        .with_context(|| format!("the configuration does not hold:\n{told}"))
}

/// Where this desk's records are: whoever reads them needs no way to Weixin, and may not even see its secret.
pub(super) fn books(context: &Context<'_>) -> anyhow::Result<Books> {
    let (loaded, told) = loaded(context);
    loaded
        .books
        .with_context(|| format!("the configuration does not say where the journal is:\n{told}"))
}

/// The mistakes are told line by line; what is no more than a warning goes to the log.
fn loaded(context: &Context<'_>) -> (Loaded, String) {
    let loaded = config::load(context.config.as_deref(), &Environment::of_process());
    let mut told = Vec::new();
    for mistake in &loaded.mistakes {
        match mistake.weight {
            Weight::Warning => tracing::warn!("{}", line(mistake)),
            Weight::Mistake => told.push(line(mistake)),
        }
    }
    (loaded, told.join("\n"))
}

/// Whether nobody has said yet how Weixin is reached.
pub(super) fn is_unset(context: &Context<'_>) -> bool {
    config::load(context.config.as_deref(), &Environment::of_process()).is_unset
}

/// A mistake as a line for IT.
fn line(mistake: &Mistake) -> String {
    let Mistake {
        origin,
        key,
        wrong,
        instead,
        ..
    } = mistake;
    let origin = (*origin != Origin::Default).then(|| origin.to_string());
    let key = Some(key.clone()).filter(|key| !key.is_empty());
    let parts = [origin, key, Some(wrong.clone()), Some(instead.clone())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
}

/// `--lang`, the settings, the configuration, the locale, English.
pub(super) fn language(context: &Context<'_>, config: Option<&Config>) -> Language {
    let asked = context.lang.as_deref().and_then(Language::parse);
    config::language(asked, config, &Environment::of_process())
}

/// The card API as configured.
pub(super) fn client(config: &Config, record: Option<&Path>) -> anyhow::Result<Client> {
    Ok(Client::new(&settings(config, record)?)?)
}

/// What the card API is reached by.
pub(super) fn settings(config: &Config, record: Option<&Path>) -> anyhow::Result<Settings> {
    let token = match &config.weixin.token {
        config::TokenSource::StableToken { appid, secret_file } => TokenSource::StableToken {
            appid: appid.clone(),
            secret_file: secret_file.clone(),
        },
        config::TokenSource::Url { url, bearer_file } => TokenSource::Url {
            url: url.as_str().parse()?,
            bearer_file: bearer_file.clone(),
        },
        config::TokenSource::Static { token_file } => TokenSource::Static {
            token_file: token_file.clone(),
        },
    };
    let way_out = &config.weixin.way_out;
    let proxy = way_out.proxy.as_ref();
    let proxy = proxy.map(|proxy| proxy.as_str().parse());
    Ok(Settings {
        base_url: config.weixin.base_url.as_str().parse()?,
        proxy: proxy.transpose()?,
        ca_file: way_out.ca_file.clone(),
        token,
        record: record.map(Path::to_owned),
        hide: crate::logging::hide,
    })
}

/// The rules of redeeming as configured.
pub(super) fn rules(config: &Config) -> Rules {
    Rules {
        timeout: config.weixin.timeout,
        doubt: config.weixin.doubt,
        custom_code: config.cards.custom_code.clone(),
        honoured: config.cards.honoured.clone(),
        desk: config.store.desk.clone(),
    }
}

/// Puts a kiosk's parts together round the journal at `path`.
pub(super) fn parts(
    rules: Rules,
    weixin: Client,
    path: &Path,
    clock: Clock,
) -> Result<Parts, Held> {
    parts_told(rules, weixin, path, clock, || {})
}

/// The same; `on_record` is called in the journal's thread after each record.
pub(super) fn parts_told(
    rules: Rules,
    weixin: Client,
    path: &Path,
    clock: Clock,
    on_record: impl Fn() + Send + 'static,
) -> Result<Parts, Held> {
    let (inbox, events) = Inbox::new();
    let reports = inbox.clone();
    let report = move |write, result| {
        reports.journaled(write, result);
        on_record();
    };
    let opened = Journal::open(path, report)?;
    Ok(Parts {
        rules,
        // The system's chance, by way of a random UUID.
        seed: uuid::Uuid::new_v4().into_bytes(),
        weixin,
        journal: opened.journal,
        open: opened.in_doubt,
        redeemed: opened.redeemed,
        noted: opened.noted,
        trouble: opened.trouble,
        clock,
        inbox: (inbox, events),
    })
}

/// Says on stderr, whatever the log's level, that another process has the journal.
pub(super) fn held(wording: &Wording, path: &Path) -> anyhow::Result<Exit> {
    let path = path.display().to_string();
    let said = wording.say_with("journal-held", &[("path", path.into())]);
    writeln!(io::stderr(), "{said}")?;
    Ok(Exit::Held)
}

/// The loop's runtime: one thread, with the network and the clock.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
