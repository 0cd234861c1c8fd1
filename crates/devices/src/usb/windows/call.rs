//! One overlapped call: begun, waited for, taken back. The system may write into its buffer until it is over, so both are
//! kept where they are until then.

use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::sync::Arc;
use std::time::Duration;
use windows::Win32::Foundation::{
    ERROR_GEN_FAILURE, ERROR_IO_PENDING, HANDLE, WAIT_OBJECT_0, WIN32_ERROR,
};
use windows::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows::Win32::System::Threading::{CreateEventW, WaitForSingleObject};
use windows::core::{Error, PCWSTR};

/// A call that was begun. Dropping it takes it back, and waits until the system has let go of it.
pub(super) struct Call {
    file: Arc<OwnedHandle>,
    event: OwnedHandle,
    /// From a box. The system's own until the call is over.
    overlapped: *mut OVERLAPPED,
    buffer: Vec<u8>,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    UnderWay,
    Over,
}

/// How a call ended.
pub(super) struct Ended {
    pub(super) buffer: Vec<u8>,
    /// What the driver counts.
    pub(super) bytes: usize,
    pub(super) end: Result<(), WIN32_ERROR>,
}

// SAFETY: the structure behind the pointer belongs to this value alone, and none of it to a thread.
#[allow(unsafe_code)]
unsafe impl Send for Call {}

#[allow(unsafe_code)]
impl Call {
    /// Begins a call. `start` makes it with the handle, the buffer and the structure that it gets; the last two stay where
    /// they are until the call is over.
    pub(super) fn begin(
        file: &Arc<OwnedHandle>,
        buffer: Vec<u8>,
        start: impl FnOnce(HANDLE, &mut [u8], *mut OVERLAPPED) -> windows::core::Result<()>,
    ) -> Result<Call, WIN32_ERROR> {
        // SAFETY: an unnamed event with no attributes; owned by nobody else.
        let event = unsafe {
            CreateEventW(None, true, false, PCWSTR::null())
                .map(|event| OwnedHandle::from_raw_handle(event.0))
        };
        let event = event.map_err(|error| win32(&error))?;
        let overlapped = OVERLAPPED { hEvent: handle(&event), ..Default::default() };
        let overlapped = Box::into_raw(Box::new(overlapped));
        let file = file.clone();
        let mut call = Call { file, event, overlapped, buffer, stage: Stage::UnderWay };
        match start(handle(&call.file), &mut call.buffer, overlapped) {
            Err(error) if win32(&error) != ERROR_IO_PENDING => {
                call.stage = Stage::Over;
                Err(win32(&error))
            }
            _ => Ok(call),
        }
    }

    pub(super) fn is_over_within(&self, patience: Duration) -> bool {
        // The largest number means for ever.
        let patience = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX - 1);
        // SAFETY: the event is open.
        let waited = unsafe { WaitForSingleObject(handle(&self.event), patience) };
        waited == WAIT_OBJECT_0
    }

    /// Waits for the end, and takes the call back when it is late: what went over by then still counts.
    pub(super) fn end_within(self, patience: Duration) -> Ended {
        if !self.is_over_within(patience) {
            self.cancel();
        }
        self.end()
    }

    /// Waits for the end.
    pub(super) fn end(mut self) -> Ended {
        let (bytes, end) = self.result();
        Ended { buffer: std::mem::take(&mut self.buffer), bytes, end }
    }

    fn cancel(&self) {
        // SAFETY: the handle is open, and the structure is that of a call on it. A call that is over cannot be canceled,
        // which is as good.
        let _ = unsafe { CancelIoEx(handle(&self.file), Some(self.overlapped)) };
    }

    fn result(&mut self) -> (usize, Result<(), WIN32_ERROR>) {
        let mut bytes = 0;
        // SAFETY: the handle is open, the structure is that of a call on it, and one number is written.
        let result = unsafe {
            GetOverlappedResult(handle(&self.file), self.overlapped, &raw mut bytes, true)
        };
        self.stage = Stage::Over;
        (usize::try_from(bytes).unwrap_or(0), result.map_err(|error| win32(&error)))
    }
}

#[allow(unsafe_code)]
impl Drop for Call {
    fn drop(&mut self) {
        if self.stage == Stage::UnderWay {
            self.cancel();
            let _ = self.result();
        }
        // SAFETY: it came from a box, the call is over, and nobody uses it after this.
        drop(unsafe { Box::from_raw(self.overlapped) });
    }
}

/// The code behind an error.
pub(super) fn win32(error: &Error) -> WIN32_ERROR {
    WIN32_ERROR::from_error(error).unwrap_or(ERROR_GEN_FAILURE)
}

fn handle(owned: &OwnedHandle) -> HANDLE {
    HANDLE(owned.as_raw_handle())
}
