//! Moves bytes to printers and reads what they say.
//!
//! A [`Device`] reports what happened; what to do about it is decided elsewhere. [`open()`] gives the device behind a
//! [`DeviceUri`]; [`NetworkDevice`] is the one behind `tcp://host:port`.

mod device;
mod network;
mod open;
mod options;
mod status;
mod uri;

pub use device::{
    Confirmation, Device, DeviceMemory, NotRecorded, PrintRequest, PrinterStatus, Reachability,
    StartRecord,
};
pub use network::NetworkDevice;
pub use open::{DeviceError, open};
pub use options::{ConfirmMode, DeviceOptions, Pace, StatusSupport};
pub use uri::{DeviceUri, DeviceUriError};
