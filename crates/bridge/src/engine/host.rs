//! The engine as connectors see it: accept, report, remember.

use super::Core;
use crate::printer::{Admission, Printer, waiting};
use async_trait::async_trait;
use platen_connectors::{ContentMatch, Host, Novelty, PrinterView, Report, ReportId, Submitted};
use platen_job::{ConnectorId, DocumentError, Job, JobLimits, Refusal, Timestamp};
use platen_spool::{Accepted, LeaseWish, Leased, ReportRecord, SameContent, SpoolError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A note that cannot be stored is tried again after this.
const NOTE_RETRY: Duration = Duration::from_secs(1);

#[async_trait]
impl Host for Core {
    fn printers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.registry.views()
    }

    async fn submit(&self, job: Job) -> Result<Submitted, Refusal> {
        self.accept(job).await
    }

    async fn unreported(&self, connector: ConnectorId, limit: usize) -> Vec<Report> {
        match self.spool.unreported(connector, limit).await {
            Ok(records) => records.into_iter().map(report).collect(),
            Err(error) => {
                tracing::error!(%error, "outcomes cannot be read");
                self.spool_failed(&error);
                Vec::new()
            }
        }
    }

    async fn reported(&self, report: ReportId) {
        while let Err(error) = self.spool.reported(platen_spool::ReportId(report.0)).await {
            tracing::warn!(%error, "a report could not be noted as told; trying again");
            self.spool_failed(&error);
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = self.damaged.cancelled() => return,
                () = tokio::time::sleep(NOTE_RETRY) => {}
            }
        }
    }

    async fn remember(&self, connector: ConnectorId, key: &str, value: String) {
        if let Err(error) = self.spool.remember(connector.as_str(), key, value).await {
            tracing::warn!(%error, %connector, "something that was learned could not be stored");
        }
    }

    async fn recall(&self, connector: ConnectorId, key: &str) -> Option<String> {
        self.spool.recall(connector.as_str(), key).await.ok().flatten()
    }
}

impl Core {
    /// Stores a job and puts it in its printer's queue: the one door through which jobs come in.
    pub(crate) async fn accept(&self, job: Job) -> Result<Submitted, Refusal> {
        if self.cancel.is_cancelled() {
            return Err(Refusal::ShuttingDown);
        }
        let limit = JobLimits::default().document_bytes;
        if job.payload()?.len() > limit {
            return Err(DocumentError::TooLarge { limit }.into());
        }
        let Some(printer) = self.registry.get(&job.printer) else {
            return Err(Refusal::BadField { field: "printer", expected: "a printer of this till" });
        };
        let admission = printer.reserve();
        if admission == Admission::Full {
            return Err(Refusal::QueueFull { limit: crate::printer::QUEUE_LIMIT });
        }
        let place = Place { printer: &printer, admission, kept: false };
        self.store(job, place).await
    }

    async fn store(&self, job: Job, mut place: Place<'_>) -> Result<Submitted, Refusal> {
        let time_to_live = self.policy.time_to_live(job.document_type);
        let expires_at = job.expires_at.unwrap_or_else(|| Timestamp::now().plus(time_to_live));
        let wish = match place.admission {
            Admission::StartNow => LeaseWish::TakeNow,
            _ => LeaseWish::Wait,
        };
        let (connector, external_id) = (job.connector, job.external_id.clone());
        match self.spool.accept(job, Some(expires_at), wish).await {
            Ok(Accepted::New { record, document, lease }) => {
                tracing::info!(job = %record.id, %connector, printer = %place.printer.settings.name,
                    kind = %record.document_type, bytes = record.payload_bytes, "accepted");
                let id = record.id;
                match lease {
                    Some(seq) => {
                        place.admit_leased(Leased { record: *record, document: Ok(document), seq })
                    }
                    None => place.admit(waiting(&record)),
                }
                Ok(Submitted { id, novelty: Novelty::New })
            }
            Ok(Accepted::Known { id, state, outcome, same_content }) => {
                let content = content_match(same_content);
                if content == ContentMatch::Different {
                    let external_id = external_id.as_ref().map(short).unwrap_or_default();
                    tracing::warn!(%connector, external_id, "a known id came with other content; ignored");
                }
                Ok(Submitted {
                    id: id.unwrap_or(platen_job::JobId(0)),
                    novelty: Novelty::Known { state, outcome, content },
                })
            }
            Err(error) => {
                tracing::error!(%error, %connector, "a job could not be stored and was refused");
                self.spool_failed(&error);
                Err(refusal(&error))
            }
        }
    }
}

/// A promised place at a printer; given back when the job is not stored, whatever the reason.
struct Place<'a> {
    printer: &'a Arc<Printer>,
    admission: Admission,
    kept: bool,
}

impl Place<'_> {
    fn admit(&mut self, job: crate::queue::Waiting) {
        self.kept = true;
        self.printer.admit(job);
    }

    fn admit_leased(&mut self, job: Leased) {
        self.kept = true;
        self.printer.admit_leased(job);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.kept {
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

fn report(record: ReportRecord) -> Report {
    Report {
        id: ReportId(record.id.0),
        job: record.job,
        external_id: record.external_id,
        printer: record.printer,
        document_type: record.document_type,
        reply: record.reply,
        outcome: record.outcome,
        accepted_at: record.accepted_at,
        settled_at: record.settled_at,
    }
}

/// An id for the log: short, and on one line.
fn short(id: &platen_job::ExternalId) -> String {
    id.as_str().chars().take(64).flat_map(char::escape_debug).collect()
}
