//! What strangers try: refused, within limits of size, rate and time, with nothing lost and nothing told.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::site::{Answer, CARD, CODE, ORIGIN, SEALED, Site, normal, run};
use crate::platform::Platform;
use crate::support::APP_SECRET;

const PATHS: [&str; 13] = [
    "/",
    "/coupon",
    "/page.js",
    "/page.css",
    "/health",
    "/favicon.ico",
    "/api/begin",
    "/api/sign",
    "/api/choose",
    "/api/coupon",
    "/api/confirm",
    "/api/cancel",
    "/api/state",
];

/// Nothing happened: no call to Weixin, nothing in the journal, and the site is well.
async fn check_unharmed(platform: &Platform, site: &Site) {
    let health = site.client.get(site.url("/health")).send().await.unwrap();
    let health = Answer::of(health).await;
    assert_eq!((health.status, &health.json["ok"]), (200, &true.into()));
    assert_eq!(platform.calls(), []);
    assert_eq!(site.desk.lines(), Vec::<Value>::new());
}

#[test]
fn every_answer_carries_its_guards_and_none_leads_elsewhere() {
    let (_platform, site) = normal();
    run(async {
        let mut paths = PATHS.to_vec();
        paths.extend([
            "/nothing",
            "//evil.example/",
            "/coupon?to=https://evil.example",
            "/?lang=xx&lang=en",
        ]);
        for path in paths {
            for method in [
                reqwest::Method::GET,
                reqwest::Method::POST,
                reqwest::Method::OPTIONS,
            ] {
                let request = site.client.request(method.clone(), site.url(path));
                let answer = Answer::of(request.send().await.unwrap()).await;
                let header = |name: &str| {
                    let value = answer
                        .headers
                        .get(name)
                        .map(|value| value.to_str().unwrap().to_owned());
                    value.unwrap_or_default()
                };
                assert!(
                    header("content-security-policy").contains("default-src 'none'"),
                    "{method} {path}"
                );
                assert!(
                    header("content-security-policy").contains("frame-ancestors 'none'"),
                    "{path}"
                );
                assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
                assert_eq!(header("cache-control"), "no-store", "{path}");
                assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
                assert_eq!(header("location"), "", "{method} {path}");
                assert!(
                    !answer.headers.contains_key("access-control-allow-origin"),
                    "{path}"
                );
                assert!(!(300..400).contains(&answer.status), "{method} {path}");
            }
        }
        let page = Answer::of(site.client.get(site.url("/")).send().await.unwrap()).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self' https://res.wx.qq.com/open/js/jweixin-1.6.0.js;"),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
    });
}

#[test]
fn what_is_no_request_of_the_page_is_refused_before_anything_is_done() {
    let (platform, site) = normal();
    run(async {
        let mut phone = site.phone();
        phone.begin().await;
        let nonce = phone.nonce.clone();
        let list =
            format!("[{{\\\"card_id\\\":\\\"{CARD}\\\",\\\"encrypt_code\\\":\\\"{SEALED}\\\"}}]");
        let good = format!("{{\"lang\":\"en\",\"nonce\":\"{nonce}\",\"card_list\":\"{list}\"}}");
        let with = |more: &str| format!("{{{more},{}", &good[1..]);
        let deep = format!("{}{}", "[".repeat(3000), "]".repeat(3000));
        for body in [
            String::new(),
            "null".to_owned(),
            "[]".to_owned(),
            deep,
            good[..good.len() - 1].to_owned(),
            with("\"more\":1"),
            with("\"lang\":\"zh\""),
            good.replace("\"en\"", "\"xx\""),
            good.replace("card_list", "cardList"),
            good.replace(&list, "not json"),
            good.replace(SEALED, &"A".repeat(300)),
            good.replace(SEALED, "\\\\u0000"),
            good.replace(CARD, &"p".repeat(40)),
        ] {
            let request = site
                .client
                .post(site.url("/api/choose"))
                .header("cookie", &phone.cookie);
            let request = request
                .header("content-type", "application/json")
                .body(body.clone());
            let answer = Answer::of(request.send().await.unwrap()).await;
            assert_eq!(answer.status, 400, "{body}: {answer:?}");
            assert!(!answer.text.contains(&nonce), "{body}");
        }
        let send = |name: &'static str, value: &'static str| {
            let request = site
                .client
                .post(site.url("/api/choose"))
                .header("cookie", &phone.cookie);
            request
                .header("content-type", "application/json")
                .header(name, value)
                .body(good.clone())
        };
        for (name, value, status) in [
            ("origin", "https://evil.example", 403),
            ("origin", "null", 403),
            ("sec-fetch-site", "cross-site", 403),
            ("sec-fetch-site", "same-site", 403),
        ] {
            let answer = Answer::of(send(name, value).send().await.unwrap()).await;
            assert_eq!(answer.status, status, "{name}: {value}");
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
        ] {
            let request = site
                .client
                .post(site.url("/api/choose"))
                .header("cookie", &phone.cookie);
            let request = request.header("content-type", kind).body(good.clone());
            assert_eq!(request.send().await.unwrap().status(), 415, "{kind}");
        }
        let huge = site
            .client
            .post(site.url("/api/choose"))
            .header("content-type", "application/json");
        let huge = huge.body(" ".repeat(9 * 1024)).send().await.unwrap();
        assert_eq!(huge.status(), 413);
        // Another session's cookie does not go with this nonce, nor does none.
        let mut other = site.phone();
        other.begin().await;
        other.nonce.clone_from(&nonce);
        assert_eq!(other.choose(SEALED).await.status, 409);
        other.cookie = "session=forged".to_owned();
        other.nonce.clone_from(&nonce);
        assert_eq!(other.choose(SEALED).await.status, 401);
        check_unharmed(&platform, &site).await;
        // All the while the nonce was not spent.
        let chosen = phone
            .post("/api/choose", &serde_json::from_str(&good).unwrap())
            .await;
        assert_eq!(chosen.status, 200);
    });
}

#[test]
fn only_pages_of_this_site_are_signed() {
    let (platform, site) = normal();
    run(async {
        let mut phone = site.phone();
        let url = format!("{ORIGIN}/");
        let without_session = phone
            .post("/api/sign", &json!({ "url": url, "lang": "en" }))
            .await;
        assert_eq!(without_session.status, 401);
        phone.begin().await;
        for url in [
            "https://evil.example/",
            "http://localhost:1.evil.example/",
            "http://localhost:11/",
            "http://localhost:1",
            "javascript:alert(1)",
            "",
        ] {
            let refused = phone
                .post("/api/sign", &json!({ "url": url, "lang": "en" }))
                .await;
            assert_eq!(refused.status, 400, "{url}");
        }
        check_unharmed(&platform, &site).await;
    });
}

#[test]
fn thousands_of_odd_requests_leave_the_site_well() {
    let (platform, site) = normal();
    // Marsaglia's xorshift: the same odd bytes in every run.
    let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
    let mut chance = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    let pieces: [&[u8]; 16] = [
        b"GET ",
        b"POST ",
        b"/api/choose",
        b"/desk/wait",
        b" HTTP/1.1\r\n",
        b"\r\n",
        b"Content-Length: 5\r\n",
        b"\0\xff",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 99999999999999999999\r\n",
        b"Host: x\r\n",
        b"FFFFFFFFFFFFFFFFF\r\n",
        b"Cookie: session=%00;;;=\r\n",
        b"Content-Type: application/json\r\n",
        b"{\"lang\":\"en\",",
        b"/%00%ff/../..",
    ];
    for _ in 0..2000 {
        let mut stream = TcpStream::connect(site.address).unwrap();
        let mut bytes = Vec::new();
        for _ in 0..=chance(12) {
            bytes.extend_from_slice(pieces[chance(pieces.len())]);
            if chance(4) == 0 {
                bytes.push(u8::try_from(chance(256)).unwrap());
            }
        }
        // It may have closed already: that is its answer.
        stream.write_all(&bytes).unwrap_or_default();
        stream
            .shutdown(std::net::Shutdown::Write)
            .unwrap_or_default();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1 500"));
    }
    run(check_unharmed(&platform, &site));
}

#[test]
fn a_head_without_an_end_is_cut_off() {
    let (platform, site) = normal();
    let mut stream = TcpStream::connect(site.address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let mut sent = 0;
    let line = format!("X-Filler: {}\r\n", "x".repeat(1000));
    while sent < 1024 * 1024 && stream.write_all(line.as_bytes()).is_ok() {
        sent += line.len();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap_or_default();
    assert!(
        sent < 1024 * 1024 || answer.starts_with("HTTP/1.1 431"),
        "{sent} {answer}"
    );
    run(check_unharmed(&platform, &site));
}

#[test]
fn slow_senders_are_let_go_while_others_are_served() {
    let (platform, site) = normal();
    let slow: Vec<TcpStream> = [
        &b""[..],
        b"GET / HT",
        b"POST /api/begin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
    ]
    .iter()
    .cycle()
    .take(90)
    .map(|bytes| {
        let mut stream = TcpStream::connect(site.address).unwrap();
        stream.write_all(bytes).unwrap();
        stream
    })
    .collect();
    run(async {
        let mut phone = site.phone();
        assert_eq!(phone.begin().await.stage(), "choose");
    });
    let begun = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    for mut stream in slow {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap_or_default();
        let is_let_go = answer.is_empty() || answer.starts_with("HTTP/1.1 408");
        assert!(is_let_go, "{answer}");
    }
    let ended = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    assert!(ended.as_secs() - begun.as_secs() < 30);
    run(check_unharmed(&platform, &site));
}

#[test]
fn whoever_asks_too_often_has_to_wait_and_the_others_do_not() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = crate::support::Desk::of(&platform);
    desk.configure(&format!(
        "[weixin]\nbase_url = \"http://{}\"\n[weixin.token]\nsource = \"stable_token\"\nappid = \"wx0123\"\n\
         secret_file = \"{}\"\n[online]\npublic_url = \"{ORIGIN}\"\nlisten = \"127.0.0.1:0\"\njournal_path = \"{}\"\n\
         requests_per_minute = 20\ntrusted_proxies = [\"127.0.0.1\"]\n[journal]\npath = \"{}\"\n",
        platform.address(),
        desk.path("secret").display(),
        desk.path("state/online.sqlite").display(),
        desk.path("state/online.sqlite").display(),
    ));
    let site = Site::serve(desk, platform.address());
    run(async {
        let ask = |from: &'static str| {
            let request = site
                .client
                .get(site.url("/page.css"))
                .header("x-forwarded-for", from);
            async move { request.send().await.unwrap().status().as_u16() }
        };
        let mut seen = Vec::new();
        for _ in 0..15 {
            seen.push(ask("203.0.113.1").await);
        }
        assert_eq!(seen[..10], [200; 10]);
        assert!(seen.contains(&429), "{seen:?}");
        // What the customer wrote before the proxy's own word changes nothing.
        assert_eq!(ask("198.51.100.9, 203.0.113.1").await, 429);
        assert_eq!(ask("203.0.113.2").await, 200);
    });
}

#[test]
fn no_answer_holds_a_secret() {
    let (platform, site) = normal();
    run(async {
        let mut phone = site.phone();
        let mut told = phone.begin().await.text;
        let signed = phone
            .post(
                "/api/sign",
                &json!({ "lang": "en", "url": format!("{ORIGIN}/") }),
            )
            .await;
        told += &signed.text;
        let review = phone.review(SEALED).await;
        told += &review.text;
        told += &phone.redeem(&review).await.text;
        for secret in [
            APP_SECRET,
            crate::platform::TOKEN,
            crate::platform::TICKET,
            crate::platform::OPENID,
        ] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    });
    assert_eq!(platform.consumes(), 1);
}
