//! Which sightings are of the same hardware. Pure.
//!
//! Two ways belong together where both tell the same thing that stays with the hardware, or where a queue leads to an
//! address or a USB printer that is seen itself. In doubt they stay apart: two entries for one printer are a nuisance, one
//! entry for two printers puts a receipt on the wrong one.

use super::identity::Identity;
use super::sighting::{Sighting, WayKind, folded};
use platen_devices::DeviceUri;
use platen_devices::spooler::QueueTarget;

/// One piece of hardware, with every way to it that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What it is known by, strongest first.
    pub identities: Vec<Identity>,
    pub name: String,
    pub make: Option<String>,
    pub model: Option<String>,
    /// The most direct first; never empty.
    pub ways: Vec<Sighting>,
}

impl Device {
    /// Every address at which Platen prints on it, the best first.
    pub fn uris(&self) -> impl Iterator<Item = &DeviceUri> {
        self.ways.iter().flat_map(|way| &way.uris)
    }

    /// Whether it has anything that can stay with the hardware.
    pub fn is_strong(&self) -> bool {
        self.identities.iter().any(Identity::is_strong)
    }

    /// Whether that address leads to it.
    pub fn is_at(&self, uri: &DeviceUri) -> bool {
        self.uris().any(|one| one == uri)
    }
}

/// Puts together what belongs together; in a stable order.
pub fn merge(sightings: Vec<Sighting>) -> Vec<Device> {
    let mut groups: Vec<usize> = (0..sightings.len()).collect();
    for one in 0..sightings.len() {
        for other in 0..one {
            if same(&sightings[one], &sightings[other], &sightings) {
                let (from, to) = (groups[one], groups[other]);
                groups.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
    }
    let mut devices: Vec<(usize, Vec<Sighting>)> = Vec::new();
    for (sighting, group) in sightings.into_iter().zip(groups) {
        match devices.iter_mut().find(|(known, _)| *known == group) {
            Some((_, ways)) => ways.push(sighting),
            None => devices.push((group, vec![sighting])),
        }
    }
    devices.into_iter().map(|(_, ways)| device(ways)).collect()
}

fn device(mut ways: Vec<Sighting>) -> Device {
    ways.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    let mut identities: Vec<Identity> =
        ways.iter().flat_map(|way| way.identities.iter().cloned()).collect();
    identities.sort();
    identities.dedup();
    let first = |field: fn(&Sighting) -> Option<String>| ways.iter().find_map(field);
    Device {
        identities,
        name: first(|way| Some(way.name.clone())).unwrap_or_default(),
        make: first(|way| way.make.clone()),
        model: first(|way| way.model.clone()),
        ways,
    }
}

fn same(one: &Sighting, other: &Sighting, all: &[Sighting]) -> bool {
    match (one.kind, other.kind) {
        // Two plugs are two printers, whatever their makers wrote into them.
        (WayKind::Usb, WayKind::Usb) => false,
        (WayKind::Network, WayKind::Network) => {
            shares(one, other, Identity::is_strong)
                || shares(one, other, |identity| matches!(identity, Identity::Address(_)))
        }
        (WayKind::Spooler, WayKind::Usb) => {
            shares(one, other, Identity::is_strong) || leads_to_usb(one, other, all)
        }
        (WayKind::Usb, WayKind::Spooler) => same(other, one, all),
        (WayKind::Spooler, WayKind::Network) => {
            shares(one, other, Identity::is_strong) || leads_to_host(one, other, all)
        }
        (WayKind::Network, WayKind::Spooler) => same(other, one, all),
        _ => shares(one, other, Identity::is_strong),
    }
}

fn shares(one: &Sighting, other: &Sighting, counts: impl Fn(&Identity) -> bool) -> bool {
    one.identities.iter().any(|identity| counts(identity) && other.identities.contains(identity))
}

/// A queue tells no vendor and product: its serial number has to be that of one attached printer only; without one, it
/// has to be the only printer of that make and model, and the only such queue.
fn leads_to_usb(queue: &Sighting, printer: &Sighting, all: &[Sighting]) -> bool {
    let Some(QueueTarget::Usb { make, model, serial }) = &queue.target else { return false };
    let only = |is_it: &dyn Fn(&Sighting) -> bool| {
        is_it(printer) && all.iter().filter(|one| is_it(one)).count() == 1
    };
    let model = folded(Some(make), Some(model));
    let of_that_model = |one: &Sighting| {
        one.kind == WayKind::Usb && folded(one.make.as_deref(), one.model.as_deref()) == model
    };
    match serial {
        Some(serial) => {
            only(&|one| one.kind == WayKind::Usb && one.serial.as_ref() == Some(serial))
        }
        None => {
            only(&of_that_model) && all.iter().filter(|one| one.target == queue.target).count() == 1
        }
    }
}

/// A queue for raw data leads to one port; one for LPD or IPP to a host, where one printer has to be alone.
fn leads_to_host(queue: &Sighting, printer: &Sighting, all: &[Sighting]) -> bool {
    let Some(QueueTarget::Network { host, port }) = &queue.target else { return false };
    let target = DeviceUri::Network { host: host.clone(), port: *port };
    if printer.uris.contains(&target) {
        return true;
    }
    let there = |one: &Sighting| one.kind == WayKind::Network && one.hosts.contains(host);
    let alone = all.iter().filter(|one| there(one)).count() == 1;
    matches!(port, 515 | 631) && there(printer) && alone
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use platen_devices::lan::{FoundPrinter, LanIdentity, Service, ServiceKind};
    use platen_devices::spooler::Queue;
    use platen_devices::usb::{Access, DeviceId, UsbAddress, UsbId, UsbPrinter, Which};

    const EPSON: UsbId = UsbId { vendor: 0x04b8, product: 0x0e15 };

    pub fn usb(port: &str, serial: Option<&str>) -> Sighting {
        let which = serial.map_or(Which::Port(port.into()), |serial| Which::Serial(serial.into()));
        (&UsbPrinter {
            address: UsbAddress { id: EPSON, which },
            port: port.into(),
            device_id: DeviceId::parse("MFG:EPSON;MDL:TM-T20III;"),
            manufacturer: None,
            product: None,
            serial: serial.map(Into::into),
            access: Access::Granted,
            attachment: 1,
        })
            .into()
    }

    pub fn lan(name: &str, address: &str, port: u16) -> Sighting {
        (&FoundPrinter {
            identities: vec![LanIdentity::Name(name.into())],
            shared: Vec::new(),
            name: name.into(),
            make: Some("EPSON".into()),
            model: Some("TM-m30".into()),
            mac: None,
            addresses: vec![address.parse().unwrap()],
            services: vec![Service { kind: ServiceKind::Raw, port }],
        })
            .into()
    }

    pub fn queue(name: &str, target: QueueTarget) -> Sighting {
        let (name, description) = (name.to_owned(), String::new());
        (&Queue { name, description, model: String::new(), target }).into()
    }

    fn usb_queue(name: &str, serial: Option<&str>) -> Sighting {
        let (make, model) = ("EPSON".to_owned(), "TM-T20III".to_owned());
        queue(name, QueueTarget::Usb { make, model, serial: serial.map(Into::into) })
    }

    fn to(host: &str, port: u16) -> QueueTarget {
        QueueTarget::Network { host: host.into(), port }
    }

    /// The ways of each device, by the addresses.
    fn merged(sightings: Vec<Sighting>) -> Vec<String> {
        let ways = |device: Device| {
            let first: Vec<String> =
                device.ways.iter().map(|way| way.uris[0].to_string()).collect();
            first.join(" + ")
        };
        let mut devices: Vec<String> = merge(sightings).into_iter().map(ways).collect();
        devices.sort();
        devices
    }

    #[test]
    fn a_queue_on_a_usb_printer_is_its_second_way() {
        let both = vec![usb_queue("POS80", Some("X7PF1")), usb("1-2", Some("X7PF1"))];
        assert_eq!(merged(both), ["usb://04b8:0e15/X7PF1 + spooler://POS80"]);
        let other = vec![usb_queue("POS80", Some("X7PF2")), usb("1-2", Some("X7PF1"))];
        assert_eq!(merged(other), ["spooler://POS80", "usb://04b8:0e15/X7PF1"]);
    }

    #[test]
    fn a_queue_without_a_serial_number_is_put_to_the_only_printer_of_its_model() {
        let one = vec![usb_queue("POS80", None), usb("1-2", None)];
        assert_eq!(merged(one), ["usb://04b8:0e15/@1-2 + spooler://POS80"]);
        let twins = vec![usb_queue("POS80", None), usb("1-2", None), usb("1-3", None)];
        assert_eq!(merged(twins).len(), 3, "nobody knows which of the twins it is");
        let queues = vec![usb_queue("A", None), usb_queue("B", None), usb("1-2", None)];
        assert_eq!(merged(queues).len(), 3, "one of them may be for a printer that is not there");
    }

    #[test]
    fn numbers_that_factories_give_to_every_printer_bind_nothing() {
        let queues = vec![usb_queue("A", Some("00000000")), usb_queue("B", Some("00000000"))];
        assert_eq!(merged(queues).len(), 2);
    }

    #[test]
    fn a_queue_on_a_network_printer_is_its_second_way() {
        let at = |target| merged(vec![lan("Bar", "192.0.2.7", 9100), queue("bar", target)]).len();
        assert_eq!(at(to("192.0.2.7", 9100)), 1, "the same port");
        assert_eq!(at(to("192.0.2.7", 631)), 1, "the only printer of that host");
        assert_eq!(at(to("192.0.2.7", 9101)), 2, "another port of a print server");
        assert_eq!(at(to("192.0.2.8", 9100)), 2);
        let mdns = QueueTarget::Mdns { instance: "Bar".into(), uuid: None };
        assert_eq!(at(mdns), 1, "the name that it announces");
    }

    #[test]
    fn a_print_server_is_as_many_devices_as_it_has_ports() {
        let server = vec![
            lan("Bar", "192.0.2.7", 9100),
            lan("Kitchen", "192.0.2.7", 9101),
            queue("office", to("192.0.2.7", 631)),
            queue("kitchen", to("192.0.2.7", 9101)),
        ];
        assert_eq!(
            merged(server),
            [
                "spooler://office",
                "tcp://192.0.2.7:9100",
                "tcp://192.0.2.7:9101 + spooler://kitchen"
            ]
        );
    }

    #[test]
    fn a_scan_finds_again_who_announces_itself() {
        let scanned = Sighting {
            identities: vec![Identity::Address("tcp://192.0.2.7:9100".into())],
            ..lan("192.0.2.7", "192.0.2.7", 9100)
        };
        let devices = merge(vec![scanned, lan("Bar", "192.0.2.7", 9100)]);
        assert_eq!(devices.len(), 1);
    }
}
