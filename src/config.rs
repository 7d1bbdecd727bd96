//! The configuration: what was written, in the file and in the environment, then what it means, checked.
//!
//! Every mistake is collected with the place it stands at and what to write instead; unknown keys are mistakes. Secrets
//! never stand in the configuration itself, only the names of their files.

pub mod keys;
pub mod places;

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use toml::{Table, Value};

use crate::card::CardId;
use crate::payload::PaymentCodes;
use crate::wording::Language;
use keys::Kind;

/// What was found wrong with one key. The value is never told: it may be a secret in the wrong place.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Mistake {
    /// `file:line`, or the environment variable.
    pub origin: String,
    /// The key, with its section.
    pub key: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// The checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `weixin.base_url`
    pub base_url: url::Url,
    /// `weixin.timeout_secs`
    pub timeout: Duration,
    /// `weixin.doubt_secs`
    pub doubt: Duration,
    /// `weixin.proxy`
    pub proxy: Option<url::Url>,
    /// `weixin.ca_file`
    pub ca_file: Option<PathBuf>,
    /// `[weixin.token]`
    pub token: Token,
    /// `cards.custom_code`
    pub custom_code: Vec<CardId>,
    /// `cards.honoured`
    pub honoured: Vec<CardId>,
    /// `store.desk`
    pub desk: Option<String>,
    /// `store.time_zone`
    pub time_zone: TimeZone,
    /// `journal.path`
    pub journal: PathBuf,
    /// `ui.language`
    pub language: Option<Language>,
    /// `scan.refuse_payment_codes`
    pub payment_codes: PaymentCodes,
}

/// `[weixin.token]`
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Token {
    /// Weixin's own tokens.
    StableToken {
        /// The account.
        appid: String,
        /// The app secret's file.
        secret_file: PathBuf,
    },
    /// A central server's.
    Url {
        /// Its address.
        url: url::Url,
        /// Its bearer's file.
        bearer_file: Option<PathBuf>,
    },
    /// Somebody else keeps it fresh.
    Static {
        /// The token's file.
        token_file: PathBuf,
    },
}

/// What was read, and all that is wrong with it.
#[derive(Debug)]
pub struct Reading {
    /// The file, where there is one.
    pub path: Option<PathBuf>,
    /// What was written, environment included.
    written: Table,
    origins: std::collections::BTreeMap<String, String>,
    /// In the order of the keys.
    pub mistakes: Vec<Mistake>,
}

impl Reading {
    /// Reads the file and the environment's overrides. A file that is named and not there is a mistake.
    pub fn read(named: Option<&Path>, environment: &[(String, String)]) -> Self {
        let (path, is_named) = places::file(named, environment);
        let mut reading = Self {
            path: path.clone(),
            written: Table::new(),
            origins: std::collections::BTreeMap::new(),
            mistakes: Vec::new(),
        };
        if let Some(path) = path {
            match std::fs::read_to_string(&path) {
                Ok(text) => reading.take_file(&path, &text),
                Err(error) => reading.mistakes.push(Mistake {
                    origin: path.display().to_string(),
                    key: String::new(),
                    message: format!("the file cannot be read ({error})"),
                }),
            }
        } else if !is_named {
            reading.mistakes.push(Mistake {
                origin: "configuration".to_owned(),
                key: String::new(),
                message: "no configuration was found: write one and name it with --config"
                    .to_owned(),
            });
        }
        reading.take_environment(environment);
        reading
    }

    fn take_file(&mut self, path: &Path, text: &str) {
        match text.parse::<Table>() {
            Ok(table) => {
                for (key, value) in keys::flat(&table) {
                    let line = keys::line_of(text, &key);
                    self.take(key, value, format!("{}:{line}", path.display()));
                }
            }
            Err(error) => {
                let line = error
                    .span()
                    .map_or(1, |span| text[..span.start].lines().count().max(1));
                self.mistakes.push(Mistake {
                    origin: format!("{}:{line}", path.display()),
                    key: String::new(),
                    message: format!("this is no TOML: {}", error.message()),
                });
            }
        }
    }

    fn take_environment(&mut self, environment: &[(String, String)]) {
        for (name, text) in environment {
            let Some(rest) = name.strip_prefix("COUPON_KIOSK__") else {
                continue;
            };
            let key = rest.to_ascii_lowercase().replace("__", ".");
            let value = keys::from_environment(&key, text);
            self.take(key, value, name.clone());
        }
    }

    fn take(&mut self, key: String, value: Value, origin: String) {
        match keys::check(&key, &value) {
            Ok(()) => {
                self.origins.insert(key.clone(), origin);
                self.written.insert(key, value);
            }
            Err(message) => self.mistakes.push(Mistake {
                origin,
                key,
                message,
            }),
        }
    }

    fn wrong(&mut self, key: &str, message: impl Into<String>) {
        let origin = self.origins.get(key).cloned().unwrap_or_else(|| {
            self.path.as_ref().map_or_else(
                || "configuration".to_owned(),
                |path| path.display().to_string(),
            )
        });
        self.mistakes.push(Mistake {
            origin,
            key: key.to_owned(),
            message: message.into(),
        });
    }

    fn text(&self, key: &str) -> Option<String> {
        self.written
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    fn file(&mut self, key: &str) -> Option<PathBuf> {
        let path = PathBuf::from(self.text(key)?);
        if !path.is_file() {
            self.wrong(key, "this file is not there, or is no file");
        }
        Some(path)
    }

    fn needed_file(&mut self, key: &str) -> PathBuf {
        self.file(key).unwrap_or_else(|| {
            self.wrong(
                key,
                "is missing: name a file that holds nothing but the secret",
            );
            PathBuf::new()
        })
    }

    fn address(&mut self, key: &str) -> Option<url::Url> {
        let text = self.text(key)?;
        match text.parse::<url::Url>() {
            Ok(url) if url.has_host() => Some(url),
            Ok(_) | Err(_) => {
                self.wrong(key, "this is no address: write https://HOST");
                None
            }
        }
    }

    fn seconds(&self, key: &str, default: u64) -> Duration {
        let told = self.written.get(key).and_then(Value::as_integer);
        Duration::from_secs(
            told.and_then(|secs| u64::try_from(secs).ok())
                .unwrap_or(default),
        )
    }

    fn card_ids(&mut self, key: &str) -> Vec<CardId> {
        let texts: Vec<String> = match self.written.get(key).and_then(Value::as_array) {
            Some(items) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            None => return Vec::new(),
        };
        let mut ids = Vec::new();
        for text in texts {
            match CardId::parse(&text) {
                Ok(id) => ids.push(id),
                Err(why) => self.wrong(key, format!("one of these is no card_id: {why}")),
            }
        }
        ids
    }

    fn token(&mut self) -> Option<Token> {
        match self.text("weixin.token.source").as_deref() {
            Some("stable_token") => {
                let appid = self.text("weixin.token.appid").unwrap_or_default();
                if appid.is_empty() {
                    self.wrong(
                        "weixin.token.appid",
                        "is missing: write the account's app id",
                    );
                }
                let secret_file = self.needed_file("weixin.token.secret_file");
                Some(Token::StableToken { appid, secret_file })
            }
            Some("url") => {
                let url = self.address("weixin.token.url");
                if url.is_none() && self.text("weixin.token.url").is_none() {
                    self.wrong(
                        "weixin.token.url",
                        "is missing: write the token server's address",
                    );
                }
                let bearer_file = self.file("weixin.token.bearer_file");
                url.map(|url| Token::Url { url, bearer_file })
            }
            Some("static") => Some(Token::Static {
                token_file: self.needed_file("weixin.token.token_file"),
            }),
            Some(_) | None => {
                self.wrong(
                    "weixin.token.source",
                    "write \"stable_token\", \"url\" or \"static\"",
                );
                None
            }
        }
    }

    /// What it means; `None` where something is wrong.
    pub fn meaning(&mut self, environment: &[(String, String)]) -> Option<Config> {
        const WEIXIN: &str = "https://api.weixin.qq.com";
        let base_url = match self.text("weixin.base_url") {
            Some(_) => self.address("weixin.base_url"),
            None => WEIXIN.parse().ok(),
        };
        let token = self.token();
        let time_zone = self
            .text("store.time_zone")
            .unwrap_or_else(|| "Asia/Shanghai".to_owned());
        let time_zone = TimeZone::get(&time_zone).unwrap_or_else(|_unknown| {
            self.wrong(
                "store.time_zone",
                "is not known: write a name such as Asia/Shanghai",
            );
            TimeZone::UTC
        });
        let language = self
            .text("ui.language")
            .and_then(|tag| Language::parse(&tag));
        if language.is_none() && self.text("ui.language").is_some() {
            self.wrong("ui.language", "write \"zh\" or \"en\"");
        }
        let refuse = self
            .written
            .get("scan.refuse_payment_codes")
            .and_then(Value::as_bool);
        let config = Config {
            proxy: self.address("weixin.proxy"),
            ca_file: self.file("weixin.ca_file"),
            custom_code: self.card_ids("cards.custom_code"),
            honoured: self.card_ids("cards.honoured"),
            timeout: self.seconds("weixin.timeout_secs", 10),
            doubt: self.seconds("weixin.doubt_secs", 30),
            desk: self.text("store.desk"),
            time_zone,
            journal: self
                .text("journal.path")
                .map_or_else(|| places::journal(environment), PathBuf::from),
            language,
            payment_codes: match refuse {
                Some(false) => PaymentCodes::TakenAsCodes,
                Some(true) | None => PaymentCodes::Refused,
            },
            base_url: base_url?,
            token: token?,
        };
        self.mistakes.is_empty().then_some(config)
    }
}

/// The kind of value a key takes, in words.
fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "write a text in quotes",
        Kind::Seconds => "write a number of seconds, 1 to 600",
        Kind::Pixels => "write a number of pixels",
        Kind::Switch => "write true or false",
        Kind::Texts => "write a list of texts: [\"...\"]",
        Kind::Turn => "write 0, 90, 180 or 270",
    }
}
