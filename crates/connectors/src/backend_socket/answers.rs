//! Outcomes and refusals → `print_response`. Pure.

use super::note::Wanted;
use super::request::WrongShape;
use crate::Report;
use crate::clock::local_iso;
use crate::fields::printable;
use crate::telling::{message_of, sentence};
use platen_job::{Outcome, Refusal, Timestamp};
use serde::Serialize;
use serde_json::Value;

/// The event that answers a request.
pub(crate) const EVENT: &str = "print_response";

#[derive(Serialize)]
struct PrintResponse<'a> {
    status: Word,
    message: String,
    /// Local time, ISO 8601 without a zone, as Python writes it.
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    printer: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Success,
    Failed,
    Error,
}

/// The answer to a request whose job is settled. `success` is said only of paper out of the printer that was wanted, or
/// out of the backup that the shop has given it.
pub(crate) fn settled(wanted: &Wanted, report: &Report) -> Value {
    let mut message = message_of(&report.outcome);
    if let Some(own) = &report.backup_from {
        message.push_str(&format!(" This concerns the backup of {own}."));
    }
    let status = match (&report.outcome, &wanted.instead) {
        (Outcome::Completed { .. }, None) => Word::Success,
        _ => Word::Failed,
    };
    if let Some(instead) = &wanted.instead {
        message = format!("{} This went to {instead} instead: {message}", not_here(wanted));
    }
    respond(status, message, report.settled_at, Some(&wanted.printer))
}

/// The answer to a request that was not taken.
pub(crate) fn refused(wanted: &Wanted, refusal: &Refusal) -> Value {
    respond(Word::Failed, sentence(refusal), Timestamp::now(), Some(&wanted.printer))
}

/// The answer to a request for which there is no printer at all.
pub(crate) fn no_printer(wanted: Option<&Wanted>) -> Value {
    let words = "No default printer is set up on this till.";
    let (message, printer) = match wanted {
        Some(wanted) => (format!("{} {words}", not_here(wanted)), wanted.printer.as_str()),
        None => (words.to_owned(), ""),
    };
    respond(Word::Failed, message, Timestamp::now(), Some(printer))
}

/// The answer to a request that cannot be read.
pub(crate) fn unreadable(wrong: WrongShape) -> Value {
    let message = format!("The request could not be read: {wrong}.");
    respond(Word::Error, message, Timestamp::now(), None)
}

fn not_here(wanted: &Wanted) -> String {
    format!("There is no printer called \"{}\" on this till.", printable(&wanted.printer))
}

fn respond(status: Word, message: String, at: Timestamp, printer: Option<&str>) -> Value {
    let response = PrintResponse { status, message, timestamp: local_iso(at), printer };
    serde_json::to_value(response).unwrap_or_default()
}
