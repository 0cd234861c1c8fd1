//! A gateway's print request → a checked [`Job`], or the reason why not.

use super::order::{self, Layout};
use super::payload::Payload;
use super::reply::{ID_FIELDS, PrintKind, ReplyNote};
use super::words;
use crate::fields::{shape, text_of};
use crate::{PrinterKind, PrinterView};
use bytes::Bytes;
use platen_job::{
    ConnectorId, Document, DocumentError, DocumentType, ExternalId, Job, JobLimits, JobNotes,
    Refusal,
};
use serde_json::{Map, Value};

/// Makes a job of a print request for `printer`.
///
/// # Errors
/// [`Refusal`], in words for the sender.
pub(crate) fn job(
    kind: PrintKind,
    payload: &Payload,
    printer: &PrinterView,
    limits: JobLimits,
) -> Result<Job, Refusal> {
    let external_id = match kind {
        // It has no id: two equal ones may both be meant.
        PrintKind::Raw => None,
        _ => Some(external_id(payload)?),
    };
    let document_type = document_type(kind, payload, printer.kind);
    let (document, notes) = match kind {
        PrintKind::Raw => bare(raw_document(payload, limits.document_bytes)?),
        _ => document(payload, document_type, printer, limits.document_bytes)?,
    };
    let stored = document.to_payload()?;
    if stored.len() > limits.document_bytes {
        return Err(DocumentError::TooLarge { limit: limits.document_bytes }.into());
    }
    let fingerprint = Job::fingerprint_of(&[document.format().as_str().as_bytes(), &stored]);
    Ok(Job {
        external_id,
        priority: words::priority(payload.get(&["priority"])),
        reply: ReplyNote::of(kind, payload).to_context(),
        fingerprint,
        notes,
        ..Job::new(ConnectorId::PrinterMaster, printer.id.clone(), document_type, document)
    })
}

fn external_id(payload: &Payload) -> Result<ExternalId, Refusal> {
    let value = payload.get(ID_FIELDS).ok_or(Refusal::NoId)?;
    let text =
        text_of(value).ok_or(Refusal::BadField { field: "id", expected: "a text or a number" })?;
    Ok(ExternalId::new(text)?)
}

fn document_type(kind: PrintKind, payload: &Payload, printer: PrinterKind) -> DocumentType {
    match (kind, printer) {
        (PrintKind::Raw, PrinterKind::Receipt) => DocumentType::Other,
        (PrintKind::Raw, _) => words::document_type(None, printer),
        _ => words::document_type(payload.text(&["type"]).as_deref(), printer),
    }
}

/// Commands, else content, else an order; a test needs none of them.
fn document(
    payload: &Payload,
    document_type: DocumentType,
    printer: &PrinterView,
    limit: usize,
) -> Result<(Document, JobNotes), Refusal> {
    if let Some(commands) = payload.bytes("escposCommands", limit)? {
        return Ok(bare(Document::Raw(commands)));
    }
    if let Some(text) = content(payload)? {
        return Ok(bare(Document::Text(text)));
    }
    if let Some(order) = order(payload, document_type)? {
        return Ok(order);
    }
    if document_type == DocumentType::Test {
        return Ok(bare(Document::TestPage { lines: test_lines(printer, None) }));
    }
    Err(Refusal::Nothing)
}

/// A document of which nothing was left out.
fn bare(document: Document) -> (Document, JobNotes) {
    (document, JobNotes::default())
}

fn content(payload: &Payload) -> Result<Option<String>, Refusal> {
    let Some(value) = payload.get(&["content"]) else { return Ok(None) };
    let text = text_of(value).ok_or(Refusal::BadField { field: "content", expected: "a text" })?;
    Ok(Some(text.into_owned()).filter(|text| !text.trim().is_empty()))
}

fn order(
    payload: &Payload,
    document_type: DocumentType,
) -> Result<Option<(Document, JobNotes)>, Refusal> {
    let unusable = Refusal::BadField { field: "orderData", expected: "an object" };
    match payload.get(&["orderData", "receiptData"]) {
        None => Ok(None),
        Some(Value::Object(fields)) => Ok(order_document(payload, fields, document_type)),
        // Some senders write the order as text: JSON in it is read, anything else is printed as it stands.
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Ok(order_document(payload, &fields, document_type)),
            _ if text.trim().is_empty() => Ok(None),
            _ if text.trim_start().starts_with(['{', '[']) => Err(unusable),
            _ => Ok(Some(bare(Document::Text(text.clone())))),
        },
        Some(_) => Err(unusable),
    }
}

fn order_document(
    payload: &Payload,
    fields: &Map<String, Value>,
    document_type: DocumentType,
) -> Option<(Document, JobNotes)> {
    let layout = match document_type {
        DocumentType::KitchenTicket => Layout::KitchenTicket,
        _ => Layout::Receipt,
    };
    let heading = ["companyName", "branchName"].iter().filter_map(|name| payload.text(&[name]));
    order::receipt(fields, heading.map(one_line).collect(), layout)
        .map(|(receipt, notes)| (Document::Receipt(Box::new(receipt)), notes))
}

/// `print:raw`: bytes where it carries commands and nothing that is not a byte, else text.
fn raw_document(payload: &Payload, limit: usize) -> Result<Document, Refusal> {
    match payload.get(&["data"]) {
        Some(Value::String(text)) if text.is_empty() => Err(Refusal::Nothing),
        Some(Value::String(text)) => Ok(match bytes_in_text(text) {
            Some(bytes) => Document::Raw(bytes),
            None => Document::Text(text.clone()),
        }),
        Some(value) if !value.is_array() && !payload.holds_bytes("data") => {
            tracing::debug!(shape = shape(value), "print:raw carried no text");
            Err(Refusal::BadField { field: "data", expected: "a text" })
        }
        _ => payload.bytes("data", limit)?.map(Document::Raw).ok_or(Refusal::Nothing),
    }
}

/// The bytes of a text that carries printer commands, one byte a character.
fn bytes_in_text(text: &str) -> Option<Bytes> {
    let is_command = |sign: char| sign < ' ' && !matches!(sign, '\n' | '\r' | '\t');
    if !text.chars().any(is_command) {
        return None;
    }
    text.chars().map(|sign| u8::try_from(u32::from(sign)).ok()).collect()
}

/// Lines of a test page that this connector can fill in.
pub(crate) fn test_lines(printer: &PrinterView, about: Option<String>) -> Vec<String> {
    let first = [format!("Printer: {}", printer.name), crate::clock::on_paper()];
    first.into_iter().chain(about).map(one_line).collect()
}

fn one_line(text: String) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::printer;
    use platen_job::Priority;
    use platen_socketio::Arg;
    use serde_json::json;

    fn read(kind: PrintKind, json: Value) -> Result<Job, Refusal> {
        let payload = Payload::from_args(vec![Arg::Json(json)]).unwrap();
        job(kind, &payload, &printer("p-1", "Bar"), JobLimits { document_bytes: 2048 })
    }

    #[test]
    fn commands_win_over_content_and_content_over_the_order() {
        let all =
            json!({"id": "a", "escposCommands": [27, 64], "content": "x", "orderData": {"id": 1}});
        let commands = read(PrintKind::Job, all.clone()).unwrap();
        assert_eq!(commands.document, Document::Raw(Bytes::from_static(&[27, 64])));
        let mut rest = all;
        rest["escposCommands"] = json!([]);
        let content = read(PrintKind::Job, rest.clone()).unwrap();
        assert_eq!(content.document, Document::Text("x".into()));
        rest["content"] = Value::Null;
        let order = read(PrintKind::Physical, rest).unwrap();
        assert!(matches!(order.document, Document::Receipt(_)));
        assert_ne!(commands.fingerprint, content.fingerprint);
    }

    #[test]
    fn a_kitchen_order_is_a_ticket() {
        let sent = json!({"id": 5, "type": "kitchen_order", "priority": 2,
            "orderData": {"items": [{"name": "Soup", "price": 4}]}});
        let job = read(PrintKind::Physical, sent).unwrap();
        assert_eq!(job.document_type, DocumentType::KitchenTicket);
        assert_eq!(job.priority, Priority::High);
        assert_eq!(job.external_id.unwrap().as_str(), "5");
        let Document::Receipt(ticket) = job.document else { panic!("no ticket") };
        assert_eq!(ticket.items[0].price, None);
    }

    #[test]
    fn raw_data_is_bytes_only_where_it_carries_commands() {
        let document =
            |data: &str| read(PrintKind::Raw, json!({ "data": data })).map(|job| job.document);
        assert_eq!(
            document("\u{1b}@\u{e9}\0"),
            Ok(Document::Raw(Bytes::from_static(b"\x1b@\xe9\0")))
        );
        assert_eq!(document("caf\u{e9}\n"), Ok(Document::Text("caf\u{e9}\n".into())));
        assert_eq!(document("\u{1b}@\u{20ac}"), Ok(Document::Text("\u{1b}@\u{20ac}".into())));
        assert_eq!(document(""), Err(Refusal::Nothing));
    }

    #[test]
    fn a_job_larger_than_the_bound_is_refused() {
        let refused = read(PrintKind::Job, json!({"id": "a", "content": "x".repeat(2049)}));
        assert_eq!(refused.err(), Some(DocumentError::TooLarge { limit: 2048 }.into()));
    }

    #[test]
    fn an_order_written_as_text_is_read() {
        let sent = json!({"id": "a", "orderData": "{\"orderNumber\": 7}"});
        assert!(matches!(read(PrintKind::Physical, sent).unwrap().document, Document::Receipt(_)));
    }
}
