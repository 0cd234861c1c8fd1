//! Where a printer goes when its device has gone elsewhere. Pure.

use super::merge::Device;
use super::sighting::WayKind;
use platen_devices::DeviceUri;

/// The address at which a printer is to be used now. `None`: it stays where it is.
///
/// A person's address counts as long as the device is there. What was set up through the operating system's queue stays
/// there, and what was set up directly is never put into a queue: both do things for a shop that the other does not.
pub fn place(configured: &DeviceUri, now: &DeviceUri, device: &Device) -> Option<DeviceUri> {
    let there = if device.is_at(configured) {
        configured.clone()
    } else if device.is_at(now) {
        return None;
    } else {
        let usable = |way: &&super::sighting::Sighting| {
            is_direct(way.kind) == is_direct(WayKind::of(configured)) && way.trouble.is_none()
        };
        let mut ways = device.ways.iter().filter(usable);
        ways.find_map(|way| way.uris.first())?.clone()
    };
    (there != *now).then_some(there)
}

fn is_direct(kind: WayKind) -> bool {
    kind != WayKind::Spooler
}

#[cfg(test)]
mod tests {
    use super::super::identity::Identity;
    use super::super::merge::tests::{lan, queue, usb};
    use super::super::merge::{Device, merge};
    use super::*;
    use platen_devices::lan::LanIdentity;
    use platen_devices::spooler::QueueTarget;

    fn at(uri: &str) -> DeviceUri {
        uri.parse().unwrap()
    }

    fn device(sightings: Vec<super::super::sighting::Sighting>) -> Device {
        merge(sightings).remove(0)
    }

    #[test]
    fn a_printer_follows_its_device_to_another_address_and_back() {
        let old = at("tcp://192.0.2.7:9100");
        let moved = device(vec![lan("Bar", "192.0.2.9", 9100)]);
        let new = at("tcp://192.0.2.9:9100");
        assert_eq!(place(&old, &old, &moved), Some(new.clone()));
        assert_eq!(place(&old, &new, &moved), None, "it is there already");
        let back = device(vec![lan("Bar", "192.0.2.7", 9100)]);
        assert_eq!(place(&old, &new, &back), Some(old));
    }

    #[test]
    fn direct_ways_stand_in_for_one_another_and_queues_for_queues() {
        let mut on_usb = usb("1-2", Some("X1"));
        on_usb.identities.push(Identity::Lan(LanIdentity::Name("Bar".into())));
        let bar = QueueTarget::Mdns { instance: "Bar".into(), uuid: None };
        let both = device(vec![on_usb, queue("bar2", bar.clone())]);
        assert_eq!(both.ways.len(), 2);
        let network = at("tcp://192.0.2.7:9100");
        assert_eq!(place(&network, &network, &both), Some(at("usb://04b8:0e15/X1")));
        let renamed = at("spooler://bar");
        assert_eq!(place(&renamed, &renamed, &both), Some(at("spooler://bar2")));
        let only_queue = device(vec![queue("bar", bar)]);
        assert_eq!(place(&network, &network, &only_queue), None, "never into a queue");
    }
}
