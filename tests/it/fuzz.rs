//! A short round of hostile inputs on every way in: the corpus of `fuzz/` and its mutations out of a seed.
//! `./dev fuzz` makes a long one, led by coverage where cargo-fuzz is at hand.

#[path = "../../fuzz/hostile.rs"]
mod hostile;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use coupon_kiosk::kiosk::clock::tick;

use crate::chance::Chance;

/// What breaks readers of one thing or another.
const WORDS: [&[u8]; 24] = [
    b"0",
    b"-1",
    b"40056",
    b"9223372036854775807",
    b"-9223372036854775809",
    b"1e999",
    b"NaN",
    b"null",
    b"true",
    b"\"",
    b"\\u0000",
    b"\\ud800",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\x00",
    b"\n",
    b"{\"errcode\":0,",
    b"\"openid\":\"oABCDEFGHIJKLMNOPQRSTUVWXYZ1\",",
    b"[[[[[[[[[[[[[[[[",
    b"%2B%00%",
    b"?code=&",
    b"encrypt_code=",
    b"\xe2\x80\xae",
    b"        ",
];

/// Prints an input that somebody panicked on.
struct Shown<'a>(&'a str, &'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut hex = String::new();
            for byte in self.1 {
                write!(hex, "{byte:02x}").unwrap();
            }
            println!(
                "{} fails on: {}\nin hex: {hex}",
                self.0,
                self.1.escape_ascii()
            );
        }
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn round(name: &str, usually: usize) {
    let (_, target) = hostile::TARGETS
        .into_iter()
        .find(|(other, _)| *other == name)
        .unwrap();
    let corpus = corpus(name);
    assert!(corpus.len() > 2, "{name} has no corpus");
    let run = |input: &[u8]| {
        let _shown = Shown(name, input);
        target(input);
    };
    for input in &corpus {
        run(input);
    }
    let secs = std::env::var("FUZZ_SECS").map(|secs| secs.parse().unwrap());
    let until = secs.ok().map(|secs| tick() + Duration::from_secs(secs));
    let mut chance = Chance::new();
    let mut executions = 0;
    while until.map_or(executions < usually, |until| tick() < until) {
        executions += 1;
        let mut input = corpus[chance.below(corpus.len())].clone();
        for _ in 0..=chance.below(4) {
            mutate(&mut input, &corpus, &mut chance);
        }
        run(&input);
    }
    println!("{name}: {executions} executions");
}

fn mutate(input: &mut Vec<u8>, corpus: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(input.len() + 1);
    let to = at + chance.below((input.len() - at + 1).min(32));
    let insert = |input: &mut Vec<u8>, bytes: &[u8]| {
        input.splice(at..at, bytes.iter().copied());
    };
    match chance.below(8) {
        0 if at < input.len() => input[at] ^= 1 << chance.below(8),
        1 if at < input.len() => input[at] = chance.next().to_le_bytes()[0],
        2 => insert(input, WORDS[chance.below(WORDS.len())]),
        3 => {
            let random = chance.next().to_le_bytes();
            insert(input, &random[..=chance.below(8)]);
        }
        4 => drop(input.drain(at..to)),
        5 => {
            let again = input[at..to].repeat(1 + chance.below(40));
            insert(input, &again);
        }
        6 => {
            let other = &corpus[chance.below(corpus.len())];
            let from = chance.below(other.len() + 1);
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        _ => {
            let word = WORDS[chance.below(WORDS.len())];
            input.splice(at..to, word.iter().copied());
        }
    }
}

macro_rules! rounds {
    ($($name:ident: $usually:expr),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                round(stringify!($name), $usually);
            }
        )*

        #[test]
        fn every_way_in_has_its_round_and_its_fuzzer() {
            let names = [$(stringify!($name)),*];
            assert_eq!(hostile::TARGETS.map(|(name, _)| name), names);
            let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
            let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
            for name in names {
                assert!(fuzz.join(format!("targets/{name}.rs")).exists(), "{name}");
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            }
        }
    };
}

rounds! {
    answers: 20_000,
    payloads: 20_000,
    configurations: 600,
    journals: 400,
    recordings: 5_000,
    keyboards: 10_000,
    luma: 150,
}
