//! The small server before the numbers: three pages, GET only, loopback only.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;

use super::{Numbers, Sources};
use crate::kiosk::clock::Clock;
use crate::worker::Worker;

/// Monitoring asks every few seconds, over one connection.
const CONNECTIONS: usize = 8;
/// Who sends no request is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Ends when it is dropped.
#[derive(Debug)]
pub struct Serving {
    /// Dropped first: the thread waits for its end.
    _end: tokio::sync::oneshot::Sender<()>,
    _thread: Worker,
    /// Where it listens, the port that the system chose included.
    pub address: SocketAddr,
}

/// Serves on a loopback address until what this returns is dropped.
pub fn serve(address: SocketAddr, numbers: Numbers, sources: Sources) -> io::Result<Serving> {
    if !address.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the numbers are served on a loopback address only",
        ));
    }
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (end, ended) = tokio::sync::oneshot::channel();
    let thread = Worker::start("health", move |_stop| {
        runtime.block_on(async {
            tokio::select! {
                accepted = accept(listener, numbers, sources) => {
                    if let Err(error) = accepted {
                        tracing::error!(%error, "the numbers are served no more");
                    }
                }
                _dropped = ended => {}
            }
        });
    })?;
    Ok(Serving {
        _end: end,
        _thread: thread,
        address,
    })
}

async fn accept(listener: TcpListener, numbers: Numbers, sources: Sources) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            // Too many open files, or whoever came has gone: the next one may be luckier.
            Err(error) => {
                tracing::debug!(%error, "a connection to the numbers");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (numbers, sources) = (numbers.clone(), sources.clone());
        tokio::spawn(async move {
            let answer = service_fn(move |request| {
                let (numbers, sources) = (numbers.clone(), sources.clone());
                async move { Ok::<_, Infallible>(answer(&request, &numbers, &sources).await) }
            });
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), answer)
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection to the numbers");
            }
            drop(place);
        });
    }
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
