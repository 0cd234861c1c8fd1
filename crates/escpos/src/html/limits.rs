//! What a document may cost. Receipts stay far below; a hostile document is refused before it hurts.

/// Bytes of a document, with its pictures.
pub(super) const MOST_BYTES: usize = 4 << 20;
/// Elements and texts. A receipt of 5,000 items with five cells each has about 100,000.
pub(super) const MOST_NODES: usize = 200_000;
/// Elements in one another. The parser looks through all of them at many an end tag.
pub(super) const MOST_DEPTH: u16 = 256;
/// Attributes of one element: the parser compares each with all before it.
pub(super) const MOST_ATTRIBUTES: usize = 2_000;
/// What the parser may do or complain about: each text, each stray end tag is a step. The same receipt has about 150,000.
pub(super) const MOST_STEPS: usize = 600_000;
/// Nodes that broken nesting (`<b><p></b>`) may move about.
pub(super) const MOST_MOVES: usize = 2_000_000;
/// Selectors of a document. Bootstrap 5 has about 3,000.
pub(super) const MOST_SELECTORS: usize = 10_000;
/// Comparisons of selectors with elements.
pub(super) const MOST_MATCHES: usize = 20_000_000;
/// Columns of a table; what has more is no table for a receipt.
pub(super) const MOST_COLUMNS: usize = 32;
/// Tables and rows in one another that are laid out side by side; deeper ones below each other.
pub(super) const MOST_TABLES: usize = 12;
/// Pictures of a document; further ones are left out.
pub(super) const MOST_PICTURES: usize = 64;
/// SVG pictures among them that are larger than icons: each may take its time.
pub(super) const MOST_DRAWINGS: usize = 4;
/// Pixels of all other pictures together.
pub(super) const MOST_PIXELS: u64 = 40_000_000;

/// Why an HTML document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HtmlError {
    /// More bytes than allowed.
    #[error("the HTML has more than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// More elements and texts than allowed.
    #[error("the HTML has more than {limit} elements and texts")]
    TooManyNodes {
        /// Elements and texts allowed.
        limit: usize,
    },
    /// Elements are nested too deep.
    #[error("the HTML nests more than {limit} elements in one another")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
    /// An element has too many attributes.
    #[error("an element of the HTML has more than {limit} attributes")]
    TooManyAttributes {
        /// Attributes allowed.
        limit: usize,
    },
    /// Broken nesting or style rules would take too long to work out.
    #[error("the HTML takes too long to work out")]
    TooCostly,
}
