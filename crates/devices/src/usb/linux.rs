//! USB on Linux: libusb, and what the kernel tells in /sys without opening anything.

use super::address::UsbAddress;
use super::device_id::DeviceId;
use super::error::{AccessHelp, UsbError};
use super::found::{Access, Sighting};
use super::libusb::{self, Candidate};
use super::pipe::Pipe;
use super::quirks::{InterfaceClass, UsbId};
use crate::talk::Glance;
use crate::usb::Which;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DEVICES: &str = "/sys/bus/usb/devices";
/// Printers that the kernel's own driver, usblp, holds.
const KERNELS: &str = "/sys/class/usbmisc";
/// Where udev listens. Without it libusb hears of no change.
const UDEV: &str = "/run/udev/control";

pub(super) fn open(address: &UsbAddress) -> Result<Arc<dyn Pipe>, UsbError> {
    libusb::open(address)
}

/// Asks the port how the printer is, through the kernel's driver where that holds it: nothing is set aside for it.
pub(super) fn glance(address: &UsbAddress, before: Option<u8>) -> Glance {
    let now = match kernels_node(address) {
        // Busy with somebody else's job, or not ours to read: nothing is known against the printer.
        Some(node) => kernels_word(&node).ok(),
        None => match libusb::open(address) {
            Ok(pipe) => pipe.port_status(),
            Err(_) => return Glance::Ask,
        },
    };
    match (before, now) {
        (Some(before), Some(now)) if before != now => Glance::Ask,
        _ => Glance::Unchanged,
    }
}

/// The node of the kernel's driver for that printer, `/dev/usb/lp0`.
fn kernels_node(address: &UsbAddress) -> Option<PathBuf> {
    let nodes = fs::read_dir(KERNELS).ok()?.flatten();
    let found = nodes.filter(|node| is_of(&node.path(), address).unwrap_or(false));
    let name = found.map(|node| node.file_name()).min()?;
    Some(Path::new("/dev/usb").join(name))
}

fn is_of(node: &Path, address: &UsbAddress) -> Option<bool> {
    // Its interface, `…/1-2/1-2:1.0`, in its device.
    let interface = fs::canonicalize(node.join("device")).ok()?;
    let device = interface.parent()?;
    let text = |name: &str| Some(fs::read_to_string(device.join(name)).ok()?.trim().to_owned());
    let id = UsbId::parse(&format!("{}:{}", text("idVendor")?, text("idProduct")?))?;
    let same = match &address.which {
        Which::Serial(serial) => text("serial").as_ref() == Some(serial),
        Which::Port(port) => device.file_name()? == port.as_str(),
    };
    Some(id == address.id && same)
}

/// What the kernel's driver asks the port for: the printer class's GET_PORT_STATUS byte.
fn kernels_word(node: &Path) -> io::Result<u8> {
    /// `linux/lp.h`.
    const LPGETSTATUS: u32 = 0x060b;
    let node: File = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(node)?;
    let mut word: libc::c_int = 0;
    // SAFETY: the node is open, and LPGETSTATUS writes one int to where it is told.
    #[allow(unsafe_code)]
    let done = unsafe { libc::ioctl(node.as_raw_fd(), LPGETSTATUS.into(), &raw mut word) };
    if done < 0 {
        return Err(io::Error::last_os_error());
    }
    u8::try_from(word & 0xff).map_err(io::Error::other)
}

/// Whether libusb tells of devices that come and go.
pub(super) fn tells_changes() -> bool {
    Path::new(UDEV).exists()
}

/// What mends it when a printer may not be used.
pub(super) fn access_help(class: InterfaceClass, id: UsbId) -> AccessHelp {
    match class {
        InterfaceClass::Printer => AccessHelp::JoinGroup,
        InterfaceClass::Vendor => AccessHelp::AddRule(id),
    }
}

pub(super) fn serial(found: &Candidate) -> Option<String> {
    attribute(found, "serial")
}

/// A text that the kernel has read from the device's descriptors.
fn attribute(found: &Candidate, name: &str) -> Option<String> {
    let text = fs::read_to_string(Path::new(DEVICES).join(&found.port).join(name)).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The node through which the device is used.
fn node(found: &Candidate) -> PathBuf {
    let (bus, address) = (found.device.bus_number(), found.device.address());
    PathBuf::from(format!("/dev/bus/usb/{bus:03}/{address:03}"))
}

fn access(found: &Candidate) -> Access {
    match OpenOptions::new().read(true).write(true).open(node(found)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            Access::Denied(access_help(found.route.class, found.id))
        }
        _ => Access::Granted,
    }
}

/// Looks for printers, and remembers what it asked them.
pub(super) struct Finder {
    context: rusb::Context,
    device_ids: HashMap<(String, u32), DeviceId>,
}

impl Finder {
    pub(super) fn new() -> Result<Finder, UsbError> {
        Ok(Finder { context: libusb::context()?, device_ids: HashMap::new() })
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
        let known = std::mem::take(&mut self.device_ids);
        Ok(candidates.iter().filter_map(|found| self.sighting(found, &known)).collect())
    }

    /// Nothing for one that is just going: the kernel forgets its texts before libusb hears of it, and without its
    /// serial number it would look like another printer.
    fn sighting(
        &mut self,
        found: &Candidate,
        known: &HashMap<(String, u32), DeviceId>,
    ) -> Option<Sighting> {
        let attachment = u32::from(found.device.address());
        let key = (found.port.clone(), attachment);
        let device_id = known.get(&key).cloned().or_else(|| device_id(found));
        if let Some(device_id) = &device_id {
            self.device_ids.insert(key, device_id.clone());
        }
        let sighting = Sighting {
            id: found.id,
            port: found.port.clone(),
            serial: serial(found),
            device_id,
            manufacturer: attribute(found, "manufacturer"),
            product: attribute(found, "product"),
            access: access(found),
            attachment,
        };
        // Looked at last: what is still there now was there while the rest was read.
        (attribute(found, "devnum")? == attachment.to_string()).then_some(sighting)
    }
}

/// From the kernel's printer driver, which asked for it when it was bound; else from the printer.
fn device_id(found: &Candidate) -> Option<DeviceId> {
    let interface = format!("{}:1.{}", found.port, found.route.interface);
    let kernels = Path::new(DEVICES).join(interface).join("ieee1284_id");
    match fs::read_to_string(kernels) {
        Ok(text) => DeviceId::parse(&text),
        Err(_) => found.ask_device_id(),
    }
}
