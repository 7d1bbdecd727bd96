//! The small server before the numbers: three pages, GET only, loopback only.

use std::io;
use std::net::SocketAddr;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, Response, StatusCode};

use super::{Numbers, Sources};
use crate::kiosk::clock::Clock;
use crate::loopback;
use crate::worker::Worker;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Ends when it is dropped.
#[derive(Debug)]
pub struct Serving {
    _thread: Worker,
    /// Where it listens, the port that the system chose included.
    pub address: SocketAddr,
}

/// Serves on a loopback address until what this returns is dropped.
pub fn serve(address: SocketAddr, numbers: Numbers, sources: Sources) -> io::Result<Serving> {
    let listener = loopback::listen(address)?;
    let address = listener.local_addr()?;
    let thread = Worker::start_waiting("health", move || async move {
        let served = loopback::serve(listener, move |request| {
            let (numbers, sources) = (numbers.clone(), sources.clone());
            async move { answer(&request, &numbers, &sources).await }
        });
        let Err(error) = served.await;
        tracing::error!(%error, "the numbers are served no more");
    })?;
    Ok(Serving {
        _thread: thread,
        address,
    })
}

async fn answer(
    request: &Request<Incoming>,
    numbers: &Numbers,
    sources: &Sources,
) -> Response<Full<Bytes>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return page(
            StatusCode::METHOD_NOT_ALLOWED,
            "text/plain",
            "GET only\n".to_owned(),
        );
    }
    match request.uri().path() {
        "/metrics" => {
            let now = Clock::System.now().wall;
            page(
                StatusCode::OK,
                OPEN_METRICS,
                numbers.text(sources, now).await,
            )
        }
        "/healthz" if numbers.is_alive() => {
            page(StatusCode::OK, "text/plain", "alive\n".to_owned())
        }
        "/healthz" => page(
            StatusCode::SERVICE_UNAVAILABLE,
            "text/plain",
            "silent\n".to_owned(),
        ),
        "/readyz" => match numbers.obstacles() {
            words if words.is_empty() => page(StatusCode::OK, "text/plain", "ready\n".to_owned()),
            words => page(StatusCode::SERVICE_UNAVAILABLE, "text/plain", words),
        },
        _ => page(
            StatusCode::NOT_FOUND,
            "text/plain",
            "/healthz /readyz /metrics\n".to_owned(),
        ),
    }
}

fn page(status: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}
