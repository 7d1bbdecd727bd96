//! Exchanges kept as files, and played again as a story.
//!
//! A recording is a folder of JSON files, played in the order of their names. Each holds one exchange:
//!
//! ```json
//! { "call": "/card/code/get", "request": {"code": "4096..."}, "status": 200, "answer": {"errcode": 0} }
//! { "call": "/card/code/consume", "request": {"code": "4096..."}, "failure": "broken", "applied": true }
//! ```
//!
//! `failure` is `timeout`, `broken`, `not_sent`, or one of the other reasons why nothing was sent (`tls`, `no_token`,
//! `token_set_up`, `quota`); an answer that could not be read has neither `answer` nor `failure`. `applied` says that a consume without an answer was carried out all
//! the same. A request finds the recorded exchanges of the same call, `code`, `card_id` and `encrypt_code`; they answer
//! in their order and the last one goes on answering. Once a code is consumed its look-ups answer CONSUMED, and further
//! consumes 40099. Tokens are not recorded: a player is asked with a made-up one. Personal data and secrets are taken out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::redemption::reply::{NotSent, Unknown};

use super::transport::{Failure, Raw, Request, Target};
use super::{SetUpFault, wire};

/// One recorded exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    call: String,
    request: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Fault>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    applied: bool,
}

/// How an exchange failed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fault {
    NotSent,
    Tls,
    NoToken,
    TokenSetUp,
    Quota,
    Timeout,
    Broken,
}

impl Fault {
    /// `None` where there was an answer that could not be read.
    fn of(failure: Failure) -> Option<Self> {
        match failure {
            Failure::NotSent(NotSent::Connect) => Some(Self::NotSent),
            Failure::NotSent(NotSent::Tls) => Some(Self::Tls),
            Failure::NotSent(NotSent::NoToken) => Some(Self::NoToken),
            Failure::NotSent(NotSent::TokenSetUp) => Some(Self::TokenSetUp),
            Failure::NotSent(NotSent::Quota) => Some(Self::Quota),
            Failure::Lost(Unknown::Timeout) => Some(Self::Timeout),
            Failure::Lost(Unknown::Unreadable) => None,
            Failure::Lost(
                Unknown::Broken
                | Unknown::Status(_)
                | Unknown::Busy(_)
                | Unknown::Errcode(_)
                | Unknown::Crash,
            ) => Some(Self::Broken),
        }
    }

    fn failure(self) -> Failure {
        match self {
            Self::NotSent => Failure::NotSent(NotSent::Connect),
            Self::Tls => Failure::NotSent(NotSent::Tls),
            Self::NoToken => Failure::NotSent(NotSent::NoToken),
            Self::TokenSetUp => Failure::NotSent(NotSent::TokenSetUp),
            Self::Quota => Failure::NotSent(NotSent::Quota),
            Self::Timeout => Failure::Lost(Unknown::Timeout),
            Self::Broken => Failure::Lost(Unknown::Broken),
        }
    }
}

/// Plays a recording. It cannot reach a network.
#[derive(Debug)]
pub struct Player {
    exchanges: Vec<Exchange>,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    played: BTreeMap<String, usize>,
    consumed: BTreeSet<String>,
}

impl Player {
    /// A player of these exchanges, in this order; each text is one file's.
    pub fn new<'a>(files: impl IntoIterator<Item = &'a str>) -> Result<Self, SetUpFault> {
        let exchanges = files
            .into_iter()
            .map(|file| serde_json::from_str(file).map_err(SetUpFault::Recording))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            exchanges,
            progress: Mutex::default(),
        })
    }

    /// A player of the folder that a [`Recorder`] wrote.
    pub fn open(folder: &Path) -> Result<Self, SetUpFault> {
        let unreadable = |_told| SetUpFault::Folder(folder.to_owned());
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
            .map_err(unreadable)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
        paths.sort();
        let files: Vec<String> = paths
            .iter()
            .map(|path| std::fs::read_to_string(path).map_err(unreadable))
            .collect::<Result<_, _>>()?;
        Self::new(files.iter().map(String::as_str))
    }

    /// Answers as recorded.
    pub async fn send(&self, request: &Request<'_>) -> Result<Raw, Failure> {
        let call = match request.target {
            Target::Api(call) => call,
            // Like the token, a ticket is made up.
            Target::Ticket(kind) => {
                let ticket = format!("recorded-{kind}");
                let answer =
                    json!({"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": 7200});
                return Ok(raw(200, &answer));
            }
            Target::Url(_) => return Err(Failure::NotSent(NotSent::Connect)),
        };
        tokio::task::yield_now().await;
        let asked = request.body.clone().unwrap_or(Value::Null);
        let key = key(call, &asked);
        let Ok(mut progress) = self.progress.lock() else {
            return Err(Failure::NotSent(NotSent::Connect));
        };
        let mut matching = self
            .exchanges
            .iter()
            .filter(|one| self::key(&one.call, &one.request) == key);
        let played = progress.played.entry(key.clone()).or_insert(0);
        let index = *played;
        *played += 1;
        let count = matching.clone().count();
        let Some(exchange) = matching.nth(index.min(count.saturating_sub(1))) else {
            let answer = json!({"errcode": 40056, "errmsg": "not in the recording"});
            return Ok(raw(200, &answer));
        };
        let code = asked["code"].as_str().unwrap_or_default().to_owned();
        let is_consumed = progress.consumed.contains(&code);
        if call == "/card/code/consume" {
            if is_consumed {
                let answer = json!({"errcode": 40099, "errmsg": "code consumed"});
                return Ok(raw(200, &answer));
            }
            let is_done = exchange
                .answer
                .as_ref()
                .is_some_and(|answer| answer["errcode"] == 0);
            if is_done || exchange.applied {
                progress.consumed.insert(code);
            }
        }
        if let Some(fault) = exchange.failure {
            return Err(fault.failure());
        }
        let mut answer = exchange.answer.clone().unwrap_or(Value::Null);
        if is_consumed && answer["errcode"] == 0 {
            answer["user_card_status"] = "CONSUMED".into();
            answer["can_consume"] = false.into();
        }
        Ok(raw(exchange.status.unwrap_or(200), &answer))
    }
}

/// What a request is recognised by.
fn key(call: &str, request: &Value) -> String {
    let field = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    [
        call.to_owned(),
        field("code"),
        field("card_id"),
        field("encrypt_code"),
    ]
    .join("\u{1f}")
}

fn raw(status: u16, answer: &Value) -> Raw {
    Raw {
        status,
        body: answer.to_string().into_bytes(),
    }
}

/// The number that an exchange's file begins with.
fn number(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.split('-').next()?.parse().ok()
}

/// Writes a recording.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    count: AtomicU32,
}

impl Recorder {
    /// Records into a folder, which is made. What it holds of an earlier run is kept, and comes first in the story.
    pub fn new(folder: &Path) -> Result<Self, SetUpFault> {
        let unusable = |_told| SetUpFault::Folder(folder.to_owned());
        std::fs::create_dir_all(folder).map_err(unusable)?;
        let names = std::fs::read_dir(folder).map_err(unusable)?;
        let last = names.filter_map(|entry| number(&entry.ok()?.path())).max();
        Ok(Self {
            folder: folder.to_owned(),
            count: AtomicU32::new(last.unwrap_or(0)),
        })
    }

    /// Keeps one exchange of the API; token exchanges are left out. A disk that fails costs the recording, nothing else.
    pub fn keep(&self, request: &Request<'_>, result: &Result<Raw, Failure>) {
        let Target::Api(call) = request.target else {
            return;
        };
        if !call.starts_with("/card/") {
            return;
        }
        let (status, answer, failure) = match result {
            Ok(raw) => (Some(raw.status), wire::masked(&raw.body), None),
            Err(failure) => match Fault::of(*failure) {
                Some(fault) => (None, None, Some(fault)),
                None => (Some(200), None, None),
            },
        };
        let exchange = Exchange {
            call: call.to_owned(),
            request: request.body.clone().unwrap_or(Value::Null),
            status,
            answer,
            failure,
            applied: false,
        };
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let name = call.trim_start_matches('/').replace('/', "-");
        let path = self.folder.join(format!("{number:03}-{name}.json"));
        let written = serde_json::to_string_pretty(&exchange)
            .map_err(std::io::Error::other)
            .and_then(|text| std::fs::write(path, text + "\n"));
        if let Err(error) = written {
            tracing::warn!(%error, "an exchange could not be recorded");
        }
    }
}
