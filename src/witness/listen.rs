//! `POST /events` on a loopback address: one event, or several on lines of their own. Whoever posts knows a key, and is told
//! 204 when they are taken, 503 when he is to come again, and 4xx when that is of no use.

use std::net::TcpListener;
use std::sync::Arc;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::AUTHORIZATION;
use hyper::{Method, Request, Response, StatusCode};
use sha2::{Digest, Sha256};

use super::Tell;
use super::event::{LONGEST, Line, read};
use crate::loopback::{self, PATIENCE};

pub(super) async fn take(door: Option<(TcpListener, String)>, tell: Arc<Tell>) {
    let Some((listener, key)) = door else { return };
    let wanted = digest(format!("Bearer {key}").as_bytes());
    let served = loopback::serve(listener, move |request| {
        let tell = Arc::clone(&tell);
        async move { page(answer(request, wanted, &tell).await) }
    });
    let Err(error) = served.await;
    tracing::error!(%error, "events are taken no more");
}

async fn answer(request: Request<Incoming>, wanted: [u8; 32], tell: &Tell) -> StatusCode {
    if request.uri().path() != "/events" {
        return StatusCode::NOT_FOUND;
    }
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    // Digests, so that how long the look takes tells nothing of the key.
    let is_known = request
        .headers()
        .get(AUTHORIZATION)
        .is_some_and(|told| digest(told.as_bytes()) == wanted);
    if !is_known {
        return StatusCode::UNAUTHORIZED;
    }
    let body = Limited::new(request.into_body(), LONGEST).collect();
    let body = match tokio::time::timeout(PATIENCE, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_too_long_or_broken)) => return StatusCode::PAYLOAD_TOO_LARGE,
        Err(_late) => return StatusCode::REQUEST_TIMEOUT,
    };
    // One event may be spread over lines, as JSON is when people write it.
    if let Line::Event(event) = read(&body) {
        return taken(tell(event));
    }
    let mut status = StatusCode::NO_CONTENT;
    for line in body.split(|byte| *byte == b'\n') {
        match read(line) {
            Line::Event(event) => {
                if !tell(event) {
                    return taken(false);
                }
            }
            Line::Other => {}
            Line::Unreadable => status = StatusCode::BAD_REQUEST,
        }
    }
    status
}

fn taken(is_taken: bool) -> StatusCode {
    if is_taken {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn digest(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

fn page(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}
