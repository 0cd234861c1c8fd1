//! Moving: jobs that wait go to the backup of their printer.

use crate::book::Book;
use crate::request::Step;
use crate::{JobRecord, SpoolError, job_notes};
use platen_job::{JobId, JobNotes, JobState, PrinterId, PrinterName};
use rusqlite::params;

/// Gives waiting jobs to another printer, in the order given. Only those that certainly did not start, and each once:
/// from a backup a job goes nowhere else.
pub(crate) struct Move {
    pub(crate) ids: Vec<JobId>,
    pub(crate) from: PrinterName,
    pub(crate) to: PrinterId,
    pub(crate) note: JobNotes,
}

impl Step for Move {
    type Answer = Vec<JobRecord>;

    fn run(&mut self, book: &mut Book) -> Result<Vec<JobRecord>, SpoolError> {
        let mut moved = Vec::new();
        for id in &self.ids {
            let record = match book.job(*id) {
                Err(SpoolError::UnknownJob(_)) => continue,
                row => row?.record,
            };
            let waits = matches!(record.state, JobState::Pending | JobState::Held { .. });
            if !waits || record.backup_from.is_some() {
                continue;
            }
            book.run(
                "UPDATE jobs SET printer = ?2, backup_from = ?3, state = 'pending', reasons = '' WHERE id = ?1",
                params![id.0, self.to.as_str(), self.from.as_str()],
            )?;
            job_notes::add(book, *id, &self.note)?;
            moved.push(book.job(*id)?.record);
        }
        Ok(moved)
    }
}
