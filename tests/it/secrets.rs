//! No secret in any output or file, wherever it comes from and whoever writes it.

use std::sync::Mutex;
use std::time::Duration;

use coupon_kiosk::card::Code;
use coupon_kiosk::redemption::reply::{Ask, Reply, Told};
use coupon_kiosk::weixin::token::TokenSource;
use coupon_kiosk::weixin::{Client, Settings};

use crate::platform::{Odd, Platform, TOKEN};
use crate::redeem::everything_written;
use crate::support::{APP_SECRET, Desk};

const CODE: &str = "409632457895";

static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn tell(secret: &str) {
    TOLD.lock().unwrap().push(secret.to_owned());
}

fn ask_with(platform: &Platform, token: TokenSource) {
    let settings = Settings {
        base_url: format!("http://{}", platform.address()).parse().unwrap(),
        proxy: None,
        ca_file: None,
        token,
        record: None,
        hide: tell,
    };
    let client = Client::new(&settings).unwrap();
    let ask = Ask::Query {
        code: Code::parse(CODE).unwrap(),
        card_id: None,
        check_consume: false,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let exchanged = runtime.block_on(client.exchange(ask, Duration::from_mins(1)));
    assert!(
        matches!(exchanged.told, Told::Query(Reply::Answered(_))),
        "{exchanged:?}"
    );
}

#[test]
fn every_secret_that_is_read_or_fetched_is_told_to_the_log() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    std::fs::write(desk.path("bearer"), "b3arer-of-the-desk\n").unwrap();
    let token_file = desk.path("token");
    std::fs::write(&token_file, format!("{TOKEN}-in-a-file\n")).unwrap();
    ask_with(
        &platform,
        TokenSource::StableToken {
            appid: "wx0123".to_owned(),
            secret_file: desk.path("secret"),
        },
    );
    ask_with(
        &platform,
        TokenSource::Url {
            url: format!("http://{}/token", platform.address())
                .parse()
                .unwrap(),
            bearer_file: Some(desk.path("bearer")),
        },
    );
    ask_with(&platform, TokenSource::Static { token_file });
    let told = TOLD.lock().unwrap();
    for secret in [
        APP_SECRET,
        "b3arer-of-the-desk",
        &format!("{TOKEN}1"),
        &format!("{TOKEN}2"),
        &format!("{TOKEN}-in-a-file"),
    ] {
        assert!(told.contains(&secret.to_owned()), "{secret}: {told:?}");
    }
}

/// No name and no shape gives an address away: it is hidden because it was read as the secret.
#[test]
fn what_was_read_as_a_secret_is_hidden_in_the_lines_of_every_library() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    let address = platform.address().to_string();
    let args = ["redeem", "--json", "--yes", "--code", CODE];
    let open = desk.run(&args);
    assert!(open.stderr.contains(&address), "a library logs it");
    std::fs::write(desk.path("secret"), &address).unwrap();
    let hidden = desk.run(&args);
    assert_eq!(hidden.object()["outcome"], "already_redeemed");
    assert!(!hidden.stderr.contains(&address), "{}", hidden.stderr);
}

/// A program that crashes leaves its memory behind where the system is set up so, and the token and the secret are in it;
/// and its registers, which the token was copied through.
#[test]
fn no_core_file_is_left() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    platform.answer_oddly("/card/code/get", Odd::Stalls);
    let program = desk.command(&["redeem", "--code", CODE]);
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", "ulimit -c unlimited; exec \"$@\"", "sh"])
        .arg(program.get_program())
        .args(program.get_args())
        .env_clear()
        .current_dir(desk.folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let mut child = shell.spawn().unwrap();
    while platform.queries() == 0 {
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    let filter = std::fs::read_to_string(format!("/proc/{id}/coredump_filter")).unwrap();
    assert_eq!(filter.trim().trim_start_matches('0'), "");
    let killed = std::process::Command::new("kill")
        .args(["-ABRT", &id])
        .status();
    assert!(killed.unwrap().success());
    assert!(!child.wait().unwrap().success());
    for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let is_core = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("core"));
        assert!(!is_core, "{}", path.display());
    }
}

#[test]
fn an_answer_that_repeats_our_secrets_does_not_spread_them() {
    for (call, secret) in [
        ("/card/code/get", format!("{TOKEN}1")),
        ("/card/code/consume", format!("{TOKEN}1")),
        ("/cgi-bin/stable_token", APP_SECRET.to_owned()),
    ] {
        let platform = Platform::with(&[(CODE, "NORMAL")]);
        let desk = Desk::of(&platform);
        let answer = format!(
            r#"{{"errcode":40013,"errmsg":"what is {secret}, hint: [{secret}]","_code":"{secret}"}}"#
        );
        platform.answer_oddly(call, Odd::Body(answer.into_bytes()));
        let recording = desk.path("recording");
        let recording = recording.to_str().unwrap();
        let args = ["redeem", "--yes", "--code", CODE, "--record", recording];
        let ended = desk.run(&args);
        assert_eq!(ended.exit, 2, "{call}: {}", ended.stderr);
        assert!(ended.stdout.contains("hint: [***]"), "{}", ended.stdout);
        let mut texts = everything_written(&desk, &ended.stderr);
        texts.push(ended.stdout);
        for text in texts {
            assert!(!text.contains(&secret), "{call}: {text}");
        }
    }
}
