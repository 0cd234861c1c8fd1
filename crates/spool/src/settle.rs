//! Settling: storing what became of a job, and whether its sender is to be told.

use crate::SpoolError;
use crate::book::Book;
use crate::request::Step;
use crate::row::{JobRow, outcome_json};
use platen_job::{ConnectorId, JobId, JobState, Outcome, Timestamp};
use rusqlite::params;
use std::time::Duration;

/// Stores a job's outcome.
pub(crate) struct Settle {
    pub(crate) id: JobId,
    pub(crate) outcome: Outcome,
}

/// A job that was settled now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Who sent it.
    pub connector: ConnectorId,
    /// From its acceptance to its outcome, by the machine's clock.
    pub took: Duration,
}

impl Step for Settle {
    type Answer = Option<Settled>;

    fn run(&mut self, book: &mut Book) -> Result<Option<Settled>, SpoolError> {
        let row = book.job(self.id)?;
        let next = JobState::settled(&self.outcome);
        if row.record.state == next && row.record.outcome.as_ref() == Some(&self.outcome) {
            return Ok(None);
        }
        row.record.state.step_to(&next)?;
        let report = is_awaited(&row).then(|| book.numbers.next_report().0);
        store(book, &row, &next, &self.outcome, report)?;
        let took = Timestamp::now().since(row.record.accepted_at);
        Ok(Some(Settled { connector: row.record.connector, took }))
    }
}

/// Whether somebody far away waits for this job's outcome: it is the sender's own, or stands in for it.
fn is_awaited(row: &JobRow) -> bool {
    let record = &row.record;
    record.connector != ConnectorId::Local
        && record.origin.is_none_or(|origin| origin.sender_job.is_some())
}

/// Writes a settled state. A report that was not told yet is replaced: only the latest outcome is told.
pub(crate) fn store(
    book: &Book,
    row: &JobRow,
    state: &JobState,
    outcome: &Outcome,
    report: Option<i64>,
) -> Result<(), SpoolError> {
    book.run(
        "UPDATE jobs SET state = ?2, reasons = '', outcome = ?3, lease_seq = NULL, started_at = ?4,
            settled_at = ?5, report_id = ?6 WHERE id = ?1",
        params![
            row.record.id.0,
            state.as_str(),
            outcome_json(outcome)?,
            book.started_at(row).map(|at| at.0),
            Timestamp::now().0,
            report,
        ],
    )?;
    Ok(())
}
