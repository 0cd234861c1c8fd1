//! Brings outcomes into the spool without making the printer wait for the disk.
//!
//! At most [`AT_ONCE`] outcomes are on their way; a disk that stands still therefore stops the printer after that many
//! jobs, and what was not stored is in doubt after a crash, never lost.

use crate::engine::Core;
use platen_job::{JobId, JobNotes, Mark, Outcome, StateReasons, Timestamp, UnconfirmedReason};
use platen_spool::{JobRecord, SpoolError, StandIn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

const AT_ONCE: usize = 64;
/// How long the way out waits for outcomes that cannot be stored.
const FAREWELL: Duration = Duration::from_secs(2);

pub struct Settling {
    core: Arc<Core>,
    places: Arc<Semaphore>,
    tasks: TaskTracker,
}

impl Settling {
    pub fn new(core: Arc<Core>) -> Self {
        Settling { core, places: Arc::new(Semaphore::new(AT_ONCE)), tasks: TaskTracker::new() }
    }

    /// Stores an outcome; returns when it is on its way.
    pub async fn settle(&self, id: JobId, outcome: Outcome) {
        self.settle_with(id, outcome, JobNotes::default()).await;
    }

    /// Stores an outcome and what is to be known beside it.
    pub async fn settle_with(&self, id: JobId, outcome: Outcome, notes: JobNotes) {
        let Ok(place) = self.places.clone().acquire_owned().await else { return };
        let core = self.core.clone();
        self.tasks.spawn(async move {
            let _place = place;
            if !notes.is_empty()
                && let Err(error) = core.spool.annotate(id, notes).await
            {
                tracing::warn!(%error, job = %id, "a job's notes could not be stored");
            }
            let stored = core.persist(|| core.spool.settle(id, outcome.clone())).await;
            if let Some(settled) = stored {
                core.settled_as(settled, &outcome);
            }
        });
    }

    /// Stores that a job is held.
    pub async fn hold(&self, id: JobId, reasons: StateReasons) {
        self.core.persist(|| self.core.spool.hold(id, reasons.clone())).await;
    }

    /// Stores that leased jobs were not started.
    pub async fn release(&self, ids: Vec<JobId>) {
        self.core.persist(|| self.core.spool.release(ids.clone())).await;
    }

    /// Stores a marked copy in the place of a job in doubt.
    pub async fn replace(
        &self,
        id: JobId,
        unfinished: UnconfirmedReason,
        expires_at: Timestamp,
    ) -> Option<JobRecord> {
        let stand_in = StandIn::ForTheSender { unfinished };
        let copied = self
            .core
            .persist(|| async {
                let mark = Mark::PossibleDuplicate;
                match self.core.spool.copy(id, mark, stand_in, Some(expires_at)).await {
                    // New work has no room on a full disk, and the printer does not wait for it: the job stays in doubt.
                    Err(SpoolError::DiskFull) => Ok(None),
                    copied => copied.map(Some),
                }
            })
            .await;
        self.core.settled();
        copied.flatten()
    }

    /// Waits for what is on its way, not for ever.
    pub async fn finish(&self) {
        self.tasks.close();
        let _ = tokio::time::timeout(FAREWELL, self.tasks.wait()).await;
    }
}
