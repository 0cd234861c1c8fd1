//! Jobs on their way into the spool: in order, several at once, so that a burst shares its fsyncs.
//!
//! They are handed over one after the other, and only their answers are awaited together: of futures that wait together, the runtime
//! may resume the last one first.

use crate::{Host, Submitted};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt};
use platen_job::{Document, Job, Refusal};
use std::sync::{Arc, Mutex, PoisonError};

/// Jobs that may be on their way at once. At the bound a connector takes nothing further from its sender, which slows
/// that one down.
const ROOM: usize = 256;
/// Bytes of documents that may be on their way at once; the same happens at this bound.
const ROOM_BYTES: usize = 64 << 20;

/// The jobs on their way, each with the bytes of its document and with what its connector needs to answer the request.
pub(crate) struct Intake<R> {
    // Never contended: the lock is there because a future is not `Sync`, and who holds this must be.
    under_way: Mutex<UnderWay<R>>,
    bytes: usize,
}

type UnderWay<R> = FuturesOrdered<BoxFuture<'static, (usize, Stored<R>)>>;

/// What the engine said to one of them.
pub(crate) struct Stored<R> {
    pub(crate) request: R,
    pub(crate) result: Result<Submitted, Refusal>,
}

impl<R> Default for Intake<R> {
    fn default() -> Self {
        Intake { under_way: Mutex::default(), bytes: 0 }
    }
}

impl<R: Send + 'static> Intake<R> {
    /// Whether another one may come in.
    pub(crate) fn has_room(&self) -> bool {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).len();
        under_way < ROOM && self.bytes < ROOM_BYTES
    }

    fn under_way(&mut self) -> &mut UnderWay<R> {
        self.under_way.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job to the engine. Waits where that one has no room.
    pub(crate) async fn push(&mut self, host: &Arc<dyn Host>, job: Job, request: R) {
        let size = match &job.document {
            Document::Raw(bytes) => bytes.len(),
            Document::Text(text) | Document::Html(text) => text.len(),
            Document::Image(picture) | Document::Pdf(picture) => picture.bytes.len(),
            // Fields, which are small.
            _ => 0,
        };
        self.bytes += size;
        let storing = host.hand_over(job).await;
        let stored = async move { (size, Stored { request, result: storing.await }) };
        self.under_way().push_back(stored.boxed());
    }

    /// The oldest one's answer; `None` while there is none on its way. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Stored<R>> {
        let (size, stored) = self.under_way().next().await?;
        self.bytes -= size;
        Some(stored)
    }

    /// The oldest one's answer, where it is there already.
    pub(crate) fn try_next(&mut self) -> Option<Stored<R>> {
        self.next().now_or_never().flatten()
    }
}
