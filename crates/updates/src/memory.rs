//! What a till remembers of updates from one start to the next: the file `updates.json` of its home.

use crate::offer::{Fingerprint, Offer};
use platen_job::Timestamp;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// From one try to install a version to the next: less than a day, as tills are not switched on at the same minute every morning.
const RETRY: Duration = Duration::from_secs(20 * 3600);
/// Versions that were rolled back and are remembered; the oldest make room.
const MOST: usize = 16;

/// What a till remembers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// When a server last answered.
    pub looked: Option<Timestamp>,
    /// The package that was refused last.
    pub refused: Option<Refused>,
    /// Versions that did not run here, oldest first.
    pub rolled_back: Vec<Version>,
    /// A version that was just installed, and has to show that it runs.
    pub trial: Option<Trial>,
    /// The version that could not be installed last.
    pub failed: Option<Failed>,
}

/// A package whose signature was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Which.
    pub package: Fingerprint,
    /// The version that it was announced as.
    pub version: Version,
}

/// A version that was to be installed, after which the one before it started again: its installer failed, or the power went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Which.
    pub version: Version,
    /// When that was found.
    pub when: Timestamp,
}

/// A version that has to show that it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Which.
    pub version: Version,
    /// The program before it, where it was kept.
    pub previous: Option<PathBuf>,
}

impl Memory {
    /// Reads what [`Memory::to_json`] wrote. What cannot be read is forgotten: the worst that follows is one more download.
    pub fn from_json(text: &str) -> Memory {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// What has to be kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Whether that very package was refused.
    pub fn has_refused(&self, offer: &Offer) -> bool {
        self.refused.as_ref().is_some_and(|refused| refused.package == offer.package)
    }

    /// Whether that version could not be installed today. A clock that was put back since blocks nothing.
    pub fn has_just_failed(&self, version: &Version, now: Timestamp) -> bool {
        self.failed.as_ref().is_some_and(|failed| {
            failed.version == *version && failed.when <= now && now.since(failed.when) < RETRY
        })
    }

    /// Notes that a version does not run here.
    pub fn roll_back(&mut self, version: Version) {
        self.trial = None;
        self.rolled_back.retain(|known| *known != version);
        self.rolled_back.push(version);
        let surplus = self.rolled_back.len().saturating_sub(MOST);
        self.rolled_back.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_a_start_and_a_torn_file_is_forgotten() {
        let mut memory = Memory::default();
        memory.roll_back("0.2.0".parse().unwrap());
        memory.refused =
            Some(Refused { package: Fingerprint::of("x"), version: "0.3.0".parse().unwrap() });
        let text = memory.to_json();
        assert_eq!(Memory::from_json(&text), memory);
        assert_eq!(Memory::from_json(&text[..text.len() / 2]), Memory::default());
    }

    #[test]
    fn it_does_not_grow() {
        let mut memory = Memory::default();
        for patch in 0..40 {
            memory.roll_back(Version::new(0, 2, patch));
            memory.roll_back(Version::new(0, 2, patch));
        }
        assert_eq!(memory.rolled_back.len(), MOST);
        assert_eq!(memory.rolled_back.last(), Some(&Version::new(0, 2, 39)));
    }
}
