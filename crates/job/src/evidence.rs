//! How sure we are that a job is on paper.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Evidence grades, weakest first. A job's grade never exceeds what was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Stored durably, nothing sent.
    Accepted,
    /// The OS spooler or the socket took all bytes.
    Submitted,
    /// The printer processed the last byte (it answered a status fence sent after the data).
    Drained,
    /// The printer said that printing is complete.
    Confirmed,
}

impl Evidence {
    /// Weakest first.
    pub const ALL: [Evidence; 4] =
        [Evidence::Accepted, Evidence::Submitted, Evidence::Drained, Evidence::Confirmed];

    /// The word in spool, listings and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::Accepted => "accepted",
            Evidence::Submitted => "submitted",
            Evidence::Drained => "drained",
            Evidence::Confirmed => "confirmed",
        }
    }

    /// The grade of that word.
    pub fn parse(word: &str) -> Option<Evidence> {
        Self::ALL.into_iter().find(|grade| grade.as_str() == word)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
