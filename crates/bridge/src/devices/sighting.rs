//! A printer as one of its ways shows it.

use super::identity::Identity;
use platen_devices::DeviceUri;
use platen_devices::lan::{FoundPrinter, LanIdentity, ServiceKind};
use platen_devices::spooler::{Queue, QueueTarget};
use platen_devices::usb::{Access, AccessHelp, UsbAddress, UsbPrinter, Which, can_be_serial};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a device is reached, the most direct way first: that one knows most of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayKind {
    /// On this computer's USB.
    Usb,
    /// On the local network.
    Network,
    /// Through a queue of the operating system.
    Spooler,
}

impl WayKind {
    /// What an address goes through.
    pub fn of(uri: &DeviceUri) -> WayKind {
        match uri {
            DeviceUri::Usb(_) => WayKind::Usb,
            DeviceUri::Network { .. } => WayKind::Network,
            DeviceUri::Spooler { .. } => WayKind::Spooler,
        }
    }
}

impl fmt::Display for WayKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WayKind::Usb => "usb",
            WayKind::Network => "network",
            WayKind::Spooler => "spooler",
        })
    }
}

/// What one way shows of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub kind: WayKind,
    /// Where Platen prints on it, the best first. None: it takes nothing that Platen sends.
    pub uris: Vec<DeviceUri>,
    /// What it is known by, weak identities too.
    pub identities: Vec<Identity>,
    /// What it has and another device has too: it is known by none of these.
    pub shared: Vec<Identity>,
    pub name: String,
    pub make: Option<String>,
    pub model: Option<String>,
    /// USB: its serial number, as it is.
    pub serial: Option<String>,
    /// Network: its addresses.
    pub hosts: Vec<String>,
    /// Spooler: where the queue leads.
    pub target: Option<QueueTarget>,
    /// What stands in the way, and what mends it.
    pub trouble: Option<AccessHelp>,
}

impl From<&UsbPrinter> for Sighting {
    fn from(printer: &UsbPrinter) -> Sighting {
        let said = printer.device_id.as_ref();
        let make = said.and_then(|id| id.manufacturer.clone()).or(printer.manufacturer.clone());
        let model = said.and_then(|id| id.model.clone()).or(printer.product.clone());
        let port = UsbAddress { id: printer.address.id, which: Which::Port(printer.port.clone()) };
        let mut uris = vec![printer.uri()];
        let mut identities = Vec::new();
        match &printer.address.which {
            Which::Serial(serial) => {
                uris.push(DeviceUri::Usb(port));
                identities.push(Identity::Usb(printer.address.to_string()));
                identities.push(named(make.as_deref(), model.as_deref(), serial));
            }
            Which::Port(_) => identities.push(Identity::Port(printer.address.to_string())),
        }
        Sighting {
            kind: WayKind::Usb,
            uris,
            identities,
            shared: Vec::new(),
            name: printer.name(),
            make,
            model,
            serial: printer.serial.clone(),
            hosts: Vec::new(),
            target: None,
            trouble: match printer.access {
                Access::Granted => None,
                Access::Denied(help) => Some(help),
            },
        }
    }
}

impl From<&FoundPrinter> for Sighting {
    fn from(printer: &FoundPrinter) -> Sighting {
        let hosts: Vec<String> = printer.addresses.iter().map(ToString::to_string).collect();
        let raw = printer.services.iter().find(|service| service.kind == ServiceKind::Raw);
        let uris = raw.map_or_else(Vec::new, |raw| {
            let at = |host: &String| DeviceUri::Network { host: host.clone(), port: raw.port };
            hosts.iter().map(at).collect()
        });
        let strong = printer.identities.iter().cloned().map(Identity::Lan);
        let weak = uris.iter().map(|uri| Identity::Address(uri.to_string()));
        let identities = strong.chain(weak).collect();
        Sighting {
            kind: WayKind::Network,
            uris,
            identities,
            shared: printer.shared.iter().cloned().map(Identity::Lan).collect(),
            name: printer.name.clone(),
            make: printer.make.clone(),
            model: printer.model.clone(),
            serial: None,
            hosts,
            target: None,
            trouble: None,
        }
    }
}

impl From<&Queue> for Sighting {
    fn from(queue: &Queue) -> Sighting {
        let (mut make, mut model) = (None, None);
        let mut identities = Vec::new();
        match &queue.target {
            QueueTarget::Usb { make: by, model: what, serial } => {
                if let Some(serial) = serial.as_ref().filter(|serial| can_be_serial(serial)) {
                    identities.push(named(Some(by), Some(what), serial));
                }
                (make, model) = (Some(by.clone()), Some(what.clone()));
            }
            QueueTarget::Mdns { instance, uuid } => {
                let uuid = uuid.as_ref().map(|uuid| LanIdentity::Uuid(uuid.to_ascii_lowercase()));
                let name = LanIdentity::Name(instance.clone());
                identities.extend(uuid.into_iter().chain([name]).map(Identity::Lan));
            }
            QueueTarget::Network { .. } | QueueTarget::Other(_) => {}
        }
        identities.push(Identity::Queue(queue.name.clone()));
        let described = [&queue.description, &queue.name];
        let name = described.into_iter().find(|text| !text.trim().is_empty());
        Sighting {
            kind: WayKind::Spooler,
            uris: vec![DeviceUri::Spooler { queue: queue.name.clone() }],
            identities,
            shared: Vec::new(),
            name: name.cloned().unwrap_or_default(),
            make,
            model: model.or_else(|| Some(queue.model.clone()).filter(|text| !text.is_empty())),
            serial: None,
            hosts: Vec::new(),
            target: Some(queue.target.clone()),
            trouble: None,
        }
    }
}

/// Maker, model and serial number in one text that USB and spooler agree on.
fn named(make: Option<&str>, model: Option<&str>, serial: &str) -> Identity {
    Identity::Named(format!("{}#{serial}", folded(make, model)))
}

/// Maker and model with nothing between their letters; the maker only once, as CUPS takes it off the model's front.
pub fn folded(make: Option<&str>, model: Option<&str>) -> String {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (make, model) = (plain(make.unwrap_or_default()), plain(model.unwrap_or_default()));
    let model = model.strip_prefix(&make).unwrap_or(&model);
    format!("{make}{model}")
}
