//! The engine as connectors see it: accept, report, remember.

use super::Core;
use async_trait::async_trait;
use platen_connectors::{Host, PrinterView, Report, ReportId, Submitted};
use platen_job::{ConnectorId, DocumentError, Job, JobLimits, Refusal};
use platen_spool::ReportRecord;
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
        let printer = job.printer.clone();
        self.intake.bring(job, || self.registry.get(&printer)).await
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
