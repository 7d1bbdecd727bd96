//! The file for whoever helps: everything that is needed, and nobody's secret.

use std::fs::{self, File};
use std::io::Read as _;

use flate2::read::GzDecoder;

use crate::platform::{Fault, Platform, TOKEN};
use crate::support::{APP_SECRET, Desk};

const CODE: &str = "409632457895";
const OPENID: &str = "oFS7Fjl0WsZ9AMZqrI80nbIq8xrA";

#[test]
fn it_holds_doctor_configuration_journal_and_logs_without_a_secret() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    let text = fs::read_to_string(desk.path("kiosk.toml")).unwrap();
    let log = desk.path("kiosk.log");
    desk.configure(&format!(
        "{text}[log]\nto = \"file\"\nfile = \"{}\"\n",
        log.display()
    ));
    // As a careless program of old might have written it.
    let careless = format!(
        "first\nsecret {APP_SECRET}, access_token={TOKEN}, \"openid\":\"{OPENID}\"\nlast\n"
    );
    fs::write(&log, careless).unwrap();
    platform.fail(&[Fault::HangAfter]);
    assert_eq!(desk.run(&["redeem", "--yes", "--code", CODE]).exit, 0);

    let file = desk.path("support.tar.gz");
    let args = ["support-bundle", file.to_str().unwrap()];
    let made = desk.run(&args);
    assert_eq!(made.exit, 0, "{}", made.stderr);
    assert_eq!(desk.run(&args).exit, 2, "nothing is written over");

    let mut all = String::new();
    let mut names = Vec::new();
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(&file).unwrap()));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        names.push(entry.path().unwrap().display().to_string());
        entry.read_to_string(&mut all).unwrap();
    }
    for name in [
        "about.txt",
        "configuration.json",
        "doctor.jsonl",
        "journal.jsonl",
        "log/kiosk.log",
    ] {
        let name = format!("coupon-kiosk-support/{name}");
        assert!(names.contains(&name), "{names:?}");
    }
    for secret in [APP_SECRET, TOKEN, OPENID, CODE] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(all.contains("first\n") && all.contains("last\n"));
    assert!(all.contains(r#""outcome":"redeemed""#) && all.contains(r#""ok":true"#));
    assert!(all.contains(r#""check":"token""#), "{all}");
}

#[test]
fn a_desk_that_cannot_be_used_has_one_too() {
    let desk = Desk {
        folder: tempfile::tempdir().unwrap(),
    };
    desk.configure("[weixin]\napp_secret = \"s3cret-in-the-wrong-place\"\n");
    let file = desk.path("support.tar.gz");
    let made = desk.run(&["support-bundle", file.to_str().unwrap()]);
    assert_eq!(made.exit, 0, "{}", made.stderr);
    let mut all = Vec::new();
    GzDecoder::new(File::open(&file).unwrap())
        .read_to_end(&mut all)
        .unwrap();
    let all = String::from_utf8_lossy(&all);
    assert!(all.contains("a secret does not belong in the configuration"));
    assert!(!all.contains("s3cret-in-the-wrong-place"));
}
