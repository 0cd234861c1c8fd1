//! What can go wrong with the spool, in words that may be logged: never a job's content.

use platen_job::{DocumentError, IllegalTransition, JobId};
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// Why the spool did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpoolError {
    /// Another process, or another part of this one, has this spool open.
    #[error("the spool in {} is in use by another Platen on this machine", dir.display())]
    InUse {
        /// The spool's folder.
        dir: PathBuf,
    },
    /// The file has a format from the future.
    #[error(
        "the spool was written by a newer Platen (format {found}, this one knows up to {known}): install the newer version again"
    )]
    TooNew {
        /// The format of the file.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// The database is damaged. Opening the spool again sets it aside and starts a fresh one.
    #[error("the spool is damaged ({what})")]
    Corrupt {
        /// What was noticed.
        what: String,
    },
    /// There is no room; nothing was changed.
    #[error("the disk is full")]
    DiskFull,
    /// The operating system refused to read or write.
    #[error("the spool cannot be read or written: {what}")]
    Io {
        /// What the system or SQLite said.
        what: String,
    },
    /// The spool was closed, or its thread died.
    #[error("the spool is closed")]
    Closed,
    /// No such job, or its record was retired.
    #[error("there is no job {0}")]
    UnknownJob(JobId),
    /// A step that a job may not take.
    #[error(transparent)]
    IllegalTransition(#[from] IllegalTransition),
    /// A job whose first byte may be out cannot go back to its queue.
    #[error("job {0} may have started, so it cannot go back to its queue")]
    MayHaveStarted(JobId),
    /// The payload was retired; only the record is left.
    #[error("the document of job {0} is no longer kept")]
    DocumentRetired(JobId),
    /// The document cannot be stored or read back.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A text that is too long to be stored.
    #[error("{what} is longer than {limit} bytes")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// Bytes allowed.
        limit: usize,
    },
}

impl SpoolError {
    /// Damage that was noticed by reading a row.
    pub(crate) fn damaged(what: &str) -> SpoolError {
        SpoolError::Corrupt { what: what.to_owned() }
    }
}

/// Only SQLite's own fixed words are kept: its detailed message could quote a value.
impl From<rusqlite::Error> for SpoolError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{
            FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, SqlInputError,
            SqliteFailure, Utf8Error,
        };
        match error {
            SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => SpoolError::DiskFull,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                    SpoolError::Corrupt { what: failure.to_string() }
                }
                _ if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
                    SpoolError::DiskFull
                }
                // Every statement is run by a test against good tables: where one does not fit, it is the tables that
                // are not as they were, by a flipped byte in a definition or in the format's number.
                ErrorCode::Unknown if failure.extended_code == rusqlite::ffi::SQLITE_ERROR => {
                    SpoolError::Corrupt { what: failure.to_string() }
                }
                _ => SpoolError::Io { what: failure.to_string() },
            },
            // Every statement is ours and tested: where one does not fit, the tables are not as they were made.
            SqlInputError { .. } => SpoolError::damaged("a table is not as it was made"),
            FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | Utf8Error(..) => SpoolError::damaged("a row has a value of the wrong kind"),
            _ => SpoolError::Io { what: "SQLite was used in a way that it does not allow".into() },
        }
    }
}

impl From<std::io::Error> for SpoolError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                SpoolError::DiskFull
            }
            _ => SpoolError::Io { what: error.to_string() },
        }
    }
}
