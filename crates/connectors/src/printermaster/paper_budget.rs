//! How much test paper a printer may be asked for.
//!
//! A gateway that believes a printer to be stale sends it a real test every ten seconds. Two pages are printed, then
//! one every five minutes; the rest is answered from what is known of the printer, without paper.

use platen_job::PrinterId;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Most printers that are counted; beyond that nothing is printed for a test.
const MOST_PRINTERS: usize = 256;

/// What kind of test paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TestPaper {
    /// The usual page: anybody, or a machine, may have asked for it.
    Page,
    /// A text that somebody wrote for this test.
    Text,
}

/// Counts test paper, printer by printer.
#[derive(Debug, Default)]
pub(crate) struct PaperBudget(HashMap<(PrinterId, TestPaper), Bucket>);

#[derive(Debug)]
struct Bucket {
    sheets: f64,
    counted_at: Instant,
}

impl TestPaper {
    /// Sheets at once, and the time after which one more is allowed.
    fn allowance(self) -> (f64, Duration) {
        match self {
            TestPaper::Page => (2.0, Duration::from_secs(300)),
            TestPaper::Text => (10.0, Duration::from_secs(60)),
        }
    }
}

impl PaperBudget {
    /// Takes one sheet; false where there is none left.
    pub(crate) fn take(&mut self, printer: &PrinterId, paper: TestPaper, now: Instant) -> bool {
        let (most, each) = paper.allowance();
        let key = (printer.clone(), paper);
        if self.0.len() >= MOST_PRINTERS && !self.0.contains_key(&key) {
            return false;
        }
        let bucket = self.0.entry(key).or_insert(Bucket { sheets: most, counted_at: now });
        let grown = now.saturating_duration_since(bucket.counted_at).as_secs_f64();
        bucket.sheets = (bucket.sheets + grown / each.as_secs_f64()).min(most);
        bucket.counted_at = now;
        if bucket.sheets < 1.0 {
            return false;
        }
        bucket.sheets -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_every_ten_seconds_for_an_hour_costs_fourteen_pages() {
        let mut budget = PaperBudget::default();
        let (printer, start) = (PrinterId::new("p").unwrap(), Instant::now());
        let pages = (0..360)
            .filter(|n| budget.take(&printer, TestPaper::Page, start + Duration::from_secs(n * 10)))
            .count();
        assert!((12..=14).contains(&pages), "{pages} pages");
        let other = PrinterId::new("q").unwrap();
        assert!(budget.take(&other, TestPaper::Page, start));
    }
}
