//! The whole job, by the program itself, against a server over real sockets.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::platform::{Fault, OPENID, Platform, TOKEN};
use crate::support::{APP_SECRET, Desk, Ended, fixture, phone_with};

const CODE: &str = "409632457895";

fn normal() -> (Platform, Desk) {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    (platform, desk)
}

#[test]
fn a_picture_is_redeemed_once_and_the_second_time_it_is_already_redeemed() {
    let (platform, desk) = normal();
    let picture = fixture("codes/redeemed.png");
    let args = [
        "redeem",
        "--json",
        "--yes",
        "--picture",
        picture.to_str().unwrap(),
    ];
    let first = desk.run(&args);
    let object = first.object();
    assert_eq!(
        (first.exit, &object["outcome"], &object["settled_by"]),
        (0, &"redeemed".into(), &"reply".into())
    );
    assert_eq!((platform.queries(), platform.consumes()), (1, 1));
    let attempt = object["attempt_id"].as_str().unwrap();
    assert_eq!(
        first.stdout,
        format!(
            "{{\"outcome\":\"redeemed\",\"code\":\"{CODE}\",\"card_id\":\"pCARD\",\"user_card_status\":\"NORMAL\",\
             \"can_consume\":true,\"begin_time\":null,\"end_time\":4102444800,\"errcode\":0,\
             \"attempt_id\":\"{attempt}\",\"settled_by\":\"reply\"}}\n"
        )
    );
    let second = desk.run(&args);
    assert_eq!(
        (second.exit, &second.object()["outcome"]),
        (1, &"already_redeemed".into())
    );
    assert_eq!(platform.consumes(), 1);
    let kinds: Vec<Value> = desk
        .lines()
        .iter()
        .map(|line| line["kind"].clone())
        .collect();
    assert_eq!(kinds, ["query", "attempt", "query"]);
    assert_eq!(desk.run(&["journal", "verify"]).exit, 0);
}

#[test]
fn without_yes_nothing_is_consumed() {
    let (platform, desk) = normal();
    let looked = desk.run(&["redeem", "--json", "--code", "4096 3245 7895"]);
    assert_eq!(
        (looked.exit, &looked.object()["outcome"]),
        (0, &"queried".into())
    );
    assert_eq!(platform.consumes(), 0);
}

/// At most one consume is sent, and the journal has the truth in the end.
fn check_fault(fault: Fault, outcome: &str, exit: i32) {
    let (platform, desk) = normal();
    platform.fail(&[fault]);
    let ended = desk.run(&["redeem", "--json", "--yes", "--code", CODE, "--for", "30"]);
    let object = ended.object();
    assert_eq!(
        (object["outcome"].as_str().unwrap(), ended.exit),
        (outcome, exit),
        "{fault:?}"
    );
    assert_eq!(object["settled_by"], "query", "{fault:?}");
    assert_eq!(object["can_consume"], outcome != "redeemed", "{fault:?}");
    assert_eq!(platform.consumes(), 1, "{fault:?}");
    assert_eq!(desk.attempts(), [outcome], "{fault:?}");
    assert_eq!(
        outcome == "redeemed",
        platform.status(CODE) == "CONSUMED",
        "{fault:?}"
    );
    assert_eq!(desk.run(&["journal", "verify"]).exit, 0);
}

#[test]
fn a_lost_answer_to_an_applied_consume_is_found_redeemed() {
    for fault in [
        Fault::DropAfter,
        Fault::BusyAfter,
        Fault::GatewayAfter,
        Fault::HalfAfter,
        Fault::GarbageAfter,
    ] {
        check_fault(fault, "redeemed", 0);
    }
}

#[test]
fn an_answer_that_never_comes_is_in_doubt_and_then_found_redeemed() {
    check_fault(Fault::HangAfter, "redeemed", 0);
}

#[test]
fn a_consume_that_was_not_applied_is_found_unused_after_two_tellings() {
    for fault in [Fault::DropBefore, Fault::Unlisted] {
        check_fault(fault, "not_redeemed", 1);
    }
}

#[test]
fn a_redirect_is_not_followed_with_a_second_consume() {
    check_fault(Fault::Redirect, "not_redeemed", 1);
}

#[test]
fn an_expired_token_lets_the_same_attempt_send_a_second_consume() {
    let (platform, desk) = normal();
    platform.fail(&[Fault::TokenExpired]);
    let ended = desk.run(&["redeem", "--json", "--yes", "--code", CODE]);
    assert_eq!(
        (ended.exit, &ended.object()["outcome"]),
        (0, &"redeemed".into())
    );
    assert_eq!(
        (platform.consumes(), desk.attempts()),
        (2, vec!["redeemed".to_owned()])
    );
}

#[test]
fn a_killed_kiosk_is_reconciled_at_the_next_start_and_never_consumes_again() {
    for (fault, outcome) in [
        (Fault::HangAfter, "redeemed"),
        (Fault::HangBefore, "not_redeemed"),
    ] {
        let (platform, desk) = normal();
        platform.fail(&[fault]);
        let args = ["redeem", "--yes", "--code", CODE, "--for", "60"];
        let mut child = desk
            .command(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The screen says that it is being redeemed: the intent is on the disk and the consume is on its way.
        let mut stdout = child.stdout.take().unwrap();
        let mut seen = String::new();
        let mut byte = [0];
        while !seen.contains("Redeeming") && stdout.read(&mut byte).unwrap() == 1 {
            seen.push(char::from(byte[0]));
        }
        while platform.consumes() == 0 {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(desk.run(&["journal", "verify"]).exit, 0);
        assert_eq!(desk.attempts(), ["in_doubt"]);
        let reconciled = desk.run(&["journal", "reconcile", "--for", "30"]);
        assert_eq!(
            reconciled.exit, 0,
            "{} {}",
            reconciled.stdout, reconciled.stderr
        );
        assert_eq!(
            (desk.attempts(), platform.consumes()),
            (vec![outcome.to_owned()], 1)
        );
    }
}

#[test]
fn refusals_end_with_their_outcome_and_send_no_consume() {
    let platform = Platform::with(&[
        ("1111", "EXPIRE"),
        ("2222", "CONSUMED"),
        ("3333", "GIFTING"),
    ]);
    let desk = Desk::of(&platform);
    for (code, outcome, errcode) in [
        ("1111", "refused", Value::Null),
        ("2222", "already_redeemed", Value::Null),
        ("3333", "refused", Value::Null),
        ("4444", "refused", 40056.into()),
    ] {
        let ended = desk.run(&["redeem", "--json", "--yes", "--code", code]);
        let object = ended.object();
        assert_eq!(
            (ended.exit, &object["outcome"], &object["errcode"]),
            (1, &outcome.into(), &errcode)
        );
    }
    assert_eq!(platform.consumes(), 0);
}

#[test]
fn a_payment_code_is_refused_before_any_request_and_never_kept() {
    let (platform, desk) = normal();
    let ended = desk.run(&["redeem", "--json", "--yes", "--code", "134567890123456789"]);
    assert_eq!(
        (
            ended.exit,
            &ended.object()["outcome"],
            &ended.object()["code"]
        ),
        (1, &"refused".into(), &Value::Null)
    );
    assert_eq!(platform.queries(), 0);
    assert!(
        everything_written(&desk, &ended.stderr)
            .iter()
            .all(|text| !text.contains("134567890123456789"))
    );
}

#[test]
fn a_picture_of_no_coupon_is_told_for_what_it_is_and_nobody_is_asked() {
    let (platform, desk) = normal();
    let file = desk.path("phone.png");
    let paying = ("This is a code for paying", "这是付款码");
    for (text, (en, zh)) in [
        ("134567890123456789", paying),
        ("281234567890123456", paying),
        ("6212345678901234567", paying),
        (
            "https://shop.example/menu",
            ("This is a web address", "这是网址"),
        ),
        (
            "WIFI:T:WPA;S:cafe;P:tea and cake;;",
            ("This code is for a Wi-Fi network", "这是 Wi-Fi 网络的码"),
        ),
        (
            "http://weixin.qq.com/q/02aBcDeFgHiJk",
            ("This code is for receiving a coupon", "这是领券的码"),
        ),
    ] {
        let phone = phone_with(text);
        let [width, height] =
            [phone.width(), phone.height()].map(|side| u32::try_from(side).unwrap());
        image::GrayImage::from_raw(width, height, phone.pixels().to_vec())
            .unwrap()
            .save(&file)
            .unwrap();
        for (language, sentence) in [("en", en), ("zh", zh)] {
            let picture = file.to_str().unwrap();
            let told = desk.run(&["--lang", language, "redeem", "--yes", "--picture", picture]);
            assert_eq!(told.exit, 1, "{text}: {}", told.stderr);
            assert!(told.stdout.contains(sentence), "{text}: {}", told.stdout);
        }
    }
    assert_eq!(platform.queries(), 0);
}

#[test]
fn nobody_at_the_address_is_unreachable_and_nothing_is_consumed() {
    let (_, desk) = normal();
    let config = std::fs::read_to_string(desk.path("kiosk.toml")).unwrap();
    let line = config
        .lines()
        .find(|line| line.starts_with("base_url"))
        .unwrap();
    desk.configure(&config.replace(line, "base_url = \"http://127.0.0.1:1\""));
    let ended = desk.run(&["redeem", "--json", "--yes", "--code", CODE]);
    assert_eq!(
        (ended.exit, &ended.object()["outcome"]),
        (4, &"unreachable".into())
    );
}

#[test]
fn no_token_secret_or_openid_is_in_any_output_or_file_even_at_trace() {
    let (platform, desk) = normal();
    let recording = desk.path("recording");
    let args = [
        "redeem",
        "--yes",
        "--code",
        CODE,
        "--record",
        recording.to_str().unwrap(),
    ];
    let ended = desk.run(&args);
    assert_eq!((ended.exit, platform.consumes()), (0, 1));
    assert!(ended.stderr.contains("coupon_kiosk"), "the trace was on");
    let mut texts = everything_written(&desk, &ended.stderr);
    texts.push(ended.stdout);
    for secret in [TOKEN, APP_SECRET, OPENID] {
        assert!(texts.iter().all(|text| !text.contains(secret)), "{secret}");
    }
}

/// All that a desk's program wrote: its log, and every file but the ones that the test put there.
pub fn everything_written(desk: &Desk, log: &str) -> Vec<String> {
    let mut texts = vec![log.to_owned()];
    for folder in ["state", "recording"] {
        for entry in std::fs::read_dir(desk.path(folder)).into_iter().flatten() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    texts
}

#[test]
fn a_journal_that_cannot_be_made_lets_codes_be_looked_up_and_redeems_nothing() {
    let (platform, desk) = normal();
    std::fs::write(desk.path("state"), "a file where the folder belongs").unwrap();
    let looked = desk.run(&["redeem", "--json", "--code", CODE]);
    assert_eq!(
        (looked.exit, &looked.object()["outcome"]),
        (0, &"queried".into())
    );
    let ended = desk.run(&["redeem", "--json", "--yes", "--code", CODE]);
    assert_eq!(
        (ended.exit, &ended.object()["outcome"]),
        (2, &"set_up".into())
    );
    assert_eq!(platform.consumes(), 0);
}

#[test]
fn a_token_from_a_central_server_and_one_from_a_file_redeem_as_well() {
    for source in ["url", "static"] {
        let (platform, desk) = normal();
        std::fs::write(desk.path("secret"), format!("{TOKEN}1\n")).unwrap();
        let token = match source {
            "url" => format!(
                "url = \"http://{}/cgi-bin/stable_token\"",
                platform.address()
            ),
            _ => format!("token_file = \"{}\"", desk.path("secret").display()),
        };
        desk.configure(&format!(
            "[weixin]\nbase_url = \"http://{}\"\n[weixin.token]\nsource = \"{source}\"\n{token}\n[journal]\npath = \"{}\"\n",
            platform.address(),
            desk.path("state/journal.sqlite").display(),
        ));
        let ended = desk.run(&["redeem", "--json", "--yes", "--code", CODE]);
        assert_eq!(
            ended.object()["outcome"],
            "redeemed",
            "{source}: {}",
            ended.stderr
        );
        assert!(!ended.stderr.contains(TOKEN));
    }
}

#[test]
fn a_coupon_that_this_desk_redeemed_is_told_as_its_own_also_after_a_restart() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    assert_eq!(desk.run(&["redeem", "--code", CODE, "--yes"]).exit, 0);
    let again = desk.run(&["redeem", "--code", CODE, "--yes", "--lang", "en"]);
    assert_eq!(again.exit, 1);
    assert!(
        again.stdout.contains("This desk redeemed it"),
        "{}",
        again.stdout
    );
    assert_eq!(platform.consumes(), 1);
}

#[test]
fn a_coupon_that_weixin_shows_as_unused_after_its_redemption_is_not_sent_again() {
    let (platform, desk) = normal();
    platform.lag_behind(Duration::from_hours(1));
    let args = ["redeem", "--json", "--code", CODE, "--yes"];
    assert_eq!(desk.run(&args).object()["outcome"], "redeemed");
    let again = desk.run(&args);
    assert_eq!(
        (again.exit, &again.object()["outcome"]),
        (1, &"already_redeemed".into())
    );
    assert_eq!(platform.consumes(), 1);
}

#[test]
fn a_coupon_that_is_only_looked_at_is_shown_with_its_title() {
    let (platform, desk) = normal();
    platform.entitle("Free coffee");
    let looked = desk.run(&["redeem", "--code", CODE, "--lang", "en"]);
    assert_eq!(looked.exit, 0, "{}", looked.stderr);
    assert!(
        looked.stdout.contains("Coupon: Free coffee"),
        "{}",
        looked.stdout
    );
}

#[test]
fn a_second_writer_is_told_so_whatever_the_logs_level() {
    let (_platform, desk) = normal();
    let journal = desk.path("state/journal.sqlite");
    let opened = coupon_kiosk::journal::Journal::open(&journal, |_, _| {}).unwrap();
    for args in [
        &["redeem", "--yes", "--code", CODE][..],
        &["journal", "reconcile"],
    ] {
        let mut command = desk.command(args);
        let output = command
            .env("RUST_LOG", "off")
            .args(["--lang", "en"])
            .output();
        let ended = Ended::of(&output.unwrap());
        assert_eq!((ended.exit, ended.stdout.as_str()), (5, ""));
        let said = "Another coupon-kiosk has the journal";
        assert!(ended.stderr.starts_with(said), "{}", ended.stderr);
    }
    drop(opened);
}

#[test]
fn a_picture_that_cannot_be_read_is_named() {
    let (_platform, desk) = normal();
    let ended = desk.run(&["redeem", "--picture", "/nowhere/phone.jpg"]);
    assert_eq!(ended.exit, 2);
    let said =
        "/nowhere/phone.jpg: the file cannot be read: No such file or directory (os error 2)\n";
    assert!(ended.stderr.ends_with(said), "{}", ended.stderr);
}
