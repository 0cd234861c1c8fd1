//! Answers: which senders have heard that their job is stored, of those that take it for failed where they do not.

use crate::book::Book;
use crate::request::{Durability, Step};
use crate::row::mark_word;
use crate::{JobRecord, SpoolError, job_notes};
use platen_job::{Hears, JobId, JobNotes, JobState, Mark};
use rusqlite::{Connection, params};

/// Notes with a new job that its sender is still to hear of it.
pub(crate) fn owe(book: &Book, record: &JobRecord) -> Result<(), SpoolError> {
    if record.connector.hears() == Hears::OnceStored {
        book.run("INSERT INTO unanswered (job) VALUES (?1)", [record.id.0])?;
    }
    Ok(())
}

/// Notes that a job's sender has heard. No fsync: what a power cut takes makes a job look unheard, and be marked for nothing.
pub(crate) struct Answered(pub(crate) JobId);

impl Step for Answered {
    type Answer = ();
    const DURABILITY: Durability = Durability::Written;

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        book.run("DELETE FROM unanswered WHERE job = ?1", [self.0.0])?;
        Ok(())
    }
}

/// The jobs whose senders have not heard.
pub(crate) fn unanswered(db: &Connection) -> Result<Vec<JobId>, SpoolError> {
    let mut statement = db.prepare("SELECT job FROM unanswered ORDER BY job")?;
    let ids = statement.query_map([], |row| row.get(0).map(JobId))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Has jobs that wait carry a mark on their paper, with a note for people.
pub(crate) struct MarkWaiting {
    pub(crate) ids: Vec<JobId>,
    pub(crate) mark: Mark,
    pub(crate) note: JobNotes,
}

impl Step for MarkWaiting {
    type Answer = Vec<JobRecord>;

    fn run(&mut self, book: &mut Book) -> Result<Vec<JobRecord>, SpoolError> {
        let mut marked = Vec::new();
        for id in &self.ids {
            let record = book.job(*id)?.record;
            if !matches!(record.state, JobState::Pending | JobState::Held { .. }) {
                continue;
            }
            book.run(
                "UPDATE jobs SET mark = ?2 WHERE id = ?1",
                params![id.0, mark_word(self.mark)],
            )?;
            job_notes::add(book, *id, &self.note)?;
            marked.push(book.job(*id)?.record);
        }
        Ok(marked)
    }
}
