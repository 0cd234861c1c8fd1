//! Printers on the local network that nobody has set up yet: those that announce themselves (mDNS), and, where a person
//! asks for it, those that listen on port 9100.
//!
//! Nothing is ever sent to a device that is only suspected to be a printer: a scan connects and hangs up. What strangers
//! announce is text from strangers: it is cut, and cleaned of control characters.

mod browse;
mod found;
mod identity;
mod neighbours;
mod records;
mod scan;
mod subnets;

pub use browse::{Browse, BrowseError, browse};
pub use found::{FoundPrinter, Service, ServiceKind};
pub use identity::{LanIdentity, MacAddress};
pub use scan::{ScanOptions, ScanReport, scan};
