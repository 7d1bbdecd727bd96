//! The desk's end of the line: a request that is kept open at `serve`, so that nothing in the shop has to be reachable.
//!
//! A lost line comes back by itself. Until then the desk shows no code of its own, since nobody could use it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::{StatusCode, Url};
use tokio::sync::watch;

use crate::card::{CardId, EncryptCode};
use crate::event::Event;
use crate::payload::Payload;
use crate::screen::{Screen, Stage};
use crate::weixin::secret::{Secret, SecretFault};
use crate::weixin::{self, SetUpFault};

use super::desks::{Choice, Told, Waiting};
use super::unguessable;

/// How long an answer may take: longer than the server lets a request wait.
const ANSWER: Duration = Duration::from_secs(35);
/// How long before a lost line is tried again; doubled up to the last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(30);
/// How often a choice is offered to the kiosk until it has taken it.
const OFFER: Duration = Duration::from_millis(500);

/// What the line is set up from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where `serve` is reached.
    pub url: String,
    /// Holds the desk's key.
    pub key_file: PathBuf,
    /// The only proxy that is used.
    pub proxy: Option<String>,
    /// Further authorities to trust.
    pub ca_file: Option<PathBuf>,
}

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub enum LineFault {
    /// The key's file.
    #[error("hand_off.key_file: {0}")]
    Key(#[from] SecretFault),
    /// What stands where an address belongs.
    #[error("hand_off.url or weixin.proxy is no web address")]
    Address,
    /// The HTTP client.
    #[error(transparent)]
    Client(#[from] SetUpFault),
}

/// One desk's line.
#[derive(Debug)]
pub struct Line {
    client: reqwest::Client,
    url: String,
    key: Secret,
    waiting: Waiting,
}

/// What came of one request.
enum Heard {
    Told(Told),
    NoNews,
    Lost,
}

impl Line {
    /// Sets a line up; nothing is sent yet.
    pub fn new(settings: &Settings, hide: fn(&str)) -> Result<Self, LineFault> {
        let key = Secret::from_file(&settings.key_file)?;
        hide(key.expose());
        Ok(Self {
            client: client(
                &settings.url,
                settings.proxy.as_deref(),
                settings.ca_file.as_deref(),
            )?,
            url: format!("{}/desk/wait", settings.url),
            key,
            waiting: Waiting {
                kiosk: unguessable(),
                taken: None,
                shows: None,
            },
        })
    }

    /// Holds the line until it is dropped. `tell` offers an event to the kiosk; `false` is "not taken".
    pub async fn hold(
        &mut self,
        mut screens: watch::Receiver<Screen>,
        tell: impl Fn(Event) -> bool,
    ) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.ask().await {
                Heard::Told(told) => {
                    pause = FIRST_PAUSE;
                    self.show(Some(told.invitation), &tell);
                    if let Some(choice) = told.choice {
                        let room = Duration::from_millis(told.millis);
                        self.take(choice, room, &mut screens, &tell).await;
                    }
                }
                Heard::NoNews => pause = FIRST_PAUSE,
                Heard::Lost => {
                    self.show(None, &tell);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LAST_PAUSE);
                }
            }
        }
    }

    async fn ask(&self) -> Heard {
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(self.key.expose())
            .json(&self.waiting);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                let error = error.without_url();
                tracing::info!(%error, "the line to the online half is lost");
                return Heard::Lost;
            }
        };
        match answer.status() {
            StatusCode::OK => match answer.json().await {
                Ok(told) => Heard::Told(told),
                Err(_unreadable) => Heard::Lost,
            },
            StatusCode::NO_CONTENT => Heard::NoNews,
            status => {
                tracing::warn!(%status, "the online half does not take this desk");
                Heard::Lost
            }
        }
    }

    fn show(&mut self, invitation: Option<String>, tell: &impl Fn(Event) -> bool) {
        if self.waiting.shows != invitation && tell(Event::Invitation(invitation.clone())) {
            self.waiting.shows = invitation;
        }
    }

    /// Puts a choice on the desk's screen as soon as it is free, within `room`. It counts as taken when the screen says
    /// so: what was offered may still be passed over on its way, where the kiosk had too much to do or was just locked.
    async fn take(
        &mut self,
        choice: Choice,
        room: Duration,
        screens: &mut watch::Receiver<Screen>,
        tell: &impl Fn(Event) -> bool,
    ) {
        if self.waiting.taken == Some(choice.number) {
            return;
        }
        let Some(payload) = payload(&choice) else {
            tracing::warn!("a choice that is none");
            return;
        };
        let number = choice.number;
        let until = tokio::time::Instant::now() + room;
        let offer = async {
            let is_free = |screen: &Screen| !matches!(screen.stage, Stage::Working(_));
            let is_taken = |screen: &Screen| screen.desk.taken == Some(number);
            loop {
                screens.wait_for(is_free).await?;
                tell(Event::HandedOver {
                    number,
                    payload: payload.clone(),
                    until: until.into_std(),
                });
                if let Ok(seen) = tokio::time::timeout(OFFER, screens.wait_for(is_taken)).await {
                    return seen.map(drop);
                }
            }
        };
        match tokio::time::timeout_at(until, offer).await {
            Ok(Ok(())) => self.waiting.taken = Some(number),
            Ok(Err(_gone)) => {}
            // The last offer may have been taken in the last moment.
            Err(_late) => {
                if screens.borrow().desk.taken == Some(number) {
                    self.waiting.taken = Some(number);
                }
            }
        }
    }
}

/// A client for the online half at `url`.
pub fn client(
    url: &str,
    proxy: Option<&str>,
    ca_file: Option<&Path>,
) -> Result<reqwest::Client, LineFault> {
    let address = |text| Url::parse(text).map_err(|_syntax| LineFault::Address);
    let (url, proxy) = (address(url)?, proxy.map(address).transpose()?);
    weixin::way_out([&url], proxy.as_ref(), ca_file)?
        .timeout(ANSWER)
        .build()
        .map_err(|error| SetUpFault::Client(error.without_url()).into())
}

fn payload(choice: &Choice) -> Option<Payload> {
    let card_id = choice.card_id.as_deref().map(CardId::parse);
    Some(Payload::Link {
        encrypt_code: EncryptCode::parse(&choice.encrypt_code).ok()?,
        card_id: card_id.transpose().ok()?,
    })
}
