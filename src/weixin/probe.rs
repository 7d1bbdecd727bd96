//! Knocking at Weixin's door without a coupon: who answers there, and what stands between. For the doctor.
//!
//! A knock is a call without a token and without a code: Weixin answers it with an errcode, and whoever else answers
//! gives himself away by anything else. It carries no secret, so that it may be told to a server that is not trusted,
//! which is how an authority of the merchant's own is told from the page of a captive portal.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::tls::TlsInfo;
use reqwest::{Client, Response, Url};
use serde_json::json;

use crate::redemption::reply::{NotSent, Reason, Refusal, Reply};

use super::secret::Secret;
use super::token::{NoToken, Tokens};
use super::transport::{Failure, Https, Raw, Request, Target, Transport, client_fault};
use super::wire::Answer;
use super::{SetUpFault, Settings, classified, clock, issuer};

/// Who answered a knock, or what kept everybody from it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Met {
    /// An errcode: Weixin, or the merchant's own server before it.
    Weixin,
    /// A page where an errcode was expected: a captive portal, a filter, a gateway.
    Page(Page),
    /// A server that proves itself to nobody here.
    Untrusted {
        /// What is wrong with its certificate.
        fault: TlsFault,
        /// Who signed it, by its own word.
        issuer: Option<String>,
        /// What it answers all the same.
        behind: Option<Box<Met>>,
    },
    /// The proxy of the configuration wants a name and a password.
    ProxyWantsName,
    /// The proxy of the configuration does not let this through.
    ProxyRefuses,
    /// The name is not known.
    NoName,
    /// Nobody listens there.
    NobodyThere,
    /// Nothing comes back in time.
    Silence,
    /// The connection ended before an answer.
    Broken,
}

/// What answered in Weixin's place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// HTTP's.
    pub status: u16,
    /// The host to which it sends.
    pub sends_to: Option<String>,
}

impl Page {
    /// Whether it is one that people sign in at: it sends elsewhere, says so by 511, or shows a page as if all were well.
    pub fn is_portal(&self) -> bool {
        (200..400).contains(&self.status) || self.status == 511
    }
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TlsFault {
    /// Nobody whom this machine trusts has signed it.
    UnknownIssuer,
    /// It is for another name.
    WrongName,
    /// By this machine's clock it is over.
    Expired,
    /// By this machine's clock it has not begun.
    NotYetValid,
    /// What answers speaks no TLS, or something else is wrong with it.
    Other,
}

/// A knock's end.
#[derive(Clone, Debug)]
pub struct Knock {
    /// From the first byte out to the head of the answer, connecting included.
    pub took: Duration,
    /// Who answered.
    pub met: Met,
    /// How far this machine's clock is ahead of the answer's `Date`, in seconds; `Date` is told in whole seconds.
    pub skew_secs: Option<i64>,
}

/// Looks a server's name up. An address is its own.
pub async fn resolve(host: &str, port: u16, limit: Duration) -> io::Result<Vec<SocketAddr>> {
    let looked_up = tokio::time::timeout_at(
        clock::deadline(limit),
        tokio::net::lookup_host((host.trim_matches(['[', ']']), port)),
    );
    let found = looked_up
        .await
        .map_err(|_late| io::Error::from(io::ErrorKind::TimedOut))??;
    Ok(found.collect())
}

/// Knocks once, within `limit`.
pub async fn knock(settings: &Settings, limit: Duration) -> Result<Knock, SetUpFault> {
    let client = Https::builder(settings)?
        .build()
        .map_err(|error| client_fault(error.without_url()))?;
    let first = knock_with(&client, settings, limit).await;
    let Met::Untrusted { fault, .. } = first.met else {
        return Ok(first);
    };
    // The same question, that holds no secret, to whoever it is.
    let trusting = Https::builder(settings)?
        .tls_danger_accept_invalid_certs(true)
        .tls_info(true)
        .build()
        .map_err(|error| client_fault(error.without_url()))?;
    let mut issuer = None;
    let begun = clock::ticks();
    let behind = match ask(&trusting, settings, limit).await {
        Ok(response) => {
            issuer = response
                .extensions()
                .get::<TlsInfo>()
                .and_then(TlsInfo::peer_certificate)
                .and_then(issuer::of);
            Some(Box::new(met(response).await))
        }
        Err(_told) => None,
    };
    Ok(Knock {
        took: begun.elapsed(),
        met: Met::Untrusted {
            fault,
            issuer,
            behind,
        },
        skew_secs: first.skew_secs,
    })
}

async fn knock_with(client: &Client, settings: &Settings, limit: Duration) -> Knock {
    let begun = clock::ticks();
    let asked_at = clock::now();
    match ask(client, settings, limit).await {
        Ok(response) => {
            let took = begun.elapsed();
            let skew_secs = date(&response).map(|date| {
                // The answer was made somewhere between the two; half-way is the best guess.
                let here = asked_at.as_second() + i64::try_from(took.as_secs()).unwrap_or(0) / 2;
                here - date.as_second()
            });
            Knock {
                took,
                met: met(response).await,
                skew_secs,
            }
        }
        Err(met) => Knock {
            took: begun.elapsed(),
            met,
            skew_secs: None,
        },
    }
}

async fn ask(client: &Client, settings: &Settings, limit: Duration) -> Result<Response, Met> {
    let mut url: Url = settings.base_url.clone();
    let base = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{base}/card/code/get"));
    let answer = client.get(url).send();
    match tokio::time::timeout_at(clock::deadline(limit), answer).await {
        Err(_late) => Err(Met::Silence),
        Ok(Err(error)) => Err(barred(&error, settings.proxy.is_some())),
        Ok(Ok(response)) if settings.proxy.is_some() && response.status() == 407 => {
            Err(Met::ProxyWantsName)
        }
        Ok(Ok(response)) => Ok(response),
    }
}

fn date(response: &Response) -> Option<Timestamp> {
    let date = response.headers().get("date")?.to_str().ok()?;
    // HTTP names the zone GMT, which is an older spelling of RFC 2822's +0000.
    let parser = rfc2822::DateTimeParser::new();
    parser.parse_timestamp(date).ok()
}

async fn met(mut response: Response) -> Met {
    /// An errcode stands in the first few bytes.
    const ENOUGH: usize = 16 * 1024;
    let page = Page {
        status: response.status().as_u16(),
        sends_to: response.headers().get("location").and_then(|to| {
            to.to_str()
                .ok()?
                .parse::<Url>()
                .ok()?
                .host_str()
                .map(str::to_owned)
        }),
    };
    let mut body = Vec::new();
    while body.len() < ENOUGH
        && let Ok(Some(chunk)) = response.chunk().await
    {
        body.extend_from_slice(&chunk);
    }
    if Answer::parse(&body).is_some() && page.status == 200 {
        return Met::Weixin;
    }
    Met::Page(page)
}

/// Why there was no answer. The library's errors tell it in their texts only.
fn barred(error: &reqwest::Error, has_proxy: bool) -> Met {
    let mut texts = String::new();
    let mut cause: Option<&dyn std::error::Error> = error.source();
    while let Some(error) = cause {
        // Writing to a String cannot fail.
        writeln!(texts, "{error:?} {error}").ok();
        cause = error.source();
    }
    let says = |mark: &str| texts.contains(mark);
    let untrusted = |fault| Met::Untrusted {
        fault,
        issuer: None,
        behind: None,
    };
    if has_proxy && says("proxy authorization required") {
        return Met::ProxyWantsName;
    }
    if has_proxy && (says("TunnelUnsuccessful") || says("tunnel error: unsuccessful")) {
        return Met::ProxyRefuses;
    }
    let marks = [
        ("UnknownIssuer", TlsFault::UnknownIssuer),
        ("NotValidForName", TlsFault::WrongName),
        ("NotValidYet", TlsFault::NotYetValid),
        ("Expired", TlsFault::Expired),
        ("InvalidCertificate", TlsFault::Other),
        ("InvalidMessage", TlsFault::Other),
        ("AlertReceived", TlsFault::Other),
    ];
    if let Some((_, fault)) = marks.iter().find(|(mark, _)| says(mark)) {
        return untrusted(*fault);
    }
    if says("dns error") {
        Met::NoName
    } else if says("ConnectionRefused") || says("HostUnreachable") || says("NetworkUnreachable") {
        Met::NobodyThere
    } else if error.is_timeout() || says("TimedOut") {
        Met::Silence
    } else {
        Met::Broken
    }
}

/// An access token, looked at and not shown.
#[derive(Clone, Debug)]
pub struct TokenFacts {
    /// How long it still holds, where its source says so.
    pub life: Option<Duration>,
    /// What Weixin says of the calls that are left, or why it does not.
    pub quota: Result<Quota, Barrier>,
}

/// Calls of `/card/code/consume` today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quota {
    /// A day's.
    pub limit: u64,
    /// What is left.
    pub left: u64,
}

/// Why something could not be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Barrier {
    /// Weixin or the token's source refused.
    Refused {
        /// Its errcode.
        errcode: i64,
        /// What it means.
        reason: Reason,
        /// The address that is to be put on the account's list, where that is the trouble.
        address: Option<String>,
    },
    /// No answer.
    NotSent(NotSent),
    /// An answer that says nothing of it.
    Untold,
}

impl super::Client {
    /// How long the token that is kept still holds, where its source said so.
    pub async fn token_life(&self) -> Option<Duration> {
        self.0.tokens.life().await
    }
}

/// Gets a token as the kiosk does, and asks with it how many calls are left. Neither changes anything at Weixin.
pub async fn token(settings: &Settings, limit: Duration) -> Result<TokenFacts, Barrier> {
    let https = Https::new(settings).map_err(|_told_by_the_knock| Barrier::Untold)?;
    let transport = Transport::Https(Box::new(https), None);
    let tokens = Tokens::new(settings.token.clone(), settings.hide);
    let deadline = clock::deadline(limit);
    let token = tokio::time::timeout_at(deadline, tokens.get(&transport))
        .await
        .map_err(|_late| Barrier::NotSent(NotSent::NoToken))?
        .map_err(|why| match why {
            NoToken::NotSent(why) => Barrier::NotSent(why),
            NoToken::Refused(refusal) => Barrier::of(&refusal),
        })?;
    let quota = tokio::time::timeout_at(deadline, quota(&transport, &token));
    Ok(TokenFacts {
        life: tokens.life().await,
        quota: quota.await.unwrap_or(Err(Barrier::Untold)),
    })
}

async fn quota(transport: &Transport, token: &Secret) -> Result<Quota, Barrier> {
    let request = Request {
        target: Target::Api("/cgi-bin/openapi/quota/get"),
        body: Some(json!({ "cgi_path": "/card/code/consume" })),
        token: Some(token),
        headers: Vec::new(),
    };
    let raw: Raw = match transport.send(&request).await {
        Ok(raw) => raw,
        Err(Failure::NotSent(why)) => return Err(Barrier::NotSent(why)),
        Err(Failure::Lost(_)) => return Err(Barrier::Untold),
    };
    match classified(&raw, false) {
        Reply::Answered(answer) => match answer.quota() {
            Some((limit, left)) => Ok(Quota { limit, left }),
            None => Err(Barrier::Untold),
        },
        Reply::Refused(refusal) => Err(Barrier::of(&refusal)),
        Reply::NotSent(why) => Err(Barrier::NotSent(why)),
        Reply::Unknown(_) => Err(Barrier::Untold),
    }
}

impl Barrier {
    fn of(refusal: &Refusal) -> Self {
        Self::Refused {
            errcode: refusal.errcode,
            reason: refusal.reason,
            address: refusal.trace.as_deref().and_then(address),
        }
    }
}

/// The address in `invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist`.
fn address(trace: &str) -> Option<String> {
    let rest = &trace[trace.find("invalid ip ")? + "invalid ip ".len()..];
    let word = rest.split([' ', ',']).next()?;
    word.parse::<std::net::IpAddr>().ok()?;
    Some(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_to_add_is_read_out_of_weixins_words() {
        let words = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6-7";
        assert_eq!(address(words).as_deref(), Some("203.0.113.7"));
        assert_eq!(address("invalid ip unknown"), None);
        assert_eq!(address("rid: 1"), None);
    }
}
