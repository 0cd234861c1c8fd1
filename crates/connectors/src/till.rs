//! What a connector may ask of the engine about its jobs, where its callers are a shop's own programs: the same as a person
//! may. The engine implements it beside [`Host`].

use crate::Host;
use async_trait::async_trait;
use platen_job::{
    ConnectorId, DocumentType, Evidence, JobId, JobNotes, JobState, Mark, Outcome, PrinterId,
    PrinterName, StateReasons, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The engine and its jobs, as the programs of a shop see them.
#[async_trait]
pub trait Till: Host {
    /// How everything is.
    ///
    /// # Errors
    /// [`TillError::Unavailable`].
    async fn summary(self: Arc<Self>) -> Result<TillSummary, TillError>;

    /// The newest jobs.
    ///
    /// # Errors
    /// [`TillError`]: no such printer or state, or the spool cannot be read.
    async fn jobs(self: Arc<Self>, query: JobQuery) -> Result<Vec<JobView>, TillError>;

    /// One job, with its notes.
    ///
    /// # Errors
    /// [`TillError`]: no such job, or the spool cannot be read.
    async fn job(self: Arc<Self>, id: JobId) -> Result<JobView, TillError>;

    /// Takes a job back; within ten seconds.
    ///
    /// # Errors
    /// [`TillError`]: no such job, or it is past that.
    async fn cancel(self: Arc<Self>, id: JobId) -> Result<JobView, TillError>;

    /// Prints a marked copy of a settled job, and gives the copy.
    ///
    /// # Errors
    /// [`TillError`]: no such job, not settled, or its document or printer is gone.
    async fn reprint(self: Arc<Self>, id: JobId) -> Result<JobView, TillError>;

    /// Says what became of an unconfirmed job; gives it, or its copy.
    ///
    /// # Errors
    /// [`TillError`]: no such job, or there is nothing to say about it.
    async fn resolve(self: Arc<Self>, id: JobId, seen: Resolution) -> Result<JobView, TillError>;

    /// Changes whenever an outcome was stored.
    fn settlements(&self) -> watch::Receiver<u64>;

    /// Figures for a monitor; none where the settings do not allow it.
    ///
    /// # Errors
    /// [`TillError::Unavailable`].
    async fn figures(self: Arc<Self>) -> Result<Option<Figures>, TillError>;
}

/// Why a question was not answered, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TillError {
    /// No such job.
    #[error("there is no job {0}")]
    NoJob(JobId),
    /// No such printer.
    #[error("there is no printer called {0:?}")]
    NoPrinter(String),
    /// The job stands where this cannot be done; says what would be needed.
    #[error("{0}")]
    NotNow(String),
    /// The question makes no sense; says why.
    #[error("{0}")]
    Wrong(String),
    /// The engine cannot answer now.
    #[error("{0}")]
    Unavailable(String),
}

/// How a till is.
#[derive(Debug, Clone)]
pub struct TillSummary {
    /// This till's own id.
    pub device_id: String,
    /// Since when the engine runs.
    pub since: Timestamp,
    /// Jobs by state; states without any are left out.
    pub jobs: Vec<(String, u64)>,
    /// What a person should know: a spool set aside, unknown settings.
    pub notices: Vec<String>,
}

/// What has happened since the engine started, and how things are now.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Jobs that were accepted, by sender.
    pub accepted: BTreeMap<ConnectorId, u64>,
    /// Jobs that were settled. One that a marked copy has replaced is not among them: the copy is.
    pub settled: BTreeMap<SettledAs, u64>,
    /// From acceptance to the outcome, of jobs that are on paper.
    pub time_to_paper: Spans,
    /// Stored jobs by state.
    pub stored: BTreeMap<String, u64>,
    /// Sessions after the first one, of connectors that hold a line.
    pub reconnects: BTreeMap<ConnectorId, u64>,
    /// Requests at open doors.
    pub doors: BTreeMap<ConnectorId, DoorFigures>,
    /// Tasks that were started again after a panic.
    pub restarts: u64,
}

/// How a sender's jobs ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettledAs {
    /// Who sent them.
    pub connector: ConnectorId,
    /// The state's word.
    pub state: &'static str,
    /// What was observed, of completed ones.
    pub evidence: Option<Evidence>,
}

/// Requests at a door.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DoorFigures {
    /// Those that were let in.
    pub let_in: u64,
    /// Those that were turned away.
    pub turned_away: u64,
}

/// How many spans of time were at most so long.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    counts: [u64; Spans::BOUNDS.len()],
    /// All of them.
    pub count: u64,
    /// Their sum.
    pub sum: Duration,
}

impl Spans {
    /// The bounds, in milliseconds.
    pub const BOUNDS: [u64; 12] =
        [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000, 600_000];

    /// Adds one.
    pub fn add(&mut self, span: Duration) {
        let length = span.as_millis();
        let longer = Self::BOUNDS.iter().zip(&mut self.counts);
        longer
            .filter(|(bound, _)| length <= u128::from(**bound))
            .for_each(|(_, count)| *count += 1);
        self.count += 1;
        self.sum += span;
    }

    /// Each bound in milliseconds, and how many were at most so long.
    pub fn at_most(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        Self::BOUNDS.into_iter().zip(self.counts)
    }
}

/// What a person saw of an unconfirmed job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// It is on paper.
    Printed,
    /// It is not, or not whole: print a copy marked "POSSIBLE DUPLICATE".
    Reprint,
}

/// Which jobs to list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JobQuery {
    /// Only those in that state.
    pub state: Option<String>,
    /// Only those of that printer (name or id).
    pub printer: Option<String>,
    /// Only those that somebody looks for: with this number, with this text in the sender's id, or for a printer with this
    /// text in its name. Documents are not searched.
    pub search: Option<String>,
    /// Only those of that kind.
    pub document: Option<DocumentType>,
    /// Only those of that sender.
    pub connector: Option<ConnectorId>,
    /// Only those stored at this time or later.
    pub from: Option<Timestamp>,
    /// Only those stored before this time.
    pub until: Option<Timestamp>,
    /// Only those before that one.
    pub before: Option<JobId>,
    /// Most to give; 0 means 50.
    pub limit: usize,
}

/// A job in a listing. Never its text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JobView {
    /// Our id.
    pub id: JobId,
    /// The sender.
    pub connector: ConnectorId,
    /// The sender's id.
    pub external_id: Option<String>,
    /// The printer's id.
    pub printer: PrinterId,
    /// The printer's name, while it is configured.
    pub printer_name: Option<String>,
    /// What it is.
    pub document_type: DocumentType,
    /// Where it stands.
    #[serde(flatten)]
    pub state: JobState,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// The state in words.
    pub message: String,
    /// What its printer lacks, while it waits behind others.
    #[serde(default, skip_serializing_if = "StateReasons::is_empty")]
    pub waits_for: StateReasons,
    /// The mark on its paper.
    pub mark: Option<Mark>,
    /// The printer that it was meant for, where it went to that one's backup.
    #[serde(default)]
    pub backup_from: Option<PrinterName>,
    /// The job it is a copy of.
    pub origin: Option<JobId>,
    /// When it was stored.
    pub accepted_at: Timestamp,
    /// When it was settled.
    pub settled_at: Option<Timestamp>,
    /// When it is too late.
    pub expires_at: Option<Timestamp>,
    /// Bytes of its document.
    pub size: u64,
    /// What its paper does not show as it was meant, where one job is asked for; none in a list.
    #[serde(default)]
    pub notes: JobNotes,
}
