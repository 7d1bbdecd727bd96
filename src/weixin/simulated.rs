//! The way into a simulated network: a request is posted, and whoever gets it answers when and how it likes.
//!
//! What is posted has left this machine: it goes on though nobody waits for its answer any more.

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::Client;
use super::token::TokenSource;
use super::transport::{Failure, Raw, Request, Target, Transport};
use crate::redemption::reply::Unknown;

/// The sending half.
pub type Posts = mpsc::Sender<Posted>;

/// One request on its way.
#[derive(Debug)]
pub struct Posted {
    /// The call's path; none for the token's server.
    pub call: Option<&'static str>,
    /// What is posted; null where it is a GET.
    pub body: Value,
    /// The access token.
    pub token: Option<String>,
    /// Dropped without an answer: the connection broke.
    pub answer: oneshot::Sender<Result<Raw, Failure>>,
}

impl Client {
    /// A client whose network is simulated; tokens come over it too.
    pub fn simulated(posts: Posts) -> Self {
        let url = "http://127.0.0.1/token".parse().unwrap();
        let source = TokenSource::Url {
            url,
            bearer_file: None,
        };
        Self::over(Transport::Simulated(posts), source, |_made_up| {})
    }
}

pub(super) async fn send(posts: &Posts, request: &Request<'_>) -> Result<Raw, Failure> {
    let (answer, answered) = oneshot::channel();
    let posted = Posted {
        call: match request.target {
            Target::Api(call) => Some(call),
            Target::Url(_) | Target::Ticket(_) => None,
        },
        body: request.body.clone().unwrap_or_default(),
        token: request.token.map(|token| token.expose().to_owned()),
        answer,
    };
    posts.send(posted).await.unwrap();
    answered
        .await
        .unwrap_or(Err(Failure::Lost(Unknown::Broken)))
}
