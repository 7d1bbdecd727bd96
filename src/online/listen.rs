//! Connections: so many at once, so many an address, and none that is allowed to dawdle.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use super::guard::Peer;
use super::{Online, locked, routes};

/// How many connections are held at once.
const CONNECTIONS: usize = 4096;
/// How many of them one address may have, unless it is a trusted proxy's.
const OF_ONE_ADDRESS: usize = 256;
/// How long a handshake, or the head of a request, may take; and how long a connection may be silent.
const HEAD: Duration = Duration::from_secs(10);
/// No head of ours comes near this.
const LONGEST_HEAD: usize = 16 * 1024;
/// How long the system is left alone when it has no room for a connection.
const NO_ROOM: Duration = Duration::from_millis(50);

/// Why the own certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateFault {
    /// The files.
    #[error("{0} holds no certificate or key in PEM form")]
    File(PathBuf),
    /// They do not belong together, or are of a kind that is not known.
    #[error("the certificate and its key cannot be used: {0}")]
    Pair(#[from] rustls::Error),
}

/// The own side of TLS.
pub fn tls(certificate: &PathBuf, key: &PathBuf) -> Result<TlsAcceptor, CertificateFault> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|_told| CertificateFault::File(certificate.clone()))?;
    let key =
        PrivateKeyDer::from_pem_file(key).map_err(|_told| CertificateFault::File(key.clone()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves until it is dropped.
pub async fn serve(
    online: Arc<Online>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
) -> io::Result<()> {
    let router = routes::router(Arc::clone(&online));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let crowd = Arc::new(Crowd::default());
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return Ok(());
        };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(NO_ROOM).await;
                continue;
            }
        };
        let is_proxy = online
            .site
            .trusted_proxies
            .iter()
            .any(|network| network.contains(peer.ip()));
        let Some(member) = crowd.enter(peer.ip(), is_proxy) else {
            tracing::debug!("an address holds too many connections");
            continue;
        };
        let (router, tls) = (router.clone(), tls.clone());
        tokio::spawn(async move {
            connection(stream, peer, router, tls).await;
            drop((member, place));
        });
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, tls: Option<TlsAcceptor>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let Some(tls) = tls else {
        return exchange(stream, peer, router).await;
    };
    match tokio::time::timeout(HEAD, tls.accept(stream)).await {
        Ok(Ok(stream)) => exchange(stream, peer, router).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS"),
        Err(_late) => tracing::debug!("a handshake took too long"),
    }
}

async fn exchange<S>(stream: S, peer: SocketAddr, router: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        router.call(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended");
    }
}

/// How many connections each address has.
#[derive(Debug, Default)]
struct Crowd(Mutex<BTreeMap<IpAddr, usize>>);

/// One of them.
struct Member {
    crowd: Arc<Crowd>,
    address: IpAddr,
}

impl Crowd {
    fn enter(self: &Arc<Self>, address: IpAddr, is_proxy: bool) -> Option<Member> {
        let mut counts = locked(&self.0);
        let count = counts.entry(address).or_default();
        if *count >= OF_ONE_ADDRESS && !is_proxy {
            return None;
        }
        *count += 1;
        Some(Member {
            crowd: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut counts = locked(&self.crowd.0);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}
