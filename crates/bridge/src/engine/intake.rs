//! The way into the spool. One task carries every accepted job from "may I" to its queue, so that a caller that goes
//! away in between (a connector that panics) leaves no stored job behind that nobody prints.

use super::Core;
use crate::printer::{Admission, Printer, QUEUE_LIMIT, waiting};
use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use platen_connectors::{ContentMatch, JobView, Novelty, Submitted};
use platen_job::{ConnectorId, ExternalId, Job, JobId, Refusal, Timestamp};
use platen_spool::{Accepted, LeaseWish, Leased, SameContent, SpoolError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Jobs on their way into the spool at once; further ones wait. They share their fsyncs.
const AT_ONCE: usize = 256;
/// Jobs that wait to be on their way; at the bound callers wait.
const DOOR: usize = 64;

/// How long a printer may take to give its place to a changed one.
const CHANGE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A job that has its place and is not stored yet.
pub struct Arriving {
    job: Job,
    place: Place,
    reply: oneshot::Sender<Result<Submitted, Refusal>>,
}

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

    /// Has a job stored and queued; returns after the fsync. Jobs keep the order of these calls.
    pub async fn bring(
        &self,
        job: Job,
        find: impl Fn() -> Option<Arc<Printer>>,
    ) -> Result<Submitted, Refusal> {
        let (printer, admission) = place(find).await?;
        let place = Place { printer, admission, given: Given::NotYet };
        let (reply, answer) = oneshot::channel();
        let arriving = Arriving { job, place, reply };
        self.sender.send(arriving).await.map_err(|_| Refusal::ShuttingDown)?;
        answer.await.unwrap_or(Err(Refusal::ShuttingDown))
    }
}

/// A place at the job's printer. A printer that gives its place to a changed one is waited for.
async fn place(
    find: impl Fn() -> Option<Arc<Printer>>,
) -> Result<(Arc<Printer>, Admission), Refusal> {
    let deadline = Instant::now() + CHANGE;
    loop {
        let Some(printer) = find() else {
            return Err(Refusal::BadField { field: "printer", expected: "a printer of this till" });
        };
        match printer.reserve() {
            Admission::Full => return Err(Refusal::QueueFull { limit: QUEUE_LIMIT }),
            Admission::Closed if Instant::now() < deadline => tokio::time::sleep(LOOK_AGAIN).await,
            Admission::Closed => return Err(Refusal::ShuttingDown),
            admission => return Ok((printer, admission)),
        }
    }
}

/// Carries jobs into the spool until the engine stops; those on their way then still arrive.
pub async fn carry(core: Arc<Core>, mut door: mpsc::Receiver<Arriving>) {
    let mut under_way = FuturesOrdered::new();
    loop {
        tokio::select! {
            biased;
            () = core.cancel.cancelled() => break,
            Some(arriving) = door.recv(), if under_way.len() < AT_ONCE => {
                under_way.push_back(core.store(arriving));
            }
            Some(()) = under_way.next() => {}
        }
    }
    while under_way.next().await.is_some() {}
}

impl Core {
    async fn store(&self, arriving: Arriving) {
        let Arriving { job, mut place, reply } = arriving;
        let time_to_live = self.policy.time_to_live(job.document_type);
        let expires_at = job.expires_at.unwrap_or_else(|| Timestamp::now().plus(time_to_live));
        let wish = match place.admission {
            Admission::StartNow => LeaseWish::TakeNow,
            Admission::Queue | Admission::Full | Admission::Closed => LeaseWish::Wait,
        };
        let (connector, external_id) = (job.connector, job.external_id.clone());
        // Whoever is told what was stored needs not have it read again.
        let notes = (connector == ConnectorId::Api).then(|| job.notes.clone());
        let answer = match self.spool.accept(job, Some(expires_at), wish).await {
            Ok(Accepted::New { record, document, lease }) => {
                self.tally.accepted(connector);
                let (id, kind, bytes) = (record.id, record.document_type, record.payload_bytes);
                let stored = notes
                    .map(|notes| Box::new(JobView { notes, ..self.view(record.as_ref().clone()) }));
                place.given = Given::Away;
                match lease {
                    Some(seq) => {
                        place.printer.admit_leased(Leased {
                            record: *record,
                            document: Ok(document),
                            seq,
                        });
                    }
                    None => place.printer.admit(waiting(&record)),
                }
                // The printer need not wait for the log.
                let external_id = external_id.as_ref().map(short).unwrap_or_default();
                tracing::info!(job = %id, %connector, %external_id, printer = %place.printer.settings.name,
                    %kind, bytes, "accepted");
                Ok(Submitted { id, novelty: Novelty::New, stored })
            }
            Ok(Accepted::Known { id, state, outcome, same_content }) => {
                if same_content == SameContent::Different {
                    let external_id = external_id.as_ref().map(short).unwrap_or_default();
                    tracing::warn!(%connector, external_id, "a known id came with other content; ignored");
                }
                let content = content_match(same_content);
                let outcome = match (id, outcome) {
                    (Some(id), Some(outcome)) => Some(self.for_the_sender(id, outcome).await),
                    (_, outcome) => outcome,
                };
                let novelty = Novelty::Known { state, outcome, content };
                Ok(Submitted { id: id.unwrap_or(JobId(0)), novelty, stored: None })
            }
            Err(error) => {
                tracing::error!(%error, %connector, "a job could not be stored and was refused");
                self.spool_failed(&error);
                Err(refusal(&error))
            }
        };
        // A caller that went away does not change what was stored.
        let _ = reply.send(answer);
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
