//! Storing a job, once.

use crate::book::Book;
use crate::boot::digest;
use crate::request::{Answer, Purse, Step, Urgency};
use crate::row::{self, COLUMNS, JobRow, read_job};
use crate::{JobRecord, LeaseSeq, SpoolError, answered, job_notes};
use bytes::Bytes;
use platen_job::{
    ConnectorId, Document, ExternalId, Job, JobId, JobNotes, JobState, Outcome, PrinterName,
    Timestamp,
};
use rusqlite::{OptionalExtension, params};

/// Whether a job may start as soon as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseWish {
    /// Its printer is idle and nothing waits before it: it is leased in the commit that stores it.
    TakeNow,
    /// It waits for its turn.
    Wait,
}

/// What became of a job that was brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// It is stored, durably.
    New {
        /// Its record.
        record: Box<JobRecord>,
        /// The document that was brought.
        document: Document,
        /// Its lease, where one was wished.
        lease: Option<LeaseSeq>,
    },
    /// The same (connector, external id) was stored before; nothing was changed.
    Known {
        /// The job that the sender knows; `None` where only its id is still kept.
        id: Option<JobId>,
        /// Where it stands, or where the copy stands that was made in its place.
        state: Option<JobState>,
        /// The outcome of that one, where it has one.
        outcome: Option<Outcome>,
        /// Whether the same content came again.
        same_content: SameContent,
    },
}

/// A job that has its place among those that are stored.
#[derive(Debug)]
pub struct Accepting {
    pub(crate) document: Document,
    pub(crate) answer: Answer<Stored>,
}

impl Accepting {
    /// Waits until it is stored, durably. One that is dropped is stored all the same.
    ///
    /// # Errors
    /// [`SpoolError::DiskFull`], or what else the disk says; nothing is stored then.
    pub async fn stored(self) -> Result<Accepted, SpoolError> {
        Ok(match self.answer.await.map_err(|_| SpoolError::Closed)?? {
            Stored::New { record, lease } => {
                Accepted::New { record, document: self.document, lease }
            }
            Stored::Known { id, state, outcome, same } => {
                Accepted::Known { id, state, outcome, same_content: same }
            }
        })
    }
}

/// Whether a known job came with the same content, by its fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameContent {
    /// The same.
    Same,
    /// Something else under the same id.
    Different,
}

/// The step: the record as it will be, and its document.
pub(crate) struct Accept {
    pub(crate) record: Box<JobRecord>,
    pub(crate) payload: Bytes,
    pub(crate) notes: JobNotes,
    pub(crate) wish: LeaseWish,
}

/// What the step says; the caller puts its document back.
#[derive(Debug)]
pub(crate) enum Stored {
    New {
        record: Box<JobRecord>,
        lease: Option<LeaseSeq>,
    },
    Known {
        id: Option<JobId>,
        state: Option<JobState>,
        outcome: Option<Outcome>,
        same: SameContent,
    },
}

/// The record of a job that is brought, still without a number.
pub(crate) fn record_of(job: &Job, payload: &Bytes, expires_at: Option<Timestamp>) -> JobRecord {
    JobRecord {
        id: JobId(0),
        connector: job.connector,
        external_id: job.external_id.clone(),
        printer: job.printer.clone(),
        document_type: job.document_type,
        document_format: job.document.format(),
        priority: job.priority,
        on_trouble: job.on_trouble,
        mark: job.mark,
        reply: job.reply.clone(),
        fingerprint: job.fingerprint,
        state: JobState::Pending,
        outcome: None,
        accepted_at: Timestamp::now(),
        started_at: None,
        settled_at: None,
        expires_at,
        backup_from: None,
        origin: None,
        payload_bytes: payload.len() as u64,
        payload: crate::Payload::Kept,
        told: crate::Told::Nothing,
    }
}

impl Step for Accept {
    type Answer = Stored;
    const PURSE: Purse = Purse::Ordinary;
    const URGENCY: Urgency = Urgency::First;

    fn bytes(&self) -> usize {
        self.payload.len()
    }

    fn run(&mut self, book: &mut Book) -> Result<Stored, SpoolError> {
        if let Some(external_id) = &self.record.external_id
            && let Some(known) =
                known(book, self.record.connector, external_id, self.record.fingerprint)?
        {
            return Ok(known);
        }
        if !book.reserve.stands() {
            return Err(SpoolError::DiskFull);
        }
        let mut record = self.record.clone();
        record.id = book.numbers.next_job();
        let lease = match self.wish {
            LeaseWish::TakeNow => Some(book.numbers.next_lease()),
            LeaseWish::Wait => None,
        };
        if lease.is_some() {
            record.state = JobState::Processing;
        }
        insert(book, &record, lease)?;
        insert_payload(book, record.id, &self.payload)?;
        job_notes::write(book, record.id, &self.notes)?;
        answered::owe(book, &record)?;
        Ok(Stored::New { record, lease })
    }
}

/// What is known of a sender's id.
fn known(
    book: &Book,
    connector: ConnectorId,
    external_id: &ExternalId,
    fingerprint: u64,
) -> Result<Option<Stored>, SpoolError> {
    let same = |stored: u64| {
        if stored == fingerprint { SameContent::Same } else { SameContent::Different }
    };
    if let Some(row) = by_key(book, connector, external_id)? {
        let (id, stored) = (row.record.id, row.record.fingerprint);
        let stands = stand_in(book, id)?.unwrap_or(row).record;
        return Ok(Some(Stored::Known {
            id: Some(id),
            state: Some(stands.state),
            outcome: stands.outcome,
            same: same(stored),
        }));
    }
    let stored: Option<i64> = book.number(
        "SELECT fingerprint FROM known_ids WHERE digest = ?1",
        [key_digest(connector, external_id)],
    )?;
    Ok(stored.map(|stored| Stored::Known {
        id: None,
        state: None,
        outcome: None,
        same: same(stored.cast_unsigned()),
    }))
}

fn by_key(
    book: &Book,
    connector: ConnectorId,
    external_id: &ExternalId,
) -> Result<Option<JobRow>, SpoolError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM jobs
         WHERE connector = ?1 AND external_id = ?2 AND external_id IS NOT NULL AND origin IS NULL"
    );
    let mut statement = book.db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![connector.as_str(), external_id.as_str()])?;
    rows.next()?.map(read_job).transpose()
}

/// The newest copy that stands in for a sender's job.
fn stand_in(book: &Book, sender_job: JobId) -> Result<Option<JobRow>, SpoolError> {
    let id = book.number(
        "SELECT max(id) FROM jobs WHERE sender_job = ?1 AND sender_job IS NOT NULL HAVING max(id) IS NOT NULL",
        [sender_job.0],
    )?;
    id.map(|id| book.job(JobId(id))).transpose()
}

/// What stays of a sender's id when its record is retired.
pub(crate) fn key_digest(connector: ConnectorId, external_id: &ExternalId) -> [u8; 16] {
    digest(&[connector.as_str().as_bytes(), external_id.as_str().as_bytes()])
}

/// Writes a new job's row; it is not settled and has nothing to report.
pub(crate) fn insert(
    book: &Book,
    record: &JobRecord,
    lease: Option<LeaseSeq>,
) -> Result<(), SpoolError> {
    book.run(
        "INSERT INTO jobs (id, connector, external_id, printer, document_type, document_format, priority,
            on_trouble, mark, reply, fingerprint, payload_bytes, state, reasons, lease_seq, accepted_at,
            expires_at, origin, sender_job, backup_from)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        params![
            record.id.0,
            record.connector.as_str(),
            record.external_id.as_ref().map(ExternalId::as_str),
            record.printer.as_str(),
            record.document_type.as_str(),
            record.document_format.as_str(),
            record.priority.rank(),
            row::on_trouble_word(record.on_trouble),
            record.mark.map(row::mark_word),
            record.reply.0,
            record.fingerprint.cast_signed(),
            record.payload_bytes.cast_signed(),
            record.state.as_str(),
            row::reasons_of(&record.state),
            lease.map(|seq| seq.0),
            record.accepted_at.0,
            record.expires_at.map(|at| at.0),
            record.origin.map(|origin| origin.job.0),
            record.origin.and_then(|origin| origin.sender_job).map(|job| job.0),
            record.backup_from.as_ref().map(PrinterName::as_str),
        ],
    )?;
    Ok(())
}

fn insert_payload(book: &Book, id: JobId, payload: &[u8]) -> Result<(), SpoolError> {
    book.run(
        "INSERT INTO payloads (job, digest, bytes) VALUES (?1, ?2, ?3)",
        params![id.0, payload_digest(id, payload), payload],
    )?;
    Ok(())
}

/// What stands beside a payload, so that a flipped bit is noticed: in its bytes, and in the number of its job.
pub(crate) fn payload_digest(id: JobId, payload: &[u8]) -> i64 {
    Job::fingerprint_of(&[payload]).cast_signed() ^ salt(id)
}

/// What a job's number adds to the digest of its payload.
pub(crate) fn salt(id: JobId) -> i64 {
    // 2^64 divided by the golden ratio: neighbouring numbers differ in many bits.
    id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed())
}

/// Reads a job's document back.
///
/// # Errors
/// [`SpoolError::DocumentRetired`]; [`SpoolError::Document`] where its bytes are not what was stored.
pub(crate) fn read_document(
    db: &rusqlite::Connection,
    record: &JobRecord,
) -> Result<Document, SpoolError> {
    let stored: Option<(i64, Vec<u8>)> = db
        .prepare_cached("SELECT digest, bytes FROM payloads WHERE job = ?1")?
        .query_row([record.id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((digest, bytes)) = stored else {
        return Err(SpoolError::DocumentRetired(record.id));
    };
    let format = record.document_format;
    if digest != payload_digest(record.id, &bytes) || bytes.len() as u64 != record.payload_bytes {
        return Err(platen_job::DocumentError::Unreadable { format }.into());
    }
    Ok(Document::from_payload(format, bytes.into())?)
}
