//! After a start: jobs not settled go back to their queues, outcomes not told go back to their connectors (by
//! themselves, they are in the spool). There is no third path.

use super::{Core, printers};
use crate::policy::{JobFacts, Stop, Verdict};
use crate::printer::Printer;
use crate::settings::Emulation;
use bytes::Bytes;
use platen_job::{AbortReason, Hears, Mark, Outcome, StateReasons, Timestamp, UnconfirmedReason};
use platen_spool::{JobRecord, Opening, StandIn};
use std::sync::Arc;

/// Brings back what an earlier run left behind, and opens the printers.
pub async fn recover(core: &Arc<Core>, opening: Opening) {
    let mut open = without_those_given_up(core, opening.open).await;
    let mut interrupted = opening.interrupted;
    // Of several for one printer only the last that started can have left it inside a command: it is remembered last.
    interrupted.sort_by_key(|record| record.started_at);
    for record in interrupted {
        tracing::warn!(job = %record.id, "this job was being printed when Platen stopped");
        if core.leave_to_spooler(&record).is_ok() {
            continue;
        }
        core.remember_dirty(&record.printer, record.id, usize::MAX).await;
        if let Some(copy) = settle_in_doubt(core, &record).await {
            open.push(copy);
        }
    }
    if !open.is_empty() {
        tracing::info!(jobs = open.len(), "jobs that were waiting are back in their queues");
    }
    core.add_orphans(open);
    for printer in core.settings().printers {
        let gate = core.recall_gate(&printer.id).await;
        printers::open(core, core.discovery.placed(printer), gate).await;
    }
    abort_removed(core, core.take_all_orphans()).await;
}

/// Settles the jobs whose senders have taken them for failed when the line to them broke; gives the others.
async fn without_those_given_up(core: &Arc<Core>, open: Vec<JobRecord>) -> Vec<JobRecord> {
    // A marked one was asked for by a person or by a policy, and not by the sender.
    let waits =
        |record: &JobRecord| record.connector.hears() == Hears::AtOnce && record.mark.is_none();
    let (given_up, kept) = open.into_iter().partition::<Vec<_>, _>(waits);
    for record in given_up {
        tracing::warn!(job = %record.id, "the sender of this job was told that it failed; it is not printed");
        let outcome = Outcome::aborted(AbortReason::SenderGone, StateReasons::none());
        core.settle(record.id, outcome).await;
    }
    kept
}

/// Gives up jobs whose printer is no longer set up; their senders are told.
pub async fn abort_removed(core: &Arc<Core>, records: Vec<JobRecord>) {
    for record in records {
        tracing::warn!(job = %record.id, "the printer of this job is no longer set up");
        let outcome = Outcome::aborted(AbortReason::PrinterRemoved, StateReasons::none());
        core.settle(record.id, outcome).await;
    }
}

/// Settles a job of which nobody knows how far it came; gives the marked copy where one takes its place.
pub async fn settle_in_doubt(core: &Arc<Core>, record: &JobRecord) -> Option<JobRecord> {
    let reason = UnconfirmedReason::Interrupted;
    let facts = JobFacts {
        document_type: record.document_type,
        mark: record.mark,
        on_trouble: record.on_trouble,
        stop: Stop::NotByPerson,
    };
    let expires_at =
        core.policy.copy_expires_at(record.document_type, record.expires_at, Timestamp::now());
    if let (Verdict::Reprint(reason), Some(expires_at)) =
        (core.policy.in_doubt(facts, reason), expires_at)
    {
        let stand_in = StandIn::ForTheSender { unfinished: reason };
        match core.spool.copy(record.id, Mark::PossibleDuplicate, stand_in, Some(expires_at)).await
        {
            Ok(copy) => return Some(copy),
            Err(error) => {
                tracing::error!(%error, job = %record.id, "the marked copy could not be stored")
            }
        }
    }
    core.settle(record.id, Outcome::Unconfirmed { reason }).await;
    None
}

/// What brings a printer back to a clean state, where an earlier run stopped inside a command.
pub async fn clean_up(core: &Core, printer: &Printer) -> Option<Bytes> {
    // A spooler hands whole documents over: nothing is left open in them.
    if printer.settings.emulation == Emulation::Documents {
        return None;
    }
    let (job, handed) = core.recall_dirty(&printer.settings.id).await?;
    let record = core.spool.get(job).await.ok().flatten()?;
    let document = core.spool.document(job).await.ok()?;
    let bytes =
        core.encoder.encode(job, document, &printer.target(), (&record).into()).await.ok()?.bytes;
    let torn = 0..=handed.min(bytes.len());
    Some(platen_escpos::clean_up(&bytes, torn, &printer.profile).into())
}
