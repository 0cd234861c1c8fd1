//! From a file as a person or a program has it to a document, and what of it is left out.

use crate::{Document, DocumentJsonError, JobLimits, JobNotes, Picture};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// How to read a submitted document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubmissionFormat {
    /// Printer commands.
    Raw,
    /// UTF-8 text.
    Text,
    /// A document in JSON of `docs/schema/document.schema.json`: a receipt, or whatever its `type` says.
    Receipt,
    /// A picture: PNG, JPEG, GIF, BMP, WebP or SVG.
    Image,
    /// A page of HTML, UTF-8.
    Html,
    /// The pages of a PDF.
    Pdf,
}

/// Why a file is no document. Never quotes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionError {
    /// There is nothing in it.
    #[error("the document is empty")]
    Empty,
    /// More than a job may have.
    #[error("the document has more than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// Text that is not UTF-8.
    #[error("the text is not UTF-8")]
    NotText,
    /// JSON that is no document.
    #[error(transparent)]
    Json(#[from] DocumentJsonError),
}

/// Reads a file as that format. The notes name fields that no document has, and what is left out for want of what it needs.
///
/// # Errors
/// [`SubmissionError`]. What is wrong inside a picture, a PDF or a page of HTML is only found when it is encoded.
pub fn read_document(
    format: SubmissionFormat,
    body: Vec<u8>,
) -> Result<(Document, JobNotes), SubmissionError> {
    let limit = JobLimits::default().document_bytes;
    if body.is_empty() {
        return Err(SubmissionError::Empty);
    }
    if body.len() > limit {
        return Err(SubmissionError::TooLarge { limit });
    }
    let text = |body| String::from_utf8(body).map_err(|_| SubmissionError::NotText);
    let picture = |body: Vec<u8>| Box::new(Picture { bytes: body.into(), ..Picture::default() });
    let document = match format {
        SubmissionFormat::Raw => Document::Raw(Bytes::from(body)),
        SubmissionFormat::Text => Document::Text(text(body)?),
        SubmissionFormat::Html => Document::Html(text(body)?),
        SubmissionFormat::Image => Document::Image(picture(body)),
        SubmissionFormat::Pdf => Document::Pdf(picture(body)),
        SubmissionFormat::Receipt => {
            let (document, left_out) = Document::from_json(&body)?;
            return Ok((document, left_out.iter().map(ToString::to_string).collect()));
        }
    };
    Ok((document, JobNotes::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DocumentType;

    fn read(format: SubmissionFormat, body: &str) -> Result<(Document, JobNotes), String> {
        read_document(format, body.as_bytes().to_vec()).map_err(|error| error.to_string())
    }

    #[test]
    fn fields_that_are_not_known_are_named() {
        let json = r#"{"type":"kitchen-ticket","items":[{"name":"Soup","colour":"red"}]}"#;
        let (document, notes) = read(SubmissionFormat::Receipt, json).unwrap();
        assert_eq!(document.usual_type(), DocumentType::KitchenTicket);
        assert_eq!(notes.lines(), ["left out, no such field: items[0].colour"]);
    }

    #[test]
    fn a_file_that_is_no_document_is_refused_and_not_quoted() {
        let said = |format, body| read(format, body).unwrap_err();
        assert_eq!(said(SubmissionFormat::Text, ""), "the document is empty");
        let secret = said(SubmissionFormat::Receipt, "{\"type\":\"receipt\", secret");
        assert!(secret.contains("line 1") && !secret.contains("secret"), "{secret}");
        let long = vec![b'a'; 16 * 1024 * 1024 + 1];
        let limit = 16 * 1024 * 1024;
        let error = read_document(SubmissionFormat::Raw, long).unwrap_err();
        assert_eq!(error, SubmissionError::TooLarge { limit });
        let error = read_document(SubmissionFormat::Html, vec![0xFF]).unwrap_err();
        assert_eq!(error, SubmissionError::NotText);
    }
}
