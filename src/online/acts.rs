//! What a customer can do: begin, hand over what was chosen, confirm, turn to another coupon.
//!
//! Each act but the beginning spends a nonce, and is answered with where things stand and the next nonce. An act whose
//! nonce was spent is answered the same way, and does nothing: a second touch, a reload or another tab catches up.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tokio::sync::watch;

use crate::card::{CardId, EncryptCode};
use crate::event::{Event, LookUpId, Touch};
use crate::payload::{Origin, Payload, PaymentCodes, parameter};
use crate::screen::Stage;
use crate::weixin::signature;
use crate::wording::Language;

use super::Online;
use super::desks::{Handing, NotHanded};
use super::pass;
use super::routes::{Refused, asked};
use super::session::NotTaken;
use super::standing::{answer, cookie_name, facts};
use super::view::Facts;
use super::visitor::{Seen, Visitor};

/// How long an act's answer waits for what comes of it: mostly a look-up's beginning, which costs no time.
const AFTER: Duration = Duration::from_millis(500);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    #[serde(deserialize_with = "language")]
    lang: Language,
    /// What a desk's own code carried.
    #[serde(default)]
    pass: Option<String>,
}

/// A new page, or the same one again: its session, where things stand, and its first nonce.
pub(super) async fn begin(
    State(online): State<Arc<Online>>,
    request: Request,
) -> Result<Response, Refused> {
    let (name, asked) = asked::<Begin>(&online, request).await?;
    let now = online.means.clock.now();
    let name = online.sessions.begin(
        Some(name.as_str()).filter(|name| !name.is_empty()),
        now.tick,
    );
    let mut facts = facts(&online, &name)?;
    if let Some(pass) = asked.pass {
        let is_known = online
            .sessions
            .with(&name, now.tick, |session| session.has_opened(&pass))?;
        if !is_known {
            match online.desks.open_pass(&pass, now.wall) {
                Ok(desk) => {
                    facts.desk = Some(desk.clone());
                    facts.handing = None;
                    online.sessions.with(&name, now.tick, |session| {
                        session.invite(desk, pass, now.tick);
                    })?;
                }
                Err(why) => {
                    tracing::info!(?why, "a pass was not taken");
                    facts.has_bad_pass = true;
                }
            }
        }
    }
    let told = answer(&online, &name, asked.lang, &facts, now)?;
    let cookie = format!(
        "{}={name}; Path=/; HttpOnly; SameSite=Lax{}",
        cookie_name(&online),
        if online.site.public_url.is_https() {
            "; Secure"
        } else {
            ""
        }
    );
    Ok(([(header::SET_COOKIE, cookie)], told).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choose {
    #[serde(deserialize_with = "language")]
    lang: Language,
    nonce: String,
    card_list: CardList,
}

/// `res.cardList`: a text that holds JSON, by Weixin's page on it; some clients give the list itself.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum CardList {
    Text(String),
    List(Vec<Chosen>),
}

/// What was chosen; Weixin adds fields as it likes.
#[derive(Debug, Deserialize)]
struct Chosen {
    #[serde(default)]
    card_id: String,
    encrypt_code: String,
}

/// The card list handed over.
pub(super) async fn choose(
    State(online): State<Arc<Online>>,
    request: Request,
) -> Result<Response, Refused> {
    let (name, asked) = asked::<Choose>(&online, request).await?;
    let turn = Turn::of(&online, &name, asked.lang);
    let bad = || Refused(StatusCode::BAD_REQUEST, "request");
    let list = match asked.card_list {
        CardList::List(list) => list,
        CardList::Text(text) => serde_json::from_str(&text).map_err(|_told| bad())?,
    };
    let [chosen] = <[Chosen; 1]>::try_from(list).map_err(|list| {
        let word = if list.is_empty() { "empty" } else { "one_only" };
        Refused(StatusCode::UNPROCESSABLE_ENTITY, word)
    })?;
    let encrypt_code = EncryptCode::parse(&chosen.encrypt_code).map_err(|_told| bad())?;
    let card_id = match chosen.card_id.as_str() {
        "" => None,
        text => Some(CardId::parse(text).map_err(|_told| bad())?),
    };
    if let Some(stale) = turn.spend(&asked.nonce)? {
        return Ok(stale);
    }
    if let Some(desk) = turn.desk()? {
        let (code, card) = (encrypt_code.as_str(), card_id.as_ref().map(CardId::as_str));
        let now = online.means.clock.now();
        let handed = online
            .desks
            .hand(&desk, code.to_owned(), card.map(str::to_owned), now.tick);
        return turn.handed_over(handed);
    }
    let payload = Payload::Link {
        encrypt_code,
        card_id,
    };
    turn.act(Event::Payload(payload, Origin::Online)).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coupon {
    #[serde(deserialize_with = "language")]
    lang: Language,
    nonce: String,
    /// What stands behind the `?` of the coupon's redirect, as it came.
    query: String,
}

/// The redirect from a coupon.
pub(super) async fn coupon(
    State(online): State<Arc<Online>>,
    request: Request,
) -> Result<Response, Refused> {
    let (name, asked) = asked::<Coupon>(&online, request).await?;
    let turn = Turn::of(&online, &name, asked.lang);
    let address = format!("https://coupon/?{}", asked.query.trim_start_matches('?'));
    let payload = Payload::parse(&address, PaymentCodes::Refused);
    let Payload::Link {
        encrypt_code,
        card_id,
    } = &payload
    else {
        return Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, "link"));
    };
    if let Some(told) = parameter(&address, "signature")
        && let Some(secret) = &online.secret
    {
        let card_id = card_id.as_ref().map_or("", CardId::as_str);
        let right = signature::of_redirect(secret, encrypt_code.as_str(), card_id);
        if !pass::is_same(&right, &told.to_ascii_lowercase()) {
            return Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, "link"));
        }
    }
    if let Some(stale) = turn.spend(&asked.nonce)? {
        return Ok(stale);
    }
    turn.act(Event::Payload(payload, Origin::Online)).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirm {
    #[serde(deserialize_with = "language")]
    lang: Language,
    nonce: String,
    look_up: u64,
}

/// The customer's confirm, for cards that he may redeem by himself.
pub(super) async fn confirm(
    State(online): State<Arc<Online>>,
    request: Request,
) -> Result<Response, Refused> {
    let (name, asked) = asked::<Confirm>(&online, request).await?;
    let turn = Turn::of(&online, &name, asked.lang);
    if let Some(stale) = turn.spend(&asked.nonce)? {
        return Ok(stale);
    }
    let look_up = LookUpId(asked.look_up);
    if !may_confirm(&online, &name, look_up)? {
        return Err(Refused(StatusCode::FORBIDDEN, "not_yours"));
    }
    turn.act(Event::Touch(Touch::Confirm(look_up))).await
}

/// The page hides the key where it may not be touched; this is what keeps it.
fn may_confirm(online: &Online, name: &str, look_up: LookUpId) -> Result<bool, Refused> {
    let facts = facts(online, name)?;
    let Some(seen) = facts.seen else {
        return Ok(false);
    };
    let Stage::Review(review) = seen.screen.stage else {
        // Too late or too early: the machine passes over it.
        return Ok(true);
    };
    let card_id = review.info.card_id.as_ref();
    let is_allowed = card_id.is_some_and(|id| online.site.self_redeem.contains(id));
    Ok(review.look_up != look_up || is_allowed)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cancel {
    #[serde(deserialize_with = "language")]
    lang: Language,
    nonce: String,
}

/// Turns to another coupon. What was confirmed goes on all the same.
pub(super) async fn cancel(
    State(online): State<Arc<Online>>,
    request: Request,
) -> Result<Response, Refused> {
    let (name, asked) = asked::<Cancel>(&online, request).await?;
    let turn = Turn::of(&online, &name, asked.lang);
    if let Some(stale) = turn.spend(&asked.nonce)? {
        return Ok(stale);
    }
    let touch = match facts(&online, &name)?.seen {
        Some(Seen { screen, .. }) if matches!(screen.stage, Stage::Finished(_)) => Touch::Dismiss,
        Some(_) | None => Touch::Cancel,
    };
    turn.act(Event::Touch(touch)).await
}

/// One act of a session on its way.
struct Turn<'a> {
    online: &'a Online,
    name: &'a str,
    lang: Language,
}

impl<'a> Turn<'a> {
    fn of(online: &'a Online, name: &'a str, lang: Language) -> Self {
        Self { online, name, lang }
    }

    /// Spends the nonce; where it was spent before, the answer that brings the page up to date.
    fn spend(&self, nonce: &str) -> Result<Option<Response>, Refused> {
        let now = self.online.means.clock.now();
        match self.online.sessions.spend(self.name, nonce, now.tick) {
            Ok(()) => Ok(None),
            Err(NotTaken::Stale) => {
                let Json(mut told) = self.picture(&facts(self.online, self.name)?)?;
                told["error"] = "stale".into();
                Ok(Some((StatusCode::CONFLICT, Json(told)).into_response()))
            }
            Err(why @ NotTaken::NoSession) => Err(why.into()),
        }
    }

    /// The desk that waits for this session's choice.
    fn desk(&self) -> Result<Option<String>, Refused> {
        let now = self.online.means.clock.now().tick;
        let desk = self.online.sessions.with(self.name, now, |session| {
            session.desk(now).map(str::to_owned)
        });
        Ok(desk?)
    }

    fn handed_over(
        &self,
        handed: Result<watch::Receiver<Handing>, NotHanded>,
    ) -> Result<Response, Refused> {
        let mut facts = facts(self.online, self.name)?;
        match handed {
            Ok(handing) => {
                facts.handing = Some(Handing::Waiting);
                let now = self.online.means.clock.now().tick;
                let sessions = &self.online.sessions;
                sessions.with(self.name, now, |session| session.hand(handing))?;
            }
            Err(why) => facts.not_handed = Some(why),
        }
        Ok(self.picture(&facts)?.into_response())
    }

    /// Tells the session's machine, waits a moment for what comes of it, and says where things stand.
    async fn act(&self, event: Event) -> Result<Response, Refused> {
        let online = self.online;
        let now = online.means.clock.now();
        let visitor = online.sessions.with(self.name, now.tick, |session| {
            let start = || Visitor::start(online.means.clone(), Vec::new());
            session.handing = None;
            session.visitor.get_or_insert_with(start).clone()
        })?;
        let mut seen = visitor.seen();
        seen.mark_unchanged();
        if !visitor.tell(event) {
            return Err(Refused(StatusCode::TOO_MANY_REQUESTS, "busy"));
        }
        // Where nothing comes of it, such as of a touch that came too late, the picture is the same as before.
        if matches!(
            tokio::time::timeout(AFTER, seen.changed()).await,
            Ok(Err(_))
        ) {
            return Err(Refused(StatusCode::SERVICE_UNAVAILABLE, "busy"));
        }
        Ok(self.picture(&facts(online, self.name)?)?.into_response())
    }

    fn picture(&self, facts: &Facts) -> Result<Json<Value>, Refused> {
        let now = self.online.means.clock.now();
        answer(self.online, self.name, self.lang, facts, now)
    }
}

fn language<'de, D: Deserializer<'de>>(from: D) -> Result<Language, D::Error> {
    let tag = String::deserialize(from)?;
    Language::parse(&tag).ok_or_else(|| serde::de::Error::custom("no such language"))
}
