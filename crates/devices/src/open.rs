//! From an address to the device that serves it.

use crate::usb::UsbDevice;
use crate::{Device, DeviceOptions, DeviceUri, DeviceUriError, NetworkDevice, SpoolerDevice};

/// Why there is no device behind an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// The address cannot be understood.
    #[error(transparent)]
    Uri(#[from] DeviceUriError),
}

/// The device behind that address. Nothing is connected yet: the first `print` or `status` does that.
///
/// # Errors
/// None for any of these: what is the matter with a printer is told when it is used.
pub fn open(uri: &DeviceUri, options: DeviceOptions) -> Result<Box<dyn Device>, DeviceError> {
    match uri {
        DeviceUri::Network { host, port } => {
            Ok(Box::new(NetworkDevice::new(host.clone(), *port, options)))
        }
        DeviceUri::Spooler { queue } => Ok(Box::new(SpoolerDevice::new(queue.clone(), options))),
        DeviceUri::Usb(address) => Ok(Box::new(UsbDevice::new(address.clone(), options))),
    }
}
