//! What a connector may ask of the engine. The engine implements it; connectors are tested against a fake of it.

use crate::JobView;
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use platen_job::{
    Capability, ConnectorId, DocumentType, Evidence, ExternalId, Job, JobId, JobState, Outcome,
    PrinterId, PrinterName, Refusal, ReplyContext, Role, StateReasons, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::watch;

/// A job that was handed over: done when it is stored. One that is dropped is stored all the same.
pub type Storing = BoxFuture<'static, Result<Submitted, Refusal>>;

/// The engine, as a connector sees it.
#[async_trait]
pub trait Host: Send + Sync + 'static {
    /// The configured printers with their state; the last value always arrives.
    fn printers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>>;

    /// Devices that were found and that no configured printer uses, as the printers they could be. No job can be sent to
    /// them. One that has left stays, as [`Health::Offline`], until the engine is started again or somebody uses it.
    fn offers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>>;

    /// Hands a job over, to be stored and put in its printer's queue. Jobs keep the order in which these calls return, whenever and in
    /// whatever order what they give is awaited. Waits where too many are on their way.
    async fn hand_over(&self, job: Job) -> Storing;

    /// Hands a job over and waits until it is stored. Returns after the fsync. Of calls at the same time nobody knows the order.
    ///
    /// # Errors
    /// [`Refusal`]: nothing was stored; the sender is told why.
    async fn submit(&self, job: Job) -> Result<Submitted, Refusal> {
        self.hand_over(job).await.await
    }

    /// Outcomes of this connector's jobs that were not told yet, oldest first, at most `limit`.
    /// An empty answer may also mean that the spool cannot be read now; ask again at the next [`HostEvent::Settled`].
    async fn unreported(&self, connector: ConnectorId, limit: usize) -> Vec<Report>;

    /// Notes that an outcome was told. A note that cannot be stored is kept and tried again by the engine.
    async fn reported(&self, report: ReportId);

    /// Notes that the sender of a job has heard that it is stored. Senders of some connectors take a job for failed until then
    /// ([`platen_job::Hears::OnceStored`]): one that is left over from an earlier run without this note is printed with a mark.
    async fn answered(&self, job: JobId);

    /// Remembers something across restarts under a key of this connector. At most 64 KiB a value.
    async fn remember(&self, connector: ConnectorId, key: &str, value: String);

    /// What was remembered under that key.
    async fn recall(&self, connector: ConnectorId, key: &str) -> Option<String>;

    /// Takes a job back for its sender. One that has not begun is not printed any more; one under way is stopped where
    /// that is safe; one that is settled stays as it is. Returns when there is nothing more to be done, after ten seconds
    /// at most; what became of it comes as its outcome.
    async fn take_back(self: Arc<Self>, job: JobId);
}

/// What the engine tells a connector by its own, over a bounded channel. A lost `Started` or `HandedOver` is only a lost
/// progress note; outcomes are never carried here, only the hint to ask for them.
#[derive(Debug, Clone)]
pub enum HostEvent {
    /// The first byte of a job is about to be sent.
    Started {
        /// Our id.
        job: JobId,
        /// The sender's id.
        external_id: Option<ExternalId>,
        /// Where it is printed.
        printer: PrinterId,
        /// The connector's own note.
        reply: ReplyContext,
    },
    /// The printer's side, or the operating system's spooler, has taken every byte of a job. Its outcome follows.
    HandedOver {
        /// Our id.
        job: JobId,
        /// The connector's own note.
        reply: ReplyContext,
    },
    /// There are outcomes to tell: call [`Host::unreported`].
    Settled,
}

/// A job that is stored.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// Our id.
    pub id: JobId,
    /// Whether it is new.
    pub novelty: Novelty,
    /// A new one as it was stored, for callers who are told of it at once; known ones have to be looked up.
    pub stored: Option<Box<JobView>>,
}

/// Whether a job was seen before.
#[derive(Debug, Clone)]
pub enum Novelty {
    /// Stored now.
    New,
    /// The same (connector, external id) is known; nothing was stored, nothing will be printed for it again.
    Known {
        /// Where the known job stands; `None` where only its id is still kept.
        state: Option<JobState>,
        /// Its outcome, where it has one.
        outcome: Option<Outcome>,
        /// Whether the sender sent the same content again.
        content: ContentMatch,
    },
}

/// Whether a job that is known came with the same content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentMatch {
    /// The same.
    Same,
    /// Something else under the same id: worth a line in the log.
    Different,
}

/// Names one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReportId(pub i64);

/// An outcome to be told to the job's sender, exactly once.
#[derive(Debug, Clone)]
pub struct Report {
    /// Names this report.
    pub id: ReportId,
    /// Our id of the job that the sender knows.
    pub job: JobId,
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
    /// Whether something was told of this job before.
    pub telling: Telling,
    /// When it was stored.
    pub accepted_at: Timestamp,
    /// When its outcome was stored.
    pub settled_at: Timestamp,
}

/// Whether an outcome is the first that is told of its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// It is.
    First,
    /// An earlier one (unconfirmed) was told, and this one replaces it.
    Correction,
}

/// Whether jobs may go to a printer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// A person has set it up.
    #[default]
    SetUp,
    /// It was found, and can be set up. No job goes there.
    Offered,
}

/// A configured printer, as connectors and people see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrinterView {
    /// Whether somebody has set it up.
    #[serde(default)]
    pub standing: Standing,
    /// Our stable id.
    pub id: PrinterId,
    /// Its name.
    pub name: PrinterName,
    /// What it is used for.
    pub kind: PrinterKind,
    /// Jobs that name no printer and that it takes.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// How it is reached.
    pub way: Way,
    /// How it is.
    pub health: Health,
    /// What is to be told about it.
    pub reasons: StateReasons,
    /// When it last answered.
    pub last_seen: Option<Timestamp>,
    /// Jobs waiting for it.
    pub queue_length: usize,
    /// What its profile can do.
    pub capabilities: Vec<Capability>,
    /// The best evidence it has given so far.
    pub best_evidence: Option<Evidence>,
}

/// What a printer is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrinterKind {
    /// Customers' receipts.
    #[default]
    Receipt,
    /// Kitchen or bar tickets.
    Kitchen,
    /// Labels.
    Label,
}

impl PrinterKind {
    /// What a document for such a printer is, where its sender does not say it.
    pub fn usual_document(self) -> DocumentType {
        match self {
            PrinterKind::Receipt => DocumentType::Receipt,
            PrinterKind::Kitchen => DocumentType::KitchenTicket,
            PrinterKind::Label => DocumentType::Label,
        }
    }
}

/// How a printer is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// On the LAN.
    Network {
        /// Host name or address.
        host: String,
        /// Usually 9100.
        port: u16,
    },
    /// On this machine's USB.
    Usb,
    /// A queue of the OS.
    Spooler {
        /// The queue's name there.
        queue: String,
    },
}

/// How a printer is, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Ready, as it said itself.
    Online,
    /// Printing.
    Busy,
    /// It does not answer, or says that it is off line.
    Offline,
    /// It needs a hand.
    Error,
    /// It cannot be known: it takes data but says nothing of itself. Never shown as online.
    Unknown,
}

impl Health {
    /// All of them.
    pub const ALL: [Health; 5] =
        [Health::Online, Health::Busy, Health::Offline, Health::Error, Health::Unknown];

    /// The word in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Health::Online => "online",
            Health::Busy => "busy",
            Health::Offline => "offline",
            Health::Error => "error",
            Health::Unknown => "unknown",
        }
    }
}
