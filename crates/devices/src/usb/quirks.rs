//! Which devices need to be treated specially, as data.

use std::fmt;
use std::sync::LazyLock;

/// A product of a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsbId {
    /// The vendor's number (idVendor).
    pub vendor: u16,
    /// The vendor's number for the product (idProduct).
    pub product: u16,
}

impl UsbId {
    /// Two hexadecimal numbers of four digits with a colon between them, as `lsusb` shows them.
    pub(super) fn parse(text: &str) -> Option<UsbId> {
        let (vendor, product) = text.split_once(':')?;
        Some(UsbId { vendor: number(vendor)?, product: number(product)? })
    }

    /// The udev rule that lets the group `lp`, and whoever sits at the computer, use it.
    pub(super) fn udev_rule(self) -> String {
        format!(
            "SUBSYSTEM==\"usb\", ENV{{DEVTYPE}}==\"usb_device\", ATTR{{idVendor}}==\"{:04x}\", \
             ATTR{{idProduct}}==\"{:04x}\", GROUP=\"lp\", MODE=\"0660\", TAG+=\"uaccess\"",
            self.vendor, self.product
        )
    }
}

impl fmt::Display for UsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:04x}", self.vendor, self.product)
    }
}

/// What is special about one device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Quirks {
    pub(super) interface: InterfaceClass,
    pub(super) answers: Answers,
    pub(super) kernel_driver: KernelDriver,
}

/// Of which class the interface is that print data goes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum InterfaceClass {
    #[default]
    Printer,
    Vendor,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Answers {
    #[default]
    Read,
    NotRead,
}

/// Whether the kernel's printer driver gets the device back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum KernelDriver {
    #[default]
    ComesBack,
    StaysAway,
}

struct Entry {
    vendor: u16,
    product: Option<u16>,
    words: Vec<&'static str>,
}

static TABLE: LazyLock<Vec<Entry>> =
    LazyLock::new(|| include_str!("quirks.txt").lines().filter_map(entry).collect());

fn entry(line: &'static str) -> Option<Entry> {
    let content = line.split('#').next().unwrap_or_default();
    let mut words = content.split_whitespace();
    let (vendor, product) = words.next()?.split_once(':')?;
    let product = if product == "*" { None } else { Some(number(product)?) };
    Some(Entry { vendor: number(vendor)?, product, words: words.collect() })
}

fn number(text: &str) -> Option<u16> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}

/// What the table says of that device.
pub(super) fn quirks(id: UsbId) -> Quirks {
    let mut quirks = Quirks::default();
    let matching = TABLE.iter().filter(|entry| {
        entry.vendor == id.vendor && entry.product.is_none_or(|product| product == id.product)
    });
    for word in matching.flat_map(|entry| &entry.words) {
        match *word {
            "vendor-class" => quirks.interface = InterfaceClass::Vendor,
            "one-way" => quirks.answers = Answers::NotRead,
            "no-reattach" => quirks.kernel_driver = KernelDriver::StaysAway,
            _ => {}
        }
    }
    quirks
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = include_str!("../../../../installers/linux/70-platen-usb-printers.rules");

    #[test]
    fn every_line_of_the_table_is_understood() {
        let lines = include_str!("quirks.txt")
            .lines()
            .filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
        assert_eq!(TABLE.len(), lines.count());
        for entry in TABLE.iter() {
            assert!(!entry.words.is_empty());
            for word in &entry.words {
                assert!(["vendor-class", "one-way", "no-reattach"].contains(word), "{word}");
            }
        }
    }

    #[test]
    fn a_device_has_the_quirks_of_its_product_and_of_its_vendor() {
        let of = |vendor, product| quirks(UsbId { vendor, product });
        assert_eq!(of(0x04b8, 0x0202).interface, InterfaceClass::Vendor);
        assert_eq!(of(0x04b8, 0x0e15), Quirks::default());
        assert_eq!(of(0x0519, 0x1234).answers, Answers::NotRead);
        let adapter = of(0x067b, 0x2305);
        assert_eq!(adapter.answers, Answers::NotRead);
        assert_eq!(adapter.kernel_driver, KernelDriver::StaysAway);
    }

    #[test]
    fn the_installed_rule_covers_the_vendor_class_devices_and_no_others() {
        let rules: Vec<&str> =
            RULES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        let expected: Vec<String> = TABLE
            .iter()
            .filter(|entry| entry.words.contains(&"vendor-class"))
            .map(|entry| {
                let product = entry.product.expect("a rule needs a product");
                UsbId { vendor: entry.vendor, product }.udev_rule()
            })
            .collect();
        assert_eq!(rules, expected);
    }

    #[test]
    fn ids_are_read_as_lsusb_writes_them() {
        assert_eq!(UsbId::parse("04b8:0E15"), Some(UsbId { vendor: 0x04b8, product: 0x0e15 }));
        for wrong in ["4b8:0e15", "04b8", "04b8:", "04b8:0e155", "+4b8:0e15", "04b8:0g15"] {
            assert_eq!(UsbId::parse(wrong), None, "{wrong}");
        }
    }
}
