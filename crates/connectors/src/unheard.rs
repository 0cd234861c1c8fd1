//! Jobs that are stored and of which their callers have not heard yet.
//!
//! A caller that hangs up, or whose line breaks before the answer, takes its job for failed and does without, or sends it anew: such a
//! job is taken back. That an answer has gone out is noted, so that after a crash in between the job is printed with a mark.

use crate::Host;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::Response;
use hyper::body::{Frame, SizeHint};
use platen_job::{Job, JobId, Refusal};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::oneshot;

/// From the end of an answer's body to its last byte on the line, at most: it is written when the body has ended, and an answer is
/// shorter than what the system takes at once. A note that comes too late costs a mark, one too early a paper without it.
const GOES_OUT: Duration = Duration::from_millis(25);

/// A stored job whose caller is still to hear of it. Dropped before, it is taken back.
pub(crate) struct Unheard {
    host: Arc<dyn Host>,
    job: JobId,
    said: Said,
}

/// How much of the answer has left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    NotAll,
    All,
}

impl Unheard {
    /// Has a job stored. A caller that goes away meanwhile, which drops this, takes its job back.
    ///
    /// # Errors
    /// [`Refusal`]: nothing was stored.
    pub(crate) async fn store(host: &Arc<dyn Host>, job: Job) -> Result<Unheard, Refusal> {
        let (caller, stored) = oneshot::channel();
        let host = host.clone();
        // A task of its own: what is stored after the caller has gone must be taken back too.
        tokio::spawn(async move {
            let submitted = host.submit(job).await;
            let unheard = submitted.map(|new| Unheard { host, job: new.id, said: Said::NotAll });
            // Where nobody waits any more it comes back, and is dropped.
            drop(caller.send(unheard));
        });
        stored.await.unwrap_or(Err(Refusal::ShuttingDown))
    }

    /// The answer that says so; once it has gone out, that is noted.
    pub(crate) fn told_by(self, answer: Response<Body>) -> Response<Body> {
        answer.map(|body| Body::new(Telling { body, unheard: self }))
    }
}

impl Drop for Unheard {
    fn drop(&mut self) {
        let (host, job, said) = (self.host.clone(), self.job, self.said);
        // Without a runtime the program is about to end, and the next start finds the job unheard.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            match said {
                Said::NotAll => {
                    tracing::warn!(%job, "the caller has gone before it was told that this job is stored");
                    host.take_back(job).await;
                }
                Said::All => {
                    tokio::time::sleep(GOES_OUT).await;
                    host.answered(job).await;
                }
            }
        });
    }
}

/// An answer's body that knows when it has been taken whole.
struct Telling {
    body: Body,
    unheard: Unheard,
}

impl HttpBody for Telling {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        // Who knows the length does not ask once more.
        if frame.is_none() || self.body.is_end_stream() {
            self.unheard.said = Said::All;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{FakeHost, printer};
    use bytes::Bytes as Raw;
    use http_body_util::BodyExt;
    use platen_job::{ConnectorId, Document, DocumentType, Outcome, PrinterId};

    fn ticket() -> Job {
        let (kind, document) = (DocumentType::Receipt, Document::Raw(Raw::from_static(b"soup")));
        Job::new(ConnectorId::FeeMaison, PrinterId::new("p1").unwrap(), kind, document)
    }

    async fn stored(fake: &Arc<FakeHost>) -> Unheard {
        let host: Arc<dyn Host> = fake.clone();
        Unheard::store(&host, ticket()).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_went_out_is_noted() {
        let fake = FakeHost::new(vec![printer("p1", "Counter")]);
        let unheard = stored(&fake).await;
        let (id, length) = (unheard.job, 2);
        let answer = unheard.told_by(Response::new("ok".into()));
        assert_eq!(answer.body().size_hint().exact(), Some(length), "the caller is told no length");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], b"ok");
        tokio::time::sleep(GOES_OUT * 2).await;
        assert_eq!((fake.answered_jobs(), fake.outcome(id)), (vec![id], None));
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_of_a_caller_that_has_gone_is_taken_back() {
        let fake = FakeHost::new(vec![printer("p1", "Counter")]);
        let unheard = stored(&fake).await;
        let id = unheard.job;
        drop(unheard.told_by(Response::new("ok".into())));
        let host: Arc<dyn Host> = fake.clone();
        // Gone even before it was stored.
        let mut asking = Box::pin(Unheard::store(&host, ticket()));
        assert!(futures_util::poll!(&mut asking).is_pending());
        drop(asking);
        tokio::time::sleep(GOES_OUT * 2).await;
        let ids: Vec<_> = fake.jobs().into_iter().map(|(id, _)| id).collect();
        assert_eq!((ids.len(), ids[0]), (2, id));
        for id in ids {
            assert_eq!(fake.outcome(id), Some(Outcome::Canceled));
        }
        assert!(fake.answered_jobs().is_empty());
    }
}
