//! Why the line is not there, as a kind with its values: for whoever says it in words of their own.

use crate::connection::EndReason;
use crate::port::ConnectError;
use crate::refused::Refused;
use serde::Serialize;

/// Why the line is not there. What `because` says in English stands beside it, with more detail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum LineCause {
    /// The name could not be resolved.
    NameUnknown {
        /// The name.
        host: String,
    },
    /// Nobody listens there, or no way leads there.
    Unreachable {
        /// Host and port.
        host: String,
    },
    /// It does not answer in time, or no longer.
    Silent,
    /// The proxy did not let us through.
    Proxy,
    /// Its certificate is not trusted.
    Untrusted {
        /// What the check says.
        why: String,
    },
    /// It answers with another HTTP status.
    Status {
        /// Which.
        status: u16,
    },
    /// It does not speak Socket.IO, or not as we know it.
    NotAGateway,
    /// The line broke.
    Broken,
    /// It ended the session.
    Ended,
    /// It says no.
    Refused {
        /// In its own words.
        said: String,
    },
    /// The address is not encrypted, and leads off this computer.
    Unencrypted,
    /// The settings of the line cannot be used.
    Settings {
        /// What is wrong.
        why: String,
    },
    /// An error of this program.
    Internal,
}

impl From<&ConnectError> for LineCause {
    fn from(error: &ConnectError) -> Self {
        match error {
            ConnectError::Refused(refused) => refused.into(),
            ConnectError::Deadline(_) => Self::Silent,
            ConnectError::Name { host } => Self::NameUnknown { host: host.clone() },
            ConnectError::Unreachable { host, .. } => Self::Unreachable { host: host.clone() },
            ConnectError::Proxy(_) => Self::Proxy,
            ConnectError::Tls(why) => Self::Untrusted { why: why.clone() },
            ConnectError::Status(status) => Self::Status { status: *status },
            ConnectError::Broken(_) => Self::Broken,
            ConnectError::Protocol(_) => Self::NotAGateway,
            ConnectError::Unencrypted => Self::Unencrypted,
            ConnectError::Settings(why) => Self::Settings { why: why.clone() },
        }
    }
}

impl From<&EndReason> for LineCause {
    fn from(reason: &EndReason) -> Self {
        match reason {
            EndReason::Kicked | EndReason::Closed { .. } => Self::Ended,
            EndReason::Lost(_) | EndReason::WokeUp | EndReason::Asked => Self::Broken,
            EndReason::Silent | EndReason::WriteTimeout => Self::Silent,
            EndReason::Malformed(_) => Self::NotAGateway,
            EndReason::Refused(refused) => refused.into(),
            EndReason::Stopped | EndReason::Abandoned | EndReason::Internal(_) => Self::Internal,
        }
    }
}

impl From<&Refused> for LineCause {
    fn from(refused: &Refused) -> Self {
        Self::Refused { said: refused.message.clone() }
    }
}
