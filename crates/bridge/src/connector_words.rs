//! How a connector is and what else is to be known of it, as kinds with values and in words.

use crate::in_words::in_words;
use platen_connectors::door::DoorState;
use platen_connectors::odoo::pull::OdooPullState;
use platen_socketio::ConnectionState;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a connector is. In a listing it is its words, and what is read from there is [`ConnectorWords::Words`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum ConnectorWords {
    /// It asks Odoo for jobs.
    OdooPull(OdooPullState),
    /// It holds a line; none where it was not started.
    Line(Option<ConnectionState>),
    /// It opens a door.
    Door {
        /// How that is.
        state: DoorState,
        /// Calls that were let in.
        calls: u64,
    },
    /// As an engine elsewhere said it.
    Words(String),
}

impl fmt::Display for ConnectorWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // "3 s ago" counts at the moment of the question.
            ConnectorWords::OdooPull(state) => state.fmt(f),
            ConnectorWords::Line(None) => f.write_str("not started"),
            ConnectorWords::Line(Some(state)) => state.fmt(f),
            ConnectorWords::Door { state: DoorState::Open, calls } => {
                write!(f, "open, {calls} calls")
            }
            ConnectorWords::Door { state: DoorState::Closed, .. } => f.write_str("not open yet"),
            ConnectorWords::Door { state: DoorState::Blocked { why }, .. } => {
                write!(f, "closed: {why}")
            }
            ConnectorWords::Door { state: DoorState::NotReady { why }, .. } => {
                write!(f, "closed: {why}")
            }
            ConnectorWords::Words(words) => f.write_str(words),
        }
    }
}

in_words!(ConnectorWords);

/// What else a person should know of a connector. In a listing it is its words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum ConnectorNote {
    /// Odoo has a printer that is not set up here.
    #[error("Nothing is asked for {0}: that printer is not set up on this till")]
    NoPrinterFor(String),
    /// Odoo does not know a code.
    #[error("Odoo does not know the code {0}")]
    UnknownCode(String),
    /// Outcomes wait.
    #[error("What became of jobs waits to be said: {0}")]
    Unsaid(String),
    /// Jobs may have been handed out in an answer that nobody can read.
    #[error(
        "Answers of Odoo that could not be read: {0}. Jobs in them stay \"printing\" in Odoo: put them back there"
    )]
    UnreadableAnswers(u64),
    /// The server's own words.
    #[error("The server says: {0}")]
    ServerSays(String),
    /// A printer that is not here is asked for.
    #[error(
        "Asked for {count} times and not on this till, so printed by the default printer: {printer}"
    )]
    MissingPrinter {
        /// Its name.
        printer: String,
        /// How often.
        count: u64,
    },
    /// What a caller sees of the certificate.
    #[error("Certificate {fingerprint}{}", ends.as_ref().map(|day| format!(", until {day}")).unwrap_or_default())]
    Certificate {
        /// SHA-256, as browsers show it.
        fingerprint: String,
        /// The day on which it ends, where it is our own.
        ends: Option<String>,
    },
    /// As an engine elsewhere said it.
    #[error("{0}")]
    Words(String),
}

in_words!(ConnectorNote);
