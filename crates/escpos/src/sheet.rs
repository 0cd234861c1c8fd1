//! Lines of text, pictures and cuts as they will stand on paper.
//!
//! Everything that goes on paper is put on a [`Sheet`] first. Its methods take a sender's text as it is: all of them clean it
//! (no control character goes through) and all but [`Sheet::put`] wrap it. Places and widths are counted in columns: characters
//! of font A in normal size, of which a double-width character takes two.
//!
//! A sheet whose [`Direction`] is right to left is mirrored: what would stand at the left stands at the right, in rows, in cells
//! and in paragraphs.

mod flow;
mod items;
mod rows;
mod setting;
mod styled;
mod wrap;

pub(crate) use rows::Cell;
pub(crate) use setting::Base;
pub use setting::MOST_DRAWN;

use crate::bitmap::Bitmap;
use crate::codes::Code;
use crate::profile::Profile;
use crate::scan::{Align, Switch};
use crate::text::{Composer, Note};
use styled::Styled;

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) bold: Switch,
    pub(crate) underline: Switch,
    /// White on black.
    pub(crate) inverse: Switch,
    pub(crate) size: Size,
    pub(crate) isolation: Isolation,
}

/// Whether text is set by itself, as one sign among the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Isolation {
    None,
    /// It is, and read in that direction.
    Of(Direction),
}

/// The size of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Size {
    Normal,
    /// Double height.
    Tall,
    /// Double width.
    Wide,
    /// Double width and height.
    Large,
}

impl Size {
    /// Columns of a narrow character.
    pub(crate) fn columns(self) -> usize {
        match self {
            Size::Normal | Size::Tall => 1,
            Size::Wide | Size::Large => 2,
        }
    }
}

impl Look {
    pub(crate) const PLAIN: Look = Look {
        bold: Switch::Off,
        underline: Switch::Off,
        inverse: Switch::Off,
        size: Size::Normal,
        isolation: Isolation::None,
    };
    pub(crate) const BOLD: Look = Look { bold: Switch::On, ..Look::PLAIN };
    pub(crate) const TALL: Look = Look { size: Size::Tall, ..Look::PLAIN };
    pub(crate) const BOLD_TALL: Look = Look { size: Size::Tall, ..Look::BOLD };
    pub(crate) const HEADING: Look = Look { size: Size::Large, ..Look::BOLD };
    /// White on black: a mark that this is not the first copy.
    pub(crate) const MARK: Look = Look { inverse: Switch::On, ..Look::BOLD_TALL };
}

/// Something that stands on paper by itself, below what came before.
#[derive(Debug)]
pub(crate) enum Block {
    /// One line of text.
    Line(Line),
    /// A picture, as wide as the paper at most.
    Picture { bitmap: Bitmap, align: Align },
    /// A code's commands, and the dots that it is high.
    Code { bytes: Vec<u8>, height: usize, align: Align },
    /// Lines of nothing.
    Space { lines: u8 },
    /// Feed and cut: the end of one copy.
    Cut,
}

/// One printed line.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// From left to right, none over another. Empty: a blank line.
    pub(crate) pieces: Vec<Piece>,
    /// The page to print it in, by its place in the repertoire. `None`: whichever page has the characters.
    pub(crate) page: Option<usize>,
}

/// Text in its own part of a line.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) room: Room,
    /// Where the text stands within its room.
    pub(crate) align: Align,
    /// The direction in which its text is read.
    pub(crate) direction: Direction,
    pub(crate) spans: Vec<Span>,
}

/// The part of a line that a piece has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// All of it, between the edges of the paper, which need not be whole columns apart.
    Paper,
    /// So many columns from a column on.
    Columns { at: usize, columns: usize },
}

impl Room {
    /// The column that it begins at.
    pub(crate) fn first(self) -> usize {
        match self {
            Room::Paper => 0,
            Room::Columns { at, .. } => at,
        }
    }
}

/// Text of one look that gets on paper in one way. It came through a [`Composer`].
#[derive(Debug)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) look: Look,
    pub(crate) way: Way,
    /// Columns that it takes.
    pub(crate) columns: usize,
}

/// How text gets on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// In the printer's own font, from a code page.
    Native,
    /// In the printer's own font, in Kanji mode.
    Kanji,
    /// As dots.
    Raster,
}

impl Piece {
    /// Columns that its text takes.
    pub(crate) fn width(&self) -> usize {
        self.spans.iter().map(|span| span.columns).sum()
    }
}

/// A reading direction: of a document's language, or of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Direction {
    #[default]
    LeftToRight,
    RightToLeft,
}

impl Line {
    /// Whether nothing of it can be seen.
    pub(crate) fn is_blank(&self) -> bool {
        self.texts().all(|text| text.trim().is_empty())
    }

    /// Its texts from left to right.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().flat_map(|piece| &piece.spans).map(|span| span.text.as_str())
    }
}

/// Most lines of one document: about 75 metres of paper.
pub const MOST_LINES: usize = 20_000;

/// The blocks of a document. It takes no more than one line beyond [`MOST_LINES`], so that a hostile document costs no memory.
pub(crate) struct Sheet<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) composer: Composer<'a>,
    /// The direction of the document's language: to be set before anything is put.
    pub(crate) direction: Direction,
    /// Columns of a line.
    pub(crate) columns: usize,
    blocks: Vec<Block>,
    lines: usize,
    /// Bytes of text that may have to be drawn.
    drawn: usize,
    notes: Vec<Note>,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(profile: &'a Profile) -> Self {
        Sheet {
            profile,
            composer: Composer::new(profile),
            direction: Direction::default(),
            // A profile's own bounds, which a caller may have overwritten; narrower columns have no room for an amount.
            columns: profile.columns.clamp(16, 128),
            blocks: Vec::new(),
            lines: 0,
            drawn: 0,
            notes: Vec::new(),
        }
    }

    /// Puts one line, which is not wrapped where it is too long.
    pub(crate) fn put(&mut self, text: &str, look: Look, align: Align) {
        let styled = Styled::of(self.composer.clean(text), look);
        let set = self.set_on_one_line(&styled);
        for spans in set.lines {
            self.whole(spans, align, set.direction);
        }
    }

    /// Puts one line that is printed with a certain page, by its place in the repertoire, whatever the page has.
    pub(crate) fn sample(&mut self, text: String, page: usize) {
        let columns = text.chars().count();
        let spans = vec![Span { text, look: Look::PLAIN, way: Way::Native, columns }];
        let direction = Direction::LeftToRight;
        let piece = Piece { room: Room::Paper, align: Align::Left, direction, spans };
        self.push(Block::Line(Line { pieces: vec![piece], page: Some(page) }));
    }

    /// An empty line, unless there is one already or nothing stands above.
    pub(crate) fn gap(&mut self) {
        let wanted = match self.blocks.last() {
            None | Some(Block::Space { .. } | Block::Cut) => false,
            Some(Block::Line(line)) => !line.is_blank(),
            Some(Block::Picture { .. } | Block::Code { .. }) => true,
        };
        if wanted {
            self.push(Block::Space { lines: 1 });
        }
    }

    /// A line across the paper, unless there is one already or nothing stands above.
    pub(crate) fn rule(&mut self) {
        let is_rule = |line: &Line| line.texts().all(|text| text.bytes().all(|byte| byte == b'-'));
        let wanted = match self.blocks.last() {
            None | Some(Block::Cut) => false,
            Some(Block::Line(line)) => line.is_blank() || !is_rule(line),
            Some(Block::Space { .. } | Block::Picture { .. } | Block::Code { .. }) => true,
        };
        if wanted {
            self.put(&"-".repeat(self.columns), Look::PLAIN, Align::Left);
        }
    }

    /// Blank lines.
    pub(crate) fn space(&mut self, lines: u8) {
        self.push(Block::Space { lines });
    }

    /// A picture; what of it is wider than the paper is lost. One that is white all over is told, unless it is so small that it
    /// was only meant to keep others apart.
    pub(crate) fn picture(&mut self, bitmap: Bitmap, align: Align) {
        if bitmap.is_white() && bitmap.width().min(bitmap.height()) >= SPACER {
            self.note(Note::WhitePicture);
        }
        let align = self.mirrored(align);
        self.push(Block::Picture { bitmap, align });
    }

    /// A code, with white above and below it, which its scanner needs. Where it cannot be printed, a note says so and why.
    pub(crate) fn code(&mut self, code: &Code, align: Align) {
        let mut bytes = Vec::new();
        let written = code.write(self.profile, &mut bytes);
        match written.and_then(|()| code.height(self.profile.dots)) {
            Ok(height) => {
                let align = self.mirrored(align);
                self.gap();
                self.push(Block::Code { bytes, height, align });
                self.gap();
            }
            Err(reason) => self.note(Note::CodeLeftOut { reason }),
        }
    }

    /// Ends a copy: feeds and cuts. The sheet's end is cut without it.
    pub(crate) fn cut(&mut self) {
        self.push(Block::Cut);
    }

    /// Something to tell about the paper.
    pub(crate) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Columns of a line with that look, counted in characters of its size.
    pub(crate) fn columns_of(&self, look: Look) -> usize {
        self.columns / look.size.columns()
    }

    /// Whether more of it would have to be drawn than a document may have.
    pub(crate) fn is_too_much_to_draw(&self) -> bool {
        self.drawn > MOST_DRAWN
    }

    /// Whether there are more lines on it than a document may have.
    pub(crate) fn is_too_long(&self) -> bool {
        self.composer.cut_short || self.lines > MOST_LINES
    }

    /// Whether nothing of it can be seen.
    pub(crate) fn is_blank(&self) -> bool {
        self.blocks.iter().all(|block| match block {
            Block::Line(line) => line.is_blank(),
            Block::Space { .. } | Block::Cut => true,
            Block::Picture { bitmap, .. } => bitmap.is_white(),
            Block::Code { .. } => false,
        })
    }

    /// What is on it, and what there is to say.
    pub(crate) fn finish(mut self) -> (Vec<Block>, Vec<Note>) {
        self.notes.extend(self.composer.notes());
        (self.blocks, self.notes)
    }

    /// A line of its own.
    fn whole(&mut self, spans: Vec<Span>, align: Align, direction: Direction) {
        self.line(vec![Piece { room: Room::Paper, align, direction, spans }]);
    }

    /// A line of pieces as they stand in a left-to-right document.
    pub(crate) fn line(&mut self, mut pieces: Vec<Piece>) {
        pieces.retain(|piece| piece.spans.iter().any(|span| !span.text.is_empty()));
        if self.direction == Direction::RightToLeft {
            for piece in &mut pieces {
                if let Room::Columns { at, columns } = &mut piece.room {
                    *at = self.columns.saturating_sub(*at + *columns);
                }
                piece.align = self.mirrored(piece.align);
            }
            pieces.reverse();
        }
        self.push(Block::Line(Line { pieces, page: None }));
    }

    /// Where amounts stand within their columns: numbers are read from left to right in any language, and end on one axis, so that
    /// their decimal marks stand below each other.
    pub(crate) fn align_of_amounts(&self) -> Align {
        self.mirrored(Align::Right)
    }

    fn mirrored(&self, align: Align) -> Align {
        match (self.direction, align) {
            (Direction::RightToLeft, Align::Left) => Align::Right,
            (Direction::RightToLeft, Align::Right) => Align::Left,
            (_, align) => align,
        }
    }

    fn push(&mut self, block: Block) {
        if self.lines <= MOST_LINES {
            self.lines += match &block {
                Block::Line(_) | Block::Cut => 1,
                Block::Space { lines } => usize::from(*lines),
                Block::Picture { bitmap, .. } => bitmap.height().div_ceil(LINE_DOTS),
                Block::Code { height, .. } => height.div_ceil(LINE_DOTS),
            };
            self.blocks.push(block);
        }
    }
}

/// Dots from which on a picture was meant to be seen.
pub(crate) const SPACER: usize = 8;

/// Dots from one line to the next: a character of 24 and a gap of 6.
pub(crate) const LINE_DOTS: usize = 30;

#[cfg(test)]
mod tests;
