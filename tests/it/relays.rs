//! What stands between a desk and the platform: a TLS front, and a proxy.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate authority of our own.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    /// For `ca_file`.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    fn server(&self, name: &str) -> ServerConfig {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap()
    }
}

/// Ends TLS before a plain server, and counts the handshakes.
pub struct TlsFront {
    pub port: u16,
    handshakes: Arc<AtomicU32>,
}

impl TlsFront {
    /// A front whose certificate is for `name`, signed by `authority`.
    pub fn before(server: SocketAddr, authority: &Authority, name: &str) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(authority.server(name)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let handshakes = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&handshakes);
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                let counted = Arc::clone(&counted);
                tokio::spawn(async move {
                    let Ok(mut inner) = acceptor.accept(stream).await else {
                        return;
                    };
                    counted.fetch_add(1, Ordering::SeqCst);
                    let mut outer = tokio::net::TcpStream::connect(server).await.unwrap();
                    // Either side may end it at any time.
                    let ended = tokio::io::copy_bidirectional(&mut inner, &mut outer).await;
                    drop(ended);
                });
            }
        };
        std::thread::Builder::new()
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                runtime.unwrap().block_on(serve);
            })
            .unwrap();
        Self { port, handshakes }
    }

    /// How many handshakes came to their end.
    pub fn handshakes(&self) -> u32 {
        self.handshakes.load(Ordering::SeqCst)
    }
}

/// A server that knows nothing newer than TLS 1.`minor`; its port.
pub fn old_tls(minor: u8) -> u16 {
    // A handshake record with a ServerHello: its version, some chance, no session, an old suite, no compression.
    let mut hello = vec![0x16, 3, minor + 1, 0, 42, 2, 0, 0, 38, 3, minor + 1];
    hello.extend([7; 32]);
    hello.extend([0, 0xc0, 0x13, 0]);
    blurting(hello)
}

/// A server that answers whatever comes with these bytes; its port.
pub fn blurting(bytes: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::Builder::new()
        .spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut asked = [0; 5];
                if stream.read_exact(&mut asked).is_ok() {
                    stream.write_all(&bytes).unwrap_or_default();
                    // What the other side says to it is not read before it ends.
                    let ended = std::io::copy(&mut stream, &mut std::io::sink());
                    drop(ended);
                }
            }
        })
        .unwrap();
    port
}

/// What a proxy does with those who ask.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    Obliging,
    /// 403 to everybody.
    Refusing,
    /// Opens the tunnel, as it says, and answers in it itself.
    Lying,
    /// 407 to everybody.
    AskingForName,
}

/// A small HTTP proxy: CONNECT for https, whole addresses for http. It keeps the first line of each connection.
pub struct Proxy {
    pub address: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub fn new(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        std::thread::Builder::new()
            .spawn(move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    let kept = Arc::clone(&kept);
                    std::thread::Builder::new()
                        .spawn(move || relay(stream, manners, &kept))
                        .unwrap();
                }
            })
            .unwrap();
        Self { address, lines }
    }

    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

fn relay(mut near: TcpStream, manners: Manners, lines: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && near.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let text = String::from_utf8(head.clone()).unwrap();
    let Some(line) = text.lines().next() else {
        return;
    };
    lines.lock().unwrap().push(line.to_owned());
    let refusal = match manners {
        Manners::Obliging | Manners::Lying => None,
        Manners::Refusing => Some("403 Forbidden"),
        Manners::AskingForName => Some("407 Proxy Authentication Required"),
    };
    if let Some(refusal) = refusal {
        let refusal = format!("HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n");
        near.write_all(refusal.as_bytes()).unwrap_or_default();
        return;
    }
    if manners == Manners::Lying {
        let opened = b"HTTP/1.1 200 OK\r\n\r\n";
        let lie = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"errcode\":0}";
        near.write_all(&[&opened[..], lie].concat())
            .unwrap_or_default();
        return;
    }
    let target = line.split(' ').nth(1).unwrap();
    let is_tunnel = line.starts_with("CONNECT ");
    let host = target.strip_prefix("http://").unwrap_or(target);
    let mut far = TcpStream::connect(host.split('/').next().unwrap()).unwrap();
    if is_tunnel {
        near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    } else {
        far.write_all(&head).unwrap();
    }
    let mut back = (far.try_clone().unwrap(), near.try_clone().unwrap());
    let backwards = std::thread::Builder::new().spawn(move || pump(&mut back.0, &mut back.1));
    pump(&mut near, &mut far);
    backwards.unwrap().join().unwrap();
}

/// Copies until one side ends, and ends the other one.
fn pump(from: &mut TcpStream, to: &mut TcpStream) {
    let ended = std::io::copy(from, to);
    drop(ended);
    to.shutdown(Shutdown::Both).unwrap_or_default();
}
