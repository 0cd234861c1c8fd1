//! Gives back what a burst of jobs needed.

use std::time::Duration;

/// How often to look.
const EVERY: Duration = Duration::from_secs(5);
/// Pages of growth since the last time that are worth the trouble: 2 MiB.
const WORTHWHILE: u64 = 512;

/// Where the process has grown, what the allocator keeps for later goes back to the system. Runs for ever, or ends at
/// once where the system does not say how large the process is.
pub async fn keep_small() {
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut least = u64::MAX;
    loop {
        clock.tick().await;
        let Some(now) = resident_pages() else { return };
        if now > least.saturating_add(WORTHWHILE) {
            trim();
            least = resident_pages().unwrap_or(now);
        } else {
            least = least.min(now);
        }
    }
}

/// Pages in memory, where the system says so at no cost.
fn resident_pages() -> Option<u64> {
    let said = std::fs::read_to_string("/proc/self/statm").ok()?;
    said.split(' ').nth(1)?.parse().ok()
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn trim() {
    // SAFETY: malloc_trim takes a number and may be called at any time, from any thread.
    #[allow(unsafe_code)]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn trim() {}
