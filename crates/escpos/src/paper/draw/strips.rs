//! The paper from top to bottom: pieces, cuts and notes.

use super::canvas::{Canvas, Ink};
use super::glyphs::{Cell, Glyphs};
use super::png::PAPER_MARGIN;
use crate::Bitmap;
use crate::paper::{Element, Font, Kind, Mark, Paper};
use crate::scan::CutKind;
use std::ops::Range;

/// A horizontal part of the picture.
pub(super) enum Strip {
    /// What lies around the paper.
    Backdrop(usize),
    /// White paper.
    Blank(usize),
    /// A grey note on the paper, as wide as the printable dots.
    Note(Bitmap),
    /// A gap with a dashed line, as wide as the paper.
    Cut(Bitmap, CutKind),
    /// The torn edge of the paper, as wide as the paper; its black dots are paper.
    Torn(Bitmap),
    /// Print, between these rows of the paper.
    Ink {
        /// What is on it.
        elements: Range<usize>,
        /// The first row.
        top: usize,
        /// The row after the last one.
        bottom: usize,
    },
}

/// Rows of backdrop above and below, and of white paper at the ends of a piece.
const AROUND: usize = 16;
const LEAD: usize = 24;

impl Strip {
    pub(super) fn height(&self) -> usize {
        match self {
            Strip::Backdrop(rows) | Strip::Blank(rows) => *rows,
            Strip::Note(bitmap) | Strip::Cut(bitmap, _) | Strip::Torn(bitmap) => bitmap.height(),
            Strip::Ink { top, bottom, .. } => bottom - top,
        }
    }
}

/// The strips of some elements.
pub(super) fn of(paper: &Paper, elements: Range<usize>, glyphs: &mut Glyphs) -> Vec<Strip> {
    let all = &paper.elements[elements.clone()];
    let begin = elements.start;
    let mut strips = vec![Strip::Backdrop(AROUND), Strip::Blank(LEAD)];
    let mut first = 0;
    let mut top = all.first().map_or(0, |element| element.top);
    let mut cut = all.is_empty();
    for (at, element) in all.iter().enumerate() {
        if cut {
            strips.push(Strip::Blank(LEAD));
            cut = false;
        }
        let strip = match element.kind {
            Kind::Mark(mark) => Strip::Note(note(paper, mark, glyphs)),
            Kind::Cut(kind) => Strip::Cut(scissors(paper, glyphs), kind),
            _ => continue,
        };
        strips.push(ink(&all[first..at], begin + first, top, element.top));
        cut = matches!(strip, Strip::Cut(..));
        strips.push(strip);
        (first, top) = (at + 1, element.top);
    }
    if !cut {
        let end = if elements.end == paper.elements.len() { paper.height } else { top };
        strips.push(ink(&all[first..], begin + first, top, end));
        strips.push(Strip::Blank(LEAD));
        strips.push(Strip::Torn(torn(paper)));
        strips.push(Strip::Backdrop(AROUND));
    }
    strips
}

fn ink(elements: &[Element], begin: usize, top: usize, end: usize) -> Strip {
    let bottom = elements.iter().map(Element::bottom).max().unwrap_or(0).max(end).max(top);
    Strip::Ink { elements: begin..begin + elements.len(), top, bottom }
}

fn note(paper: &Paper, mark: Mark, glyphs: &mut Glyphs) -> Bitmap {
    let text = match mark {
        Mark::Drawer => "‹ drawer kick ›",
        Mark::Buzzer => "‹ buzzer ›",
        Mark::StoredPicture => "‹ picture from the printer's memory ›",
    };
    let cell = Cell::plain(Font::B, 12);
    let (advance, height) = cell.on_paper();
    let mut canvas = Canvas::new(paper.dots, 0, height + 8);
    let mut x = paper.dots.saturating_sub(advance * text.chars().count()) / 2;
    for character in text.chars() {
        canvas.stamp(&glyphs.glyph(character, cell), x, 4, Ink::Black);
        x += advance;
    }
    canvas.bitmap().clone()
}

/// The gap between two pieces: scissors and a dashed line.
fn scissors(paper: &Paper, glyphs: &mut Glyphs) -> Bitmap {
    let width = paper.dots.div_ceil(8) * 8 + 2 * PAPER_MARGIN;
    let cell = Cell::plain(Font::Kanji, 12);
    let mut canvas = Canvas::new(width, 0, 32);
    canvas.stamp(&glyphs.glyph('✂', cell), 4, 4, Ink::Black);
    for x in (36..width.saturating_sub(8)).step_by(16) {
        canvas.fill(x, 15, 8, 2);
    }
    canvas.bitmap().clone()
}

fn torn(paper: &Paper) -> Bitmap {
    let width = paper.dots.div_ceil(8) * 8 + 2 * PAPER_MARGIN;
    let mut bitmap = Bitmap::new(width, 8);
    for x in 0..width {
        let depth = (x % 16).abs_diff(8);
        (0..depth).for_each(|y| bitmap.blacken(x, y));
    }
    bitmap
}
