//! What the spool tells of its jobs.

use platen_job::{
    ConnectorId, DocumentFormat, DocumentType, ExternalId, JobId, JobState, Mark, OnTrouble,
    Outcome, PrinterId, PrinterName, Priority, ReplyContext, Timestamp,
};
use serde::Serialize;

/// Everything about a stored job but its document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobRecord {
    /// Our number for it. Never used again, also not after the spool was set aside.
    pub id: JobId,
    /// Who sent it. A copy that a person asked for is [`ConnectorId::Local`].
    pub connector: ConnectorId,
    /// The sender's id. A copy has it only where it stands in for the sender's job.
    pub external_id: Option<ExternalId>,
    /// Where it is printed.
    pub printer: PrinterId,
    /// What is on it.
    pub document_type: DocumentType,
    /// How it is stored.
    pub document_format: DocumentFormat,
    /// How urgent it is.
    pub priority: Priority,
    /// What happens when the printer is in trouble before the first byte.
    pub on_trouble: OnTrouble,
    /// What has to stand on the paper.
    pub mark: Option<Mark>,
    /// The connector's own note.
    pub reply: ReplyContext,
    /// The digest of what the sender sent.
    pub fingerprint: u64,
    /// Where it stands. A leased job is [`JobState::Processing`].
    pub state: JobState,
    /// What became of it, once settled.
    pub outcome: Option<Outcome>,
    /// When it was stored.
    pub accepted_at: Timestamp,
    /// When its first byte went out, as far as that is known.
    pub started_at: Option<Timestamp>,
    /// When its outcome was stored.
    pub settled_at: Option<Timestamp>,
    /// Print it before this moment or never.
    pub expires_at: Option<Timestamp>,
    /// The printer that it was meant for, where it went to that one's backup.
    pub backup_from: Option<PrinterName>,
    /// Of which job it is a copy.
    pub origin: Option<Origin>,
    /// Bytes of its stored document.
    pub payload_bytes: u64,
    /// Whether the document is still there.
    pub payload: Payload,
    /// Whether its sender was told.
    pub told: Told,
}

/// Where a copy comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The job that it was copied from.
    pub job: JobId,
    /// The job that the sender knows, where this copy's outcome is told for it.
    pub sender_job: Option<JobId>,
}

/// Whether a document is still stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payload {
    /// It can be printed.
    Kept,
    /// Only the record is left.
    Retired,
}

/// Whether the sender was told of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "told")]
pub enum Told {
    /// There is nothing to tell, or nobody to tell it to.
    Nothing,
    /// There is an outcome that the sender was not told yet.
    Owed,
    /// The sender was told the latest outcome at that moment.
    At {
        /// When.
        at: Timestamp,
    },
}

/// Names one report. Grows with time, never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ReportId(pub i64);

/// An outcome that its sender was not told yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportRecord {
    /// Names this report.
    pub id: ReportId,
    /// Who is to be told.
    pub connector: ConnectorId,
    /// The job that the sender knows.
    pub job: JobId,
    /// The job whose outcome this is: the same, or the marked copy that stands in for it.
    pub settled_job: JobId,
    /// The sender's id.
    pub external_id: Option<ExternalId>,
    /// The printer it was for, or the backup that has it instead.
    pub printer: PrinterId,
    /// The name of the printer that it was meant for, where it went to that one's backup.
    pub backup_from: Option<PrinterName>,
    /// What it was.
    pub document_type: DocumentType,
    /// The connector's own note.
    pub reply: ReplyContext,
    /// What became of it.
    pub outcome: Outcome,
    /// When the sender's job was stored.
    pub accepted_at: Timestamp,
    /// When the outcome was stored.
    pub settled_at: Timestamp,
    /// Whether the sender was told something else of this job before.
    pub telling: Telling,
}

/// Whether a report is the first of its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Telling {
    /// Nothing was told of this job before.
    First,
    /// An earlier outcome (unconfirmed) was told, and this one replaces it.
    Correction,
}

/// How many outcomes wait to be told to one connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReportCount {
    /// Who is to be told.
    pub connector: ConnectorId,
    /// How many.
    pub untold: u64,
}

/// A job state by its word alone, for filters and counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateName {
    /// [`JobState::Pending`].
    Pending,
    /// [`JobState::Held`].
    Held,
    /// [`JobState::Processing`].
    Processing,
    /// [`JobState::Completed`].
    Completed,
    /// [`JobState::Aborted`].
    Aborted,
    /// [`JobState::Canceled`].
    Canceled,
    /// [`JobState::Expired`].
    Expired,
    /// [`JobState::Unconfirmed`].
    Unconfirmed,
    /// [`JobState::Reprinted`].
    Reprinted,
}

impl StateName {
    /// Every state.
    pub const ALL: [StateName; 9] = [
        StateName::Pending,
        StateName::Held,
        StateName::Processing,
        StateName::Completed,
        StateName::Aborted,
        StateName::Canceled,
        StateName::Expired,
        StateName::Unconfirmed,
        StateName::Reprinted,
    ];

    /// The word in spool, listings and reports; the same as [`JobState::as_str`].
    pub fn as_str(self) -> &'static str {
        match self {
            StateName::Pending => "pending",
            StateName::Held => "held",
            StateName::Processing => "processing",
            StateName::Completed => "completed",
            StateName::Aborted => "aborted",
            StateName::Canceled => "canceled",
            StateName::Expired => "expired",
            StateName::Unconfirmed => "unconfirmed",
            StateName::Reprinted => "reprinted",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<StateName> {
        Self::ALL.into_iter().find(|name| name.as_str() == word)
    }
}

impl From<&JobState> for StateName {
    fn from(state: &JobState) -> Self {
        match state {
            JobState::Pending => StateName::Pending,
            JobState::Held { .. } => StateName::Held,
            JobState::Processing => StateName::Processing,
            JobState::Completed { .. } => StateName::Completed,
            JobState::Aborted => StateName::Aborted,
            JobState::Canceled => StateName::Canceled,
            JobState::Expired => StateName::Expired,
            JobState::Unconfirmed => StateName::Unconfirmed,
            JobState::Reprinted => StateName::Reprinted,
        }
    }
}
