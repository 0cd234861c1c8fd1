//! Printed lines to dots.

use super::canvas::{Canvas, Ink};
use super::glyphs::{Cell, Glyphs};
use crate::Bitmap;
use crate::paper::{CodeText, Font, Line, Paper, Part, PlacedLine, Run};
use crate::scan::Switch;
use unicode_width::UnicodeWidthChar;

/// Draws a line whose left upper corner is at this place.
pub(super) fn draw(
    paper: &Paper,
    line: &Line,
    left: usize,
    top: usize,
    glyphs: &mut Glyphs,
    canvas: &mut Canvas,
) {
    if line.upside_down == Switch::Off {
        return upright(paper, line, left, top, glyphs, canvas);
    }
    let turned = turned(&alone(paper, line, line.area, glyphs), 2);
    canvas.stamp(&turned, line.left, top, Ink::Black);
}

/// A line of page mode, on a page whose top is at this place.
pub(super) fn draw_placed(
    paper: &Paper,
    placed: &PlacedLine,
    top: usize,
    glyphs: &mut Glyphs,
    canvas: &mut Canvas,
) {
    let PlacedLine { area, bottom, line } = placed;
    let x = line.left + line.indent();
    let y = bottom.saturating_sub(line.height);
    if area.turns == 0 {
        return upright(paper, line, area.x + x, top + area.y + y, glyphs, canvas);
    }
    let (along, across) = area.inner();
    let width = line.width.min(along);
    let turned = turned(&alone(paper, line, width, glyphs), area.turns);
    let (right, below) = (along.saturating_sub(x + width), across.saturating_sub(*bottom));
    let (dx, dy) = match area.turns {
        1 => (y, right),
        2 => (right, below),
        _ => (below, x),
    };
    canvas.stamp(&turned, area.x + dx, top + area.y + dy, Ink::Black);
}

/// The line alone on paper so wide.
fn alone(paper: &Paper, line: &Line, width: usize, glyphs: &mut Glyphs) -> Bitmap {
    let mut canvas = Canvas::new(width, 0, line.height);
    let left = if width == line.area { line.indent() } else { 0 };
    upright(paper, line, left, 0, glyphs, &mut canvas);
    canvas.bitmap().clone()
}

fn upright(
    paper: &Paper,
    line: &Line,
    left: usize,
    top: usize,
    glyphs: &mut Glyphs,
    canvas: &mut Canvas,
) {
    let bottom = top + line.height;
    for part in &line.parts {
        match part {
            Part::Image { x, picture } => {
                canvas.picture(picture, left + x, bottom - picture.height().min(bottom));
            }
            Part::Run(run) => draw_run(paper, run, left + run.x, bottom, glyphs, canvas),
        }
    }
}

/// Draws a run whose left lower corner is at this place.
fn draw_run(
    paper: &Paper,
    run: &Run,
    left: usize,
    bottom: usize,
    glyphs: &mut Glyphs,
    canvas: &mut Canvas,
) {
    let cell = Cell::of(run.face, paper.cell);
    let (width, height) = cell.on_paper();
    let top = bottom.saturating_sub(height);
    let text = paper.text(run);
    let count = text.chars().filter(|character| advances(*character, run.face.font)).count();
    let ink = match run.face.inverse {
        Switch::On => {
            canvas.fill(left, top, count * run.advance, height);
            Ink::White
        }
        Switch::Off => Ink::Black,
    };
    let mut x = left;
    for character in text.chars() {
        // An accent of its own stands on the character before.
        let at = if advances(character, run.face.font) {
            x += run.advance;
            x - run.advance
        } else {
            x.saturating_sub(run.advance).max(left)
        };
        if character != ' ' && at < paper.dots.max(canvas.bitmap().width()) {
            let glyph = glyphs.glyph(character, cell);
            canvas.stamp(&glyph, at, top, ink);
        }
    }
    let thick = usize::from(run.face.underline);
    if thick > 0 && run.face.inverse == Switch::Off && run.face.rotated == Switch::Off {
        let run_width = count * run.advance.max(width);
        canvas.fill(left, bottom.saturating_sub(thick), run_width, thick);
    }
}

fn advances(character: char, font: Font) -> bool {
    font == Font::Kanji || character.width() != Some(0)
}

/// The readable text of a code, in the middle of its width.
pub(super) fn draw_text(
    paper: &Paper,
    text: &CodeText,
    (left, width): (usize, usize),
    top: usize,
    glyphs: &mut Glyphs,
    canvas: &mut Canvas,
) {
    let cell = Cell::plain(text.font, paper.cell);
    let (advance, _) = cell.on_paper();
    let taken = advance * text.text.chars().count();
    let mut x = (left + width / 2).saturating_sub(taken / 2).min(paper.dots.saturating_sub(taken));
    for character in text.text.chars() {
        canvas.stamp(&glyphs.glyph(character, cell), x, top, Ink::Black);
        x += advance;
    }
}

/// So many quarter turns to the left.
pub(super) fn turned(bitmap: &Bitmap, turns: u8) -> Bitmap {
    let (width, height) = (bitmap.width(), bitmap.height());
    let mut out = match turns % 2 {
        0 => Bitmap::new(width, height),
        _ => Bitmap::new(height, width),
    };
    for y in 0..height {
        for x in (0..width).filter(|x| bitmap.is_black(*x, y)) {
            match turns % 4 {
                0 => out.blacken(x, y),
                1 => out.blacken(y, width - 1 - x),
                2 => out.blacken(width - 1 - x, height - 1 - y),
                _ => out.blacken(height - 1 - y, x),
            }
        }
    }
    out
}
