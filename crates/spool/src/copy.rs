//! Marked copies of stored jobs: the only way in which a job comes on paper again.

use crate::accept::{insert, salt};
use crate::book::Book;
use crate::record::{Origin, Payload, Told};
use crate::request::{Purse, Step};
use crate::row::JobRow;
use crate::settle::store;
use crate::{JobRecord, SpoolError, job_notes};
use platen_job::{
    ConnectorId, IllegalTransition, JobId, JobState, Mark, Outcome, ReplyContext, Timestamp,
    UnconfirmedReason,
};
use rusqlite::params;

/// For whom a copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandIn {
    /// It takes the place of an unconfirmed job: that one becomes reprinted in the same commit, and its sender is told
    /// this copy's outcome.
    ForTheSender {
        /// Why the origin is unconfirmed, where it is still processing: it passes through unconfirmed untold.
        unfinished: UnconfirmedReason,
    },
    /// A person wants another one. It belongs to [`ConnectorId::Local`]; the origin stays as it is, and no sender is
    /// told.
    ForAPerson,
}

/// Makes a copy and its row.
pub(crate) struct Copy {
    pub(crate) id: JobId,
    pub(crate) mark: Mark,
    pub(crate) stand_in: StandIn,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Step for Copy {
    type Answer = JobRecord;
    const PURSE: Purse = Purse::Ordinary;

    fn run(&mut self, book: &mut Book) -> Result<JobRecord, SpoolError> {
        let row = book.job(self.id)?;
        if row.record.payload == Payload::Retired {
            return Err(SpoolError::DocumentRetired(self.id));
        }
        if !book.reserve.stands() {
            return Err(SpoolError::DiskFull);
        }
        if let StandIn::ForTheSender { unfinished } = self.stand_in {
            replace(book, &row, unfinished)?;
        }
        let record = self.record(book.numbers.next_job(), &row.record);
        insert(book, &record, None)?;
        book.run(
            // (a | b) - (a & b) is a XOR b, which SQLite does not have.
            "INSERT INTO payloads (job, digest, bytes)
             SELECT ?1, (digest | ?3) - (digest & ?3), bytes FROM payloads WHERE job = ?2",
            params![record.id.0, self.id.0, salt(self.id) ^ salt(record.id)],
        )?;
        job_notes::copy(book, self.id, record.id)?;
        Ok(record)
    }
}

impl Copy {
    fn record(&self, id: JobId, origin: &JobRecord) -> JobRecord {
        let mut record = JobRecord {
            id,
            mark: Some(self.mark),
            state: JobState::Pending,
            outcome: None,
            accepted_at: Timestamp::now(),
            started_at: None,
            settled_at: None,
            expires_at: self.expires_at,
            told: Told::Nothing,
            ..origin.clone()
        };
        let sender_job = match self.stand_in {
            StandIn::ForTheSender { .. } => match origin.origin {
                None => Some(origin.id),
                Some(earlier) => earlier.sender_job,
            },
            StandIn::ForAPerson => {
                record.connector = ConnectorId::Local;
                record.external_id = None;
                record.reply = ReplyContext::default();
                None
            }
        };
        record.origin = Some(Origin { job: origin.id, sender_job });
        record
    }
}

/// The origin becomes reprinted; what was not yet told of it is told of the copy instead.
fn replace(book: &Book, row: &JobRow, unfinished: UnconfirmedReason) -> Result<(), SpoolError> {
    let outcome = match (&row.record.state, &row.record.outcome) {
        (JobState::Processing, _) => Outcome::Unconfirmed { reason: unfinished },
        (JobState::Unconfirmed, Some(outcome)) => outcome.clone(),
        (state, _) => {
            let to = JobState::Reprinted.as_str();
            return Err(IllegalTransition { from: state.as_str(), to }.into());
        }
    };
    store(book, row, &JobState::Reprinted, &outcome, None)
}
