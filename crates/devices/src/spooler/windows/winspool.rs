//! The calls. Each blocks, and none has a time-out: they are made in threads that can be left behind.

use super::status::{job_view, queue_state, withdrawn};
use crate::spooler::SpoolerServer;
use crate::spooler::port::{
    History, Intake, JobView, QueueState, Spooler, SpoolerError, Stage, Touched,
};
use crate::spooler::worker::Workers;
use crate::{PrintFormat, SpoolerJob};
use async_trait::async_trait;
use bytes::Bytes;
use std::ffi::c_void;
use std::time::Duration;
use windows::Win32::Foundation::{GetLastError, SetLastError, WIN32_ERROR};
use windows::Win32::Graphics::Printing::{
    AbortPrinter, ClosePrinter, DOC_INFO_1W, EndDocPrinter, EnumPrintersW, GetJobW, GetPrinterW,
    JOB_CONTROL_DELETE, JOB_CONTROL_PAUSE, JOB_INFO_1W, OpenPrinterW, PRINTER_ENUM_CONNECTIONS,
    PRINTER_ENUM_LOCAL, PRINTER_HANDLE, PRINTER_INFO_2W, SetJobW, StartDocPrinterW, WritePrinter,
};
use windows::core::{Error, HSTRING, PCWSTR, PWSTR};

/// How long a question may take; a network printer's queue asks its server.
const ANSWER: Duration = Duration::from_secs(5);
/// How long a document may take.
const DOCUMENT: Duration = Duration::from_secs(60);
/// The largest piece handed over at once.
const PIECE: usize = 64 * 1024;

/// Error codes of winspool (winerror.h) that mean something to us.
const ERROR_ACCESS_DENIED: u32 = 5;
const ERROR_INVALID_PARAMETER: u32 = 87;
const ERROR_INSUFFICIENT_BUFFER: u32 = 122;
const ERROR_INVALID_PRINTER_NAME: u32 = 1801;
const ERROR_INVALID_DATATYPE: u32 = 1804;
const ERROR_PRINTER_DELETED: u32 = 1905;
const ERROR_PRINT_CANCELLED: u32 = 63;
/// The print service is stopped, starting, or overrun.
const NO_SERVICE: [u32; 4] = [
    1722, // RPC_S_SERVER_UNAVAILABLE
    1723, // RPC_S_SERVER_TOO_BUSY
    1726, // RPC_S_CALL_FAILED
    1753, // EPT_S_NOT_REGISTERED
];

/// Whether this machine has any queue, its own or another computer's.
#[allow(unsafe_code)]
pub(crate) fn has_queues() -> bool {
    let (mut needed, mut listed) = (0, 0);
    let flags = PRINTER_ENUM_LOCAL | PRINTER_ENUM_CONNECTIONS;
    // SAFETY: the call gets no room for a list; it writes two numbers, which outlive it. That the room is too small is its answer.
    let _ =
        unsafe { EnumPrintersW(flags, PCWSTR::null(), 2, None, &raw mut needed, &raw mut listed) };
    needed > 0
}

/// This machine's spooler.
pub(crate) struct Winspool {
    workers: Workers,
    /// The job that was last taken out of its queue before it had begun.
    withdrawn: Option<SpoolerJob>,
}

/// A queue's handle, closed when it is let go.
struct Handle(PRINTER_HANDLE);

/// A document that was begun. It is aborted when it is let go before its end.
pub(crate) struct Document {
    queue: Handle,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Missing,
    Written,
}

// SAFETY: a printer handle belongs to the process, not to a thread, and is only used by one thread at a time.
#[allow(unsafe_code)]
unsafe impl Send for Handle {}

impl Winspool {
    /// Opens nothing yet. Windows has one spooler: the address is of no use.
    pub(crate) fn new(_server: Option<SpoolerServer>, _connect_timeout: Duration) -> Winspool {
        Winspool { workers: Workers::at_most(2), withdrawn: None }
    }

    async fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce() -> Result<T, SpoolerError> + Send + 'static,
    ) -> Result<T, SpoolerError> {
        self.workers.run(patience, work).await.unwrap_or(Err(SpoolerError::Down))
    }
}

#[async_trait]
impl Spooler for Winspool {
    type Open = Document;

    async fn queue(&mut self, queue: &str) -> Result<QueueState, SpoolerError> {
        let queue = queue.to_owned();
        self.run(ANSWER, move || Handle::open(&queue)?.state()).await
    }

    async fn begin(
        &mut self,
        queue: &str,
        name: &str,
        _format: PrintFormat,
    ) -> Result<(u32, Document), SpoolerError> {
        let (queue, name) = (queue.to_owned(), name.to_owned());
        let begin = move || {
            let handle = Handle::open(&queue)?;
            if handle.state()?.intake == Intake::Closed {
                return Err(SpoolerError::Rejecting);
            }
            handle.start(&name)
        };
        self.run(ANSWER, begin).await
    }

    async fn send(&mut self, open: Document, document: Bytes) -> Result<(), SpoolerError> {
        self.run(DOCUMENT, move || open.write(&document)).await
    }

    async fn job(&mut self, job: &SpoolerJob) -> Result<JobView, SpoolerError> {
        let meant = job.clone();
        let seen = self.run(ANSWER, move || Handle::open(&meant.queue)?.job(&meant)).await;
        if self.withdrawn.as_ref() == Some(job) { withdrawn(seen) } else { seen }
    }

    async fn cancel(&mut self, job: &SpoolerJob) -> Result<(), SpoolerError> {
        let meant = job.clone();
        let touched =
            self.run(ANSWER, move || Handle::open(&meant.queue)?.withdraw(&meant)).await?;
        if touched == Touched::Never {
            self.withdrawn = Some(job.clone());
        }
        Ok(())
    }

    fn release(&mut self) {}

    /// A queue keeps printed documents only where its owner has asked for that.
    fn history(&self) -> History {
        History::Dropped
    }

    /// Windows hands raw data through and converts nothing: a PDF would come out as text.
    fn takes(format: PrintFormat) -> bool {
        format == PrintFormat::Raw
    }
}

#[allow(unsafe_code)]
impl Handle {
    fn open(queue: &str) -> Result<Handle, SpoolerError> {
        let mut handle = PRINTER_HANDLE::default();
        // SAFETY: the name is NUL-terminated and outlives the call, which writes one handle.
        let opened = unsafe { OpenPrinterW(&HSTRING::from(queue), &raw mut handle, None) };
        opened.map_err(|error| meaning(code_of(&error)))?;
        Ok(Handle(handle))
    }

    fn state(&self) -> Result<QueueState, SpoolerError> {
        let buffer = sized_buffer(|buffer, needed| {
            // SAFETY: the call writes at most the buffer's length, and the length that it needs.
            unsafe { GetPrinterW(self.0, 2, buffer, needed) }.map_err(|error| code_of(&error))
        })?;
        let info: PRINTER_INFO_2W = head_of(&buffer)?;
        Ok(queue_state(info.Status, info.Attributes))
    }

    fn start(self, name: &str) -> Result<(u32, Document), SpoolerError> {
        let (mut name, mut raw) = (wide(name), wide("RAW"));
        let info = DOC_INFO_1W {
            pDocName: PWSTR(name.as_mut_ptr()),
            pOutputFile: PWSTR::null(),
            pDatatype: PWSTR(raw.as_mut_ptr()),
        };
        // SAFETY: both texts are NUL-terminated and outlive the call, which reads one DOC_INFO_1W.
        match unsafe { StartDocPrinterW(self.0, 1, &raw const info) } {
            0 => Err(last_error()),
            id => Ok((id, Document { queue: self, end: End::Missing })),
        }
    }

    fn job(&self, job: &SpoolerJob) -> Result<JobView, SpoolerError> {
        let buffer = sized_buffer(|buffer, needed| {
            // SAFETY: sets this thread's last error, and reads it after a call that may leave it alone: Wine has no word for
            // a job that it does not know. The call writes at most the buffer's length, and the length that it needs.
            unsafe { SetLastError(WIN32_ERROR(ERROR_INVALID_PARAMETER)) };
            let found = unsafe { GetJobW(self.0, job.id, 1, buffer, needed) };
            if found.as_bool() { Ok(()) } else { Err(last_code()) }
        })
        .map_err(unknown_job)?;
        let info: JOB_INFO_1W = head_of(&buffer)?;
        if info.pDocument.is_null() {
            return Err(SpoolerError::JobGone);
        }
        // SAFETY: the spooler put a NUL-terminated text into the buffer, which is still there.
        let name = unsafe { info.pDocument.to_string() }.unwrap_or_default();
        if name != job.name {
            return Err(SpoolerError::JobGone);
        }
        Ok(job_view(info.Status))
    }

    /// Deletes a job; whether it may have begun. It is paused first: a paused job does not begin behind our back.
    fn withdraw(&self, job: &SpoolerJob) -> Result<Touched, SpoolerError> {
        self.job(job)?;
        let paused = self.control(job, JOB_CONTROL_PAUSE);
        let touched = match paused.and_then(|()| self.job(job)) {
            Ok(view) if view.stage == Stage::Held => view.touched,
            _ => Touched::Perhaps,
        };
        self.control(job, JOB_CONTROL_DELETE)?;
        Ok(touched)
    }

    fn control(&self, job: &SpoolerJob, command: u32) -> Result<(), SpoolerError> {
        // SAFETY: the handle is open; level 0 needs no job information.
        let done = unsafe { SetJobW(self.0, job.id, 0, None, command) };
        if done.as_bool() { Ok(()) } else { Err(unknown_job(last_error())) }
    }
}

#[allow(unsafe_code)]
impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and closed only here. There is nothing to do about a failure.
        let _ = unsafe { ClosePrinter(self.0) };
    }
}

#[allow(unsafe_code)]
impl Document {
    /// All of it, or none of it: a document that is not whole is aborted.
    fn write(mut self, document: &[u8]) -> Result<(), SpoolerError> {
        let mut rest = document;
        while !rest.is_empty() {
            match self.write_some(&rest[..rest.len().min(PIECE)]) {
                Ok(written) => rest = &rest[written..],
                Err((0, error)) if rest.len() == document.len() => return Err(error),
                // With a byte taken, it may be printing already.
                Err(_) => return Err(SpoolerError::Down),
            }
        }
        self.finish()
    }

    /// How much was taken, at least one byte; or how much nevertheless, and why it was no more.
    fn write_some(&self, piece: &[u8]) -> Result<usize, (usize, SpoolerError)> {
        let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        let mut written = 0u32;
        let start = piece.as_ptr().cast::<c_void>();
        // SAFETY: the piece is readable for its length, and one number is written.
        let taken = unsafe { WritePrinter(self.queue.0, start, length, &raw mut written) };
        let error = if taken.as_bool() { SpoolerError::Down } else { last_error() };
        let written = usize::try_from(written).unwrap_or(usize::MAX).min(piece.len());
        if taken.as_bool() && written > 0 { Ok(written) } else { Err((written, error)) }
    }

    fn finish(&mut self) -> Result<(), SpoolerError> {
        // SAFETY: the handle is open, with a document under way.
        if !unsafe { EndDocPrinter(self.queue.0) }.as_bool() {
            return Err(SpoolerError::Down);
        }
        self.end = End::Written;
        Ok(())
    }
}

#[allow(unsafe_code)]
impl Drop for Document {
    fn drop(&mut self) {
        if self.end == End::Missing {
            // SAFETY: the handle is open. Whether this succeeds shows in the job's state.
            let _ = unsafe { AbortPrinter(self.queue.0) };
        }
    }
}

/// Calls once for the size and once, or a few times while it grows, for the answer. The call's error is a code of Windows.
fn sized_buffer(
    mut call: impl FnMut(Option<&mut [u8]>, *mut u32) -> Result<(), u32>,
) -> Result<Vec<u8>, SpoolerError> {
    let mut buffer = Vec::new();
    for _ in 0..4 {
        let mut needed = 0u32;
        let into = if buffer.is_empty() { None } else { Some(buffer.as_mut_slice()) };
        match call(into, &raw mut needed) {
            Ok(()) => return Ok(buffer),
            Err(ERROR_INSUFFICIENT_BUFFER) if needed > 0 => {
                buffer = vec![0; usize::try_from(needed).unwrap_or(0)];
            }
            Err(code) => return Err(meaning(code)),
        }
    }
    Err(SpoolerError::Down)
}

/// The structure at the beginning of a buffer; a copy, as the buffer may be aligned otherwise.
#[allow(unsafe_code)]
fn head_of<T: Copy>(buffer: &[u8]) -> Result<T, SpoolerError> {
    if buffer.len() < size_of::<T>() {
        return Err(SpoolerError::Down);
    }
    // SAFETY: there are enough bytes, all initialised by the spooler, and T is plain data of the Windows headers.
    Ok(unsafe { buffer.as_ptr().cast::<T>().read_unaligned() })
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The code behind an error of the `windows` crate: an HRESULT carries it in its lower half.
fn code_of(error: &Error) -> u32 {
    error.code().0.cast_unsigned() & 0xFFFF
}

#[allow(unsafe_code)]
fn last_code() -> u32 {
    // SAFETY: reads this thread's last error.
    unsafe { GetLastError() }.0
}

fn last_error() -> SpoolerError {
    meaning(last_code())
}

fn meaning(code: u32) -> SpoolerError {
    match code {
        ERROR_INVALID_PRINTER_NAME | ERROR_PRINTER_DELETED => SpoolerError::QueueMissing,
        ERROR_INVALID_DATATYPE => SpoolerError::FormatRefused,
        code if NO_SERVICE.contains(&code) => SpoolerError::Down,
        // Somebody took the job away while it was written: its state tells.
        ERROR_PRINT_CANCELLED => SpoolerError::Down,
        ERROR_ACCESS_DENIED => SpoolerError::Rejecting,
        code => SpoolerError::Refused(code),
    }
}

/// A job that is not there is a parameter that is not valid.
fn unknown_job(error: SpoolerError) -> SpoolerError {
    match error {
        SpoolerError::Refused(ERROR_INVALID_PARAMETER) => SpoolerError::JobGone,
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_queue_that_is_not_there_is_missing() {
        let mut spooler = Winspool::new(None, ANSWER);
        let missing = SpoolerError::QueueMissing;
        assert_eq!(spooler.queue("platen-no-such-queue").await, Err(missing));
        let begun = spooler.begin("platen-no-such-queue", "a job", PrintFormat::Raw).await;
        assert_eq!(begun.err(), Some(missing));
    }
}
