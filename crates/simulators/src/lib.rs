//! The virtual printer and the embedded gateway, for development and tests.
//!
//! - [`gateway`]: an [`EmbeddedGateway`] speaks the server side of the PrinterMaster contract.
//! - [`printer`]: a [`VirtualPrinter`] behaves like a receipt printer on TCP 9100 or on a USB port, faults included.
//!
//! Neither is meant for a shop. Each runs on a thread of its own with its own clock, so a test may
//! pause or block its runtime without disturbing them; `stop` (or dropping the handle) ends that
//! thread, every task and every socket before it returns.

pub mod error;
pub mod gateway;
pub mod printer;
mod stage;
mod wait;

pub use error::SimulatorError;
pub use gateway::{EmbeddedGateway, GatewayHandle, GatewayOptions};
pub use printer::{Fault, FaultKind, PrinterHandle, PrinterOptions, VirtualPrinter};
#[cfg(target_os = "linux")]
pub use printer::{UsbClass, UsbIdentity, UsbPrinterHandle, UsbPrinterOptions, UsbSpeed};
