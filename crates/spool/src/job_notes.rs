//! What is worth knowing about a job beside its outcome.

use crate::SpoolError;
use crate::book::Book;
use crate::request::{Durability, Step};
use platen_job::{JobId, JobNotes};
use rusqlite::{Connection, OptionalExtension, params};

/// Adds notes to a job.
pub(crate) struct Annotate {
    pub(crate) id: JobId,
    pub(crate) notes: JobNotes,
}

impl Step for Annotate {
    type Answer = ();
    const DURABILITY: Durability = Durability::Written;

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        // Only of a job that there is.
        book.job(self.id)?;
        add(book, self.id, &self.notes)
    }
}

/// Adds to a job's notes.
pub(crate) fn add(book: &Book, id: JobId, more: &JobNotes) -> Result<(), SpoolError> {
    let mut notes = read(&book.db, id)?;
    notes.add_all(more);
    write(book, id, &notes)
}

/// Stores a job's notes in place of those before; none takes no room.
pub(crate) fn write(book: &Book, id: JobId, notes: &JobNotes) -> Result<(), SpoolError> {
    if notes.is_empty() {
        return Ok(());
    }
    let lines = serde_json::to_string(notes)
        .map_err(|_| SpoolError::Io { what: "notes could not be written as JSON".into() })?;
    book.run(
        "INSERT INTO job_notes (job, lines) VALUES (?1, ?2)
         ON CONFLICT (job) DO UPDATE SET lines = excluded.lines",
        params![id.0, lines],
    )?;
    Ok(())
}

/// A copy begins with the notes of its origin: what the sender's document lost does not come back.
pub(crate) fn copy(book: &Book, from: JobId, to: JobId) -> Result<(), SpoolError> {
    book.run(
        "INSERT INTO job_notes (job, lines) SELECT ?2, lines FROM job_notes WHERE job = ?1",
        [from.0, to.0],
    )?;
    Ok(())
}

/// A job's notes.
pub(crate) fn read(db: &Connection, id: JobId) -> Result<JobNotes, SpoolError> {
    let lines: Option<String> = db
        .prepare_cached("SELECT lines FROM job_notes WHERE job = ?1")?
        .query_row([id.0], |row| row.get(0))
        .optional()?;
    let Some(lines) = lines else { return Ok(JobNotes::default()) };
    serde_json::from_str(&lines).map_err(|_| SpoolError::damaged("a job's notes are not readable"))
}
