//! What people see of this line.

use crate::fields::printable;
use platen_socketio::ConnectionState;
use serde::Serialize;
use tokio::sync::watch;
use url::Url;

/// Most printers that are listed; the oldest entry makes room.
const MOST_LISTED: usize = 20;

/// The line's state for people; travels by `watch`, so the last value always arrives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BackendSocketStatus {
    /// Where the line leads: scheme, host and port.
    pub server: String,
    /// The connection; none before the first attempt.
    pub connection: Option<ConnectionState>,
    /// Counts since the start.
    pub counts: BackendSocketCounts,
    /// Printers that were asked for and are not here, latest last; at most 20.
    pub missing_printers: Vec<MissingPrinter>,
    /// What the server said last of itself, on one line.
    pub server_says: Option<String>,
    #[serde(skip)]
    sessions: u64,
}

/// Counts since the start of the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BackendSocketCounts {
    /// Sessions after the first one.
    pub reconnections: u64,
    /// Jobs that were stored.
    pub accepted: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Requests that were answered.
    pub answered: u64,
    /// Updates for another business.
    pub not_ours: u64,
    /// Messages that could not be read.
    pub garbage: u64,
}

/// A printer that somebody asked for and that is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MissingPrinter {
    /// Its name, on one line.
    pub name: String,
    /// How often.
    pub count: u64,
}

impl BackendSocketStatus {
    /// Before anything happened.
    pub fn new(server: &Url) -> Self {
        BackendSocketStatus {
            server: server.origin().ascii_serialization(),
            connection: None,
            counts: BackendSocketCounts::default(),
            missing_printers: Vec::new(),
            server_says: None,
            sessions: 0,
        }
    }
}

/// Where the parts of the connector write down what people should see.
#[derive(Debug, Clone)]
pub(crate) struct Board(watch::Sender<BackendSocketStatus>);

impl Board {
    pub(crate) fn new(status: watch::Sender<BackendSocketStatus>) -> Board {
        Board(status)
    }

    pub(crate) fn connection(&self, state: &ConnectionState) {
        self.0.send_modify(|status| {
            let was_online =
                status.connection.as_ref().is_some_and(|connection| connection.is_online());
            if state.is_online() && !was_online {
                status.sessions += 1;
                status.counts.reconnections = status.sessions - 1;
            }
            status.connection = Some(state.clone());
        });
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut BackendSocketCounts)) {
        self.0.send_modify(|status| change(&mut status.counts));
    }

    pub(crate) fn server_says(&self, words: &str) {
        self.0.send_modify(|status| status.server_says = Some(printable(words)));
    }

    /// Notes a printer that is not here; tells whether it is new in the list.
    pub(crate) fn missing(&self, name: &str) -> bool {
        let name = printable(name);
        let mut is_new = false;
        self.0.send_modify(|status| {
            let list = &mut status.missing_printers;
            let place = list.iter().position(|entry| entry.name == name);
            let count = place.map_or(0, |place| list.remove(place).count);
            is_new = count == 0;
            if list.len() >= MOST_LISTED {
                list.remove(0);
            }
            list.push(MissingPrinter { name, count: count + 1 });
        });
        is_new
    }
}
