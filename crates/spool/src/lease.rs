//! Leases: the durable leave to start a job.

use crate::accept::read_document;
use crate::book::Book;
use crate::request::Step;
use crate::row::{JobRow, reasons_of};
use crate::{JobRecord, LeaseSeq, SpoolError};
use platen_job::{Document, DocumentError, JobId, JobState, StateReasons};
use rusqlite::params;

/// A job that may be started.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// Its record, now processing.
    pub record: JobRecord,
    /// What to print, or why that cannot be read back: such a job can only be aborted.
    pub document: Result<Document, DocumentError>,
    /// Its lease.
    pub seq: LeaseSeq,
}

/// Leases waiting jobs, in the order given.
pub(crate) struct Lease(pub(crate) Vec<JobId>);

impl Step for Lease {
    type Answer = Vec<Leased>;

    fn run(&mut self, book: &mut Book) -> Result<Vec<Leased>, SpoolError> {
        let mut leased = Vec::new();
        let mut bytes = 0;
        for id in &self.0 {
            let row = match book.job(*id) {
                Err(SpoolError::UnknownJob(_)) => continue,
                row => row?,
            };
            // Canceled or expired meanwhile, or leased already: not an error, just nothing to start.
            if !matches!(row.record.state, JobState::Pending | JobState::Held { .. }) {
                continue;
            }
            bytes += row.record.payload_bytes;
            if !leased.is_empty() && bytes > book.lease_bytes {
                break;
            }
            leased.push(lease(book, row)?);
        }
        Ok(leased)
    }
}

fn lease(book: &mut Book, row: JobRow) -> Result<Leased, SpoolError> {
    let mut record = row.record;
    let document = match read_document(&book.db, &record) {
        Ok(document) => Ok(document),
        Err(SpoolError::Document(error)) => Err(error),
        Err(SpoolError::DocumentRetired(_)) => {
            Err(DocumentError::Unreadable { format: record.document_format })
        }
        Err(error) => return Err(error),
    };
    let seq = book.numbers.next_lease();
    book.run(
        "UPDATE jobs SET state = 'processing', reasons = '', lease_seq = ?2 WHERE id = ?1",
        params![record.id.0, seq.0],
    )?;
    record.state = JobState::Processing;
    Ok(Leased { record, document, seq })
}

/// Puts leased jobs back into their queue.
pub(crate) struct Release(pub(crate) Vec<JobId>);

impl Step for Release {
    type Answer = ();

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        for id in &self.0 {
            put_back(book, *id, &JobState::Pending)?;
        }
        Ok(())
    }
}

/// Keeps a job from starting until its printer is back.
pub(crate) struct Hold {
    pub(crate) id: JobId,
    pub(crate) reasons: StateReasons,
}

impl Step for Hold {
    type Answer = ();

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        put_back(book, self.id, &JobState::Held { reasons: self.reasons.clone() })
    }
}

fn put_back(book: &Book, id: JobId, to: &JobState) -> Result<(), SpoolError> {
    let row = book.job(id)?;
    if row.record.state == *to {
        return Ok(());
    }
    row.record.state.step_to(to)?;
    if row.record.state == JobState::Processing && may_have_started(book, &row) {
        return Err(SpoolError::MayHaveStarted(id));
    }
    book.run(
        "UPDATE jobs SET state = ?2, reasons = ?3, lease_seq = NULL WHERE id = ?1",
        params![id.0, to.as_str(), reasons_of(to)],
    )?;
    Ok(())
}

/// A processing job without a lease was interrupted in an earlier run; one with a lease is told by its lane's mark.
fn may_have_started(book: &Book, row: &JobRow) -> bool {
    row.lease.is_none_or(|seq| book.marks.may_have_started(&row.record.printer, seq))
}
