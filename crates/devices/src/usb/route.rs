//! Which interface and endpoints of a device print data goes through.

use super::quirks::{Answers, InterfaceClass, Quirks};

/// USB's number for the printer class, and for a vendor's own.
const PRINTER: u8 = 7;
const VENDOR: u8 = 0xFF;
/// The only subclass of printers.
const PRINTERS: u8 = 1;

/// One alternate setting of an interface, as the descriptors have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) interface: u8,
    pub(super) alternate: u8,
    pub(super) class: u8,
    pub(super) subclass: u8,
    pub(super) protocol: u8,
    /// Addresses of bulk endpoints; bit 7 says "towards the computer".
    pub(super) bulk: Vec<u8>,
}

/// Where print data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) interface: u8,
    pub(super) alternate: u8,
    /// Whether the interface has other settings, so that this one has to be chosen.
    pub(super) choice: Choice,
    pub(super) class: InterfaceClass,
    pub(super) out: u8,
    /// Where answers come from, if they do.
    pub(super) answers: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Choosing the only setting there is confuses some printers: left out.
    OnlyOne,
    ToBeMade,
}

/// The best setting for raw print data: both ways before one way. IPP over USB (protocol 4) and packets (3) take none.
pub(super) fn route(settings: &[Setting], quirks: Quirks) -> Option<Route> {
    let best = settings
        .iter()
        .filter(|setting| out_of(setting).is_some())
        .filter_map(|setting| Some((rank(setting, quirks.interface)?, setting)))
        .min_by_key(|(rank, _)| *rank)?
        .1;
    let alternatives = settings.iter().filter(|other| other.interface == best.interface).count();
    let answers = match (quirks.answers, best.class, best.protocol) {
        (Answers::NotRead, _, _) | (_, PRINTER, 1) => None,
        _ => best.bulk.iter().copied().find(|endpoint| endpoint & 0x80 != 0),
    };
    Some(Route {
        interface: best.interface,
        alternate: best.alternate,
        choice: if alternatives > 1 { Choice::ToBeMade } else { Choice::OnlyOne },
        class: if best.class == VENDOR { InterfaceClass::Vendor } else { InterfaceClass::Printer },
        out: out_of(best)?,
        answers,
    })
}

fn out_of(setting: &Setting) -> Option<u8> {
    setting.bulk.iter().copied().find(|endpoint| endpoint & 0x80 == 0)
}

/// The lower, the better.
fn rank(setting: &Setting, class: InterfaceClass) -> Option<u8> {
    match (class, setting.class, setting.subclass, setting.protocol) {
        (_, PRINTER, PRINTERS, 2) => Some(0),
        (_, PRINTER, PRINTERS, 1) => Some(1),
        (InterfaceClass::Vendor, VENDOR, _, _) => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(interface: u8, alternate: u8, class: u8, protocol: u8, bulk: &[u8]) -> Setting {
        let subclass = if class == PRINTER { PRINTERS } else { 0 };
        Setting { interface, alternate, class, subclass, protocol, bulk: bulk.to_vec() }
    }

    fn vendor() -> Quirks {
        Quirks { interface: InterfaceClass::Vendor, ..Quirks::default() }
    }

    #[test]
    fn both_ways_are_preferred() {
        let settings = [
            setting(0, 0, 3, 0, &[0x83]),
            setting(1, 0, PRINTER, 1, &[0x01]),
            setting(1, 1, PRINTER, 2, &[0x01, 0x82]),
            setting(1, 2, PRINTER, 4, &[0x01, 0x82]),
        ];
        let found = route(&settings, Quirks::default()).unwrap();
        assert_eq!((found.interface, found.alternate, found.out), (1, 1, 0x01));
        assert_eq!((found.answers, found.choice), (Some(0x82), Choice::ToBeMade));
    }

    #[test]
    fn a_one_way_printer_has_no_answers() {
        let one = [setting(0, 0, PRINTER, 1, &[0x01, 0x82])];
        let found = route(&one, Quirks::default()).unwrap();
        assert_eq!((found.answers, found.choice), (None, Choice::OnlyOne));
        let quirks = Quirks { answers: Answers::NotRead, ..Quirks::default() };
        let two = [setting(0, 0, PRINTER, 2, &[0x01, 0x82])];
        assert_eq!(route(&two, quirks).unwrap().answers, None);
    }

    #[test]
    fn a_vendors_interface_counts_only_where_the_table_says_so() {
        let settings = [setting(0, 0, VENDOR, 0, &[0x81, 0x02])];
        assert_eq!(route(&settings, Quirks::default()), None);
        let found = route(&settings, vendor()).unwrap();
        assert_eq!((found.out, found.answers), (0x02, Some(0x81)));
        assert_eq!(found.class, InterfaceClass::Vendor);
    }

    #[test]
    fn what_takes_no_raw_data_is_no_printer() {
        for settings in [
            vec![],
            vec![setting(0, 0, PRINTER, 4, &[0x01, 0x82])],
            vec![setting(0, 0, PRINTER, 2, &[0x82])],
            vec![setting(0, 0, 8, 0x50, &[0x01, 0x82])],
        ] {
            assert_eq!(route(&settings, Quirks::default()), None);
        }
    }
}
