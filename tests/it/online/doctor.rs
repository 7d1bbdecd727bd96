//! `doctor --online` beside a server that runs: what it finds, and that it says so in words.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::site::{CODE, ORIGIN, Site};
use crate::platform::{Odd, Platform, TOKEN};
use crate::support::{APP_SECRET, Desk, Ended};

/// A server that is reached where its configuration says.
fn site(platform: &Platform) -> Site {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let site = Site::with(platform, "", |text| {
        text.replace(ORIGIN, &format!("http://127.0.0.1:{port}"))
            .replace("127.0.0.1:0", &format!("127.0.0.1:{port}"))
    });
    for secret in ["secret", "desks"] {
        let own = PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(site.desk.path(secret), own).unwrap();
    }
    site
}

/// What was found, by check; as lines of both languages and as JSON.
fn examine(desk: &Desk) -> (i32, BTreeMap<String, String>) {
    let run = |args: &[&str]| Ended::of(&desk.command(args).output().unwrap());
    let told = run(&["doctor", "--online", "--json"]);
    for language in ["en", "zh"] {
        let page = run(&["doctor", "--online", "--lang", language]);
        assert_eq!(page.exit, told.exit, "{}", page.stdout);
        assert!(!page.stdout.contains("doctor-"), "{}", page.stdout);
        for secret in [APP_SECRET, TOKEN, super::site::DESK_KEY] {
            assert!(!page.stdout.contains(secret) && !told.stdout.contains(secret));
        }
    }
    let objects = told.stdout.lines().map(serde_json::from_str::<Value>);
    let found = objects.filter_map(|object| {
        let object = object.unwrap();
        let found = object["found"].as_str()?.to_owned();
        assert_eq!(
            object["do"].is_null(),
            object["verdict"] == "good",
            "{object}"
        );
        Some((object["check"].as_str()?.to_owned(), found))
    });
    (told.exit, found.collect())
}

fn check(desk: &Desk, expected: &[(&str, &str)]) {
    let (_exit, found) = examine(desk);
    for (check, name) in expected {
        assert_eq!(
            found.get(*check).map(String::as_str),
            Some(*name),
            "{found:?}"
        );
    }
}

#[test]
fn a_sound_online_half_is_told_so() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let site = site(&platform);
    check(
        &site.desk,
        &[
            ("signatures", "signatures-good"),
            ("token", "token-good"),
            ("jsapi_ticket", "ticket-good"),
            ("card_ticket", "ticket-good"),
            ("page", "page-good"),
            ("card_sign", "sign-good"),
            ("desks", "desks-good"),
        ],
    );
    let (exit, found) = examine(&site.desk);
    assert_eq!(exit, 0, "{found:?}");
    // Nothing of the desk is looked at.
    assert!(
        !found.contains_key("camera") && !found.contains_key("display"),
        "{found:?}"
    );
}

/// Of a server that runs with an older configuration.
fn check_changed(from: &str, to: &str, expected: (&str, &str), exit: i32) {
    let platform = Platform::with(&[]);
    let site = site(&platform);
    let text = std::fs::read_to_string(site.desk.path("kiosk.toml")).unwrap();
    assert!(text.contains(from), "{text}");
    site.desk.configure(&text.replace(from, to));
    check(&site.desk, &[expected]);
    assert_eq!(examine(&site.desk).0, exit);
}

#[test]
fn a_page_that_signs_for_other_filters_or_another_account_is_found() {
    let key = "requests_per_minute";
    let filtered = format!("card_type = \"GROUPON\"\n{key}");
    check_changed(key, &filtered, ("card_sign", "sign-other"), 0);
    let other = format!("appid = \"wx0456\"\n{key}");
    check_changed(key, &other, ("card_sign", "sign-appid"), 2);
    let script = format!("jweixin_url = \"https://res.wx.qq.com/x.js\"\n{key}");
    check_changed(key, &script, ("page", "page-stale"), 2);
}

#[test]
fn a_desk_that_the_running_server_does_not_know_is_named() {
    let platform = Platform::with(&[]);
    let site = site(&platform);
    let path = site.desk.path("desks");
    let desks = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        format!("{desks}third: key-of-the-third-desk-012345\n"),
    )
    .unwrap();
    check(&site.desk, &[("desks", "desks-stale")]);
    std::fs::write(&path, "front: short\n").unwrap();
    check(&site.desk, &[("desks", "desks-line")]);
}

#[test]
fn a_page_that_is_not_there_and_tickets_that_are_refused_are_told() {
    let platform = Platform::with(&[]);
    let mut site = site(&platform);
    let body = br#"{"errcode":48001,"errmsg":"api unauthorized"}"#;
    platform.answer_oddly("/cgi-bin/ticket/getticket", Odd::Body(body.to_vec()));
    check(
        &site.desk,
        &[("jsapi_ticket", "ticket-refused"), ("page", "page-good")],
    );
    site.stop();
    check(
        &site.desk,
        &[("page", "page-unreachable"), ("desks", "desks-listed")],
    );
    assert_eq!(examine(&site.desk).0, 2);
}

#[test]
fn somebody_elses_page_is_not_taken_for_ours() {
    let platform = Platform::with(&[]);
    let site = site(&platform);
    let text = std::fs::read_to_string(site.desk.path("kiosk.toml")).unwrap();
    let own = format!("public_url = \"http://{}\"", site.address);
    let weixins = format!("public_url = \"http://{}\"", platform.address());
    site.desk.configure(&text.replace(&own, &weixins));
    check(&site.desk, &[("page", "page-other")]);
}

#[test]
fn a_desk_learns_whether_the_server_knows_its_key() {
    let platform = Platform::with(&[]);
    let site = site(&platform);
    let desk = site.for_desk();
    let text = std::fs::read_to_string(site.desk.path("kiosk.toml")).unwrap();
    let (kiosk, _online) = text.split_once("[online]").unwrap();
    let configure = |url: &str| {
        site.desk.configure(&format!(
            "{kiosk}[hand_off]\nurl = \"{url}\"\nkey_file = \"{}\"\n",
            desk.key_file.display()
        ));
    };
    configure(&desk.url);
    check(&site.desk, &[("hand_off", "line-good")]);
    std::fs::write(&desk.key_file, "key-of-nobody-0123456789").unwrap();
    check(&site.desk, &[("hand_off", "line-unknown")]);
    configure("http://127.0.0.1:1");
    check(&site.desk, &[("hand_off", "line-unreachable")]);
    site.desk.configure(kiosk);
    check(&site.desk, &[("online", "online-none")]);
}
