//! What a spooler can do for us: small enough that CUPS, Windows and a fake fit behind it.

use crate::{PrintFormat, SpoolerJob};
use async_trait::async_trait;
use bytes::Bytes;
use platen_job::StateReasons;

/// One operating system's spooler. Every call ends within the implementation's own time-outs.
#[async_trait]
pub(crate) trait Spooler: Send {
    /// A job that was announced and has no document yet. Letting it go is as good as canceling it, only later.
    type Open: Send;

    /// How a queue is.
    async fn queue(&mut self, queue: &str) -> Result<QueueState, SpoolerError>;

    /// Announces a job; its number and what its document is sent on.
    async fn begin(
        &mut self,
        queue: &str,
        name: &str,
        format: PrintFormat,
    ) -> Result<(u32, Self::Open), SpoolerError>;

    /// Hands the whole document over. [`SpoolerError::Down`]: nobody knows whether it arrived, [`Spooler::job`] tells. Any
    /// other error: nothing of it was taken.
    async fn send(&mut self, open: Self::Open, document: Bytes) -> Result<(), SpoolerError>;

    /// How a job is.
    async fn job(&mut self, job: &SpoolerJob) -> Result<JobView, SpoolerError>;

    /// Takes a job out of the queue. That is not an answer to whether it had begun: [`Spooler::job`] tells.
    async fn cancel(&mut self, job: &SpoolerJob) -> Result<(), SpoolerError>;

    /// What it does with jobs that have come to their end.
    fn history(&self) -> History;

    /// Lets go of what is held open.
    fn release(&mut self);

    /// Whether it takes documents of that format.
    fn takes(format: PrintFormat) -> bool;
}

/// What a spooler does with jobs that have come to their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    /// It can be asked for them; one that it does not know was taken out of it.
    #[cfg_attr(windows, allow(dead_code, reason = "only CUPS keeps them"))]
    Kept,
    /// It forgets them at once.
    #[cfg_attr(not(any(windows, test)), allow(dead_code, reason = "only Windows forgets them"))]
    Dropped,
}

/// How a queue is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueueState {
    pub(crate) phase: Phase,
    pub(crate) intake: Intake,
    /// What its printer last said of itself. Old news where nothing is being printed.
    pub(crate) reasons: StateReasons,
}

/// What a queue is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Idle,
    Printing,
    Stopped,
    /// Its port, or a person, took it off line: jobs wait. Current, not old news.
    #[cfg_attr(not(any(windows, test)), allow(dead_code, reason = "only Windows knows it"))]
    OffLine,
}

/// Whether a queue takes new jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intake {
    Open,
    Closed,
}

/// How a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobView {
    pub(crate) stage: Stage,
    pub(crate) touched: Touched,
    /// What its printer says of itself.
    pub(crate) reasons: StateReasons,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Its document has not arrived.
    #[cfg_attr(windows, allow(dead_code, reason = "only CUPS tells it"))]
    Incoming,
    Waiting,
    /// A person or the spooler keeps it back.
    Held,
    Printing,
    Completed(Cleanly),
    Canceled,
    #[cfg_attr(windows, allow(dead_code, reason = "only CUPS tells it"))]
    Aborted,
}

/// Whether the spooler is content with a job that it calls completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cleanly {
    Yes,
    /// It speaks of warnings or errors.
    No,
}

/// Whether something of a job may have reached its printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touched {
    /// The spooler has never begun to send it, or has never been connected to the printer.
    Never,
    Perhaps,
}

/// Why a spooler did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SpoolerError {
    #[error("the print service does not answer")]
    Down,
    #[error("there is no such queue")]
    QueueMissing,
    #[error("the queue takes no jobs")]
    Rejecting,
    #[error("the queue takes no documents of that format")]
    FormatRefused,
    #[error("the spooler does not know the job")]
    JobGone,
    /// The number is the spooler's own.
    #[error("the print service refused (code {0})")]
    Refused(u32),
}
