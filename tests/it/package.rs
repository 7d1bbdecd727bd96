//! What the package holds: its configuration, its scripts, its units. The package itself is made by `./dev package`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use coupon_kiosk::journal::schema::MIGRATIONS;

use crate::platform::{Fault, Platform};
use crate::support::{Desk, Ended, program};

const CODE: &str = "409632457895";

fn packaging(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("packaging")
        .join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(packaging(path)).unwrap()
}

/// Runs a maintainer script whose state folder is `state`.
fn script(name: &str, state: &Path, args: &[&str]) -> Output {
    let text = read(&format!("debian/scripts/{name}"));
    let text = text.replace("/var/lib/coupon-kiosk", state.to_str().unwrap());
    Command::new("sh")
        .arg("-c")
        .arg(text)
        .arg(name)
        .args(args)
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_line_of_the_conffile_can_be_used_once_its_mark_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let text: String = read("kiosk.toml")
        .lines()
        .filter_map(|line| {
            let bare = line.strip_prefix("# ").unwrap_or(line);
            let is_setting = bare
                .split_once(" = ")
                .is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            // Authorities, keys and secrets are other people's files.
            let is_file = bare
                .split_once(" = ")
                .is_some_and(|(key, _)| key.ends_with("_file"));
            ((is_setting && !is_file) || bare.starts_with('[')).then(|| format!("{bare}\n"))
        })
        .collect();
    assert!(text.lines().count() > 25, "{text}");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "S").unwrap();
    let text = text.replace("[cards]", &format!("secret_file = {secret:?}\n[cards]"));
    let key = folder.path().join("key");
    std::fs::write(&key, "a key of a desk, long enough").unwrap();
    let events = format!("[witness]\nevents_key_file = {key:?}");
    let text = text.replace("[witness]", &events);
    // The way to the online half stands last, and wants its key.
    let text = format!("{text}key_file = {key:?}\n");
    std::fs::write(&ca_file, "").unwrap();
    let path = folder.path().join("kiosk.toml");
    std::fs::write(&path, text).unwrap();
    let checked = Ended::of(
        &program()
            .arg("--config")
            .arg(&path)
            .args(["check", "--json"])
            .output()
            .unwrap(),
    );
    assert_eq!(checked.exit, 0, "{}", checked.stdout);
    assert_eq!(checked.object()["mistakes"], serde_json::json!([]));
}

#[test]
fn the_conffile_as_it_comes_wants_the_way_to_weixin_and_nothing_else() {
    let checked = Ended::of(
        &program()
            .arg("--config")
            .arg(packaging("kiosk.toml"))
            .args(["check", "--json"])
            .output()
            .unwrap(),
    );
    let mistakes = checked.object()["mistakes"].clone();
    let keys: Vec<&str> = mistakes
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["weixin.token.appid", "weixin.token.secret_file"]);
}

#[test]
fn the_journals_state_is_told_for_the_scripts() {
    let platform = Platform::with(&[(CODE, "NORMAL")]);
    let desk = Desk::of(&platform);
    let state = || {
        let ended = desk.run(&["journal", "state"]);
        assert_eq!(ended.exit, 0, "{}", ended.stderr);
        ended.stdout
    };
    let schema = MIGRATIONS.len();
    assert_eq!(state(), format!("schema {schema}\nin_doubt 0\n"));
    platform.fail(&[Fault::HangBefore]);
    assert_eq!(
        desk.run(&["redeem", "--yes", "--code", CODE, "--for", "0"])
            .exit,
        3
    );
    assert_eq!(state(), format!("schema {schema}\nin_doubt 1\n"));
    let file = desk.path("journal.state");
    assert_eq!(
        desk.run(&["journal", "state", "--write", file.to_str().unwrap()])
            .exit,
        0
    );
    assert_eq!(std::fs::read_to_string(file).unwrap(), state());

    // systemd hands the secret to the kiosk alone: whoever asks of the records does without it.
    std::fs::remove_file(desk.path("secret")).unwrap();
    assert_eq!(state(), format!("schema {schema}\nin_doubt 1\n"));
    assert_eq!(desk.attempts(), ["in_doubt"]);
    let copy = desk.path("copy.sqlite");
    for words in [
        &["journal", "verify"][..],
        &["journal", "export"],
        &["journal", "backup", copy.to_str().unwrap()],
        &["journal", "seal", "--keep-days", "400"],
    ] {
        let ended = desk.run(words);
        assert_eq!(ended.exit, 0, "{words:?}: {}", ended.stderr);
    }

    // A configuration that does not hold is no reason not to know.
    desk.configure("nonsense");
    let mut command = desk.command(&["journal", "state"]);
    command.env("STATE_DIRECTORY", desk.path("state"));
    let ended = Ended::of(&command.output().unwrap());
    assert_eq!(
        ended.stdout,
        format!("schema {schema}\nin_doubt 1\n"),
        "{}",
        ended.stderr
    );
}

/// systemd reckons once what a kind of devices is; one whose module comes later is kept out.
#[test]
fn what_may_be_plugged_in_later_is_known_before_the_kiosk_starts() {
    let unit = read("systemd/coupon-kiosk@.service");
    for (kind, module) in [
        ("char-drm", "drm"),
        ("char-video4linux", "videodev"),
        ("char-alsa", "snd"),
    ] {
        assert!(
            unit.contains(&format!("\nDeviceAllow={kind} rw\n")),
            "{kind}"
        );
        for order in ["Wants", "After"] {
            let mut lines = unit.lines().filter(|line| line.starts_with(order));
            let service = format!("modprobe@{module}.service");
            assert!(
                lines.any(|line| line.contains(&service)),
                "{order} {module}"
            );
        }
    }
}

#[test]
fn an_older_package_is_refused_while_the_journal_is_newer() {
    let state = tempfile::tempdir().unwrap();
    let schema = MIGRATIONS.len();
    assert!(read("debian/scripts/preinst").contains(&format!("\nschema={schema}\n")));
    let upgrade = |has: usize| {
        std::fs::write(
            state.path().join("journal.state"),
            format!("schema {has}\nin_doubt 0\n"),
        )
        .unwrap();
        script("preinst", state.path(), &["upgrade", "9.0.0"])
    };
    assert!(upgrade(schema).status.success());
    let refused = upgrade(schema + 1);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        told(&refused).contains("this older version knows"),
        "{}",
        told(&refused)
    );
    // A fresh machine has no journal.
    assert!(
        script("preinst", &state.path().join("none"), &["install"])
            .status
            .success()
    );
}

#[test]
fn a_purge_keeps_a_journal_in_doubt_or_unknown_unless_it_is_released() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let journal = state.join("journal.sqlite");
    std::fs::create_dir(&state).unwrap();
    std::fs::write(&journal, "records").unwrap();
    let purge = || script("postrm", &state, &["purge"]);
    let refused = purge();
    assert_eq!(refused.status.code(), Some(1));
    assert!(told(&refused).contains("not known"), "{}", told(&refused));
    std::fs::write(state.join("journal.state"), "schema 1\nin_doubt 2\n").unwrap();
    let refused = purge();
    assert_eq!(refused.status.code(), Some(1));
    assert!(told(&refused).contains("in doubt"), "{}", told(&refused));
    // Removal keeps it, whatever it holds.
    assert!(script("postrm", &state, &["remove"]).status.success());
    assert!(journal.exists());
    std::fs::write(state.join("purge-released-by"), "").unwrap();
    assert_eq!(
        purge().status.code(),
        Some(1),
        "an empty name releases nothing"
    );
    std::fs::write(state.join("purge-released-by"), "the manager\n").unwrap();
    assert!(purge().status.success());
    assert!(!journal.exists());

    std::fs::create_dir(&state).unwrap();
    std::fs::write(&journal, "records").unwrap();
    std::fs::write(state.join("journal.state"), "schema 1\nin_doubt 0\n").unwrap();
    assert!(purge().status.success());
    assert!(!state.exists());
}

#[test]
fn systemd_understands_the_units() {
    let folder = tempfile::tempdir().unwrap();
    for unit in ["coupon-kiosk@.service", "coupon-kiosk-rest@.service"] {
        // What is not installed where this is tested is put in the place of what is.
        let text = read(&format!("systemd/{unit}"))
            .replace("/usr/bin/cage", "/bin/true")
            .replace("Documentation=man:coupon-kiosk(1)\n", "");
        std::fs::write(folder.path().join(unit.replace('@', "@tty1")), text).unwrap();
    }
    let checked = Command::new("systemd-analyze")
        .arg("verify")
        .arg(folder.path().join("coupon-kiosk@tty1.service"))
        .arg(folder.path().join("coupon-kiosk-rest@tty1.service"))
        .env("SYSTEMD_UNIT_PATH", format!("{}:", folder.path().display()))
        .output();
    let Ok(checked) = checked else {
        println!("systemd-analyze is not installed here: the units were not tried");
        return;
    };
    let words = told(&checked);
    let ours: Vec<&str> = words
        .lines()
        .filter(|line| line.contains("coupon-kiosk"))
        .collect();
    assert!(ours.is_empty(), "{words}");
}

#[test]
fn everything_that_the_package_lists_is_there() {
    let manifest =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let assets = manifest["package"]["metadata"]["deb"]["assets"]
        .as_array()
        .unwrap();
    assert!(assets.len() > 15);
    for asset in assets {
        let source = asset[0].as_str().unwrap();
        let is_made = source.starts_with("target/");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(source.trim_end_matches('*'));
        assert!(is_made || path.exists(), "{source}");
    }
}

#[test]
fn nothing_moves_the_kiosk_out_of_its_unit() {
    let unit = read("systemd/coupon-kiosk@.service");
    // A session would: systemd then knows the compositor alone, and takes no word from its child.
    assert!(!unit.contains("PAMName="), "{unit}");
    assert!(unit.contains("Type=notify") && unit.contains("NotifyAccess=all"));
    assert!(unit.contains("LIBSEAT_BACKEND=seatd") && unit.contains("Wants=seatd.service"));
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap();
    assert!(manifest.contains(", seatd, "), "the package needs it");
}
