//! `check` names every mistake with its line and what to write instead.

use crate::support::{Ended, program};

#[test]
fn every_wrong_or_unknown_key_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kiosk.toml");
    let text = "[weixin]\ntimeout_sec = 3\ndoubt_secs = \"long\"\n[weixin.token]\nsource = \"stable_token\"\nappid = \"wx1\"\nsecret = \"hunter2\"\n";
    std::fs::write(&file, text).unwrap();
    let checked = Ended::of(
        &program()
            .args(["check", "--json", "--config"])
            .arg(&file)
            .output()
            .unwrap(),
    );
    assert_eq!(checked.exit, 2);
    let object = checked.object();
    let told: Vec<String> = object["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mistake| {
            format!(
                "{}|{}",
                mistake["origin"]
                    .as_str()
                    .unwrap()
                    .rsplit(':')
                    .next()
                    .unwrap(),
                mistake["message"].as_str().unwrap()
            )
        })
        .collect();
    assert!(
        told.iter()
            .any(|line| line.starts_with("2|") && line.contains("weixin.timeout_secs")),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|line| line.starts_with("3|") && line.contains("seconds")),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|line| line.starts_with("7|") && line.contains("file of its own")),
        "{told:?}"
    );
    assert!(!checked.stdout.contains("hunter2"));
}

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
}
