//! Keeps a task alive: a panic is caught, counted, logged, and the task restarted with back-off.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often supervised tasks were restarted after a panic.
#[derive(Debug, Default, Clone)]
pub struct Restarts(Arc<AtomicU64>);

impl Restarts {
    /// Since the engine started.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// Runs what `make` makes until it returns by itself or `cancel` says so; after a panic, makes and runs it anew.
pub async fn supervise<F, Fut>(
    name: String,
    restarts: Restarts,
    cancel: CancellationToken,
    mut make: F,
) where
    F: FnMut() -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let mut delay = FIRST_DELAY;
    loop {
        let began = tokio::time::Instant::now();
        let Err(error) = tokio::spawn(make()).await else { return };
        if error.is_cancelled() {
            return;
        }
        restarts.0.fetch_add(1, Ordering::Relaxed);
        tracing::error!(task = %name, ?delay, "a task of the engine panicked and is started again");
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(delay) => {}
        }
        let stable = began.elapsed() > LONGEST_DELAY;
        delay = if stable { FIRST_DELAY } else { (delay * 2).min(LONGEST_DELAY) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_panic_is_survived_and_counted() {
        let (restarts, runs) = (Restarts::default(), Arc::new(AtomicU64::new(0)));
        supervise("test".into(), restarts.clone(), CancellationToken::new(), || {
            let run = runs.fetch_add(1, Ordering::Relaxed);
            async move { assert!(run == 3, "not yet") }
        })
        .await;
        assert_eq!((restarts.count(), runs.load(Ordering::Relaxed)), (3, 4));
    }
}
