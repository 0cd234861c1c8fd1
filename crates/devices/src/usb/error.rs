//! What can be wrong with a USB printer before it is talked to.

use super::quirks::UsbId;
use std::fmt;

/// Why a USB printer cannot be listed, watched or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsbError {
    /// The system's USB library cannot be used at all.
    #[error("USB cannot be used on this computer (libusb error {0})")]
    Unavailable(i32),
    /// No attached printer has this address.
    #[error("the printer is not plugged in, or is switched off")]
    NotFound,
    /// Several attached printers have this serial number.
    #[error("several printers have this serial number; name the one by its port: {0}")]
    Ambiguous(String),
    /// The system refuses access; says what mends it.
    #[error("{0}")]
    AccessDenied(AccessHelp),
    /// Somebody else has claimed the printer.
    #[error("another program is using the printer")]
    Busy,
    /// The device has no interface that takes print data.
    #[error("the device has no interface that takes print data")]
    NoInterface,
    /// Opening it took too long, or an earlier attempt still hangs.
    #[error("the printer's USB connection hangs; unplug it and plug it in again")]
    Hangs,
    /// The system said something else: its error code.
    #[error("the printer cannot be opened (USB error {0})")]
    Failed(i32),
}

/// The words, and the one command, for a printer that this user may not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessHelp {
    /// A printer-class device: distributions give it to the group `lp`.
    JoinGroup,
    /// A vendor-class device: no rule of the distribution covers it.
    AddRule(UsbId),
}

impl AccessHelp {
    /// One shell command, complete in itself.
    pub fn command(self) -> String {
        // A file of its own name: one that is called as the packages' would take the place of that.
        match self {
            AccessHelp::JoinGroup => "sudo usermod -aG lp \"$USER\"".to_owned(),
            AccessHelp::AddRule(id) => format!(
                "echo '{}' | sudo tee -a /etc/udev/rules.d/71-platen-local.rules && \
                 sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=usb",
                id.udev_rule()
            ),
        }
    }
}

impl fmt::Display for AccessHelp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this user may not use the printer; this mends it: {}", self.command())?;
        match self {
            AccessHelp::JoinGroup => f.write_str(" (then log in again)"),
            AccessHelp::AddRule(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_access_comes_with_the_command_that_mends_it() {
        let group = UsbError::AccessDenied(AccessHelp::JoinGroup).to_string();
        assert!(group.contains("sudo usermod -aG lp"), "{group}");
        let id = UsbId { vendor: 0x04b8, product: 0x0202 };
        let rule = UsbError::AccessDenied(AccessHelp::AddRule(id)).to_string();
        assert!(rule.contains("ATTR{idVendor}==\"04b8\", ATTR{idProduct}==\"0202\""), "{rule}");
        assert!(!rule.contains("0666") && !rule.contains('\n'), "{rule}");
    }
}
