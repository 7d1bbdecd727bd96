//! The house rules that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

const CORE: [&str; 9] = [
    "card",
    "payload",
    "redemption",
    "event",
    "frame",
    "office",
    "screen",
    "wording",
    "worker",
];
const EDGES: [&str; 9] = [
    "weixin", "journal", "camera", "scanner", "sound", "config", "logging", "loopback", "worker",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn each(mut check: impl FnMut(&str, &str)) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 20);
    for path in found {
        let name = path
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        check(&name, &fs::read_to_string(&path).unwrap());
    }
}

fn room(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

/// The rooms that a text imports and its room may not.
fn breaches(room: &str, text: &str) -> Vec<String> {
    let may_import = |other: &str| {
        if CORE.contains(&room) {
            CORE.contains(&other) && (other != "worker" || room == "worker")
        } else if EDGES.contains(&room) {
            CORE.contains(&other) || other == room
        } else if room == "kiosk" {
            CORE.contains(&other) || EDGES.contains(&other) || other == room
        } else {
            true
        }
    };
    text.split("crate::")
        .skip(1)
        .map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
                .unwrap()
                .to_owned()
        })
        .filter(|other| !other.is_empty() && !may_import(other))
        .collect()
}

#[test]
fn no_room_imports_what_it_may_not() {
    each(|name, text| assert_eq!(breaches(room(name), text), Vec::<String>::new(), "{name}"));
    assert_eq!(
        breaches("weixin", "use crate::journal::Journal;"),
        ["journal"]
    );
    assert_eq!(breaches("card", "use crate::weixin::Client;"), ["weixin"]);
}

#[test]
fn every_file_begins_with_what_it_is_for_and_stays_short() {
    each(|name, text| {
        assert!(text.starts_with("//! "), "{name}");
        let body = text.split("#[cfg(test)]").next().unwrap();
        assert!(body.lines().count() <= 400, "{name} is too long");
        assert!(!name.ends_with("mod.rs"), "{name}");
    });
}

#[test]
fn printing_and_anyhow_live_in_cli_and_main_alone() {
    each(|name, text| {
        let is_shell = ["cli", "main"].contains(&room(name));
        for word in ["anyhow::", "println!", "eprintln!"] {
            assert!(is_shell || !text.contains(word), "{name}: {word}");
        }
    });
}

#[test]
fn nothing_is_unsafe_or_unfinished() {
    each(|name, text| {
        for word in [
            "unsafe {",
            "unsafe fn",
            "todo!(",
            "unimplemented!(",
            "#[ignore",
        ] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    });
}

#[test]
fn every_picture_and_story_is_used() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let demo = include_str!("demo.rs");
    for entry in fs::read_dir(fixtures.join("stories")).unwrap() {
        let story = entry.unwrap().file_name().into_string().unwrap();
        assert!(demo.contains(&story), "no test tells the story {story}");
    }
}

/// `./dev planted-faults` can only plant what still fits.
#[test]
fn every_planted_fault_fits_into_the_product() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut faults = 0;
    for entry in fs::read_dir(root.join("tests/simulation/faults")).unwrap() {
        let path = entry.unwrap().path();
        let patch = fs::read_to_string(&path).unwrap();
        let file = patch.lines().find_map(|line| line.strip_prefix("+++ b/"));
        let product = fs::read_to_string(root.join(file.unwrap())).unwrap();
        for hunk in patch.split("\n@@ ").skip(1) {
            let lines = hunk.lines().skip(1);
            let before: Vec<&str> = lines
                .filter_map(|line| line.strip_prefix([' ', '-']))
                .collect();
            assert!(product.contains(&before.join("\n")), "{}", path.display());
        }
        faults += 1;
    }
    assert_eq!(faults, 8);
}
