//! The whole kiosk in a world made of one seed: the production loop, machine, client, tracker and journal, between a
//! network, a disk, two clocks, a lens and fingers that fail, in time that is simulated.
//!
//! ```text
//! cargo test simulation                               a few thousand seeds
//! SEEDS=100000 cargo test simulation                  so many, from FIRST=1 on
//! SEED=4711 cargo test simulation -- --nocapture      one, with the story of what happened
//! ```
//!
//! What is replaced is at the lowest seams: [`Client::simulated`](crate::weixin::Client::simulated) posts requests instead
//! of sending them, [`Disk`](crate::journal::disk::Disk) asks before and after every durable step of the real files, and
//! the journal's thread is this one. [`ledger`] checks the invariants after every step. When the faults stop, everything
//! has to settle, and one last coupon has to be redeemed.
//!
//! What is assumed of Weixin, since nothing could be known without it: what a consume does, it has done and shows within
//! `doubt_secs` of being sent ([`weather::SLOWEST`]).

mod chance;
mod desk;
mod disk;
mod ledger;
mod network;
mod platform;
mod story;
mod wall;
mod weather;
mod world;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use story::Story;
use world::World;

/// How many seeds a plain `cargo test` lives through.
const SEEDS: u64 = 3000;

/// Where an fsync costs nothing, if there is such a place; what is durable is the simulated disk's to say.
fn memory() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

struct Lived {
    end: Result<(), String>,
    lines: Vec<String>,
    counts: BTreeMap<&'static str, u64>,
}

fn live(seed: u64, is_told: bool) -> Lived {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(seed, Story::new(is_told));
        let end = world.live().await;
        Lived {
            end,
            lines: world.story.lines,
            counts: world.story.counts,
        }
    })
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// Lives through a seed, and through one that fails once more to tell its story.
fn check(seed: u64, counts: &mut BTreeMap<&'static str, u64>) {
    let lived = catch_unwind(AssertUnwindSafe(|| live(seed, false)));
    let why = match lived {
        Ok(Lived {
            end: Ok(()),
            counts: of_seed,
            ..
        }) => {
            for (what, count) in of_seed {
                *counts.entry(what).or_default() += count;
            }
            return;
        }
        Ok(Lived { end: Err(why), .. }) => why,
        Err(_) => "it panics".to_owned(),
    };
    if let Ok(told) = catch_unwind(AssertUnwindSafe(|| live(seed, true))) {
        let last = told.lines.len().saturating_sub(60);
        for line in &told.lines[last..] {
            say(line);
        }
    }
    panic!("seed {seed}: {why}\nthe whole story: SEED={seed} cargo test simulation");
}

#[test]
fn whatever_fails_nothing_is_redeemed_twice_or_lost_or_falsely_shown() {
    if let Some(seed) = number("SEED") {
        let lived = live(seed, true);
        lived.lines.iter().for_each(|line| say(line));
        if let Err(why) = lived.end {
            panic!("seed {seed}: {why}");
        }
        return;
    }
    let first = number("FIRST").unwrap_or(1);
    let seeds = number("SEEDS").unwrap_or(SEEDS);
    let mut counts = BTreeMap::new();
    for seed in first..first + seeds {
        check(seed, &mut counts);
    }
    say(&format!(
        "simulation: {seeds} seeds from {first}, {counts:?}"
    ));
}

#[test]
fn a_seed_tells_the_same_story_every_time() {
    for seed in [3, 5, 8] {
        assert_eq!(live(seed, true).lines, live(seed, true).lines);
    }
}
