//! The writer's own connection, and the numbers it hands out.

use crate::marks::Marks;
use crate::record::ReportId;
use crate::request::Durability;
use crate::reserve::Reserve;
use crate::row::{COLUMNS, JobRow, read_job};
use crate::{LeaseSeq, SpoolError};
use platen_job::{JobId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Params};
use std::sync::Arc;

/// What a step works on.
pub(crate) struct Book {
    pub(crate) db: Connection,
    pub(crate) marks: Arc<Marks>,
    pub(crate) reserve: Reserve,
    pub(crate) lease_bytes: u64,
    pub(crate) numbers: Numbers,
    pub(crate) durability: Durability,
}

/// Numbers that are never given twice. Those of a transaction that fails are lost, which harms nobody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    pub(crate) job: i64,
    /// Leases and reports count from a base that is different at every opening.
    pub(crate) lease: i64,
    pub(crate) report: i64,
}

impl Numbers {
    fn take(counter: &mut i64) -> i64 {
        let number = *counter;
        *counter += 1;
        number
    }

    pub(crate) fn next_job(&mut self) -> JobId {
        JobId(Self::take(&mut self.job))
    }

    pub(crate) fn next_lease(&mut self) -> LeaseSeq {
        LeaseSeq(Self::take(&mut self.lease))
    }

    pub(crate) fn next_report(&mut self) -> ReportId {
        ReportId(Self::take(&mut self.report))
    }
}

impl Book {
    /// Opens a transaction whose commit is as safe as asked.
    pub(crate) fn begin(&mut self, durability: Durability) -> Result<(), SpoolError> {
        if durability != self.durability {
            let word = match durability {
                Durability::Synced => "PRAGMA synchronous = FULL",
                Durability::Written => "PRAGMA synchronous = NORMAL",
            };
            self.db.execute_batch(word)?;
            self.durability = durability;
        }
        self.run("BEGIN IMMEDIATE", [])?;
        Ok(())
    }

    /// Runs one statement, kept prepared. Returns the rows changed.
    pub(crate) fn run(&self, sql: &str, params: impl Params) -> Result<usize, SpoolError> {
        Ok(self.db.prepare_cached(sql)?.execute(params)?)
    }

    /// Reads one number, or nothing.
    pub(crate) fn number(&self, sql: &str, params: impl Params) -> Result<Option<i64>, SpoolError> {
        Ok(self.db.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?)
    }

    /// Undoes an open transaction; SQLite may have undone it already.
    pub(crate) fn roll_back(&self) {
        if !self.db.is_autocommit()
            && let Err(error) = self.run("ROLLBACK", [])
        {
            tracing::error!(%error, "a change of the spool could not be rolled back");
        }
    }

    /// The row of a job.
    pub(crate) fn job(&self, id: JobId) -> Result<JobRow, SpoolError> {
        job(&self.db, id)
    }

    /// When the lease of that row was started in this run, or what is stored.
    pub(crate) fn started_at(&self, row: &JobRow) -> Option<Timestamp> {
        row.lease
            .and_then(|seq| self.marks.started_at(&row.record.printer, seq))
            .or(row.record.started_at)
    }
}

/// The row of a job.
pub(crate) fn job(db: &Connection, id: JobId) -> Result<JobRow, SpoolError> {
    let sql = const_format(COLUMNS);
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    match rows.next()? {
        Some(row) => read_job(row),
        None => Err(SpoolError::UnknownJob(id)),
    }
}

fn const_format(columns: &str) -> String {
    format!("SELECT {columns} FROM jobs WHERE id = ?1")
}
