//! What the API says: its objects, and their description.
//!
//! These shapes are a promise to programs that others write: fields are added, never taken away or given another meaning.

use crate::clock::iso;
use crate::{Health, JobView, PrinterKind, PrinterView, Resolution, TillSummary};
use platen_job::{
    Capability, ConnectorId, DocumentType, DrawerPin, Evidence, JobState, Mark, Role, StateReason,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// A job: where it stands and what became of it, never its text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Job)]
pub(crate) struct ApiJob {
    /// Its number on this till.
    #[schema(minimum = 1)]
    id: i64,
    /// The id that its sender gave it: the idempotency key, for jobs of this API.
    key: Option<String>,
    /// The way in which it came.
    #[schema(schema_with = connectors)]
    connector: &'static str,
    /// The printer's id, which never changes.
    printer_id: String,
    /// The printer's name; null where it is not set up any more.
    printer: Option<String>,
    /// What is on it.
    #[serde(rename = "type")]
    #[schema(schema_with = document_types)]
    document_type: DocumentType,
    /// Where it stands.
    #[schema(schema_with = states)]
    state: &'static str,
    /// Whether nothing more happens to it by itself. An unconfirmed job is settled too, and a question to a person.
    settled: bool,
    /// How sure it is that a completed job is on paper.
    #[schema(schema_with = evidence)]
    evidence: Option<Evidence>,
    /// What the printer of a held job lacks.
    #[schema(schema_with = reasons)]
    reasons: Vec<StateReason>,
    /// All this in words for a person, in English.
    message: String,
    /// What stands on its paper because it is not the first copy.
    #[schema(schema_with = marks)]
    mark: Option<Mark>,
    /// The job that it is a copy of.
    copy_of: Option<i64>,
    /// The printer that it was meant for, where it went to that one's backup.
    backup_from: Option<String>,
    /// When it was stored.
    #[schema(format = DateTime)]
    accepted_at: String,
    /// When it was settled.
    #[schema(format = DateTime)]
    settled_at: Option<String>,
    /// When it is too late to begin with it.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Bytes of its document, as it is stored.
    bytes: u64,
    /// What its paper does not show as it was sent, such as fields that no document has. None in a list.
    notes: Vec<String>,
}

impl From<JobView> for ApiJob {
    fn from(view: JobView) -> ApiJob {
        let reasons = match &view.state {
            JobState::Held { reasons } => reasons.iter().collect(),
            _ => Vec::new(),
        };
        let evidence = match view.state {
            JobState::Completed { evidence } => Some(evidence),
            _ => None,
        };
        ApiJob {
            id: view.id.0,
            key: view.external_id,
            connector: view.connector.as_str(),
            printer_id: view.printer.to_string(),
            printer: view.printer_name,
            document_type: view.document_type,
            state: view.state.as_str(),
            settled: !view.state.is_open(),
            evidence,
            reasons,
            message: view.message,
            mark: view.mark,
            copy_of: view.origin.map(|id| id.0),
            backup_from: view.backup_from.map(|name| name.to_string()),
            accepted_at: iso(view.accepted_at),
            settled_at: view.settled_at.map(iso),
            expires_at: view.expires_at.map(iso),
            bytes: view.size,
            notes: view.notes.lines().to_vec(),
        }
    }
}

impl ApiJob {
    pub(super) fn id(&self) -> i64 {
        self.id
    }

    pub(super) fn is_settled(&self) -> bool {
        self.settled
    }
}

/// Jobs, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Jobs)]
pub(crate) struct ApiJobs {
    /// The jobs.
    pub(super) jobs: Vec<ApiJob>,
    /// What to give as `before` for the next page; null on the last one.
    pub(super) next: Option<i64>,
}

/// A printer of this till.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Printer)]
pub(crate) struct ApiPrinter {
    /// Its id, which never changes.
    id: String,
    /// Its name.
    name: String,
    /// What it is used for.
    #[schema(schema_with = kinds)]
    kind: PrinterKind,
    /// Jobs that name no printer and that it takes.
    #[schema(schema_with = roles)]
    roles: Vec<Role>,
    /// How it is, at a glance. `unknown`: it takes data and says nothing of itself.
    #[schema(schema_with = healths)]
    state: Health,
    /// What is to be told about it.
    #[schema(schema_with = reasons)]
    reasons: Vec<StateReason>,
    /// What to do about that, in words for a person, in English; null where all is well.
    message: Option<String>,
    /// Jobs that wait for it.
    waiting: usize,
    /// When it last answered.
    #[schema(format = DateTime)]
    last_seen: Option<String>,
    /// What it can do.
    #[schema(schema_with = capabilities)]
    capabilities: Vec<Capability>,
    /// The best evidence it has given so far.
    #[schema(schema_with = evidence)]
    best_evidence: Option<Evidence>,
}

impl From<&PrinterView> for ApiPrinter {
    fn from(view: &PrinterView) -> ApiPrinter {
        ApiPrinter {
            id: view.id.to_string(),
            name: view.name.to_string(),
            kind: view.kind,
            roles: view.roles.clone(),
            state: view.health,
            reasons: view.reasons.iter().collect(),
            message: view.reasons.message().map(str::to_owned),
            waiting: view.queue_length,
            last_seen: view.last_seen.map(iso),
            capabilities: view.capabilities.clone(),
            best_evidence: view.best_evidence,
        }
    }
}

/// The printers of this till.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Printers)]
pub(crate) struct ApiPrinters {
    /// The printers, by name.
    pub(super) printers: Vec<ApiPrinter>,
}

/// How this till is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status)]
pub(crate) struct ApiStatus {
    /// Platen's version.
    version: &'static str,
    /// This till's own id.
    device_id: String,
    /// Since when Platen runs.
    #[schema(format = DateTime)]
    since: String,
    /// How many jobs are in each state; states without any are left out.
    jobs: BTreeMap<String, u64>,
    /// What a person should know, in English.
    notices: Vec<String>,
    /// The printers, by name.
    printers: Vec<ApiPrinter>,
}

impl ApiStatus {
    pub(super) fn new(summary: TillSummary, printers: Vec<ApiPrinter>) -> ApiStatus {
        ApiStatus {
            version: env!("CARGO_PKG_VERSION"),
            device_id: summary.device_id,
            since: iso(summary.since),
            jobs: summary.jobs.into_iter().collect(),
            notices: summary.notices,
            printers,
        }
    }
}

/// What a person saw of an unconfirmed job.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// `printed`: it is on paper. `reprint`: it is not, or not whole; print a copy marked "POSSIBLE DUPLICATE".
    #[schema(schema_with = resolutions)]
    pub(super) seen: Resolution,
}

/// Which drawer to open.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kick {
    /// The pin of the printer's connector; missing: `pin2`, the usual one.
    #[serde(default)]
    #[schema(schema_with = pins, required = false)]
    pub(super) pin: DrawerPin,
}

/// Something is wrong (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "describes what the door writes")]
pub(crate) struct ApiProblem {
    /// `urn:platen:problem:…`, which programs can tell apart, or `about:blank`, where the status says it all.
    r#type: String,
    /// The status in words.
    title: String,
    /// The status.
    status: u16,
    /// What is wrong, in words for a person, in English. Never quotes what was sent.
    detail: String,
}

/// A text that is one of these.
pub(super) fn words(words: impl IntoIterator<Item = impl Into<String>>) -> ObjectBuilder {
    let words = words.into_iter().map(|word| serde_json::Value::from(word.into()));
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words))
}

/// The same, or null.
fn words_or_null(known: impl IntoIterator<Item = impl Into<String>>) -> RefOr<Schema> {
    let known = known.into_iter().map(|word| serde_json::Value::from(word.into()));
    let known = known.chain([serde_json::Value::Null]);
    let types = SchemaType::Array(vec![Type::String, Type::Null]);
    ObjectBuilder::new().schema_type(types).enum_values(Some(known)).into()
}

fn list(items: ObjectBuilder) -> RefOr<Schema> {
    ArrayBuilder::new().items(items).into()
}

/// How these values stand in JSON.
fn written<T: Serialize>(values: impl IntoIterator<Item = T>) -> Vec<String> {
    let values = values.into_iter().map(|value| serde_json::to_value(value).unwrap_or_default());
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

pub(super) fn connectors() -> RefOr<Schema> {
    words(ConnectorId::ALL.map(ConnectorId::as_str)).into()
}

pub(super) fn document_types() -> RefOr<Schema> {
    words(DocumentType::ALL.map(DocumentType::as_str)).into()
}

pub(super) fn states() -> RefOr<Schema> {
    words(JobState::WORDS).into()
}

fn evidence() -> RefOr<Schema> {
    words_or_null(Evidence::ALL.map(Evidence::as_str))
}

fn reasons() -> RefOr<Schema> {
    list(words(StateReason::ALL.map(StateReason::as_str)))
}

fn marks() -> RefOr<Schema> {
    words_or_null(written([Mark::Reprint, Mark::PossibleDuplicate]))
}

fn kinds() -> RefOr<Schema> {
    words(written([PrinterKind::Receipt, PrinterKind::Kitchen, PrinterKind::Label])).into()
}

fn roles() -> RefOr<Schema> {
    list(words(Role::ALL.map(Role::as_str)))
}

fn healths() -> RefOr<Schema> {
    words(Health::ALL.map(Health::as_str)).into()
}

fn capabilities() -> RefOr<Schema> {
    list(words(written(Capability::ALL)))
}

fn resolutions() -> RefOr<Schema> {
    words(written([Resolution::Printed, Resolution::Reprint])).into()
}

fn pins() -> RefOr<Schema> {
    words(written([DrawerPin::Pin2, DrawerPin::Pin5])).into()
}
