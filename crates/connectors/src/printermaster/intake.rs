//! Jobs on their way into the spool: in order, several at once.

use super::line::Acknowledge;
use super::payload::Payload;
use super::reply::PrintKind;
use crate::{Host, Submitted};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt};
use platen_job::{ExternalId, Job, PrinterId, Refusal};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

/// Jobs that may be on their way at once. At the bound no further event is taken from the line, which slows the
/// gateway down.
const ROOM: usize = 256;

/// The jobs on their way.
#[derive(Default)]
pub(crate) struct Intake {
    // Never contended: the lock is there because a future is not `Sync`, and who holds this must be.
    under_way: Mutex<FuturesOrdered<BoxFuture<'static, Stored>>>,
}

/// What the engine said to one of them.
pub(crate) enum Stored {
    Job(Box<StoredJob>),
    Test { ticket: String, result: Result<Submitted, Refusal> },
}

/// A print request that the engine has answered.
pub(crate) struct StoredJob {
    pub(crate) request: PrintRequest,
    pub(crate) result: Result<Submitted, Refusal>,
}

/// What is needed to answer a print request.
pub(crate) struct PrintRequest {
    pub(crate) kind: PrintKind,
    /// The request without what it wants printed.
    pub(crate) fields: Payload,
    pub(crate) external_id: Option<ExternalId>,
    pub(crate) printer: PrinterId,
    pub(crate) asked: Instant,
    pub(crate) ack: Option<Box<dyn Acknowledge>>,
}

impl Intake {
    /// Whether another one may come in.
    pub(crate) fn has_room(&self) -> bool {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).len() < ROOM
    }

    fn under_way(&mut self) -> &mut FuturesOrdered<BoxFuture<'static, Stored>> {
        self.under_way.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job to the engine.
    pub(crate) fn job(&mut self, host: &Arc<dyn Host>, job: Job, request: PrintRequest) {
        let host = host.clone();
        let stored = async move {
            let result = host.submit(job).await;
            Stored::Job(Box::new(StoredJob { request, result }))
        };
        self.under_way().push_back(stored.boxed());
    }

    /// Hands a test to the engine.
    pub(crate) fn test(&mut self, host: &Arc<dyn Host>, job: Job, ticket: String) {
        let host = host.clone();
        let stored = async move { Stored::Test { ticket, result: host.submit(job).await } };
        self.under_way().push_back(stored.boxed());
    }

    /// The oldest one's answer; `None` while there is none on its way. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Stored> {
        self.under_way().next().await
    }

    /// The oldest one's answer, where it is there already.
    pub(crate) fn try_next(&mut self) -> Option<Stored> {
        self.under_way().next().now_or_never().flatten()
    }
}
