//! The routes: what a page and a desk may ask. Each takes strict JSON of a few kilobytes, and answers with JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::redemption::reply::Reply;
use crate::weixin::signature::{self, Filter};
use crate::wording::Language;

use super::desks::Waiting;
use super::guard::{self, is_from_elsewhere};
use super::page::{SCRIPT, STYLE};
use super::session::NotTaken;
use super::{Online, acts, standing, unguessable};

/// No request of the page or of a desk is longer.
const LONGEST_BODY: usize = 8 * 1024;
/// How long a body may take to arrive.
const BODY: Duration = Duration::from_secs(10);
/// How long a request waits for news.
const NEWS: Duration = Duration::from_secs(20);
/// A desk's code is looked at so often, since it grows old without any news.
const LOOK: Duration = Duration::from_secs(5);
/// No address of a page is longer.
const LONGEST_URL: usize = 2048;

/// All routes.
pub fn router(online: Arc<Online>) -> Router {
    let guarded = middleware::from_fn_with_state(Arc::clone(&online), guard::guard);
    Router::new()
        .route("/", get(page))
        .route("/coupon", get(page))
        .route("/page.js", get(script))
        .route("/page.css", get(style))
        .route("/favicon.ico", get(no_content))
        .route("/health", get(health))
        .route("/api/begin", post(acts::begin))
        .route("/api/sign", post(sign))
        .route("/api/choose", post(acts::choose))
        .route("/api/coupon", post(acts::coupon))
        .route("/api/confirm", post(acts::confirm))
        .route("/api/cancel", post(acts::cancel))
        .route("/api/state", get(state))
        .route("/desk/wait", post(desk_wait))
        .fallback(not_found)
        .layer(guarded)
        .with_state(online)
}

/// A refusal, by a word that the page has a sentence for.
#[derive(Debug)]
pub struct Refused(pub StatusCode, pub &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<NotTaken> for Refused {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::NoSession => Self(StatusCode::UNAUTHORIZED, "session"),
            NotTaken::Stale => Self(StatusCode::CONFLICT, "stale"),
        }
    }
}

/// Which session asks, and what.
pub async fn asked<T: DeserializeOwned>(
    online: &Online,
    request: Request,
) -> Result<(String, T), Refused> {
    let name = standing::session_name(online, request.headers());
    Ok((name, read(online, request).await?))
}

/// Reads a body of strict JSON that a page of this site, or nobody's page, has sent.
async fn read<T: DeserializeOwned>(online: &Online, request: Request) -> Result<T, Refused> {
    let (head, body) = request.into_parts();
    let origin = online.site.public_url.as_origin();
    if is_from_elsewhere(&head.headers, &origin) {
        return Err(Refused(StatusCode::FORBIDDEN, "elsewhere"));
    }
    let is_json = head.headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes();
        kind == b"application/json" || kind.starts_with(b"application/json;")
    });
    if !is_json {
        return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "json"));
    }
    let bytes = bytes(body).await?;
    serde_json::from_slice(&bytes).map_err(|_told| Refused(StatusCode::BAD_REQUEST, "request"))
}

async fn bytes(body: Body) -> Result<axum::body::Bytes, Refused> {
    match tokio::time::timeout(BODY, to_bytes(body, LONGEST_BODY)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_too_long_or_broken)) => Err(Refused(StatusCode::PAYLOAD_TOO_LARGE, "size")),
        Err(_late) => Err(Refused(StatusCode::REQUEST_TIMEOUT, "time")),
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    lang: Option<String>,
}

/// The page, which does nothing before its script begins: a look at it, by whoever previews links, spends nothing.
async fn page(
    State(online): State<Arc<Online>>,
    query: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let named = query.ok().and_then(|Query(asked)| asked.lang);
    let language = online.pages.language(named.as_deref(), &headers);
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (kind, online.pages.document(language).to_owned()).into_response()
}

async fn script() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, SCRIPT).into_response()
}

async fn style() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    (kind, STYLE).into_response()
}

async fn no_content() -> StatusCode {
    StatusCode::NO_CONTENT
}

async fn not_found() -> Refused {
    Refused(StatusCode::NOT_FOUND, "route")
}

/// For whoever watches the server: well, or not, and nothing that a customer must not know.
async fn health(State(online): State<Arc<Online>>) -> Response {
    let journal = online.means.scribe.trouble();
    let told = json!({
        "ok": journal.is_none(),
        "journal": journal,
        "sessions": online.sessions.count(),
    });
    let status = match journal {
        None => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(told)).into_response()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    /// Every request of the page says it; a signature has no words.
    #[serde(rename = "lang")]
    _lang: String,
    url: String,
}

/// What `wx.config` and `wx.chooseCard` want, for a page of this site alone.
async fn sign(State(online): State<Arc<Online>>, request: Request) -> Result<Json<Value>, Refused> {
    let (name, asked) = asked::<Sign>(&online, request).await?;
    let now = online.means.clock.now();
    online.sessions.with(&name, now.tick, |_session| ())?;
    let own = format!("{}/", online.site.public_url.as_origin());
    if !asked.url.starts_with(&own) || asked.url.len() > LONGEST_URL {
        return Err(Refused(StatusCode::BAD_REQUEST, "request"));
    }
    let limit = online.means.rules.timeout;
    let weixin = &online.means.weixin;
    let (jsapi, card) = tokio::join!(weixin.jsapi_ticket(limit), weixin.card_ticket(limit));
    let (Reply::Answered(jsapi), Reply::Answered(card)) = (jsapi, card) else {
        return Err(Refused(StatusCode::SERVICE_UNAVAILABLE, "not_signed"));
    };
    let (nonce, timestamp) = (unguessable(), now.wall.as_second());
    let filter = Filter {
        shop_id: online.site.shop_id.clone(),
        card_type: online.site.card_type.clone(),
        card_id: online.site.card_id.clone(),
    };
    let appid = &online.site.appid;
    Ok(Json(json!({
        "config": {
            "appId": appid,
            "timestamp": timestamp,
            "nonceStr": nonce,
            "signature": signature::of_config(&jsapi, &nonce, timestamp, &asked.url),
        },
        "card": {
            "shopId": filter.shop_id,
            "cardType": filter.card_type,
            "cardId": filter.card_id,
            "timestamp": timestamp,
            "nonceStr": nonce,
            "signType": "SHA1",
            "cardSign": signature::of_card(&card, appid, &filter, timestamp, &nonce),
        },
    })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Following {
    lang: String,
    tag: String,
}

/// Where things stand, once it is something else than the page shows; after a while, in any case.
async fn state(
    State(online): State<Arc<Online>>,
    query: Result<Query<Following>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refused> {
    let Ok(Query(asked)) = query else {
        return Err(Refused(StatusCode::BAD_REQUEST, "request"));
    };
    let language = Language::parse(&asked.lang);
    let language = language.ok_or(Refused(StatusCode::BAD_REQUEST, "request"))?;
    let name = standing::session_name(&online, &headers);
    let until = tokio::time::Instant::now() + NEWS;
    loop {
        let mut watching = standing::Watching::of(&online, &name)?;
        let view = standing::view(&online, &name, language)?;
        if view.tag() != asked.tag {
            return Ok(Json(json!({ "view": view })));
        }
        let news = tokio::time::timeout_at(until, watching.changed()).await;
        if news.is_err() {
            return Ok(Json(json!({ "view": view })));
        }
    }
}

/// A desk's open request.
async fn desk_wait(
    State(online): State<Arc<Online>>,
    request: Request,
) -> Result<Response, Refused> {
    let key = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let desk = key.and_then(|key| online.desks.of_key(key));
    let desk = desk.ok_or(Refused(StatusCode::UNAUTHORIZED, "key"))?;
    let waiting: Waiting = read(&online, request).await?;
    let until = tokio::time::Instant::now() + NEWS;
    let mut changes = online.desks.changes();
    loop {
        changes.mark_unchanged();
        let now = online.means.clock.now();
        if let Some(told) = online.desks.asked(desk, &waiting, now.tick, now.wall) {
            return Ok(Json(told).into_response());
        }
        let look = tokio::time::Instant::now() + LOOK;
        if tokio::time::timeout_at(until.min(look), changes.changed())
            .await
            .is_err()
            && tokio::time::Instant::now() >= until
        {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
}
