//! What people see of this line.

use super::directory::{NotOurs, Target};
use crate::fields::printable;
use platen_job::Timestamp;
use platen_socketio::ConnectionState;
use serde::Serialize;
use std::collections::BTreeMap;
use tokio::sync::watch;

/// Most printers or event names that are listed; the oldest entry makes room.
const MOST_LISTED: usize = 20;

/// The line's state for people; travels by `watch`, so the last value always arrives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrinterMasterStatus {
    /// Where the line leads: scheme, host and port.
    pub gateway: String,
    /// The connection, for programs.
    pub connection: Option<ConnectionState>,
    /// The connection, in words.
    pub connection_words: String,
    /// The licence.
    pub licence: LicenceState,
    /// Counts since the start.
    pub counts: Counts,
    /// Jobs and tests for printers that are not configured here, latest last; at most 20.
    pub not_ours: Vec<NotOursEntry>,
    /// Events that this version does not know, with how often they came; at most 20 names.
    pub unknown_events: BTreeMap<String, u64>,
    /// What the gateway complained of last.
    pub last_exception: Option<GatewayComplaint>,
    /// How well the line carries.
    pub line: LineHealth,
}

/// What is known of the licence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LicenceState {
    /// Not asked yet, or there is no key to ask about.
    Unchecked,
    /// The gateway said yes.
    Valid {
        /// The company.
        company: Option<String>,
        /// The branch.
        branch: Option<String>,
        /// The branch's id.
        branch_id: Option<String>,
        /// Until when, as the gateway wrote it.
        expires: Option<String>,
        /// When it said so.
        checked_at: Timestamp,
    },
    /// The gateway said no: nothing is received until it says yes.
    Refused {
        /// 404, 400 or 409.
        code: u16,
        /// What it means.
        refusal: LicenceRefusal,
        /// What to do about it.
        words: String,
        /// What the gateway says of it, where it says anything.
        said: Option<String>,
        /// Not asked again before this moment; `None`: when the connection is tried next.
        retry_at: Option<Timestamp>,
    },
    /// The gateway cannot say; the line is used all the same.
    Unavailable {
        /// Why.
        why: String,
        /// Whose the licence was when the gateway could say last.
        company: Option<String>,
        /// Of which branch, by name or else by id.
        branch: Option<String>,
        /// Until when it was good then, as the gateway wrote it.
        expires: Option<String>,
    },
}

/// Why a gateway does not take a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceRefusal {
    /// It does not know the key.
    Unknown,
    /// Another computer uses it.
    InUse,
    /// It has run out, or the key is mistyped.
    NotAccepted,
    /// It turns this till away, and does not say that it is the licence's doing.
    TurnedAway,
}

/// Counts since the start of the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Jobs that were stored.
    pub accepted: u64,
    /// Jobs that were refused.
    pub refused: u64,
    /// Jobs that came again.
    pub known: u64,
    /// Outcomes that were told.
    pub told: u64,
    /// Tests that were answered.
    pub tests: u64,
    /// Messages that could not be read at all.
    pub garbage: u64,
}

/// A printer that somebody asked for and that is not configured here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotOursEntry {
    /// Its name, or its id where no name came.
    pub printer: String,
    /// Why it was left alone, in words.
    pub why: String,
    /// How often.
    pub count: u64,
    /// When last.
    pub last: Timestamp,
}

/// An `exception` of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GatewayComplaint {
    /// Its message.
    pub message: String,
    /// When it came.
    pub at: Timestamp,
}

/// How well the line carries.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LineHealth {
    /// Sessions after the first one.
    pub reconnections: u64,
    /// Pings that asked for an answer.
    pub pings: u64,
    /// Pings that were answered.
    pub pongs: u64,
    /// Mean time of an answer, in milliseconds.
    pub latency_ms: Option<f64>,
}

/// Where the parts of the connector write down what people should see.
#[derive(Debug, Clone)]
pub(crate) struct Board(watch::Sender<PrinterMasterStatus>);

impl PrinterMasterStatus {
    /// Before anything happened.
    pub fn new(gateway: &url::Url) -> Self {
        PrinterMasterStatus {
            gateway: gateway.origin().ascii_serialization(),
            connection: None,
            connection_words: "not started".into(),
            licence: LicenceState::Unchecked,
            counts: Counts::default(),
            not_ours: Vec::new(),
            unknown_events: BTreeMap::new(),
            last_exception: None,
            line: LineHealth::default(),
        }
    }
}

impl Board {
    pub(crate) fn new(status: watch::Sender<PrinterMasterStatus>) -> Board {
        Board(status)
    }

    pub(crate) fn connection(&self, state: &ConnectionState) {
        self.0.send_modify(|status| {
            status.connection = Some(state.clone());
            status.connection_words = state.to_string();
        });
    }

    pub(crate) fn licence(&self, licence: LicenceState) {
        self.0.send_modify(|status| status.licence = licence);
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.0.send_modify(|status| change(&mut status.counts));
    }

    pub(crate) fn line(&self, change: impl FnOnce(&mut LineHealth)) {
        self.0.send_modify(|status| change(&mut status.line));
    }

    /// The last values, for a health report.
    pub(crate) fn line_health(&self) -> LineHealth {
        self.0.borrow().line.clone()
    }

    pub(crate) fn exception(&self, message: String) {
        let at = Timestamp::now();
        self.0.send_modify(|status| {
            status.last_exception = Some(GatewayComplaint { message, at });
        });
    }

    /// Notes a job or test that is not for us; tells whether this printer is new in the list.
    pub(crate) fn not_ours(&self, target: &Target, reason: NotOurs) -> bool {
        let printer = target.label();
        let why = match reason {
            NotOurs::UnknownPrinter => "no printer of this name or id is set up here",
            NotOurs::OtherBranch => "it is for another branch",
        };
        let mut is_new = false;
        self.0.send_modify(|status| {
            let list = &mut status.not_ours;
            let place = list.iter().position(|entry| entry.printer == printer && entry.why == why);
            let count = place.map_or(0, |place| list.remove(place).count);
            is_new = count == 0;
            if list.len() >= MOST_LISTED {
                list.remove(0);
            }
            let last = Timestamp::now();
            list.push(NotOursEntry { printer, why: why.into(), count: count + 1, last });
        });
        is_new
    }

    /// Counts an event that is not known; tells whether its name is new.
    pub(crate) fn unknown_event(&self, name: &str) -> bool {
        let name = printable(name);
        let mut is_new = false;
        self.0.send_modify(|status| {
            let full = status.unknown_events.len() >= MOST_LISTED;
            match status.unknown_events.get_mut(&name) {
                Some(count) => *count += 1,
                None if full => {}
                None => {
                    is_new = true;
                    status.unknown_events.insert(name, 1);
                }
            }
        });
        is_new
    }
}
