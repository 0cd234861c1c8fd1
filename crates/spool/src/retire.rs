//! Retiring: what is old is let go in small steps, so that a new job never waits long behind it.

use crate::accept::key_digest;
use crate::book::Book;
use crate::request::{Durability, Step};
use crate::{Retention, SpoolError};
use platen_job::{ConnectorId, ExternalId, Timestamp};
use rusqlite::{Connection, params};
use serde::Serialize;

/// Rows of one step.
const STEP_ROWS: u32 = 64;
/// Payload bytes of one step.
const STEP_BYTES: u64 = 4 * 1024 * 1024;
/// Pages that one step gives back to the disk.
const STEP_PAGES: u32 = 512;

/// What was let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Retired {
    /// Documents removed.
    pub payloads: u64,
    /// Their bytes.
    pub payload_bytes: u64,
    /// Records removed; their senders' ids stay known.
    pub records: u64,
}

impl Retired {
    pub(crate) fn add(&mut self, more: Retired) {
        self.payloads += more.payloads;
        self.payload_bytes += more.payload_bytes;
        self.records += more.records;
    }

    pub(crate) fn is_nothing(self) -> bool {
        self == Retired::default()
    }
}

/// Bytes of all payloads that are kept. Asked by index, because most records have outlived their payload.
pub(crate) fn payload_bytes(db: &Connection) -> Result<u64, SpoolError> {
    let bytes: i64 = db
        .prepare_cached(
            "SELECT
               (SELECT coalesce(sum(payload_bytes), 0) FROM jobs INDEXED BY jobs_to_retire
                WHERE payload_gone = 0 AND settled_at IS NOT NULL AND state <> 'unconfirmed')
             + (SELECT coalesce(sum(payload_bytes), 0) FROM jobs INDEXED BY jobs_by_state
                WHERE payload_gone = 0 AND state IN ('pending', 'held', 'processing', 'unconfirmed'))",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(bytes.cast_unsigned())
}

/// One step of payloads: the oldest settled ones that are too old, or that are over the bound.
pub(crate) struct RetirePayloads {
    /// Settled before this moment: too old.
    pub(crate) before: Timestamp,
    /// Bytes to let go whatever their age.
    pub(crate) excess: u64,
}

impl RetirePayloads {
    pub(crate) fn at(now: Timestamp, retention: &Retention, excess: u64) -> RetirePayloads {
        let age = retention.payload_age.min(retention.record_age);
        RetirePayloads { before: before(now, age), excess }
    }
}

impl Step for RetirePayloads {
    type Answer = Retired;
    const DURABILITY: Durability = Durability::Written;

    fn run(&mut self, book: &mut Book) -> Result<Retired, SpoolError> {
        let mut retired = Retired::default();
        for (id, settled_at, bytes) in oldest(book, 0)? {
            let due = settled_at < self.before.0 || retired.payload_bytes < self.excess;
            if !due || (retired.payloads > 0 && retired.payload_bytes + bytes > STEP_BYTES) {
                break;
            }
            book.run("DELETE FROM payloads WHERE job = ?1", [id])?;
            book.run("UPDATE jobs SET payload_gone = 1 WHERE id = ?1", [id])?;
            retired.payloads += 1;
            retired.payload_bytes += bytes;
        }
        Ok(retired)
    }
}

/// One step of records whose payloads are gone.
pub(crate) struct RetireRecords {
    pub(crate) before: Timestamp,
}

impl RetireRecords {
    pub(crate) fn at(now: Timestamp, retention: &Retention) -> RetireRecords {
        RetireRecords { before: before(now, retention.record_age) }
    }
}

impl Step for RetireRecords {
    type Answer = Retired;
    const DURABILITY: Durability = Durability::Written;

    fn run(&mut self, book: &mut Book) -> Result<Retired, SpoolError> {
        let mut retired = Retired::default();
        for (id, settled_at, _) in oldest(book, 1)? {
            if settled_at >= self.before.0 {
                break;
            }
            keep_key(book, id)?;
            book.run("DELETE FROM jobs WHERE id = ?1", [id])?;
            retired.records += 1;
        }
        if retired.records > 0 {
            // The highest number may just have gone: it must not be given again after a restart.
            book.run(
                "UPDATE meta SET value = max(value, ?1) WHERE name = 'next-job'",
                [book.numbers.job],
            )?;
        }
        Ok(retired)
    }
}

/// The oldest settled jobs with or without their payload. An outcome that is still to be told keeps its record.
fn oldest(book: &Book, payload_gone: i64) -> Result<Vec<(i64, i64, u64)>, SpoolError> {
    let mut statement = book.db.prepare_cached(
        "SELECT id, settled_at, payload_bytes FROM jobs INDEXED BY jobs_to_retire
         WHERE payload_gone = ?1 AND settled_at IS NOT NULL AND state <> 'unconfirmed'
           AND (?1 = 0 OR report_id IS NULL)
         ORDER BY settled_at, id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![payload_gone, STEP_ROWS], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.cast_unsigned()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The sender's id of a job that is about to go stays known for ever, as a digest.
fn keep_key(book: &Book, id: i64) -> Result<(), SpoolError> {
    let row = book.job(platen_job::JobId(id))?.record;
    let (None, Some(external_id)) = (row.origin, &row.external_id) else { return Ok(()) };
    insert_key(&book.db, row.connector, external_id, row.fingerprint)
}

/// Notes a sender's id as known.
pub(crate) fn insert_key(
    db: &Connection,
    connector: ConnectorId,
    external_id: &ExternalId,
    fingerprint: u64,
) -> Result<(), SpoolError> {
    db.prepare_cached("INSERT OR IGNORE INTO known_ids (digest, fingerprint) VALUES (?1, ?2)")?
        .execute(params![key_digest(connector, external_id), fingerprint.cast_signed()])?;
    Ok(())
}

/// One step of giving free pages back to the disk. Answers how many are left.
pub(crate) struct GiveBack;

impl Step for GiveBack {
    type Answer = u64;
    const DURABILITY: Durability = Durability::Written;

    fn run(&mut self, book: &mut Book) -> Result<u64, SpoolError> {
        // It gives back one page for each row that is asked for.
        let mut statement =
            book.db.prepare_cached(&format!("PRAGMA incremental_vacuum({STEP_PAGES})"))?;
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        Ok(crate::schema::pragma(&book.db, "freelist_count")?.cast_unsigned())
    }
}

fn before(now: Timestamp, age: std::time::Duration) -> Timestamp {
    Timestamp(now.0.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)))
}
