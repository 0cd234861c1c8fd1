//! What is shown: one snapshot, made in one place (`publish`), shown as it is.

pub mod hurdle;
mod line;
pub(crate) mod publish;
pub mod status;
pub mod testing;
mod updates;

use crate::words::Language;
use platen_bridge::{JobQuery, PaperWidth};
use platen_job::{ConnectorId, DocumentType, JobId, Role, StateReason, Timestamp};
use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;
pub use updates::{UpdateStep, Updates};

/// Everything that is shown. Never a secret, never a document's text.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The program's version.
    pub version: String,
    /// The folder of settings, spool and logs.
    pub home: String,
    /// The folder of logs.
    pub logs: String,
    /// The language that is shown.
    pub language: Language,
    /// How it is, at a glance.
    pub status: status::Status,
    /// Whether the engine runs.
    pub engine: EngineState,
    /// The server, as it was set up; none where it was not.
    pub server: Option<String>,
    /// The line to it.
    pub line: Line,
    /// What it says of the licence.
    pub licence: Licence,
    /// Other systems that send jobs.
    pub others: Vec<Other>,
    /// The printers, by name.
    pub printers: Vec<Printer>,
    /// Devices that no printer uses.
    pub found: Vec<Found>,
    /// The newest jobs, newest first; at most 20.
    pub jobs: Vec<JobRow>,
    /// Jobs that may be on paper: a person has to look; at most 20.
    pub unconfirmed: Vec<JobRow>,
    /// How many there are of them.
    pub unconfirmed_count: usize,
    /// How many of the kept jobs waited too long for their printer, and were not printed.
    pub expired_count: usize,
    /// Jobs that wait for their printer, or are being printed.
    pub open_count: usize,
    /// What a person should know.
    pub notices: Vec<String>,
    /// How it is with updates.
    pub updates: Updates,
    /// Whether the program stopped again and again and was restarted.
    pub crashes: u32,
}

/// Whether the engine runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum EngineState {
    /// Not yet.
    #[default]
    Starting,
    /// It does.
    Running,
    /// It cannot.
    Failed {
        /// Why.
        why: String,
    },
}

/// The line to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Line {
    /// No server is set up.
    #[default]
    None,
    /// It was not reached yet since the start.
    Connecting,
    /// It is there.
    Online,
    /// It is not.
    Offline {
        /// Since when, in milliseconds since 1970.
        #[cfg_attr(test, ts(type = "number"))]
        since: i64,
        /// Why.
        why: Option<String>,
        /// What kind of reason that is.
        gap: Gap,
    },
    /// It says no.
    Refused {
        /// Why.
        why: String,
    },
}

/// What is between the till and its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// It is away, or something on the way to it.
    Away,
    /// Its certificate is not trusted: a person has to look, nothing mends that by itself.
    Untrusted,
}

/// What the server says of the licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Licence {
    /// Nothing yet.
    #[default]
    Unchecked,
    /// Yes.
    Valid {
        /// The company.
        company: Option<String>,
        /// The branch.
        branch: Option<String>,
        /// Until when, as the server wrote it.
        expires: Option<String>,
    },
    /// No.
    Refused {
        /// What to do.
        words: String,
    },
    /// It cannot say now; printing goes on. What it said last:
    Unavailable {
        /// The company.
        company: Option<String>,
        /// The branch.
        branch: Option<String>,
        /// Until when, as the server wrote it.
        expires: Option<String>,
    },
}

/// A system that sends jobs, beside the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Other {
    /// What people call it.
    pub name: String,
    /// Whether it does its work now.
    pub works: Works,
    /// How it is.
    pub words: String,
    /// What else a person should know of it.
    pub notes: Vec<String>,
}

/// Whether something does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum Works {
    /// It does.
    Yes,
    /// It does not, and tries again by itself.
    No,
}

/// A printer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Printer {
    /// Its stable id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it is, at a glance.
    pub health: Health,
    /// What is to be told about it, most urgent first: keys `reason.…` of the catalogue.
    #[cfg_attr(test, ts(type = "string[]"))]
    pub reasons: Vec<StateReason>,
    /// Whether a person paused it.
    pub paused: bool,
    /// Jobs waiting for it.
    pub waiting: usize,
    /// What it is there for: keys `role.…`.
    #[cfg_attr(test, ts(type = "string[]"))]
    pub roles: Vec<Role>,
    /// Where it is.
    pub uri: String,
    /// What its model can do.
    pub profile: String,
    /// The paper in it, where that is not what its model is made for.
    #[cfg_attr(test, ts(type = "\"58mm\" | \"80mm\" | null"))]
    pub paper: Option<PaperWidth>,
    /// The printer that takes its jobs when it cannot print, by name.
    pub backup: Option<String>,
}

/// How a printer is, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Ready, as it said itself.
    Ready,
    /// Printing.
    Working,
    /// A person is needed, or it does not answer.
    Trouble,
    /// It takes data and says nothing of itself.
    Unknown,
}

/// A device that no printer uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Names it.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// Where it would be printed to; none where Platen cannot.
    pub uri: Option<String>,
    /// The profile for its model.
    pub profile: String,
    /// What stands in the way.
    pub trouble: Option<String>,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct JobRow {
    /// Our id.
    #[cfg_attr(test, ts(type = "number"))]
    pub id: JobId,
    /// The sender's id.
    pub external_id: Option<String>,
    /// The printer's name, while there is one.
    pub printer: Option<String>,
    /// What it is: a key `document.…`.
    pub document: String,
    /// Who sent it: a key `connector.…`.
    pub from: String,
    /// Where it stands: a key `state.…`.
    pub state: String,
    /// Whether it still wants to be printed.
    pub open: bool,
    /// The state in words.
    pub message: String,
    /// When it was stored, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number"))]
    pub accepted_at: Timestamp,
}

/// Which jobs somebody wants to see; what is missing filters nothing.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(default)]
pub struct JobsWanted {
    /// With this number, this text in the sender's id, or this text in the printer's name.
    pub search: Option<String>,
    /// In this state: a key `state.…`.
    pub state: Option<String>,
    /// Of this kind: a key `document.…`.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub document: Option<DocumentType>,
    /// For this printer, by its id.
    pub printer: Option<String>,
    /// From this sender: a key `connector.…`.
    #[cfg_attr(test, ts(type = "string | null"))]
    pub connector: Option<ConnectorId>,
    /// Stored at this time or later, in milliseconds since 1970.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub from: Option<Timestamp>,
    /// Stored before this time.
    #[cfg_attr(test, ts(type = "number | null"))]
    pub until: Option<Timestamp>,
}

impl From<JobsWanted> for JobQuery {
    fn from(wanted: JobsWanted) -> JobQuery {
        let JobsWanted { search, state, document, printer, connector, from, until } = wanted;
        let filter = JobQuery { search, state, document, printer, ..JobQuery::default() };
        JobQuery { connector, from, until, ..filter }
    }
}

impl Snapshot {
    /// Whether jobs can come from anywhere.
    pub fn has_a_sender(&self) -> bool {
        self.server.is_some() || !self.others.is_empty()
    }
}

impl Printer {
    /// The most urgent thing that keeps it from printing; a pause is somebody's wish, and no trouble.
    pub fn trouble(&self) -> Option<StateReason> {
        let is_trouble =
            |reason: &StateReason| reason.stops_printing() && *reason != StateReason::Paused;
        self.reasons.iter().copied().find(is_trouble)
    }
}
