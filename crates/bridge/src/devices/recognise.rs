//! Which device of those that are known a device is that is seen now. Pure.
//!
//! What certainly stays with the hardware (serial number, UUID, network card) decides. Where nothing of that is known,
//! address and name do, and the address counts more: printers of one model take each other's names when both are
//! switched on at once, and a printer that is taken for another one gets its tickets. A name alone is believed only where
//! nobody is at the old address and nobody has the new one.

use super::book::{DeviceKey, Known};
use super::identity::Identity;
use super::merge::Device;
use std::collections::BTreeSet;

/// A device that is seen, under its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    pub key: DeviceKey,
    pub device: Device,
    pub bond: Bond,
}

/// By what a device was known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bond {
    /// By something that stays with the hardware, or by its place; or it is new.
    Firm,
    /// By its name alone, at another address than before. Where a printer belongs to it, nothing is learnt of it until that
    /// has gone after it.
    Name,
}

/// An address that a printer has, by its settings or by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub uri: String,
    /// The device that the printer belongs to, where that is known.
    pub device: Option<DeviceKey>,
}

/// For each device the known one that it is, by its place in `known`; none twice.
pub fn match_up(
    devices: &[Device],
    known: &[Known],
    claims: &[Claim],
) -> Vec<Option<(usize, Bond)>> {
    let mut matches = Matches { devices, known, found: vec![None; devices.len()] };
    // The strongest bond of all first, so that a weaker one takes nobody's place.
    matches.certain();
    matches.each(Bond::Firm, |device, known| {
        shares_name(device, known) && may_be_there(device, known)
    });
    matches.each(Bond::Firm, |device, known| {
        is_there(device, known) && device.is_strong() == known.is_strong()
    });
    matches.each(Bond::Name, |device, known| {
        let place_is_taken = |other: &Device| other.is_strong() && is_there(other, known);
        let is_claimed = |claim: &Claim| {
            claim.device.as_ref() != Some(&known.key)
                && places(&device.identities).any(|place| place == claim.uri)
        };
        shares_name(device, known)
            && !devices.iter().any(place_is_taken)
            && !claims.iter().any(is_claimed)
    });
    matches.each(Bond::Firm, |device, known| {
        !known.is_strong() && device.identities.iter().any(|one| known.identities.contains(one))
    });
    matches.found
}

struct Matches<'a> {
    devices: &'a [Device],
    known: &'a [Known],
    found: Vec<Option<(usize, Bond)>>,
}

impl Matches<'_> {
    fn certain(&mut self) {
        for (nth, device) in self.devices.iter().enumerate() {
            let mut certain = device.identities.iter().filter(|one| one.is_certain());
            let same =
                certain.find_map(|one| self.free(device, |known| known.identities.contains(one)));
            self.found[nth] = same.map(|index| (index, Bond::Firm));
        }
    }

    fn each(&mut self, bond: Bond, is_it: impl Fn(&Device, &Known) -> bool) {
        for (nth, device) in self.devices.iter().enumerate() {
            if self.found[nth].is_none() {
                let same = self.free(device, |known| is_it(device, known));
                self.found[nth] = same.map(|index| (index, bond));
            }
        }
    }

    fn free(&self, device: &Device, is_it: impl Fn(&Known) -> bool) -> Option<usize> {
        let is_free = |index| self.found.iter().flatten().all(|(taken, _)| *taken != index);
        let fits = |(index, known): (usize, &Known)| {
            let same = is_free(index) && is_it(known) && !contradicts(device, known);
            same.then_some(index)
        };
        self.known.iter().enumerate().find_map(fits)
    }
}

/// Whether they differ in what no single device has two of.
fn contradicts(device: &Device, known: &Known) -> bool {
    [Identity::is_uuid, Identity::is_card].into_iter().any(|sort| {
        let here: BTreeSet<_> = device.identities.iter().filter(|one| sort(one)).collect();
        let there: BTreeSet<_> = known.identities.iter().filter(|one| sort(one)).collect();
        !here.is_empty() && !there.is_empty() && here.is_disjoint(&there)
    })
}

fn shares_name(device: &Device, known: &Known) -> bool {
    device.identities.iter().any(|one| one.is_name() && known.identities.contains(one))
}

/// Whether the device is where that one was last.
fn is_there(device: &Device, known: &Known) -> bool {
    places(&known.identities).any(|place| places(&device.identities).any(|here| here == place))
}

/// The same, or nobody knows of one of them where it is.
fn may_be_there(device: &Device, known: &Known) -> bool {
    is_there(device, known)
        || places(&device.identities).next().is_none()
        || places(&known.identities).next().is_none()
}

fn places<'a>(identities: impl IntoIterator<Item = &'a Identity>) -> impl Iterator<Item = &'a str> {
    identities.into_iter().filter_map(|one| match one {
        Identity::Address(address) => Some(address.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::book::{Book, Place};
    use super::super::merge::merge;
    use super::super::merge::tests::lan;
    use super::super::sighting::Sighting;
    use super::*;
    use platen_devices::lan::LanIdentity;
    use platen_job::PrinterId;

    const HERE: &str = "192.0.2.7";
    const THERE: &str = "192.0.2.8";
    const ELSEWHERE: &str = "192.0.2.9";

    fn at(name: &str, address: &str) -> Sighting {
        lan(name, address, 9100)
    }

    fn with(identity: LanIdentity, sighting: Sighting) -> Sighting {
        let mut sighting = sighting;
        sighting.identities.insert(0, Identity::Lan(identity));
        sighting
    }

    fn card(nth: u8, sighting: Sighting) -> Sighting {
        with(LanIdentity::Mac(format!("00:26:ab:00:00:{nth:02x}").parse().unwrap()), sighting)
    }

    fn uri(address: &str) -> String {
        format!("tcp://{address}:9100")
    }

    fn seen_by(
        book: &mut Book,
        sightings: Vec<Sighting>,
        claims: &[Claim],
    ) -> Vec<(DeviceKey, Bond)> {
        let mut sightings = sightings;
        book.strip(&mut sightings);
        let present = book.recognise(merge(sightings), claims);
        present.into_iter().map(|here| (here.key, here.bond)).collect()
    }

    fn seen(book: &mut Book, sightings: Vec<Sighting>) -> Vec<DeviceKey> {
        seen_by(book, sightings, &[]).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn a_clone_that_stays_is_not_taken_for_the_one_that_left() {
        let clone = LanIdentity::Uuid("cfe92100-67c4-11d4-a45f-f8d027761251".into());
        let mut book = Book::default();
        let first = seen(&mut book, vec![with(clone.clone(), at("Bar", HERE))]);
        let twin = |name: &str, address: &str| Sighting {
            shared: vec![Identity::Lan(clone.clone())],
            ..at(name, address)
        };
        let both = seen(&mut book, vec![twin("Bar", HERE), twin("Kitchen", THERE)]);
        assert_eq!(both[0], first[0]);
        assert_ne!(both[0], both[1]);
        let left = seen(&mut book, vec![with(clone.clone(), at("Kitchen", THERE))]);
        assert_eq!(left, [both[1].clone()], "also when it is the only one to say so");
        let text = serde_json::to_string(&book).unwrap();
        let mut book: Book = serde_json::from_str(&text).unwrap();
        assert_eq!(seen(&mut book, vec![with(clone, at("New", ELSEWHERE))]).len(), 1);
        assert_eq!(seen(&mut book, vec![at("Bar", HERE)]), first, "and after a restart");
    }

    #[test]
    fn printers_that_take_each_others_names_stay_where_they_are() {
        let mut book = Book::default();
        let before = seen(&mut book, vec![at("XP-80", HERE), at("XP-80 (2)", THERE)]);
        assert_eq!(
            seen(&mut book, vec![at("XP-80", THERE)]),
            [before[1].clone()],
            "the first to be back"
        );
        let after = seen(&mut book, vec![at("XP-80", THERE), at("XP-80 (2)", HERE)]);
        assert_eq!(after, [before[1].clone(), before[0].clone()]);
    }

    #[test]
    fn printers_with_known_cards_that_take_each_others_addresses_are_known_again() {
        let mut book = Book::default();
        let before = seen(&mut book, vec![card(1, at("XP-80", HERE)), card(2, at("Bar", THERE))]);
        let after = seen(&mut book, vec![card(1, at("XP-80", THERE)), card(2, at("Bar", HERE))]);
        assert_eq!(after, before);
    }

    #[test]
    fn another_card_or_uuid_is_another_device_whatever_else_it_says() {
        let uuid = |text: &str| LanIdentity::Uuid(text.into());
        let mut book = Book::default();
        let known = seen(&mut book, vec![with(uuid("a"), card(1, at("Bar", HERE)))]);
        for other in
            [with(uuid("a"), card(2, at("Bar", HERE))), with(uuid("b"), card(1, at("Bar", HERE)))]
        {
            assert_ne!(seen(&mut book.clone(), vec![other]), known);
        }
    }

    #[test]
    fn a_name_alone_is_believed_only_where_nobody_has_either_address() {
        let mut book = Book::default();
        let bar = seen(&mut book, vec![at("Bar", HERE)]).remove(0);
        let moved = |book: &Book, claims: &[Claim]| {
            seen_by(&mut book.clone(), vec![at("Bar", THERE)], claims).remove(0)
        };
        assert_eq!(moved(&book, &[]), (bar.clone(), Bond::Name));
        let claim =
            |device: Option<&DeviceKey>| [Claim { uri: uri(THERE), device: device.cloned() }];
        assert_eq!(moved(&book, &claim(Some(&bar))).0, bar, "its own printer");
        assert_ne!(moved(&book, &claim(None)).0, bar, "another printer has that address");
        let taken = seen(&mut book.clone(), vec![at("Bar", THERE), at("Other", HERE)]);
        assert_ne!(taken[0], bar, "somebody is where it was");
    }

    #[test]
    fn nothing_is_learnt_by_a_name_before_the_printer_has_gone_there() {
        let mut book = Book::default();
        let bar = seen(&mut book, vec![at("Bar", HERE)]).remove(0);
        book.put_place(PrinterId::new("p").unwrap(), Place::at_home(bar.clone(), uri(HERE)));
        let there = || card(1, at("Bar", THERE));
        for _ in 0..2 {
            assert_eq!(seen_by(&mut book, vec![there()], &[]), [(bar.clone(), Bond::Name)]);
        }
        let present = book.recognise(merge(vec![there()]), &[]);
        book.believe(&present[0]);
        assert_eq!(seen_by(&mut book, vec![there()], &[]), [(bar, Bond::Firm)]);
    }
}
