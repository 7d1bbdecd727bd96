//! Chance that can be had again.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Numbers out of a seed that is printed: `SEED=... cargo test` has the same ones.
pub struct Chance(u64);

impl Chance {
    /// Of the seed that `SEED` names, else of a new one.
    pub fn new() -> Self {
        let seed = match std::env::var("SEED") {
            Ok(seed) => seed.parse().unwrap(),
            Err(_) => RandomState::new().build_hasher().finish(),
        };
        println!("SEED={seed}");
        Self(seed)
    }

    /// Another one, whose numbers hang on this one's.
    pub fn branch(&mut self) -> Self {
        Self(self.next())
    }

    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// One of these.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
