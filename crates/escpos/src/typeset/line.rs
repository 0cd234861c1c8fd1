//! A line as dots: its units put in their places.

use super::bidi::{has_right_to_left, joined, mirrored, visual_order};
use super::fonts::EMOJI;
use super::ink::{Ink, InkKey, Stroke, signed};
use super::shape::Shape;
use super::{ASCENT, CELL, HEIGHT, Kind, Typesetter, Unit, missing};
use crate::bitmap::Bitmap;
use crate::scan::{Align, Switch};
use crate::sheet::{Direction, LINE_DOTS, Line, Look, Piece, Room, Size, Span, Way};
use cosmic_text::SubpixelBin;
use std::sync::Arc;
use unicode_bidi::Level;

/// A line or a part of it as dots.
pub(crate) struct Drawn {
    pub(crate) bitmap: Bitmap,
    /// Characters that are boxes because no font has them.
    pub(crate) boxes: usize,
}

/// Dots of a space between two words whose letters vary in width; elsewhere it has a column.
const WORD_SPACE: usize = 7;

/// A whole line, as high as a printed one, or higher where marks need it.
pub(crate) fn band(typesetter: &mut Typesetter, line: &Line, paper_dots: usize) -> Drawn {
    let mut places = Places::default();
    for piece in &line.pieces {
        let x = left_of(piece, paper_dots);
        typesetter.part(&piece.spans, piece.direction, piece.align, x, &mut places);
    }
    let down = places.down;
    let cell = HEIGHT * down;
    let gap = LINE_DOTS.saturating_sub(cell);
    let above = places.above.max(ASCENT * signed(down));
    let below = places.below.max(signed(cell + gap) - ASCENT * signed(down));
    let width = places.right.clamp(1, signed(paper_dots)).unsigned_abs() as usize;
    places.bitmap(width, above, below)
}

/// A part of a line in normal size, 24 rows high and as wide as its columns. `None`: its ink does not fit into these.
pub(crate) fn inline(
    typesetter: &mut Typesetter,
    spans: &[Span],
    direction: Direction,
    align: Align,
) -> Option<Drawn> {
    let mut places = Places::default();
    typesetter.part(spans, direction, align, 0, &mut places);
    let below = signed(HEIGHT) - ASCENT;
    if places.above > ASCENT || places.below > below || places.is_too_wide {
        return None;
    }
    let columns: usize = spans.iter().map(|span| span.columns).sum();
    Some(places.bitmap(columns * CELL, ASCENT, below))
}

/// The first dot of a piece's text.
fn left_of(piece: &Piece, paper_dots: usize) -> i32 {
    let (at, room) = match piece.room {
        Room::Paper => (0, paper_dots),
        Room::Columns { at, columns } => (at * CELL, columns * CELL),
    };
    let free = room.saturating_sub(piece.width() * CELL);
    signed(
        at + match piece.align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        },
    )
}

/// What stands where.
#[derive(Default)]
struct Places {
    stamps: Vec<(Arc<Ink>, i32, Switch)>,
    /// Black areas: first and last column, first and last row, counted down from the baseline.
    fills: Vec<[i32; 4]>,
    /// Dots up to the last column of ink.
    right: i32,
    /// Rows of ink above the baseline.
    above: i32,
    /// Rows of ink below it.
    below: i32,
    /// Times that the highest characters are as high as normal ones.
    down: usize,
    boxes: usize,
    /// Whether some text takes more than its columns: signs that are parted from their words when the text is reordered, do.
    is_too_wide: bool,
}

impl Places {
    fn put(&mut self, ink: Arc<Ink>, x: i32, look: Look) {
        // Marks may pile up without end.
        let most = signed(HEIGHT * look.size.times().1);
        self.above = self.above.max(ink.top.min(ASCENT + most));
        self.below = self.below.max(ink.below().min(most));
        self.right = self.right.max(x + ink.right());
        self.stamps.push((ink, x, look.inverse));
    }

    /// What the look of a text adds to its letters.
    fn decorate(&mut self, from: i32, to: i32, look: Look) {
        let times = look.size.times().1;
        self.down = self.down.max(times);
        let down = signed(times);
        let bottom = signed(HEIGHT) - ASCENT;
        if look.inverse == Switch::On {
            self.right = self.right.max(to);
            self.fills.push([from, to, -ASCENT * down, bottom * down]);
        }
        if look.underline == Switch::On {
            self.fills.push([from, to, bottom * down, bottom * down + 2]);
            self.right = self.right.max(to);
            self.below = self.below.max(bottom * down + 2);
        }
    }

    fn bitmap(&self, width: usize, above: i32, below: i32) -> Drawn {
        let mut bitmap = Bitmap::new(width, (above + below).max(0).unsigned_abs() as usize);
        for [from, to, top, bottom] in &self.fills {
            bitmap.fill(*from, *to, top + above, bottom + above);
        }
        for (ink, x, inverse) in &self.stamps {
            let (left, top) = (x + ink.left, above - ink.top);
            match inverse {
                Switch::Off => bitmap.stamp_at(&ink.bitmap, left, top),
                Switch::On => bitmap.whiten_at(&ink.bitmap, left, top),
            }
        }
        Drawn { bitmap, boxes: self.boxes }
    }
}

impl Typesetter {
    /// Text from its first column on; one that is reordered may be a bit narrower than its columns, and is aligned within them.
    fn part(
        &mut self,
        spans: &[Span],
        direction: Direction,
        align: Align,
        x: i32,
        places: &mut Places,
    ) {
        let drawn_alone = matches!(spans, [only] if only.way == Way::Raster);
        if spans.iter().any(|span| has_right_to_left(&span.text))
            // The whole columns of a number that is drawn may be a bit wider than it, and it has to end on its axis.
            || drawn_alone && align == Align::Right
        {
            self.reordered(spans, direction, align, x, places);
        } else {
            self.spans(spans, x, places);
        }
    }

    /// Spans one after another, each in its own whole columns.
    fn spans(&mut self, spans: &[Span], mut x: i32, places: &mut Places) {
        for span in spans {
            let columns = signed(span.columns * CELL);
            places.decorate(x, x + columns, span.look);
            match span.way {
                Way::Raster => {
                    let units = self.units(&span.text, &[]);
                    self.run(&span.text, &units, Level::ltr(), span.look, x, places);
                }
                Way::Native | Way::Kanji => self.fixed(span, x, places),
            }
            x += columns;
        }
    }

    /// Text as the printer itself would space it.
    fn fixed(&mut self, span: &Span, mut x: i32, places: &mut Places) {
        let cell = signed(CELL * span.look.size.times().0);
        for unit in self.units(&span.text, &[]) {
            self.unit(&span.text, &unit, Level::ltr(), span.look, x, places);
            let columns = match unit.kind {
                Kind::Nothing => 0,
                Kind::Cell(_, columns) => columns,
                Kind::Space | Kind::Word(_) => 1,
            };
            x += signed(columns) * cell;
        }
    }

    /// A piece whose text runs in both directions, or from right to left.
    fn reordered(
        &mut self,
        spans: &[Span],
        direction: Direction,
        align: Align,
        x: i32,
        places: &mut Places,
    ) {
        let (text, begins) = joined(spans);
        let mut parts = Vec::new();
        for stretch in visual_order(&text, direction) {
            let mut inside = Vec::new();
            for (span, begin) in spans.iter().zip(&begins) {
                let (begin, end) = (*begin, begin + span.text.len());
                let range = stretch.range.start.max(begin)..stretch.range.end.min(end);
                if range.start < range.end {
                    let mut units = self.units(&text[range.clone()], &[]);
                    for unit in &mut units {
                        unit.range = unit.range.start + range.start..unit.range.end + range.start;
                    }
                    inside.push((units, stretch.level, span.look));
                }
            }
            if stretch.level.is_rtl() {
                inside.reverse();
            }
            parts.append(&mut inside);
        }
        let widths: Vec<i32> = parts
            .iter()
            .map(|(units, level, look)| self.run_dots(&text, units, *level, *look))
            .collect();
        let columns: usize = spans.iter().map(|span| span.columns).sum();
        let free = signed(columns * CELL) - widths.iter().sum::<i32>();
        places.is_too_wide |= free < 0;
        let mut x = x + match align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        };
        for ((units, level, look), width) in parts.iter().zip(widths) {
            places.decorate(x, x + width, *look);
            self.run(&text, units, *level, *look, x, places);
            x += width;
        }
    }

    /// Units of one direction and one look, and the dots that they take.
    fn run(
        &mut self,
        text: &str,
        units: &[Unit],
        level: Level,
        look: Look,
        x: i32,
        places: &mut Places,
    ) -> i32 {
        let mut pen = x;
        for (index, unit) in in_order(units, level) {
            self.unit(text, unit, level, look, pen, places);
            pen += self.unit_dots(text, units, index, level, look);
        }
        pen - x
    }

    fn run_dots(&mut self, text: &str, units: &[Unit], level: Level, look: Look) -> i32 {
        (0..units.len()).map(|index| self.unit_dots(text, units, index, level, look)).sum()
    }

    fn unit_dots(
        &mut self,
        text: &str,
        units: &[Unit],
        index: usize,
        level: Level,
        look: Look,
    ) -> i32 {
        let Some(unit) = units.get(index) else { return 0 };
        let dots = match unit.kind {
            Kind::Space => {
                let (before, after) = units.split_at(index);
                space_dots(before.iter().rev().find_map(seen), after.iter().find_map(seen))
            }
            Kind::Cell(_, columns) => columns * CELL,
            Kind::Word(family) => self.word(&text[unit.range.clone()], family, level).dots,
            Kind::Nothing => 0,
        };
        signed(dots * look.size.times().0)
    }

    fn unit(
        &mut self,
        text: &str,
        unit: &Unit,
        level: Level,
        look: Look,
        x: i32,
        places: &mut Places,
    ) {
        match unit.kind {
            Kind::Space | Kind::Nothing => {}
            Kind::Cell(character, columns) => {
                let shown = if level.is_rtl() { mirrored(character) } else { character };
                self.cell(shown, columns, look, x, places);
            }
            Kind::Word(family) => {
                let word = self.word(&text[unit.range.clone()], family, level);
                self.word_at(&word, look, x, places);
            }
        }
    }

    fn cell(&mut self, character: char, columns: usize, look: Look, x: i32, places: &mut Places) {
        let bold = look.bold == Switch::On;
        let from_bold = self.fonts.narrow_bold(character).filter(|_| bold && columns == 1);
        let stroke = if bold && from_bold.is_none() { Stroke::Twice } else { Stroke::Once };
        let glyph = match columns {
            1 => from_bold.or_else(|| self.fonts.narrow(character)),
            _ => None,
        };
        let glyph = glyph.or_else(|| self.fonts.wide(character).map(|(glyph, _)| glyph));
        if let Some(glyph) = glyph {
            let key = InkKey { glyph, size: look.size, part: SubpixelBin::Zero, stroke };
            let ink = self.inks.get(key, &mut self.fonts);
            // Wide characters are drawn a bit smaller than their cell.
            let indent = if columns == 1 { 0 } else { signed(look.size.times().0) };
            places.put(ink, x + indent, look);
        }
    }

    fn word_at(&mut self, word: &super::shape::Word, look: Look, x: i32, places: &mut Places) {
        let (across, down) = look.size.times();
        let stroke = if look.bold == Switch::On { Stroke::Twice } else { Stroke::Once };
        for glyph in &word.glyphs {
            let pen = (glyph.x + word.overhang as f32) * across as f32;
            let up = (glyph.y * down as f32).round() as i32;
            let (dots, part) = SubpixelBin::new(pen);
            let ink = match glyph.shape {
                Shape::Glyph(id) => {
                    let key = InkKey { glyph: id, size: look.size, part, stroke };
                    self.inks.get(key, &mut self.fonts)
                }
                Shape::Missing(character) => {
                    places.boxes += 1;
                    Arc::new(missing::draw(character, look.size))
                }
            };
            let ink = if up == 0 { ink } else { raised(&ink, up) };
            places.put(ink, x + dots, look);
        }
    }
}

fn raised(ink: &Ink, up: i32) -> Arc<Ink> {
    Arc::new(Ink { left: ink.left, top: ink.top + up, bitmap: ink.bitmap.clone() })
}

/// The units with their places, from left to right.
fn in_order(units: &[Unit], level: Level) -> Box<dyn Iterator<Item = (usize, &Unit)> + '_> {
    if level.is_rtl() {
        Box::new(units.iter().enumerate().rev())
    } else {
        Box::new(units.iter().enumerate())
    }
}

fn seen(unit: &Unit) -> Option<Kind> {
    Some(unit.kind).filter(|kind| !matches!(kind, Kind::Space | Kind::Nothing))
}

/// Dots of a space between these.
pub(crate) fn space_dots(before: Option<Kind>, after: Option<Kind>) -> usize {
    let varies = |kind| matches!(kind, Some(Kind::Word(family)) if family != EMOJI);
    if varies(before) && varies(after) { WORD_SPACE } else { CELL }
}

impl Size {
    /// How many times as wide and as high as normal.
    pub(crate) fn times(self) -> (usize, usize) {
        match self {
            Size::Normal => (1, 1),
            Size::Tall => (1, 2),
            Size::Wide => (2, 1),
            Size::Large => (2, 2),
        }
    }
}
