//! `GET /v1/jobs/{id}/events`: a job at each change, as server-sent events, until it is settled.

use super::query::job_id;
use super::wire::ApiJob;
use super::{Answer, Api, problem, unavailable};
use crate::door::{Problem, Segment};
use crate::{PrinterView, Till};
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use platen_job::JobId;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Callers that follow a job at once; a further one is told to come again.
const MOST: usize = 256;
/// Longest time that a job is followed on one connection.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// How often something is said where nothing changes: some proxies close a silent line after half a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A job is looked at no more often than this, whatever happens on the till.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Those who follow a job.
pub(super) struct Followers {
    places: Arc<Semaphore>,
    /// Changes whenever a job of this API has begun.
    progress: watch::Sender<u64>,
    cancel: CancellationToken,
}

impl Followers {
    pub(super) fn new(cancel: CancellationToken) -> Followers {
        let places = Arc::new(Semaphore::new(MOST));
        Followers { places, progress: watch::Sender::new(0), cancel }
    }

    /// Something may have changed.
    pub(super) fn look(&self) {
        self.progress.send_modify(|count| *count += 1);
    }
}

/// Follows a job.
///
/// Each event is `event: job` with the job in `data`, as `GET /v1/jobs/{id}` gives it: one at once, one at each change. The last one
/// is `event: settled`; after it the stream ends. A comment is sent every 15 seconds where nothing changes. A job that is still
/// open after an hour is followed anew.
#[utoipa::path(get, path = "/v1/jobs/{id}/events", tag = "jobs", params(("id" = i64, Path, minimum = 1, description = "Its number.")),
    responses((status = 200, description = "Events until the job is settled.", body = String, content_type = "text/event-stream")))]
pub(super) async fn follow(State(api): State<Arc<Api>>, Segment(id): Segment) -> Answer {
    match api.follow(&id).await {
        Ok(answer) => answer,
        Err(problem) => problem.into_response(),
    }
}

impl Api {
    async fn follow(&self, id: &str) -> Result<Answer, Problem> {
        let id = job_id(id)?;
        let full = || unavailable("Too many callers follow a job now. Come again soon.".into());
        let place = self.followers.places.clone().try_acquire_owned().map_err(|_| full())?;
        // Before the first look, so that no change is missed.
        let follower = Follower {
            id,
            changes: Changes {
                settlements: self.till.settlements(),
                printers: self.till.printers(),
                progress: self.followers.progress.subscribe(),
            },
            till: self.till.clone(),
            cancel: self.followers.cancel.clone(),
            ends: Instant::now() + LONGEST,
            said: None,
            _place: place,
        };
        let job = self.till.clone().job(id).await.map_err(|error| problem(&error))?;
        let events = events(follower, ApiJob::from(job));
        let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
        Ok(Sse::new(events).keep_alive(keep_alive).into_response())
    }
}

/// One caller that follows a job.
struct Follower {
    id: JobId,
    till: Arc<dyn Till>,
    changes: Changes,
    cancel: CancellationToken,
    ends: Instant,
    said: Option<ApiJob>,
    _place: OwnedSemaphorePermit,
}

/// What may mean that a job has changed.
struct Changes {
    settlements: watch::Receiver<u64>,
    printers: watch::Receiver<Arc<Vec<PrinterView>>>,
    progress: watch::Receiver<u64>,
}

impl Changes {
    /// `None`: nothing will change any more.
    async fn next(&mut self) -> Option<()> {
        tokio::select! {
            changed = self.settlements.changed() => changed.ok(),
            changed = self.printers.changed() => changed.ok(),
            changed = self.progress.changed() => changed.ok(),
        }
    }
}

fn events(
    follower: Follower,
    first: ApiJob,
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    stream::unfold((follower, Some(first)), async |(mut follower, first)| {
        let job = match first {
            Some(job) => job,
            None => follower.next().await?,
        };
        let name = if job.is_settled() { "settled" } else { "job" };
        let event = Event::default().event(name).json_data(&job).ok()?;
        follower.said = Some(job);
        Some((Ok(event), (follower, None)))
    })
}

impl Follower {
    /// The job when it has changed. `None`: there is nothing more to say.
    async fn next(&mut self) -> Option<ApiJob> {
        if self.said.as_ref().is_some_and(ApiJob::is_settled) {
            return None;
        }
        let cancel = self.cancel.clone();
        tokio::select! {
            () = cancel.cancelled() => None,
            () = tokio::time::sleep_until(self.ends) => None,
            job = self.change() => job,
        }
    }

    async fn change(&mut self) -> Option<ApiJob> {
        loop {
            self.changes.next().await?;
            let job = ApiJob::from(self.till.clone().job(self.id).await.ok()?);
            if self.said.as_ref() != Some(&job) {
                return Some(job);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}
