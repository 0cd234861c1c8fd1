//! What an mDNS announcement says of a printer. Pure; keys as in Apple's Bonjour Printing Specification 1.2.1.

use super::found::{FoundPrinter, Service, ServiceKind};
use super::identity::{LanIdentity, MacAddress};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The service types that are looked for.
pub(super) const TYPES: [(&str, ServiceKind); 3] = [
    ("_pdl-datastream._tcp.local.", ServiceKind::Raw),
    ("_printer._tcp.local.", ServiceKind::Lpd),
    ("_ipp._tcp.local.", ServiceKind::Ipp),
];

/// The longest text of a stranger's that is kept, in characters.
const LONGEST_TEXT: usize = 127;

/// One announced service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announcement {
    /// The printer's name: the same for all its services.
    pub(super) instance: String,
    pub(super) service: Service,
    pub(super) addresses: Vec<IpAddr>,
    /// Keys in lower case.
    pub(super) properties: BTreeMap<String, String>,
}

/// The printers behind those announcements: one for each name. `mac_of` knows the neighbours' network cards.
pub(super) fn printers<'a>(
    announcements: impl Iterator<Item = &'a Announcement>,
    mac_of: impl Fn(IpAddr) -> Option<MacAddress>,
) -> Vec<FoundPrinter> {
    let mut by_name: BTreeMap<&str, Vec<&Announcement>> = BTreeMap::new();
    for announcement in announcements {
        by_name.entry(&announcement.instance).or_default().push(announcement);
    }
    let mut found: Vec<FoundPrinter> =
        by_name.into_values().map(|services| printer(&services, &mac_of)).collect();
    drop_shared_cards(&mut found);
    drop_what_twins_share(&mut found);
    found
}

/// A card with several printers behind it (a print server) names none of them.
fn drop_shared_cards(found: &mut [FoundPrinter]) {
    let cards: Vec<MacAddress> = found.iter().filter_map(|printer| printer.mac).collect();
    for printer in found {
        let shared = |card: &MacAddress| cards.iter().filter(|other| *other == card).count() > 1;
        printer.identities.retain(|one| !matches!(one, LanIdentity::Mac(card) if shared(card)));
    }
}

/// What two printers have that certainly are two names neither, for good. A card seen at two addresses is not among it: the
/// table of neighbours lags behind when addresses change.
fn drop_what_twins_share(found: &mut [FoundPrinter]) {
    let all = found.to_vec();
    for printer in found {
        let twins: Vec<&FoundPrinter> =
            all.iter().filter(|other| printer.is_twin_of(other)).collect();
        if let Some(mac) = printer.mac
            && twins.iter().any(|twin| twin.mac == Some(mac) && twin.has_address_of(printer))
        {
            printer.shared.push(LanIdentity::Mac(mac));
        }
        let is_shared = |one: &LanIdentity| {
            matches!(one, LanIdentity::Uuid(_))
                && twins.iter().any(|twin| twin.identities.contains(one))
        };
        printer.shared.extend(printer.identities.iter().filter(|one| is_shared(one)).cloned());
        printer.identities.retain(|one| !printer.shared.contains(one));
    }
}

fn printer(
    services: &[&Announcement],
    mac_of: &impl Fn(IpAddr) -> Option<MacAddress>,
) -> FoundPrinter {
    let property = |key: &str| services.iter().find_map(|one| one.properties.get(key)).cloned();
    let name = services.first().map(|one| clean(&one.instance)).unwrap_or_default();
    let mut addresses: Vec<IpAddr> =
        services.iter().flat_map(|one| one.addresses.iter().copied()).collect();
    addresses.sort_by_key(|address| (address.is_ipv6(), *address));
    addresses.dedup();
    let announced = property("mac").and_then(|text| text.parse().ok());
    let mac = announced.or_else(|| addresses.iter().find_map(|address| mac_of(*address)));
    let mut identities = Vec::new();
    identities.extend(property("uuid").and_then(|text| uuid(&text)).map(LanIdentity::Uuid));
    identities.extend(mac.map(LanIdentity::Mac));
    identities.push(LanIdentity::Name(name.clone()));
    let mut offered: Vec<Service> = services.iter().map(|one| one.service).collect();
    offered.sort_unstable();
    offered.dedup();
    FoundPrinter {
        identities,
        shared: Vec::new(),
        name,
        make: property("usb_mfg"),
        model: property("usb_mdl").or_else(|| property("ty")).or_else(|| {
            let product = property("product")?;
            Some(product.trim_matches(['(', ')']).to_owned())
        }),
        mac,
        addresses,
        services: offered,
    }
}

/// A stranger's text, in one line and not too long.
pub(super) fn clean(text: &str) -> String {
    let line: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
    line.trim().to_owned()
}

fn uuid(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let bare = text.strip_prefix("urn:uuid:").unwrap_or(&text);
    let plain = bare.len() == 36 && bare.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit());
    plain.then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(
        instance: &str,
        kind: ServiceKind,
        address: &str,
        properties: &[(&str, &str)],
    ) -> Announcement {
        let port = match kind {
            ServiceKind::Raw => 9100,
            ServiceKind::Lpd => 515,
            ServiceKind::Ipp => 631,
        };
        let properties = properties.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Announcement {
            instance: instance.to_owned(),
            service: Service { kind, port },
            addresses: vec![address.parse().unwrap()],
            properties: properties.collect(),
        }
    }

    fn nobody(_: IpAddr) -> Option<MacAddress> {
        None
    }

    #[test]
    fn the_services_of_one_printer_are_one_printer() {
        const UUID: &str = "CFE92100-67C4-11D4-A45F-F8D027761251";
        let all = [
            announced(
                "Bar",
                ServiceKind::Ipp,
                "fe80::1",
                &[("uuid", UUID), ("ty", "EPSON TM-T88")],
            ),
            announced(
                "Bar",
                ServiceKind::Raw,
                "192.0.2.7",
                &[("usb_mfg", "EPSON"), ("usb_mdl", "TM-T88VI")],
            ),
            announced("Kitchen", ServiceKind::Raw, "192.0.2.8", &[("product", "(XP-80)")]),
        ];
        let found = printers(all.iter(), nobody);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].uri().unwrap().to_string(), "tcp://192.0.2.7:9100");
        assert_eq!(
            (found[0].make.as_deref(), found[0].model.as_deref()),
            (Some("EPSON"), Some("TM-T88VI"))
        );
        let identities: Vec<String> = found[0].identities.iter().map(ToString::to_string).collect();
        assert_eq!(identities, ["uuid:cfe92100-67c4-11d4-a45f-f8d027761251", "mdns:Bar"]);
        assert_eq!(found[1].model.as_deref(), Some("XP-80"));
        assert!(!found[0].is(&found[1]));
    }

    #[test]
    fn a_new_address_is_the_same_printer() {
        let mac: MacAddress = "00:26:ab:12:34:56".parse().unwrap();
        let before = [announced("Bar", ServiceKind::Raw, "192.0.2.7", &[])];
        let after = [announced("Bar (2)", ServiceKind::Raw, "192.0.2.9", &[])];
        let one = &printers(before.iter(), |_| Some(mac))[0];
        let other = &printers(after.iter(), |_| Some(mac))[0];
        assert!(one.is(other), "by its card, although its name has changed");
        let renamed = &printers(after.iter(), nobody)[0];
        assert!(!one.is(renamed));
    }

    #[test]
    fn a_card_that_serves_several_printers_names_none() {
        let mac: MacAddress = "00:26:ab:12:34:56".parse().unwrap();
        let all = [
            announced("Bar", ServiceKind::Raw, "192.0.2.7", &[]),
            announced("Kitchen", ServiceKind::Raw, "192.0.2.7", &[]),
        ];
        let found = printers(all.iter(), |_| Some(mac));
        assert!(!found[0].is(&found[1]));
        assert_eq!(found[0].mac, Some(mac), "it is still told");
        assert_eq!(found[0].shared, [], "the old name of the same printer may be remembered yet");
        let mut other_port = announced("Kitchen", ServiceKind::Raw, "192.0.2.7", &[]);
        other_port.service.port = 9101;
        let server = [all[0].clone(), other_port];
        let found = printers(server.iter(), |_| Some(mac));
        assert_eq!(found[0].shared, [LanIdentity::Mac(mac)]);
    }

    #[test]
    fn a_uuid_that_two_printers_announce_names_neither() {
        const UUID: &str = "cfe92100-67c4-11d4-a45f-f8d027761251";
        let uuid = LanIdentity::Uuid(UUID.into());
        let with = |name: &str, address: &str| {
            announced(name, ServiceKind::Raw, address, &[("uuid", UUID)])
        };
        let clones = [with("Bar", "192.0.2.7"), with("Kitchen", "192.0.2.8")];
        let found = printers(clones.iter(), nobody);
        assert!(!found[0].is(&found[1]));
        for printer in &found {
            assert_eq!(
                printer.shared,
                std::slice::from_ref(&uuid),
                "whoever sees one alone later has to know"
            );
        }
        let renamed = [with("Bar", "192.0.2.7"), with("Bar (2)", "192.0.2.7")];
        let found = printers(renamed.iter(), nobody);
        assert!(found[0].is(&found[1]), "its old name is still remembered");
    }

    #[test]
    fn strangers_text_is_cut_and_cleaned() {
        assert_eq!(clean(" Bar\u{1b}[2J\r\n "), "Bar[2J");
        assert_eq!(clean(&"x".repeat(500)).len(), LONGEST_TEXT);
        assert_eq!(uuid("not-a-uuid"), None);
    }
}
