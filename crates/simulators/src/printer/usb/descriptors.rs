//! What a virtual USB printer says of itself: descriptors as the USB 2.0 standard (chapter 9) lays them out.

/// What a virtual USB printer says of itself on the bus.
#[derive(Debug, Clone)]
pub struct UsbIdentity {
    /// idVendor.
    pub vendor: u16,
    /// idProduct.
    pub product: u16,
    /// The maker's name.
    pub manufacturer: String,
    /// The product's name.
    pub product_name: String,
    /// The serial number, if it has one.
    pub serial: Option<String>,
    /// The IEEE 1284 device ID; without one the question is stalled.
    pub device_id: Option<String>,
    /// Class and directions of its interface.
    pub class: UsbClass,
    /// How fast it is.
    pub speed: UsbSpeed,
}

/// Class and directions of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbClass {
    /// Printer class with both directions.
    Printer,
    /// Printer class without bulk IN.
    OneWay,
    /// The vendor's own class; knows none of the printer class's requests.
    Vendor,
}

/// How fast a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbSpeed {
    /// 12 Mbit/s, packets of 64 bytes.
    Full,
    /// 480 Mbit/s, packets of 512 bytes.
    High,
}

impl Default for UsbIdentity {
    fn default() -> Self {
        Self {
            vendor: 0x04b8,
            product: 0x0e15,
            manufacturer: "EPSON".to_owned(),
            product_name: "TM-T20II".to_owned(),
            serial: Some("X7PF000001".to_owned()),
            device_id: Some("MFG:EPSON;CMD:ESC/POS;MDL:TM-T20II;CLS:PRINTER;".to_owned()),
            class: UsbClass::Printer,
            speed: UsbSpeed::Full,
        }
    }
}

pub(super) const OUT: u8 = 0x01;
pub(super) const IN: u8 = 0x82;

impl UsbSpeed {
    pub(super) fn packet(self) -> usize {
        match self {
            UsbSpeed::Full => 64,
            UsbSpeed::High => 512,
        }
    }

    /// The kernel's number (enum usb_device_speed).
    pub(super) fn number(self) -> u32 {
        match self {
            UsbSpeed::Full => 2,
            UsbSpeed::High => 3,
        }
    }
}

impl UsbIdentity {
    pub(super) fn device(&self) -> Vec<u8> {
        let mut descriptor = vec![18, 1, 0x00, 0x02, 0, 0, 0, 64];
        descriptor.extend(self.vendor.to_le_bytes());
        descriptor.extend(self.product.to_le_bytes());
        let serial = if self.serial.is_some() { 3 } else { 0 };
        descriptor.extend([0x00, 0x01, 1, 2, serial, 1]);
        descriptor
    }

    /// What a device that can do high speed would be at the other one.
    pub(super) fn qualifier(&self) -> Option<Vec<u8>> {
        (self.speed == UsbSpeed::High).then(|| vec![10, 6, 0x00, 0x02, 0, 0, 0, 64, 1, 0])
    }

    pub(super) fn configuration(&self) -> Vec<u8> {
        let (class, subclass, protocol) = match self.class {
            UsbClass::Printer => (7, 1, 2),
            UsbClass::OneWay => (7, 1, 1),
            UsbClass::Vendor => (0xFF, 0, 0),
        };
        let endpoints: &[u8] = if self.class == UsbClass::OneWay { &[OUT] } else { &[OUT, IN] };
        let [low, high] = (self.speed.packet() as u16).to_le_bytes();
        let count = endpoints.len() as u8;
        let mut descriptor = vec![9, 2, 0, 0, 1, 1, 0, 0xC0, 1];
        descriptor.extend([9, 4, 0, 0, count, class, subclass, protocol, 0]);
        for endpoint in endpoints {
            descriptor.extend([7, 5, *endpoint, 2, low, high, 0]);
        }
        let length = (descriptor.len() as u16).to_le_bytes();
        descriptor[2..4].copy_from_slice(&length);
        descriptor
    }

    pub(super) fn text(&self, index: u8) -> Option<Vec<u8>> {
        let text = match index {
            // The list of languages: US English.
            0 => return Some(vec![4, 3, 0x09, 0x04]),
            1 => &self.manufacturer,
            2 => &self.product_name,
            3 => self.serial.as_ref()?,
            _ => return None,
        };
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Some([&[units.len() as u8 + 2, 3], units.as_slice()].concat())
    }

    /// With its length in front, as GET_DEVICE_ID answers.
    pub(super) fn device_id(&self) -> Option<Vec<u8>> {
        let id = self.device_id.as_ref().filter(|_| self.class != UsbClass::Vendor)?;
        let length = (id.len() + 2) as u16;
        Some([&length.to_be_bytes(), id.as_bytes()].concat())
    }
}
