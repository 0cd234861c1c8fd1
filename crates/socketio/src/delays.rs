//! How long to wait before the next connect.

use std::time::Duration;

/// Delays between connects.
#[derive(Clone, Debug)]
pub struct Delays {
    /// Scale of the first delay after a lost line. 1 s.
    pub min: Duration,
    /// Most that chance may add after a lost line. 30 s.
    pub max: Duration,
    /// Delay after the first refusal. 30 s.
    pub refused_min: Duration,
    /// Longest delay after a refusal, before a tenth of jitter. 5 min.
    pub refused_max: Duration,
    /// A connection that held this long starts the delays anew. 10 s.
    pub stable: Duration,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            min: Duration::from_secs(1),
            max: Duration::from_secs(30),
            refused_min: Duration::from_secs(30),
            refused_max: Duration::from_secs(300),
            stable: Duration::from_secs(10),
        }
    }
}

impl Delays {
    /// `min/2 + rand(0..min(max, min·2ⁿ))`: never zero, spread wide enough that a chain of shops does
    /// not come back in one instant. `n` counts the failures before this one.
    pub(crate) fn lost(&self, n: u32) -> Duration {
        self.min / 2 + doubled(self.min, n).min(self.max).mul_f64(rand::random())
    }

    /// `c + rand(0..c/10)` with `c = min(refused_max, refused_min·2ⁿ)`.
    pub(crate) fn refused(&self, n: u32) -> Duration {
        let base = doubled(self.refused_min, n).min(self.refused_max);
        base + base.mul_f64(0.1 * rand::random::<f64>())
    }
}

fn doubled(base: Duration, n: u32) -> Duration {
    base.saturating_mul(1_u32.checked_shl(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_line_waits_between_half_min_and_max() {
        let delays = Delays::default();
        for n in [0, 1, 4, 5, 31, 32, 33, u32::MAX] {
            let most = 0.5 + 30_f64.min(2_f64.powf(f64::from(n.min(40))));
            for _ in 0..200 {
                let delay = delays.lost(n).as_secs_f64();
                assert!((0.5..=most).contains(&delay), "n={n} gave {delay}");
            }
        }
    }

    #[test]
    fn delays_are_spread() {
        let delays = Delays::default();
        let all: Vec<f64> = (0..400).map(|_| delays.lost(9).as_secs_f64()).collect();
        assert!(all.iter().any(|d| *d < 8.0) && all.iter().any(|d| *d > 22.0));
    }

    #[test]
    fn refusals_go_from_thirty_seconds_to_five_minutes() {
        let delays = Delays::default();
        let range = |n| {
            let all: Vec<f64> = (0..200).map(|_| delays.refused(n).as_secs_f64()).collect();
            (all.iter().copied().fold(f64::MAX, f64::min), all.iter().copied().fold(0.0, f64::max))
        };
        for (n, low) in [(0, 30.0), (1, 60.0), (3, 240.0), (4, 300.0), (40, 300.0)] {
            let (least, most) = range(n);
            assert!(least >= low && most <= low * 1.1, "n={n}: {least}..{most}");
        }
    }
}
