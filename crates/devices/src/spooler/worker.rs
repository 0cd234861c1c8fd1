//! Threads for calls of the operating system that have no time-out: one that hangs is left behind, and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

/// A bounded number of threads that may hang.
#[derive(Clone)]
pub(super) struct Workers {
    most: usize,
    at_work: Arc<AtomicUsize>,
}

/// The answer did not come in time, or so many threads hang already that none was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Abandoned;

impl Workers {
    pub(super) fn at_most(most: usize) -> Workers {
        Workers { most, at_work: Arc::default() }
    }

    /// Has `work` done in a thread of its own, and waits for it no longer than `patience`.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Abandoned> {
        let (answer, answered) = oneshot::channel();
        let place = self.take().ok_or(Abandoned)?;
        let work = move || {
            let result = work();
            drop(place);
            // Nobody listens any more when this took too long.
            let _ = answer.send(result);
        };
        let spawned = std::thread::Builder::new().name("print service".to_owned()).spawn(work);
        spawned.map_err(|_| Abandoned)?;
        let waited = tokio::time::timeout(patience, answered).await;
        waited.map_err(|_elapsed| Abandoned)?.map_err(|_gone| Abandoned)
    }

    fn take(&self) -> Option<Place> {
        let free = |taken: usize| (taken < self.most).then_some(taken + 1);
        self.at_work.fetch_update(Ordering::AcqRel, Ordering::Acquire, free).ok()?;
        Some(Place(self.at_work.clone()))
    }
}

/// Given back when the thread is done, however late, also when it panicked.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn threads_that_hang_are_left_behind_and_counted() {
        let workers = Workers::at_most(2);
        let mut let_go = Vec::new();
        for _ in 0..2 {
            let (sender, receiver) = mpsc::channel::<()>();
            let_go.push(sender);
            let hang = move || assert!(receiver.recv().is_err());
            assert_eq!(workers.run(Duration::from_millis(20), hang).await, Err(Abandoned));
        }
        let third = workers.run(Duration::from_secs(60), || 3).await;
        assert_eq!(third, Err(Abandoned), "no third thread is begun");
        drop(let_go);
        while workers.at_work.load(Ordering::Acquire) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(workers.run(Duration::from_secs(60), || 4).await, Ok(4), "they are used again");
    }

    #[tokio::test]
    async fn a_panic_gives_its_place_back() {
        let workers = Workers::at_most(1);
        for _ in 0..3 {
            assert_eq!(
                workers.run(Duration::from_secs(60), || panic!("told to")).await,
                Err::<(), _>(Abandoned)
            );
        }
        assert_eq!(workers.run(Duration::from_secs(60), || 5).await, Ok(5));
    }
}
