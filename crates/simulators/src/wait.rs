//! Waiting for something to become true, against the real clock.

use std::time::Duration;

use tokio::sync::watch;

use crate::{SimulatorError, stage::Stage};

/// Looks at `find` now and after every change of `changes`, until it gives something.
///
/// The deadline runs on the simulator's own runtime, so it keeps real time even when the caller's
/// runtime has its clock paused.
pub(crate) async fn until<T>(
    stage: &Stage,
    mut changes: watch::Receiver<u64>,
    timeout: Duration,
    what: &str,
    mut find: impl FnMut() -> Option<T>,
) -> Result<T, SimulatorError> {
    let mut deadline = AbortOnDrop(stage.spawn(async move { tokio::time::sleep(timeout).await }));
    loop {
        changes.borrow_and_update();
        if let Some(found) = find() {
            return Ok(found);
        }
        tokio::select! {
            changed = changes.changed() => changed.map_err(|_| SimulatorError::Stopped)?,
            ended = &mut deadline.0 => return match ended {
                Ok(()) => Err(SimulatorError::TimedOut { what: what.to_owned(), after: timeout }),
                Err(_) => Err(SimulatorError::Stopped),
            },
        }
    }
}

pub(crate) struct AbortOnDrop<T>(pub(crate) tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Tells every waiter to look again.
pub(crate) fn ring(changes: &watch::Sender<u64>) {
    changes.send_modify(|n| *n = n.wrapping_add(1));
}
