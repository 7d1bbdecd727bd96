//! Head office's signed configuration: what a desk takes, what it refuses, and what holds then.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use serde_json::{Value, json};

use crate::platform::Platform;
use crate::support::{APP_SECRET, Desk, Ended, fixture};

/// A desk that takes what the fixtures' key has signed; `further` goes into its own file.
fn desk(name: &str, further: &str) -> Desk {
    let desk = Desk {
        folder: tempfile::tempdir().unwrap(),
    };
    fs::write(desk.path("secret"), APP_SECRET).unwrap();
    let key = fs::read_to_string(fixture("fleet/key.txt")).unwrap();
    desk.configure(&format!(
        "[weixin.token]\nsource = \"stable_token\"\nappid = \"wx0123\"\nsecret_file = \"secret\"\n\
         [store]\ndesk = \"{name}\"\n[journal]\npath = \"state/journal.sqlite\"\n\
         [fleet]\npublic_key = \"{}\"\n{further}\n",
        key.trim()
    ));
    desk
}

fn take(desk: &Desk, file: &str) -> Ended {
    let path = fixture(&format!("fleet/{file}"));
    desk.run(&["fleet", "take", path.to_str().unwrap(), "--json"])
}

/// What `check` says of a key: its value and where that comes from.
fn value(desk: &Desk, key: &str) -> (Value, String) {
    let report = desk.run(&["check", "--json"]).object();
    let values = report["values"].as_array().unwrap();
    let line = values.iter().find(|line| line["key"] == key).unwrap();
    (
        line["value"].clone(),
        line["origin"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn a_signed_bundle_lies_beneath_the_desks_own_file() {
    let desk = desk("desk 1", "[cards]\nhonoured = []");
    let told = desk.run(&["check"]);
    assert_eq!(told.exit, 0);
    assert!(told.stdout.contains("no bundle was taken yet"));
    let taken = take(&desk, "bundle-1.toml");
    assert_eq!(
        (taken.exit, taken.object()),
        (0, json!({ "ok": true, "version": 1, "new": true }))
    );
    let (timeout, origin) = value(&desk, "weixin.timeout_secs");
    assert_eq!(timeout, "7");
    assert!(origin.ends_with("state/bundle-1.toml:4"), "{origin}");
    // This desk's part, not another one's; and its own file has the last word but one.
    assert_eq!(value(&desk, "camera.rotate").0, "90");
    assert_eq!(value(&desk, "cards.honoured").0, "[]");
    let varied = desk
        .command(&["check", "--json"])
        .env("COUPON_KIOSK__WEIXIN__TIMEOUT_SECS", "3")
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&varied.stdout).contains(r#""value":"3""#));
    let shown = desk.run(&["fleet", "show", "--json"]);
    assert_eq!((shown.exit, &shown.object()["version"]), (0, &json!(1)));
}

#[test]
fn a_bundle_that_is_not_theirs_or_not_newer_or_of_no_use_is_refused_and_the_last_good_one_stays() {
    let desk = desk("front", "");
    assert_eq!(take(&desk, "bundle-2.toml").exit, 0);
    let stick = desk.path("stick.toml");
    let carry = |text: &str, signature: &str| {
        fs::write(&stick, text).unwrap();
        fs::copy(fixture(signature), desk.path("stick.toml.minisig")).unwrap();
        desk.run(&["fleet", "take", stick.to_str().unwrap(), "--json"])
    };
    let second = fs::read_to_string(fixture("fleet/bundle-2.toml")).unwrap();
    let another = carry(&second, "fleet/other-key.minisig");
    let changed = carry(&second.replace("= 8", "= 9"), "fleet/bundle-2.toml.minisig");
    for refused in [&another, &changed] {
        assert_eq!(refused.exit, 1);
        assert!(refused.stdout.contains("not signed"), "{}", refused.stdout);
    }
    let older = take(&desk, "bundle-1.toml");
    assert_eq!(older.exit, 1);
    assert!(older.stdout.contains("never goes back"), "{}", older.stdout);
    let mistaken = take(&desk, "mistaken-3.toml");
    assert_eq!(mistaken.exit, 1);
    for (line, says) in [
        (4, "did you mean: timeout_secs"),
        (7, "rotate"),
        (9, "a bundle has no such part"),
        (13, "a bundle cannot say this"),
    ] {
        let words = mistaken.object()["error"].as_str().unwrap().to_owned();
        let told = words
            .lines()
            .find(|told| told.starts_with(&format!("the bundle:{line}: ")));
        assert!(told.is_some_and(|told| told.contains(says)), "{words}");
    }
    let wrong = take(&desk, "wrong-3.toml");
    assert_eq!(wrong.exit, 1);
    assert!(wrong.stdout.contains("out of range"), "{}", wrong.stdout);
    assert_eq!(take(&desk, "bundle-2.toml").object()["new"], false);
    assert_eq!(value(&desk, "weixin.timeout_secs").0, "8");
    assert_eq!(value(&desk, "camera.rotate").0, "180");
}

#[test]
fn a_damaged_bundle_gives_way_to_the_one_before_it_and_a_desk_without_any_does_not_start() {
    let desk = desk("front", "");
    assert_eq!(take(&desk, "bundle-1.toml").exit, 0);
    assert_eq!(take(&desk, "bundle-2.toml").exit, 0);
    fs::write(desk.path("state/bundle-2.toml"), "version = 2\n").unwrap();
    let told = desk.run(&["check"]);
    assert_eq!(told.exit, 0);
    assert!(
        told.stdout
            .contains("bundle-2.toml: warning: it is not signed"),
        "{}",
        told.stdout
    );
    assert_eq!(value(&desk, "weixin.timeout_secs").0, "7");
    fs::remove_file(desk.path("state/bundle-1.toml.minisig")).unwrap();
    let told = desk.run(&["check"]);
    assert_eq!(told.exit, 2, "{}", told.stdout);
    assert!(
        told.stdout.contains("coupon-kiosk fleet take"),
        "{}",
        told.stdout
    );
    // Carried to it anew, it starts again.
    assert_eq!(take(&desk, "bundle-2.toml").exit, 0);
    assert_eq!(value(&desk, "weixin.timeout_secs").0, "8");
}

/// Serves the fixtures' folder, each request by a connection of its own; what is not there is 404.
fn head_office() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let asked = lines.next().unwrap().unwrap();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let name = asked.split(' ').nth(1).unwrap().trim_start_matches('/');
            let (status, body) = match fs::read(fixture(&format!("fleet/{name}"))) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&body).unwrap();
        }
    };
    thread::Builder::new().spawn(serve).unwrap();
    address
}

#[test]
fn a_bundle_is_fetched_from_head_office_with_its_signature() {
    let address = head_office();
    let at_two = format!("source = \"http://{address}/bundle-2.toml\"");
    let fetching = desk("desk 1", &at_two);
    let fetched = fetching.run(&["fleet", "fetch", "--json"]);
    assert_eq!((fetched.exit, &fetched.object()["version"]), (0, &json!(2)));
    assert_eq!(value(&fetching, "weixin.timeout_secs").0, "8");
    // Nothing there, and nobody there: what was taken holds.
    let gone = format!("source = \"http://{address}/bundle-9.toml\"");
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("source = \"http://{nobody}/bundle-2.toml\"");
    for source in [gone, nobody] {
        let text = fs::read_to_string(fetching.path("kiosk.toml")).unwrap();
        let old = text
            .lines()
            .find(|line| line.starts_with("source = \"http"))
            .unwrap();
        fetching.configure(&text.replace(old, &source));
        let fetched = fetching.run(&["fleet", "fetch", "--json"]);
        assert_eq!(fetched.exit, 4, "{}", fetched.stdout);
        assert_eq!(value(&fetching, "weixin.timeout_secs").0, "8");
    }
}

#[test]
fn the_keys_of_a_fleet_are_checked() {
    let desk = desk("front", "");
    for (own, says) in [
        ("public_key = \"RWno\"", "no public key of minisign"),
        ("source = \"https://office.example/b.toml\"", "public_key"),
        ("public_key = 7", "it has to be a text"),
    ] {
        let text = fs::read_to_string(desk.path("kiosk.toml")).unwrap();
        let at = text.find("[fleet]").unwrap();
        desk.configure(&format!("{}[fleet]\n{own}\n", &text[..at]));
        let told = desk.run(&["check"]);
        assert_eq!(told.exit, 2, "{}", told.stdout);
        assert!(told.stdout.contains(says), "{}", told.stdout);
        assert_eq!(desk.run(&["fleet", "fetch"]).exit, 2);
    }
    let platform = Platform::with(&[]);
    let plain = Desk::of(&platform);
    let told = plain.run(&["fleet", "show"]);
    assert_eq!(told.exit, 2);
    assert!(told.stderr.contains("public_key under [fleet]"));
}
