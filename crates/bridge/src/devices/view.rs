//! Devices as people and connectors see them.

use super::book::DeviceKey;
use super::merge::Device;
use super::sighting::{Sighting, WayKind};
use crate::in_words::in_words;
use platen_connectors::{Health, PrinterKind, PrinterView, Standing, Way};
use platen_devices::DeviceUri;
use platen_devices::usb::AccessHelp;
use platen_escpos::{Catalogue, Profile, Recognised};
use platen_job::{PrinterId, PrinterName, StateReason, StateReasons};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A device in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// Our id of it: stays over restarts, ports, addresses and names.
    pub id: DeviceKey,
    /// What it calls itself.
    pub name: String,
    /// Who made it, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// Its model, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The profile for its model.
    pub profile: String,
    /// Whether the profile is that of its model.
    pub recognised: Recognition,
    /// Whether it is there.
    pub presence: Presence,
    /// How it is reached now, the most direct way first.
    pub ways: Vec<WayView>,
    /// The printers that use it.
    pub printers: Vec<PrinterName>,
}

/// Whether a device's model is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recognition {
    /// There is a profile for it.
    Known,
    /// There is none: it is taken for any printer with 80 mm paper.
    Generic,
}

/// Whether a device is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// At least one way leads to it. That says nothing of whether it is ready.
    Present,
    /// It was there once, and a printer belongs to it.
    Away,
}

/// One way to a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayView {
    /// What it goes through.
    pub by: WayKind,
    /// The address for a printer's settings; none where it takes nothing that Platen sends.
    pub uri: Option<String>,
    /// What stands in the way, and what mends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<WayTrouble>,
}

/// What stands in the way to a device. In a listing it is its words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum WayTrouble {
    /// This user may not use it.
    #[error("{0}")]
    Denied(AccessHelp),
    /// As an engine elsewhere said it.
    #[error("{0}")]
    Words(String),
}

in_words!(WayTrouble);

impl DeviceView {
    /// A device that is there.
    pub fn present(
        id: DeviceKey,
        device: &Device,
        profile: &(Arc<Profile>, Recognition),
        printers: Vec<PrinterName>,
    ) -> DeviceView {
        DeviceView {
            id,
            name: device.name.clone(),
            make: device.make.clone(),
            model: device.model.clone(),
            profile: profile.0.name.clone(),
            recognised: profile.1,
            presence: Presence::Present,
            ways: device.ways.iter().map(WayView::of).collect(),
            printers,
        }
    }

    /// The best way on which Platen prints.
    pub fn uri(&self) -> Option<&str> {
        let open = self.ways.iter().find(|way| way.uri.is_some() && way.trouble.is_none());
        let any = || self.ways.iter().find(|way| way.uri.is_some());
        open.or_else(any).and_then(|way| way.uri.as_deref())
    }
}

impl WayView {
    fn of(way: &Sighting) -> WayView {
        WayView {
            by: way.kind,
            uri: way.uris.first().map(ToString::to_string),
            trouble: way.trouble.map(WayTrouble::Denied),
        }
    }
}

/// The profile for what a device says of itself. The name of a queue is what a person called it, and says nothing.
pub fn profile_for(catalogue: &Catalogue, device: &Device) -> Option<(Arc<Profile>, Recognition)> {
    let make = device.make.as_deref().unwrap_or_default();
    let has_own_name = device.ways.iter().any(|way| way.kind != WayKind::Spooler);
    let said = [device.model.as_deref(), has_own_name.then_some(device.name.as_str())];
    let known =
        said.into_iter().flatten().find_map(|model| match catalogue.for_device_id(make, model) {
            Recognised::Known(profile) => Some(profile),
            Recognised::Generic => None,
        });
    match known {
        Some(profile) => Some((profile, Recognition::Known)),
        None => {
            let generic = catalogue.get(Catalogue::GENERIC)?;
            Some((generic.clone(), Recognition::Generic))
        }
    }
}

/// A device as the printer that it could be; none where Platen cannot print on it. How it is is not known: nobody asks
/// a device that no printer uses.
pub fn offer(key: &DeviceKey, device: &Device, profile: &Profile) -> Option<PrinterView> {
    let way = device.uris().next()?;
    let refused = device.ways.iter().all(|way| way.trouble.is_some());
    let name = PrinterName::new(device.name.clone());
    Some(PrinterView {
        standing: Standing::Offered,
        id: PrinterId::new(key.as_str()).ok()?,
        name: name.or_else(|_| PrinterName::new(key.as_str())).ok()?,
        kind: PrinterKind::Receipt,
        roles: Vec::new(),
        way: way_of(way),
        health: if refused { Health::Error } else { Health::Unknown },
        reasons: match refused {
            true => StateReason::AccessDenied.into(),
            false => StateReasons::none(),
        },
        last_seen: None,
        queue_length: 0,
        capabilities: profile.capabilities.clone(),
        best_evidence: None,
    })
}

/// How connectors say where a printer is.
pub fn way_of(uri: &DeviceUri) -> Way {
    match uri {
        DeviceUri::Network { host, port } => Way::Network { host: host.clone(), port: *port },
        DeviceUri::Spooler { queue } => Way::Spooler { queue: queue.clone() },
        DeviceUri::Usb(_) => Way::Usb,
    }
}
