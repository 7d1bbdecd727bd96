//! Bytes out, bytes in: the lowest seam. Everything above it is the same live, in the demo and in a replay.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Certificate, Proxy, Url, redirect};

use crate::redemption::reply::{NotSent, Unknown};

use super::recording::{Player, Recorder};
use super::secret::Secret;
use super::{SetUpFault, Settings, clock};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// A kept connection must outlive the longest review, so that a consume does not pay for a handshake.
const KEPT_IDLE: Duration = Duration::from_secs(75);
/// No answer of the API comes near this.
const MAX_BODY: usize = 1024 * 1024;

/// One request.
#[derive(Debug)]
pub struct Request<'a> {
    /// The call's path, or a whole address for a token from a central server.
    pub target: Target<'a>,
    /// JSON to post; `None` gets.
    pub body: Option<serde_json::Value>,
    /// Goes into the query string: it never reaches a log.
    pub token: Option<&'a Secret>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

/// Where a request goes.
#[derive(Debug)]
pub enum Target<'a> {
    /// Below the API's base address.
    Api(&'static str),
    /// The merchant's own token server.
    Url(&'a Url),
}

/// A status line and a body.
#[derive(Debug)]
pub struct Raw {
    /// HTTP's status; Weixin's own refusals come with 200.
    pub status: u16,
    /// At most 1 MiB.
    pub body: Vec<u8>,
}

/// No usable answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// No byte of the request has left.
    NotSent(NotSent),
    /// Something may have left.
    Lost(Unknown),
}

/// Where requests go.
#[derive(Debug)]
pub enum Transport {
    /// To Weixin, and into a recording where one is made.
    Https(Box<Https>, Option<Recorder>),
    /// To a recording. It holds no network client at all.
    Recorded(Player),
}

impl Transport {
    /// Sends one request, once.
    pub async fn send(&self, request: &Request<'_>) -> Result<Raw, Failure> {
        match self {
            Self::Recorded(player) => player.send(request).await,
            Self::Https(https, recorder) => {
                let result = https.send(request).await;
                if let Some(recorder) = recorder {
                    recorder.keep(request, &result);
                }
                result
            }
        }
    }
}

/// A client with one kept connection, set up for calls that cannot be undone.
#[derive(Debug)]
pub struct Https {
    client: reqwest::Client,
    base_url: Url,
}

impl Https {
    /// Checks and builds the client.
    pub fn new(settings: &Settings) -> Result<Self, SetUpFault> {
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(KEPT_IDLE)
            .user_agent(concat!("coupon-kiosk/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &settings.proxy {
            let proxy = Proxy::all(proxy.clone()).map_err(|_hidden| SetUpFault::Proxy)?;
            builder = builder.proxy(proxy);
        }
        if let Some(ca_file) = &settings.ca_file {
            builder = builder.tls_certs_merge(certificates(ca_file)?);
        }
        let client = builder
            .build()
            .map_err(|error| SetUpFault::Client(error.without_url()))?;
        Ok(Self {
            client,
            base_url: checked(settings.base_url.clone())?,
        })
    }

    async fn send(&self, request: &Request<'_>) -> Result<Raw, Failure> {
        let mut url = match request.target {
            Target::Api(path) => {
                let mut url = self.base_url.clone();
                let base = url.path().trim_end_matches('/').to_owned();
                url.set_path(&format!("{base}{path}"));
                url
            }
            Target::Url(url) => url.clone(),
        };
        if let Some(token) = request.token {
            url.query_pairs_mut()
                .append_pair("access_token", token.expose());
        }
        let mut builder = match &request.body {
            Some(body) => self.client.post(url).json(body),
            None => self.client.get(url),
        };
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let begun = clock::ticks();
        let mut response = builder.send().await.map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(Failure::Lost(Unknown::Unreadable));
            }
            body.extend_from_slice(&chunk);
        }
        tracing::debug!(status, millis = clock::millis_since(begun), "answered");
        Ok(Raw { status, body })
    }
}

/// Plain http is for loopback alone: the token travels in the address.
pub fn checked(url: Url) -> Result<Url, SetUpFault> {
    let is_loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback => Ok(url),
        _ => Err(SetUpFault::PlainHttp),
    }
}

fn certificates(path: &PathBuf) -> Result<Vec<Certificate>, SetUpFault> {
    let pem = std::fs::read(path).map_err(|_told| SetUpFault::CaFile(path.clone()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(SetUpFault::CaFile(path.clone())),
    }
}

/// A connection that never came about has carried nothing; after that anything may have been read by the other side.
fn failure(error: &reqwest::Error) -> Failure {
    if error.is_connect() {
        return Failure::NotSent(if is_about_tls(error) {
            NotSent::Tls
        } else {
            NotSent::Connect
        });
    }
    Failure::Lost(if error.is_timeout() {
        Unknown::Timeout
    } else {
        Unknown::Broken
    })
}

/// Only the words for people hang on this.
fn is_about_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let shown = format!("{error:?}");
        if ["InvalidCertificate", "AlertReceived", "InvalidMessage"]
            .iter()
            .any(|mark| shown.contains(mark))
        {
            return true;
        }
        cause = error.source();
    }
    false
}
