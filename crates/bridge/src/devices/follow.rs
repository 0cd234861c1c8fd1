//! Where a printer goes when its device has gone elsewhere. Pure.

use super::book::{DeviceKey, Place};
use super::merge::Device;
use super::recognise::{Bond, Present};
use super::sighting::WayKind;
use platen_devices::DeviceUri;
use platen_job::Timestamp;
use std::time::Duration;

/// A device that comes to the old address within this time after a printer has left it for its device's name was meant:
/// the names have changed places, not the printers.
const IN_DOUBT: Duration = Duration::from_secs(600);

/// What a printer has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Stay,
    /// Only a name says that its device is elsewhere, and somebody still answers where the printer is.
    Wait,
    /// After its device.
    Go(DeviceUri, Bond),
    /// Back to the address in the settings, where its device is after all: that one.
    Home(DeviceKey),
}

/// Whether anybody is at a printer's present address, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nobody.
    None,
    /// Somebody, or nobody knows.
    Perhaps,
}

/// What a printer does that belongs to a device; `is_free` knows whether no printer belongs to another one.
pub fn step(
    place: &Place,
    (configured, now): (&DeviceUri, &DeviceUri),
    present: &[Present],
    is_free: impl Fn(&DeviceKey) -> bool,
    (answer, time): (Answer, Timestamp),
) -> Step {
    let in_doubt = place.by_name_at.is_some_and(|left| time.since(left) < IN_DOUBT);
    let at_home = |here: &&Present| {
        let other = here.key != place.device && here.device.is_strong();
        other && here.device.is_at(configured) && is_free(&here.key)
    };
    if in_doubt && let Some(here) = present.iter().find(at_home) {
        return Step::Home(here.key.clone());
    }
    let own = present.iter().find(|here| here.key == place.device);
    let Some((own, there)) = own.zip(own.and_then(|own| self::place(configured, now, &own.device)))
    else {
        return Step::Stay;
    };
    match (own.bond, answer) {
        (Bond::Name, Answer::Perhaps) => Step::Wait,
        _ => Step::Go(there, own.bond),
    }
}

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

    fn present(key: &str, bond: Bond, sighting: super::super::sighting::Sighting) -> Present {
        let key = serde_json::from_value(serde_json::json!(key)).unwrap();
        Present { key, device: device(vec![sighting]), bond }
    }

    #[test]
    fn a_name_alone_moves_a_printer_only_when_nobody_answers_where_it_is() {
        let old = at("tcp://192.0.2.7:9100");
        let moved = |bond| present("bar", bond, lan("Bar", "192.0.2.9", 9100));
        let bar = moved(Bond::Firm).key;
        let place = Place::at_home(bar, old.to_string());
        let step = |bond, answer| {
            let news = (answer, Timestamp(0));
            super::step(&place, (&old, &old), &[moved(bond)], |_| true, news)
        };
        assert_eq!(step(Bond::Name, Answer::Perhaps), Step::Wait);
        let there = at("tcp://192.0.2.9:9100");
        assert_eq!(step(Bond::Name, Answer::None), Step::Go(there.clone(), Bond::Name));
        assert_eq!(step(Bond::Firm, Answer::Perhaps), Step::Go(there, Bond::Firm));
    }

    #[test]
    fn a_printer_that_left_for_a_name_goes_back_when_somebody_is_at_its_address() {
        let (home, now) = (at("tcp://192.0.2.7:9100"), at("tcp://192.0.2.9:9100"));
        let there = present("bar", Bond::Firm, lan("XP-80", "192.0.2.9", 9100));
        let here = present("other", Bond::Firm, lan("XP-80 (2)", "192.0.2.7", 9100));
        let place = Place {
            moved_to: Some(now.to_string()),
            by_name_at: Some(Timestamp(0)),
            ..Place::at_home(there.key.clone(), home.to_string())
        };
        let both = [there, here];
        let step = |place: &Place, is_free, time| {
            super::step(place, (&home, &now), &both, |_| is_free, (Answer::Perhaps, time))
        };
        let soon = Timestamp(0).plus(IN_DOUBT / 2);
        assert_eq!(step(&place, true, soon), Step::Home(both[1].key.clone()));
        assert_eq!(step(&place, false, soon), Step::Stay, "it is another printer's");
        assert_eq!(step(&place, true, Timestamp(0).plus(IN_DOUBT)), Step::Stay, "long ago");
        let surely = Place { by_name_at: None, ..place };
        assert_eq!(step(&surely, true, soon), Step::Stay);
    }
}
