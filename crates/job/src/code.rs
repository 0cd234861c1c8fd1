//! QR codes and barcodes of a document.

use crate::quiet::quiet_debug;
use serde::{Deserialize, Serialize};

/// A code to be scanned, with a line of text below it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeField {
    /// What kind of code it is.
    pub symbology: Symbology,
    /// What a scanner reads.
    pub data: String,
    /// What stands below it. A barcode's own digits need no caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

quiet_debug!(CodeField);

/// The kind of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbology {
    /// QR code, model 2.
    Qr,
    /// PDF417.
    Pdf417,
    /// EAN-13: 12 or 13 digits.
    #[serde(rename = "ean-13")]
    Ean13,
    /// EAN-8: 7 or 8 digits.
    #[serde(rename = "ean-8")]
    Ean8,
    /// UPC-A: 11 or 12 digits.
    UpcA,
    /// Code 39.
    #[serde(rename = "code-39")]
    Code39,
    /// Code 128.
    #[serde(rename = "code-128")]
    Code128,
    /// Interleaved 2 of 5: an even number of digits.
    Itf,
    /// Codabar, with its start and stop letters.
    Codabar,
}

impl Symbology {
    /// Every kind.
    pub const ALL: [Symbology; 9] = [
        Symbology::Qr,
        Symbology::Pdf417,
        Symbology::Ean13,
        Symbology::Ean8,
        Symbology::UpcA,
        Symbology::Code39,
        Symbology::Code128,
        Symbology::Itf,
        Symbology::Codabar,
    ];

    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Symbology::Qr => "qr",
            Symbology::Pdf417 => "pdf417",
            Symbology::Ean13 => "ean-13",
            Symbology::Ean8 => "ean-8",
            Symbology::UpcA => "upc-a",
            Symbology::Code39 => "code-39",
            Symbology::Code128 => "code-128",
            Symbology::Itf => "itf",
            Symbology::Codabar => "codabar",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Symbology> {
        Self::ALL.into_iter().find(|symbology| symbology.as_str() == word)
    }
}
