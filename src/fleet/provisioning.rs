//! Head office's side of a new desk: hands its configuration and its secrets to whoever brings the token that its screen
//! shows, once.
//!
//! A token is bound to the first desk that claims it: that one may ask again, since an answer can be lost on the way, and
//! every other one is refused. It says so when it has kept what it got. Tokens live as long as this process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::enrolment::{Claim, Enrolment, Handed, unguessable};
use crate::config::{FleetKey, HttpUrl, Offered, Refused};
use crate::loopback;
use crate::office::first_start::Hidden;

/// A claim is a few dozen bytes.
const LONGEST: usize = 4 * 1024;
/// What one desk does: it claims, and it keeps.
const STEPS: usize = 2;

/// What is handed out, to whichever desk.
#[derive(Debug)]
pub struct Given {
    /// Where desks reach this process, by way of a web server with a certificate.
    pub address: HttpUrl,
    /// Who has signed the bundle.
    pub key: FleetKey,
    /// The configuration of all.
    pub bundle: Offered,
    /// Where newer ones will be.
    pub source: Option<HttpUrl>,
    /// By the keys that name their files.
    pub secrets: BTreeMap<String, Hidden>,
}

/// The desks that are waited for.
#[derive(Debug)]
pub struct Provisioning {
    desks: Mutex<Vec<Desk>>,
    steps: Sender<Step>,
}

/// What a desk did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// It has brought its token: the code is worth nothing any more.
    Claimed(String),
    /// It has kept what it was handed.
    Kept(String),
}

#[derive(Debug)]
struct Desk {
    name: String,
    token: Hidden,
    answer: Bytes,
    /// Which desk has claimed it.
    by: Option<String>,
    is_kept: bool,
}

/// A door that is opened for some desks.
#[derive(Debug)]
pub struct Opened {
    /// Hands out.
    pub provisioning: Arc<Provisioning>,
    /// A code for each desk, in their order.
    pub waiting: Vec<Waiting>,
    /// What becomes of them.
    pub steps: Receiver<Step>,
}

/// One desk's code.
#[derive(Debug)]
pub struct Waiting {
    /// The desk's name.
    pub desk: String,
    /// What its camera has to read.
    pub enrolment: Enrolment,
}

impl Provisioning {
    /// Makes a code for each desk.
    pub fn open(given: &Given, desks: &[String]) -> Result<Opened, Refused> {
        let version = given.bundle.version(&given.key)?;
        let (steps, told) = channel(desks.len() * STEPS);
        let mut waiting = Vec::new();
        let mut places = Vec::new();
        for name in desks {
            let token = Hidden::new(&unguessable());
            places.push(Desk {
                name: name.clone(),
                token: token.clone(),
                answer: answer(given, name),
                by: None,
                is_kept: false,
            });
            waiting.push(Waiting {
                desk: name.clone(),
                enrolment: Enrolment {
                    address: given.address.clone(),
                    token,
                    version,
                    key: given.key.to_string(),
                },
            });
        }
        let desks = Mutex::new(places);
        Ok(Opened {
            provisioning: Arc::new(Self { desks, steps }),
            waiting,
            steps: told,
        })
    }

    /// Hands out for as long as it is polled.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> io::Result<Infallible> {
        let answer = move |request| {
            let provisioning = Arc::clone(&self);
            async move { provisioning.answer(request).await }
        };
        loopback::serve(listener, answer).await
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        if request.method() != Method::POST {
            return told(StatusCode::METHOD_NOT_ALLOWED, Bytes::new());
        }
        let body = Limited::new(request.into_body(), LONGEST).collect().await;
        let body = body.map(http_body_util::Collected::to_bytes);
        let claim = body
            .ok()
            .and_then(|body| serde_json::from_slice(&body).ok());
        let Some(claim) = claim else {
            return told(StatusCode::BAD_REQUEST, Bytes::new());
        };
        match self.claimed(claim) {
            Some(answer) => told(StatusCode::OK, answer),
            None => told(StatusCode::FORBIDDEN, Bytes::new()),
        }
    }

    fn claimed(&self, asked: Claim) -> Option<Bytes> {
        let Claim { token, by, is_kept } = asked;
        let mut desks = self.lock();
        // A token is 122 bits of chance: how long the comparison takes helps nobody.
        let desk = desks.iter_mut().find(|desk| desk.token.reveal() == token);
        let Some(desk) = desk else {
            tracing::warn!("a token was brought that nobody was given");
            return None;
        };
        if by.is_empty() || desk.by.as_ref().is_some_and(|first| *first != by) {
            tracing::warn!(
                desk = desk.name,
                "a second desk has brought a token that is spent"
            );
            return None;
        }
        if desk.by.replace(by).is_none() {
            self.tell(Step::Claimed(desk.name.clone()));
        }
        if !is_kept {
            return Some(desk.answer.clone());
        }
        if !std::mem::replace(&mut desk.is_kept, true) {
            self.tell(Step::Kept(desk.name.clone()));
        }
        Some(Bytes::new())
    }

    fn tell(&self, step: Step) {
        if let Err(unheard) = self.steps.try_send(step) {
            tracing::debug!(%unheard, "nobody waits for the desks any more");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(given: &Given, desk: &str) -> Bytes {
    let secrets = given.secrets.iter();
    let secrets = secrets.map(|(key, secret)| (key.clone(), secret.reveal().to_owned()));
    let handed = Handed {
        desk: desk.to_owned(),
        bundle: given.bundle.text.clone(),
        signature: given.bundle.signature.clone(),
        source: given
            .source
            .as_ref()
            .map(|source| source.as_str().to_owned()),
        secrets: secrets.collect(),
    };
    // Texts alone can always be written.
    serde_json::to_vec(&handed).unwrap_or_default().into()
}

fn told(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response
}
