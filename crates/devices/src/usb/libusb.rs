//! USB through libusb. Always with a context of its own: the library's global one panics where USB is not available.

use super::address::UsbAddress;
use super::device_id::DeviceId;
use super::error::UsbError;
use super::found::is_meant;
use super::pipe::{Fault, Pipe, PipeEnd, Transfer};
use super::quirks::{KernelDriver, Quirks, UsbId, quirks};
use super::route::{Choice, Route, Setting, route};
use super::{quirks::InterfaceClass, system};
use rusb::constants::{
    LIBUSB_ERROR_INTERRUPTED, LIBUSB_ERROR_NO_DEVICE, LIBUSB_ERROR_NOT_FOUND, LIBUSB_ERROR_PIPE,
    LIBUSB_ERROR_TIMEOUT,
};
use rusb::{Context, Device, DeviceHandle, TransferType, UsbContext};
use std::sync::Arc;
use std::time::Duration;

/// How long a question on the control pipe may take.
const CONTROL: Duration = Duration::from_millis(300);
/// USB printer class 1.1, 4.2: class requests to the interface.
const FROM_INTERFACE: u8 = 0xA1;
const GET_DEVICE_ID: u8 = 0;
const GET_PORT_STATUS: u8 = 1;

pub(super) fn context() -> Result<Context, UsbError> {
    Context::new().map_err(|error| UsbError::Unavailable(code(error)))
}

/// A device that takes print data.
pub(super) struct Candidate {
    pub(super) device: Device<Context>,
    pub(super) id: UsbId,
    pub(super) port: String,
    pub(super) route: Route,
    quirks: Quirks,
}

/// The attached devices that take print data.
pub(super) fn candidates(context: &Context) -> Result<Vec<Candidate>, UsbError> {
    let devices = context.devices().map_err(|error| UsbError::Unavailable(code(error)))?;
    Ok(devices.iter().filter_map(candidate).collect())
}

fn candidate(device: Device<Context>) -> Option<Candidate> {
    let descriptor = device.device_descriptor().ok()?;
    let id = UsbId { vendor: descriptor.vendor_id(), product: descriptor.product_id() };
    let quirks = quirks(id);
    let route = route(&settings(&device)?, quirks)?;
    let port = port(&device)?;
    Some(Candidate { device, id, port, route, quirks })
}

/// The bus and the ports on the way, as Linux names devices: `1-2.4`. Nothing for a root hub.
fn port(device: &Device<Context>) -> Option<String> {
    let ports = device.port_numbers().ok()?;
    let ports: Vec<String> = ports.iter().map(u8::to_string).collect();
    (!ports.is_empty()).then(|| format!("{}-{}", device.bus_number(), ports.join(".")))
}

fn settings(device: &Device<Context>) -> Option<Vec<Setting>> {
    let config = device.active_config_descriptor().ok()?;
    let alternates = config.interfaces().flat_map(|interface| interface.descriptors());
    Some(
        alternates
            .map(|setting| Setting {
                interface: setting.interface_number(),
                alternate: setting.setting_number(),
                class: setting.class_code(),
                subclass: setting.sub_class_code(),
                protocol: setting.protocol_code(),
                bulk: setting
                    .endpoint_descriptors()
                    .filter(|endpoint| endpoint.transfer_type() == TransferType::Bulk)
                    .map(|endpoint| endpoint.address())
                    .collect(),
            })
            .collect(),
    )
}

impl Candidate {
    /// Asks for the IEEE 1284 device ID. Needs no claim on the interface, so a printing printer is not disturbed.
    pub(super) fn ask_device_id(&self) -> Option<DeviceId> {
        if self.route.class == InterfaceClass::Vendor {
            return None;
        }
        let handle = self.device.open().ok()?;
        let mut reply = [0; 1024];
        let which = u16::from(self.route.interface) << 8 | u16::from(self.route.alternate);
        let length = handle
            .read_control(FROM_INTERFACE, GET_DEVICE_ID, 0, which, &mut reply, CONTROL)
            .ok()?;
        DeviceId::from_reply(&reply[..length])
    }
}

/// Opens the printer of that address.
pub(super) fn open(address: &UsbAddress) -> Result<Arc<dyn Pipe>, UsbError> {
    let mut meant: Vec<Candidate> = candidates(&context()?)?
        .into_iter()
        .filter(|found| is_meant(address, found.id, &found.port, || system::serial(found)))
        .collect();
    match (meant.pop(), meant.is_empty()) {
        (None, _) => Err(UsbError::NotFound),
        (Some(candidate), true) => Ok(Arc::new(LibusbPipe::open(&candidate)?)),
        (Some(last), false) => {
            meant.push(last);
            let ports = meant.iter().map(|found| format!("usb://{}/@{}", found.id, found.port));
            Err(UsbError::Ambiguous(ports.collect::<Vec<_>>().join(" or ")))
        }
    }
}

/// A claimed interface.
struct LibusbPipe {
    handle: DeviceHandle<Context>,
    route: Route,
}

impl LibusbPipe {
    fn open(candidate: &Candidate) -> Result<LibusbPipe, UsbError> {
        let route = candidate.route;
        let refused = |error| open_error(error, system::access_help(route.class, candidate.id));
        let handle = candidate.device.open().map_err(refused)?;
        match candidate.quirks.kernel_driver {
            // Not every system has kernel drivers to detach: then there is none in the way.
            KernelDriver::ComesBack => drop(handle.set_auto_detach_kernel_driver(true)),
            KernelDriver::StaysAway => drop(handle.detach_kernel_driver(route.interface)),
        }
        handle.claim_interface(route.interface).map_err(refused)?;
        if route.choice == Choice::ToBeMade {
            handle.set_alternate_setting(route.interface, route.alternate).map_err(refused)?;
        }
        Ok(LibusbPipe { handle, route })
    }

    /// One bulk transfer. rusb's own does not tell how much went over where a transfer fails, and that is what a job's
    /// fate hangs on.
    fn transfer(&self, endpoint: u8, data: *mut u8, length: usize, patience: Duration) -> Transfer {
        let mut transferred = 0;
        let length = i32::try_from(length).unwrap_or(i32::MAX);
        let patience = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX).max(1);
        // SAFETY: the handle is open as long as `self` is; `data` points to at least `length` bytes that the caller
        // borrows for the length of this call, which is how long libusb uses them; libusb writes to them only for an
        // IN endpoint, and only `read` names one, with bytes it may write to.
        #[allow(unsafe_code)]
        let result = unsafe {
            rusb::ffi::libusb_bulk_transfer(
                self.handle.as_raw(),
                endpoint,
                data,
                length,
                &raw mut transferred,
                patience,
            )
        };
        Transfer { bytes: usize::try_from(transferred).unwrap_or(0), end: outcome(result) }
    }
}

impl Pipe for LibusbPipe {
    fn write(&self, bytes: &[u8], patience: Duration) -> Transfer {
        self.transfer(self.route.out, bytes.as_ptr().cast_mut(), bytes.len(), patience)
    }

    fn read(&self, buffer: &mut [u8], patience: Duration) -> Transfer {
        match self.route.answers {
            Some(answers) => self.transfer(answers, buffer.as_mut_ptr(), buffer.len(), patience),
            None => Transfer { bytes: 0, end: Err(Fault::TimedOut) },
        }
    }

    fn answers(&self) -> bool {
        self.route.answers.is_some()
    }

    fn clear_halt(&self, end: PipeEnd) -> Result<(), Fault> {
        let endpoint = match end {
            PipeEnd::Write => Some(self.route.out),
            PipeEnd::Read => self.route.answers,
        };
        let Some(endpoint) = endpoint else { return Ok(()) };
        self.handle.clear_halt(endpoint).map_or_else(|error| outcome(code(error)), Ok)
    }

    fn port_status(&self) -> Option<u8> {
        if self.route.class == InterfaceClass::Vendor {
            return None;
        }
        let mut status = [0];
        let interface = u16::from(self.route.interface);
        let asked = (FROM_INTERFACE, GET_PORT_STATUS, 0, interface);
        let (request_type, request, value, index) = asked;
        match self.handle.read_control(request_type, request, value, index, &mut status, CONTROL) {
            Ok(1) => Some(status[0]),
            _ => None,
        }
    }
}

/// What libusb's result means for a transfer.
fn outcome(result: i32) -> Result<(), Fault> {
    match result {
        0.. => Ok(()),
        LIBUSB_ERROR_TIMEOUT | LIBUSB_ERROR_INTERRUPTED => Err(Fault::TimedOut),
        LIBUSB_ERROR_PIPE => Err(Fault::Stalled),
        // An interface that is no longer there went with its device.
        LIBUSB_ERROR_NO_DEVICE | LIBUSB_ERROR_NOT_FOUND => Err(Fault::Gone),
        other => Err(Fault::Failed(other)),
    }
}

/// What an error means for opening a printer.
fn open_error(error: rusb::Error, help: super::AccessHelp) -> UsbError {
    match error {
        rusb::Error::Access => UsbError::AccessDenied(help),
        rusb::Error::NoDevice | rusb::Error::NotFound => UsbError::NotFound,
        rusb::Error::Busy => UsbError::Busy,
        other => UsbError::Failed(code(other)),
    }
}

/// libusb's number for an error.
fn code(error: rusb::Error) -> i32 {
    use rusb::constants::*;
    match error {
        rusb::Error::Io => LIBUSB_ERROR_IO,
        rusb::Error::InvalidParam => LIBUSB_ERROR_INVALID_PARAM,
        rusb::Error::Access => LIBUSB_ERROR_ACCESS,
        rusb::Error::NoDevice => LIBUSB_ERROR_NO_DEVICE,
        rusb::Error::NotFound => LIBUSB_ERROR_NOT_FOUND,
        rusb::Error::Busy => LIBUSB_ERROR_BUSY,
        rusb::Error::Timeout => LIBUSB_ERROR_TIMEOUT,
        rusb::Error::Overflow => LIBUSB_ERROR_OVERFLOW,
        rusb::Error::Pipe => LIBUSB_ERROR_PIPE,
        rusb::Error::Interrupted => LIBUSB_ERROR_INTERRUPTED,
        rusb::Error::NoMem => LIBUSB_ERROR_NO_MEM,
        rusb::Error::NotSupported => LIBUSB_ERROR_NOT_SUPPORTED,
        rusb::Error::BadDescriptor | rusb::Error::Other => LIBUSB_ERROR_OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usb::AccessHelp;
    use rusb::constants::*;

    #[test]
    fn a_transfers_end_has_a_cause() {
        for (result, expected) in [
            (0, Ok(())),
            (LIBUSB_ERROR_TIMEOUT, Err(Fault::TimedOut)),
            (LIBUSB_ERROR_INTERRUPTED, Err(Fault::TimedOut)),
            (LIBUSB_ERROR_PIPE, Err(Fault::Stalled)),
            (LIBUSB_ERROR_NO_DEVICE, Err(Fault::Gone)),
            (LIBUSB_ERROR_NOT_FOUND, Err(Fault::Gone)),
            (LIBUSB_ERROR_IO, Err(Fault::Failed(LIBUSB_ERROR_IO))),
            (LIBUSB_ERROR_OVERFLOW, Err(Fault::Failed(LIBUSB_ERROR_OVERFLOW))),
        ] {
            assert_eq!(outcome(result), expected, "{result}");
        }
    }

    #[test]
    fn a_refused_opening_has_a_cause() {
        let help = AccessHelp::JoinGroup;
        for (error, expected) in [
            (rusb::Error::Access, UsbError::AccessDenied(help)),
            (rusb::Error::NoDevice, UsbError::NotFound),
            (rusb::Error::Busy, UsbError::Busy),
            (rusb::Error::Io, UsbError::Failed(LIBUSB_ERROR_IO)),
        ] {
            assert_eq!(open_error(error, help), expected, "{error:?}");
        }
    }

    #[test]
    fn a_computer_without_usb_is_no_reason_to_panic() {
        let found = context().and_then(|context| candidates(&context));
        assert!(matches!(found, Ok(_) | Err(UsbError::Unavailable(_))));
    }
}
