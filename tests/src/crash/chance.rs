//! The dice of a random test, with their seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::ops::Range;
use std::time::Duration;

/// Random choices that begin with a seed. What is asked for is repeatable; what happens between processes is not.
pub struct Chance {
    rng: StdRng,
}

impl Chance {
    /// Dice with this seed.
    pub fn new(seed: u64) -> Chance {
        Chance { rng: StdRng::seed_from_u64(seed) }
    }

    /// The seed that `variable` names, else a new one.
    pub fn seed(variable: &str) -> u64 {
        let named = std::env::var(variable).ok();
        named.map_or_else(rand::random, |seed| seed.parse().unwrap())
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, times: u32) -> bool {
        self.rng.random_range(0..100) < times
    }

    /// A number of the range.
    pub fn number(&mut self, range: Range<u32>) -> u32 {
        self.rng.random_range(range)
    }

    /// A span of that many milliseconds, in steps of a tenth.
    pub fn millis(&mut self, range: Range<u32>) -> Duration {
        let tenths = self.rng.random_range(range.start * 10..range.end * 10);
        Duration::from_micros(u64::from(tenths) * 100)
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.rng.random_range(0..of.len())]
    }
}
