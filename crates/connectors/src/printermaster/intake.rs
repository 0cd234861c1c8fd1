//! Jobs on their way into the spool: in order, several at once.

use super::line::Acknowledge;
use super::payload::Payload;
use super::reply::PrintKind;
use crate::{Host, Submitted};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt};
use platen_job::{Document, ExternalId, Job, PrinterId, Refusal};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::time::Instant;

/// Jobs that may be on their way at once. At the bound no further event is taken from the line, which slows the
/// gateway down.
const ROOM: usize = 256;
/// Bytes of documents that may be on their way at once; the same happens at this bound.
const ROOM_BYTES: usize = 64 << 20;

/// The jobs on their way, each with the bytes of its document.
#[derive(Default)]
pub(crate) struct Intake {
    // Never contended: the lock is there because a future is not `Sync`, and who holds this must be.
    under_way: Mutex<UnderWay>,
    bytes: usize,
}

type UnderWay = FuturesOrdered<BoxFuture<'static, (usize, Stored)>>;

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
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).len();
        under_way < ROOM && self.bytes < ROOM_BYTES
    }

    fn under_way(&mut self) -> &mut UnderWay {
        self.under_way.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job to the engine.
    pub(crate) fn job(&mut self, host: &Arc<dyn Host>, job: Job, request: PrintRequest) {
        self.push(host, job, |result| Stored::Job(Box::new(StoredJob { request, result })));
    }

    /// Hands a test to the engine.
    pub(crate) fn test(&mut self, host: &Arc<dyn Host>, job: Job, ticket: String) {
        self.push(host, job, |result| Stored::Test { ticket, result });
    }

    fn push(
        &mut self,
        host: &Arc<dyn Host>,
        job: Job,
        stored: impl FnOnce(Result<Submitted, Refusal>) -> Stored + Send + 'static,
    ) {
        let size = match &job.document {
            Document::Raw(bytes) => bytes.len(),
            Document::Text(text) | Document::Html(text) => text.len(),
            Document::Image(picture) | Document::Pdf(picture) => picture.bytes.len(),
            // Fields, which are small.
            _ => 0,
        };
        self.bytes += size;
        let host = host.clone();
        let stored = async move { (size, stored(host.submit(job).await)) };
        self.under_way().push_back(stored.boxed());
    }

    /// The oldest one's answer; `None` while there is none on its way. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Stored> {
        let (size, stored) = self.under_way().next().await?;
        self.bytes -= size;
        Some(stored)
    }

    /// The oldest one's answer, where it is there already.
    pub(crate) fn try_next(&mut self) -> Option<Stored> {
        self.next().now_or_never().flatten()
    }
}
