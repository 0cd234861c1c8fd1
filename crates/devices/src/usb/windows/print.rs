//! A printer's interface, open for both ways at once.
//!
//! What the driver counts of a transfer that failed or was taken back is not relied on: such a piece counts as sent, so
//! that a job of which something may be on paper is never taken for one that was not begun. To keep that rare, a write
//! is not taken back when the printer is slow: it stays under way until it is over or the printer is let go.

use super::super::error::UsbError;
use super::super::pipe::{Fault, Pipe, PipeEnd, Transfer};
use super::call::{Call, win32};
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use windows::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_BAD_COMMAND, ERROR_BROKEN_PIPE, ERROR_DEVICE_NOT_CONNECTED,
    ERROR_FILE_NOT_FOUND, ERROR_NO_DATA, ERROR_NO_SUCH_DEVICE, ERROR_OPERATION_ABORTED,
    ERROR_PATH_NOT_FOUND, ERROR_PIPE_NOT_CONNECTED, ERROR_SEM_TIMEOUT, ERROR_SHARING_VIOLATION,
    GENERIC_READ, GENERIC_WRITE, WIN32_ERROR,
};
use windows::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_OVERLAPPED, FILE_SHARE_READ, FILE_SHARE_WRITE, OPEN_EXISTING, ReadFile,
    WriteFile,
};
use windows::Win32::System::IO::DeviceIoControl;
use windows::core::{Error, PCWSTR};

/// IOCTL_USBPRINT_GET_LPT_STATUS (usbprint.h): CTL_CODE(FILE_DEVICE_UNKNOWN, 12, METHOD_BUFFERED, FILE_ANY_ACCESS).
const GET_LPT_STATUS: u32 = 0x0022_0030;
/// How long a question beside the data may take.
const CONTROL: Duration = Duration::from_millis(300);
/// One write: progress is known in steps of this size.
const PIECE: usize = 4096;

pub(super) struct UsbPrint {
    file: Arc<OwnedHandle>,
    /// The write that is under way.
    writing: Mutex<Option<Call>>,
}

#[allow(unsafe_code)]
impl UsbPrint {
    /// `path` ends with a zero.
    pub(super) fn open(path: &[u16]) -> Result<UsbPrint, UsbError> {
        let access = GENERIC_READ.0 | GENERIC_WRITE.0;
        let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
        // SAFETY: the path ends with a zero and outlives the call; the handle is owned by nobody else.
        let file = unsafe {
            let path = PCWSTR(path.as_ptr());
            CreateFileW(path, access, share, None, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, None)
                .map(|handle| OwnedHandle::from_raw_handle(handle.0))
        };
        let file = Arc::new(file.map_err(|error| open_error(&error))?);
        Ok(UsbPrint { file, writing: Mutex::new(None) })
    }

    fn writing(&self) -> MutexGuard<'_, Option<Call>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_write(&self, bytes: &[u8]) -> Result<Call, WIN32_ERROR> {
        Call::begin(&self.file, bytes.to_vec(), |file, buffer, overlapped| {
            // SAFETY: buffer and structure stay in their places until the call is over (`Call::begin`).
            unsafe { WriteFile(file, Some(buffer), None, Some(overlapped)) }
        })
    }

    fn begin_read(&self, room: usize) -> Result<Call, WIN32_ERROR> {
        Call::begin(&self.file, vec![0; room], |file, buffer, overlapped| {
            // SAFETY: as for writing.
            unsafe { ReadFile(file, Some(buffer), None, Some(overlapped)) }
        })
    }

    fn begin_question(&self, question: u32) -> Result<Call, WIN32_ERROR> {
        Call::begin(&self.file, vec![0; 1], |file, answer, overlapped| {
            let answer = Some(answer.as_mut_ptr().cast());
            // SAFETY: as for writing; the answer has room for one byte.
            unsafe { DeviceIoControl(file, question, None, 0, answer, 1, None, Some(overlapped)) }
        })
    }
}

impl Pipe for UsbPrint {
    /// Goes on with the write that is under way where there is one: it is the beginning of `bytes`.
    fn write(&self, bytes: &[u8], patience: Duration) -> Transfer {
        let mut writing = self.writing();
        let begun = match writing.take() {
            Some(call) => Ok(call),
            None => self.begin_write(&bytes[..bytes.len().min(PIECE)]),
        };
        let call = match begun {
            Ok(call) => call,
            Err(error) => return Transfer { bytes: 0, end: Err(fault(error)) },
        };
        if !call.is_over_within(patience) {
            *writing = Some(call);
            return Transfer { bytes: 0, end: Err(Fault::TimedOut) };
        }
        let ended = call.end();
        match ended.end {
            Ok(()) => Transfer { bytes: ended.bytes, end: Ok(()) },
            Err(error) => Transfer { bytes: ended.buffer.len(), end: Err(fault(error)) },
        }
    }

    fn end_write(&self) -> usize {
        let Some(call) = self.writing().take() else { return 0 };
        let ended = call.end_within(Duration::ZERO);
        if ended.end.is_ok() { ended.bytes } else { ended.buffer.len() }
    }

    fn read(&self, buffer: &mut [u8], patience: Duration) -> Transfer {
        let ended = match self.begin_read(buffer.len()) {
            Ok(call) => call.end_within(patience),
            Err(error) => return Transfer { bytes: 0, end: Err(late_or_fault(error)) },
        };
        let said = &ended.buffer[..ended.bytes.min(ended.buffer.len())];
        buffer[..said.len()].copy_from_slice(said);
        Transfer { bytes: said.len(), end: ended.end.map_err(late_or_fault) }
    }

    fn answers(&self) -> bool {
        true
    }

    /// The driver does this by itself.
    fn clear_halt(&self, _end: PipeEnd) -> Result<(), Fault> {
        Ok(())
    }

    fn port_status(&self) -> Option<u8> {
        let ended = self.begin_question(GET_LPT_STATUS).ok()?.end_within(CONTROL);
        (ended.end.is_ok() && ended.bytes == 1).then(|| ended.buffer[0])
    }
}

/// A read that was late, or was taken back for that, can be made again.
fn late_or_fault(error: WIN32_ERROR) -> Fault {
    match error {
        ERROR_OPERATION_ABORTED | ERROR_SEM_TIMEOUT => Fault::TimedOut,
        other => fault(other),
    }
}

fn fault(error: WIN32_ERROR) -> Fault {
    match error {
        // The last three are a named pipe's.
        ERROR_DEVICE_NOT_CONNECTED
        | ERROR_NO_SUCH_DEVICE
        | ERROR_FILE_NOT_FOUND
        | ERROR_BAD_COMMAND
        | ERROR_BROKEN_PIPE
        | ERROR_NO_DATA
        | ERROR_PIPE_NOT_CONNECTED => Fault::Gone,
        other => Fault::Failed(i32::try_from(other.0).unwrap_or(i32::MAX)),
    }
}

fn open_error(error: &Error) -> UsbError {
    match win32(error) {
        ERROR_ACCESS_DENIED | ERROR_SHARING_VIOLATION => UsbError::Busy,
        ERROR_FILE_NOT_FOUND
        | ERROR_PATH_NOT_FOUND
        | ERROR_NO_SUCH_DEVICE
        | ERROR_DEVICE_NOT_CONNECTED => UsbError::NotFound,
        other => UsbError::Failed(i32::try_from(other.0).unwrap_or(i32::MAX)),
    }
}
