//! USB on macOS, and on systems that are like it for libusb. Compiled with the others; not tried on a Mac.

use super::address::UsbAddress;
use super::device_id::DeviceId;
use super::error::{AccessHelp, UsbError};
use super::found::{Access, Sighting};
use super::libusb::{self, Candidate};
use super::pipe::Pipe;
use super::quirks::{InterfaceClass, UsbId};
use crate::talk::Glance;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a device may take to tell a text.
const TEXT: Duration = Duration::from_millis(300);

pub(super) fn open(address: &UsbAddress) -> Result<Arc<dyn Pipe>, UsbError> {
    libusb::open(address)
}

/// Nothing can be seen of a printer here without opening it.
pub(super) fn glance(_address: &UsbAddress, _before: Option<u8>) -> Glance {
    Glance::Ask
}

/// Whether libusb tells of devices that come and go.
pub(super) fn tells_changes() -> bool {
    true
}

/// What mends it when a printer may not be used.
pub(super) fn access_help(_class: InterfaceClass, _id: UsbId) -> AccessHelp {
    AccessHelp::JoinGroup
}

pub(super) fn serial(found: &Candidate) -> Option<String> {
    Texts::of(found).serial
}

/// What the device's descriptors say in words.
#[derive(Debug, Clone, Default)]
struct Texts {
    manufacturer: Option<String>,
    product: Option<String>,
    serial: Option<String>,
}

impl Texts {
    fn of(found: &Candidate) -> Texts {
        let (Ok(descriptor), Ok(handle)) = (found.device.device_descriptor(), found.device.open())
        else {
            return Texts::default();
        };
        let language = handle.read_languages(TEXT).ok().and_then(|all| all.first().copied());
        let Some(language) = language else { return Texts::default() };
        let text = |index: Option<u8>| {
            let text = handle.read_string_descriptor(language, index?, TEXT).ok()?;
            let text = text.trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        Texts {
            manufacturer: text(descriptor.manufacturer_string_index()),
            product: text(descriptor.product_string_index()),
            serial: text(descriptor.serial_number_string_index()),
        }
    }
}

/// Looks for printers, and remembers what it asked them.
pub(super) struct Finder {
    context: rusb::Context,
    asked: HashMap<(String, u32), (Texts, Option<DeviceId>)>,
}

impl Finder {
    pub(super) fn new() -> Result<Finder, UsbError> {
        Ok(Finder { context: libusb::context()?, asked: HashMap::new() })
    }

    /// Looks at the ports anew where libusb is told of no change.
    pub(super) fn refresh(&mut self) -> Result<(), UsbError> {
        self.context = libusb::context()?;
        Ok(())
    }

    pub(super) fn context(&self) -> &rusb::Context {
        &self.context
    }

    pub(super) fn find(&mut self) -> Result<Vec<Sighting>, UsbError> {
        let candidates = libusb::candidates(&self.context)?;
        let known = std::mem::take(&mut self.asked);
        let sighting = |found: &Candidate| {
            let attachment = u32::from(found.device.address());
            let key = (found.port.clone(), attachment);
            let asked = known.get(&key).cloned();
            let (texts, device_id) =
                asked.unwrap_or_else(|| (Texts::of(found), found.ask_device_id()));
            self.asked.insert(key, (texts.clone(), device_id.clone()));
            Sighting {
                id: found.id,
                port: found.port.clone(),
                serial: texts.serial,
                device_id,
                manufacturer: texts.manufacturer,
                product: texts.product,
                access: Access::Granted,
                attachment,
            }
        };
        Ok(candidates.iter().map(sighting).collect())
    }
}
