//! `POST /v1/jobs`: a document and a key, stored before it is answered.

use super::description::{Document as JsonDocument, File, Text};
use super::query::{idempotency_key, query};
use super::wire::{ApiJob, document_types};
use super::{Answer, Api, no_such_printer, problem, unavailable};
use crate::door::{Limits, Problem, answer, body};
use crate::telling::sentence;
use crate::{ContentMatch, Novelty, PrinterView, Submitted};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use platen_job::{
    ConnectorId, Document, DocumentType, ExternalId, Job, JobNotes, OnTrouble, Priority, Refusal,
    Role, SubmissionFormat, Timestamp, read_document,
};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::IntoParams;

/// Most bytes of a picture or a PDF; everything else has the door's usual bound.
const LARGE: usize = 16 << 20;
/// Large bodies that are read at once; further ones wait.
const LARGE_AT_ONCE: usize = 8;
/// A document of fewer bytes than this is read before another thread would have begun with it.
const SMALL: usize = 8 << 10;
/// Longest time that a job may wait for its printer, in seconds: 30 days.
const LONGEST_WAIT: u32 = 30 * 24 * 60 * 60;

/// Room for large bodies.
pub(super) struct LargeBodies(Semaphore);

impl Default for LargeBodies {
    fn default() -> Self {
        LargeBodies(Semaphore::new(LARGE_AT_ONCE))
    }
}

impl LargeBodies {
    /// None: the till is stopping.
    async fn room(&self) -> Option<SemaphorePermit<'_>> {
        self.0.acquire().await.ok()
    }
}

/// How a document is to be printed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wish {
    /// Name or id of the printer. Missing: the one that the settings name for this API, or the one whose role the document is.
    #[param(min_length = 1)]
    printer: Option<String>,
    /// What the document is for, where that is not what it is by itself: it decides how long it may wait, what happens when it is
    /// unconfirmed, and which printer's role it is.
    #[serde(rename = "type")]
    #[param(schema_with = document_types, required = false)]
    document_type: Option<DocumentType>,
    /// Urgency: `high` goes before everything else that waits for the printer.
    #[param(schema_with = priorities, required = false)]
    priority: Option<Priority>,
    /// What happens when the printer cannot print now: `hold` (the usual) keeps the job until it can, `abort` gives it up.
    #[param(schema_with = troubles, required = false)]
    on_trouble: Option<OnTrouble>,
    /// Seconds after which it is too late to begin with it. Missing: as the settings say for its type.
    #[param(minimum = 1, maximum = 2_592_000)]
    expires_in: Option<u32>,
}

fn priorities() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    super::wire::words(["low", "normal", "high"]).into()
}

fn troubles() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    super::wire::words(["hold", "abort"]).into()
}

/// Prints a document.
///
/// The body is the document, and its `Content-Type` says how to read it: `application/json` (receipts, kitchen tickets, labels …,
/// described in receipts.md), `text/plain`, `text/html`, `application/pdf`, a picture, or `application/octet-stream` for printer
/// commands. It is stored on disk before it is answered, and printed when the printer can.
///
/// Fields that no document has are left out, and named in the job's `notes`.
#[utoipa::path(
    post,
    path = "/v1/jobs",
    tag = "jobs",
    params(
        Wish,
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 512, pattern = "^[!-~]+$",
         description = "The caller's own id of this job, such as the number of the sale. The same key is printed once, for ever: \
                        a caller that heard no answer sends the same again."),
    ),
    request_body(
        description = "At most 2 MiB; pictures and PDFs 16 MiB.",
        content(
            (JsonDocument = "application/json"),
            (Text = "text/plain"),
            (Text = "text/html"),
            (File = "application/pdf"),
            (File = "image/*"),
            (File = "application/octet-stream"),
        ),
    ),
    responses(
        (status = 201, description = "Stored; it will be printed.", body = ApiJob,
         headers(("Location" = String, description = "The job."))),
        (status = 200, description = "This key and this document were sent before: the job as it is now. Nothing is printed for it again.",
         body = ApiJob),
    ),
)]
pub(super) async fn submit(State(api): State<Arc<Api>>, request: Request) -> Answer {
    match api.submit(request).await {
        Ok(answer) => answer,
        Err(problem) => problem.into_response(),
    }
}

impl Api {
    async fn submit(&self, request: Request) -> Result<Answer, Problem> {
        let wish: Wish = query(request.uri())?;
        let key = idempotency_key(request.headers())?.ok_or_else(|| {
            let words = "The Idempotency-Key is missing: an id of your own for this job, so that it is printed once however often you send it.";
            Problem::of(StatusCode::BAD_REQUEST, "no-key", words)
        })?;
        let format = format(request.headers())?;
        let job = self.read(wish, format, request).await?;
        self.store(Job { external_id: Some(key), ..job }).await
    }

    /// Reads a document. Where it is large, that many others wait until it is in the spool's hands.
    async fn read(
        &self,
        wish: Wish,
        format: SubmissionFormat,
        request: Request,
    ) -> Result<Job, Problem> {
        let is_large = matches!(format, SubmissionFormat::Image | SubmissionFormat::Pdf);
        let _room = if is_large { self.large.room().await } else { None };
        let limits = match is_large {
            true => Limits { body_bytes: LARGE, ..self.limits },
            false => self.limits,
        };
        let body = body(request, &limits).await?;
        let fingerprint = fingerprint(format, &body);
        let (document, notes) = read_apart(format, body).await?;
        self.job(wish, document, notes, fingerprint)
    }

    fn job(
        &self,
        wish: Wish,
        document: Document,
        notes: JobNotes,
        fingerprint: u64,
    ) -> Result<Job, Problem> {
        let document_type = wish.document_type.unwrap_or_else(|| document.usual_type());
        let printer = self
            .printer(wish.printer.as_deref(), Role::of(document_type))
            .ok_or_else(|| no_printer(wish.printer.as_deref()))?;
        if wish.expires_in.is_some_and(|seconds| !(1..=LONGEST_WAIT).contains(&seconds)) {
            return Err(Problem::bad(format!("expires_in is not from 1 to {LONGEST_WAIT}.")));
        }
        let expires_at = wish
            .expires_in
            .map(|seconds| Timestamp::now().plus(Duration::from_secs(u64::from(seconds))));
        Ok(Job {
            priority: wish.priority.unwrap_or_default(),
            on_trouble: wish.on_trouble.unwrap_or_default(),
            expires_at,
            fingerprint,
            notes,
            ..Job::new(ConnectorId::Api, printer.id, document_type, document)
        })
    }

    /// Stores a small job that the API makes itself: a test page, a kick of the drawer.
    pub(super) async fn store_own(
        &self,
        printer: PrinterView,
        document_type: DocumentType,
        document: Document,
        key: Option<ExternalId>,
    ) -> Result<Answer, Problem> {
        let fingerprint = Job::fingerprint_of(&[document.format().as_str().as_bytes()]);
        self.store(Job {
            external_id: key,
            // Nobody waits for a test page, and a drawer that opens later stands open unattended.
            on_trouble: OnTrouble::Abort,
            fingerprint,
            ..Job::new(ConnectorId::Api, printer.id, document_type, document)
        })
        .await
    }

    async fn store(&self, job: Job) -> Result<Answer, Problem> {
        let Submitted { id, novelty, stored } =
            self.till.submit(job).await.map_err(|refusal| refused(&refusal))?;
        let status = match novelty {
            Novelty::New => StatusCode::CREATED,
            Novelty::Known { state: None, .. } => {
                let words =
                    "A job with this key was printed so long ago that only its key is still known.";
                return Err(Problem::of(StatusCode::GONE, "long-known", words));
            }
            Novelty::Known { content: ContentMatch::Different, .. } => {
                let words = format!(
                    "This key is known with another document: job {id}. Nothing was printed."
                );
                return Err(Problem::of(StatusCode::CONFLICT, "other-document", words));
            }
            Novelty::Known { content: ContentMatch::Same, .. } => StatusCode::OK,
        };
        let job = match stored {
            Some(job) => *job,
            None => self.till.clone().job(id).await.map_err(|error| problem(&error))?,
        };
        let mut answer = answer(status, &ApiJob::from(job));
        if let Ok(location) = HeaderValue::from_str(&format!("/v1/jobs/{id}")) {
            answer.headers_mut().insert(LOCATION, location);
        }
        Ok(answer)
    }
}

/// Reads a document; a large one on a thread of its own, as it may take long.
async fn read_apart(
    format: SubmissionFormat,
    body: Bytes,
) -> Result<(Document, JobNotes), Problem> {
    let read = match body.len() {
        0..SMALL => read_document(format, body.to_vec()),
        _ => tokio::task::spawn_blocking(move || read_document(format, body.to_vec()))
            .await
            .map_err(|_| {
                unavailable("Reading the document failed because of an error in Platen.".into())
            })?,
    };
    read.map_err(|error| unusable(&error.to_string()))
}

/// How the body is to be read, by its media type.
fn format(headers: &HeaderMap) -> Result<SubmissionFormat, Problem> {
    let head = headers.get(CONTENT_TYPE).and_then(|head| head.to_str().ok()).unwrap_or_default();
    let media_type = head.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    Ok(match media_type.as_str() {
        "application/json" => SubmissionFormat::Receipt,
        "text/plain" => SubmissionFormat::Text,
        "text/html" => SubmissionFormat::Html,
        "application/pdf" => SubmissionFormat::Pdf,
        "application/octet-stream" => SubmissionFormat::Raw,
        other if other.starts_with("image/") => SubmissionFormat::Image,
        _ => {
            let words = "The Content-Type says no kind of document: application/json, text/plain, text/html, application/pdf, image/… or application/octet-stream.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
        }
    })
}

fn fingerprint(format: SubmissionFormat, body: &Bytes) -> u64 {
    Job::fingerprint_of(&[format!("{format:?}").as_bytes(), body])
}

fn no_printer(named: Option<&str>) -> Problem {
    if named.is_some() {
        return no_such_printer();
    }
    let words = "No printer of this till is set up for such a document. Name one, or choose one in Platen's settings.";
    Problem::of(StatusCode::NOT_FOUND, "no-such-printer", words)
}

fn unusable(why: &str) -> Problem {
    let words = crate::telling::as_sentence(why);
    Problem::of(StatusCode::UNPROCESSABLE_ENTITY, "unusable-document", words)
}

fn refused(refusal: &Refusal) -> Problem {
    match refusal {
        Refusal::QueueFull { .. }
        | Refusal::DiskFull
        | Refusal::SpoolUnavailable
        | Refusal::ShuttingDown => unavailable(sentence(refusal)),
        Refusal::NoId
        | Refusal::BadId(_)
        | Refusal::BadField { .. }
        | Refusal::Nothing
        | Refusal::Document(_) => unusable(&refusal.to_string()),
    }
}
