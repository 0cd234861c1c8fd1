//! Outcomes and refusals → what the sender is told. Pure: windows are decided by the caller.

use super::payload::Payload;
use super::reply::{ID_FIELDS, PrintKind, ReplyNote};
use super::wire_out::{
    Emission, JobCompleted, JobFailed, JobStarted, Message, PhysicalResult, RawResult, Words,
};
use super::words::error_word;
use crate::clock::{iso, iso_now};
use crate::telling::{message_of, sentence};
use platen_job::{AbortReason, ExternalId, Outcome, PrinterId, Refusal, Timestamp};
use serde_json::{Value, json};

/// Longest id that a refusal sends back, in bytes. A longer one is left out.
const LONGEST_ID_ECHO: usize = 16 * 1024;

/// Whether the request's own answer may still be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    /// The caller still waits for it.
    Open,
    /// Nobody waits, or it was given already: a second or late one would be taken for another request's.
    Closed,
}

/// Out of which printer a job came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The one that it was sent to.
    Own,
    /// That one's backup, which the sender does not expect.
    Backup,
}

/// A job whose fate is to be told.
pub(crate) struct Fate<'a> {
    pub(crate) note: &'a ReplyNote,
    pub(crate) external_id: Option<&'a ExternalId>,
    pub(crate) printer: &'a PrinterId,
    /// Whether that is its own one.
    pub(crate) place: Place,
    pub(crate) outcome: &'a Outcome,
    pub(crate) settled_at: Timestamp,
}

impl Fate<'_> {
    /// The event that tells it; `None` where nothing may be said any more. Tests are answered elsewhere.
    pub(crate) fn emission(&self, window: Window) -> Option<Emission> {
        match (self.note.kind, window) {
            (PrintKind::Physical, Window::Open) => Some(self.physical()),
            (PrintKind::Job | PrintKind::Physical, _) => Some(self.job()),
            (PrintKind::Raw, Window::Open) => Some(self.raw()),
            (PrintKind::Raw, Window::Closed) | (PrintKind::Test, _) => None,
        }
    }

    fn job(&self) -> Emission {
        let job_id = self.note.id(self.external_id);
        let printer_id = printer_echo(self.note, self.printer);
        let timestamp = iso(self.settled_at);
        match words_of(self.outcome) {
            Words::Done { .. } => {
                let backup_printer_id = self.backup();
                let success = true;
                JobCompleted { job_id, printer_id, backup_printer_id, success, timestamp }
                    .emission()
            }
            Words::Failed { error, error_type } => {
                let printer_id = Some(printer_id);
                JobFailed { job_id, printer_id, error, error_type, timestamp }.emission()
            }
        }
    }

    fn physical(&self) -> Emission {
        let result = match self.outcome {
            Outcome::Completed { evidence } => Some(match self.backup() {
                Some(backup) => json!({ "evidence": evidence, "backupPrinterId": backup }),
                None => json!({ "evidence": evidence }),
            }),
            _ => None,
        };
        let words = words_of(self.outcome);
        let success = matches!(words, Words::Done { .. });
        let job_id = self.note.id(self.external_id);
        PhysicalResult { job_id, success, words, timestamp: iso(self.settled_at), result }
            .emission()
    }

    fn backup(&self) -> Option<String> {
        (self.place == Place::Backup).then(|| self.printer.to_string())
    }

    fn raw(&self) -> Emission {
        let words = words_of(self.outcome);
        let success = matches!(words, Words::Done { .. });
        let printer_name = self.note.printer_name.clone();
        RawResult { printer_name, success, words, timestamp: iso(self.settled_at) }.emission()
    }
}

/// Tells the sender that the first byte is about to go out.
pub(crate) fn started(
    note: &ReplyNote,
    external_id: Option<&ExternalId>,
    printer: &PrinterId,
) -> Emission {
    let job_id = note.id(external_id);
    JobStarted { job_id, printer_id: printer_echo(note, printer), timestamp: iso_now() }.emission()
}

/// Tells the sender why its job was not taken.
pub(crate) fn refused(kind: PrintKind, payload: &Payload, refusal: &Refusal) -> Emission {
    let error = sentence(refusal);
    failed(kind, payload, error, "refused")
}

/// Tells the sender of a job that it has been dealt with long ago.
pub(crate) fn long_known(kind: PrintKind, payload: &Payload) -> Emission {
    let error = "A job with this id was dealt with long ago, and how it ended is no longer kept. \
                 Nothing was printed for it again.";
    failed(kind, payload, error.into(), "already_known")
}

fn failed(kind: PrintKind, payload: &Payload, error: String, error_type: &'static str) -> Emission {
    let timestamp = iso_now();
    let job_id = payload.get(ID_FIELDS).filter(|id| echoes(id)).cloned();
    let note = ReplyNote::of(kind, payload);
    match kind {
        PrintKind::Job | PrintKind::Test => {
            let printer_id = note.printer_id;
            JobFailed { job_id, printer_id, error, error_type, timestamp }.emission()
        }
        PrintKind::Physical => {
            let words = Words::Failed { error, error_type };
            PhysicalResult { job_id, success: false, words, timestamp, result: None }.emission()
        }
        PrintKind::Raw => {
            let words = Words::Failed { error, error_type };
            let printer_name = note.printer_name;
            RawResult { printer_name, success: false, words, timestamp }.emission()
        }
    }
}

fn echoes(id: &Value) -> bool {
    match id {
        Value::String(text) => text.len() <= LONGEST_ID_ECHO,
        Value::Number(_) | Value::Bool(_) => true,
        _ => false,
    }
}

fn printer_echo(note: &ReplyNote, printer: &PrinterId) -> Value {
    note.printer_id.clone().unwrap_or_else(|| Value::from(printer.as_str()))
}

/// What became of a job, in words, and in the gateway's short word where it failed.
pub(crate) fn words_of(outcome: &Outcome) -> Words {
    let error_type = match outcome {
        Outcome::Completed { .. } => return Words::Done { message: outcome.message() },
        Outcome::Unconfirmed { .. } => {
            return Words::Failed { error: message_of(outcome), error_type: "unconfirmed" };
        }
        Outcome::Canceled => "canceled",
        Outcome::Expired => "expired",
        Outcome::Aborted { reason, reasons, .. } => match (reason, reasons.iter().next()) {
            (AbortReason::NotReady, Some(first)) => error_word(first),
            (AbortReason::NotReady, None) => "not_ready",
            (AbortReason::Unprintable, _)
            | (AbortReason::EncodingTooSlow, _)
            | (AbortReason::EncodingFailed, _)
            | (AbortReason::EncodingDeadly, _) => "unprintable",
            (AbortReason::EncodersStuck, _) => "not_ready",
            (AbortReason::PrinterRemoved, _) => "printer_removed",
            (AbortReason::CanceledWhilePrinting | AbortReason::SenderGone, _) => "canceled",
            (AbortReason::DocumentLost, _) => "document_lost",
        },
    };
    Words::Failed { error: outcome.message(), error_type }
}
