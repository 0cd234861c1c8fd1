//! What a job is, and which states it may pass through.
//!
//! The nouns every other room speaks of. No I/O, no clock, no async: times come in as [`Timestamp`].
//!
//! ```text
//!             ┌────────── held (printer-offline, media-empty, cover-open, paused …; zero bytes sent)
//!             │                ▲ │
//! refused     ▼                │ ▼
//! (not    pending ─────▶ processing ─────▶ completed (evidence: submitted | drained | confirmed)
//! stored)     │                │ ├───────▶ aborted (reason)
//!             │                │ └───────▶ unconfirmed ──▶ completed (a person or the printer says so)
//!             └──▶ canceled, expired                  └──▶ reprinted (a new job, marked)
//! ```

mod attempt;
mod capability;
mod document;
mod evidence;
mod ids;
mod job;
mod notes;
mod outcome;
mod priority;
mod reasons;
mod receipt;
mod refusal;
mod state;
mod timestamp;

pub use attempt::{Attempt, AttemptEnd, StopCause};
pub use capability::Capability;
pub use document::{Document, DocumentError, DocumentFormat, DocumentType, DrawerPin};
pub use evidence::Evidence;
pub use ids::{ConnectorId, ExternalId, IdError, JobId, PrinterId, PrinterName};
pub use job::{Job, JobLimits, Mark, OnTrouble, ReplyContext};
pub use notes::JobNotes;
pub use outcome::{AbortReason, Outcome, UnconfirmedReason};
pub use priority::Priority;
pub use reasons::{StateReason, StateReasons};
pub use receipt::{Money, Quantity, Receipt, ReceiptItem, ReceiptTotal};
pub use refusal::Refusal;
pub use state::{IllegalTransition, JobState};
pub use timestamp::Timestamp;
