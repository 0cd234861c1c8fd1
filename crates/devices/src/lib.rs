//! Moves bytes to printers and reads what they say.
//!
//! A [`Device`] reports what happened; what to do about it is decided elsewhere.

mod device;

pub use device::{
    Confirmation, Device, DeviceMemory, NotRecorded, PrintRequest, PrinterStatus, Reachability,
    StartRecord,
};
