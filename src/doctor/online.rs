//! The online half: signatures, tickets, the page as customers reach it, and the desks' keys.
//!
//! A wrong `cardSign` gives an empty list and no word of why, so what the served page signs is signed again here, with the
//! tickets that Weixin hands out now.

use std::path::Path;
use std::time::Duration;

use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};

use super::Finding;
use super::network::Way;
use crate::config::{HandOff, Online};
use crate::online::desks::{self, DesksFault};
use crate::online::line;
use crate::redemption::reply::Reply;
use crate::weixin::secret::Secret;
use crate::weixin::signature::{self, Filter};
use crate::weixin::ticket::{CardTicket, JsapiTicket};
use crate::weixin::{Client, Settings};

const LIMIT: Duration = Duration::from_secs(8);
/// The page itself is shorter by far.
const LONGEST_PAGE: usize = 256 * 1024;

/// The published examples, which need nobody else.
pub fn signatures() -> Finding {
    let wrong = signature::wrong();
    if wrong.is_empty() {
        Finding::good("signatures", "doctor-signatures-good").with("count", signature::COUNT)
    } else {
        Finding::bad("signatures", "doctor-signatures-bad").with("which", wrong.join(", "))
    }
}

/// What `serve` needs.
pub async fn examine(site: &Online, settings: &Settings, way: Way) -> Vec<Finding> {
    let (jsapi, card) = match (way, Client::new(settings)) {
        (Way::Open, Ok(client)) => {
            tokio::join!(client.jsapi_ticket(LIMIT), client.card_ticket(LIMIT))
        }
        (Way::Open | Way::Barred, _) => {
            let mut findings = vec![Finding::watch("tickets", "doctor-tickets-not-asked")];
            findings.extend(served(site, settings, None).await);
            return findings;
        }
    };
    let mut findings = vec![
        ticket("jsapi_ticket", "jsapi", &jsapi),
        ticket("card_ticket", "wx_card", &card),
    ];
    let tickets = match (jsapi, card) {
        (Reply::Answered(jsapi), Reply::Answered(card)) => Some((jsapi, card)),
        _ => None,
    };
    findings.extend(served(site, settings, tickets.as_ref()).await);
    findings
}

fn ticket<T>(check: &'static str, kind: &'static str, reply: &Reply<T>) -> Finding {
    let finding = match reply {
        Reply::Answered(_) => Finding::good(check, "doctor-ticket-good"),
        Reply::Refused(refusal) => {
            Finding::bad(check, "doctor-ticket-refused").with("errcode", refusal.errcode)
        }
        Reply::NotSent(_) | Reply::Unknown(_) => {
            Finding::out_of_reach(check, "doctor-ticket-no-answer")
        }
    };
    finding.with("kind", kind)
}

/// What the running server answers, as customers reach it.
async fn served(
    site: &Online,
    settings: &Settings,
    tickets: Option<&(JsapiTicket, CardTicket)>,
) -> Vec<Finding> {
    let origin = site.public_url.as_origin();
    let Ok(client) = line::client(&origin, None, settings.ca_file.as_deref()) else {
        return vec![Finding::bad("page", "doctor-page-client")];
    };
    let mut findings = vec![page(&client, &origin, site).await];
    let is_ours = findings
        .iter()
        .all(|finding| finding.key == "doctor-page-good");
    if let (true, Some(tickets)) = (is_ours, tickets) {
        findings.push(signed(&client, &origin, site, tickets).await);
    }
    let desks = site.desks_file.as_deref().filter(|_| is_ours);
    match (&site.desks_file, desks) {
        (None, _) => findings.push(Finding::good("desks", "doctor-desks-none")),
        (Some(file), None) => findings.push(listed(file).unwrap_or_else(|finding| finding)),
        (Some(_), Some(file)) => findings.push(known(&client, &origin, file).await),
    }
    findings
}

async fn page(client: &reqwest::Client, origin: &str, site: &Online) -> Finding {
    let finding = match get(client, &format!("{origin}/")).await {
        Err(error) if error.is_timeout() => Finding::out_of_reach("page", "doctor-page-silent"),
        Err(_) => Finding::out_of_reach("page", "doctor-page-unreachable"),
        Ok(answer) if answer.status().is_redirection() => {
            let place = answer.headers().get(header::LOCATION);
            let to = place.and_then(|to| to.to_str().ok()).unwrap_or("?");
            Finding::bad("page", "doctor-page-elsewhere").with("to", to)
        }
        Ok(answer) => {
            let status = answer.status().as_u16();
            let text = text(answer).await;
            // A page of the program that uses the script of this configuration.
            let script = site.jweixin_url.as_str().replace('&', "&amp;");
            if text.contains(&format!("data-jweixin=\"{script}\"")) {
                Finding::good("page", "doctor-page-good")
            } else if text.contains("data-jweixin=") {
                Finding::bad("page", "doctor-page-stale")
            } else {
                Finding::bad("page", "doctor-page-other").with("status", status)
            }
        }
    };
    finding.with("url", origin)
}

async fn get(client: &reqwest::Client, url: &str) -> Result<Response, reqwest::Error> {
    client.get(url).timeout(LIMIT).send().await
}

async fn text(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(more)) = answer.chunk().await {
        bytes.extend_from_slice(&more);
        if bytes.len() > LONGEST_PAGE {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Lets the page sign, as a phone does, and signs the same again.
async fn signed(
    client: &reqwest::Client,
    origin: &str,
    site: &Online,
    (jsapi, card): &(JsapiTicket, CardTicket),
) -> Finding {
    let url = format!("{origin}/");
    let told = match sign(client, origin, &url).await {
        Ok(told) if told["config"].is_object() => told,
        Ok(_) | Err(_) => return Finding::bad("card_sign", "doctor-sign-none"),
    };
    let text = |part: &str, name: &str| told[part][name].as_str().unwrap_or_default().to_owned();
    let time = |part: &str| {
        let told = &told[part]["timestamp"];
        told.as_i64()
            .or_else(|| told.as_str()?.parse().ok())
            .unwrap_or(0)
    };
    let filter = Filter {
        shop_id: site.shop_id.clone(),
        card_type: site.card_type.clone(),
        card_id: site.card_id.clone(),
    };
    let config = signature::of_config(jsapi, &text("config", "nonceStr"), time("config"), &url);
    let nonce = text("card", "nonceStr");
    let list = signature::of_card(card, &site.appid, &filter, time("card"), &nonce);
    if text("config", "appId") != site.appid {
        Finding::bad("card_sign", "doctor-sign-appid").with("appid", site.appid.as_str())
    } else if config != text("config", "signature") || list != text("card", "cardSign") {
        Finding::watch("card_sign", "doctor-sign-other")
    } else {
        Finding::good("card_sign", "doctor-sign-good")
    }
}

async fn sign(client: &reqwest::Client, origin: &str, url: &str) -> Result<Value, reqwest::Error> {
    let post = |path: &str, body: &Value| {
        client
            .post(format!("{origin}{path}"))
            .timeout(LIMIT)
            .json(body)
    };
    let begun = post("/api/begin", &json!({ "lang": "en" })).send().await?;
    let cookie = begun.headers().get(header::SET_COOKIE).cloned();
    let mut request = post("/api/sign", &json!({ "lang": "en", "url": url }));
    if let Some(cookie) = cookie.as_ref().and_then(|cookie| cookie.to_str().ok()) {
        let pair = cookie.split(';').next().unwrap_or_default();
        request = request.header(header::COOKIE, pair);
    }
    request.send().await?.json().await
}

/// The desks of the file, without a server that could be asked.
fn listed(file: &Path) -> Result<Finding, Finding> {
    let desks = read(file)?;
    Ok(Finding::watch("desks", "doctor-desks-listed").with("count", desks.len()))
}

fn read(file: &Path) -> Result<Vec<(String, Secret)>, Finding> {
    let told = |finding: Finding| finding.with("file", file.display().to_string());
    desks::list(file).map_err(|fault| match fault {
        DesksFault::Line(line) => {
            told(Finding::bad("desks", "doctor-desks-line")).with("line", line)
        }
        DesksFault::Repeated(line) => {
            told(Finding::bad("desks", "doctor-desks-repeated")).with("line", line)
        }
        DesksFault::Unreadable(_) | DesksFault::TooLong => {
            told(Finding::bad("desks", "doctor-desks-unreadable"))
        }
    })
}

/// Whether the running server knows every desk of the file.
async fn known(client: &reqwest::Client, origin: &str, file: &Path) -> Finding {
    let desks = match read(file) {
        Ok(desks) => desks,
        Err(finding) => return finding,
    };
    for (desk, key) in &desks {
        if knows(client, origin, key).await != Some(true) {
            return Finding::bad("desks", "doctor-desks-stale").with("desk", desk.as_str());
        }
    }
    Finding::good("desks", "doctor-desks-good").with("count", desks.len())
}

/// Asks without a question: the key is looked at first, and nothing else is done.
async fn knows(client: &reqwest::Client, origin: &str, key: &Secret) -> Option<bool> {
    let request = client.post(format!("{origin}/desk/wait")).timeout(LIMIT);
    let answer = request.bearer_auth(key.expose()).send().await.ok()?;
    match answer.status() {
        StatusCode::UNAUTHORIZED => Some(false),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(true),
        _ => None,
    }
}

/// The desk's own end.
pub async fn line(hand_off: &HandOff, settings: &Settings) -> Finding {
    let origin = hand_off.url.as_base();
    let Ok(key) = Secret::from_file(&hand_off.key_file) else {
        let file = hand_off.key_file.display().to_string();
        return Finding::bad("hand_off", "doctor-line-key").with("file", file);
    };
    let proxy = settings.proxy.as_ref().map(reqwest::Url::as_str);
    let Ok(client) = line::client(origin, proxy, settings.ca_file.as_deref()) else {
        return Finding::bad("hand_off", "doctor-page-client");
    };
    let finding = match knows(&client, origin, &key).await {
        Some(true) => Finding::good("hand_off", "doctor-line-good"),
        Some(false) => Finding::bad("hand_off", "doctor-line-unknown"),
        None => Finding::out_of_reach("hand_off", "doctor-line-unreachable"),
    };
    finding.with("url", origin)
}
