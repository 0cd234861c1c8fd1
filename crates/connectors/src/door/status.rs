//! What people are told about a door.

use platen_job::ConnectorId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::watch;

/// How a door is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum DoorState {
    /// Not yet, or not any more.
    Closed,
    /// It is.
    Open,
    /// It cannot be opened now; it is tried again.
    Blocked {
        /// Why, in words.
        why: String,
    },
    /// Its settings are not complete: it is not tried.
    NotReady {
        /// What is missing, in words.
        why: String,
    },
}

/// Whether what crosses a door is encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
