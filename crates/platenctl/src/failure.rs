//! Why a command failed: one line for a person, and an exit status for a script.

use std::fmt;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    line: String,
    status: u8,
}

impl Failure {
    /// It could not be done.
    pub fn new(line: impl Into<String>) -> Self {
        // One line, whatever the cause brought along.
        Failure { line: line.into().split_whitespace().collect::<Vec<_>>().join(" "), status: 1 }
    }

    /// It was asked for wrongly.
    pub fn usage(line: impl Into<String>) -> Self {
        Failure { status: 2, ..Failure::new(line) }
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        self.status
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::new(error.to_string())
    }
}
