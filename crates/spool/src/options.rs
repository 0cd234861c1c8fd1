//! What the caller decides about a spool.

use crate::BootId;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How a spool is opened. The defaults are right for a till.
#[derive(Debug, Clone)]
pub struct SpoolOptions {
    /// How long things are kept.
    pub retention: Retention,
    /// Bytes held back on disk in a file of their own, so that accepted jobs can still be settled when the disk is
    /// full. 0 holds nothing back.
    pub reserve_bytes: u64,
    /// Commands that may wait for the writer. At the bound callers wait; nothing is dropped.
    pub queue: usize,
    /// Payload bytes that one `lease` may hand out; the first job always fits.
    pub lease_bytes: u64,
    /// How long `open` may look for damage before it goes on. Zero: not at all.
    pub check_time: Duration,
    /// Which run of the operating system this is. `None` asks the system; tests bring their own.
    pub boot: Option<BootId>,
}

/// How long things are kept. Open and unconfirmed jobs are always kept whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Payloads of settled jobs are kept this long.
    pub payload_age: Duration,
    /// Payloads of all jobs together; beyond it the oldest settled ones go first.
    pub payload_bytes: u64,
    /// Records of settled jobs are kept this long; after that only a digest of (connector, external id) stays.
    pub record_age: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Retention {
            payload_age: 30 * DAY,
            payload_bytes: 1024 * 1024 * 1024,
            record_age: 400 * DAY,
        }
    }
}

impl Default for SpoolOptions {
    fn default() -> Self {
        SpoolOptions {
            retention: Retention::default(),
            reserve_bytes: 16 * 1024 * 1024,
            queue: 1024,
            lease_bytes: 1024 * 1024,
            check_time: Duration::from_millis(100),
            boot: None,
        }
    }
}
