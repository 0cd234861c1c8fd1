//! Characters as the dots of a receipt printer's fonts.

use super::lines::turned;
use crate::Bitmap;
use crate::paper::{Face, Font};
use crate::scan::Switch;
use crate::typeset::bundle;
use std::collections::HashMap;
use std::sync::Arc;
use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::{Format, Transform};
use swash::{FontRef, GlyphId};

/// Most dots of glyphs that are kept; beyond them all are drawn anew.
const MOST_KEPT: usize = 16 * 1024 * 1024;

/// A dot is black from this much of it on, of 255.
const BLACK: u8 = 112;

/// Draws characters, each once.
pub(super) struct Glyphs {
    context: ScaleContext,
    kept: HashMap<(char, Cell), Arc<Bitmap>>,
    dots: usize,
}

/// The box of a character in dots, and how it is drawn in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    width: usize,
    height: usize,
    bold: Switch,
    rotated: Switch,
}

impl Cell {
    /// The cell of a face, where font A is so many dots wide.
    pub(super) fn of(face: Face, a: usize) -> Cell {
        let (width, height) = face.font.cell(a);
        Cell {
            width: width * usize::from(face.width),
            height: height * usize::from(face.height),
            bold: face.bold,
            rotated: face.rotated,
        }
    }

    /// Single size.
    pub(super) fn plain(font: Font, a: usize) -> Cell {
        let (width, height) = font.cell(a);
        Cell { width, height, bold: Switch::Off, rotated: Switch::Off }
    }

    /// Dots across and down, after a rotation.
    pub(super) fn on_paper(self) -> (usize, usize) {
        match self.rotated {
            Switch::On => (self.height, self.width),
            Switch::Off => (self.width, self.height),
        }
    }
}

/// How the lines of a font are built, in parts of its size.
struct Build {
    /// Width of the character.
    advance: f32,
    /// Upper and lower edge of a line, from the baseline.
    ascent: f32,
    descent: f32,
}

/// The bundle's first two files, by the tables that say how their lines are spaced.
const NARROW: Build =
    Build { advance: 1233.0 / 2048.0, ascent: 1901.0 / 2048.0, descent: 483.0 / 2048.0 };

impl Build {
    /// What the font's own tables say. A font that says nothing sensible is taken for one of square characters.
    fn of(font: FontRef<'_>, glyph: GlyphId) -> Build {
        let metrics = font.metrics(&[]);
        let part = |units: f32| units / f32::from(metrics.units_per_em.max(1));
        let advance = part(font.glyph_metrics(&[]).advance_width(glyph));
        let (ascent, descent) = (part(metrics.ascent), part(metrics.descent));
        if advance > 0.1 && ascent + descent > 0.1 {
            Build { advance, ascent, descent }
        } else {
            Build { advance: 1.0, ascent: 0.88, descent: 0.12 }
        }
    }
}

impl Glyphs {
    pub(super) fn new() -> Glyphs {
        Glyphs { context: ScaleContext::new(), kept: HashMap::new(), dots: 0 }
    }

    /// The dots of a character in its cell.
    pub(super) fn glyph(&mut self, character: char, cell: Cell) -> Arc<Bitmap> {
        if let Some(kept) = self.kept.get(&(character, cell)) {
            return kept.clone();
        }
        let mut drawn = self.draw(character, cell);
        if cell.rotated == Switch::On {
            drawn = turned(&drawn, 3);
        }
        self.dots += cell.width * cell.height;
        if self.dots > MOST_KEPT {
            self.kept.clear();
            self.dots = 0;
        }
        let drawn = Arc::new(drawn);
        self.kept.insert((character, cell), drawn.clone());
        drawn
    }

    /// Receipt printers' fonts are narrow and evenly spaced: the bundle begins with such a one.
    fn draw(&mut self, character: char, cell: Cell) -> Bitmap {
        // The second file is the bold one of the first.
        let first = usize::from(cell.bold == Switch::On);
        for (place, data) in bundle().enumerate().skip(first).chain(bundle().enumerate()) {
            if let Some(font) = FontRef::from_index(data, 0)
                && let Some(glyph) = Some(font.charmap().map(character)).filter(|glyph| *glyph != 0)
            {
                let build = if place < 2 { NARROW } else { Build::of(font, glyph) };
                return self.outline(font, glyph, &build, cell);
            }
        }
        missing(cell)
    }

    /// An outline stretched so that the font's line fills the cell; box drawing characters then join.
    fn outline(&mut self, font: FontRef<'_>, glyph: GlyphId, build: &Build, cell: Cell) -> Bitmap {
        let size = cell.height as f32 / (build.ascent + build.descent);
        let stretch = cell.width as f32 / (build.advance * size);
        let mut scaler = self.context.builder(font).size(size).hint(true).build();
        let image = Render::new(&[Source::Outline])
            .format(Format::Alpha)
            .transform(Some(Transform::scale(stretch, 1.0)))
            .render(&mut scaler, glyph);
        let mut bitmap = Bitmap::new(cell.width, cell.height);
        let Some(image) = image else { return bitmap };
        let baseline = (size * build.ascent).round() as i32;
        let width = image.placement.width.max(1) as usize;
        for (y, row) in image.data.chunks(width).enumerate() {
            let y = baseline - image.placement.top + y as i32;
            for (x, alpha) in row.iter().enumerate() {
                let x = image.placement.left + x as i32;
                if *alpha >= BLACK
                    && let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
                {
                    bitmap.blacken(x, y);
                }
            }
        }
        bitmap
    }
}

/// A hollow box for a character that no font has.
fn missing(cell: Cell) -> Bitmap {
    let mut bitmap = Bitmap::new(cell.width, cell.height);
    let (left, right) = (1, cell.width.saturating_sub(2));
    let (top, bottom) = (cell.height / 8, cell.height * 7 / 8);
    for x in left..right {
        bitmap.blacken(x, top);
        bitmap.blacken(x, bottom);
    }
    for y in top..=bottom {
        bitmap.blacken(left, y);
        bitmap.blacken(right, y);
    }
    bitmap
}
