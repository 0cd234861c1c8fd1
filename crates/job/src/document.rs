//! What a job prints.

use crate::{CashOut, Frame, Label, Picture, Receipt, ReceiptKind, Reservation};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A document, before it is turned into printer bytes. Its `Debug` tells the kind and nothing of the content.
#[derive(Clone, PartialEq)]
pub enum Document {
    /// Printer commands, sent as they are.
    Raw(Bytes),
    /// Plain text, laid out and transcoded by Platen.
    Text(String),
    /// A receipt or kitchen ticket in fields.
    Receipt(Box<Receipt>),
    /// A reservation in fields.
    Reservation(Box<Reservation>),
    /// A cash-out slip in fields.
    CashOut(Box<CashOut>),
    /// A label in fields.
    Label(Box<Label>),
    /// A picture: PNG, JPEG, GIF, BMP, WebP or SVG.
    Image(Box<Picture>),
    /// The pages of a PDF, one below the other.
    Pdf(Box<Picture>),
    /// A page of HTML.
    Html(String),
    /// A kick of the cash drawer, nothing on paper.
    Drawer(DrawerPin),
    /// A page that proves what the printer can do; its lines come from the engine.
    TestPage {
        /// Lines under the heading: printer, profile, branch, time, version.
        lines: Vec<String>,
    },
}

/// The connector pin of the drawer (ESC p, m).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DrawerPin {
    /// Pin 2, the usual one.
    #[default]
    Pin2,
    /// Pin 5, a second drawer.
    Pin5,
}

/// The kind of a stored document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentFormat {
    /// [`Document::Raw`].
    Raw,
    /// [`Document::Text`].
    Text,
    /// [`Document::Receipt`].
    Receipt,
    /// [`Document::Reservation`].
    Reservation,
    /// [`Document::CashOut`].
    CashOut,
    /// [`Document::Label`].
    Label,
    /// [`Document::Image`].
    Image,
    /// [`Document::Pdf`].
    Pdf,
    /// [`Document::Html`].
    Html,
    /// [`Document::Drawer`].
    Drawer,
    /// [`Document::TestPage`].
    TestPage,
}

/// What a document is for: it decides time-outs, reprint policy and routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentType {
    /// A customer's receipt.
    Receipt,
    /// A ticket for the kitchen or the bar: late is worse than twice.
    KitchenTicket,
    /// A label.
    Label,
    /// A drawer kick.
    Drawer,
    /// A test page.
    Test,
    /// Anything else.
    Other,
}

/// Why a document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// More bytes than allowed.
    #[error("the document has more than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The stored form is not what its format says.
    #[error("the stored document is not readable as {format}")]
    Unreadable {
        /// What it should have been.
        format: DocumentFormat,
    },
    /// Nothing to print.
    #[error("the document is empty")]
    Empty,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({})", self.format())
    }
}

impl Document {
    /// Which kind it is.
    pub fn format(&self) -> DocumentFormat {
        match self {
            Document::Raw(_) => DocumentFormat::Raw,
            Document::Text(_) => DocumentFormat::Text,
            Document::Receipt(_) => DocumentFormat::Receipt,
            Document::Reservation(_) => DocumentFormat::Reservation,
            Document::CashOut(_) => DocumentFormat::CashOut,
            Document::Label(_) => DocumentFormat::Label,
            Document::Image(_) => DocumentFormat::Image,
            Document::Pdf(_) => DocumentFormat::Pdf,
            Document::Html(_) => DocumentFormat::Html,
            Document::Drawer(_) => DocumentFormat::Drawer,
            Document::TestPage { .. } => DocumentFormat::TestPage,
        }
    }

    /// Its heading, footer, language and copies, where it is one that has them.
    pub fn frame(&self) -> Option<&Frame> {
        match self {
            Document::Receipt(receipt) => Some(&receipt.frame),
            Document::Reservation(reservation) => Some(&reservation.frame),
            Document::CashOut(slip) => Some(&slip.frame),
            Document::Label(label) => Some(&label.frame),
            _ => None,
        }
    }

    /// What such a document is for, where its sender does not say it.
    pub fn usual_type(&self) -> DocumentType {
        match self {
            Document::Receipt(receipt) if receipt.kind == Some(ReceiptKind::Kitchen) => {
                DocumentType::KitchenTicket
            }
            Document::Receipt(_) => DocumentType::Receipt,
            Document::Label(_) => DocumentType::Label,
            Document::Drawer(_) => DocumentType::Drawer,
            Document::TestPage { .. } => DocumentType::Test,
            _ => DocumentType::Other,
        }
    }

    /// The stored form: raw bytes, text and HTML as they are; a picture's options as one line of JSON before its bytes;
    /// everything else as JSON.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] where it cannot be written as JSON.
    pub fn to_payload(&self) -> Result<Bytes, DocumentError> {
        let json = |value: Result<Vec<u8>, serde_json::Error>| {
            value.map(Bytes::from).map_err(|_| DocumentError::Unreadable { format: self.format() })
        };
        match self {
            Document::Raw(bytes) => Ok(bytes.clone()),
            Document::Text(text) | Document::Html(text) => {
                Ok(Bytes::copy_from_slice(text.as_bytes()))
            }
            Document::Receipt(receipt) => json(serde_json::to_vec(receipt)),
            Document::Reservation(reservation) => json(serde_json::to_vec(reservation)),
            Document::CashOut(slip) => json(serde_json::to_vec(slip)),
            Document::Label(label) => json(serde_json::to_vec(label)),
            Document::Image(picture) | Document::Pdf(picture) => {
                let mut payload = json(serde_json::to_vec(&picture.options))?.to_vec();
                payload.reserve_exact(1 + picture.bytes.len());
                payload.push(b'\n');
                payload.extend_from_slice(&picture.bytes);
                Ok(payload.into())
            }
            Document::Drawer(pin) => json(serde_json::to_vec(pin)),
            Document::TestPage { lines } => json(serde_json::to_vec(lines)),
        }
    }

    /// Reads the stored form back, also what earlier versions stored.
    ///
    /// # Errors
    /// [`DocumentError::Unreadable`] where the payload is not of that format.
    pub fn from_payload(format: DocumentFormat, payload: Bytes) -> Result<Document, DocumentError> {
        let text = |payload: Bytes| {
            String::from_utf8(payload.into()).map_err(|_| DocumentError::Unreadable { format })
        };
        Ok(match format {
            DocumentFormat::Raw => Document::Raw(payload),
            DocumentFormat::Text => Document::Text(text(payload)?),
            DocumentFormat::Html => Document::Html(text(payload)?),
            DocumentFormat::Receipt => Document::Receipt(fields(format, &payload)?),
            DocumentFormat::Reservation => Document::Reservation(fields(format, &payload)?),
            DocumentFormat::CashOut => Document::CashOut(fields(format, &payload)?),
            DocumentFormat::Label => Document::Label(fields(format, &payload)?),
            DocumentFormat::Image => Document::Image(picture(format, &payload)?),
            DocumentFormat::Pdf => Document::Pdf(picture(format, &payload)?),
            DocumentFormat::Drawer => Document::Drawer(fields(format, &payload)?),
            DocumentFormat::TestPage => Document::TestPage { lines: fields(format, &payload)? },
        })
    }
}

fn fields<T: DeserializeOwned>(format: DocumentFormat, payload: &[u8]) -> Result<T, DocumentError> {
    serde_json::from_slice(payload).map_err(|_| DocumentError::Unreadable { format })
}

fn picture(format: DocumentFormat, payload: &Bytes) -> Result<Box<Picture>, DocumentError> {
    let unreadable = DocumentError::Unreadable { format };
    let end = payload.iter().position(|byte| *byte == b'\n').ok_or(unreadable)?;
    let options = fields(format, &payload[..end])?;
    Ok(Box::new(Picture { bytes: payload.slice(end + 1..), options }))
}

impl DocumentFormat {
    /// Every format.
    pub const ALL: [DocumentFormat; 11] = [
        DocumentFormat::Raw,
        DocumentFormat::Text,
        DocumentFormat::Receipt,
        DocumentFormat::Reservation,
        DocumentFormat::CashOut,
        DocumentFormat::Label,
        DocumentFormat::Image,
        DocumentFormat::Pdf,
        DocumentFormat::Html,
        DocumentFormat::Drawer,
        DocumentFormat::TestPage,
    ];

    /// The word in spool and listings.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentFormat::Raw => "raw",
            DocumentFormat::Text => "text",
            DocumentFormat::Receipt => "receipt",
            DocumentFormat::Reservation => "reservation",
            DocumentFormat::CashOut => "cash-out",
            DocumentFormat::Label => "label",
            DocumentFormat::Image => "image",
            DocumentFormat::Pdf => "pdf",
            DocumentFormat::Html => "html",
            DocumentFormat::Drawer => "drawer",
            DocumentFormat::TestPage => "test-page",
        }
    }

    /// The format of that word.
    pub fn parse(word: &str) -> Option<DocumentFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}

impl fmt::Display for DocumentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl DocumentType {
    /// Every type.
    pub const ALL: [DocumentType; 6] = [
        DocumentType::Receipt,
        DocumentType::KitchenTicket,
        DocumentType::Label,
        DocumentType::Drawer,
        DocumentType::Test,
        DocumentType::Other,
    ];

    /// The word in spool, settings and listings.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentType::Receipt => "receipt",
            DocumentType::KitchenTicket => "kitchen-ticket",
            DocumentType::Label => "label",
            DocumentType::Drawer => "drawer",
            DocumentType::Test => "test",
            DocumentType::Other => "other",
        }
    }

    /// The type of that word.
    pub fn parse(word: &str) -> Option<DocumentType> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl fmt::Display for DocumentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
