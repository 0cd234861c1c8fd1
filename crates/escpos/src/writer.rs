//! Blocks to bytes.

mod pages;

use crate::bitmap::Bitmap;
use crate::boundary::end_of_paper;
use crate::profile::{PrintArea, Profile, Quirk, Support};
use crate::raster;
use crate::scan::{Align, ESC, FS, GS, Switch};
use crate::sheet::{Block, Line, Look, Piece, Room, Size, Span, Way};
use crate::typeset::{self, Drawn};
use encoding_rs::GBK;
use pages::Pages;

/// Most bytes of a job: more than the longest document takes in the printer's own characters, by far.
pub(crate) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What the paper lacks of what was meant.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lacks {
    /// Characters that are boxes because no font has them.
    pub(crate) glyphs: usize,
    /// Pictures that this printer cannot print.
    pub(crate) pictures: usize,
}

/// The job has more than [`MOST_BYTES`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct TooLarge;

/// Writes the blocks: the printer is in its initial state before, and its looks are plain again after.
///
/// A line whose characters the printer has, in its code pages or in Kanji mode, is text. Where some have to be drawn, they are
/// images of 24 rows among the text (`ESC * 33`), as long as the model takes them there, the text is of normal size and their ink
/// fits; that keeps the rest crisp and every amount at its column. A line that is drawn from end to end, or that has anything else
/// to draw, is a raster image as high as the line: 30 dots from line to line, as the printer feeds between lines of
/// text, or as much more as its marks need. Nothing is fed between such lines, so that no line spacing tears them.
pub(crate) fn write(
    blocks: &[Block],
    profile: &Profile,
    out: &mut Vec<u8>,
) -> Result<Lacks, TooLarge> {
    let mut writer = Writer {
        profile,
        pages: Pages::for_blocks(blocks, profile.repertoire()),
        look: Look::PLAIN,
        align: Align::Left,
        lacks: Lacks::default(),
        out,
    };
    for block in blocks {
        match block {
            Block::Line(line) => writer.line(line),
            Block::Space { lines } => writer.space(*lines),
            Block::Picture { bitmap, align } => {
                writer.plain();
                writer.picture(bitmap, *align);
            }
            Block::Code { bytes, align, .. } => writer.code(bytes, *align),
            Block::Cut => writer.cut(),
        }
        if writer.out.len() > MOST_BYTES {
            return Err(TooLarge);
        }
    }
    writer.plain();
    Ok(writer.lacks)
}

/// `ESC @`, then Kanji mode off: on many clones `ESC @` turned it on. Font A in normal size, where another one may be set up. How
/// wide the paper is, where it is narrower than the printer's line, so that it centres on the paper and ends its lines there.
pub(crate) fn initialise(profile: &Profile, out: &mut Vec<u8>) {
    out.extend([ESC, b'@']);
    if !profile.has_quirk(Quirk::PrintsFsDot) {
        out.extend([FS, b'.']);
    }
    if profile.has_quirk(Quirk::NoGsSize) {
        out.extend([ESC, b'!', mode(Look::PLAIN)]);
    }
    if profile.area == PrintArea::Told {
        let [low, high] = u16::try_from(profile.dots).unwrap_or(u16::MAX).to_le_bytes();
        out.extend([GS, b'W', low, high]);
    }
}

/// The printer's state while the blocks are written.
struct Writer<'a> {
    profile: &'a Profile,
    pages: Pages<'a>,
    look: Look,
    align: Align,
    lacks: Lacks,
    out: &'a mut Vec<u8>,
}

/// Part of a line in the order of the paper.
enum Part<'a> {
    Text(&'a Span),
    Image { drawn: Drawn, columns: usize },
}

impl Writer<'_> {
    fn line(&mut self, line: &Line) {
        let spans = || line.pieces.iter().flat_map(|piece| &piece.spans);
        if spans().all(|span| span.way != Way::Raster) {
            return self.text_line(line.pieces.iter().map(texts).collect());
        }
        let parts = line.pieces.iter().map(|piece| self.parts(piece));
        let mixed = spans().any(|span| span.way != Way::Raster && !span.text.trim().is_empty());
        match parts.collect::<Option<Vec<_>>>().filter(|_| mixed) {
            Some(parts) => self.text_line(parts),
            None => {
                let dots = self.profile.dots;
                let drawn = typeset::with(|typesetter| typeset::band(typesetter, line, dots));
                self.lacks.glyphs += drawn.boxes;
                self.pages.pass_over(line);
                self.picture(&drawn.bitmap, Align::Left);
            }
        }
    }

    /// What of a piece is text and what an image. `None`: it cannot be an image among text.
    fn parts<'p>(&self, piece: &'p Piece) -> Option<(&'p Piece, Vec<Part<'p>>)> {
        let fits = |span: &Span| {
            span.look.size == Size::Normal
                && span.look.underline == Switch::Off
                && self.profile.inline_images == Support::Yes
        };
        let image = |spans: &'p [Span]| {
            let columns = spans.iter().map(|span| span.columns).sum();
            let drawn = spans.iter().all(fits).then(|| {
                typeset::with(|typesetter| {
                    typeset::inline(typesetter, spans, piece.direction, piece.align)
                })
            });
            Some(Part::Image { drawn: drawn.flatten()?, columns })
        };
        let spans = piece.spans.as_slice();
        if spans.iter().all(|span| span.way == Way::Raster) && !spans.is_empty() {
            return Some((piece, vec![image(spans)?]));
        }
        let part = |span: &'p Span| match span.way {
            Way::Raster => image(std::slice::from_ref(span)),
            Way::Native | Way::Kanji => Some(Part::Text(span)),
        };
        Some((piece, spans.iter().map(part).collect::<Option<_>>()?))
    }

    fn text_line(&mut self, pieces: Vec<(&Piece, Vec<Part<'_>>)>) {
        match pieces.as_slice() {
            // A blank line looks alike in every look but the size, which sets its height.
            [] => self.plain(),
            [(only, parts)] if only.room == Room::Paper => {
                self.align(only.align);
                parts.iter().for_each(|part| self.part(part));
            }
            pieces => {
                self.align(Align::Left);
                self.pieces(pieces);
            }
        }
        self.out.push(b'\n');
    }

    /// Pieces at their columns, with spaces between them.
    fn pieces(&mut self, pieces: &[(&Piece, Vec<Part<'_>>)]) {
        let mut column = 0;
        for (piece, parts) in pieces {
            let (at, columns) = match piece.room {
                Room::Paper => (0, self.profile.columns),
                Room::Columns { at, columns } => (at, columns),
            };
            let width = piece.width();
            let free = columns.saturating_sub(width);
            let begin = at
                + match piece.align {
                    Align::Left => 0,
                    Align::Centre => free / 2,
                    Align::Right => free,
                };
            if let Some(first) = piece.spans.first().filter(|_| begin > column) {
                self.look(look_of_space(first.look));
                self.out.extend(std::iter::repeat_n(b' ', begin - column));
            }
            parts.iter().for_each(|part| self.part(part));
            column = begin.max(column) + width;
        }
    }

    fn part(&mut self, part: &Part<'_>) {
        match part {
            Part::Text(span) => {
                self.look(span.look);
                match span.way {
                    Way::Kanji => self.kanji(&span.text),
                    Way::Native | Way::Raster => self.pages.text(&span.text, self.out),
                }
            }
            Part::Image { drawn, columns } => {
                self.lacks.glyphs += drawn.boxes;
                if *columns > 0 {
                    raster::column_strip(&drawn.bitmap, 0, self.out);
                }
            }
        }
    }

    /// Two bytes a character; Kanji mode is on for these only, since it would pair the bytes of code pages as well.
    fn kanji(&mut self, text: &str) {
        let (bytes, ..) = GBK.encode(text);
        self.out.extend([FS, b'&']);
        self.out.extend_from_slice(&bytes);
        self.out.extend([FS, b'.']);
    }

    fn picture(&mut self, bitmap: &Bitmap, align: Align) {
        self.align(align);
        if raster::write(bitmap, self.profile, self.out).is_err() {
            self.lacks.pictures += 1;
        }
    }

    fn code(&mut self, bytes: &[u8], align: Align) {
        self.plain();
        self.align(align);
        self.out.extend(bytes);
    }

    fn space(&mut self, lines: u8) {
        self.plain();
        match lines {
            0 => {}
            1 => self.out.push(b'\n'),
            more => self.out.extend([ESC, b'd', more]),
        }
    }

    fn cut(&mut self) {
        self.plain();
        end_of_paper(self.profile, self.out);
    }

    fn plain(&mut self) {
        self.align(Align::Left);
        self.look(Look::PLAIN);
    }

    fn align(&mut self, align: Align) {
        if self.align != align {
            let n = match align {
                Align::Left => 0,
                Align::Centre => 1,
                Align::Right => 2,
            };
            self.out.extend([ESC, b'a', n]);
            self.align = align;
        }
    }

    fn look(&mut self, look: Look) {
        let from = std::mem::replace(&mut self.look, look);
        if self.profile.has_quirk(Quirk::NoGsSize) {
            if mode(from) != mode(look) {
                self.out.extend([ESC, b'!', mode(look)]);
            }
            return self.inverse(from, look);
        }
        if from.bold != look.bold {
            self.out.extend([ESC, b'E', on(look.bold)]);
        }
        if from.underline != look.underline {
            self.out.extend([ESC, b'-', on(look.underline)]);
        }
        self.inverse(from, look);
        if from.size != look.size {
            let n = match look.size {
                Size::Normal => 0x00,
                Size::Tall => 0x01,
                Size::Wide => 0x10,
                Size::Large => 0x11,
            };
            self.out.extend([GS, b'!', n]);
        }
    }

    fn inverse(&mut self, from: Look, look: Look) {
        if from.inverse != look.inverse {
            let coloured = self.profile.has_quirk(Quirk::NoGsInverse);
            self.out.extend(if coloured { [ESC, b'r'] } else { [GS, b'B'] });
            self.out.push(on(look.inverse));
        }
    }
}

fn on(switch: Switch) -> u8 {
    u8::from(switch == Switch::On)
}

/// The n of `ESC !`: font A, bold, double height and width, underline.
fn mode(look: Look) -> u8 {
    let size = match look.size {
        Size::Normal => 0x00,
        Size::Tall => 0x10,
        Size::Wide => 0x20,
        Size::Large => 0x30,
    };
    size | on(look.bold) << 3 | on(look.underline) << 7
}

/// The look of the space before a text: as high as the text, one column wide, and white.
fn look_of_space(look: Look) -> Look {
    let size = match look.size {
        Size::Normal | Size::Wide => Size::Normal,
        Size::Tall | Size::Large => Size::Tall,
    };
    Look { size, underline: Switch::Off, inverse: Switch::Off, ..look }
}

/// A piece that is all text.
fn texts(piece: &Piece) -> (&Piece, Vec<Part<'_>>) {
    (piece, piece.spans.iter().map(Part::Text).collect())
}
