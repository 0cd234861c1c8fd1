//! The state for somebody who shows it: never more often than an eye can follow, and always the last one.

use crate::state::Snapshot;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Ten a second.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// States, one at a time. What changes faster is left out; what stands at last comes.
pub struct Paced {
    snapshots: watch::Receiver<Arc<Snapshot>>,
    not_before: Instant,
}

impl Paced {
    pub(crate) fn of(snapshots: watch::Receiver<Arc<Snapshot>>) -> Paced {
        Paced { snapshots, not_before: Instant::now() }
    }

    /// The state now, whether it was seen before or not; the next one keeps its distance from it.
    pub(crate) fn now(&mut self) -> Arc<Snapshot> {
        self.not_before = Instant::now() + PAUSE;
        self.snapshots.borrow_and_update().clone()
    }

    /// The next one, a tenth of a second after the one before at the soonest; none when there will be none. Nothing is lost
    /// where the wait for it is given up.
    pub async fn next(&mut self) -> Option<Arc<Snapshot>> {
        sleep_until(self.not_before).await;
        self.snapshots.changed().await.ok()?;
        Some(self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(number: u32) -> Arc<Snapshot> {
        Arc::new(Snapshot { crashes: number, ..Snapshot::default() })
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_gives_ten_a_second_and_the_last_state_comes() {
        const CHANGES: u32 = 5_000;
        let (changes, snapshots) = watch::channel(state(0));
        let mut paced = Paced::of(snapshots);
        let burst = tokio::spawn(async move {
            for number in 1..=CHANGES {
                changes.send_replace(state(number));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let mut came = Vec::new();
        while let Some(state) = paced.next().await {
            came.push((Instant::now(), state.crashes));
        }
        burst.await.unwrap();
        for eleven in came.windows(11) {
            let took = eleven[10].0 - eleven[0].0;
            assert!(took >= Duration::from_secs(1), "eleven states within {took:?}");
        }
        assert!(came.len() >= 40, "only {} states in five seconds", came.len());
        assert_eq!(came.last().map(|(_, number)| *number), Some(CHANGES));
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_after_a_quiet_time_comes_at_once() {
        let (changes, snapshots) = watch::channel(state(0));
        let mut paced = Paced::of(snapshots);
        tokio::time::sleep(Duration::from_secs(60)).await;
        changes.send_replace(state(1));
        let began = Instant::now();
        assert_eq!(paced.next().await.map(|state| state.crashes), Some(1));
        assert!(began.elapsed() < Duration::from_millis(5), "after {:?}", began.elapsed());
    }
}
