//! The small port behind which every transport stands.

use async_trait::async_trait;
use bytes::Bytes;
use platen_job::{Attempt, AttemptEnd, StateReasons, StopCause};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// One printer's hardware, owned by one worker.
#[async_trait]
pub trait Device: Send {
    /// Puts one job's bytes on the printer and says what happened. Never retries, never decides.
    async fn print(&mut self, request: PrintRequest<'_>) -> Attempt;

    /// Whether the printer may be inside a command of an earlier attempt: then this is what its next job begins with, and
    /// its NULs have to be sent before any question, or the question would be taken for that command's data. Holds until
    /// the next call; [`Device::print`] brings its own.
    fn expect_open_command(&mut self, _clean_up: Option<Bytes>) {}

    /// Whether it can do something with a document of that format.
    fn takes(&self, format: PrintFormat) -> bool {
        format == PrintFormat::Raw
    }

    /// Watches a job of an earlier run that the operating system's spooler has, to its end; `request.bytes` are those that
    /// were sent. Nothing is sent again. `None` where this device is no queue of a spooler.
    async fn follow(&mut self, _job: &SpoolerJob, _request: PrintRequest<'_>) -> Option<Attempt> {
        None
    }

    /// Whether [`Device::pulse`] reaches the printer past whatever else waits for it.
    fn takes_pulses(&self) -> bool {
        false
    }

    /// Sends a real-time command of a few bytes, whatever keeps the printer from printing: it is not asked before, and not
    /// waited for. At best [`Evidence::Submitted`](platen_job::Evidence::Submitted); `request.clean_up` is not sent.
    async fn pulse(&mut self, _request: PrintRequest<'_>) -> Attempt {
        Attempt {
            bytes_written: 0,
            end: AttemptEnd::Stopped(StopCause::Refused),
            reasons: StateReasons::none(),
        }
    }

    /// Asks the printer how it is. Bounded by the device's own time-outs.
    async fn status(&mut self) -> PrinterStatus;

    /// The queue is empty: whatever is held open may go, without cutting anything off.
    async fn release(&mut self);

    /// What was learned about this printer and is worth remembering across restarts.
    fn memory(&self) -> DeviceMemory;
}

/// One job's bytes, and what the device needs to print them safely.
pub struct PrintRequest<'a> {
    /// The job's bytes.
    pub bytes: Bytes,
    /// What those bytes are; [`Device::takes`] says whether the device has a use for them.
    pub format: PrintFormat,
    /// Sent before the job because an earlier attempt stopped inside a command. Not counted in `bytes_written`.
    pub clean_up: Option<Bytes>,
    /// Called exactly once, right before the first byte of the job; where it fails nothing is sent.
    pub start: &'a dyn StartRecord,
    /// Where the printer's reasons are shown while the job is under way.
    pub reasons: &'a watch::Sender<StateReasons>,
    /// Four printable characters that name this attempt in the printer's confirmation (GS ( H): each 0x20–0x7E. It
    /// should differ from attempt to attempt: as long as an earlier one's confirmation is owed, it is not used again.
    pub token: [u8; 4],
    /// Ends the attempt as soon as that is safe: no further byte is sent.
    pub cancel: CancellationToken,
}

/// Records durably enough that a job is about to start.
#[async_trait]
pub trait StartRecord: Send + Sync {
    /// Called right before the first byte.
    ///
    /// # Errors
    /// [`NotRecorded`]: the job must not start.
    fn first_byte(&self) -> Result<(), NotRecorded>;

    /// The printer's side, or the operating system's spooler, has taken every byte; what becomes of them is not known yet.
    /// Called at most once, and not where nobody says so.
    fn handed_over(&self) {}

    /// The operating system's spooler gave the job a number. Called before [`StartRecord::first_byte`], and thus before the
    /// document goes there; after a crash [`Device::follow`] says by that number what became of the job.
    ///
    /// # Errors
    /// [`NotRecorded`]: the job must not start.
    async fn remember(&self, _job: &SpoolerJob) -> Result<(), NotRecorded> {
        Ok(())
    }

    /// The job is about to be taken out of the operating system's spooler although nobody wants that. Called before it is;
    /// after a crash it would look like one that somebody deleted there.
    ///
    /// # Errors
    /// [`NotRecorded`]: the job must stay there.
    async fn taking_back(&self, _job: &SpoolerJob) -> Result<(), NotRecorded> {
        Ok(())
    }
}

/// What the bytes of a job are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintFormat {
    /// The printer's own commands: every transport takes them, and nobody changes a byte of them.
    #[default]
    Raw,
    /// A PDF document, for an office printer behind the operating system's spooler.
    Pdf,
    /// A picture, likewise.
    Png,
    /// A picture, likewise.
    Jpeg,
}

/// A job's place in the operating system's spooler: enough to find it again after a crash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpoolerJob {
    /// The queue's name.
    pub queue: String,
    /// The spooler's number of the job. A spooler that lost its memory gives a number again.
    pub id: u32,
    /// The name that the job was given there, different from job to job: it proves that `id` is still the same job. Says
    /// nothing of what is printed.
    pub name: String,
}

/// The start of a job could not be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the start of the job could not be recorded")]
pub struct NotRecorded;

/// What a printer said of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterStatus {
    /// Whether it answers.
    pub reachable: Reachability,
    /// What is to be told about it.
    pub reasons: StateReasons,
}

/// Whether a printer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reachability {
    /// It answered a status request.
    Answers,
    /// It takes a connection and says nothing of itself.
    Silent,
    /// It cannot be reached.
    Away,
}

/// What was learned about one printer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct DeviceMemory {
    /// Whether it confirms that printing is complete (GS ( H fn 48).
    pub confirmation: Confirmation,
}

/// Whether a printer confirms that printing is complete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirmation {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It did.
    Supported,
    /// It was asked and did not.
    Unsupported,
}
