//! What runs without a configuration, and what does not.

use std::process::Stdio;

use crate::platform::Platform;
use crate::support::{Desk, Ended, program};

#[test]
fn a_live_command_without_a_configuration_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Ended::of(
        &program()
            .env("HOME", folder.path())
            .args(["redeem", "--code", "1"])
            .output()
            .unwrap(),
    );
    assert_eq!(ended.exit, 2, "{}", ended.stderr);
    let said = "the configuration does not hold:\nthere is no configuration: write ";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
}

#[test]
fn a_damaged_certificate_is_found_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "T").unwrap();
    let authority = folder.path().join("ca.pem");
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(&authority, damaged).unwrap();
    let ended = Ended::of(
        &program()
            .env("COUPON_KIOSK__WEIXIN__TOKEN__SOURCE", "static")
            .env("COUPON_KIOSK__WEIXIN__TOKEN__TOKEN_FILE", &token)
            .env("COUPON_KIOSK__WEIXIN__CA_FILE", &authority)
            .env(
                "COUPON_KIOSK__JOURNAL__PATH",
                folder.path().join("journal.sqlite"),
            )
            .arg("check")
            .output()
            .unwrap(),
    );
    assert_eq!(ended.exit, 2, "{}{}", ended.stdout, ended.stderr);
    assert!(
        ended.stdout.contains("mistake: weixin.ca_file"),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_link_is_decrypted_and_redeemed_as_it_was_pasted() {
    let platform = Platform::with(&[("409632457895", "NORMAL")]);
    platform.seal("409632457895", "ab+cd/ef==");
    let desk = Desk::of(&platform);
    for pasted in [
        "ab+cd/ef==",
        "https://shop.example/use?card_id=pCARD&encrypt_code=ab%2Bcd%2Fef%3D%3D",
        " https://shop.example/use?encrypt_code=ab+cd/ef==&card_id=pCARD#wechat_redirect ",
        "https://shop.example/use?card_id=pCARD&amp;encrypt_code=ab%2Bcd%2Fef%3D%3D",
        "<https://shop.example/use?encrypt_code=ab%252Bcd%252Fef%253D%253D&card_id=pCARD>\n",
    ] {
        let opened = desk.run(&["code", "decrypt", pasted]);
        assert_eq!(opened.exit, 0, "{pasted}: {}", opened.stderr);
        assert_eq!(opened.object()["code"], "409632457895", "{pasted}");
    }
    let link = "https://shop.example/use?encrypt_code=ab%252Bcd%2Fef%3D%3D&amp;card_id=pCARD";
    let redeemed = desk.run(&["redeem", "--json", "--yes", "--link", link]);
    assert_eq!(
        redeemed.object()["outcome"],
        "redeemed",
        "{}",
        redeemed.stderr
    );
}

#[test]
fn a_call_that_fails_is_told_in_words() {
    let platform = Platform::with(&[]);
    let desk = Desk::of(&platform);
    let refused = desk.run(&["--lang", "en", "code", "query", "409632457895"]);
    assert_eq!(refused.exit, 1, "{}", refused.stderr);
    assert!(refused.stdout.contains("40056"), "{}", refused.stdout);
    assert!(
        refused
            .stdout
            .contains("Weixin does not know this code here."),
        "{}",
        refused.stdout
    );

    desk.configure(&format!(
        "[weixin]\nbase_url = \"http://127.0.0.1:9\"\n[weixin.token]\nsource = \"static\"\ntoken_file = \"{}\"\n",
        desk.path("secret").display(),
    ));
    let unreachable = desk.run(&["--lang", "en", "code", "query", "1", "--json"]);
    assert_eq!(unreachable.exit, 4, "{}", unreachable.stderr);
    assert_eq!(unreachable.object()["error"], "Weixin cannot be reached.");
}

#[test]
fn a_payment_code_is_not_asked_about_unless_payment_codes_are_coupons_here() {
    let platform = Platform::with(&[]);
    let desk = Desk::of(&platform);
    let args = ["code", "query", "134567890123456789", "--lang", "en"];
    let refused = desk.run(&args);
    assert_eq!((refused.exit, platform.calls().len()), (1, 0));
    let said = "This is a code for paying, not a coupon.";
    assert!(refused.stdout.starts_with(said), "{}", refused.stdout);

    let mut command = desk.command(&args);
    let variable = "COUPON_KIOSK__SCAN__REFUSE_PAYMENT_CODES";
    let asked = Ended::of(&command.env(variable, "false").output().unwrap());
    assert!(asked.stdout.contains("40056"), "{}", asked.stdout);
}

/// `completions bash | head` is how a person looks at them.
#[test]
fn completions_and_the_man_page_bear_a_reader_that_goes_away() {
    for page in [&["completions", "bash"][..], &["man"]] {
        let mut child = program()
            .args(page)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let ended = Ended::of(&child.wait_with_output().unwrap());
        assert_eq!(ended.stderr, "", "{page:?}");
    }
}

#[test]
fn every_command_that_wants_more_than_its_name_shows_examples() {
    for command in ["redeem", "scan", "code", "journal"] {
        let helped = Ended::of(&program().args([command, "--help"]).output().unwrap());
        assert_eq!(helped.exit, 0, "{command}");
        let example = format!("\n  coupon-kiosk {command} ");
        assert!(helped.stdout.contains(&example), "{}", helped.stdout);
    }
}
