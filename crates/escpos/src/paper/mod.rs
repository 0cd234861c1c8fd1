//! Bytes to paper: what a receipt printer makes of a stream.
//!
//! ```text
//! bytes ─▶ Scanner ─▶ Reader (printer state, line buffer, page) ─▶ Paper{elements, events}
//!                                                                    ├─▶ text_view
//!                                                                    └─▶ picture (PNG)
//! ```
//!
//! [`Paper::read`] follows every command of Epson's ESC/POS reference that changes what is on paper, and the few that clones add.
//! What it cannot show is an [`Event`] with its offset; so is everything that happens beside the paper.
//!
//! # Bounds
//! A stream may ask for a roll of any length with a few bytes. The reader stops at [`MOST_DOTS`], [`MOST_PARTS`],
//! [`MOST_CELLS`] or [`MOST_EVENTS`], and says so in a last event, [`EventKind::Stopped`]. A picture may take no more than
//! the printable width; a code no more than its data allows, and after [`MOST_CODE_BYTES`] of them a box stands for it.

mod country;
mod decode;
mod dots;
mod draw;
mod element;
mod event;
mod line;
mod page;
mod reader;
mod state;
mod symbol;

pub use element::{
    Area, Code, CodeKind, CodeLook, CodeText, Element, Face, Font, Jump, Kind, Line, Mark, Part,
    Picture, PlacedLine, Run,
};
pub use event::{Event, EventKind, Limit};

use crate::Profile;

/// Longest paper that is looked at: 100 m at 8 dots a millimetre; the largest rolls have 80.
pub const MOST_DOTS: usize = 800_000;
/// Most elements and parts of lines.
pub const MOST_PARTS: usize = 400_000;
/// Most print, in characters of 12 × 24 dots: a little more than the longest paper, full, at the usual width.
pub const MOST_CELLS: usize = 2_000_000;
/// Most events.
pub const MOST_EVENTS: usize = 10_000;
/// Most bytes of codes that are drawn.
pub const MOST_CODE_BYTES: usize = 100_000;

/// What a printer of some profile makes of a stream.
#[derive(Clone, PartialEq, Eq)]
pub struct Paper {
    /// Printable dots across.
    pub dots: usize,
    /// Dots from one character of font A to the next.
    pub cell: usize,
    /// Characters of font A in a line.
    pub columns: usize,
    /// Everything on it, in the order of the stream.
    pub elements: Vec<Element>,
    /// Everything else, in the order of the stream.
    pub events: Vec<Event>,
    /// Dots from the beginning of the roll to where the stream leaves it.
    pub height: usize,
    /// Bytes that were looked at: all of them, or those before an [`EventKind::Stopped`].
    pub bytes: usize,
    text: String,
}

/// Elements and events are counted, and texts left out: a receipt must not reach a log.
impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paper")
            .field("elements", &self.elements.len())
            .field("events", &self.events)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

impl Paper {
    /// Reads a whole stream.
    pub fn read(bytes: &[u8], profile: &Profile) -> Paper {
        reader::read(bytes, profile)
    }

    /// The characters of a run.
    pub fn text(&self, run: &Run) -> &str {
        self.text.get(run.text.clone()).unwrap_or_default()
    }

    /// The pieces between cuts, as ranges of [`Paper::elements`]; a cut ends its piece. Nothing on paper: no piece.
    pub fn pieces(&self) -> Vec<std::ops::Range<usize>> {
        let mut pieces = Vec::new();
        let mut begin = 0;
        for (at, element) in self.elements.iter().enumerate() {
            if matches!(element.kind, Kind::Cut(_)) {
                pieces.push(begin..at + 1);
                begin = at + 1;
            }
        }
        if begin < self.elements.len() {
            pieces.push(begin..self.elements.len());
        }
        pieces
    }

    /// The whole paper as a PNG: dots as they are, white margins beside them, a dashed line with scissors at each cut, a torn edge
    /// where the paper still hangs in the printer, and small grey notes where a drawer opens. The same paper gives the same bytes.
    pub fn picture(&self) -> Vec<u8> {
        draw::picture(self, 0..self.elements.len())
    }

    /// One piece of it as a PNG.
    pub fn picture_of(&self, piece: std::ops::Range<usize>) -> Vec<u8> {
        draw::picture(self, piece)
    }
}

/// The paper of these bytes as a PNG; see [`Paper::picture`].
pub fn picture(bytes: &[u8], profile: &Profile) -> Vec<u8> {
    Paper::read(bytes, profile).picture()
}
