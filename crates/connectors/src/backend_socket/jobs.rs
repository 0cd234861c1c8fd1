//! What a server asks for → a checked [`Job`], or the reason why not.

use super::documents;
use super::note::ReplyNote;
use super::request::Content;
use crate::PrinterView;
use crate::fields::Unknown;
use platen_job::{
    ConnectorId, Document, DocumentError, DocumentType, Job, JobLimits, JobNotes, Refusal,
};

/// Makes a job for `printer`.
///
/// # Errors
/// [`Refusal`], in words for the sender.
pub(crate) fn job(
    content: Content,
    printer: &PrinterView,
    note: &ReplyNote,
    limits: JobLimits,
) -> Result<Job, Refusal> {
    let document_type = match &content {
        Content::Receipt(_) => DocumentType::Receipt,
        Content::Reservation(_) => DocumentType::Other,
        // It does not say what it is for: its printer does.
        Content::Text(_) | Content::Html(_) => printer.kind.usual_document(),
    };
    let (document, notes) = document(content)?;
    let stored = document.to_payload()?;
    if stored.len() > limits.document_bytes {
        return Err(DocumentError::TooLarge { limit: limits.document_bytes }.into());
    }
    // Without an id: there is none, and two equal requests may both be meant.
    Ok(Job {
        fingerprint: Job::fingerprint_of(&[document.format().as_str().as_bytes(), &stored]),
        reply: note.to_context(),
        notes,
        ..Job::new(ConnectorId::BackendSocket, printer.id.clone(), document_type, document)
    })
}

fn document(content: Content) -> Result<(Document, JobNotes), Refusal> {
    let mut unknown = Unknown::default();
    let written = |text: Option<String>| {
        text.filter(|text| !text.trim().is_empty()).ok_or(Refusal::Document(DocumentError::Empty))
    };
    let nothing = Refusal::Document(DocumentError::Empty);
    let document = match content {
        Content::Text(text) => Document::Text(written(text)?),
        Content::Html(html) => Document::Html(written(html)?),
        Content::Receipt(data) => {
            let data = data.ok_or(missing("receipt_data"))?;
            let receipt = documents::receipt(&data, &mut unknown).ok_or(nothing)?;
            Document::Receipt(Box::new(receipt))
        }
        Content::Reservation(data) => {
            let data = data.ok_or(missing("reservation_data"))?;
            let reservation = documents::reservation(&data, &mut unknown).ok_or(nothing)?;
            Document::Reservation(Box::new(reservation))
        }
    };
    Ok((document, unknown.notes))
}

fn missing(field: &'static str) -> Refusal {
    Refusal::BadField { field, expected: "an object" }
}
