//! The engine as connectors see it: accept, report, remember.

use super::Core;
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::ready;
use platen_connectors::{Host, PrinterView, Report, ReportId, Storing, Telling};
use platen_job::{ConnectorId, DocumentError, Job, JobId, JobLimits, JobState, Outcome, Refusal};
use platen_spool::{JobRecord, ReportRecord};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A note that cannot be stored is tried again after this.
const NOTE_RETRY: Duration = Duration::from_secs(1);
/// So often; a report that is not noted is told again after a restart.
const NOTE_TRIES: usize = 5;

#[async_trait]
impl Host for Core {
    fn printers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.registry.views()
    }

    fn offers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.discovery.offers()
    }

    async fn hand_over(&self, job: Job) -> Storing {
        match self.may_come(&job) {
            Ok(()) => self.intake.bring(job).await,
            Err(refusal) => ready(Err(refusal)).boxed(),
        }
    }

    async fn unreported(&self, connector: ConnectorId, limit: usize) -> Vec<Report> {
        match self.spool.unreported(connector, limit).await {
            Ok(records) => {
                let mut reports = Vec::with_capacity(records.len());
                for mut record in records {
                    record.outcome = self.for_the_sender(record.job, record.outcome).await;
                    reports.push(report(record));
                }
                reports
            }
            Err(error) => {
                tracing::error!(%error, "outcomes cannot be read");
                self.spool_failed(&error);
                Vec::new()
            }
        }
    }

    async fn reported(&self, report: ReportId) {
        // Not for ever: the connector knows what it has told, and other outcomes wait behind this one.
        for _ in 0..NOTE_TRIES {
            let Err(error) = self.spool.reported(platen_spool::ReportId(report.0)).await else {
                return;
            };
            tracing::warn!(%error, "a report could not be noted as told; trying again");
            self.spool_failed(&error);
            tokio::select! {
                () = self.cancel.cancelled() => return,
                () = self.damaged.cancelled() => return,
                () = tokio::time::sleep(NOTE_RETRY) => {}
            }
        }
    }

    async fn answered(&self, job: JobId) {
        // Without the note it is marked for nothing after a restart, which does no harm.
        if let Err(error) = self.spool.answered(job).await {
            tracing::warn!(%error, %job, "that its sender has heard of this job could not be noted");
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

    async fn take_back(self: Arc<Self>, job: JobId) {
        if let Err(error) = self.cancel_job(job).await {
            tracing::debug!(%error, "a job was not taken back");
        }
    }
}

impl Core {
    /// What the sender of a job is told. Where a marked copy took the job's place and did not come out, the first one
    /// is as much in doubt as before: "nothing was printed" would be more than anybody knows.
    pub(crate) async fn for_the_sender(&self, job: JobId, outcome: Outcome) -> Outcome {
        if matches!(outcome, Outcome::Completed { .. } | Outcome::Unconfirmed { .. }) {
            return outcome;
        }
        match self.spool.get(job).await {
            Ok(Some(JobRecord { state: JobState::Reprinted, outcome: Some(doubt), .. })) => doubt,
            _ => outcome,
        }
    }

    fn may_come(&self, job: &Job) -> Result<(), Refusal> {
        if self.cancel.is_cancelled() {
            return Err(Refusal::ShuttingDown);
        }
        let limit = JobLimits::default().document_bytes;
        if job.payload()?.len() > limit {
            return Err(DocumentError::TooLarge { limit }.into());
        }
        Ok(())
    }
}

fn report(record: ReportRecord) -> Report {
    Report {
        id: ReportId(record.id.0),
        job: record.job,
        external_id: record.external_id,
        printer: record.printer,
        backup_from: record.backup_from,
        document_type: record.document_type,
        reply: record.reply,
        outcome: record.outcome,
        telling: match record.telling {
            platen_spool::Telling::First => Telling::First,
            platen_spool::Telling::Correction => Telling::Correction,
        },
        accepted_at: record.accepted_at,
        settled_at: record.settled_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::testing::{engine, with_printer};
    use bytes::Bytes;
    use platen_connectors::Novelty;
    use platen_job::{
        Document, DocumentType, ExternalId, JobNotes, Mark, OnTrouble, PrinterId, Priority,
        ReplyContext, UnconfirmedReason,
    };
    use platen_spool::StandIn;

    fn ticket(printer: PrinterId) -> Job {
        Job {
            connector: ConnectorId::PrinterMaster,
            external_id: Some(ExternalId::new("o-1").unwrap()),
            printer,
            document_type: DocumentType::KitchenTicket,
            document: Document::Raw(Bytes::from_static(b"soup")),
            priority: Priority::Normal,
            on_trouble: OnTrouble::Hold,
            expires_at: None,
            mark: None,
            reply: ReplyContext::default(),
            fingerprint: 1,
            notes: JobNotes::default(),
        }
    }

    #[tokio::test]
    async fn a_copy_that_did_not_come_out_leaves_the_first_one_in_doubt_for_its_sender() {
        let folder = tempfile::tempdir().unwrap();
        let printer = with_printer(folder.path(), "Kitchen");
        let engine = engine(folder.path()).await;
        let (core, reason) = (&engine.core, UnconfirmedReason::ConnectionLost);
        let first = core.submit(ticket(printer.clone())).await.unwrap().id;
        core.spool.lease(vec![first]).await.unwrap();
        let stand_in = StandIn::ForTheSender { unfinished: reason };
        let mark = Mark::PossibleDuplicate;
        let copy = core.spool.copy(first, mark, stand_in, None).await.unwrap();
        core.spool.settle(copy.id, Outcome::Expired).await.unwrap();
        let doubt = Outcome::Unconfirmed { reason };
        let reports = core.unreported(ConnectorId::PrinterMaster, 9).await;
        assert_eq!(reports.iter().map(|told| &told.outcome).collect::<Vec<_>>(), [&doubt]);
        let again = core.submit(ticket(printer)).await.unwrap();
        assert!(
            matches!(&again.novelty, Novelty::Known { outcome: Some(told), .. } if *told == doubt),
            "{again:?}"
        );
        engine.stop().await;
    }
}
