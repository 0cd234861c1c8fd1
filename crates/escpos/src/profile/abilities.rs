//! What profiles say of a model, each in a word of its own.

use serde::Deserialize;

/// Whether a model can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot, or not reliably.
    No,
}

/// The state of Kanji mode after `ESC @`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kanji {
    /// On: a byte above 127 makes one character with the next byte until `FS .` is sent.
    On,
    /// Off.
    Off,
    /// The model has none.
    None,
}

/// The characters that the model prints in Kanji mode (after `FS &`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KanjiText {
    /// The two-byte characters of GB18030. Its four-byte ones depend on the firmware and are not counted on.
    Gb18030,
    /// None that could be relied on.
    None,
}

/// When to ask the printer whether everything is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// Ask once, and go on if it answers.
    Probe,
    /// Never.
    Never,
    /// It is known to answer.
    Always,
}

/// The command that prints an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Graphics {
    /// `GS v 0`.
    Raster,
    /// `GS ( L` functions 112 and 50.
    Stored,
    /// `ESC *` columns of 24 dots.
    Columns,
    /// `ESC *` columns of 8 dots, by the pins of an impact printer: 72 of them in an inch of paper, and half as many in a line as
    /// [`super::Profile::dots`]. Good for logos, too coarse for letters and codes.
    #[serde(rename = "columns-8")]
    Pins,
    /// No images.
    None,
}

impl Graphics {
    /// Whether its dots are fine enough for letters and codes.
    pub fn is_fine(self) -> bool {
        matches!(self, Graphics::Raster | Graphics::Stored | Graphics::Columns)
    }
}

/// A one-dimensional barcode that a model draws itself (`GS k`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbology {
    /// UPC-A, 12 digits.
    UpcA,
    /// EAN-13 (JAN-13), 13 digits.
    #[serde(rename = "ean-13")]
    Ean13,
    /// EAN-8 (JAN-8), 8 digits.
    #[serde(rename = "ean-8")]
    Ean8,
    /// Code 39.
    #[serde(rename = "code-39")]
    Code39,
    /// Interleaved 2 of 5.
    Itf,
    /// Codabar (NW-7).
    Codabar,
    /// Code 128.
    #[serde(rename = "code-128")]
    Code128,
}

/// How the data of `GS k` ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BarcodeForm {
    /// Function B: its length stands before it (m from 65).
    Counted,
    /// Function A: a zero byte follows it (m from 0). It has no Code 128.
    ZeroEnded,
}

/// A defect of a model that our bytes have to go round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quirk {
    /// It does not know `FS .` and would print the full stop: never sent. Only for models without Kanji mode.
    PrintsFsDot,
    /// It does not know `GS !`: sizes are chosen by `ESC !`, together with bold and underline.
    NoGsSize,
    /// It does not know `GS B`, white on black: it gets such text in its second colour (`ESC r`), red on most ribbons.
    NoGsInverse,
    /// It does not know `GS W`: it cannot have paper that is narrower than its line.
    NoGsWidth,
}

/// The dots of a character, 1–255 each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FontSize {
    /// Across.
    pub width: u8,
    /// Down.
    pub height: u8,
}

/// A printer's second font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFont {
    /// The dots of its characters.
    pub size: FontSize,
    /// Its characters in a line, 16–255.
    pub columns: usize,
}

impl FontSize {
    /// Reads `12x24`.
    pub(super) fn parse(word: &str) -> Option<FontSize> {
        let (width, height) = word.split_once('x')?;
        let size = FontSize { width: width.parse().ok()?, height: height.parse().ok()? };
        (size.width > 0 && size.height > 0).then_some(size)
    }
}
