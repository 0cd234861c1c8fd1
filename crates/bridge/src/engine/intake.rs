//! The way into the spool: the one door through which jobs come in. One task carries every job from "may I" to its queue, so that
//! a caller that goes away in between (a connector that panics) leaves no stored job behind that nobody prints.
//!
//! Every step that decides about their order is taken by that task, one job after the other: in at the door, a place at the printer,
//! over to the spool, and from there to the queue. Between the last two they wait together, and share their fsyncs.

use super::Core;
use crate::printer::{Admission, Printer, QUEUE_LIMIT, waiting};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use futures_util::stream::{FuturesOrdered, FuturesUnordered, StreamExt};
use platen_connectors::{ContentMatch, JobView, Novelty, Storing, Submitted};
use platen_job::{
    ConnectorId, Document, ExternalId, Job, JobId, JobNotes, JobState, Outcome, Refusal, Timestamp,
};
use platen_spool::{Accepted, JobRecord, LeaseSeq, LeaseWish, Leased, SameContent, SpoolError};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior};

/// Jobs on their way into the spool at once; further ones wait. They share their fsyncs.
const AT_ONCE: usize = 256;
/// Jobs that wait to be on their way; at the bound callers wait.
const DOOR: usize = 64;
/// Jobs that are delayed by changes of their printers, beside those on their way; at the bound the others wait with them.
const MOST_DELAYED: usize = 1024;

/// How long a printer may take to give its place to a changed one.
const CHANGE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A job that has come in.
pub struct Arriving {
    job: Job,
    came: Instant,
    reply: Reply,
}

type Reply = oneshot::Sender<Result<Submitted, Refusal>>;

/// The door of the spool.
pub struct Intake {
    sender: mpsc::Sender<Arriving>,
}

impl Intake {
    /// A door, and what comes in through it.
    pub fn new() -> (Intake, mpsc::Receiver<Arriving>) {
        let (sender, receiver) = mpsc::channel(DOOR);
        (Intake { sender }, receiver)
    }

    /// Has a job stored and queued. Jobs keep the order in which these calls return.
    pub async fn bring(&self, job: Job) -> Storing {
        let (reply, answer) = oneshot::channel();
        let arriving = Arriving { job, came: Instant::now(), reply };
        // Where nobody takes it any more, the answer's other end is gone with it.
        let _ = self.sender.send(arriving).await;
        async { answer.await.unwrap_or(Err(Refusal::ShuttingDown)) }.boxed()
    }
}

/// Carries jobs into the spool until the engine stops; those on their way then still arrive.
pub async fn carry(core: Arc<Core>, mut door: mpsc::Receiver<Arriving>) {
    let mut under_way = FuturesOrdered::new();
    // As many as there are callers; they decide about no order.
    let mut answering = FuturesUnordered::new();
    let mut delayed = VecDeque::new();
    let mut again = tokio::time::interval(LOOK_AGAIN);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = core.cancel.cancelled() => break,
            _ = again.tick(), if !delayed.is_empty() => {
                for arriving in std::mem::take(&mut delayed) {
                    core.let_in(arriving, &mut delayed, &mut under_way).await;
                }
            }
            Some(arriving) = door.recv(), if under_way.len() < AT_ONCE && delayed.len() < MOST_DELAYED => {
                core.let_in(arriving, &mut delayed, &mut under_way).await;
            }
            Some(stored) = under_way.next() => answering.extend(core.put_in_queue(stored)),
            Some(()) = answering.next() => {}
        }
    }
    drop((door, delayed));
    while let Some(stored) = under_way.next().await {
        answering.extend(core.put_in_queue(stored));
    }
    while answering.next().await.is_some() {}
}

type UnderWay<'a> = FuturesOrdered<BoxFuture<'a, Stored>>;

/// What the spool said to a job, and all that is needed to go on with it.
struct Stored {
    result: Result<Accepted, SpoolError>,
    place: Place,
    reply: Reply,
    connector: ConnectorId,
    external_id: Option<ExternalId>,
    /// Where the sender is told what was stored, so that it need not be read again.
    notes: Option<JobNotes>,
}

impl Core {
    /// Gives a job its place at its printer and in the spool. It is delayed while its printer gives its place to a changed one, and while
    /// one before it is.
    async fn let_in<'a>(
        &'a self,
        arriving: Arriving,
        delayed: &mut VecDeque<Arriving>,
        under_way: &mut UnderWay<'a>,
    ) {
        let id = &arriving.job.printer;
        if delayed.iter().any(|before| before.job.printer == *id) {
            delayed.push_back(arriving);
            return;
        }
        let refusal = match self.registry.get(id).map(|printer| (printer.reserve(), printer)) {
            None => Refusal::BadField { field: "printer", expected: "a printer of this till" },
            Some((Admission::Full, _)) => Refusal::QueueFull { limit: QUEUE_LIMIT },
            Some((Admission::Closed, _)) if arriving.came.elapsed() < CHANGE => {
                delayed.push_back(arriving);
                return;
            }
            Some((Admission::Closed, _)) => Refusal::ShuttingDown,
            Some((admission, printer)) => {
                let place = Place { printer, admission, given: Given::NotYet };
                under_way.push_back(self.store(arriving, place).await);
                return;
            }
        };
        let _ = arriving.reply.send(Err(refusal));
    }

    /// Hands a job to the spool; what it gives is done when the job is stored.
    async fn store(&self, arriving: Arriving, place: Place) -> BoxFuture<'_, Stored> {
        let Arriving { job, reply, .. } = arriving;
        let time_to_live = self.policy.time_to_live(job.document_type);
        let expires_at = job.expires_at.unwrap_or_else(|| Timestamp::now().plus(time_to_live));
        let wish = match place.admission {
            Admission::StartNow => LeaseWish::TakeNow,
            Admission::Queue | Admission::Full | Admission::Closed => LeaseWish::Wait,
        };
        let (connector, external_id) = (job.connector, job.external_id.clone());
        let notes = (connector == ConnectorId::Api).then(|| job.notes.clone());
        let accepting = self.spool.take_in(job, Some(expires_at), wish).await;
        let stored = move |result| Stored { result, place, reply, connector, external_id, notes };
        match accepting {
            Err(error) => ready(stored(Err(error))).boxed(),
            Ok(accepting) => accepting.stored().map(stored).boxed(),
        }
    }

    /// Puts what was stored in its printer's queue, and answers; one that has to ask the spool for its answer does so beside the others.
    fn put_in_queue(&self, stored: Stored) -> Option<BoxFuture<'_, ()>> {
        let Stored { result, place, reply, connector, external_id, notes } = stored;
        let external_id = external_id.as_ref().map(short).unwrap_or_default();
        let answer = match result {
            Ok(Accepted::New { record, document, lease }) => {
                self.tally.accepted(connector);
                let stored = notes
                    .map(|notes| Box::new(JobView { notes, ..self.view(record.as_ref().clone()) }));
                let (id, kind, bytes) = (record.id, record.document_type, record.payload_bytes);
                let name = place.printer.settings.name.clone();
                place.give(record, document, lease);
                // The printer need not wait for the log.
                tracing::info!(job = %id, %connector, %external_id, printer = %name, %kind, bytes, "accepted");
                Ok(Submitted { id, novelty: Novelty::New, stored })
            }
            Ok(Accepted::Known { id, state, outcome, same_content }) => {
                drop(place);
                if same_content == SameContent::Different {
                    tracing::warn!(%connector, external_id, "a known id came with other content; ignored");
                }
                let content = content_match(same_content);
                return Some(self.known(id, state, outcome, content, reply).boxed());
            }
            Err(error) => {
                tracing::error!(%error, %connector, "a job could not be stored and was refused");
                self.spool_failed(&error);
                Err(refusal(&error))
            }
        };
        // A caller that went away does not change what was stored.
        let _ = reply.send(answer);
        None
    }

    /// Answers for a job that came again.
    async fn known(
        &self,
        id: Option<JobId>,
        state: Option<JobState>,
        outcome: Option<Outcome>,
        content: ContentMatch,
        reply: Reply,
    ) {
        let outcome = match (id, outcome) {
            (Some(id), Some(outcome)) => Some(self.for_the_sender(id, outcome).await),
            (_, outcome) => outcome,
        };
        let novelty = Novelty::Known { state, outcome, content };
        let _ = reply.send(Ok(Submitted { id: id.unwrap_or(JobId(0)), novelty, stored: None }));
    }
}

/// A promised place at a printer; given back when the job is not stored, whatever the reason.
struct Place {
    printer: Arc<Printer>,
    admission: Admission,
    given: Given,
}

/// Whether a promised place has been taken.
#[derive(PartialEq, Eq)]
enum Given {
    NotYet,
    Away,
}

impl Place {
    /// The job takes its place.
    fn give(mut self, record: Box<JobRecord>, document: Document, lease: Option<LeaseSeq>) {
        self.given = Given::Away;
        match lease {
            Some(seq) => {
                self.printer.admit_leased(Leased { record: *record, document: Ok(document), seq });
            }
            None => self.printer.admit(waiting(&record)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.given == Given::NotYet {
            self.printer.withdraw(self.admission);
        }
    }
}

fn refusal(error: &SpoolError) -> Refusal {
    match error {
        SpoolError::DiskFull => Refusal::DiskFull,
        SpoolError::Document(error) => Refusal::Document(error.clone()),
        _ => Refusal::SpoolUnavailable,
    }
}

fn content_match(content: SameContent) -> ContentMatch {
    match content {
        SameContent::Same => ContentMatch::Same,
        SameContent::Different => ContentMatch::Different,
    }
}

/// An id for the log: short, and on one line.
fn short(id: &ExternalId) -> String {
    id.as_str().chars().take(64).flat_map(char::escape_debug).collect()
}
