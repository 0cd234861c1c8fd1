//! One printer's lane: where the start of a job is marked, right before its first byte.

use crate::SpoolError;
use crate::marks::{LaneMark, Marks};
use serde::Serialize;
use std::sync::Arc;

/// The number of a lease. Only grows, unique over the spool: a job that is leased again gets a higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LeaseSeq(pub i64);

/// Marks starts on one printer. Calls are synchronous and take microseconds: no fsync, no other thread.
#[derive(Debug, Clone)]
pub struct Lane {
    pub(crate) marks: Arc<Marks>,
    pub(crate) slot: Arc<LaneMark>,
}

/// Why a start was not recorded. Nothing may be sent then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// A lease that is not above the last started one: leases of a lane start in ascending order, each once.
    #[error("the lease is not above the one that was started last on this printer")]
    OutOfOrder,
    /// A start that is not the last one cannot be taken back.
    #[error("the lease is not the one that was started last on this printer")]
    NotTheLast,
    /// The mark file could not be written.
    #[error(transparent)]
    NotWritten(#[from] SpoolError),
}

impl Lane {
    /// Records that the job of this lease is about to start; call it right before the first byte.
    ///
    /// # Errors
    /// [`LaneError`]: it is not recorded, so not one byte may be sent.
    pub fn started(&self, seq: LeaseSeq) -> Result<(), LaneError> {
        if self.marks.raise(&self.slot, seq)? { Ok(()) } else { Err(LaneError::OutOfOrder) }
    }

    /// Records that not one byte of the job of this lease was written after all. Call it before
    /// [`Spool::release`](crate::Spool::release) or [`Spool::hold`](crate::Spool::hold), or to try the same lease again.
    ///
    /// # Errors
    /// [`LaneError`]: the job still counts as one that may have started.
    pub fn took_back(&self, seq: LeaseSeq) -> Result<(), LaneError> {
        if self.marks.lower(&self.slot, seq)? { Ok(()) } else { Err(LaneError::NotTheLast) }
    }
}
