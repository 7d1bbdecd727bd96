//! `[online]`: the page for customers, and who serves it. `[hand_off]`: the desk that takes what they choose.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::card::CardId;

use super::Store;
use super::address::HttpUrl;
use super::environment::Environment;
use super::keys;
use super::meaning::path;
use super::mistake::{Origin, Wrong};
use super::network::Network;
use super::reader::{Reader, Shown, integer, list, text};
use super::values::{card_ids, check_pem};
use super::written::Raw;
use super::{place, secret_file, token};

/// `[online]`.
#[derive(Clone, Debug)]
pub struct Online {
    /// Where customers reach the page, whatever stands in front of it.
    pub public_url: HttpUrl,
    /// Where connections are taken.
    pub listen: SocketAddr,
    /// The own certificate and its key; none behind a proxy that has them.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Whose word on the customer's address is believed.
    pub trusted_proxies: Vec<Network>,
    /// What one address may ask in a minute.
    pub requests_per_minute: u32,
    /// The account that the page is signed for.
    pub appid: String,
    /// The cards that a customer may redeem by himself.
    pub self_redeem: Vec<CardId>,
    /// The list that the customer chooses from is narrowed to this store, type and card; empty narrows nothing.
    pub shop_id: String,
    /// See [`Online::shop_id`].
    pub card_type: String,
    /// See [`Online::shop_id`].
    pub card_id: String,
    /// Weixin's script, which the page loads.
    pub jweixin_url: HttpUrl,
    /// The online half's own journal.
    pub journal: PathBuf,
    /// The desks that choices may be handed to, each with its key.
    pub desks_file: Option<PathBuf>,
}

/// `[hand_off]`.
#[derive(Clone, Debug)]
pub struct HandOff {
    /// Where `serve` is reached.
    pub url: HttpUrl,
    /// Holds this desk's key.
    pub key_file: PathBuf,
}

const PUBLIC_URL: &str = "online.public_url";
const LISTEN: &str = "online.listen";
const CERTIFICATE: &str = "online.certificate_file";
const KEY: &str = "online.certificate_key_file";
const PROXIES: &str = "online.trusted_proxies";
const REQUESTS: &str = "online.requests_per_minute";
const APPID: &str = "online.appid";
const SELF_REDEEM: &str = "online.self_redeem";
const SHOP_ID: &str = "online.shop_id";
const CARD_TYPE: &str = "online.card_type";
const CARD_ID: &str = "online.card_id";
const JWEIXIN: &str = "online.jweixin_url";
const JOURNAL: &str = "online.journal_path";
const DESKS: &str = "online.desks_file";

/// What the section means; `None` where nobody wrote it, or where what has to be written is missing or wrong.
pub(super) fn of(
    reader: &mut Reader,
    environment: &Environment,
    token_appid: Option<&str>,
) -> Option<Online> {
    let is_meant = keys::KEYS
        .iter()
        .any(|(key, _)| key.starts_with("online.") && reader.is_written(key));
    let public_url = reader.optional(PUBLIC_URL, |raw| HttpUrl::origin(&text(PUBLIC_URL, raw)?));
    let usual: SocketAddr = ([127, 0, 0, 1], 8600).into();
    let listen = reader.or(LISTEN, usual, listen);
    let certificate = certificate(reader, environment);
    let trusted_proxies = reader.or(PROXIES, Vec::new(), networks);
    let requests_per_minute = reader.or(REQUESTS, 600, |raw| {
        integer(REQUESTS, raw, &(10..=1_000_000))
    });
    let appid = appid(reader, token_appid, is_meant);
    let self_redeem = reader.or(SELF_REDEEM, Vec::new(), |raw| card_ids(SELF_REDEEM, raw));
    let mut word = |key, is_fine: fn(char) -> bool| {
        let read = reader.optional(key, |raw| plain_word(key, raw, is_fine));
        read.unwrap_or_default()
    };
    let shop_id = word(SHOP_ID, |c| c.is_ascii_alphanumeric());
    let card_type = word(CARD_TYPE, |c| c.is_ascii_uppercase() || c == '_');
    let card_id = word(CARD_ID, |c| c.is_ascii_graphic());
    let official = HttpUrl::guarded("https://res.wx.qq.com/open/js/jweixin-1.6.0.js").ok();
    let jweixin_url = official.map(|official| {
        reader.or(JWEIXIN, official, |raw| {
            HttpUrl::guarded(&text(JWEIXIN, raw)?)
        })
    });
    let journal = journal(reader, environment);
    let desks_file = secret_file::optional(reader, DESKS, environment);
    if is_meant && public_url.is_none() && !reader.is_written(PUBLIC_URL) {
        reader.wrong(PUBLIC_URL, missing("online", PUBLIC_URL));
    }
    if !is_meant {
        return None;
    }
    Some(Online {
        public_url: public_url?,
        listen,
        certificate,
        trusted_proxies,
        requests_per_minute,
        appid: appid?,
        self_redeem,
        shop_id,
        card_type,
        card_id,
        jweixin_url: jweixin_url?,
        journal,
        desks_file,
    })
}

/// What the desk's section means.
pub(super) fn hand_off(
    reader: &mut Reader,
    environment: &Environment,
    store: &Store,
) -> Option<HandOff> {
    const URL: &str = "hand_off.url";
    const KEY_FILE: &str = "hand_off.key_file";
    let url = reader.optional(URL, |raw| HttpUrl::origin(&text(URL, raw)?));
    let key_file = secret_file::optional(reader, KEY_FILE, environment);
    let (has_url, has_key) = (reader.is_written(URL), key_file.is_some());
    if has_url && !has_key && !reader.is_written(KEY_FILE) {
        reader.wrong(KEY_FILE, missing("hand_off", KEY_FILE));
    }
    if reader.is_written(KEY_FILE) && !has_url {
        reader.wrong(URL, missing("hand_off", URL));
    }
    if has_url && store.desk.is_none() && !reader.is_written("store.desk") {
        reader.wrong("store.desk", missing("store", "store.desk"));
    }
    Some(HandOff {
        url: url?,
        key_file: key_file?,
    })
}

fn missing(section: &str, key: &str) -> Wrong {
    let instead = format!("write under [{section}]: {}", keys::example(key));
    Wrong::new("this key is missing", instead)
}

fn listen(raw: &Raw) -> Result<SocketAddr, Wrong> {
    text(LISTEN, raw)?.parse().map_err(|_unreadable| {
        Wrong::new(
            "this is no address with a port",
            "write it like 127.0.0.1:8600 behind a proxy, or 0.0.0.0:443 with a certificate",
        )
    })
}

fn certificate(reader: &mut Reader, environment: &Environment) -> Option<(PathBuf, PathBuf)> {
    let certificate = path(reader, CERTIFICATE, check_pem);
    let key = secret_file::optional(reader, KEY, environment);
    match (&certificate, &key) {
        (Some(_), None) if !reader.is_written(KEY) => {
            reader.wrong(KEY, missing("online", KEY));
        }
        (None, Some(_)) if !reader.is_written(CERTIFICATE) => {
            reader.wrong(CERTIFICATE, missing("online", CERTIFICATE));
        }
        (Some(_) | None, _) => {}
    }
    certificate.zip(key)
}

fn networks(raw: &Raw) -> Result<Vec<Network>, Wrong> {
    let texts = list(PROXIES, raw)?;
    texts.iter().map(|text| Network::parse(text)).collect()
}

fn appid(reader: &mut Reader, of_token: Option<&str>, is_meant: bool) -> Option<String> {
    let own = reader.optional(APPID, |raw| token::appid(APPID, raw));
    let appid = own
        .map(|token::AppId(appid)| appid)
        .or_else(|| of_token.map(str::to_owned));
    if is_meant && appid.is_none() && !reader.is_written(APPID) {
        reader.wrong(APPID, missing("online", APPID));
    }
    appid
}

fn plain_word(key: &str, raw: &Raw, is_fine: fn(char) -> bool) -> Result<String, Wrong> {
    let word = text(key, raw)?;
    if word.len() > 64 || !word.chars().all(is_fine) {
        let instead = format!("write it like {}", keys::example(key));
        return Err(Wrong::new("Weixin has no such filter", instead));
    }
    Ok(word)
}

fn journal(reader: &mut Reader, environment: &Environment) -> PathBuf {
    let written = path(reader, JOURNAL, |path| {
        if path.is_dir() {
            let wrong = Wrong::new("this is a folder", "write the path of a file in it");
            return Err(wrong);
        }
        Ok(())
    });
    written.unwrap_or_else(|| {
        let default = place::default_online_journal(environment);
        if !reader.is_written(JOURNAL) {
            reader.settings.pop();
            reader.note(JOURNAL, Some(default.shown()), Origin::Default);
        }
        default
    })
}
