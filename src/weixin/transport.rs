//! Bytes out, bytes in: the lowest seam. Everything above it is the same live, in the demo and in a replay.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Proxy, Url, redirect};

use crate::redemption::reply::{NotSent, Refusal, Unknown};

use super::recording::{Player, Recorder};
use super::secret::Secret;
use super::token::TokenSource;
use super::{SetUpFault, Settings, clock, wire};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// A kept connection outlives a pause between two customers.
const KEPT_IDLE: Duration = Duration::from_secs(75);
/// No answer of the API comes near this.
const MAX_BODY: usize = 1024 * 1024;

/// One request.
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
    /// The API's page tickets, of this `type`.
    Ticket(&'static str),
}

impl fmt::Debug for Request<'_> {
    /// Where it goes, and nothing of what is in it: the body and the headers hold secrets too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target {
            Target::Api(path) => write!(f, "Request({path})"),
            Target::Url(_) => f.write_str("Request(the token's server)"),
            Target::Ticket(kind) => write!(f, "Request(the ticket {kind})"),
        }
    }
}

/// A status line and a body.
pub struct Raw {
    /// HTTP's status; Weixin's own refusals come with 200.
    pub status: u16,
    /// At most 1 MiB.
    pub body: Vec<u8>,
}

impl fmt::Debug for Raw {
    /// Bodies hold tokens and openids.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({}, {} bytes)", self.status, self.body.len())
    }
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
    /// Into a simulated network.
    #[cfg(test)]
    Simulated(super::simulated::Posts),
}

impl Transport {
    /// Sends one request, once.
    pub async fn send(&self, request: &Request<'_>) -> Result<Raw, Failure> {
        match self {
            Self::Recorded(player) => player.send(request).await,
            #[cfg(test)]
            Self::Simulated(posts) => super::simulated::send(posts, request).await,
            Self::Https(https, recorder) => {
                let result = https.send(request).await;
                if let Some(recorder) = recorder {
                    recorder.keep(request, &result);
                }
                result
            }
        }
    }

    /// Records a request that was not sent, or that nobody waits for any more.
    pub fn note(&self, request: &Request<'_>, failure: Failure) {
        if let Self::Https(_, Some(recorder)) = self {
            recorder.keep(request, &Err(failure));
        }
    }

    /// Records a request that was not sent because the token's source refused, as if the refusal had been its answer.
    pub fn note_refusal(&self, request: &Request<'_>, refusal: &Refusal) {
        if let Self::Https(_, Some(recorder)) = self {
            let trace = refusal.trace.as_deref().unwrap_or_default();
            let answer = serde_json::json!({ "errcode": refusal.errcode, "errmsg": trace });
            let body = answer.to_string().into_bytes();
            recorder.keep(request, &Ok(Raw { status: 200, body }));
        }
    }
}

/// A client with one kept connection, and a new one for each call that cannot be undone.
///
/// On a kept connection an answer that nobody asked for, behind an earlier one, may arrive after the consume was sent, and
/// nothing tells it from the true one; and where a machine on the way has forgotten the connection, a consume on it is
/// lost and in doubt. A new connection costs a handshake, carries nothing of what was before, and where it cannot be made,
/// nothing was sent.
#[derive(Debug)]
pub struct Https {
    client: reqwest::Client,
    /// The coupon's title is asked beside the query: on a connection of its own, so that a slow one holds up nothing.
    beside: reqwest::Client,
    /// Keeps no connection.
    once: reqwest::Client,
    base_url: Url,
}

impl Https {
    /// Checks and builds the client.
    pub fn new(settings: &Settings) -> Result<Self, SetUpFault> {
        Ok(Self {
            client: Self::client(settings, 1)?,
            beside: Self::client(settings, 1)?,
            once: Self::client(settings, 0)?,
            base_url: checked(settings.base_url.clone())?,
        })
    }

    fn client(settings: &Settings, kept: usize) -> Result<reqwest::Client, SetUpFault> {
        Self::builder(settings)?
            .pool_max_idle_per_host(kept)
            .build()
            .map_err(|error| client_fault(error.without_url()))
    }

    /// What every client here has in common.
    pub(super) fn builder(settings: &Settings) -> Result<reqwest::ClientBuilder, SetUpFault> {
        let token = match &settings.token {
            TokenSource::Url { url, .. } => Some(url),
            TokenSource::StableToken { .. } | TokenSource::Static { .. } | TokenSource::None => {
                None
            }
        };
        let to = std::iter::once(&settings.base_url).chain(token);
        let (proxy, ca_file) = (settings.proxy.as_ref(), settings.ca_file.as_deref());
        Ok(way_out(to, proxy, ca_file)?.pool_idle_timeout(KEPT_IDLE))
    }

    async fn send(&self, request: &Request<'_>) -> Result<Raw, Failure> {
        let client = match request.target {
            Target::Api(wire::CONSUME) => &self.once,
            Target::Api(wire::CARD_GET) | Target::Ticket(_) => &self.beside,
            Target::Api(_) | Target::Url(_) => &self.client,
        };
        let mut url = match request.target {
            Target::Api(path) => self.below_base(path),
            Target::Url(url) => url.clone(),
            Target::Ticket(kind) => {
                let mut url = self.below_base("/cgi-bin/ticket/getticket");
                url.query_pairs_mut().append_pair("type", kind);
                url
            }
        };
        if let Some(token) = request.token {
            url.query_pairs_mut()
                .append_pair("access_token", token.expose());
        }
        let mut builder = match &request.body {
            Some(body) => client.post(url).json(body),
            None => client.get(url),
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
        let body = without_secrets(body, request);
        Ok(Raw { status, body })
    }

    fn below_base(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url
    }
}

/// An answer that repeats the secrets of its request, in an errmsg for example, is kept without them.
fn without_secrets(body: Vec<u8>, request: &Request<'_>) -> Vec<u8> {
    /// What is shorter stands in half of all answers by chance.
    const SHORTEST: usize = 8;
    let secret = request
        .body
        .as_ref()
        .and_then(|body| body["secret"].as_str());
    let headers = request
        .headers
        .iter()
        .filter_map(|(_, value)| value.strip_prefix("Bearer "));
    let secrets = request
        .token
        .map(Secret::expose)
        .into_iter()
        .chain(secret)
        .chain(headers);
    match String::from_utf8(body) {
        Ok(mut text) => {
            for secret in secrets.filter(|secret| secret.len() >= SHORTEST) {
                for form in [secret.to_owned(), secret.replace('/', "\\/")] {
                    if text.contains(&form) {
                        text = text.replace(&form, "***");
                    }
                }
            }
            text.into_bytes()
        }
        // No JSON: nobody reads it or keeps it.
        Err(odd) => odd.into_bytes(),
    }
}

/// The way out of a shop to these addresses: no redirect, no repetition, no proxy but the configured one, and beside the
/// system's authorities those of `ca_file`.
pub fn way_out<'a>(
    to: impl IntoIterator<Item = &'a Url>,
    proxy: Option<&'a Url>,
    ca_file: Option<&Path>,
) -> Result<reqwest::ClientBuilder, SetUpFault> {
    let mut builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .http1_only()
        .connect_timeout(CONNECT)
        .user_agent(concat!("coupon-kiosk/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy) = proxy {
        let proxy = Proxy::all(proxy.clone()).map_err(|_hidden| SetUpFault::Proxy)?;
        builder = builder.proxy(proxy);
    }
    if let Some(ca_file) = ca_file {
        builder = builder.tls_certs_merge(certificates(ca_file)?);
    } else if to
        .into_iter()
        .chain(proxy)
        .all(|url| url.scheme() != "https")
    {
        // A stand-in or a proxy on this machine is reached from a machine without authorities too.
        builder = builder.tls_certs_only([]);
    }
    Ok(builder)
}

/// Only the words for IT hang on what the library's error says.
pub(super) fn client_fault(error: reqwest::Error) -> SetUpFault {
    if format!("{error:?}").contains("No CA certificates") {
        return SetUpFault::NoAuthority;
    }
    SetUpFault::Client(error)
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

fn certificates(path: &Path) -> Result<Vec<Certificate>, SetUpFault> {
    let pem = std::fs::read(path).map_err(|_told| SetUpFault::CaFile(path.to_owned()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(SetUpFault::CaFile(path.to_owned())),
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

/// How the TLS library's errors are called in which the other side, not the network, is at fault.
const TLS_FAULTS: [&str; 6] = [
    "InvalidCertificate",
    "AlertReceived",
    "InvalidMessage",
    "InappropriateHandshakeMessage",
    "PeerIncompatible",
    "PeerMisbehaved",
];

/// Only the words for people hang on this.
fn is_about_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let shown = format!("{error:?}");
        if TLS_FAULTS.iter().any(|mark| shown.contains(mark)) {
            return true;
        }
        cause = error.source();
    }
    false
}
