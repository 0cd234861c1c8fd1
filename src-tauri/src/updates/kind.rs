//! What a new version comes as here: the same as this one came as.

use super::system::SystemInstaller;
use tauri::utils::config::BundleType;
use tauri::utils::platform::bundle_type;

/// What a new version comes as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file that is replaced by another: an AppImage, or what somebody put into a folder of their own on Linux.
    Program,
    /// A package of the system.
    System(SystemInstaller),
    /// An installer for Windows.
    Setup,
    /// The packed bundle of an app, for a Mac.
    App,
}

impl Kind {
    /// What it comes as on this computer.
    pub fn here() -> Kind {
        match bundle_type() {
            Some(BundleType::Deb) => Kind::System(SystemInstaller::Dpkg),
            Some(BundleType::Rpm) => Kind::System(SystemInstaller::Rpm),
            _ if cfg!(windows) => Kind::Setup,
            _ if cfg!(target_os = "macos") => Kind::App,
            _ => Kind::Program,
        }
    }

    /// Whether that begins as one does. A page of a proxy does not.
    pub fn has_mark(self, content: &[u8]) -> bool {
        let mark: &[u8] = match self {
            Kind::Program => b"\x7fELF",
            Kind::System(SystemInstaller::Dpkg) => b"!<arch>\n",
            Kind::System(SystemInstaller::Rpm) => b"\xed\xab\xee\xdb",
            Kind::Setup => b"MZ",
            Kind::App => b"\x1f\x8b",
        };
        content.starts_with(mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_takes_a_page_for_a_package() {
        let kinds = [
            Kind::Program,
            Kind::System(SystemInstaller::Dpkg),
            Kind::System(SystemInstaller::Rpm),
            Kind::Setup,
            Kind::App,
        ];
        for page in ["", "<!doctype html>", "<html><head>", "{\"error\": 502}", "Bad gateway"] {
            assert!(!kinds.iter().any(|kind| kind.has_mark(page.as_bytes())), "{page}");
        }
        assert!(Kind::System(SystemInstaller::Dpkg).has_mark(b"!<arch>\ndebian-binary   "));
    }
}
