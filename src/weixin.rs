//! The card API: one exchange at a time, sorted by what its end proves.
//!
//! Reads (query, decrypt, title) are harmless: they are asked again when Weixin is busy, when a kept connection breaks,
//! and with a new token when the old one is refused. A consume is sent once, whatever happens; whether the same attempt
//! may send a second one is the redemption machine's to say.

mod clock;
pub mod errcode;
mod issuer;
pub mod probe;
pub mod recording;
pub mod secret;
pub mod signature;
#[cfg(test)]
pub mod simulated;
pub mod ticket;
pub mod token;
pub mod transport;
pub mod wire;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use reqwest::Url;
use tokio::time::Instant;

use crate::card::{CardId, CardTitle};
use crate::redemption::reply::{Ask, NotSent, Reason, Refusal, Reply, Told, Unknown};
use errcode::{Meaning, meaning};
use recording::{Player, Recorder};
use secret::Secret;
use ticket::Tickets;
use token::{NoToken, TokenSource, Tokens, quota_pause};
pub use transport::way_out;
use transport::{Failure, Https, Raw, Request, Target, Transport};
use wire::Answer;

/// How long before a busy Weixin is asked again; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(400);
/// How many titles are remembered; a merchant has dozens of cards, not thousands.
const TITLES: usize = 256;
/// How much of an answer the journal keeps.
const MAX_ANSWER: usize = 4096;

/// What the configuration says about Weixin.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Without a path, or with that of a proxy that stands before the API.
    pub base_url: Url,
    /// The only proxy that is used.
    pub proxy: Option<Url>,
    /// Further authorities to trust.
    pub ca_file: Option<PathBuf>,
    /// Where tokens come from.
    pub token: TokenSource,
    /// Where a recording is made.
    pub record: Option<PathBuf>,
    /// Is told every secret as soon as it is read or fetched, so that the log can hide it whoever writes it.
    pub hide: fn(&str),
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SetUpFault {
    /// The token would travel in the clear.
    #[error("plain http is taken for loopback addresses only: write https")]
    PlainHttp,
    /// The proxy's address.
    #[error("weixin.proxy is no address of a proxy")]
    Proxy,
    /// The authority's file.
    #[error("weixin.ca_file {0} holds no certificate in PEM form")]
    CaFile(PathBuf),
    /// A machine without the package of certificates, most likely.
    #[error(
        "this machine trusts no certificate authority: install its ca-certificates, or write weixin.ca_file"
    )]
    NoAuthority,
    /// The HTTP client.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[source] reqwest::Error),
    /// A recording's folder.
    #[error("the recording {0} cannot be read or written")]
    Folder(PathBuf),
    /// A recording's file.
    #[error("a file of the recording is no exchange: {0}")]
    Recording(#[source] serde_json::Error),
}

/// One exchange's end.
#[derive(Debug)]
pub struct Exchanged {
    /// What it proves.
    pub told: Told,
    /// The answer as it came, personal data masked.
    pub answer: Option<String>,
    /// How long after its order a consume was handed to the network.
    pub sent_after: Option<Duration>,
}

/// The card API. Cloning shares the connection, the token and the titles.
#[derive(Clone, Debug)]
pub struct Client(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    transport: Transport,
    tokens: Tokens,
    page_tickets: Tickets,
    /// Is told every secret.
    hide: fn(&str),
    titles: Mutex<BTreeMap<CardId, CardTitle>>,
    /// Until when a call's quota is used up; each call has one of its own.
    quotas: Mutex<BTreeMap<&'static str, Instant>>,
}

impl Client {
    /// A live client.
    pub fn new(settings: &Settings) -> Result<Self, SetUpFault> {
        if let TokenSource::Url { url, .. } = &settings.token {
            transport::checked(url.clone())?;
        }
        let recorder = settings.record.as_deref().map(Recorder::new).transpose()?;
        let https = Https::new(settings)?;
        Ok(Self::over(
            Transport::Https(Box::new(https), recorder),
            settings.token.clone(),
            settings.hide,
        ))
    }

    /// A client of a recording, without any network.
    pub fn recorded(player: Player) -> Self {
        Self::over(
            Transport::Recorded(player),
            TokenSource::None,
            |_made_up| {},
        )
    }

    fn over(transport: Transport, source: TokenSource, hide: fn(&str)) -> Self {
        Self(Arc::new(Shared {
            transport,
            tokens: Tokens::new(source, hide),
            page_tickets: Tickets::default(),
            hide,
            titles: Mutex::default(),
            quotas: Mutex::default(),
        }))
    }

    /// Asks once, within `limit`.
    pub async fn exchange(&self, ask: Ask, limit: Duration) -> Exchanged {
        if let Ask::Title(card_id) = &ask
            && let Some(title) = self.0.known_title(card_id)
        {
            return Exchanged::quiet(Told::Title(Reply::Answered(title)));
        }
        let begun = clock::ticks();
        let sent: OnceLock<Duration> = OnceLock::new();
        let deadline = clock::deadline(limit);
        let work = self.0.ask(&ask, begun, deadline, &sent);
        let end = tokio::time::timeout_at(deadline, work)
            .await
            .unwrap_or_else(|_late| {
                let failure = match sent.get() {
                    Some(_) => Failure::Lost(Unknown::Timeout),
                    None => Failure::NotSent(NotSent::NoToken),
                };
                self.0.transport.note(&request(&ask, None), failure);
                End::of_failure(failure)
            });
        tracing::debug!(call = wire::path(&ask), millis = clock::millis_since(begun), reply = ?end.reply, "exchange");
        let told = self.0.told(ask, end.reply);
        let sent_after = matches!(told, Told::Consume(_))
            .then(|| sent.get().copied())
            .flatten();
        Exchanged {
            told,
            answer: end.answer,
            sent_after,
        }
    }
}

impl Exchanged {
    fn quiet(told: Told) -> Self {
        Self {
            told,
            answer: None,
            sent_after: None,
        }
    }
}

/// An exchange's end before it is read as a certain ask's.
struct End {
    reply: Reply<Answer>,
    answer: Option<String>,
}

impl End {
    fn silent(reply: Reply<Answer>) -> Self {
        Self {
            reply,
            answer: None,
        }
    }

    fn of_failure(failure: Failure) -> Self {
        Self::silent(match failure {
            Failure::NotSent(why) => Reply::NotSent(why),
            Failure::Lost(why) => Reply::Unknown(why),
        })
    }

    fn of(raw: &Raw, is_consume: bool) -> Self {
        let answer = wire::masked(&raw.body).map(|value| {
            let text = value.to_string();
            text.chars().take(MAX_ANSWER).collect()
        });
        Self {
            reply: classified(raw, is_consume),
            answer,
        }
    }
}

impl Shared {
    async fn ask(
        &self,
        ask: &Ask,
        begun: Instant,
        deadline: Instant,
        sent: &OnceLock<Duration>,
    ) -> End {
        let is_consume = matches!(ask, Ask::Consume { .. });
        let mut renewed = is_consume;
        let mut reconnected = is_consume;
        let mut pause = FIRST_PAUSE;
        loop {
            let token = match self.token(ask).await {
                Ok(token) => token,
                Err(end) => return end,
            };
            sent.get_or_init(|| begun.elapsed());
            let end = match self.transport.send(&request(ask, Some(&token))).await {
                Ok(raw) => End::of(&raw, is_consume),
                Err(failure) => End::of_failure(failure),
            };
            match &end.reply {
                Reply::Refused(refusal) if refusal.reason == Reason::Token => {
                    self.tokens.reject(&token, refusal.errcode).await;
                    if std::mem::replace(&mut renewed, true) {
                        return end;
                    }
                }
                Reply::Unknown(Unknown::Broken) if !std::mem::replace(&mut reconnected, true) => {}
                // Its own word is worth more than "no answer in time", which a pause beyond the limit would come to.
                Reply::Unknown(Unknown::Busy(_))
                    if !is_consume && clock::ticks() + pause < deadline =>
                {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                Reply::Refused(refusal) => {
                    self.note_quota(ask, refusal.reason);
                    return end;
                }
                Reply::Answered(_) | Reply::NotSent(_) | Reply::Unknown(_) => return end,
            }
        }
    }

    /// A token to ask with, or why there is none; that is recorded here, since nothing is sent.
    async fn token(&self, ask: &Ask) -> Result<Secret, End> {
        let why = if self.is_out_of_quota(ask) {
            NoToken::NotSent(NotSent::Quota)
        } else {
            match self.tokens.get(&self.transport).await {
                Ok(token) => return Ok(token),
                Err(why) => why,
            }
        };
        match why {
            NoToken::NotSent(why) => {
                let failure = Failure::NotSent(why);
                self.transport.note(&request(ask, None), failure);
                Err(End::of_failure(failure))
            }
            NoToken::Refused(refusal) => {
                self.transport.note_refusal(&request(ask, None), &refusal);
                Err(End::silent(Reply::Refused(refusal)))
            }
        }
    }

    fn told(&self, ask: Ask, reply: Reply<Answer>) -> Told {
        match ask {
            Ask::Decrypt(_) => Told::Decrypt(read(reply, Answer::code)),
            Ask::Query { code, .. } => {
                Told::Query(read(reply, |answer| Some(answer.code_info(&code))))
            }
            Ask::Consume { .. } => {
                Told::Consume(read(reply, |answer| answer.is_of_consume().then_some(())))
            }
            Ask::Title(card_id) => {
                let reply = read(reply, Answer::title);
                if let (Reply::Answered(title), Ok(mut titles)) = (&reply, self.titles.lock()) {
                    if titles.len() >= TITLES {
                        titles.clear();
                    }
                    titles.insert(card_id, title.clone());
                }
                Told::Title(reply)
            }
        }
    }

    fn known_title(&self, card_id: &CardId) -> Option<CardTitle> {
        self.titles.lock().ok()?.get(card_id).cloned()
    }

    fn is_out_of_quota(&self, ask: &Ask) -> bool {
        let quotas = self.quotas.lock().ok();
        let until = quotas.and_then(|quotas| quotas.get(wire::path(ask)).copied());
        until.is_some_and(|until| clock::ticks() < until)
    }

    fn note_quota(&self, ask: &Ask, reason: Reason) {
        if let (Some(pause), Ok(mut quotas)) = (quota_pause(reason), self.quotas.lock()) {
            quotas.insert(wire::path(ask), clock::ticks() + pause);
        }
    }
}

fn request<'a>(ask: &Ask, token: Option<&'a Secret>) -> Request<'a> {
    Request {
        target: Target::Api(wire::path(ask)),
        body: Some(wire::body(ask)),
        token,
        headers: Vec::new(),
    }
}

/// A good answer that lacks what was asked for cannot be read.
fn read<T>(reply: Reply<Answer>, take: impl FnOnce(&Answer) -> Option<T>) -> Reply<T> {
    match reply {
        Reply::Answered(answer) => {
            take(&answer).map_or(Reply::Unknown(Unknown::Unreadable), Reply::Answered)
        }
        Reply::Refused(refusal) => Reply::Refused(refusal),
        Reply::NotSent(why) => Reply::NotSent(why),
        Reply::Unknown(why) => Reply::Unknown(why),
    }
}

/// What an answer proves. HTTP is 200 even for Weixin's refusals; any other status is some machine on the way.
pub fn classified(raw: &Raw, is_consume: bool) -> Reply<Answer> {
    if raw.status != 200 {
        return Reply::Unknown(Unknown::Status(raw.status));
    }
    let Some(answer) = Answer::parse(&raw.body) else {
        return Reply::Unknown(Unknown::Unreadable);
    };
    let reason = match meaning(answer.errcode) {
        Meaning::Done => return Reply::Answered(answer),
        Meaning::Busy => return Reply::Unknown(Unknown::Busy(answer.errcode)),
        Meaning::Unlisted if is_consume => return Reply::Unknown(Unknown::Errcode(answer.errcode)),
        Meaning::Unlisted => Reason::Unlisted,
        Meaning::Refused(reason) => reason,
    };
    Reply::Refused(Refusal {
        errcode: answer.errcode,
        reason,
        trace: answer.trace(),
    })
}
