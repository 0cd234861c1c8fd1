//! Paper to PNG.
//!
//! The paper is cut into strips from top to bottom: ink where something was printed, and what lies between. Ink is drawn in bands, so
//! that a whole roll takes no more memory than a short receipt.

mod canvas;
mod glyphs;
mod lines;
mod png;
mod strips;

use super::{CodeLook, Element, Kind, Paper};
use crate::Bitmap;
use canvas::{Canvas, Ink};
use glyphs::Glyphs;
use std::ops::Range;
use strips::Strip;

/// Rows of dots that are drawn at once.
const BAND: usize = 1024;

/// The picture of some elements of a paper.
pub(super) fn picture(paper: &Paper, elements: Range<usize>) -> Vec<u8> {
    let mut glyphs = Glyphs::new();
    let strips = strips::of(paper, elements, &mut glyphs);
    let height = strips.iter().map(Strip::height).sum();
    let mut out = png::Rows::new(paper.dots, height);
    for strip in &strips {
        match strip {
            Strip::Backdrop(rows) => (0..*rows).for_each(|_| out.backdrop()),
            Strip::Blank(rows) => (0..*rows).for_each(|_| out.blank()),
            Strip::Note(bitmap) => (0..bitmap.height()).for_each(|y| out.note(bitmap.row(y))),
            Strip::Cut(bitmap, kind) => {
                (0..bitmap.height()).for_each(|y| out.cut(bitmap.row(y), *kind));
            }
            Strip::Torn(bitmap) => (0..bitmap.height()).for_each(|y| out.torn(bitmap.row(y))),
            Strip::Ink { elements, top, bottom } => {
                ink(paper, elements.clone(), *top..*bottom, &mut glyphs, &mut out);
            }
        }
    }
    out.finish()
}

/// Draws elements band by band.
fn ink(
    paper: &Paper,
    elements: Range<usize>,
    rows: Range<usize>,
    glyphs: &mut Glyphs,
    out: &mut png::Rows,
) {
    let mut coming: Vec<&Element> = paper.elements[elements].iter().collect();
    // Paper may have gone back.
    coming.sort_by_key(|element| element.top);
    let mut coming = coming.into_iter().peekable();
    let mut active: Vec<&Element> = Vec::new();
    let mut top = rows.start;
    while top < rows.end {
        let bottom = rows.end.min(top + BAND);
        while let Some(element) = coming.next_if(|element| element.top < bottom) {
            active.push(element);
        }
        let mut canvas = Canvas::new(paper.dots, top, bottom - top);
        active.iter().for_each(|element| draw(paper, element, glyphs, &mut canvas));
        active.retain(|element| element.bottom() > bottom);
        (0..bottom - top).for_each(|y| out.ink(canvas.row(y)));
        top = bottom;
    }
}

fn draw(paper: &Paper, element: &Element, glyphs: &mut Glyphs, canvas: &mut Canvas) {
    let top = element.top;
    match &element.kind {
        Kind::Line(line) => {
            let left = line.left + line.indent();
            lines::draw(paper, line, left, top, glyphs, canvas);
        }
        Kind::Page(placed, _) => {
            placed.iter().for_each(|one| lines::draw_placed(paper, one, top, glyphs, canvas));
        }
        Kind::Picture(picture) => canvas.picture(picture, picture.left, top),
        Kind::Code(code) => {
            let (left, width, height) = match &code.look {
                CodeLook::Drawn(picture) => (picture.left, picture.width(), picture.height()),
                CodeLook::Box { left, size } => (*left, size.0, size.1),
            };
            let mut y = top;
            if let Some(text) = &code.text
                && text.above == crate::Switch::On
            {
                lines::draw_text(paper, text, (left, width), y, glyphs, canvas);
                y += text.height();
            }
            match &code.look {
                CodeLook::Drawn(picture) => canvas.picture(picture, left, y),
                CodeLook::Box { .. } => crossed(canvas, left, y, width, height),
            }
            if let Some(text) = &code.text
                && text.below == crate::Switch::On
            {
                lines::draw_text(paper, text, (left, width), y + height + 2, glyphs, canvas);
            }
        }
        Kind::Feed { .. } | Kind::Cut(_) | Kind::Mark(_) => {}
    }
}

/// A box for what cannot be drawn.
fn crossed(canvas: &mut Canvas, left: usize, top: usize, width: usize, height: usize) {
    let mut frame = Bitmap::new(width, height);
    for x in 0..width {
        frame.blacken(x, 0);
        frame.blacken(x, height.saturating_sub(1));
        frame.blacken(x, x * height / width.max(1));
    }
    for y in 0..height {
        frame.blacken(0, y);
        frame.blacken(width.saturating_sub(1), y);
        frame.blacken(width.saturating_sub(1).saturating_sub(y * width / height.max(1)), y);
    }
    canvas.stamp(&frame, left, top, Ink::Black);
}
