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
mod cash_out;
mod code;
mod customer;
mod document;
mod evidence;
mod frame;
mod ids;
mod job;
mod label;
mod money;
mod notes;
mod outcome;
mod picture;
mod priority;
mod quiet;
mod reading;
mod reasons;
mod receipt;
mod refusal;
mod reservation;
mod role;
mod state;
mod submission;
mod timestamp;

pub use attempt::{Attempt, AttemptEnd, StopCause};
pub use capability::Capability;
pub use cash_out::CashOut;
pub use code::{CodeField, Symbology};
pub use customer::{Customer, Delivery};
pub use document::{Document, DocumentError, DocumentFormat, DocumentType, DrawerPin};
pub use evidence::Evidence;
pub use frame::{Copies, Frame};
pub use ids::{ConnectorId, ExternalId, Hears, IdError, JobId, PrinterId, PrinterName};
pub use job::{Job, JobLimits, Mark, OnTrouble, ReplyContext};
pub use label::Label;
pub use money::{Money, Quantity, currency_decimals};
pub use notes::JobNotes;
pub use outcome::{AbortReason, Outcome, UnconfirmedReason};
pub use picture::{Dither, Picture, PictureAlign, PictureOptions, PictureWidth};
pub use priority::Priority;
pub use reading::{
    DocumentJsonError, Expected, LeftOut, MOST_JSON_BYTES, MOST_JSON_LEVELS, MOST_JSON_VALUES,
    MOST_LEFT_OUT, amount_of, document_schema, quantity_of,
};
pub use reasons::{StateReason, StateReasons};
pub use receipt::{
    Modifier, Payment, Receipt, ReceiptItem, ReceiptKind, ReceiptTotal, Tax, TotalKind,
};
pub use refusal::Refusal;
pub use reservation::Reservation;
pub use role::{Role, RoleError};
pub use state::{IllegalTransition, JobState};
pub use submission::{SubmissionError, SubmissionFormat, read_document};
pub use timestamp::Timestamp;
