//! What the path of a Windows device interface says of the device behind it.
//!
//! `\\?\usb#vid_04b8&pid_0e15#INSTANCE#{interface class}`. The instance is the serial number where the device has one;
//! where Windows had to make one up, an `&` is in it, and it stands for the port.

use super::quirks::UsbId;

/// The device of an interface path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Instance {
    pub(super) id: UsbId,
    /// In the spelling of the path: Windows keeps serial numbers in upper case.
    pub(super) serial: Option<String>,
    pub(super) name: String,
}

impl Instance {
    pub(super) fn parse(path: &str) -> Option<Instance> {
        let mut parts = path.split('#').skip(1);
        let (hardware, name) = (parts.next()?.to_ascii_lowercase(), parts.next()?);
        let number = |key: &str| {
            let digits = hardware.split('&').find_map(|part| part.strip_prefix(key))?;
            u16::from_str_radix(digits, 16).ok()
        };
        let id = UsbId { vendor: number("vid_")?, product: number("pid_")? };
        let serial = (!name.contains('&')).then(|| name.to_ascii_uppercase());
        (!name.is_empty()).then(|| Instance { id, serial, name: name.to_ascii_uppercase() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_and_ports_are_told_apart() {
        let class = "{28d78fad-5a12-11d1-ae5b-0000f803a8c2}";
        let id = UsbId { vendor: 0x04b8, product: 0x0e15 };
        let path = format!(r"\\?\usb#vid_04b8&pid_0e15#x7pf012345#{class}");
        let found = Instance::parse(&path).unwrap();
        assert_eq!((found.id, found.serial.as_deref()), (id, Some("X7PF012345")));
        let path = format!(r"\\?\USB#VID_04B8&PID_0E15&MI_01#6&38a3c9b1&0&2#{class}");
        let found = Instance::parse(&path).unwrap();
        assert_eq!((found.id, found.serial), (id, None));
        assert_eq!(found.name, "6&38A3C9B1&0&2");
        for other in ["", r"\\?\usb#vid_04b8#x#{y}", r"\\?\usb#vid_04b8&pid_0e15", r"\\?\lpt1"] {
            assert_eq!(Instance::parse(other), None, "{other}");
        }
    }
}
