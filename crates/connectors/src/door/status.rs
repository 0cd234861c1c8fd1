//! What people are told about a door.

use crate::said::as_words;
use platen_job::ConnectorId;
use serde::Serialize;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::sync::watch;

/// How a door is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoorStatus {
    /// Whose jobs come in through it.
    pub connector: ConnectorId,
    /// What people call it, such as "Odoo".
    pub name: String,
    /// Its address, such as `https://127.0.0.1:8443`.
    pub address: String,
    /// Whether it is open.
    #[serde(flatten)]
    pub state: DoorState,
    /// Whether what crosses it is encrypted.
    #[serde(flatten)]
    pub encryption: Encryption,
    /// Requests that were let in.
    pub requests: u64,
    /// Requests that were turned away: no token or a wrong one, a foreign origin, a foreign name.
    pub turned_away: u64,
}

/// Whether a door is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum DoorState {
    /// Not yet, or not any more.
    Closed,
    /// It is.
    Open,
    /// It cannot be opened now; it is tried again.
    Blocked {
        /// Why.
        #[serde(serialize_with = "as_words")]
        why: PortTrouble,
    },
    /// Its settings are not complete: it is not tried.
    NotReady {
        /// What is missing.
        #[serde(serialize_with = "as_words")]
        why: DoorLack,
    },
}

/// Why an address cannot be listened at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortTrouble {
    /// Another program does.
    #[error(
        "another program of this computer uses port {0}. End it, or choose another port. Platen tries again by itself."
    )]
    InUse(u16),
    /// The system does not let us.
    #[error("this computer does not let Platen use port {0}. Choose one above 1023.")]
    Denied(u16),
    /// It is none of this computer's.
    #[error("this computer does not have the address {0} now. Platen tries again by itself.")]
    NoAddress(IpAddr),
    /// Anything else.
    #[error("the address {address} cannot be used: {error}. Platen tries again by itself.")]
    Other {
        /// Which.
        address: SocketAddr,
        /// The system's reason.
        error: String,
    },
}

/// What a door lacks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DoorLack {
    /// A token.
    #[error("it has no token yet: platenctl connectors {0} --new-token.")]
    Token(&'static str),
    /// Its token cannot be read.
    #[error("its token cannot be read.")]
    ReadableToken,
    /// A certificate that can be used.
    #[error("the certificate cannot be used: {0}.")]
    Certificate(String),
    /// Pages to show.
    #[error(
        "this program has no pages for browsers. Run platenctl run, built after `make window`."
    )]
    Pages,
}

/// Whether what crosses a door is encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "encryption")]
pub enum Encryption {
    /// It is not.
    None,
    /// TLS.
    Tls {
        /// SHA-256 of the certificate, as browsers show it: `AB:CD:…`.
        fingerprint: String,
        /// The day on which the certificate ends, where it is our own.
        ends: Option<String>,
    },
}

impl DoorStatus {
    /// A door that is not open yet.
    pub fn new(connector: ConnectorId, name: &str, address: String) -> DoorStatus {
        DoorStatus {
            connector,
            name: name.to_owned(),
            address,
            state: DoorState::Closed,
            encryption: Encryption::None,
            requests: 0,
            turned_away: 0,
        }
    }
}

/// Where a door writes how it is.
#[derive(Clone)]
pub(crate) struct Board(Arc<watch::Sender<DoorStatus>>);

impl Board {
    pub(crate) fn new(sender: watch::Sender<DoorStatus>) -> Board {
        Board(Arc::new(sender))
    }

    /// Where the door listens; none while it does not say.
    pub(crate) fn port(&self) -> Option<u16> {
        let status = self.0.borrow();
        status.address.rsplit_once(':')?.1.parse().ok()
    }

    pub(super) fn state(&self, state: DoorState) {
        self.0.send_if_modified(|status| {
            let changed = status.state != state;
            status.state = state;
            changed
        });
    }

    pub(super) fn address(&self, address: String) {
        self.0.send_modify(|status| status.address = address);
    }

    pub(super) fn encryption(&self, encryption: Encryption) {
        self.0.send_modify(|status| status.encryption = encryption);
    }

    pub(super) fn let_in(&self) {
        self.0.send_modify(|status| status.requests += 1);
    }

    pub(super) fn turned_away(&self) {
        self.0.send_modify(|status| status.turned_away += 1);
    }
}
