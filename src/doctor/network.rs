//! The way to Weixin: the name, the connection, the certificate, who answers, and the clock.

use std::time::Duration;

use reqwest::Url;

use super::{Finding, millis, tick};
use crate::weixin::probe::{self, Knock, Met, Page, TlsFault};
use crate::weixin::{SetUpFault, Settings};

/// How long each step may take: longer than any answer of the kiosk's is awaited.
const LIMIT: Duration = Duration::from_secs(8);
/// From here on Weixin's tokens and dates are read wrongly.
const SKEW_BAD: i64 = 30;
/// `Date` tells whole seconds, and an answer takes some.
const SKEW_WATCH: i64 = 5;
/// A round trip that a clerk feels.
const SLOW_MILLIS: u64 = 1500;

/// What of this machine the checks are told, beside the settings.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// A proxy that the environment names and the kiosk does not use: its variable.
    pub proxy_variable: Option<String>,
}

/// Whether Weixin itself answered, for the checks behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// It did.
    Open,
    /// It did not.
    Barred,
}

/// Looks the name up, knocks, and says what was met.
pub async fn examine(settings: &Settings, around: &Surroundings) -> (Vec<Finding>, Way) {
    let first_hop = settings.proxy.as_ref().unwrap_or(&settings.base_url);
    let mut findings = vec![name(first_hop).await];
    match probe::knock(settings, LIMIT).await {
        Ok(knock) => {
            findings.extend(met(settings, around, &knock));
            findings.push(clock(&knock));
            let way = if knock.met == Met::Weixin {
                Way::Open
            } else {
                Way::Barred
            };
            (findings, way)
        }
        Err(fault) => {
            findings.push(client(&fault));
            (findings, Way::Barred)
        }
    }
}

async fn name(first_hop: &Url) -> Finding {
    let host = first_hop.host_str().unwrap_or_default().to_owned();
    if host
        .trim_matches(['[', ']'])
        .parse::<std::net::IpAddr>()
        .is_ok()
    {
        return Finding::good("dns", "doctor-dns-address").with("host", host);
    }
    let begun = tick();
    let port = first_hop.port_or_known_default().unwrap_or(443);
    match probe::resolve(&host, port, LIMIT).await {
        Ok(found) if !found.is_empty() => Finding::good("dns", "doctor-dns-found")
            .with("host", host)
            .with("count", found.len())
            .with("millis", millis(begun.elapsed())),
        Ok(_) | Err(_) => Finding::out_of_reach("dns", "doctor-dns-unknown").with("host", host),
    }
}

fn client(fault: &SetUpFault) -> Finding {
    match fault {
        SetUpFault::NoAuthority => Finding::bad("tls", "doctor-tls-no-authority"),
        SetUpFault::CaFile(path) => {
            Finding::bad("tls", "doctor-tls-ca-file").with("file", path.display().to_string())
        }
        SetUpFault::PlainHttp
        | SetUpFault::Proxy
        | SetUpFault::Client(_)
        | SetUpFault::Folder(_)
        | SetUpFault::Recording(_) => Finding::bad("reach", "doctor-reach-settings"),
    }
}

fn met(settings: &Settings, around: &Surroundings, knock: &Knock) -> Vec<Finding> {
    let host = settings.base_url.host_str().unwrap_or_default().to_owned();
    let took = millis(knock.took);
    let has_proxy = settings.proxy.is_some();
    let tls = || {
        if settings.base_url.scheme() == "https" {
            Finding::good("tls", "doctor-tls-trusted").with("host", host.clone())
        } else {
            Finding::good("tls", "doctor-tls-loopback").with("host", host.clone())
        }
    };
    let barred = |key| vec![Finding::out_of_reach("reach", key).with("host", host.clone())];
    match &knock.met {
        Met::Weixin => {
            let key = if has_proxy {
                "doctor-reach-by-proxy"
            } else {
                "doctor-reach-answers"
            };
            let mut reach = Finding::good("reach", key);
            if took > SLOW_MILLIS {
                reach = Finding::watch("reach", "doctor-reach-slow");
            }
            vec![tls(), reach.with("host", host.clone()).with("millis", took)]
        }
        Met::Page(page) => vec![tls(), self::page(page, &host)],
        Met::Untrusted {
            fault,
            issuer,
            behind,
        } => {
            let mut findings = vec![certificate(
                *fault,
                issuer.as_deref(),
                behind.as_deref(),
                &host,
            )];
            if let Some(Met::Page(page)) = behind.as_deref() {
                findings.push(self::page(page, &host));
            }
            findings
        }
        Met::ProxyWantsName => barred("doctor-reach-proxy-name"),
        Met::ProxyRefuses => barred("doctor-reach-proxy-refuses"),
        Met::NobodyThere | Met::NoName if has_proxy => barred("doctor-reach-proxy-gone"),
        Met::NobodyThere | Met::Silence | Met::NoName | Met::Broken
            if !has_proxy && around.proxy_variable.is_some() =>
        {
            let variable = around.proxy_variable.clone().unwrap_or_default();
            vec![
                Finding::out_of_reach("reach", "doctor-reach-proxy-unused")
                    .with("host", host)
                    .with("variable", variable),
            ]
        }
        Met::NoName => barred("doctor-reach-no-name"),
        Met::NobodyThere => barred("doctor-reach-nobody"),
        Met::Silence => barred("doctor-reach-silence"),
        Met::Broken => barred("doctor-reach-broken"),
    }
}

fn page(page: &Page, host: &str) -> Finding {
    let finding = match &page.sends_to {
        Some(to) => {
            Finding::out_of_reach("reach", "doctor-reach-portal-at").with("portal", to.as_str())
        }
        None if page.is_portal() => Finding::out_of_reach("reach", "doctor-reach-portal"),
        None => Finding::out_of_reach("reach", "doctor-reach-gateway"),
    };
    finding.with("host", host).with("status", page.status)
}

/// An authority of the merchant's own has Weixin's answers behind it; a portal's certificate has a portal's page.
fn certificate(fault: TlsFault, issuer: Option<&str>, behind: Option<&Met>, host: &str) -> Finding {
    let key = match (fault, behind) {
        (TlsFault::UnknownIssuer, Some(Met::Weixin)) => "doctor-tls-inspected",
        (TlsFault::UnknownIssuer, _) => "doctor-tls-stranger",
        (TlsFault::WrongName, _) => "doctor-tls-wrong-name",
        (TlsFault::Expired, _) => "doctor-tls-expired",
        (TlsFault::NotYetValid, _) => "doctor-tls-not-yet",
        (TlsFault::Other, _) => "doctor-tls-none",
    };
    Finding::out_of_reach("tls", key)
        .with("host", host)
        .with("issuer", issuer.unwrap_or("?"))
}

fn clock(knock: &Knock) -> Finding {
    let Some(skew) = knock.skew_secs else {
        return Finding::watch("clock", "doctor-clock-untold");
    };
    let secs = skew.abs();
    let (good, watch, bad) = if skew >= 0 {
        (
            "doctor-clock-right",
            "doctor-clock-ahead-a-little",
            "doctor-clock-ahead",
        )
    } else {
        (
            "doctor-clock-right",
            "doctor-clock-behind-a-little",
            "doctor-clock-behind",
        )
    };
    let finding = if secs > SKEW_BAD {
        Finding::bad("clock", bad)
    } else if secs > SKEW_WATCH {
        Finding::watch("clock", watch)
    } else {
        Finding::good("clock", good)
    };
    finding.with("secs", secs)
}
