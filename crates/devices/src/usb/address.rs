//! How settings name a USB printer.

use super::quirks::UsbId;
use crate::uri::{escaped, unescaped};
use std::fmt;

/// A USB printer's address: `VVVV:PPPP/SERIAL` or `VVVV:PPPP/@PORT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsbAddress {
    /// Vendor and product.
    pub id: UsbId,
    /// Which one of those.
    pub which: Which,
}

/// What tells a printer from others of its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// Its serial number: follows it from port to port.
    Serial(String),
    /// The port it is plugged into, for printers without a serial number of their own. On Linux and macOS the bus and
    /// the ports of the hubs on the way, as in `1-2.4`; on Windows the system's instance name.
    Port(String),
}

/// Longer ones are cut off by the USB standard: 126 UTF-16 units.
const LONGEST: usize = 126 * 3;

impl UsbAddress {
    /// Reads what `Display` writes.
    pub(crate) fn parse(text: &str) -> Option<UsbAddress> {
        let (id, which) = text.split_once('/')?;
        let id = UsbId::parse(id)?;
        let name = |text: &str| {
            let name = unescaped(text).filter(|_| !text.contains(['/', '?', '#', '@', ' ']))?;
            (!name.is_empty() && name.len() <= LONGEST).then_some(name)
        };
        let which = match which.strip_prefix('@') {
            Some(port) => Which::Port(name(port)?),
            None => Which::Serial(name(which)?),
        };
        Some(UsbAddress { id, which })
    }
}

impl fmt::Display for UsbAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, name) = match &self.which {
            Which::Serial(serial) => ("", serial),
            Which::Port(port) => ("@", port),
        };
        write!(f, "{}/{mark}{}", self.id, escaped(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_being_written_and_read() {
        let id = UsbId { vendor: 0x04b8, product: 0x0e15 };
        for (which, written) in [
            (Which::Serial("X7PF012345".into()), "04b8:0e15/X7PF012345"),
            (Which::Serial("@home 1/2".into()), "04b8:0e15/%40home%201%2F2"),
            (Which::Serial("né#?%".into()), "04b8:0e15/n%C3%A9%23%3F%25"),
            (Which::Port("1-2.4".into()), "04b8:0e15/@1-2.4"),
            (Which::Port("6&38a3c9b1&0&2".into()), "04b8:0e15/@6%2638a3c9b1%260%262"),
        ] {
            let address = UsbAddress { id, which };
            assert_eq!(address.to_string(), written);
            assert_eq!(UsbAddress::parse(written), Some(address));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "04b8:0e15",
            "04b8:0e15/",
            "04b8:0e15/@",
            "04b8/X",
            "4b8:0e15/X",
            "04b8:0e15/a/b",
            "04b8:0e15/a%2",
            "04b8:0e15/%FF",
            "04b8:0e15/a@b",
            "04b8:0e15/a?b",
            "04b8:0e15/%0A",
        ] {
            assert_eq!(UsbAddress::parse(text), None, "{text}");
        }
    }
}
