//! After a start: jobs not settled go back to their queues, outcomes not told go back to their connectors (by
//! themselves, they are in the spool). There is no third path.

use super::{Core, printers};
use crate::policy::{JobFacts, Stop, Verdict};
use crate::printer::Printer;
use crate::settings::Emulation;
use bytes::Bytes;
use platen_job::{
    AbortReason, Hears, JobId, JobNotes, Mark, OnTrouble, Outcome, StateReasons, Timestamp,
    UnconfirmedReason,
};
use platen_spool::{JobRecord, Opening, StandIn};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

/// What a person reads of such a job.
const UNHEARD: &str =
    "the till stopped before its sender heard that it was stored; it may have been sent again";

/// Brings back what an earlier run left behind, and opens the printers.
pub async fn recover(core: &Arc<Core>, opening: Opening) {
    let unanswered: HashSet<JobId> = opening.unanswered.iter().copied().collect();
    let open = without_those_given_up(core, opening.open).await;
    let mut open = with_marks_where_unheard(core, open, &unanswered).await;
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

/// Settles the jobs that were taken for failed when the line to their senders broke, or that are of no use later; gives the
/// others.
async fn without_those_given_up(core: &Arc<Core>, open: Vec<JobRecord>) -> Vec<JobRecord> {
    // A marked one was asked for by a person or by a policy, and not by the sender.
    let is_given_up = |record: &JobRecord| {
        let waits = record.connector.hears() == Hears::AtOnce;
        record.mark.is_none() && (waits || is_now_or_never(record))
    };
    let (given_up, kept) = open.into_iter().partition::<Vec<_>, _>(is_given_up);
    for record in given_up {
        tracing::warn!(job = %record.id, "the sender of this job was told that it failed; it is not printed");
        let outcome = Outcome::aborted(AbortReason::SenderGone, StateReasons::none());
        core.settle(record.id, outcome).await;
    }
    kept
}

/// A test page or a drawer that somebody stood there for. One with an id is told by it, and may be sent again under it.
fn is_now_or_never(record: &JobRecord) -> bool {
    record.on_trouble == OnTrouble::Abort && record.external_id.is_none()
}

/// Has the jobs whose senders have not heard of them carry a mark: they may have been sent again.
async fn with_marks_where_unheard(
    core: &Arc<Core>,
    open: Vec<JobRecord>,
    unanswered: &HashSet<JobId>,
) -> Vec<JobRecord> {
    let is_unheard = |record: &JobRecord| unanswered.contains(&record.id) && record.mark.is_none();
    let (unheard, mut kept) = open.into_iter().partition::<Vec<_>, _>(is_unheard);
    if unheard.is_empty() {
        return kept;
    }
    let ids = unheard.iter().map(|record| record.id).collect();
    let mut note = JobNotes::default();
    note.add(UNHEARD);
    match core.spool.mark(ids, Mark::PossibleDuplicate, note).await {
        Ok(marked) => {
            for record in &marked {
                tracing::warn!(job = %record.id, "the sender of this job has not heard of it; it is printed with a mark");
            }
            kept.extend(marked);
            // Urgent ones first, then as they came: the order of their queues.
            kept.sort_by_key(|record| (Reverse(record.priority.rank()), record.id));
        }
        Err(error) => {
            // They stay in the spool; without the mark they must not come out.
            tracing::error!(%error, jobs = unheard.len(), "jobs that need a mark wait for the next start");
            core.spool_failed(&error);
        }
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

#[cfg(test)]
mod tests {
    use crate::engine::testing::{engine, with_printer};
    use platen_connectors::Host;
    use platen_job::{
        AbortReason, ConnectorId, Document, DocumentType, DrawerPin, Job, JobState, Mark,
        OnTrouble, Outcome, StateReasons,
    };

    #[tokio::test]
    async fn a_job_that_its_sender_never_heard_of_comes_back_with_a_mark_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let counter = with_printer(folder.path(), "Counter");
        let ticket = |words: &str| {
            let document = Document::Text(words.into());
            Job::new(ConnectorId::FeeMaison, counter.clone(), DocumentType::Receipt, document)
        };
        let (kind, pulse) = (DocumentType::Drawer, Document::Drawer(DrawerPin::Pin2));
        let kick = Job::new(ConnectorId::FeeMaison, counter.clone(), kind, pulse);
        let kick = Job { on_trouble: OnTrouble::Abort, ..kick };
        let first = engine(folder.path()).await;
        let heard = first.core.submit(ticket("heard")).await.unwrap().id;
        first.core.answered(heard).await;
        let unheard = first.core.submit(ticket("unheard")).await.unwrap().id;
        let drawer = first.core.submit(kick).await.unwrap().id;
        first.stop().await;
        for _ in 0..2 {
            let later = engine(folder.path()).await;
            let mut jobs = Vec::new();
            for id in [heard, unheard, drawer] {
                jobs.push(later.core.spool.get(id).await.unwrap().unwrap());
            }
            let marks: Vec<_> = jobs.iter().map(|job| (job.mark, &job.state)).collect();
            let expected = [
                (None, &JobState::Pending),
                (Some(Mark::PossibleDuplicate), &JobState::Pending),
                (None, &JobState::Aborted),
            ];
            assert_eq!(marks, expected);
            let gone = Outcome::aborted(AbortReason::SenderGone, StateReasons::none());
            assert_eq!(jobs[2].outcome, Some(gone));
            let notes = later.core.spool.notes(unheard).await.unwrap();
            assert_eq!(notes.lines(), [super::UNHEARD]);
            later.stop().await;
        }
    }
}
