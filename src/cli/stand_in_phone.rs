//! A customer's phone for the demo: asks the real page's routes what the page would ask, and shows what they answer.
//! Only Weixin's own part is played: its list of coupons.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use reqwest::header::{COOKIE, SET_COOKIE};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::story::Coupon;
use crate::online::line;
use crate::screen::handset::{Handset, Press};
use crate::screen::{Screen, Stage};
use crate::wording::{Language, Wording};
use crate::worker::Worker;

/// How many touches may wait.
pub(super) const TOUCHES: usize = 8;

/// What a phone is put together from.
pub(super) struct Parts {
    pub(super) address: SocketAddr,
    pub(super) language: Language,
    /// What Weixin's list holds.
    pub(super) coupons: Vec<Coupon>,
    /// Where the desk's own code is seen.
    pub(super) screens: watch::Receiver<Screen>,
    pub(super) presses: mpsc::Receiver<Press>,
    pub(super) pictures: watch::Sender<Option<Handset>>,
    /// Called after each change.
    pub(super) wake: Box<dyn Fn() + Send>,
}

/// Starts the phone; it lies in a pocket until the desk's code is scanned with it.
pub(super) fn start(parts: Parts) -> anyhow::Result<Worker> {
    let mut phone = Phone {
        wording: Wording::new(parts.language),
        parts,
    };
    let worker = Worker::start_waiting("phone", move || async move { phone.live().await });
    worker.context("the stand-in phone's thread cannot be started")
}

struct Phone {
    wording: Wording,
    parts: Parts,
}

impl Phone {
    async fn live(&mut self) {
        let mut press = self.parts.presses.recv().await;
        while let Some(pressed) = press {
            press = match pressed {
                Press::Open => {
                    let ended = self.visit().await;
                    let next = match ended {
                        Ok(next) => next,
                        Err(error) => {
                            tracing::warn!(%error, "the stand-in phone lost the page");
                            let head = self.wording.say("page-offline");
                            self.show(&head, "", Vec::new());
                            self.touched().await
                        }
                    };
                    self.picture(None);
                    match next {
                        Some(Press::Open) => next,
                        Some(Press::Key(_) | Press::Away) => self.touched().await,
                        None => None,
                    }
                }
                Press::Key(_) | Press::Away => self.touched().await,
            };
        }
    }

    async fn touched(&mut self) -> Option<Press> {
        self.parts.presses.recv().await
    }

    /// From the scanned code to the desk's answer. Returns the touch that ended it.
    async fn visit(&mut self) -> anyhow::Result<Option<Press>> {
        let start = self.wording.say("page-start");
        self.show(&start, "", Vec::new());
        let invitation = self.invitation().await?;
        let mut browser = Browser::new(self.parts.address, self.parts.language)?;
        let mut view = browser.open(&invitation).await?;
        loop {
            let keys = match view.stage.as_str() {
                "choose" => vec![self.wording.say("page-choose")],
                _ => Vec::new(),
            };
            let may_choose = !keys.is_empty();
            self.show(&view.head, &view.words, keys);
            if may_choose {
                match self.touched().await {
                    Some(Press::Key(_)) => {}
                    other => return Ok(other),
                }
                browser.sign().await?;
                let names = self.parts.coupons.iter().map(|coupon| coupon.title.clone());
                let (names, head) = (names.collect(), self.wording.say("handset-list"));
                self.show(&head, "", names);
                let chosen = match self.touched().await {
                    Some(Press::Key(place)) => self.parts.coupons.get(place),
                    other => return Ok(other),
                };
                view = browser.choose(chosen.context("no such coupon")?).await?;
            } else if view.follow {
                tokio::select! {
                    touched = self.parts.presses.recv() => match touched {
                        Some(Press::Key(_)) => {}
                        other => return Ok(other),
                    },
                    news = browser.news(&view.tag) => view = news?,
                }
            } else {
                return Ok(self.rest().await);
            }
        }
    }

    /// What the desk's code says, as soon as it shows one.
    async fn invitation(&mut self) -> anyhow::Result<String> {
        let screens = &mut self.parts.screens;
        let screen = screens.wait_for(|screen| screen.desk.invitation.is_some());
        let invitation = screen.await?.desk.invitation.clone();
        invitation.context("the desk shows no code")
    }

    /// Shows on until it is put away, or the redemption at the desk is over.
    async fn rest(&mut self) -> Option<Press> {
        let screens = &mut self.parts.screens;
        let over = async {
            let is_idle = |screen: &Screen| matches!(screen.stage, Stage::Idle);
            if screens.wait_for(|screen| !is_idle(screen)).await.is_ok() {
                screens.wait_for(is_idle).await.map(drop).ok();
            }
        };
        tokio::select! {
            touched = self.parts.presses.recv() => touched,
            () = over => Some(Press::Away),
        }
    }

    fn show(&self, head: &str, words: &str, keys: Vec<String>) {
        self.picture(Some(Handset {
            address: self.parts.address.to_string(),
            head: head.to_owned(),
            words: words.to_owned(),
            keys,
        }));
    }

    fn picture(&self, handset: Option<Handset>) {
        self.parts.pictures.send_replace(handset);
        (self.parts.wake)();
    }
}

/// What the page's own script does.
pub(super) struct Browser {
    client: reqwest::Client,
    origin: String,
    lang: &'static str,
    cookie: String,
    nonce: String,
}

/// What the server says.
#[derive(Debug, Deserialize)]
pub(super) struct View {
    stage: String,
    head: String,
    words: String,
    pub(super) follow: bool,
    tag: String,
}

impl Browser {
    pub(super) fn new(address: SocketAddr, language: Language) -> anyhow::Result<Self> {
        let origin = format!("http://{address}");
        Ok(Self {
            client: line::client(&origin, None, None)?,
            origin,
            lang: language.tag(),
            cookie: String::new(),
            nonce: String::new(),
        })
    }

    /// Opens what the desk's code says.
    pub(super) async fn open(&mut self, invitation: &str) -> anyhow::Result<View> {
        let pass = invitation.split_once("?pass=").map(|(_, pass)| pass);
        let body = json!({ "lang": self.lang, "pass": pass });
        self.act("/api/begin", &body).await
    }

    /// What `wx.config` and `wx.chooseCard` would be given.
    pub(super) async fn sign(&mut self) -> anyhow::Result<()> {
        let body = json!({ "lang": self.lang, "url": format!("{}/", self.origin) });
        let told = self.ask("/api/sign", &body).await?;
        if !told["card"]["cardSign"].is_string() {
            bail!("the page is not signed");
        }
        Ok(())
    }

    /// Hands over what Weixin's list gave: a text that holds JSON.
    pub(super) async fn choose(&mut self, coupon: &Coupon) -> anyhow::Result<View> {
        let list =
            json!([{ "card_id": coupon.card_id, "encrypt_code": coupon.encrypt_code }]).to_string();
        let body = json!({ "lang": self.lang, "nonce": self.nonce, "card_list": list });
        self.act("/api/choose", &body).await
    }

    /// Waits for another picture than this one.
    pub(super) async fn news(&self, tag: &str) -> anyhow::Result<View> {
        let url = format!("{}/api/state?lang={}&tag={tag}", self.origin, self.lang);
        let request = self.client.get(url).header(COOKIE, &self.cookie);
        let told: Value = request.send().await?.json().await?;
        Ok(serde_json::from_value(told["view"].clone())?)
    }

    /// The same until it does not change by itself any more.
    pub(super) async fn settled(&self, mut view: View) -> anyhow::Result<View> {
        while view.follow {
            view = self.news(&view.tag).await?;
        }
        Ok(view)
    }

    async fn act(&mut self, path: &str, body: &Value) -> anyhow::Result<View> {
        let told = self.ask(path, body).await?;
        if let Some(nonce) = told["nonce"].as_str() {
            nonce.clone_into(&mut self.nonce);
        }
        serde_json::from_value(told["view"].clone()).context("the page was refused")
    }

    async fn ask(&mut self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.client.post(format!("{}{path}", self.origin));
        let request = request.header(COOKIE, &self.cookie).json(body);
        let answer = request.send().await?;
        let cookie = answer.headers().get(SET_COOKIE);
        if let Some(cookie) = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next()) {
            cookie.clone_into(&mut self.cookie);
        }
        Ok(answer.json().await?)
    }
}
