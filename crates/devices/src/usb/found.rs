//! What is attached, and how each printer is told from the others.

use super::address::{UsbAddress, Which};
use super::device_id::DeviceId;
use super::error::AccessHelp;
use super::quirks::UsbId;
use crate::DeviceUri;

/// A USB printer that is attached to this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbPrinter {
    /// How settings name it. The same after a restart, and where it has a serial number of its own also at another port.
    pub address: UsbAddress,
    /// Where it is plugged in now.
    pub port: String,
    /// What it says of itself.
    pub device_id: Option<DeviceId>,
    /// The maker's name in its descriptor.
    pub manufacturer: Option<String>,
    /// The product's name in its descriptor.
    pub product: Option<String>,
    /// Its serial number, even if others have the same.
    pub serial: Option<String>,
    /// Whether this user may use it.
    pub access: Access,
    /// Counts up with every plugging-in: tells a printer that was taken away and came back from one that stayed.
    pub attachment: u32,
}

/// Whether this user may use a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Yes, as far as can be seen without opening it.
    Granted,
    /// No; says what mends it.
    Denied(AccessHelp),
}

impl UsbPrinter {
    /// Its address as settings have it: `usb://VVVV:PPPP/SERIAL` or `usb://VVVV:PPPP/@PORT`.
    pub fn uri(&self) -> DeviceUri {
        DeviceUri::Usb(self.address.clone())
    }

    /// Maker and model in one line, as well as they are known.
    pub fn name(&self) -> String {
        let id = self.device_id.as_ref();
        let maker = id.and_then(|id| id.manufacturer.as_deref()).or(self.manufacturer.as_deref());
        let model = id.and_then(|id| id.model.as_deref()).or(self.product.as_deref());
        match (maker, model) {
            (Some(maker), Some(model)) if !begins_with(model, maker) => format!("{maker} {model}"),
            (_, Some(model)) => model.to_owned(),
            (Some(maker), None) => format!("{maker} {}", self.address.id),
            (None, None) => format!("USB printer {}", self.address.id),
        }
    }
}

fn begins_with(model: &str, maker: &str) -> bool {
    model.get(..maker.len()).is_some_and(|start| start.eq_ignore_ascii_case(maker))
}

/// A printer as the system shows it, before it is compared with the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) id: UsbId,
    pub(super) port: String,
    pub(super) serial: Option<String>,
    pub(super) device_id: Option<DeviceId>,
    pub(super) manufacturer: Option<String>,
    pub(super) product: Option<String>,
    pub(super) access: Access,
    pub(super) attachment: u32,
}

/// Gives each its address. A serial number counts if it can be one and no other attached device of that kind has it.
pub(super) fn told_apart(sightings: Vec<Sighting>) -> Vec<UsbPrinter> {
    let serials: Vec<(UsbId, Option<String>)> =
        sightings.iter().map(|seen| (seen.id, seen.serial.clone())).collect();
    let mut printers: Vec<UsbPrinter> = sightings
        .into_iter()
        .map(|seen| {
            let twins = |serial: &str| {
                serials
                    .iter()
                    .filter(|(id, s)| *id == seen.id && s.as_deref() == Some(serial))
                    .count()
            };
            let which = match &seen.serial {
                Some(serial) if can_be_serial(serial) && twins(serial) == 1 => {
                    Which::Serial(serial.clone())
                }
                _ => Which::Port(seen.port.clone()),
            };
            UsbPrinter {
                address: UsbAddress { id: seen.id, which },
                port: seen.port,
                device_id: seen.device_id,
                manufacturer: seen.manufacturer,
                product: seen.product,
                serial: seen.serial,
                access: seen.access,
                attachment: seen.attachment,
            }
        })
        .collect();
    printers.sort_by(|a, b| a.address.cmp(&b.address));
    printers
}

/// Whether a serial number can tell one printer from others. Factories that give every printer the same number give it
/// one like those that cannot.
pub fn can_be_serial(serial: &str) -> bool {
    let mut characters = serial.chars();
    let first = characters.next();
    let all_alike = first.is_none_or(|first| characters.all(|other| other == first));
    let counting =
        ["0123456789", "1234567890", "12345678", "123456789", "123456"].contains(&serial);
    !all_alike && !counting
}

/// Whether an attached device is the one of that address.
pub(super) fn is_meant(
    address: &UsbAddress,
    id: UsbId,
    port: &str,
    serial: impl FnOnce() -> Option<String>,
) -> bool {
    id == address.id
        && match &address.which {
            Which::Port(wanted) => wanted == port,
            Which::Serial(wanted) => serial().as_deref() == Some(wanted),
        }
}

/// One printer came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsbChange {
    /// It was plugged in or switched on.
    Arrived(UsbPrinter),
    /// It was unplugged or switched off. As it was when it was last seen.
    Left(UsbPrinter),
}

/// What happened between two looks. A printer that went and came back is both, in that order.
pub fn changes(before: &[UsbPrinter], after: &[UsbPrinter]) -> Vec<UsbChange> {
    let same = |a: &UsbPrinter, b: &UsbPrinter| {
        a.address == b.address && a.port == b.port && a.attachment == b.attachment
    };
    let left = before.iter().filter(|old| !after.iter().any(|new| same(old, new)));
    let arrived = after.iter().filter(|new| !before.iter().any(|old| same(old, new)));
    left.cloned().map(UsbChange::Left).chain(arrived.cloned().map(UsbChange::Arrived)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(port: &str, serial: Option<&str>) -> Sighting {
        Sighting {
            id: UsbId { vendor: 0x04b8, product: 0x0e15 },
            port: port.to_owned(),
            serial: serial.map(str::to_owned),
            device_id: DeviceId::parse("MFG:EPSON;MDL:TM-T20II;"),
            manufacturer: None,
            product: None,
            access: Access::Granted,
            attachment: 1,
        }
    }

    fn addresses(sightings: Vec<Sighting>) -> Vec<String> {
        told_apart(sightings).iter().map(|printer| printer.uri().to_string()).collect()
    }

    #[test]
    fn a_serial_number_of_its_own_names_a_printer() {
        assert_eq!(addresses(vec![seen("1-2", Some("X7PF1"))]), ["usb://04b8:0e15/X7PF1"]);
    }

    #[test]
    fn without_one_the_port_does() {
        for serial in [None, Some(""), Some("00000000"), Some("12345678")] {
            assert_eq!(addresses(vec![seen("1-2.4", serial)]), ["usb://04b8:0e15/@1-2.4"]);
        }
    }

    #[test]
    fn twins_are_told_apart_by_their_ports() {
        let twins = vec![seen("1-3", Some("A1")), seen("1-2", Some("A1")), seen("1-4", Some("B2"))];
        assert_eq!(
            addresses(twins),
            ["usb://04b8:0e15/B2", "usb://04b8:0e15/@1-2", "usb://04b8:0e15/@1-3"]
        );
        let other_product =
            Sighting { id: UsbId { vendor: 0x04b8, product: 0x0202 }, ..seen("1-3", Some("A1")) };
        assert_eq!(
            addresses(vec![seen("1-2", Some("A1")), other_product]),
            ["usb://04b8:0202/A1", "usb://04b8:0e15/A1"],
            "the serial number of another product is no twin's"
        );
    }

    #[test]
    fn an_address_means_one_device() {
        let id = UsbId { vendor: 0x04b8, product: 0x0e15 };
        let serial = UsbAddress { id, which: Which::Serial("A1".into()) };
        let port = UsbAddress { id, which: Which::Port("1-2".into()) };
        let a1 = || Some("A1".to_owned());
        assert!(is_meant(&serial, id, "9-9", a1));
        assert!(!is_meant(&serial, id, "1-2", || None));
        assert!(is_meant(&port, id, "1-2", || None));
        assert!(!is_meant(&port, id, "1-3", a1));
        assert!(!is_meant(&serial, UsbId { vendor: 1, product: 2 }, "1-2", a1));
    }

    #[test]
    fn coming_and_going_is_seen_also_when_it_was_quick() {
        let before = told_apart(vec![seen("1-2", Some("A1")), seen("1-3", Some("B2"))]);
        assert_eq!(changes(&before, &before), vec![]);
        let replugged = Sighting { attachment: 2, ..seen("1-2", Some("A1")) };
        let after = told_apart(vec![replugged]);
        let found = changes(&before, &after);
        assert_eq!(
            found,
            vec![
                UsbChange::Left(before[0].clone()),
                UsbChange::Left(before[1].clone()),
                UsbChange::Arrived(after[0].clone()),
            ]
        );
    }

    #[test]
    fn a_printer_is_named_by_the_best_that_is_known() {
        let named = |device_id: &str, manufacturer: Option<&str>, product: Option<&str>| {
            let sighting = Sighting {
                device_id: DeviceId::parse(device_id),
                manufacturer: manufacturer.map(str::to_owned),
                product: product.map(str::to_owned),
                ..seen("1-2", None)
            };
            told_apart(vec![sighting])[0].name()
        };
        assert_eq!(named("MFG:EPSON;MDL:TM-T20II;", Some("x"), Some("y")), "EPSON TM-T20II");
        assert_eq!(named("MFG:EPSON;MDL:Epson TM-T20II;", None, None), "Epson TM-T20II");
        assert_eq!(named("", Some("STMicro"), Some("POS80")), "STMicro POS80");
        assert_eq!(named("", None, None), "USB printer 04b8:0e15");
    }
}
