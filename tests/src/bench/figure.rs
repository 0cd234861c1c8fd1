//! What was measured, as lines.

use std::time::Duration;

/// The lines so far, and the criteria among them.
#[derive(Default)]
pub struct Figures {
    met: usize,
    missed: Vec<&'static str>,
}

/// On which side of its bound a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// At most the bound.
    Lower,
    /// At least the bound.
    Higher,
}

impl Figures {
    /// A figure to look at, beside the peer's.
    pub fn show(&self, name: &str, value: f64, unit: &str, peer: f64) {
        println!("bench {name} {value:.3} {unit} peer {peer:.3} ratio {:.2}", value / peer);
    }

    /// A figure for which there is no other.
    pub fn note(&self, name: &str, value: f64, unit: &str) {
        println!("bench {name} {value:.3} {unit}");
    }

    /// A criterion against what the peer makes possible.
    pub fn against_peer(
        &mut self,
        name: &'static str,
        value: f64,
        unit: &str,
        peer: f64,
        better: Better,
    ) {
        self.show(name, value, unit, peer);
        self.judge(name, value, peer, better);
    }

    /// A criterion with a fixed bound, which is a most.
    pub fn against_limit(&mut self, name: &'static str, value: f64, unit: &str, limit: f64) {
        println!("bench {name} {value:.3} {unit} limit {limit:.3} ratio {:.2}", value / limit);
        self.judge(name, value, limit, Better::Lower);
    }

    fn judge(&mut self, name: &'static str, value: f64, bound: f64, better: Better) {
        let met = match better {
            Better::Lower => value <= bound,
            Better::Higher => value >= bound,
        };
        if met {
            self.met += 1;
        } else {
            self.missed.push(name);
        }
    }

    /// The last line.
    pub fn sum_up(&self) {
        let all = self.met + self.missed.len();
        match self.missed.as_slice() {
            [] => println!("{} of {all} criteria met", self.met),
            missed => println!("{} of {all} criteria met; missed: {}", self.met, missed.join(", ")),
        }
    }
}

/// Milliseconds.
pub fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1000.0
}

/// The value below which that share of the values lies, by nearest rank. `share` from 0 to 1; there is at least one value.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// The middle value.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}
