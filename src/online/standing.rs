//! Where a session stands: which it is, what its page is to show, and when there is news.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::redemption::Moment;
use crate::wording::Language;

use super::Online;
use super::desks::Handing;
use super::routes::Refused;
use super::session::{NotTaken, Session};
use super::view::{Facts, View};
use super::visitor::{Seen, Visitor};

pub(super) fn answer(
    online: &Online,
    name: &str,
    language: Language,
    facts: &Facts,
    now: Moment,
) -> Result<Json<Value>, Refused> {
    let view = picture(online, facts, language);
    let nonce = online.sessions.with(name, now.tick, Session::nonce)?;
    Ok(Json(json!({ "view": view, "nonce": nonce })))
}

fn picture(online: &Online, facts: &Facts, language: Language) -> View {
    let wording = online.wording(language);
    let now = online.means.clock.now().wall;
    View::of(facts, wording, &online.site.self_redeem, now)
}

/// Where a session stands.
pub(super) fn view(online: &Online, name: &str, language: Language) -> Result<View, Refused> {
    Ok(picture(online, &facts(online, name)?, language))
}

pub(super) fn facts(online: &Online, name: &str) -> Result<Facts, NotTaken> {
    let now = online.means.clock.now().tick;
    online.desks.sweep(now);
    online.sessions.with(name, now, |session| Facts {
        seen: session
            .visitor
            .as_ref()
            .map(|visitor| visitor.seen().borrow().clone()),
        handing: session.handing.as_ref().map(|handing| *handing.borrow()),
        desk: session.desk(now).map(str::to_owned),
        not_handed: None,
        has_bad_pass: false,
    })
}

/// Waits for a session's news.
pub(super) struct Watching {
    seen: Option<watch::Receiver<Seen>>,
    handing: Option<watch::Receiver<Handing>>,
}

impl Watching {
    pub(super) fn of(online: &Online, name: &str) -> Result<Self, NotTaken> {
        let now = online.means.clock.now().tick;
        online.sessions.with(name, now, |session| {
            let mut watching = Self {
                seen: session.visitor.as_ref().map(Visitor::seen),
                handing: session.handing.clone(),
            };
            if let Some(seen) = &mut watching.seen {
                seen.mark_unchanged();
            }
            if let Some(handing) = &mut watching.handing {
                handing.mark_unchanged();
            }
            watching
        })
    }

    /// Returns at the next change; also, since a choice may be dropped for its age without any, every few seconds.
    pub(super) async fn changed(&mut self) {
        const LOOK: Duration = Duration::from_secs(2);
        let is_handing = self.handing.is_some();
        tokio::select! {
            () = change(self.seen.as_mut()) => {}
            () = change(self.handing.as_mut()) => {}
            () = tokio::time::sleep(LOOK), if is_handing => {}
        }
    }
}

async fn change<T>(watched: Option<&mut watch::Receiver<T>>) {
    if let Some(watched) = watched
        && watched.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

pub(super) fn cookie_name(online: &Online) -> &'static str {
    if online.site.public_url.is_https() {
        "__Host-session"
    } else {
        "session"
    }
}

/// The session that a request belongs to; empty where it says none.
pub(super) fn session_name(online: &Online, headers: &HeaderMap) -> String {
    let wanted = cookie_name(online);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
        .unwrap_or_default()
}
