//! What stands before every route: who is asking, how often, for how long, and what every answer carries.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::Network;

use super::{Online, locked};

/// How long an answer may take: a little longer than the longest wait that a route offers.
const PATIENCE: Duration = Duration::from_secs(40);
/// How many addresses are remembered at once.
const ADDRESSES: usize = 50_000;

/// Who is at the other end of the connection: a proxy, or the customer himself.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Counts what each address asks: so much a minute, half of it at once.
#[derive(Debug)]
pub struct Limiter {
    per_minute: f64,
    buckets: Mutex<BTreeMap<IpAddr, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Limiter {
    /// A limiter of so many requests a minute and address.
    pub fn new(per_minute: u32) -> Self {
        Self {
            per_minute: per_minute.into(),
            buckets: Mutex::default(),
        }
    }

    /// Takes one request of an address; `false` where it has asked too often.
    pub fn takes(&self, address: IpAddr, now: Instant) -> bool {
        let most = self.per_minute / 2.0;
        let refilled = |bucket: &Bucket| {
            let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
            (bucket.left + passed * self.per_minute / 60.0).min(most)
        };
        let mut buckets = locked(&self.buckets);
        if buckets.len() >= ADDRESSES {
            // Whoever has a full bucket again is as good as forgotten.
            buckets.retain(|_, bucket| refilled(bucket) < most);
        }
        let bucket = buckets.entry(household(address)).or_insert(Bucket {
            left: most,
            at: now,
        });
        bucket.left = refilled(bucket);
        bucket.at = now;
        let is_taken = bucket.left >= 1.0;
        if is_taken {
            bucket.left -= 1.0;
        }
        is_taken
    }
}

/// One household has a whole network of IPv6 addresses.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The customer's address: the peer's own, or, of a trusted proxy's word, the last one that is no trusted proxy.
pub fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(peer) {
        return peer;
    }
    let mut told = Vec::new();
    for value in headers.get_all("x-forwarded-for") {
        let Ok(value) = value.to_str() else {
            return peer;
        };
        told.extend(value.split(',').map(|address| address.trim().parse()));
    }
    let mut client = peer;
    for address in told.into_iter().rev() {
        let Ok(address) = address else {
            break;
        };
        client = address;
        if !is_trusted(address) {
            break;
        }
    }
    client
}

/// Lets a request through, or does not, and gives its answer the headers that every answer has.
pub async fn guard(State(online): State<Arc<Online>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let now = online.means.clock.now().tick;
    let is_page = matches!(request.uri().path(), "/" | "/coupon");
    let is_taken = peer.is_some_and(|Peer(peer)| {
        let client = client(peer, request.headers(), &online.site.trusted_proxies);
        online.limiter.takes(client, now)
    });
    let mut response = if is_taken {
        match tokio::time::timeout(PATIENCE, next.run(request)).await {
            Ok(response) => response,
            Err(_late) => StatusCode::REQUEST_TIMEOUT.into_response(),
        }
    } else {
        let wait = [(header::RETRY_AFTER, "10")];
        (StatusCode::TOO_MANY_REQUESTS, wait, "").into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if online.site.public_url.is_https() {
        let value = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    let policy = if is_page {
        online.pages.policy()
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

const ALWAYS: [(&str, &str); 7] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=()",
    ),
];

/// Whether a browser says that another site has sent this. Weixin's older browsers say nothing; the nonce is the proof.
pub fn is_from_elsewhere(headers: &HeaderMap, origin: &str) -> bool {
    let is_other_origin = headers
        .get(header::ORIGIN)
        .is_some_and(|told| told.as_bytes() != origin.as_bytes());
    let is_other_site = headers
        .get("sec-fetch-site")
        .is_some_and(|told| told.as_bytes() != b"same-origin");
    is_other_origin || is_other_site
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kiosk::clock;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_asks_so_much_a_minute_and_half_of_it_at_once() {
        let (limiter, now) = (Limiter::new(60), clock::tick());
        let ask =
            |from: &str, secs: u64| limiter.takes(address(from), now + Duration::from_secs(secs));
        assert_eq!((0..100).filter(|_| ask("203.0.113.1", 0)).count(), 30);
        assert!(ask("203.0.113.2", 0));
        assert!(ask("203.0.113.1", 1) && !ask("203.0.113.1", 1));
        assert_eq!((0..100).filter(|_| ask("203.0.113.1", 600)).count(), 30);
    }

    #[test]
    fn a_household_of_ipv6_counts_as_one() {
        let (limiter, now) = (Limiter::new(10), clock::tick());
        let asked = (0..100).filter(|host| {
            let from = format!("2001:db8::{host:x}");
            limiter.takes(address(&from), now)
        });
        assert_eq!(asked.count(), 5);
        assert!(limiter.takes(address("2001:db8:0:1::1"), now));
    }

    fn told(peer: &str, forwarded: &[&str], trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<Network> = crate::config::Network::of_text(trusted)
            .into_iter()
            .collect();
        client(address(peer), &headers, &trusted).to_string()
    }

    #[test]
    fn a_forwarded_address_is_believed_from_a_trusted_proxy_alone() {
        let forged = ["198.51.100.7"];
        assert_eq!(told("203.0.113.1", &forged, "10.0.0.0/8"), "203.0.113.1");
        assert_eq!(told("10.0.0.1", &forged, "10.0.0.0/8"), "198.51.100.7");
        assert_eq!(told("10.0.0.1", &[], "10.0.0.0/8"), "10.0.0.1");
        // What the customer wrote himself stands before what the proxies added.
        let chain = ["127.0.0.1, 198.51.100.7", "10.0.0.2"];
        assert_eq!(told("10.0.0.1", &chain, "10.0.0.0/8"), "198.51.100.7");
        assert_eq!(told("10.0.0.1", &["nonsense"], "10.0.0.0/8"), "10.0.0.1");
    }

    #[test]
    fn another_site_is_told_apart() {
        let headers = |name: &'static str, value: &'static str| {
            let pair = (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
            HeaderMap::from_iter([pair])
        };
        let own = "https://coupons.example";
        assert!(!is_from_elsewhere(&HeaderMap::new(), own));
        assert!(!is_from_elsewhere(&headers("origin", own), own));
        assert!(is_from_elsewhere(
            &headers("origin", "https://evil.example"),
            own
        ));
        assert!(is_from_elsewhere(&headers("origin", "null"), own));
        assert!(!is_from_elsewhere(
            &headers("sec-fetch-site", "same-origin"),
            own
        ));
        assert!(is_from_elsewhere(
            &headers("sec-fetch-site", "cross-site"),
            own
        ));
    }
}
