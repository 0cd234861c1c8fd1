//! By what a device is known again.

use platen_devices::lan::LanIdentity;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that stays with a device, strongest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// USB vendor, product and serial number: `04b8:0e15/X7PF012345`.
    Usb(String),
    /// Maker, model and serial number, as a queue of the spooler tells them.
    Named(String),
    /// What a printer on the network announces, or its network card.
    Lan(LanIdentity),
    /// The USB port of a printer without a serial number of its own: `04b8:0e15/@1-2`.
    Port(String),
    /// A queue of the operating system of which nobody knows where it leads.
    Queue(String),
    /// A network address of which nothing else is known.
    Address(String),
}

impl Identity {
    /// Whether it can stay with the hardware wherever that goes.
    pub fn is_strong(&self) -> bool {
        match self {
            Identity::Usb(_) | Identity::Named(_) | Identity::Lan(_) => true,
            Identity::Port(_) | Identity::Queue(_) | Identity::Address(_) => false,
        }
    }

    /// Whether it does so whatever happens: a name does not, as printers rename themselves when two have the same.
    pub fn is_certain(&self) -> bool {
        self.is_strong() && !self.is_name()
    }

    /// Whether it is an announced name.
    pub fn is_name(&self) -> bool {
        matches!(self, Identity::Lan(LanIdentity::Name(_)))
    }

    /// Whether it is an announced UUID.
    pub fn is_uuid(&self) -> bool {
        matches!(self, Identity::Lan(LanIdentity::Uuid(_)))
    }

    /// Whether it is a network card.
    pub fn is_card(&self) -> bool {
        matches!(self, Identity::Lan(LanIdentity::Mac(_)))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identity::Usb(text) => write!(f, "usb:{text}"),
            Identity::Named(text) => write!(f, "named:{text}"),
            Identity::Lan(identity) => identity.fmt(f),
            Identity::Port(text) => write!(f, "port:{text}"),
            Identity::Queue(text) => write!(f, "queue:{text}"),
            Identity::Address(text) => write!(f, "address:{text}"),
        }
    }
}
