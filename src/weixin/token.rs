//! Access tokens: three sources, one fetch in flight, renewed when they end or are refused.
//!
//! `stable_token` is asked with `force_refresh` false: every desk of an account then shares one token, and forcing would
//! kill it for the others (20 times a day at most). A central server is told the hash of a token that Weixin refused, in
//! the header `X-Rejected-Token-Sha256`. A token in a file cannot be renewed by the kiosk: the file is read again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, ToSpan};
use reqwest::Url;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::redemption::reply::{NotSent, Reason, Refusal};

use super::clock;
use super::errcode::{Meaning, meaning};
use super::secret::Secret;
use super::transport::{Failure, Raw, Request, Target, Transport};
use super::wire::Answer;

/// How long before its end a token is renewed.
const RENEW_EARLY: u64 = 60;
/// The longest life that is believed; announced are two hours. Keeps an odd number out of the clock's arithmetic.
const LONGEST_LIFE: u64 = 24 * 3600;
/// How long a set-up refusal is repeated from memory before the source is asked again.
const SET_UP_PAUSE: Duration = Duration::from_secs(20);

/// Where tokens come from.
#[derive(Clone, Debug)]
pub enum TokenSource {
    /// Weixin's own, with the account's secret.
    StableToken {
        /// The account.
        appid: String,
        /// Read anew for every fetch.
        secret_file: PathBuf,
    },
    /// The merchant's central server.
    Url {
        /// Answers a GET with `access_token` and `expires_in`.
        url: Url,
        /// Sent as a bearer.
        bearer_file: Option<PathBuf>,
    },
    /// A file that somebody else keeps fresh.
    Static {
        /// One line.
        token_file: PathBuf,
    },
    /// For recordings: no token is needed and none is sent anywhere.
    None,
}

/// Why there is no token. Nothing was sent to the card API.
#[derive(Clone, Debug)]
pub enum NoToken {
    /// The network's or a person's matter.
    NotSent(NotSent),
    /// The source refused, with an errcode.
    Refused(Refusal),
}

/// The one token of the process.
#[derive(Debug)]
pub struct Tokens {
    source: TokenSource,
    /// Is told every secret.
    hide: fn(&str),
    /// Held while a token is fetched: one fetch is in flight, the others wait for its token.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    token: Option<(Secret, Option<Instant>)>,
    rejected: Option<(Secret, i64)>,
    pause: Option<(Instant, NoToken)>,
}

impl Tokens {
    /// No token yet.
    pub fn new(source: TokenSource, hide: fn(&str)) -> Self {
        Self {
            source,
            hide,
            kept: Mutex::default(),
        }
    }

    /// The token, fetched where it must be.
    pub async fn get(&self, transport: &Transport) -> Result<Secret, NoToken> {
        let mut kept = self.kept.lock().await;
        let now = clock::ticks();
        if let Some((token, until)) = &kept.token
            && until.is_none_or(|until| now < until)
        {
            return Ok(token.clone());
        }
        if let Some((until, why)) = &kept.pause
            && now < *until
        {
            return Err(why.clone());
        }
        kept.pause = None;
        match self.fetch(transport, kept.rejected.as_ref()).await {
            Ok((token, life)) => {
                (self.hide)(token.expose());
                let life = life.map(|life| life.min(LONGEST_LIFE));
                let until = life.map(|life| {
                    now + Duration::from_secs(life.saturating_sub(RENEW_EARLY).max(life / 2))
                });
                kept.token = Some((token.clone(), until));
                Ok(token)
            }
            Err(why) => {
                kept.pause = pause(&why).map(|pause| (now + pause, why.clone()));
                Err(why)
            }
        }
    }

    /// How long the token that is kept still holds, where its source said so.
    pub(super) async fn life(&self) -> Option<Duration> {
        let kept = self.kept.lock().await;
        let (_, until) = kept.token.as_ref()?;
        let left = until.map(|until| until.saturating_duration_since(clock::ticks()))?;
        Some(left + Duration::from_secs(RENEW_EARLY))
    }

    /// Weixin refused this token: it is dropped, if it is still the one that is kept.
    pub async fn reject(&self, refused: &Secret, errcode: i64) {
        let mut kept = self.kept.lock().await;
        if kept
            .token
            .as_ref()
            .is_some_and(|(token, _)| token == refused)
        {
            kept.token = None;
            kept.rejected = Some((refused.clone(), errcode));
            tracing::info!(errcode, "the access token was refused and is renewed");
        }
    }

    async fn fetch(
        &self,
        transport: &Transport,
        rejected: Option<&(Secret, i64)>,
    ) -> Result<(Secret, Option<u64>), NoToken> {
        match &self.source {
            TokenSource::None => Ok((Secret::new("recorded"), None)),
            TokenSource::Static { token_file } => {
                let token = self.file(token_file)?;
                match rejected {
                    Some((refused, errcode)) if *refused == token => {
                        Err(NoToken::Refused(Refusal {
                            errcode: *errcode,
                            reason: Reason::Token,
                            trace: None,
                        }))
                    }
                    Some(_) | None => Ok((token, None)),
                }
            }
            TokenSource::StableToken { appid, secret_file } => {
                let secret = self.file(secret_file)?;
                let body = json!({
                    "grant_type": "client_credential",
                    "appid": appid,
                    "secret": secret.expose(),
                    "force_refresh": false,
                });
                fetched(
                    transport,
                    Target::Api("/cgi-bin/stable_token"),
                    Some(body),
                    Vec::new(),
                )
                .await
            }
            TokenSource::Url { url, bearer_file } => {
                let mut headers = Vec::new();
                if let Some(bearer_file) = bearer_file {
                    let bearer = self.file(bearer_file)?;
                    headers.push(("Authorization", format!("Bearer {}", bearer.expose())));
                }
                if let Some((refused, _)) = rejected {
                    headers.push(("X-Rejected-Token-Sha256", refused.fingerprint()));
                }
                fetched(transport, Target::Url(url), None, headers).await
            }
        }
    }

    fn file(&self, path: &Path) -> Result<Secret, NoToken> {
        let secret = Secret::from_file(path).map_err(|fault| {
            tracing::error!(path = %path.display(), %fault, "a secret's file");
            NoToken::NotSent(NotSent::TokenSetUp)
        })?;
        (self.hide)(secret.expose());
        Ok(secret)
    }
}

async fn fetched(
    transport: &Transport,
    target: Target<'_>,
    body: Option<serde_json::Value>,
    headers: Vec<(&'static str, String)>,
) -> Result<(Secret, Option<u64>), NoToken> {
    let request = Request {
        target,
        body,
        token: None,
        headers,
    };
    match transport.send(&request).await {
        Ok(Raw { status: 200, body }) => match Answer::token(&body) {
            Some((token, life)) => Ok((Secret::new(&token), Some(life))),
            None => Err(refused(&body)),
        },
        Ok(Raw {
            status: 401 | 403, ..
        }) => Err(NoToken::NotSent(NotSent::TokenSetUp)),
        Ok(Raw { status, .. }) => {
            tracing::warn!(status, "the token source failed");
            Err(NoToken::NotSent(NotSent::NoToken))
        }
        Err(Failure::NotSent(why)) => Err(NoToken::NotSent(why)),
        Err(Failure::Lost(_)) => Err(NoToken::NotSent(NotSent::NoToken)),
    }
}

/// From the token endpoint 40001 means a wrong secret, not an old token.
fn refused(body: &[u8]) -> NoToken {
    let Some(answer) = Answer::parse(body) else {
        return NoToken::NotSent(NotSent::NoToken);
    };
    let reason = match meaning(answer.errcode) {
        Meaning::Refused(Reason::Token) => Reason::Credentials,
        Meaning::Refused(reason) if reason.is_set_up() => reason,
        Meaning::Refused(_) | Meaning::Unlisted => Reason::Credentials,
        Meaning::Done | Meaning::Busy => return NoToken::NotSent(NotSent::NoToken),
    };
    NoToken::Refused(Refusal {
        errcode: answer.errcode,
        reason,
        trace: answer.trace(),
    })
}

fn pause(why: &NoToken) -> Option<Duration> {
    match why {
        NoToken::NotSent(_) => None,
        NoToken::Refused(refusal) => Some(quota_pause(refusal.reason).unwrap_or(SET_UP_PAUSE)),
    }
}

/// How long a used-up quota stays so: until the next day in Beijing, or for a minute.
pub fn quota_pause(reason: Reason) -> Option<Duration> {
    match reason {
        Reason::DailyQuota => {
            let now = clock::now().to_zoned(TimeZone::fixed(Offset::constant(8)));
            let midnight = now
                .start_of_day()
                .and_then(|day| day.checked_add(1.day()))
                .ok()?;
            let left: SignedDuration = now.duration_until(&midnight);
            Duration::try_from(left).ok()
        }
        Reason::MinuteQuota => Some(Duration::from_mins(1)),
        Reason::AlreadyRedeemed
        | Reason::UnknownCode
        | Reason::NotUsable
        | Reason::WrongTime
        | Reason::WrongKind
        | Reason::UseLimit
        | Reason::NotMarked
        | Reason::BadEncryptCode
        | Reason::CardId
        | Reason::Token
        | Reason::Credentials
        | Reason::IpList
        | Reason::Permission
        | Reason::Request
        | Reason::Account
        | Reason::Unlisted => None,
    }
}
