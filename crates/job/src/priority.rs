//! How urgent a job is.

use serde::{Deserialize, Serialize};

/// Urgency within one printer's queue. `High` goes first; equal ones keep their order.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// After everything else.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Before everything else.
    High,
}

impl Priority {
    /// Lowest first.
    pub const ALL: [Priority; 3] = [Priority::Low, Priority::Normal, Priority::High];

    /// As a number that sorts: 0 low, 1 normal, 2 high.
    pub fn rank(self) -> u8 {
        self as u8
    }

    /// The priority of that rank; anything unknown is the usual one.
    pub fn from_rank(rank: u8) -> Priority {
        Self::ALL.get(usize::from(rank)).copied().unwrap_or_default()
    }
}
