//! The stories, as a person reads them.

use expect_test::expect_file;

use crate::support::{Ended, program};

fn check(story: &str) {
    for lang in ["en", "zh"] {
        let told = Ended::of(
            &program()
                .args(["demo", "--lang", lang, "--story", story])
                .output()
                .unwrap(),
        );
        assert_eq!(told.exit, 0, "{}", told.stderr);
        // How often an attempt in doubt was asked about, and which passing screens were drawn, hangs on the machine.
        let lines: Vec<&str> = told
            .stdout
            .lines()
            .filter(|line| !line.starts_with("? "))
            .collect();
        let text = lines.join("\n");
        let mut pages: Vec<&str> = text
            .split("\n\n")
            .filter(|page| page.starts_with(['=', '>', '*']))
            .collect();
        pages.dedup();
        let path = format!("../../fixtures/transcripts/{story}.{lang}.txt");
        expect_file![path].assert_eq(&(pages.join("\n\n").trim_end().to_owned() + "\n"));
    }
}

macro_rules! stories {
    ($($name:ident),*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )*};
}

stories!(
    already_redeemed,
    answer_lost,
    custom_code,
    deleted,
    expired,
    gifting,
    hand_off,
    link,
    lost_for_good,
    member_card,
    no_network,
    not_yet_valid,
    payment_code,
    redeemed,
    token_renewed,
    two_phones,
    unknown_code
);

/// What was only played is in nobody's list, book or totals.
#[test]
fn a_demo_leaves_nothing_in_anybodys_journal() {
    let home = tempfile::tempdir().unwrap();
    for story in ["redeemed", "lost_for_good"] {
        let told = Ended::of(
            &program()
                .env("HOME", home.path())
                .env("XDG_STATE_HOME", home.path().join("state"))
                .args(["demo", "--terminal", "--story", story])
                .output()
                .unwrap(),
        );
        assert_eq!(told.exit, 0, "{}", told.stderr);
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}
