//! `POST /events` on a loopback address: one event, or several on lines of their own. Whoever posts knows a key, and is told
//! 204 when they are taken, 503 when he is to come again, and 4xx when that is of no use.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::AUTHORIZATION;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::Tell;
use super::event::{LONGEST, Line, read};

/// One server posts, over one connection.
const CONNECTIONS: usize = 8;
/// Who sends no request, or half of one, is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn accept(door: Option<(TcpListener, String)>, tell: Arc<Tell>) -> io::Result<()> {
    let Some((listener, key)) = door else {
        return std::future::pending().await;
    };
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let wanted = digest(format!("Bearer {key}").as_bytes());
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "a connection for events");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let tell = Arc::clone(&tell);
        tokio::spawn(async move {
            let answer = service_fn(move |request| {
                let tell = Arc::clone(&tell);
                async move { Ok::<_, Infallible>(page(answer(request, wanted, &tell).await)) }
            });
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), answer)
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection for events");
            }
            drop(place);
        });
    }
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
