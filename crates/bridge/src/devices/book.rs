//! The devices that were ever seen, under ids that stay. In the home, as `devices.json`.

use super::identity::Identity;
use super::merge::Device;
use super::recognise::{Bond, Claim, Present, match_up};
use super::sighting::Sighting;
use super::twins::Shared;
use crate::home::write_private;
use platen_job::{PrinterId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// Devices that are kept. Then those make room that are away and that no printer belongs to, the oldest first.
const MOST: usize = 256;

/// Our id of a device, such as `dev-1f3a9c20`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceKey(String);

impl DeviceKey {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of devices, and which printer belongs to which.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Book {
    /// The oldest first.
    devices: Vec<Known>,
    shared: Shared,
    printers: BTreeMap<PrinterId, Place>,
}

/// A device that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub key: DeviceKey,
    pub name: String,
    /// With the network addresses at which it was last.
    pub(super) identities: BTreeSet<Identity>,
}

/// Where a printer's device has gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Its device.
    pub device: DeviceKey,
    /// The address in the settings when it was last seen there. Another one now, and this place is void: a person's
    /// word counts more.
    pub configured: String,
    /// Where the device is instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// When it went there by the device's name alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_name_at: Option<Timestamp>,
}

impl Place {
    /// At the address in the settings.
    pub fn at_home(device: DeviceKey, configured: String) -> Place {
        Place { device, configured, moved_to: None, by_name_at: None }
    }
}

impl Book {
    /// Reads a home's book. A missing or damaged one is an empty one: only ids and moves are lost.
    pub fn load(path: &Path) -> Book {
        let Ok(text) = std::fs::read(path) else { return Book::default() };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "what was known of devices cannot be read; starting anew");
            Book::default()
        })
    }

    /// Writes it. Blocks on the disk.
    ///
    /// # Errors
    /// Whatever the OS says.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        write_private(path, &serde_json::to_vec_pretty(self)?)
    }

    /// Leaves each sighting what no other device has.
    pub fn strip(&mut self, sightings: &mut [Sighting]) {
        self.shared.strip(sightings);
        for known in &mut self.devices {
            known.identities.retain(|one| !self.shared.has(one));
        }
    }

    /// Gives each device its id: the one it had before, or a new one. What is newly known of it is taken in.
    pub fn recognise(&mut self, devices: Vec<Device>, claims: &[Claim]) -> Vec<Present> {
        let found = match_up(&devices, &self.devices, claims);
        let mut present = Vec::with_capacity(devices.len());
        for (device, known) in devices.into_iter().zip(found) {
            let (key, bond) = match known {
                Some((index, bond)) => {
                    let key = self.devices[index].key.clone();
                    if bond == Bond::Firm || !self.has_printer(&key) {
                        self.devices[index].learn(&device);
                    }
                    (key, bond)
                }
                None => (self.add(&device), Bond::Firm),
            };
            present.push(Present { key, device, bond });
        }
        self.make_room(&present);
        present
    }

    /// It is that device, although only its name says so: its printers have gone after it.
    pub fn believe(&mut self, present: &Present) {
        if let Some(known) = self.devices.iter_mut().find(|known| known.key == present.key) {
            known.learn(&present.device);
        }
    }

    /// Whether a printer belongs to it.
    pub fn has_printer(&self, key: &DeviceKey) -> bool {
        self.printers.values().any(|place| place.device == *key)
    }

    fn add(&mut self, device: &Device) -> DeviceKey {
        let first = device.identities.first().map(ToString::to_string).unwrap_or_default();
        let digest: String =
            Sha256::digest(first.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let is_taken = |key: &str| self.devices.iter().any(|known| known.key.0 == key);
        let lengths = [8, 12, 16, 32, digest.len()];
        let keys = lengths.into_iter().map(|length| format!("dev-{}", &digest[..length]));
        let free = keys.into_iter().find(|key| !is_taken(key));
        // An id of this very identity that its device no longer has.
        let key = DeviceKey(free.unwrap_or_else(|| format!("dev-{}", uuid::Uuid::new_v4())));
        let mut known =
            Known { key: key.clone(), name: String::new(), identities: BTreeSet::new() };
        known.learn(device);
        self.devices.push(known);
        key
    }

    /// Forgets the oldest that nobody needs. What is here stays, however much that is: it would be found again at once.
    fn make_room(&mut self, present: &[Present]) {
        while self.devices.len() > MOST {
            let idle = |known: &Known| {
                present.iter().all(|here| here.key != known.key) && !self.has_printer(&known.key)
            };
            let Some(oldest) = self.devices.iter().position(idle) else { return };
            self.devices.remove(oldest);
        }
    }

    /// What is known of a device.
    pub fn get(&self, key: &DeviceKey) -> Option<&Known> {
        self.devices.iter().find(|known| known.key == *key)
    }

    /// Where a printer's device has gone, if `configured` is still the address that people gave it.
    pub fn place(&self, printer: &PrinterId, configured: &str) -> Option<&Place> {
        self.printers.get(printer).filter(|place| place.configured == configured)
    }

    /// Notes it.
    pub fn put_place(&mut self, printer: PrinterId, place: Place) {
        self.printers.insert(printer, place);
    }

    /// Forgets printers that are no longer set up.
    pub fn keep_printers(&mut self, is_there: impl Fn(&PrinterId) -> bool) {
        self.printers.retain(|printer, _| is_there(printer));
    }
}

impl Known {
    /// Takes in what is known of it now. Of what is not shown now (a way that is missing) the old stays.
    fn learn(&mut self, device: &Device) {
        let strong: BTreeSet<Identity> =
            device.identities.iter().filter(|one| one.is_strong()).cloned().collect();
        if strong.is_empty() {
            if !self.is_strong() {
                self.identities = device.identities.iter().cloned().collect();
            }
        } else {
            let sort = |identity: &Identity| match identity {
                Identity::Lan(lan) => {
                    (std::mem::discriminant(identity), Some(std::mem::discriminant(lan)))
                }
                _ => (std::mem::discriminant(identity), None),
            };
            let is_place = |one: &&Identity| matches!(one, Identity::Address(_));
            let places: Vec<Identity> =
                device.identities.iter().filter(is_place).cloned().collect();
            let renewed: Vec<_> = strong.iter().chain(&places).map(sort).collect();
            self.identities
                .retain(|one| (one.is_strong() || is_place(&one)) && !renewed.contains(&sort(one)));
            self.identities.extend(strong.into_iter().chain(places));
        }
        self.name.clone_from(&device.name);
    }

    /// Whether it has anything that can stay with the hardware.
    pub(super) fn is_strong(&self) -> bool {
        self.identities.iter().any(Identity::is_strong)
    }
}

#[cfg(test)]
mod tests {
    use super::super::merge::merge;
    use super::super::merge::tests::{lan, queue, usb};
    use super::*;
    use platen_devices::lan::LanIdentity;
    use platen_devices::spooler::QueueTarget;

    fn seen(book: &mut Book, sightings: Vec<Sighting>) -> Vec<DeviceKey> {
        let mut sightings = sightings;
        book.strip(&mut sightings);
        book.recognise(merge(sightings), &[]).into_iter().map(|here| here.key).collect()
    }

    #[test]
    fn an_id_stays_over_restarts_ports_and_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("devices.json");
        let mut book = Book::load(&path);
        let first = seen(&mut book, vec![usb("1-2", Some("X1")), lan("Bar", "192.0.2.7", 9100)]);
        book.save(&path).unwrap();
        let mut again = Book::load(&path);
        assert_eq!(again, book);
        let moved = vec![lan("Bar", "192.0.2.99", 9100), usb("1-4", Some("X1"))];
        assert_eq!(seen(&mut again, moved), [first[1].clone(), first[0].clone()]);

        let card = Identity::Lan(LanIdentity::Mac("00:26:ab:12:34:56".parse().unwrap()));
        let with_card = |name: &str| {
            let mut sighting = lan(name, "192.0.2.99", 9100);
            sighting.identities.insert(0, card.clone());
            sighting
        };
        assert_eq!(seen(&mut again, vec![with_card("Bar")]), [first[1].clone()]);
        assert_eq!(seen(&mut again, vec![with_card("Terrace")]), [first[1].clone()], "renamed");
        let old_name = seen(&mut again, vec![lan("Bar", "192.0.2.7", 9100)]);
        assert_ne!(old_name[0], first[1], "another printer has the old name now");
    }

    #[test]
    fn without_a_serial_number_the_port_is_the_device() {
        let mut book = Book::default();
        let first = seen(&mut book, vec![usb("1-2", None), usb("1-3", None)]);
        assert_ne!(first[0], first[1]);
        assert_eq!(seen(&mut book, vec![usb("1-3", None)]), [first[1].clone()]);
        assert_ne!(seen(&mut book, vec![usb("1-4", None)])[0], first[0]);
    }

    #[test]
    fn a_queue_stays_with_its_printer_while_that_is_unplugged() {
        let mut book = Book::default();
        let (make, model, serial) = ("EPSON".into(), "TM-T20III".into(), Some("X1".into()));
        let queue = || queue("POS80", QueueTarget::Usb { make, model, serial });
        let queue = queue();
        let both = seen(&mut book, vec![usb("1-2", Some("X1")), queue.clone()]);
        assert_eq!(both.len(), 1);
        assert_eq!(seen(&mut book, vec![queue]), both);
    }

    #[test]
    fn what_grows_has_an_end_and_devices_in_use_stay() {
        let mut book = Book::default();
        let bar = seen(&mut book, vec![lan("Bar", "192.0.2.7", 9100)]).remove(0);
        let place = Place::at_home(bar.clone(), "tcp://a".into());
        book.put_place(PrinterId::new("p").unwrap(), place);
        for nth in 0..MOST + 10 {
            seen(&mut book, vec![usb(&format!("1-{nth}"), Some(&format!("SER{nth}")))]);
        }
        assert_eq!(book.devices.len(), MOST);
        assert!(book.get(&bar).is_some());
    }

    #[test]
    fn a_damaged_book_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("devices.json");
        std::fs::write(&path, b"{\"devices\": 7").unwrap();
        assert_eq!(Book::load(&path), Book::default());
    }
}
