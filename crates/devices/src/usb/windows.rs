//! USB printers on Windows, through the system's own printer driver (usbprint.sys).
//!
//! That driver owns every device of the printer class; libusb could only have them by replacing it, which would take
//! them from the spooler. It gives each printer a device interface that is opened like a file. Compiled with the
//! others; not tried on Windows.

use super::address::UsbAddress;
use super::error::UsbError;
use super::found::{Access, Sighting, is_meant};
use super::instance::Instance;
use super::pipe::{Fault, Pipe, PipeEnd, Transfer};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::sync::Arc;
use std::time::Duration;
use windows::Win32::Devices::DeviceAndDriverInstallation::{
    DIGCF_DEVICEINTERFACE, DIGCF_PRESENT, HDEVINFO, SP_DEVICE_INTERFACE_DATA,
    SP_DEVICE_INTERFACE_DETAIL_DATA_W, SetupDiDestroyDeviceInfoList, SetupDiEnumDeviceInterfaces,
    SetupDiGetClassDevsW, SetupDiGetDeviceInterfaceDetailW,
};
use windows::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_BAD_COMMAND, ERROR_DEVICE_NOT_CONNECTED, ERROR_FILE_NOT_FOUND,
    ERROR_GEN_FAILURE, ERROR_IO_PENDING, ERROR_NO_SUCH_DEVICE, ERROR_OPERATION_ABORTED,
    ERROR_PATH_NOT_FOUND, ERROR_SEM_TIMEOUT, ERROR_SHARING_VIOLATION, GENERIC_READ, GENERIC_WRITE,
    HANDLE, WAIT_OBJECT_0, WIN32_ERROR,
};
use windows::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_OVERLAPPED, FILE_SHARE_READ, FILE_SHARE_WRITE, OPEN_EXISTING, ReadFile,
    WriteFile,
};
use windows::Win32::System::IO::{CancelIoEx, DeviceIoControl, GetOverlappedResult, OVERLAPPED};
use windows::Win32::System::Threading::{CreateEventW, WaitForSingleObject};
use windows::core::{Error, GUID, PCWSTR};

/// GUID_DEVINTERFACE_USBPRINT (usbprint.h).
const USBPRINT: GUID = GUID::from_u128(0x28d7_8fad_5a12_11d1_ae5b_0000_f803_a8c2);
/// IOCTL_USBPRINT_GET_LPT_STATUS (usbprint.h).
const GET_LPT_STATUS: u32 = 0x0022_0030;
/// How long a question beside the data may take.
const CONTROL: Duration = Duration::from_millis(300);
/// More interfaces than this are not looked at.
const MOST: u32 = 256;

/// Windows tells programs with a window only; here it is looked again and again.
pub(super) fn tells_changes() -> bool {
    false
}

/// Looks for printers.
pub(super) struct Finder {}

impl Finder {
    pub(super) fn new() -> Result<Finder, UsbError> {
        Ok(Finder {})
    }

    pub(super) fn refresh(&mut self) -> Result<(), UsbError> {
        Ok(())
    }

    /// Device IDs are not asked for here: the driver lets one program at a time have a printer, and a job may be on its
    /// way.
    pub(super) fn find(&mut self) -> Result<Vec<Sighting>, UsbError> {
        let found = interfaces()?.into_iter().map(|(_, instance)| Sighting {
            id: instance.id,
            port: instance.name,
            serial: instance.serial,
            device_id: None,
            manufacturer: None,
            product: None,
            access: Access::Granted,
            attachment: 0,
        });
        Ok(found.collect())
    }
}

/// Opens the printer of that address.
pub(super) fn open(address: &UsbAddress) -> Result<Arc<dyn Pipe>, UsbError> {
    let meant = |instance: &Instance| {
        is_meant(address, instance.id, &instance.name, || instance.serial.clone())
    };
    let mut paths = interfaces()?.into_iter().filter(|(_, instance)| meant(instance));
    let Some((path, _)) = paths.next() else { return Err(UsbError::NotFound) };
    if let Some((_, other)) = paths.next() {
        return Err(UsbError::Ambiguous(format!("usb://{}/@{}", other.id, other.name)));
    }
    Ok(Arc::new(UsbPrint::open(&path)?))
}

/// A set of devices, given back when it is dropped.
struct Devices(HDEVINFO);

impl Drop for Devices {
    fn drop(&mut self) {
        // SAFETY: the set came from SetupDiGetClassDevsW and is given back once.
        #[allow(unsafe_code)]
        let _ = unsafe { SetupDiDestroyDeviceInfoList(self.0) };
    }
}

/// The interfaces of attached printers: their paths, zero-terminated, and what those say.
fn interfaces() -> Result<Vec<(Vec<u16>, Instance)>, UsbError> {
    let flags = DIGCF_PRESENT | DIGCF_DEVICEINTERFACE;
    // SAFETY: the class is borrowed for the call; no enumerator and no window are named.
    #[allow(unsafe_code)]
    let devices = unsafe { SetupDiGetClassDevsW(Some(&USBPRINT), PCWSTR::null(), None, flags) };
    let devices = Devices(devices.map_err(|error| UsbError::Unavailable(error.code().0))?);
    let paths = (0..MOST).map_while(|index| interface(&devices, index)).filter_map(|data| {
        let path = path_of(&devices, &data)?;
        let text = String::from_utf16_lossy(path.strip_suffix(&[0]).unwrap_or(&path));
        Instance::parse(&text).map(|instance| (path, instance))
    });
    Ok(paths.collect())
}

fn interface(devices: &Devices, index: u32) -> Option<SP_DEVICE_INTERFACE_DATA> {
    let mut data = SP_DEVICE_INTERFACE_DATA {
        cbSize: size_of::<SP_DEVICE_INTERFACE_DATA>() as u32,
        ..Default::default()
    };
    // SAFETY: the set is open, and `data` carries its own size as the call asks.
    #[allow(unsafe_code)]
    unsafe { SetupDiEnumDeviceInterfaces(devices.0, None, &USBPRINT, index, &raw mut data) }
        .ok()?;
    Some(data)
}

fn path_of(devices: &Devices, data: &SP_DEVICE_INTERFACE_DATA) -> Option<Vec<u16>> {
    let mut needed = 0;
    // SAFETY: without a buffer the call only tells the size in bytes, and fails for want of one.
    #[allow(unsafe_code)]
    let _ = unsafe {
        SetupDiGetDeviceInterfaceDetailW(devices.0, data, None, 0, Some(&raw mut needed), None)
    };
    // Words of eight bytes, so that the structure at the beginning is aligned.
    let mut buffer = vec![0u64; (needed as usize).div_ceil(8).max(2)];
    let detail = buffer.as_mut_ptr().cast::<SP_DEVICE_INTERFACE_DETAIL_DATA_W>();
    // SAFETY: the buffer is at least as large as the structure and as `needed`; the fixed part's size marks its version.
    #[allow(unsafe_code)]
    unsafe {
        (*detail).cbSize = size_of::<SP_DEVICE_INTERFACE_DETAIL_DATA_W>() as u32;
        SetupDiGetDeviceInterfaceDetailW(devices.0, data, Some(detail), needed, None, None).ok()?;
    }
    // The path begins behind the four bytes of cbSize.
    let bytes: Vec<u8> = buffer.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let units = bytes.get(4..needed as usize)?.chunks_exact(2);
    let mut path: Vec<u16> =
        units.map(|unit| u16::from_ne_bytes([unit[0], unit[1]])).take_while(|c| *c != 0).collect();
    path.push(0);
    Some(path)
}

/// A printer's interface, open for both ways at once.
struct UsbPrint {
    file: OwnedHandle,
}

impl UsbPrint {
    fn open(path: &[u16]) -> Result<UsbPrint, UsbError> {
        let access = GENERIC_READ.0 | GENERIC_WRITE.0;
        let share = FILE_SHARE_READ | FILE_SHARE_WRITE;
        // SAFETY: the path ends with a zero and outlives the call; the handle is owned by nobody else.
        #[allow(unsafe_code)]
        let file = unsafe {
            let path = PCWSTR(path.as_ptr());
            CreateFileW(path, access, share, None, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, None)
                .map(|handle| OwnedHandle::from_raw_handle(handle.0))
        };
        Ok(UsbPrint { file: file.map_err(|error| open_error(&error))? })
    }

    fn handle(&self) -> HANDLE {
        HANDLE(self.file.as_raw_handle())
    }

    /// Starts an overlapped call, waits for it, and cancels it when it takes too long; what went over counts anyway.
    fn overlapped(
        &self,
        patience: Duration,
        start: impl FnOnce(HANDLE, *mut OVERLAPPED) -> windows::core::Result<()>,
    ) -> Transfer {
        // SAFETY: an unnamed event with no attributes; owned by nobody else.
        #[allow(unsafe_code)]
        let event = unsafe {
            CreateEventW(None, true, false, PCWSTR::null())
                .map(|event| OwnedHandle::from_raw_handle(event.0))
        };
        let event = match event {
            Ok(event) => event,
            Err(error) => return Transfer { bytes: 0, end: Err(fault(&error)) },
        };
        let event = HANDLE(event.as_raw_handle());
        let mut overlapped = OVERLAPPED { hEvent: event, ..Default::default() };
        if let Err(error) = start(self.handle(), &raw mut overlapped)
            && win32(&error) != ERROR_IO_PENDING
        {
            return Transfer { bytes: 0, end: Err(fault(&error)) };
        }
        let patience = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX - 1);
        let mut transferred = 0;
        // SAFETY: file and event are open. The structure and the caller's buffer stay where they are until
        // GetOverlappedResult, told to wait, says that the call is over; a cancelled one is over soon.
        #[allow(unsafe_code)]
        let result = unsafe {
            if WaitForSingleObject(event, patience) != WAIT_OBJECT_0 {
                let _ = CancelIoEx(self.handle(), Some(&raw const overlapped));
            }
            GetOverlappedResult(self.handle(), &raw const overlapped, &raw mut transferred, true)
        };
        Transfer { bytes: transferred as usize, end: result.map_err(|error| fault(&error)) }
    }

    fn ask(&self, question: u32, answer: &mut [u8]) -> Option<usize> {
        let room = u32::try_from(answer.len()).ok()?;
        let asked = self.overlapped(CONTROL, |file, overlapped| {
            let answer = answer.as_mut_ptr().cast();
            // SAFETY: `answer` has `room` bytes and, like `overlapped`, outlives the call (see `overlapped`).
            #[allow(unsafe_code)]
            unsafe {
                DeviceIoControl(file, question, None, 0, Some(answer), room, None, Some(overlapped))
            }
        });
        asked.end.ok().map(|()| asked.bytes)
    }
}

impl Pipe for UsbPrint {
    fn write(&self, bytes: &[u8], patience: Duration) -> Transfer {
        // SAFETY: see `overlapped`: the bytes outlive the call.
        #[allow(unsafe_code)]
        self.overlapped(patience, |file, overlapped| unsafe {
            WriteFile(file, Some(bytes), None, Some(overlapped))
        })
    }

    fn read(&self, buffer: &mut [u8], patience: Duration) -> Transfer {
        // SAFETY: see `overlapped`: the buffer outlives the call.
        #[allow(unsafe_code)]
        self.overlapped(patience, |file, overlapped| unsafe {
            ReadFile(file, Some(buffer), None, Some(overlapped))
        })
    }

    fn answers(&self) -> bool {
        true
    }

    /// The driver does this by itself.
    fn clear_halt(&self, _end: PipeEnd) -> Result<(), Fault> {
        Ok(())
    }

    fn port_status(&self) -> Option<u8> {
        let mut status = [0];
        (self.ask(GET_LPT_STATUS, &mut status)? == 1).then_some(status[0])
    }
}

fn win32(error: &Error) -> WIN32_ERROR {
    WIN32_ERROR::from_error(error).unwrap_or(ERROR_GEN_FAILURE)
}

fn fault(error: &Error) -> Fault {
    match win32(error) {
        ERROR_OPERATION_ABORTED | ERROR_SEM_TIMEOUT => Fault::TimedOut,
        ERROR_DEVICE_NOT_CONNECTED
        | ERROR_NO_SUCH_DEVICE
        | ERROR_FILE_NOT_FOUND
        | ERROR_BAD_COMMAND => Fault::Gone,
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
