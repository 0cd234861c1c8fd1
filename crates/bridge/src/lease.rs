//! How many jobs to lease from the spool at once.
//!
//! One lease costs one fsync. A slow printer gets one job at a time, so that a power cut leaves at most one job in
//! doubt; a printer that is done before the next lease is stored gets more, so that the disk does not slow it down.

use std::time::Duration;

/// Most jobs that may be in doubt after a power cut, per printer.
const MOST: usize = 64;

/// Grows and shrinks with what was measured.
#[derive(Debug, Clone, Copy)]
pub struct LeaseSize(usize);

impl LeaseSize {
    /// One job at first.
    pub fn new() -> Self {
        LeaseSize(1)
    }

    /// Jobs to lease next.
    pub fn get(self) -> usize {
        self.0
    }

    /// Learns from a lease that took `leasing` to store and whose jobs took `printing` to print.
    pub fn learn(&mut self, leasing: Duration, printing: Duration) {
        if printing < leasing * 4 {
            self.0 = (self.0 * 2).min(MOST);
        } else if printing > leasing * 16 {
            self.0 = (self.0 / 2).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_printer_gets_many_and_a_slow_one_gets_one() {
        let (fsync, fast, slow) =
            (Duration::from_millis(5), Duration::from_micros(300), Duration::from_secs(2));
        let mut size = LeaseSize::new();
        for _ in 0..20 {
            let jobs = u32::try_from(size.get()).unwrap();
            size.learn(fsync, fast * jobs);
        }
        assert!(size.get() >= 32, "{size:?}");
        for _ in 0..20 {
            size.learn(fsync, slow);
        }
        assert_eq!(size.get(), 1);
    }
}
