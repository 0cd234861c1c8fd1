//! Moves bytes to printers and reads what they say.
//!
//! A [`Device`] reports what happened; what to do about it is decided elsewhere. [`open()`] gives the device behind a
//! [`DeviceUri`]: [`NetworkDevice`] the one behind `tcp://host:port`, [`usb::UsbDevice`] the one behind `usb://…`,
//! [`SpoolerDevice`] the one behind `spooler://QUEUE`.

mod device;
pub mod lan;
mod network;
mod open;
mod options;
pub mod spooler;
mod status;
mod talk;
mod uri;
pub mod usb;

pub use device::{
    Confirmation, Device, DeviceMemory, NotRecorded, PrintFormat, PrintRequest, PrinterStatus,
    Reachability, SpoolerJob, StartRecord,
};
pub use network::NetworkDevice;
pub use open::{DeviceError, open};
pub use options::{ConfirmMode, DeviceOptions, Pace, StatusSupport};
pub use spooler::{SpoolerDevice, SpoolerServer};
pub use talk::Talker;
pub use uri::{DeviceUri, DeviceUriError};
