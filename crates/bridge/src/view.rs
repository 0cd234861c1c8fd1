//! What people and programs may ask the engine, and what it answers. The same in process and over the control door.

use crate::connector_words::{ConnectorNote, ConnectorWords};
use crate::devices::DeviceView;
use crate::in_words::in_words;
use crate::notice::Notice;
use crate::settings::BackupSettings;
use platen_connectors::{JobQuery, JobView, PrinterView, Resolution};
use platen_escpos::PaperWidth;
use platen_job::{
    ConnectorId, DocumentType, DrawerPin, JobId, JobState, Outcome, Priority, Refusal, Role,
    SubmissionFormat, Timestamp,
};
use serde::{Deserialize, Serialize};

/// One question to the engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ask")]
pub enum Request {
    /// How everything is.
    Status,
    /// The newest jobs.
    Jobs(JobQuery),
    /// How many jobs there are of a query, on all of its pages: [`Response::Count`].
    CountJobs(JobQuery),
    /// One job.
    Job {
        /// Which.
        id: JobId,
    },
    /// What a job looks like on paper: [`Response::Picture`].
    Picture {
        /// Which.
        id: JobId,
    },
    /// Waits until a job is settled, at most that long, and gives it as it is then.
    Wait {
        /// Which.
        id: JobId,
        /// Milliseconds.
        at_most_ms: u64,
    },
    /// Prints a document.
    Submit(Submission),
    /// Prints a test page.
    TestPrint(TestPrint),
    /// Kicks the drawer.
    Drawer {
        /// Name or id.
        printer: String,
        /// Which drawer.
        pin: DrawerPin,
    },
    /// Takes a job back.
    Cancel {
        /// Which.
        id: JobId,
    },
    /// Prints a marked copy of a settled job.
    Reprint {
        /// Which.
        id: JobId,
    },
    /// Says what became of an unconfirmed job.
    Resolve {
        /// Which.
        id: JobId,
        /// What a person saw.
        resolution: Resolution,
    },
    /// Keeps a printer from starting new jobs.
    Pause {
        /// Name or id.
        printer: String,
    },
    /// Lets it go on.
    Resume {
        /// Name or id.
        printer: String,
    },
    /// Shows the window.
    Show,
    /// Ends the program that runs the engine: the write under way is finished, or stopped safely.
    Stop,
    /// Reads the settings file again.
    Reload,
    /// Looks which devices there are.
    Devices {
        /// Where.
        #[serde(default)]
        search: Search,
    },
}

/// Where devices are looked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Search {
    /// Where the settings say.
    #[default]
    Usual,
    /// And at every host of this computer's own networks, which takes up to half a minute. Nothing is sent to them.
    Scan,
}

/// A document from this machine. Its `Debug` tells nothing of the content.
#[derive(Clone, Serialize, Deserialize)]
pub struct Submission {
    /// Name or id of the printer, `@ROLE` for the one with that role, or `@` for the one whose role the document is.
    pub printer: String,
    /// How to read `body`.
    pub format: SubmissionFormat,
    /// The document, base64, at most 16 MiB before it.
    pub body: String,
    /// What it is for. `None`: what the document is by itself.
    #[serde(default)]
    pub document_type: Option<DocumentType>,
    /// Urgency.
    pub priority: Priority,
    /// The caller's own id; the same id is printed once.
    pub key: Option<String>,
}

impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Submission { printer, format, document_type, .. } = self;
        write!(f, "Submission({printer:?}, {format:?}, {document_type:?})")
    }
}

/// A test page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestPrint {
    /// Name or id of the printer.
    pub printer: String,
}

/// The engine's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer", content = "value")]
pub enum Response {
    /// To [`Request::Status`].
    Status(Box<EngineStatus>),
    /// To [`Request::Jobs`].
    Jobs(Vec<JobView>),
    /// To [`Request::CountJobs`].
    Count(u64),
    /// One job: what it is now.
    Job(Box<JobView>),
    /// To [`Request::Picture`]: a PNG, base64.
    Picture(String),
    /// To [`Request::Devices`].
    Devices {
        /// What there is.
        found: Vec<DeviceView>,
        /// What came of the scan, where one was asked for.
        #[serde(default)]
        scan: Option<ScanView>,
    },
    /// Done; nothing more to say.
    Done,
}

/// What a scan of the own networks did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanView {
    /// It went through.
    Done {
        /// Hosts that were asked for a connection. With none left out either, there is no private network to scan.
        asked: usize,
        /// Hosts that were not asked, because the time was over.
        left_out: usize,
    },
    /// It could not begin; why, as the system says.
    Failed(String),
}

/// Why a request was not carried out, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "error", content = "why")]
pub enum RequestError {
    /// No such printer.
    #[error("there is no printer called {0:?}")]
    NoPrinter(String),
    /// Nobody has that role, nor the default one.
    #[error(
        "no printer has the role \"{0}\"{otherwise}; give it to one: platenctl printers add NAME ADDRESS --role {0}",
        otherwise = or_default(*.0)
    )]
    NoRole(Role),
    /// Not a role.
    #[error("there is no role {0:?}: after @ stands receipt, kitchen, bar, label or default")]
    UnknownRole(String),
    /// No such job.
    #[error("there is no job {0}")]
    NoJob(JobId),
    /// The job stands where this cannot be done.
    #[error("job {id} is {state}: {why}")]
    NotNow {
        /// Which.
        id: JobId,
        /// Where it stands.
        state: String,
        /// What would be needed.
        why: NotNow,
    },
    /// It runs without a desktop.
    #[error("this Platen runs without a window (platenctl run)")]
    NoWindow,
    /// The document was refused.
    #[error("not accepted: {0}")]
    Refused(NotAccepted),
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(String),
    /// The spool did not answer.
    #[error("the spool cannot be used now: {0}")]
    Spool(String),
}

fn or_default(role: Role) -> &'static str {
    match role {
        Role::Default => "",
        _ => " or else \"default\"",
    }
}

/// Why a document from this machine was not accepted. On the wire it is its words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum NotAccepted {
    /// As any sender's.
    #[error(transparent)]
    Refusal(Refusal),
    /// Its key is known, and nothing else of it any more.
    #[error("a job with this key was printed long ago")]
    PrintedLongAgo,
    /// What is wrong with it, or what an engine elsewhere said of it.
    #[error("{0}")]
    Words(String),
}

in_words!(NotAccepted);

/// Why something cannot be done with a job where it stands. On the wire it is its words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum NotNow {
    /// It cannot be drawn.
    #[error("{}", .0.message())]
    NoPicture(Outcome),
    /// Its picture would be too large.
    #[error("its paper is too long to be shown")]
    TooLong,
    /// It is settled.
    #[error("only a job that still waits can be canceled")]
    Settled,
    /// It goes on all the same.
    #[error("it could not be stopped in time")]
    NotStopped,
    /// It is not settled.
    #[error("it will be printed anyway")]
    StillOpen,
    /// Nobody asks.
    #[error("only an unconfirmed job is a question")]
    NoQuestion,
    /// Its document is not kept any more.
    #[error("it is too old to be printed again")]
    Retired,
    /// As an engine elsewhere said it.
    #[error("{0}")]
    Words(String),
}

in_words!(NotNow);

/// How the engine is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EngineStatus {
    /// This program's version.
    pub version: String,
    /// This till's id.
    pub device_id: String,
    /// When the engine started.
    pub since: Timestamp,
    /// The gateway connector, where one is configured; its own shape, see `docs/connectors/printermaster.md`.
    pub gateway: Option<serde_json::Value>,
    /// The other connectors that are set up.
    #[serde(default)]
    pub connectors: Vec<ConnectorRow>,
    /// The printers.
    pub printers: Vec<PrinterRow>,
    /// Jobs by state.
    pub jobs: Vec<(String, u64)>,
    /// What a person should know: a spool set aside, unknown settings.
    pub notices: Vec<Notice>,
    /// Tasks restarted after a panic.
    pub restarts: u64,
}

/// A connector in a listing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConnectorRow {
    /// Which.
    pub connector: ConnectorId,
    /// What people call it.
    pub name: String,
    /// The other side's address, or its own: without passwords, paths and queries.
    pub address: String,
    /// Whether it does its work now.
    pub working: bool,
    /// How it is.
    pub words: ConnectorWords,
    /// What else a person should know of it, a line each.
    pub notes: Vec<ConnectorNote>,
    /// What a program may want to know; its own shape.
    pub detail: serde_json::Value,
}

/// A printer in a listing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PrinterRow {
    /// What connectors see too.
    #[serde(flatten)]
    pub view: PrinterView,
    /// Where it is now.
    pub uri: String,
    /// Its profile.
    pub profile: String,
    /// The paper in it, where that is said beside the profile.
    #[serde(default)]
    pub paper: Option<PaperWidth>,
    /// The printer that takes its waiting jobs when it cannot print.
    #[serde(default)]
    pub backup: Option<BackupSettings>,
    /// The hardware, where it was found on one of its ways.
    #[serde(default)]
    pub device: Option<DeviceView>,
    /// The newest job for it.
    #[serde(default)]
    pub last_job: Option<LastJob>,
    /// What to do about its state, in words; nothing where all is well.
    pub message: Option<String>,
}

/// The newest job of a printer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LastJob {
    /// Our id.
    pub id: JobId,
    /// Where it stands.
    #[serde(flatten)]
    pub state: JobState,
    /// When it was stored.
    pub accepted_at: Timestamp,
}
