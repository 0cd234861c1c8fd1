//! Blocks to bytes.

mod pages;

use crate::bitmap::Bitmap;
use crate::boundary::end_of_paper;
use crate::profile::{Profile, Quirk};
use crate::raster;
use crate::scan::{Align, ESC, FS, GS, Switch};
use crate::sheet::{Block, Line, Look, Piece, Size, Span};
use pages::Pages;

/// Writes the blocks: the printer is in its initial state before, and its looks are plain again after.
pub(crate) fn write(blocks: &[Block], profile: &Profile, out: &mut Vec<u8>) {
    let mut writer = Writer {
        profile,
        pages: Pages::for_blocks(blocks, profile.repertoire()),
        look: Look::PLAIN,
        align: Align::Left,
        out,
    };
    for block in blocks {
        match block {
            Block::Line(line) => writer.line(line),
            Block::Space { lines } => writer.space(*lines),
            Block::Picture { bitmap, align } => writer.picture(bitmap, *align),
            Block::Code { bytes, align, .. } => writer.code(bytes, *align),
            Block::Cut => writer.cut(),
        }
    }
    writer.plain();
}

/// `ESC @`, then Kanji mode off: on many clones `ESC @` turned it on.
pub(crate) fn initialise(profile: &Profile, out: &mut Vec<u8>) {
    out.extend([ESC, b'@']);
    if !profile.has_quirk(Quirk::PrintsFsDot) {
        out.extend([FS, b'.']);
    }
}

/// The printer's state while the blocks are written.
struct Writer<'a> {
    profile: &'a Profile,
    pages: Pages<'a>,
    look: Look,
    align: Align,
    out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    fn line(&mut self, line: &Line) {
        match line.pieces.as_slice() {
            // A blank line looks alike in every look but the size, which sets its height.
            [] => self.plain(),
            [only] if only.at == 0 && only.columns >= self.profile.columns => {
                self.align(only.align);
                self.spans(&only.spans);
            }
            pieces => {
                self.align(Align::Left);
                self.pieces(pieces);
            }
        }
        self.out.push(b'\n');
    }

    /// Pieces at their columns, with spaces between them.
    fn pieces(&mut self, pieces: &[Piece]) {
        let mut column = 0;
        for piece in pieces {
            let width: usize = piece.spans.iter().map(width).sum();
            let free = piece.columns.saturating_sub(width);
            let begin = piece.at
                + match piece.align {
                    Align::Left => 0,
                    Align::Centre => free / 2,
                    Align::Right => free,
                };
            if let Some(first) = piece.spans.first().filter(|_| begin > column) {
                self.look(look_of_space(first.look));
                self.out.extend(std::iter::repeat_n(b' ', begin - column));
            }
            self.spans(&piece.spans);
            column = begin.max(column) + width;
        }
    }

    fn spans(&mut self, spans: &[Span]) {
        for span in spans {
            self.look(span.look);
            self.pages.text(&span.text, self.out);
        }
    }

    /// Printers without images never get this far: whoever puts a picture on a sheet asks first.
    fn picture(&mut self, bitmap: &Bitmap, align: Align) {
        self.align(align);
        let _ = raster::write(bitmap, self.profile, self.out);
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
        let on = |switch| u8::from(switch == Switch::On);
        let from = std::mem::replace(&mut self.look, look);
        if from.bold != look.bold {
            self.out.extend([ESC, b'E', on(look.bold)]);
        }
        if from.underline != look.underline {
            self.out.extend([ESC, b'-', on(look.underline)]);
        }
        if from.inverse != look.inverse {
            self.out.extend([GS, b'B', on(look.inverse)]);
        }
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
}

/// The look of the space before a text: as high as the text, one column wide, and white.
fn look_of_space(look: Look) -> Look {
    let size = match look.size {
        Size::Normal | Size::Wide => Size::Normal,
        Size::Tall | Size::Large => Size::Tall,
    };
    Look { size, underline: Switch::Off, inverse: Switch::Off, ..look }
}

fn width(span: &Span) -> usize {
    span.text.chars().count() * span.look.size.columns()
}
