//! Why a job was not accepted. A refused job is not stored; its sender is told why.

use crate::{DocumentError, IdError};

/// One reason to refuse a job, in words for the sender. Never quotes the job's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The job has no id, so it could be neither told apart nor reported.
    #[error("the job has no id")]
    NoId,
    /// The id cannot be used.
    #[error("the job's id {0}")]
    BadId(#[from] IdError),
    /// A field has a shape that it cannot have.
    #[error("field {field} is not {expected}")]
    BadField {
        /// The field's path, as the contract names it.
        field: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// There is nothing to print.
    #[error("the job has neither content nor commands")]
    Nothing,
    /// The document is unusable.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The printer's queue is full.
    #[error("the queue of this printer is full: {limit} jobs are waiting")]
    QueueFull {
        /// Jobs that may wait.
        limit: usize,
    },
    /// The disk is full.
    #[error("the disk of the till is full: the job could not be stored")]
    DiskFull,
    /// The spool cannot store anything now.
    #[error("the till cannot store jobs now")]
    SpoolUnavailable,
    /// The engine is shutting down.
    #[error("the till is shutting down")]
    ShuttingDown,
}
