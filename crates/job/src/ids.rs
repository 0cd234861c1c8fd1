//! Identities. Each is a newtype, so that no one can be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest identity that a caller may bring, in bytes.
pub const LONGEST_ID: usize = 512;

/// Why a text cannot be an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing, or white space only.
    #[error("is empty")]
    Empty,
    /// More bytes than [`LONGEST_ID`].
    #[error("is longer than {LONGEST_ID} bytes")]
    TooLong,
}

fn check(text: &str) -> Result<(), IdError> {
    if text.trim().is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > LONGEST_ID {
        return Err(IdError::TooLong);
    }
    Ok(())
}

/// Our number for a job: 1, 2, 3 … within one spool (IPP's job-id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for JobId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(JobId)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and wraps a text: not empty, at most 512 bytes.
            ///
            /// # Errors
            /// [`IdError`] where it is empty or too long.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text))
            }

            /// The text as it came.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

text_id!(
    /// The caller's own id of a job. With its [`ConnectorId`] it names a job for ever.
    ExternalId
);
text_id!(
    /// Our id of a configured printer. Stable: a rename or a new address does not change it.
    PrinterId
);
text_id!(
    /// What people call a printer. Unique among the configured printers, ignoring case.
    PrinterName
);

/// One remote system's way of sending jobs, by its name in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectorId {
    /// A PrinterMaster gateway over Socket.IO.
    PrinterMaster,
    /// The till asks Odoo for jobs.
    OdooPull,
    /// A Backend-Socket server (Flask-SocketIO).
    BackendSocket,
    /// A PrinterMaster gateway on this machine, over HTTP.
    PrinterMasterLocal,
    /// Odoo, which calls this till over HTTPS and waits for the paper.
    OdooPush,
    /// The Fée Maison ERP, over HTTP.
    FeeMaison,
    /// Web tills and other programs of the shop, over Platen's own HTTP API.
    Api,
    /// A person or a script at this machine, through `platenctl` or the window.
    Local,
    /// The window in a browser. No job has it: what a person orders there is [`ConnectorId::Local`].
    Web,
}

/// When the senders of a connector hear what became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hears {
    /// They wait on an open line. Where it breaks, they take the job for failed: it must not be printed after that.
    AtOnce,
    /// They are content with a job that is stored, but have to hear that: where they do not, they take it for failed and may
    /// send it anew, under no id of theirs. What is printed all the same has to say so.
    OnceStored,
    /// They are told whenever that is possible, or ask again under the same id.
    Later,
}

impl ConnectorId {
    /// Every connector there is.
    pub const ALL: [ConnectorId; 9] = [
        ConnectorId::PrinterMaster,
        ConnectorId::PrinterMasterLocal,
        ConnectorId::OdooPull,
        ConnectorId::OdooPush,
        ConnectorId::BackendSocket,
        ConnectorId::FeeMaison,
        ConnectorId::Api,
        ConnectorId::Local,
        ConnectorId::Web,
    ];

    /// The name in settings, spool and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            ConnectorId::PrinterMaster => "printer-master",
            ConnectorId::OdooPull => "odoo-pull",
            ConnectorId::BackendSocket => "backend-socket",
            ConnectorId::PrinterMasterLocal => "printer-master-local",
            ConnectorId::OdooPush => "odoo-push",
            ConnectorId::FeeMaison => "fee-maison",
            ConnectorId::Api => "api",
            ConnectorId::Local => "local",
            ConnectorId::Web => "web",
        }
    }

    /// When its senders hear what became of a job.
    pub fn hears(self) -> Hears {
        match self {
            ConnectorId::OdooPush => Hears::AtOnce,
            ConnectorId::FeeMaison => Hears::OnceStored,
            ConnectorId::PrinterMaster
            | ConnectorId::PrinterMasterLocal
            | ConnectorId::OdooPull
            | ConnectorId::BackendSocket
            | ConnectorId::Api
            | ConnectorId::Local
            | ConnectorId::Web => Hears::Later,
        }
    }

    /// The connector of that name.
    pub fn parse(name: &str) -> Option<ConnectorId> {
        Self::ALL.into_iter().find(|id| id.as_str() == name)
    }
}

impl fmt::Display for ConnectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_neither_empty_nor_endless() {
        assert_eq!(ExternalId::new(" "), Err(IdError::Empty));
        assert_eq!(ExternalId::new("x".repeat(10_000)), Err(IdError::TooLong));
        assert_eq!(ExternalId::new("a\"b\n").map(|id| id.to_string()), Ok("a\"b\n".into()));
    }

    #[test]
    fn every_connector_is_found_by_its_name() {
        for id in ConnectorId::ALL {
            assert_eq!(ConnectorId::parse(id.as_str()), Some(id));
        }
    }
}
