//! What the network and the machines on it may do, seen through the program itself: an outcome with words, and never a
//! consume that nobody knows of.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use crate::platform::{Fault, Odd, Platform};
use crate::support::{Desk, Ended};

const CODE: &str = "409632457895";
const GET: &str = "/card/code/get";
const CONSUME: &str = "/card/code/consume";
const TOKEN: &str = "/cgi-bin/stable_token";

/// What a cap of 1 MiB leaves of an endless answer, with room for all the sockets' buffers on the way.
const CAPPED: u64 = 48 * 1024 * 1024;

fn normal() -> (Platform, Desk) {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    (platform, desk)
}

/// Changes lines of a desk's configuration, each named by its key.
fn set(desk: &Desk, lines: &[&str]) {
    let mut config = std::fs::read_to_string(desk.path("kiosk.toml")).unwrap();
    for line in lines {
        let key = line.split(' ').next().unwrap();
        let old = config.lines().find(|old| old.starts_with(key)).unwrap();
        config = config.replace(&old.to_owned(), line);
    }
    desk.configure(&config);
}

fn redeem(desk: &Desk) -> Ended {
    desk.run(&["redeem", "--json", "--yes", "--code", CODE])
}

/// Nothing is consumed, and it is said so.
fn check_unreachable(platform: &Platform, desk: &Desk, what: &str) {
    let ended = redeem(desk);
    let object = ended.object();
    assert_eq!(
        (&object["outcome"], ended.exit),
        (&"unreachable".into(), 4),
        "{what}: {}",
        ended.stderr
    );
    assert_eq!(object["attempt_id"], Value::Null, "{what}");
    assert_eq!(platform.consumes(), 0, "{what}");
    assert!(!ended.stderr.contains("PANIC"), "{what}: {}", ended.stderr);
    assert_eq!(desk.attempts(), Vec::<String>::new(), "{what}");
}

/// JSON that would overflow the stack of whoever follows it to its end.
fn nested() -> Vec<u8> {
    let mut body = br#"{"errcode":0,"card":"#.to_vec();
    body.extend(b"[".repeat(100_000));
    body.extend(b"]".repeat(100_000));
    body.push(b'}');
    body
}

fn odd_answers() -> Vec<Odd> {
    vec![
        Odd::Status(500),
        Odd::Status(502),
        Odd::Status(403),
        Odd::Body(b"{\"errcode\":0,\"errmsg\":\"\xff\xfe\"}".to_vec()),
        Odd::Body(nested()),
        Odd::Body(b"[]".to_vec()),
        Odd::Body(Vec::new()),
        Odd::Resets,
        Odd::EndlessBody,
        Odd::HugeBody,
        Odd::EndlessHeaders,
        Odd::EndlessContinues,
        Odd::Stalls,
        Odd::Drips,
        Odd::Status(204),
        // Numbers that are none, and those that no number can hold.
        Odd::Body(br#"{"errcode":NaN,"errmsg":"ok"}"#.to_vec()),
        Odd::Body(br#"{"errcode":0.0,"errmsg":"ok"}"#.to_vec()),
        Odd::Body(br#"{"errcode":1e400,"errmsg":"ok"}"#.to_vec()),
        Odd::Body(br#"{"errcode":18446744073709551616,"errmsg":"ok"}"#.to_vec()),
        Odd::Body(utf_16(r#"{"errcode":0,"errmsg":"ok"}"#)),
        // The page of a network that wants a login first.
        Odd::Body(b"<html><body>Welcome to our Wi-Fi</body></html>".to_vec()),
        Odd::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        Odd::Raw(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        Odd::Raw(with_head("Content-Length: 13\r\nContent-Length: 12")),
        Odd::Raw(with_head("Content-Length: -1")),
        // To the same call once more, and to another machine.
        Odd::Raw(redirect(302, "/card/code/get?access_token=")),
        Odd::Raw(redirect(308, "http://127.0.0.1:9/")),
        Odd::Raw(with_head("Content-Length: 99999999999999999999")),
        Odd::Raw(
            [
                with_head("Transfer-Encoding: chunked"),
                b"FFFFFFFFFFFFFFFFF\r\n".to_vec(),
            ]
            .concat(),
        ),
    ]
}

/// A good answer under a head that does not fit it.
fn with_head(line: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{line}\r\n\r\n{{\"errcode\":0}}").into_bytes()
}

fn redirect(status: u16, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
        .into_bytes()
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What an answer may hold is bounded. An interim answer ("100 Continue") is thrown away as it comes, and how many come
/// is bounded by the deadline alone.
fn check_capped(platform: &Platform, odd: &Odd) {
    let poured = platform.poured();
    assert!(
        *odd == Odd::EndlessContinues || poured < CAPPED,
        "{odd:.60?}: {poured} bytes were taken"
    );
}

#[test]
fn a_look_up_with_an_odd_answer_is_unreachable_and_nothing_is_consumed() {
    for odd in odd_answers() {
        let (platform, desk) = normal();
        platform.answer_oddly(GET, odd.clone());
        let what = format!("{odd:.60?}");
        check_unreachable(&platform, &desk, &what);
        check_capped(&platform, &odd);
    }
}

#[test]
fn a_token_source_with_an_odd_answer_is_unreachable_and_nothing_is_consumed() {
    for odd in odd_answers() {
        if odd == Odd::Status(403) {
            // A source that knows this desk and does not let it in is a matter of set-up.
            continue;
        }
        let (platform, desk) = normal();
        platform.answer_oddly(TOKEN, odd.clone());
        let what = format!("{odd:.60?}");
        check_unreachable(&platform, &desk, &what);
        assert_eq!(platform.queries(), 0, "{what}");
        check_capped(&platform, &odd);
    }
}

#[test]
fn a_consume_with_an_odd_answer_is_sent_once_and_found_by_a_query() {
    for odd in odd_answers() {
        let (platform, desk) = normal();
        platform.answer_oddly(CONSUME, odd.clone());
        let what = format!("{odd:.60?}");
        let ended = redeem(&desk);
        let object = ended.object();
        assert_eq!(
            (&object["outcome"], &object["settled_by"], ended.exit),
            (&"redeemed".into(), &"query".into(), 0),
            "{what}: {}",
            ended.stderr
        );
        assert_eq!(platform.consumes(), 1, "{what}");
        assert_eq!(desk.attempts(), ["redeemed"], "{what}");
        check_capped(&platform, &odd);
    }
}

#[test]
fn answers_that_come_a_byte_at_a_time_are_read_to_their_end() {
    let (platform, desk) = normal();
    let told = br#"{"errcode":0,"user_card_status":"NORMAL","can_consume":true,"card":{"card_id":"pCARD"}}"#;
    platform.answer_oddly(GET, Odd::ByteByByte(told.to_vec()));
    platform.answer_oddly(CONSUME, Odd::ByteByByte(br#"{"errcode":0}"#.to_vec()));
    set(&desk, &["timeout_secs = 20"]);
    let ended = redeem(&desk);
    assert_eq!(ended.exit, 0, "{}", ended.stderr);
    assert_eq!(ended.object()["settled_by"], "reply");
    assert_eq!((platform.queries(), platform.consumes()), (1, 1));
}

#[test]
fn an_answer_after_the_deadline_settles_its_attempt_by_reply() {
    let (platform, desk) = normal();
    platform.fail(&[Fault::Late]);
    set(&desk, &["doubt_secs = 60"]);
    let ended = desk.run(&["redeem", "--json", "--yes", "--code", CODE, "--for", "60"]);
    let object = ended.object();
    assert_eq!(
        (&object["outcome"], &object["settled_by"], ended.exit),
        (&"redeemed".into(), &"reply".into(), 0),
        "{}",
        ended.stderr
    );
    assert_eq!(platform.consumes(), 1);
    assert_eq!(platform.queries(), 2, "it was in doubt, and asked about");
    assert_eq!(desk.attempts(), ["redeemed"]);
}

/// An address where nobody answers a SYN: its backlog is full. The sockets that fill it come along.
async fn deaf_address() -> (
    SocketAddr,
    tokio::net::TcpListener,
    Vec<tokio::net::TcpStream>,
) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut filling = Vec::new();
    let mut refused = 0;
    while refused < 3 {
        let connecting = tokio::net::TcpStream::connect(address);
        match tokio::time::timeout(Duration::from_millis(100), connecting).await {
            Ok(stream) => filling.push(stream.unwrap()),
            Err(_) => refused += 1,
        }
    }
    (address, listener, filling)
}

#[test]
fn a_server_that_does_not_even_answer_the_connection_is_given_up_long_before_the_deadline() {
    let (platform, desk) = normal();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (address, _listener, _filling) = runtime.block_on(deaf_address());
    // Only the connection's own limit can end this with its own words: the screen waits for two minutes.
    let base_url = format!("base_url = \"http://{address}\"");
    set(
        &desk,
        &[&base_url, "timeout_secs = 120", "doubt_secs = 120"],
    );
    let ended = desk.run(&["redeem", "--yes", "--code", CODE, "--lang", "en"]);
    assert_eq!(ended.exit, 4, "{}", ended.stderr);
    let told = "Weixin cannot be reached.";
    assert!(ended.stdout.contains(told), "{}", ended.stdout);
    assert_eq!(platform.consumes(), 0);
    assert_eq!(desk.attempts(), Vec::<String>::new());
}

#[test]
fn a_busy_weixin_is_asked_again_and_its_own_word_is_told_in_the_end() {
    let (platform, desk) = normal();
    let busy = br#"{"errcode":-1,"errmsg":"system error"}"#;
    platform.answer_oddly(GET, Odd::Body(busy.to_vec()));
    let ended = redeem(&desk);
    assert_eq!(
        (&ended.object()["outcome"], &ended.object()["errcode"]),
        (&"unreachable".into(), &(-1).into())
    );
    assert!(platform.queries() > 1);
    assert_eq!((ended.exit, platform.consumes()), (4, 0));
}

#[test]
fn a_used_up_quota_for_titles_does_not_hold_a_consume_back() {
    let (platform, desk) = normal();
    let spent = br#"{"errcode":45009,"errmsg":"reach max api daily quota limit"}"#;
    platform.answer_oddly("/card/get", Odd::Body(spent.to_vec()));
    platform.answer_oddly(GET, Odd::AfterTitle);
    let args = [
        "redeem",
        "--json",
        "--yes",
        "--code",
        CODE,
        "--card-id",
        "pCARD",
    ];
    let ended = desk.run(&args);
    assert_eq!(ended.object()["outcome"], "redeemed", "{}", ended.stderr);
}

#[test]
fn a_used_up_quota_for_look_ups_is_a_matter_of_set_up() {
    let (platform, desk) = normal();
    let spent = br#"{"errcode":45009,"errmsg":"reach max api daily quota limit"}"#;
    platform.answer_oddly(GET, Odd::Body(spent.to_vec()));
    let ended = redeem(&desk);
    assert_eq!(
        (&ended.object()["outcome"], ended.exit),
        (&"set_up".into(), 2)
    );
    assert_eq!((platform.queries(), platform.consumes()), (1, 0));
}

#[test]
fn a_token_of_endless_life_is_taken_for_what_it_is() {
    let (platform, desk) = normal();
    let token = r#"{"access_token":"TOKENofTheAccount9","expires_in":9223372036854775807}"#;
    platform.answer_oddly(TOKEN, Odd::Body(token.as_bytes().to_vec()));
    let ended = redeem(&desk);
    assert_eq!(ended.object()["outcome"], "redeemed", "{}", ended.stderr);
    assert!(!ended.stderr.contains("PANIC"), "{}", ended.stderr);
}

#[test]
fn a_central_server_is_told_the_hash_of_the_token_that_was_refused() {
    let (platform, desk) = normal();
    platform.fail(&[Fault::TokenExpired]);
    std::fs::write(desk.path("bearer"), "b3arer-of-the-desk\n").unwrap();
    desk.configure(&format!(
        "[weixin]\nbase_url = \"http://{0}\"\n[weixin.token]\nsource = \"url\"\nurl = \"http://{0}/token\"\n\
         bearer_file = \"{1}\"\n[journal]\npath = \"{2}\"\n",
        platform.address(),
        desk.path("bearer").display(),
        desk.path("state/journal.sqlite").display(),
    ));
    let ended = redeem(&desk);
    assert_eq!(ended.object()["outcome"], "redeemed", "{}", ended.stderr);
    assert_eq!((platform.tokens(), platform.consumes()), (2, 2));
    let heads: Vec<String> = platform
        .token_heads()
        .iter()
        .map(|head| head.to_ascii_lowercase())
        .collect();
    let rejected = "x-rejected-token-sha256: ";
    assert!(heads[0].starts_with("get /token "), "{}", heads[0]);
    assert!(heads[0].contains("authorization: bearer b3arer-of-the-desk"));
    assert!(!heads[0].contains(rejected));
    // SHA-256 of "TOKENofTheAccount1".
    let hash = "392f7b0b24d02593eccb45b31672f406bb329237e2ffc7d5420044784747efee";
    assert!(
        heads[1].contains(&format!("{rejected}{hash}")),
        "{}",
        heads[1]
    );
}

/// What a machine on the way that mixed its customers up sends: one more answer behind the one that was asked for.
#[test]
fn an_answer_that_came_before_the_consume_was_sent_is_not_taken_for_its_answer() {
    let told = r#"{"errcode":0,"user_card_status":"NORMAL","can_consume":true,"card":{"card_id":"pCARD"}}"#;
    let answer = |body: &str| {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    let (platform, desk) = normal();
    let both = answer(told) + &answer(r#"{"errcode":0,"errmsg":"ok"}"#);
    platform.answer_oddly(GET, Odd::Kept(both.into_bytes()));
    platform.fail(&[Fault::WrongKind]);
    let ended = redeem(&desk);
    let object = ended.object();
    assert_eq!(
        (&object["outcome"], &object["errcode"], ended.exit),
        (&"refused".into(), &40071.into(), 1),
        "{}",
        ended.stderr
    );
    assert_eq!(desk.attempts(), ["refused"]);
}

/// The same a moment later: the unasked answer lies on the kept connection when the consume is written to it. Nothing
/// could tell it from the true one there, so no consume goes over a connection that was used before.
#[test]
fn an_unasked_answer_on_a_kept_connection_is_not_taken_for_a_consumes() {
    let (platform, desk) = normal();
    platform.double_answers();
    platform.fail(&[Fault::WrongKind]);
    let ended = redeem(&desk);
    assert_eq!(ended.object()["outcome"], "refused", "{}", ended.stderr);
    assert_eq!(desk.attempts(), ["refused"]);
}

/// A look-up's answer says errcode 0 as well, and proves nothing of a consume.
#[test]
fn an_answer_of_another_call_is_not_taken_for_a_consumes() {
    let (platform, desk) = normal();
    let told = r#"{"errcode":0,"user_card_status":"NORMAL","can_consume":true,"card":{"card_id":"pCARD"}}"#;
    platform.answer_oddly(CONSUME, Odd::Body(told.into()));
    let ended = redeem(&desk);
    assert_eq!(
        (&ended.object()["outcome"], &ended.object()["settled_by"]),
        (&"redeemed".into(), &"query".into()),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_good_answer_is_taken_whatever_its_content_type_says() {
    for kind in ["text/plain", "text/html; charset=gbk", "image/png"] {
        let (platform, desk) = normal();
        let body = r#"{"errcode":0}"#;
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 13\r\n\r\n{body}");
        platform.answer_oddly(CONSUME, Odd::Kept(head.into_bytes()));
        let ended = redeem(&desk);
        assert_eq!(ended.object()["settled_by"], "reply", "{}", ended.stderr);
    }
}

#[test]
fn what_weixin_tells_cannot_move_a_readers_cursor() {
    let (platform, desk) = normal();
    platform.entitle("Free\u{1b}[2J\u{202e}coffee\r\nRedeemed");
    let told = "{\"errcode\":0,\"user_card_status\":\"NEW\\u001b[2J\\u202e\",\"can_consume\":true,\"card\":{\"card_id\":\"pCARD\"}}";
    let looked = desk.run(&["redeem", "--code", CODE, "--lang", "en"]);
    assert!(
        looked.stdout.contains("Coupon: Free[2JcoffeeRedeemed\n"),
        "{}",
        looked.stdout
    );
    platform.answer_oddly(GET, Odd::Body(told.into()));
    let refused = desk.run(&["redeem", "--code", CODE, "--lang", "en"]);
    assert_eq!(refused.exit, 1, "{}", refused.stderr);
    assert!(refused.stdout.contains("NEW[2J"), "{}", refused.stdout);
    for shown in [looked.stdout, refused.stdout] {
        let is_harmless = |c: char| {
            c == '\n' || !(c.is_control() || c == '\u{202e}' || c == '\u{2068}' || c == '\u{2069}')
        };
        assert!(shown.chars().all(is_harmless), "{shown:?}");
    }
}
