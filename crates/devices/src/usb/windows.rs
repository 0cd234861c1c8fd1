//! USB printers on Windows, through the system's own printer driver (usbprint.sys).
//!
//! That driver owns every device of the printer class; libusb could only have them by replacing it, which would take
//! them from the spooler. It gives each printer a device interface that is opened like a file. Tested under Wine, which
//! has no such driver: a named pipe stands for it. Not tried on Windows.

#[path = "windows/call.rs"]
mod call;
#[path = "windows/print.rs"]
mod print;
#[cfg(test)]
#[path = "windows/tests.rs"]
mod tests;

use super::address::UsbAddress;
use super::error::UsbError;
use super::found::{Access, Sighting, is_meant};
use super::instance::Instance;
use super::pipe::Pipe;
use crate::talk::Glance;
use call::win32;
use print::UsbPrint;
use std::sync::Arc;
use windows::Win32::Devices::DeviceAndDriverInstallation::{
    DIGCF_DEVICEINTERFACE, DIGCF_PRESENT, HDEVINFO, SP_DEVICE_INTERFACE_DATA,
    SP_DEVICE_INTERFACE_DETAIL_DATA_W, SetupDiDestroyDeviceInfoList, SetupDiEnumDeviceInterfaces,
    SetupDiGetClassDevsW, SetupDiGetDeviceInterfaceDetailW,
};
use windows::Win32::Foundation::ERROR_NO_MORE_ITEMS;
use windows::core::{GUID, PCWSTR};

/// GUID_DEVINTERFACE_USBPRINT (usbprint.h).
const USBPRINT: GUID = GUID::from_u128(0x28d7_8fad_5a12_11d1_ae5b_0000_f803_a8c2);
/// More interfaces than this are not looked at.
const MOST: u32 = 256;

/// Nothing can be seen of a printer here without opening it.
pub(super) fn glance(_address: &UsbAddress, _before: Option<u8>) -> Glance {
    Glance::Ask
}

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
    let mut found = Vec::new();
    for index in 0..MOST {
        let Some(data) = interface(&devices, index)? else { break };
        // One that has gone by now has no path any more.
        let Some(path) = path_of(&devices, &data) else { continue };
        let text = String::from_utf16_lossy(path.strip_suffix(&[0]).unwrap_or(&path));
        found.extend(Instance::parse(&text).map(|instance| (path, instance)));
    }
    Ok(found)
}

/// Nothing behind the last one.
fn interface(devices: &Devices, index: u32) -> Result<Option<SP_DEVICE_INTERFACE_DATA>, UsbError> {
    let mut data = SP_DEVICE_INTERFACE_DATA {
        cbSize: size_of::<SP_DEVICE_INTERFACE_DATA>() as u32,
        ..Default::default()
    };
    // SAFETY: the set is open, and `data` carries its own size as the call asks.
    #[allow(unsafe_code)]
    let found =
        unsafe { SetupDiEnumDeviceInterfaces(devices.0, None, &USBPRINT, index, &raw mut data) };
    match found.map_err(|error| win32(&error)) {
        Ok(()) => Ok(Some(data)),
        Err(ERROR_NO_MORE_ITEMS) => Ok(None),
        Err(error) => Err(UsbError::Failed(i32::try_from(error.0).unwrap_or(i32::MAX))),
    }
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
