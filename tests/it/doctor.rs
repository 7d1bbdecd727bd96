//! The doctor at desks that are broken in many ways, each against real sockets and files: what it finds, what it says to
//! do, that it gives no secret away, and that it leaves everything as it was.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::platform::{Fault, Odd, Platform, TOKEN};
use crate::relays::{Authority, Manners, Proxy, TlsFront};
use crate::support::{APP_SECRET, Desk, Ended};

const CODE: &str = "409632457895";
const TOKEN_CALL: &str = "/cgi-bin/stable_token";
const QUOTA_CALL: &str = "/cgi-bin/openapi/quota/get";

/// Findings by their check.
struct Seen {
    exit: i32,
    findings: BTreeMap<String, Value>,
    summary: String,
}

impl Seen {
    /// What was found of `check`: its verdict and its name.
    fn check(&self, check: &str, verdict: &str, found: &str) {
        let finding = &self.findings[check];
        assert_eq!(
            (&finding["verdict"], &finding["found"]),
            (&verdict.into(), &found.into()),
            "{finding}"
        );
        let says = finding["says"].as_str().unwrap();
        assert!(
            !says.is_empty() && !says.starts_with("doctor-"),
            "{finding}"
        );
        assert_eq!(finding["do"].is_null(), verdict == "good", "{finding}");
        assert_eq!(
            self.summary.contains(found),
            verdict != "good",
            "{}",
            self.summary
        );
    }

    fn fact(&self, check: &str, name: &str) -> &Value {
        &self.findings[check]["facts"][name]
    }
}

/// Runs the doctor in both languages and as JSON, and sees that nothing is given away and nothing changed.
fn examine_with(desk: &Desk, variables: &[(&str, &str)]) -> Seen {
    guard_secret(desk);
    let before = everything(desk.folder.path());
    let run = |args: &[&str]| {
        let mut command = desk.command(args);
        command.envs(variables.iter().copied());
        Ended::of(&command.output().unwrap())
    };
    let told = run(&["doctor", "--json"]);
    let mut findings = BTreeMap::new();
    let mut summary = String::new();
    for line in told.stdout.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        match object["check"].as_str() {
            Some(check) => {
                findings.insert(check.to_owned(), object);
            }
            None => object["summary"].as_str().unwrap().clone_into(&mut summary),
        }
    }
    for language in ["en", "zh"] {
        let page = run(&["doctor", "--lang", language]);
        assert_eq!(page.exit, told.exit);
        assert!(!page.stdout.contains("doctor-"), "{}", page.stdout);
        assert!(page.stdout.contains('\u{2580}'), "no code: {}", page.stdout);
        for secret in [APP_SECRET, TOKEN] {
            assert!(!page.stdout.contains(secret), "{}", page.stdout);
            assert!(!page.stderr.contains(secret), "{}", page.stderr);
        }
    }
    for secret in [APP_SECRET, TOKEN] {
        assert!(!told.stdout.contains(secret) && !told.stderr.contains(secret));
    }
    assert!(
        everything(desk.folder.path()) == before,
        "something was changed"
    );
    Seen {
        exit: told.exit,
        findings,
        summary,
    }
}

fn examine(desk: &Desk) -> Seen {
    examine_with(desk, &[])
}

fn guard_secret(desk: &Desk) {
    if let Ok(facts) = std::fs::metadata(desk.path("secret"))
        && facts.permissions().mode() & 0o777 != 0o640
    {
        std::fs::set_permissions(desk.path("secret"), PermissionsExt::from_mode(0o600)).unwrap();
    }
}

/// Every file below a folder, with what is in it. Any reader of SQLite's leaves its log and its index, empty, beside a journal.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(everything(&path));
        } else if !path.to_str().unwrap().ends_with("-wal")
            && !path.to_str().unwrap().ends_with("-shm")
        {
            all.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    all
}

/// A server that answers everybody with the same bytes.
fn answering(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::Builder::new()
        .spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut head = [0; 4096];
                if stream.read(&mut head).is_ok() {
                    stream.write_all(answer.as_bytes()).unwrap_or_default();
                }
            }
        })
        .unwrap();
    address
}

/// A desk whose `[weixin]` says this.
fn reaching(weixin: &str) -> Desk {
    let desk = Desk::of(&Platform::with(&[]));
    configure(&desk, weixin);
    desk
}

fn configure(desk: &Desk, weixin: &str) {
    desk.configure(&format!(
        "[weixin]\n{weixin}\n[weixin.token]\nsource = \"stable_token\"\nappid = \"wx0123\"\nsecret_file = \"{}\"\n\
         [store]\ndesk = \"front\"\n[journal]\npath = \"{}\"\n",
        desk.path("secret").display(),
        desk.path("state/journal.sqlite").display(),
    ));
}

fn reaching_address(address: SocketAddr) -> Desk {
    reaching(&format!("base_url = \"http://{address}\""))
}

#[test]
fn a_sound_desk_is_told_so_line_by_line() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let quota =
        r#"{"errcode":0,"errmsg":"ok","quota":{"daily_limit":1000000,"used":17,"remain":999983}}"#;
    platform.answer_oddly(QUOTA_CALL, Odd::Body(quota.as_bytes().to_vec()));
    let desk = Desk::of(&platform);
    assert_eq!(
        desk.run(&["redeem", "--json", "--yes", "--code", CODE])
            .exit,
        0
    );
    let seen = examine(&desk);
    seen.check("disk", "good", "disk-good");
    seen.check("room", "good", "room-good");
    seen.check("journal", "good", "journal-whole");
    seen.check("in_doubt", "good", "doubt-none");
    seen.check("dns", "good", "dns-address");
    seen.check("reach", "good", "reach-answers");
    seen.check("token", "good", "token-good");
    seen.check("quota", "good", "quota-good");
    seen.check("scanner", "good", "scanner-reads");
    // This stand-in does not tell its time.
    seen.check("clock", "watch", "clock-untold");
    assert_eq!(seen.fact("token", "minutes"), 120);
    assert!(seen.fact("journal", "records").as_u64().unwrap() >= 2);
    // A look and nothing else: it asked no code, and consumed nothing more.
    assert_eq!(platform.consumes(), 1);
    assert!(
        seen.summary.starts_with("coupon-kiosk "),
        "{}",
        seen.summary
    );
    assert!(seen.summary.contains(" desk 1 "), "{}", seen.summary);
}

#[test]
fn a_clock_that_is_wrong_is_compared_with_weixins() {
    let address = answering(
        "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: 41\r\n\r\n\
         {\"errcode\":41001,\"errmsg\":\"access_token\"} ",
    );
    let seen = examine(&reaching_address(address));
    seen.check("reach", "good", "reach-answers");
    seen.check("clock", "bad", "clock-ahead");
    assert!(seen.fact("clock", "secs").as_i64().unwrap() > 365 * 86_400);
    assert_eq!(seen.exit, 2);
}

#[test]
fn a_captive_portal_is_told_from_a_gateway_that_refuses() {
    for (answer, found) in [
        (
            "HTTP/1.1 302 Found\r\nLocation: http://login.example/?to=weixin\r\nContent-Length: 0\r\n\r\n",
            "reach-portal-at",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n<html> </html>",
            "reach-portal",
        ),
        (
            "HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "reach-portal",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "reach-gateway",
        ),
        (
            "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
            "reach-gateway",
        ),
    ] {
        let seen = examine(&reaching_address(answering(answer)));
        seen.check("reach", "bad", found);
        seen.check("token", "watch", "token-not-asked");
        if found == "reach-portal-at" {
            assert_eq!(seen.fact("reach", "portal"), "login.example");
        }
    }
}

#[test]
fn an_authority_of_the_companys_own_is_told_from_a_portals_certificate() {
    let platform = Platform::with(&[]);
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    let desk = reaching(&format!("base_url = \"https://localhost:{}\"", front.port));
    let seen = examine(&desk);
    // Weixin's own answers come through it: TLS is opened on the way.
    seen.check("tls", "bad", "tls-inspected");
    assert_eq!(seen.fact("tls", "issuer"), "rcgen self signed cert");
    assert!(seen.exit == 4, "{}", seen.exit);

    let portal = answering(
        "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n",
    );
    let front = TlsFront::before(portal, &authority, "login.example");
    let desk = reaching(&format!("base_url = \"https://localhost:{}\"", front.port));
    let seen = examine(&desk);
    seen.check("tls", "bad", "tls-stranger");
    seen.check("reach", "bad", "reach-portal-at");

    // A trusted authority, and another server's name.
    let front = TlsFront::before(platform.address(), &authority, "api.weixin.qq.com");
    std::fs::write(desk.path("ca.pem"), authority.pem()).unwrap();
    let trusting = |port| {
        format!(
            "base_url = \"https://localhost:{port}\"\nca_file = \"{}\"",
            desk.path("ca.pem").display()
        )
    };
    configure(&desk, &trusting(front.port));
    examine(&desk).check("tls", "bad", "tls-wrong-name");

    let front = TlsFront::before(platform.address(), &authority, "localhost");
    configure(&desk, &trusting(front.port));
    let seen = examine(&desk);
    seen.check("tls", "good", "tls-trusted");
    seen.check("reach", "good", "reach-answers");
    // No secret went to those who were not trusted.
    assert_eq!(platform.tokens(), 3);
}

#[test]
fn what_a_company_proxy_does_is_told_apart() {
    let platform = Platform::with(&[]);
    let authority = Authority::new();
    let front = TlsFront::before(platform.address(), &authority, "localhost");
    let desk = reaching("");
    std::fs::write(desk.path("ca.pem"), authority.pem()).unwrap();
    let trusting = format!(
        "base_url = \"https://localhost:{}\"\nca_file = \"{}\"",
        front.port,
        desk.path("ca.pem").display()
    );
    for (manners, verdict, found) in [
        (Manners::Obliging, "good", "reach-by-proxy"),
        (Manners::Refusing, "bad", "reach-proxy-refuses"),
        (Manners::AskingForName, "bad", "reach-proxy-name"),
    ] {
        let proxy = Proxy::new(manners);
        configure(
            &desk,
            &format!("{trusting}\nproxy = \"http://{}\"", proxy.address),
        );
        examine(&desk).check("reach", verdict, found);
    }
    configure(
        &desk,
        &format!("{trusting}\nproxy = \"http://127.0.0.1:1\""),
    );
    examine(&desk).check("reach", "bad", "reach-proxy-gone");

    let desk = reaching("base_url = \"http://127.0.0.1:1\"");
    examine(&desk).check("reach", "bad", "reach-nobody");
    let seen = examine_with(&desk, &[("https_proxy", "http://proxy.example:3128")]);
    seen.check("reach", "bad", "reach-proxy-unused");
    assert_eq!(seen.fact("reach", "variable"), "https_proxy");
    assert_eq!(seen.exit, 4);
}

#[test]
fn an_address_that_is_not_on_the_accounts_list_is_named() {
    let platform = Platform::with(&[]);
    let refusal = r#"{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 6-7"}"#;
    platform.answer_oddly(TOKEN_CALL, Odd::Body(refusal.as_bytes().to_vec()));
    let seen = examine(&Desk::of(&platform));
    seen.check("token", "bad", "token-address");
    assert_eq!(seen.fact("token", "address"), "203.0.113.7");
    assert!(
        seen.findings["token"]["do"]
            .as_str()
            .unwrap()
            .contains("203.0.113.7"),
        "{}",
        seen.findings["token"]
    );
    assert_eq!(seen.exit, 2);
}

#[test]
fn a_token_that_is_refused_and_a_quota_that_is_spent_are_told() {
    let platform = Platform::with(&[]);
    let refusal = r#"{"errcode":40125,"errmsg":"invalid appsecret rid: 1"}"#;
    platform.answer_oddly(TOKEN_CALL, Odd::Body(refusal.as_bytes().to_vec()));
    examine(&Desk::of(&platform)).check("token", "bad", "token-credentials");

    // A token in a file is tried by the question for the quota.
    let platform = Platform::with(&[]);
    let desk = Desk::of(&platform);
    std::fs::write(desk.path("secret"), "an-old-token-of-yesterday").unwrap();
    desk.configure(&format!(
        "[weixin]\nbase_url = \"http://{}\"\n[weixin.token]\nsource = \"static\"\ntoken_file = \"{}\"\n\
         [journal]\npath = \"{}\"\n",
        platform.address(),
        desk.path("secret").display(),
        desk.path("state/journal.sqlite").display(),
    ));
    examine(&desk).check("token", "bad", "token-refused");

    let platform = Platform::with(&[]);
    let spent =
        r#"{"errcode":0,"errmsg":"ok","quota":{"daily_limit":5000,"used":5000,"remain":0}}"#;
    platform.answer_oddly(QUOTA_CALL, Odd::Body(spent.as_bytes().to_vec()));
    examine(&Desk::of(&platform)).check("quota", "bad", "quota-spent");
}

#[test]
fn a_secret_that_others_may_read_is_bad() {
    let platform = Platform::with(&[]);
    let desk = Desk::of(&platform);
    std::fs::set_permissions(desk.path("secret"), PermissionsExt::from_mode(0o640)).unwrap();
    let seen = examine(&desk);
    seen.check("permissions", "bad", "permissions-secret");
    assert_eq!(seen.fact("permissions", "mode"), "640");
    assert_eq!(seen.exit, 2);
}

#[test]
fn a_journal_that_was_changed_and_one_that_is_in_doubt_are_told() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    platform.fail(&[Fault::HangBefore]);
    let ended = desk.run(&["redeem", "--json", "--yes", "--code", CODE, "--for", "0"]);
    assert_eq!(ended.exit, 3, "{}", ended.stderr);
    let seen = examine(&desk);
    seen.check("in_doubt", "watch", "doubt-some");
    assert_eq!(seen.fact("in_doubt", "count"), 1);
    seen.check("journal", "good", "journal-whole");

    let journal = rusqlite::Connection::open(desk.path("state/journal.sqlite")).unwrap();
    let change =
        "DROP TRIGGER IF EXISTS record_no_update; DROP TRIGGER IF EXISTS record_is_append_only;";
    journal.execute_batch(change).unwrap();
    let triggers: Vec<String> = journal
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for trigger in triggers {
        journal
            .execute_batch(&format!("DROP TRIGGER {trigger}"))
            .unwrap();
    }
    let sql = "UPDATE record SET body = replace(body, '4096', '4097') WHERE seq = 1";
    assert_eq!(journal.execute(sql, []).unwrap(), 1);
    drop(journal);
    let seen = examine(&desk);
    seen.check("journal", "bad", "journal-broken");
    assert_eq!(seen.exit, 2);
}

#[test]
fn without_a_configuration_that_holds_the_rest_is_looked_at_all_the_same() {
    let desk = Desk::of(&Platform::with(&[]));
    desk.configure("[weixin]\ntimeout_sec = 3\n");
    let seen = examine(&desk);
    seen.check("configuration", "bad", "configuration-bad");
    seen.check("scanner", "good", "scanner-reads");
    assert!(!seen.findings.contains_key("reach"));
    assert_eq!(seen.exit, 2);
}

#[test]
fn the_card_that_is_printed_holds_a_code() {
    let desk = Desk::of(&Platform::with(&[]));
    let card = desk.path("card.svg");
    assert_eq!(
        desk.run(&["doctor", "--card", card.to_str().unwrap()]).exit,
        0
    );
    let svg = std::fs::read_to_string(card).unwrap();
    assert!(svg.starts_with("<svg ") && svg.matches("h1v1h-1z").count() > 100);
}
