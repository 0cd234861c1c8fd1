//! Opening: lock, look for damage, bring the format forward, and find out what an earlier run left undone.

use crate::book::{Book, Numbers};
use crate::encodings::Encodings;
use crate::home::{Home, HomeLock};
use crate::marks::{EarlierMarks, Marks};
use crate::request::Durability;
use crate::reserve::Reserve;
use crate::row::{COLUMNS, JobRow, job_id, read_job};
use crate::{BootId, JobRecord, SpoolError, SpoolOptions, answered, schema};
use platen_job::{JobId, JobState, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Bytes that the log has from the beginning, and goes back to: a commit that does not make a file longer is cheaper. The reserve
/// has to be larger, as all of it may have to be put away on a full disk.
pub(crate) const LOG_BYTES: u64 = 12 * 1024 * 1024;

/// What was found at opening.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Opening {
    /// Jobs that may have started in an earlier run and were not settled. They are processing until they are settled
    /// or copied; they cannot go back to their queue. Where a damaged database was set aside, these are all open jobs
    /// that could still be read of it; some of them may have lost their document.
    pub interrupted: Vec<JobRecord>,
    /// Jobs that certainly did not start, pending or held, in queue order: urgent ones first, then as they came.
    pub open: Vec<JobRecord>,
    /// Jobs whose senders wait to hear that they are stored, and had not heard: they took them for failed. Settled ones too.
    pub unanswered: Vec<JobId>,
    /// Where the damaged database of before is now. What could not be read of it is not in this spool: jobs that were
    /// waiting in it may be missing, and a person has to be told.
    pub set_aside: Option<PathBuf>,
}

/// An open spool, before its threads run.
pub(crate) struct Opened {
    pub(crate) home: Home,
    pub(crate) lock: Arc<HomeLock>,
    pub(crate) book: Book,
    pub(crate) reader: Connection,
    /// Puts the log away: a lookup must not wait for that.
    pub(crate) keeper: Connection,
    pub(crate) encodings: Arc<Encodings>,
    pub(crate) opening: Opening,
}

/// Opens the spool of that folder. Blocks on the disk.
pub(crate) fn open(dir: &Path, options: &SpoolOptions) -> Result<Opened, SpoolError> {
    let (home, lock) = Home::lock(dir)?;
    let mut set_aside = None;
    if home.is_noted_damaged() {
        set_aside = Some(put_aside(&home, "damage was met while it was in use")?);
    }
    let ((db, mut numbers), marks, mut opening) = match open_with_reserve(&home, options) {
        Err(SpoolError::Corrupt { what }) => {
            set_aside = Some(put_aside(&home, &what)?);
            open_with_reserve(&home, options)?
        }
        opened => opened?,
    };
    if let Some(damaged) = &set_aside {
        opening.interrupted = crate::salvage::rescue(damaged, &db, &mut numbers);
    }
    let (reader, keeper) = (connect_to_read(&home)?, connect_to_read(&home)?);
    let book = Book {
        db,
        marks: Arc::new(marks),
        reserve: Reserve::start(&home.reserve(), options.reserve_bytes),
        lease_bytes: options.lease_bytes,
        numbers,
        durability: Durability::Synced,
    };
    let encodings = Arc::new(Encodings::open(&home.encodings())?);
    let opening = Opening { set_aside, ..opening };
    Ok(Opened { home, lock: Arc::new(lock), book, reader, keeper, encodings, opening })
}

fn put_aside(home: &Home, what: &str) -> Result<PathBuf, SpoolError> {
    let path = home.set_aside()?;
    tracing::error!(
        what,
        path = %path.display(),
        "the spool was damaged: it was set aside and a fresh one started. Jobs that were waiting in it may be missing"
    );
    Ok(path)
}

/// Opens the database; on a full disk with what the reserve held.
fn open_with_reserve(home: &Home, options: &SpoolOptions) -> Result<Database, SpoolError> {
    match open_database(home, options) {
        Err(SpoolError::DiskFull) if std::fs::remove_file(home.reserve()).is_ok() => {
            tracing::warn!("the disk is full: the spool uses its reserve");
            open_database(home, options)
        }
        opened => opened,
    }
}

type Database = ((Connection, Numbers), Marks, Opening);

fn open_database(home: &Home, options: &SpoolOptions) -> Result<Database, SpoolError> {
    let db = connect(home)?;
    let fresh = schema::is_empty(&db)?;
    schema::migrate(&db)?;
    start_counters(&db, if home.has_set_aside() { Timestamp::now().0.max(1) } else { 1 })?;
    if !fresh && !options.check_time.is_zero() {
        look_for_damage(&db, options.check_time)?;
    }
    let boot = options.boot.unwrap_or_else(BootId::current);
    let earlier = EarlierMarks::read(&home.marks(), boot);
    let (numbers, opening) = recover(&db, &earlier)?;
    lengthen_log(home)?;
    // Only now: what the old marks told is durable.
    let marks = Marks::start(&home.marks(), boot)?;
    Ok(((db, numbers), marks, opening))
}

/// Opens a connection that changes nothing.
fn connect_to_read(home: &Home) -> Result<Connection, SpoolError> {
    let db = connect(home)?;
    db.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -512")?;
    Ok(db)
}

/// Opens a connection. The file is made first, so that it is for this user only; SQLite gives its companions the same
/// mode.
fn connect(home: &Home) -> Result<Connection, SpoolError> {
    let path = home.database();
    if !path.exists() {
        drop(crate::home::private_file(&path)?);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(&path, flags)?;
    db.busy_timeout(Duration::from_secs(5))?;
    // Before anything is written: it cannot be changed later.
    db.execute_batch("PRAGMA auto_vacuum = INCREMENTAL")?;
    let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(SpoolError::Io { what: format!("the journal mode is {mode}") });
    }
    // Checkpoints are made between jobs, by a thread of their own, and never by a commit.
    db.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {LOG_BYTES};
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2048;",
    ))?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// Counters that are there already stay as they are. After a damaged spool jobs are numbered by the clock, in
/// milliseconds: no spool takes a thousand jobs a second for all of its life, so that none of its numbers comes again.
fn start_counters(db: &Connection, first_job: i64) -> Result<(), SpoolError> {
    db.execute(
        "INSERT OR IGNORE INTO meta (name, value) VALUES ('next-job', ?1), ('openings', 0), ('rewinds', 0)",
        [first_job],
    )?;
    Ok(())
}

/// Looks through as much of the file as the time allows.
fn look_for_damage(db: &Connection, time: Duration) -> Result<(), SpoolError> {
    let handle = db.get_interrupt_handle();
    let (done, wait) = mpsc::channel::<()>();
    let clock = std::thread::spawn(move || {
        if wait.recv_timeout(time) == Err(mpsc::RecvTimeoutError::Timeout) {
            handle.interrupt();
        }
    });
    let said = db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
    drop(done);
    // An interrupt after the check would hit the next statement.
    let _ = clock.join();
    match said {
        Ok(word) if word == "ok" => Ok(()),
        Ok(_) => Err(SpoolError::damaged("the check at opening found damage")),
        Err(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) =>
        {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Sorts the jobs of earlier runs into those that may have started and those that did not.
fn recover(db: &Connection, earlier: &EarlierMarks) -> Result<(Numbers, Opening), SpoolError> {
    db.execute_batch("BEGIN IMMEDIATE")?;
    let recovered = recover_within(db, earlier);
    db.execute_batch(if recovered.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    recovered
}

fn recover_within(
    db: &Connection,
    earlier: &EarlierMarks,
) -> Result<(Numbers, Opening), SpoolError> {
    let numbers = count_opening(db)?;
    let mut opening = Opening { unanswered: answered::unanswered(db)?, ..Opening::default() };
    for mut row in unsettled(db)? {
        if row.record.state != JobState::Processing {
            opening.open.push(row.record);
        } else if certainly_not_started(&row, earlier) {
            db.prepare_cached("UPDATE jobs SET state = 'pending', lease_seq = NULL WHERE id = ?1")?
                .execute([row.record.id.0])?;
            row.record.state = JobState::Pending;
            opening.open.push(row.record);
        } else {
            opening.interrupted.push(interrupted(db, row, earlier)?);
        }
    }
    Ok((numbers, opening))
}

fn certainly_not_started(row: &JobRow, earlier: &EarlierMarks) -> bool {
    match (row.lease, earlier.of(&row.record.printer)) {
        (Some(lease), Some(mark)) => lease.0 > mark.seq,
        _ => false,
    }
}

/// Without its lease the job is known as interrupted from now on, whatever the marks of later runs say.
fn interrupted(
    db: &Connection,
    row: JobRow,
    earlier: &EarlierMarks,
) -> Result<JobRecord, SpoolError> {
    let mut record = row.record;
    let mark =
        earlier.of(&record.printer).filter(|mark| row.lease.is_some_and(|l| l.0 == mark.seq));
    record.started_at = record.started_at.or(mark.map(|mark| mark.at));
    db.prepare_cached("UPDATE jobs SET lease_seq = NULL, started_at = ?2 WHERE id = ?1")?
        .execute(params![record.id.0, record.started_at.map(|at| at.0)])?;
    Ok(record)
}

fn unsettled(db: &Connection) -> Result<Vec<JobRow>, SpoolError> {
    let mut statement = db.prepare(&format!(
        "SELECT {COLUMNS} FROM jobs INDEXED BY jobs_by_state
         WHERE state IN ('pending', 'held', 'processing') ORDER BY priority DESC, id"
    ))?;
    let mut rows = statement.query([])?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push(read_job(row)?);
    }
    Ok(jobs)
}

/// Counts this opening, and starts all numbers above those of every earlier one.
fn count_opening(db: &Connection) -> Result<Numbers, SpoolError> {
    let meta = |name: &str| -> Result<i64, SpoolError> {
        db.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).map_err(
            |error| match error {
                rusqlite::Error::QueryReturnedNoRows => SpoolError::damaged("a counter is missing"),
                error => error.into(),
            },
        )
    };
    db.execute("UPDATE meta SET value = value + 1 WHERE name = 'openings'", [])?;
    let base = meta("openings")?.checked_mul(1 << 32);
    let base = base.ok_or_else(|| SpoolError::damaged("a counter is impossible"))?;
    let highest: i64 =
        db.query_row("SELECT coalesce(max(id), 0) FROM jobs", [], |row| row.get(0))?;
    let job = job_id(meta("next-job")?.max(highest.saturating_add(1)))?.0;
    Ok(Numbers { job, lease: base + 1, report: base + 1 })
}

/// Makes the log as long as it will be anyway. The zeros behind its last frame are no frames.
fn lengthen_log(home: &Home) -> Result<(), SpoolError> {
    use std::io::{Seek, SeekFrom, Write};
    let mut file = crate::home::private_file(&home.wal())?;
    let mut length = file.seek(SeekFrom::End(0))?;
    if length >= LOG_BYTES {
        return Ok(());
    }
    let zeros = vec![0; 64 * 1024];
    while length < LOG_BYTES {
        // A disk without that room has other worries; they are told at the first job.
        if file.write_all(&zeros).is_err() {
            return Ok(());
        }
        length += zeros.len() as u64;
    }
    file.sync_all()?;
    Ok(())
}
