//! TLS with a private authority, the kept connection and the new one, and the proxy, through the program itself.

use crate::platform::{Odd, Platform};
use crate::relays::{Authority, Manners, Proxy, TlsFront, blurting, old_tls};
use crate::support::{Desk, Ended};

const CODE: &str = "409632457895";

/// A platform, and a desk whose configuration says about Weixin what `weixin` says.
fn desk(weixin: &str) -> (Platform, Desk) {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    reach(&desk, weixin);
    (platform, desk)
}

/// Lets a desk reach Weixin as `weixin` says.
fn reach(desk: &Desk, weixin: &str) {
    desk.configure(&format!(
        "[weixin]\n{weixin}\n[weixin.token]\nsource = \"stable_token\"\nappid = \"wx0123\"\nsecret_file = \"{}\"\n\
         [journal]\npath = \"{}\"\n",
        desk.path("secret").display(),
        desk.path("state/journal.sqlite").display(),
    ));
}

fn trusting(desk: &Desk, authority: &Authority, port: u16) -> String {
    let ca_file = desk.path("ca.pem");
    std::fs::write(&ca_file, authority.pem()).unwrap();
    format!(
        "base_url = \"https://localhost:{port}\"\nca_file = \"{}\"",
        ca_file.display()
    )
}

fn redeem(desk: &Desk) -> Ended {
    desk.run(&["redeem", "--json", "--yes", "--code", CODE])
}

fn check_redeemed(platform: &Platform, ended: &Ended) {
    assert_eq!(ended.object()["outcome"], "redeemed", "{}", ended.stderr);
    assert_eq!(
        (ended.exit, platform.queries(), platform.consumes()),
        (0, 1, 1)
    );
}

/// All that leads to a consume went over one connection, and so over one handshake; the consume over one of its own.
fn check_connections(platform: &Platform) {
    let calls = platform.calls();
    let used = |is_one: fn(&str) -> bool| {
        let calls = calls.iter().filter(|(_, call)| is_one(call));
        let mut used: Vec<u32> = calls.map(|(connection, _)| *connection).collect();
        used.dedup();
        used
    };
    let asked = used(|call| !["/card/get", "/card/code/consume"].contains(&call));
    let others = used(|call| call != "/card/code/consume");
    let sent = used(|call| call == "/card/code/consume");
    assert_eq!((asked.len(), sent.len()), (1, 1), "{calls:?}");
    assert!(!others.contains(&sent[0]), "{calls:?}");
}

/// Nothing got through, and people are told why in their words.
fn check_unreachable(platform: &Platform, desk: &Desk, told: &str) {
    let ended = redeem(desk);
    assert_eq!(
        (&ended.object()["outcome"], ended.exit),
        (&"unreachable".into(), 4),
        "{}",
        ended.stderr
    );
    let ended = desk.run(&["redeem", "--yes", "--code", CODE, "--lang", "en"]);
    assert_eq!(ended.exit, 4);
    assert!(ended.stdout.contains(told), "{}", ended.stdout);
    assert_eq!((platform.queries(), platform.consumes()), (0, 0));
    assert_eq!(desk.attempts(), Vec::<String>::new());
}

#[test]
fn a_server_of_a_private_authority_is_trusted_by_its_ca_file() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    reach(&desk, &trusting(&desk, &authority, front.port));
    check_redeemed(&platform, &redeem(&desk));
}

#[test]
fn token_and_query_pay_for_one_handshake_and_the_consume_and_the_title_for_their_own() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    reach(&desk, &trusting(&desk, &authority, front.port));
    // The title is asked at the same time as the query, and answered before it.
    platform.answer_oddly("/card/code/get", Odd::AfterTitle);
    let args = [
        "redeem",
        "--json",
        "--yes",
        "--code",
        CODE,
        "--card-id",
        "pCARD",
    ];
    check_redeemed(&platform, &desk.run(&args));
    assert_eq!((platform.tokens(), front.handshakes()), (1, 3));
    check_connections(&platform);
}

#[test]
fn a_title_that_is_never_answered_takes_no_connection_from_the_consume() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    reach(&desk, &trusting(&desk, &authority, front.port));
    platform.answer_oddly("/card/get", Odd::Stalls);
    check_redeemed(&platform, &redeem(&desk));
    check_connections(&platform);
}

#[test]
fn a_server_whose_certificate_does_not_hold_is_not_spoken_to() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    let told = "The connection to Weixin is not trustworthy.";

    let trusting_nobody = format!("base_url = \"https://localhost:{}\"", front.port);
    reach(&desk, &trusting_nobody);
    check_unreachable(&platform, &desk, told);

    reach(&desk, &trusting(&desk, &Authority::new(), front.port));
    check_unreachable(&platform, &desk, told);

    let stranger = TlsFront::before(platform.address(), &authority, "api.weixin.qq.com");
    reach(&desk, &trusting(&desk, &authority, stranger.port));
    check_unreachable(&platform, &desk, told);
    assert_eq!((front.handshakes(), stranger.handshakes()), (0, 0));
}

#[test]
fn a_ca_file_that_is_missing_or_holds_no_certificate_is_told_with_its_line() {
    for (written, wrong) in [(None, "does not exist"), (Some("no PEM"), "no certificate")] {
        let (platform, desk) = desk("");
        let path = desk.path("ca.pem");
        if let Some(text) = written {
            std::fs::write(&path, text).unwrap();
        }
        let lines = format!(
            "base_url = \"https://localhost:1\"\nca_file = \"{}\"",
            path.display()
        );
        reach(&desk, &lines);
        let checked = desk.run(&["check", "--json"]);
        assert_eq!(checked.exit, 2);
        let mistakes = checked.object()["mistakes"].clone();
        assert_eq!(mistakes.as_array().unwrap().len(), 1, "{mistakes}");
        let mistake = &mistakes[0];
        assert_eq!(
            (&mistake["key"], &mistake["line"]),
            (&"weixin.ca_file".into(), &3.into())
        );
        assert!(
            mistake["wrong"].as_str().unwrap().contains(wrong),
            "{mistake}"
        );
        assert_eq!(redeem(&desk).exit, 2);
        assert_eq!(platform.queries(), 0);
    }
}

#[test]
fn a_ca_file_whose_certificate_is_damaged_is_told_before_anything_is_asked() {
    let (platform, desk) = desk("");
    let path = desk.path("ca.pem");
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(&path, damaged).unwrap();
    reach(
        &desk,
        &format!(
            "base_url = \"https://localhost:1\"\nca_file = \"{}\"",
            path.display()
        ),
    );
    assert_eq!(redeem(&desk).exit, 2);
    assert_eq!((platform.queries(), platform.consumes()), (0, 0));
}

/// As on a slim system image: no folder and no file of authorities.
fn redeem_without_authorities(desk: &Desk) -> Ended {
    let mut command = desk.command(&["redeem", "--json", "--yes", "--code", CODE]);
    command.env("SSL_CERT_FILE", desk.path("nowhere"));
    command.env("SSL_CERT_DIR", desk.path("nowhere"));
    Ended::of(&command.output().unwrap())
}

#[test]
fn a_machine_without_authorities_is_told_what_to_install_and_needs_none_for_itself() {
    let (platform, desk) = desk("base_url = \"https://localhost:1\"");
    let ended = redeem_without_authorities(&desk);
    assert_eq!(ended.exit, 2, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("install its ca-certificates"),
        "{}",
        ended.stderr
    );
    reach(
        &desk,
        &format!("base_url = \"http://{}\"", platform.address()),
    );
    check_redeemed(&platform, &redeem_without_authorities(&desk));
}

#[test]
fn a_private_authority_is_enough_on_a_machine_without_others() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    reach(&desk, &trusting(&desk, &authority, front.port));
    check_redeemed(&platform, &redeem_without_authorities(&desk));
}

#[test]
fn the_proxy_of_the_configuration_carries_http_and_https() {
    let (platform, desk) = desk("");
    let proxy = Proxy::new(Manners::Obliging);
    let plain = format!(
        "base_url = \"http://{}\"\nproxy = \"http://{}\"",
        platform.address(),
        proxy.address
    );
    reach(&desk, &plain);
    check_redeemed(&platform, &redeem(&desk));
    let whole = format!("POST http://{}/", platform.address());
    let lines = proxy.lines();
    assert!(
        !lines.is_empty() && lines.iter().all(|line| line.starts_with(&whole)),
        "{lines:?}"
    );

    let (platform, desk) = self::desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    let proxy = Proxy::new(Manners::Obliging);
    let trusting = trusting(&desk, &authority, front.port);
    reach(
        &desk,
        &format!("{trusting}\nproxy = \"http://{}\"", proxy.address),
    );
    check_redeemed(&platform, &redeem(&desk));
    let tunnel = format!("CONNECT localhost:{} HTTP/1.1", front.port);
    let lines = proxy.lines();
    assert!(
        !lines.is_empty() && lines.iter().all(|line| *line == tunnel),
        "{lines:?}"
    );
}

#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let (platform, desk) = desk("");
    let proxy = Proxy::new(Manners::Refusing);
    reach(
        &desk,
        &format!("base_url = \"http://{}\"", platform.address()),
    );
    let mut command = desk.command(&["redeem", "--json", "--yes", "--code", CODE]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        let address = format!("http://{}", proxy.address);
        command.env(name, &address);
        command.env(name.to_ascii_lowercase(), &address);
    }
    check_redeemed(&platform, &Ended::of(&command.output().unwrap()));
    assert_eq!(proxy.lines(), Vec::<String>::new());
}

#[test]
fn a_proxy_that_refuses_or_is_not_there_leaves_weixin_unreachable() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    let trusting = trusting(&desk, &authority, front.port);
    let told = "Weixin cannot be reached.";
    let proxy = Proxy::new(Manners::Refusing);
    reach(
        &desk,
        &format!("{trusting}\nproxy = \"http://{}\"", proxy.address),
    );
    check_unreachable(&platform, &desk, told);
    assert!(!proxy.lines().is_empty());

    reach(
        &desk,
        &format!("{trusting}\nproxy = \"http://127.0.0.1:1\""),
    );
    check_unreachable(&platform, &desk, told);

    let plain = format!("base_url = \"http://{}\"", platform.address());
    reach(&desk, &format!("{plain}\nproxy = \"http://127.0.0.1:1\""));
    check_unreachable(&platform, &desk, told);
    assert_eq!(front.handshakes(), 0);
}

#[test]
fn a_server_with_old_tls_or_none_is_not_spoken_to() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let told = "The connection to Weixin is not trustworthy.";
    for minor in [0, 1] {
        reach(&desk, &trusting(&desk, &authority, old_tls(minor)));
        check_unreachable(&platform, &desk, told);
    }
    let plain = blurting(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    reach(&desk, &trusting(&desk, &authority, plain));
    check_unreachable(&platform, &desk, told);
}

#[test]
fn a_proxy_that_answers_in_weixins_place_is_not_believed() {
    let (platform, desk) = desk("");
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    let trusting = trusting(&desk, &authority, front.port);
    let proxy = Proxy::new(Manners::Lying);
    reach(
        &desk,
        &format!("{trusting}\nproxy = \"http://{}\"", proxy.address),
    );
    check_unreachable(&platform, &desk, "");
    assert!(!proxy.lines().is_empty());
    assert_eq!(front.handshakes(), 0);
}
