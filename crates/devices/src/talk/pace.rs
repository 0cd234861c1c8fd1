//! A token bucket: how many bytes may go out now.

use crate::Pace;
use std::time::Duration;
use tokio::time::Instant;

/// The largest piece written at once, so that a cancel is heard between two of them.
const PIECE: usize = 32 * 1024;
/// A bounded pace is kept over slices of this length.
const SLICE: Duration = Duration::from_millis(50);
/// What a printer with nothing in its buffer takes at once, however slow it is: the smallest buffer in the field. An
/// everyday receipt fits in.
const BUFFER: f64 = 4096.0;

/// Lets bytes through at the profile's pace.
#[derive(Debug)]
pub(super) struct Bucket {
    bound: Option<Bound>,
}

#[derive(Debug)]
struct Bound {
    per_second: f64,
    burst: f64,
    slice: f64,
    tokens: f64,
    filled_at: Instant,
}

impl Bucket {
    /// Starts full: the printer has nothing of ours in its buffer.
    pub(super) fn new(pace: Pace, now: Instant) -> Bucket {
        let bound = pace.bound().map(|per_second| {
            let per_second = f64::from(per_second);
            let slice = (per_second * SLICE.as_secs_f64()).max(1.0);
            let burst = slice.max(BUFFER);
            Bound { per_second, burst, slice, tokens: burst, filled_at: now }
        });
        Bucket { bound }
    }

    /// How many bytes may go out now; never more than one piece, and for a bounded pace nothing below half a slice, so
    /// that a slow pace does not become a stream of tiny packets.
    pub(super) fn allowance(&mut self, now: Instant) -> usize {
        let Some(bound) = &mut self.bound else { return PIECE };
        let gained = now.duration_since(bound.filled_at).as_secs_f64() * bound.per_second;
        bound.tokens = (bound.tokens + gained).min(bound.burst);
        bound.filled_at = now;
        if bound.tokens < bound.worthwhile() { 0 } else { (bound.tokens as usize).min(PIECE) }
    }

    /// The printer has processed everything.
    pub(super) fn refill(&mut self) {
        if let Some(bound) = &mut self.bound {
            bound.tokens = bound.burst;
        }
    }

    /// Takes out what was written.
    pub(super) fn take(&mut self, bytes: usize) {
        if let Some(bound) = &mut self.bound {
            bound.tokens -= bytes as f64;
        }
    }

    /// When it is worth asking again.
    pub(super) fn next(&self, now: Instant) -> Instant {
        match &self.bound {
            Some(bound) if bound.tokens < bound.worthwhile() => {
                let missing = bound.worthwhile() - bound.tokens;
                // A millisecond more than exact, as timers round down.
                now + Duration::from_secs_f64(missing / bound.per_second) + Duration::from_millis(1)
            }
            _ => now,
        }
    }
}

impl Bound {
    fn worthwhile(&self) -> f64 {
        (self.slice / 2.0).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bounded_pace_is_kept_and_used() {
        for pace in [1, 100, 20_000, 10_000_000] {
            let start = Instant::now();
            let mut now = start;
            let mut bucket = Bucket::new(Pace::bytes_per_second(pace), now);
            let mut sent = 0.0;
            while now < start + Duration::from_secs(10) {
                let allowed = bucket.allowance(now);
                bucket.take(allowed);
                sent += allowed as f64;
                now = if allowed > 0 { now } else { bucket.next(now) };
            }
            let exact = 10.0 * f64::from(pace);
            assert!(sent <= BUFFER + exact * 1.01, "{pace} B/s: {sent} in 10 s");
            assert!(sent >= exact * 0.9 - 1.0, "{pace} B/s: {sent} in 10 s");
        }
    }

    #[test]
    fn only_an_empty_buffer_takes_a_receipt_at_once() {
        let now = Instant::now();
        let mut bucket = Bucket::new(Pace::bytes_per_second(32_768), now);
        assert_eq!(bucket.allowance(now), 4096);
        bucket.take(4096);
        assert_eq!(bucket.allowance(now), 0);
        bucket.refill();
        assert_eq!(bucket.allowance(now), 4096);
    }

    #[test]
    fn an_unbounded_pace_still_goes_in_pieces() {
        let mut bucket = Bucket::new(Pace::UNBOUNDED, Instant::now());
        bucket.take(1 << 20);
        assert_eq!(bucket.allowance(Instant::now()), PIECE);
    }
}
