//! How a printer is to be treated; most of it comes from its profile.

use crate::{DeviceMemory, SpoolerServer};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How one printer is to be treated, and how long it is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceOptions {
    /// How fast bytes are handed over.
    pub pace: Pace,
    /// Whether the printer may be asked how it is.
    pub status: StatusSupport,
    /// Whether it is asked to confirm that printing is complete.
    pub confirm: ConfirmMode,
    /// What was learned about it in earlier runs.
    pub memory: DeviceMemory,
    /// Where the operating system's spooler is asked; nothing for this machine's own.
    pub spooler: Option<SpoolerServer>,
    /// How long a connection may take to come up, name look-up included.
    pub connect_timeout: Duration,
    /// How long the first answer to a status question may take.
    pub reply_timeout: Duration,
    /// How long the printer may take no byte at all when it does not say why.
    pub write_stall: Duration,
    /// How long a printer that says what is wrong (paper out, cover open) is waited for in the middle of a job.
    pub trouble_patience: Duration,
    /// How long a printer that has answered before may stay silent once it has all bytes. While it goes on answering
    /// status questions and reports no trouble, it gets four times as long.
    pub fence_timeout: Duration,
    /// How long a printer that has never said a word on this connection is listened to after its first job.
    pub mute_patience: Duration,
    /// How long a printer that confirmed in an earlier run, and has said nothing since this one began, is taken for one
    /// that is not ready. After that it is taken for another one that says nothing, and printed on blindly. One that has
    /// answered in this run is never printed on while it is silent.
    pub talker_patience: Duration,
    /// How long the first job's confirmation is waited for after its fence was answered, before the printer is
    /// remembered as one that does not confirm.
    pub probe_patience: Duration,
}

impl Default for DeviceOptions {
    fn default() -> Self {
        DeviceOptions {
            pace: Pace::UNBOUNDED,
            status: StatusSupport::Supported,
            confirm: ConfirmMode::Probe,
            memory: DeviceMemory::default(),
            spooler: None,
            connect_timeout: Duration::from_secs(3),
            reply_timeout: Duration::from_secs(1),
            write_stall: Duration::from_secs(10),
            trouble_patience: Duration::from_secs(600),
            fence_timeout: Duration::from_secs(15),
            mute_patience: Duration::from_secs(1),
            talker_patience: Duration::from_secs(30),
            probe_patience: Duration::from_secs(2),
        }
    }
}

/// Bytes per second; zero is unbounded. Some network cards lose data above 40,000 to 60,000.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pace(u32);

impl Pace {
    /// As fast as the printer takes them.
    pub const UNBOUNDED: Pace = Pace(0);

    /// That many bytes per second; zero is unbounded.
    pub const fn bytes_per_second(bytes: u32) -> Pace {
        Pace(bytes)
    }

    /// The bound, if there is one.
    pub const fn bound(self) -> Option<u32> {
        if self.0 == 0 { None } else { Some(self.0) }
    }
}

/// Whether a printer may be asked how it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusSupport {
    /// It is asked; one that does not answer is printed on all the same.
    #[default]
    Supported,
    /// Not one status command is sent: the profile says that it would print it or hang on it.
    Unsupported,
}

/// Whether a printer is asked to confirm that printing is complete (GS ( H fn 48).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConfirmMode {
    /// Never.
    Never,
    /// With its first job, and from then on if it did confirm.
    #[default]
    Probe,
    /// With every job: the profile says that it confirms.
    Always,
}
