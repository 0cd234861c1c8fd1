//! A printer that was found on the network.

use super::identity::{LanIdentity, MacAddress};
use crate::DeviceUri;
use std::net::IpAddr;

/// What is known of a printer that was found. Everything but its addresses is its own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPrinter {
    /// By what it is known again, strongest first. Empty where only its address is known, as after a scan on a system that
    /// does not show its neighbours' network cards.
    pub identities: Vec<LanIdentity>,
    /// What would be an identity, but another printer has it too: clones with one UUID, a print server with one card. It
    /// names neither of them, also when only one is left. None of these is among `identities`.
    pub shared: Vec<LanIdentity>,
    /// The name it announces, or its address.
    pub name: String,
    /// Who made it, where it says so.
    pub make: Option<String>,
    /// Its model, where it says so.
    pub model: Option<String>,
    /// Its network card, where this machine has heard of it.
    pub mac: Option<MacAddress>,
    /// Where it is now, IPv4 first.
    pub addresses: Vec<IpAddr>,
    /// What it offers.
    pub services: Vec<Service>,
}

/// One way to print on a printer of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    /// What is spoken there.
    pub kind: ServiceKind,
    /// The TCP port.
    pub port: u16,
}

/// What a printer on the network speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// Raw data (`_pdl-datastream._tcp`, usually port 9100): what Platen prints on.
    Raw,
    /// LPD (`_printer._tcp`, usually port 515): for the operating system's spooler.
    Lpd,
    /// IPP (`_ipp._tcp`, usually port 631): for the operating system's spooler.
    Ipp,
}

impl FoundPrinter {
    /// Where raw data goes, if it takes any.
    pub fn uri(&self) -> Option<DeviceUri> {
        let raw = self.services.iter().find(|service| service.kind == ServiceKind::Raw)?;
        let host = self.addresses.first()?.to_string();
        Some(DeviceUri::Network { host, port: raw.port })
    }

    /// Whether that is the same printer, as far as anybody can tell.
    pub fn is(&self, other: &FoundPrinter) -> bool {
        self.identities.iter().any(|identity| other.identities.contains(identity))
    }

    /// Whether that certainly is another printer, whatever both say of themselves: it is at other addresses, or takes its
    /// data at another port.
    pub(super) fn is_twin_of(&self, other: &FoundPrinter) -> bool {
        let port = |one: &FoundPrinter| {
            one.services.iter().find(|it| it.kind == ServiceKind::Raw).map(|raw| raw.port)
        };
        let two_ports = port(self).zip(port(other)).is_some_and(|(one, another)| one != another);
        let somewhere = !self.addresses.is_empty() && !other.addresses.is_empty();
        two_ports || (somewhere && !self.has_address_of(other))
    }

    /// Whether both are at the same address.
    pub(super) fn has_address_of(&self, other: &FoundPrinter) -> bool {
        self.addresses.iter().any(|address| other.addresses.contains(address))
    }
}
