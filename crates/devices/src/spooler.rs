//! The printer behind `spooler://QUEUE`: a queue of the operating system (CUPS, Windows' print spooler).
//!
//! One attempt goes: the queue's state → the spooler gives the job a number → that number and "started" are recorded →
//! the document goes there → its job is watched until it is done. What the spooler says of its printer while it prints is
//! shown; what it says of an idle printer is not believed, as it is only what was last heard.
//!
//! Evidence is `submitted` when the spooler took the document and `drained` when it says that the job is completed. It is
//! never more: a spooler does not know what is on paper.

mod address;
mod attempt;
#[cfg(unix)]
mod cups;
#[cfg(test)]
mod fake;
mod list;
mod port;
#[cfg(test)]
mod tests;
mod watch;
#[cfg(any(windows, test))]
mod windows;
mod worker;

pub use address::{SpoolerServer, SpoolerServerError};
pub use attempt::SpoolerDevice;
pub use list::{ListError, Queue, QueueTarget, queues};

use crate::SpoolerJob;
use port::{Spooler, SpoolerError, Stage};
use std::time::Duration;

/// The spooler of this operating system.
#[cfg(unix)]
pub(crate) type System = cups::Cups;
/// The spooler of this operating system.
#[cfg(windows)]
pub(crate) type System = windows::Winspool;

/// What became of a job that a spooler was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its document never arrived whole: nothing of it can be on paper.
    Incomplete,
    /// It waits, or is held, in the queue.
    Waiting,
    /// It is being printed.
    Printing,
    /// The spooler says that it is completed.
    Completed,
    /// Somebody deleted it there.
    Canceled,
    /// The spooler gave it up.
    GivenUp,
    /// The spooler no longer knows it.
    Forgotten,
}

/// Why nobody can say now what became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system's print service does not answer")]
pub struct SpoolerSilent;

/// Asks this machine's spooler, or the one at that address, what became of a job. Answers within seconds.
///
/// # Errors
/// [`SpoolerSilent`] where it does not answer.
pub async fn look_up(
    job: &SpoolerJob,
    server: Option<SpoolerServer>,
) -> Result<Fate, SpoolerSilent> {
    let mut system = System::new(server, Duration::from_secs(3));
    match system.job(job).await {
        Ok(view) => Ok(match view.stage {
            Stage::Incoming => Fate::Incomplete,
            Stage::Waiting | Stage::Held => Fate::Waiting,
            Stage::Printing => Fate::Printing,
            Stage::Completed(_) => Fate::Completed,
            Stage::Canceled => Fate::Canceled,
            Stage::Aborted => Fate::GivenUp,
        }),
        Err(SpoolerError::JobGone) => Ok(Fate::Forgotten),
        Err(_) => Err(SpoolerSilent),
    }
}
