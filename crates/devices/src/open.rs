//! From an address to the device that serves it.

use crate::{Device, DeviceOptions, DeviceUri, NetworkDevice};

/// The device behind that address. Nothing is connected yet: the first `print` or `status` does that.
pub fn open(uri: &DeviceUri, options: DeviceOptions) -> Box<dyn Device> {
    match uri {
        DeviceUri::Tcp(address) => Box::new(NetworkDevice::new(address.clone(), options)),
    }
}
