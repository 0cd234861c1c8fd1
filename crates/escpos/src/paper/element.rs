//! What lies on the paper.

use crate::Bitmap;
use crate::scan::{Align, CutKind, Switch};
use std::ops::Range;
use std::sync::Arc;

/// Something on the paper, or between two pieces of it, in the order of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Where in the stream it came from: the first byte of the text or of the command.
    pub offset: usize,
    /// Dots from the beginning of the roll to its upper edge.
    pub top: usize,
    /// What it is.
    pub kind: Kind,
}

/// What an [`Element`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A printed line: text, and images that stand in it.
    Line(Line),
    /// A picture of its own.
    Picture(Picture),
    /// A barcode or a two-dimensional code.
    Code(Code),
    /// What page mode printed at once.
    Page(Vec<PlacedLine>, usize),
    /// Paper that moved without print.
    Feed {
        /// As lines, the way a reader counts them.
        lines: usize,
    },
    /// The end of a piece.
    Cut(CutKind),
    /// Something that happened here and left nothing on paper.
    Mark(Mark),
}

impl Element {
    /// Dots from the beginning of the roll to its lower edge; nothing that feeds paper has a height of its own.
    pub fn bottom(&self) -> usize {
        self.top
            + match &self.kind {
                Kind::Line(line) => line.height,
                Kind::Picture(picture) => picture.height(),
                Kind::Code(code) => code.height(),
                Kind::Page(_, height) => *height,
                Kind::Feed { .. } | Kind::Cut(_) | Kind::Mark(_) => 0,
            }
    }
}

/// What happened beside the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The cash drawer was opened.
    Drawer,
    /// The buzzer sounded.
    Buzzer,
    /// A picture from the printer's own memory would be here.
    StoredPicture,
}

/// A printed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Dots from the left edge of the printable width.
    pub left: usize,
    /// Dots of paper that it may take from there.
    pub area: usize,
    /// Dots that it takes.
    pub width: usize,
    /// Dots from its upper to its lower edge; everything stands on the lower one.
    pub height: usize,
    /// Where it stands in its area.
    pub align: Align,
    /// Whether it is turned by 180°.
    pub upside_down: Switch,
    /// Its runs and images, as they came.
    pub parts: Vec<Part>,
}

impl Line {
    /// Dots from [`Line::left`] to where it begins.
    pub fn indent(&self) -> usize {
        let free = self.area.saturating_sub(self.width);
        match self.align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        }
    }
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Characters of one look.
    Run(Run),
    /// A bit image (`ESC *`).
    Image {
        /// Dots from the beginning of the line.
        x: usize,
        /// The picture.
        picture: Picture,
    },
}

/// Characters of one look, side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Dots from the beginning of the line.
    pub x: usize,
    /// Dots from one character to the next.
    pub advance: usize,
    /// How they look.
    pub face: Face,
    /// Where they are in [`Paper::text`](super::Paper::text).
    pub(super) text: Range<usize>,
    /// Whether a tab or a position command moved here.
    pub jump: Jump,
}

/// How a run follows the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// Directly.
    None,
    /// After a tab or a position command.
    Placed,
}

/// How characters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Face {
    /// The printer's font.
    pub font: Font,
    /// Times as wide, 1–8.
    pub width: u8,
    /// Times as high, 1–8.
    pub height: u8,
    /// Heavier strokes.
    pub bold: Switch,
    /// Dots of the line below, 0–2.
    pub underline: u8,
    /// White on black.
    pub inverse: Switch,
    /// Each character turned by 90° to the right.
    pub rotated: Switch,
}

/// The fonts of a receipt printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Font {
    /// 12 × 24 dots.
    A,
    /// 9 × 17 dots.
    B,
    /// 24 × 24 dots, for two-byte characters.
    Kanji,
}

impl Font {
    /// Dots of a character at its single size, width and height, where font A is so many dots wide.
    pub fn cell(self, a: usize) -> (usize, usize) {
        match self {
            Font::A => (a, 24),
            Font::B => (a * 3 / 4, 17),
            Font::Kanji => (a * 2, 24),
        }
    }
}

/// A picture, and how many dots of paper one of its dots takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Dots from the left edge of the printable width; in a line, see [`Part::Image`].
    pub left: usize,
    /// Its dots.
    pub bitmap: Arc<Bitmap>,
    /// Dots of paper across and down for one of its own.
    pub scale: (usize, usize),
}

impl Picture {
    /// Dots of paper from left to right.
    pub fn width(&self) -> usize {
        self.bitmap.width() * self.scale.0
    }

    /// Dots of paper from top to bottom.
    pub fn height(&self) -> usize {
        self.bitmap.height() * self.scale.1
    }
}

/// A code with its readable text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Which kind.
    pub kind: CodeKind,
    /// Its bars or modules.
    pub look: CodeLook,
    /// The readable text, in font and place.
    pub text: Option<CodeText>,
}

impl Code {
    /// Dots of paper from top to bottom, with the readable text.
    pub fn height(&self) -> usize {
        let look = match &self.look {
            CodeLook::Drawn(picture) => picture.height(),
            CodeLook::Box { size, .. } => size.1,
        };
        let text = self.text.as_ref().map_or(0, |text| {
            let times = [text.above, text.below].iter().filter(|s| **s == Switch::On).count();
            times * text.height()
        });
        look + text
    }
}

impl CodeText {
    /// Dots from top to bottom, with the gap to the bars.
    pub fn height(&self) -> usize {
        self.font.cell(12).1 + 2
    }
}

/// Whether a code can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeLook {
    /// This is what it looks like.
    Drawn(Picture),
    /// It cannot be drawn here; a box stands for it.
    Box {
        /// Dots from the left edge of the printable width.
        left: usize,
        /// Dots from left to right, and from top to bottom.
        size: (usize, usize),
    },
}

/// Kinds of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// Bars.
    Barcode,
    /// QR.
    Qr,
    /// Any other two-dimensional code.
    Other,
}

/// The readable text of a barcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeText {
    /// The characters.
    pub text: String,
    /// Their font.
    pub font: Font,
    /// Whether they stand above the bars.
    pub above: Switch,
    /// Whether they stand below the bars.
    pub below: Switch,
}

/// A line that page mode placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedLine {
    /// The area it was printed in.
    pub area: Area,
    /// Dots from the top of the area, in its direction, to the line's lower edge.
    pub bottom: usize,
    /// The line; its `left` is counted from the beginning of the area, in its direction.
    pub line: Line,
}

/// An area of page mode, in dots of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// From the left edge of the printable width.
    pub x: usize,
    /// From the top of the page.
    pub y: usize,
    /// From left to right on paper.
    pub width: usize,
    /// From top to bottom on paper.
    pub height: usize,
    /// Quarter turns to the left: 0 reads to the right, 1 upwards, 2 upside down, 3 downwards.
    pub turns: u8,
}

impl Area {
    /// Dots along a line of text, and across the lines.
    pub fn inner(&self) -> (usize, usize) {
        if self.turns.is_multiple_of(2) {
            (self.width, self.height)
        } else {
            (self.height, self.width)
        }
    }
}
