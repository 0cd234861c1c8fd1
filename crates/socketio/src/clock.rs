//! Noticing that the machine was asleep.
//!
//! A sleeping machine loses its TCP connections without hearing of it. Every second a clock that
//! goes on during sleep is read; if it moved much further than that second, we were asleep (or
//! stopped, which is the same to the gateway).

use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the clock is read: what people see of the line is true within two seconds of waking up.
const PERIOD: Duration = Duration::from_secs(1);
/// A gap this long is not a busy machine any more.
const TOLERANCE: Duration = Duration::from_secs(10);

/// A clock that goes on while the machine sleeps. Its zero point does not matter.
pub trait SleepClock: Send + Sync {
    /// Time since its zero point.
    fn now(&self) -> Duration;
}

/// The operating system's clock: `CLOCK_BOOTTIME` on Linux, the wall clock elsewhere (setting it
/// forward by more than ten seconds then costs one reconnect, nothing else).
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSleepClock;

impl SleepClock for SystemSleepClock {
    #[cfg(target_os = "linux")]
    #[allow(unsafe_code)]
    fn now(&self) -> Duration {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the pointer is to a live local `timespec`, which the call only fills in.
        let done = unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut time) };
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
        if done == 0 { Duration::new(seconds, nanos) } else { Duration::ZERO }
    }

    #[cfg(not(target_os = "linux"))]
    fn now(&self) -> Duration {
        let epoch = std::time::SystemTime::UNIX_EPOCH;
        std::time::SystemTime::now().duration_since(epoch).unwrap_or_default()
    }
}

/// Tells when the machine has been asleep.
pub(crate) struct WakeUps {
    clock: Arc<dyn SleepClock>,
    ticks: Interval,
    last: Duration,
}

impl WakeUps {
    pub(crate) fn new(clock: Arc<dyn SleepClock>) -> Self {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let last = clock.now();
        Self { clock, ticks, last }
    }

    /// Pending until the machine wakes up; tells how long it was away. Cancel safe.
    pub(crate) async fn next(&mut self) -> Duration {
        loop {
            self.ticks.tick().await;
            let now = self.clock.now();
            let gap = now.saturating_sub(self.last);
            self.last = now;
            if gap > PERIOD + TOLERANCE {
                return gap;
            }
        }
    }

    /// Starts anew: time in which nobody called [`WakeUps::next`] is not sleep.
    pub(crate) fn restart(&mut self) {
        self.last = self.clock.now();
        self.ticks.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_moves() {
        let before = SystemSleepClock.now();
        std::thread::sleep(Duration::from_millis(5));
        let passed = SystemSleepClock.now() - before;
        assert!(passed >= Duration::from_millis(5) && passed < Duration::from_secs(5));
    }
}
