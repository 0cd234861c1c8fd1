//! What happened when a device was asked to print: facts only, no policy.

use crate::{Evidence, StateReasons};

/// The result of one `device.print`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Job bytes handed to the transport. Exact where the transport counts them itself; over TCP it is an upper
    /// bound of what reached the printer. Zero means that not one byte of the job can be on paper.
    pub bytes_written: u64,
    /// The best that was observed, where everything was written.
    pub end: AttemptEnd,
    /// What the printer said of itself at the end.
    pub reasons: StateReasons,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptEnd {
    /// Every byte was handed over, and this much was seen of its fate.
    Finished(Evidence),
    /// It stopped before that could be said.
    Stopped(StopCause),
}

/// Why an attempt stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StopCause {
    /// The printer could not be reached.
    #[error("the printer could not be reached")]
    Unreachable,
    /// The printer says that it cannot print now; the attempt's reasons say why.
    #[error("the printer was not ready")]
    NotReady,
    /// The connection broke.
    #[error("the connection to the printer broke")]
    ConnectionLost,
    /// The printer took nothing more, or said nothing more, for too long.
    #[error("the printer stopped answering")]
    TimedOut,
    /// The engine is stopping, or a person canceled the job.
    #[error("printing was interrupted")]
    Canceled,
    /// Somebody deleted the job in the operating system's queue.
    #[error("the job was canceled in the computer's print queue")]
    CanceledInQueue,
    /// The operating system's queue no longer knows the job, and was to remember it.
    #[error("the computer's print queue no longer knows the job")]
    Forgotten,
    /// The operating system's queue would not print the document, and would not another time.
    #[error("the computer's print queue gave the job up")]
    Refused,
    /// The start could not be recorded, so nothing was sent.
    #[error("the start of the job could not be recorded")]
    NotRecorded,
}
