//! Which run of the operating system this is: what only stands in the page cache is lost with it.

use sha2::{Digest, Sha256};

/// One run of the operating system, from power-on to power-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootId {
    /// A digest of the system's own name for this run.
    Known([u8; 16]),
    /// The system does not tell: no mark of an earlier process is believed.
    Unknown,
}

impl BootId {
    /// The run of the system that this process lives in. Linux: `/proc/sys/kernel/random/boot_id`; elsewhere
    /// nothing is trusted yet, so a job that was leased when Platen was killed counts as started there.
    pub fn current() -> BootId {
        if !cfg!(target_os = "linux") {
            return BootId::Unknown;
        }
        match std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
            Ok(text) if !text.trim().is_empty() => BootId::named(text.trim()),
            _ => BootId::Unknown,
        }
    }

    /// The run of that name.
    pub fn named(name: &str) -> BootId {
        BootId::Known(digest(&[name.as_bytes()]))
    }
}

/// The first 16 bytes of SHA-256 over the parts, each closed by a zero byte.
pub(crate) fn digest(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hash.finalize()[..16]);
    short
}
