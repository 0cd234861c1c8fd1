//! What can still be read of a damaged database.
//!
//! Every sender's id stays known, so that nothing is printed twice. Jobs that were open come along as interrupted ones:
//! whether they had started can no longer be told, so the policy decides, as it does after a crash. So do unconfirmed
//! jobs and outcomes that were not told. Whatever cannot be read is left behind.

use crate::accept::payload_digest;
use crate::book::Numbers;
use crate::retire::insert_key;
use crate::row::{COLUMNS, JobRow, WIDTH, read_job};
use crate::{JobRecord, SpoolError};
use platen_job::JobState;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params, params_from_iter};
use std::path::Path;

// Columns of a job's row, as [`COLUMNS`] names them.
const PAYLOAD_GONE: usize = 12;
const STATE: usize = 13;
const LEASE: usize = 16;
const REPORT: usize = 23;

/// Takes along what can be read. Never fails: less is taken along then. Returns the jobs that are now interrupted.
pub(crate) fn rescue(damaged: &Path, fresh: &Connection, numbers: &mut Numbers) -> Vec<JobRecord> {
    let mut saved = Saved::default();
    let said = rescue_into(damaged, fresh, numbers, &mut saved);
    tracing::warn!(
        ids = saved.ids,
        jobs = saved.jobs,
        interrupted = saved.interrupted.len(),
        "taken along from the damaged spool"
    );
    if let Err(error) = said {
        tracing::error!(%error, "not all of the damaged spool could be read");
    }
    saved.interrupted
}

#[derive(Default)]
struct Saved {
    ids: u64,
    jobs: u64,
    interrupted: Vec<JobRecord>,
}

fn rescue_into(
    damaged: &Path,
    fresh: &Connection,
    numbers: &mut Numbers,
    saved: &mut Saved,
) -> Result<(), SpoolError> {
    let old = Connection::open_with_flags(damaged, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Looking at it must not change it: it may be needed as it is.
    old.execute_batch("PRAGMA query_only = ON")?;
    old.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    fresh.execute_batch("BEGIN IMMEDIATE")?;
    let said = [known_ids(&old, fresh, saved), jobs(&old, fresh, numbers, saved)];
    fresh.execute_batch("COMMIT")?;
    said.into_iter().collect()
}

fn known_ids(old: &Connection, fresh: &Connection, saved: &mut Saved) -> Result<(), SpoolError> {
    let mut statement = old.prepare("SELECT digest, fingerprint FROM known_ids")?;
    let mut rows = statement.query([])?;
    let mut insert =
        fresh.prepare("INSERT OR IGNORE INTO known_ids (digest, fingerprint) VALUES (?1, ?2)")?;
    while let Some(row) = rows.next()? {
        insert.execute((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))?;
        saved.ids += 1;
    }
    Ok(())
}

fn jobs(
    old: &Connection,
    fresh: &Connection,
    numbers: &mut Numbers,
    saved: &mut Saved,
) -> Result<(), SpoolError> {
    let columns = columns_of(old)?;
    let mut statement = old.prepare(&format!("SELECT {columns} FROM jobs NOT INDEXED"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        // One row that is nonsense does not hide those behind it.
        let Ok(job) = read_job(row) else { continue };
        numbers.job = numbers.job.max(job.record.id.0.saturating_add(1));
        if let (None, Some(id)) = (job.record.origin, &job.record.external_id) {
            insert_key(fresh, job.record.connector, id, job.record.fingerprint)?;
            saved.ids += 1;
        }
        let unfinished = job.record.state.is_open()
            || job.record.state == JobState::Unconfirmed
            || job.report.is_some();
        if unfinished && keep(old, fresh, row, &job, numbers).is_ok() {
            saved.jobs += 1;
            if job.record.state.is_open() {
                saved.interrupted.push(crate::book::job(fresh, job.record.id)?.record);
            }
        }
    }
    Ok(())
}

/// Today's columns, with nothing for those that an older format does not have.
fn columns_of(old: &Connection) -> Result<String, SpoolError> {
    let mut statement = old.prepare("SELECT name FROM pragma_table_info('jobs')")?;
    let known = statement.query_map([], |row| row.get::<_, String>(0))?;
    let known = known.collect::<Result<Vec<_>, _>>()?;
    let columns = COLUMNS.split(',').map(str::trim);
    let columns =
        columns.map(|name| if known.iter().any(|one| one == name) { name } else { "NULL" });
    Ok(columns.collect::<Vec<_>>().join(", "))
}

/// Writes a job of the damaged spool into the fresh one, under its own number.
fn keep(
    old: &Connection,
    fresh: &Connection,
    row: &Row<'_>,
    job: &JobRow,
    numbers: &mut Numbers,
) -> Result<(), SpoolError> {
    let mut values = (0..WIDTH).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>()?;
    let payload = payload(old, &job.record);
    values[PAYLOAD_GONE] = Value::from(i64::from(payload.is_none()));
    values[LEASE] = Value::Null;
    if job.record.state.is_open() {
        values[STATE] = Value::from(JobState::Processing.as_str().to_owned());
    }
    if job.report.is_some() {
        values[REPORT] = Value::from(numbers.next_report().0);
    }
    let places = vec!["?"; WIDTH].join(", ");
    fresh
        .prepare_cached(&format!("INSERT INTO jobs ({COLUMNS}) VALUES ({places})"))?
        .execute(params_from_iter(values))?;
    if let Some((digest, bytes)) = payload {
        fresh
            .prepare_cached("INSERT INTO payloads (job, digest, bytes) VALUES (?1, ?2, ?3)")?
            .execute(params![job.record.id.0, digest, bytes])?;
    }
    Ok(())
}

/// A payload that is still what was stored.
fn payload(old: &Connection, record: &JobRecord) -> Option<(i64, Vec<u8>)> {
    let (digest, bytes): (i64, Vec<u8>) = old
        .prepare_cached("SELECT digest, bytes FROM payloads WHERE job = ?1")
        .and_then(|mut statement| {
            statement.query_row([record.id.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .ok()??;
    (payload_digest(record.id, &bytes) == digest).then_some((digest, bytes))
}
