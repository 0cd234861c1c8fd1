//! The calls. Each blocks, and none has a time-out: they are made in threads that can be left behind.

use super::status::{job_view, queue_state};
use crate::spooler::SpoolerServer;
use crate::spooler::port::{Intake, JobView, QueueState, Spooler, SpoolerError};
use crate::spooler::worker::Workers;
use crate::{PrintFormat, SpoolerJob};
use async_trait::async_trait;
use bytes::Bytes;
use std::ffi::c_void;
use std::time::Duration;
use windows::Win32::Foundation::GetLastError;
use windows::Win32::Graphics::Printing::{
    AbortPrinter, ClosePrinter, DOC_INFO_1W, EndDocPrinter, GetJobW, GetPrinterW,
    JOB_CONTROL_DELETE, JOB_INFO_1W, OpenPrinterW, PRINTER_HANDLE, PRINTER_INFO_2W, SetJobW,
    StartDocPrinterW, WritePrinter,
};
use windows::core::{Error, HSTRING, PWSTR};

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
const RPC_S_SERVER_UNAVAILABLE: u32 = 1722;

/// This machine's spooler.
pub(crate) struct Winspool {
    workers: Workers,
}

/// A queue's handle, closed when it is let go.
pub(crate) struct Handle(PRINTER_HANDLE);

// SAFETY: a printer handle belongs to the process, not to a thread, and is only used by one thread at a time.
#[allow(unsafe_code)]
unsafe impl Send for Handle {}

impl Winspool {
    /// Opens nothing yet. Windows has one spooler: the address is of no use.
    pub(crate) fn new(_server: Option<SpoolerServer>, _connect_timeout: Duration) -> Winspool {
        Winspool { workers: Workers::at_most(2) }
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
    type Open = Handle;

    async fn queue(&mut self, queue: &str) -> Result<QueueState, SpoolerError> {
        let queue = queue.to_owned();
        self.run(ANSWER, move || Handle::open(&queue)?.state()).await
    }

    async fn begin(
        &mut self,
        queue: &str,
        name: &str,
        _format: PrintFormat,
    ) -> Result<(u32, Handle), SpoolerError> {
        let (queue, name) = (queue.to_owned(), name.to_owned());
        let begin = move || {
            let handle = Handle::open(&queue)?;
            if handle.state()?.intake == Intake::Closed {
                return Err(SpoolerError::Rejecting);
            }
            let id = handle.start(&name)?;
            Ok((id, handle))
        };
        self.run(ANSWER, begin).await
    }

    async fn send(&mut self, open: Handle, document: Bytes) -> Result<(), SpoolerError> {
        self.run(DOCUMENT, move || open.write(&document)).await
    }

    async fn job(&mut self, job: &SpoolerJob) -> Result<JobView, SpoolerError> {
        let job = job.clone();
        self.run(ANSWER, move || Handle::open(&job.queue)?.job(&job)).await
    }

    async fn cancel(&mut self, job: &SpoolerJob) -> Result<(), SpoolerError> {
        let job = job.clone();
        self.run(ANSWER, move || Handle::open(&job.queue)?.delete(&job)).await
    }

    fn release(&mut self) {}

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

    fn start(&self, name: &str) -> Result<u32, SpoolerError> {
        let (mut name, mut raw) = (wide(name), wide("RAW"));
        let info = DOC_INFO_1W {
            pDocName: PWSTR(name.as_mut_ptr()),
            pOutputFile: PWSTR::null(),
            pDatatype: PWSTR(raw.as_mut_ptr()),
        };
        // SAFETY: both texts are NUL-terminated and outlive the call, which reads one DOC_INFO_1W.
        match unsafe { StartDocPrinterW(self.0, 1, &raw const info) } {
            0 => Err(last_error()),
            id => Ok(id),
        }
    }

    /// All of it, or none of it: a document that is not whole is aborted.
    fn write(self, document: &[u8]) -> Result<(), SpoolerError> {
        let mut rest = document;
        while !rest.is_empty() {
            let piece = &rest[..rest.len().min(PIECE)];
            let mut written = 0u32;
            let length = u32::try_from(piece.len()).unwrap_or(u32::MAX);
            // SAFETY: the piece is readable for its length, and one number is written.
            let taken = unsafe {
                WritePrinter(self.0, piece.as_ptr().cast::<c_void>(), length, &raw mut written)
            };
            let written = usize::try_from(written).unwrap_or(usize::MAX).min(piece.len());
            if !taken.as_bool() || written == 0 {
                // With a piece taken, it may be printing already.
                let whole = rest.len() == document.len();
                let error = if whole { last_error() } else { SpoolerError::Down };
                // SAFETY: the handle is open. Whether this succeeds shows in the job's state.
                let _ = unsafe { AbortPrinter(self.0) };
                return Err(error);
            }
            rest = &rest[written..];
        }
        // SAFETY: the handle is open, with a document under way.
        if unsafe { EndDocPrinter(self.0) }.as_bool() { Ok(()) } else { Err(SpoolerError::Down) }
    }

    fn job(&self, job: &SpoolerJob) -> Result<JobView, SpoolerError> {
        let buffer = sized_buffer(|buffer, needed| {
            // SAFETY: the call writes at most the buffer's length, and the length that it needs.
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

    fn delete(&self, job: &SpoolerJob) -> Result<(), SpoolerError> {
        self.job(job)?;
        // SAFETY: the handle is open; level 0 needs no job information.
        let deleted = unsafe { SetJobW(self.0, job.id, 0, None, JOB_CONTROL_DELETE) };
        if deleted.as_bool() { Ok(()) } else { Err(unknown_job(last_error())) }
    }
}

#[allow(unsafe_code)]
impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and closed only here. There is nothing to do about a failure.
        let _ = unsafe { ClosePrinter(self.0) };
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
fn head_of<T: Copy>(buffer: &[u8]) -> Result<T, SpoolerError> {
    if buffer.len() < size_of::<T>() {
        return Err(SpoolerError::Down);
    }
    // SAFETY: there are enough bytes, all initialised by the spooler, and T is plain data of the Windows headers.
    #[allow(unsafe_code)]
    Ok(unsafe { buffer.as_ptr().cast::<T>().read_unaligned() })
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

/// The code behind an error of the `windows` crate: an HRESULT carries it in its lower half.
fn code_of(error: &Error) -> u32 {
    error.code().0.cast_unsigned() & 0xFFFF
}

fn last_code() -> u32 {
    // SAFETY: reads this thread's last error.
    #[allow(unsafe_code)]
    unsafe { GetLastError() }.0
}

fn last_error() -> SpoolerError {
    meaning(last_code())
}

fn meaning(code: u32) -> SpoolerError {
    match code {
        ERROR_INVALID_PRINTER_NAME | ERROR_PRINTER_DELETED => SpoolerError::QueueMissing,
        ERROR_INVALID_DATATYPE => SpoolerError::FormatRefused,
        RPC_S_SERVER_UNAVAILABLE => SpoolerError::Down,
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
