//! Glyphs as dots, kept for the next time.

use super::fonts::{Fonts, GlyphId};
use crate::bitmap::Bitmap;
use crate::sheet::Size;
use cosmic_text::{CacheKey, CacheKeyFlags, SubpixelBin, SwashCache, SwashContent, SwashImage};
use std::collections::HashMap;
use std::sync::Arc;

/// How a glyph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stroke {
    Once,
    /// Once more, one dot to the right.
    Twice,
}

/// The dots of a glyph.
#[derive(Debug)]
pub(super) struct Ink {
    /// Dots from the pen to the first column; negative to its left.
    pub(super) left: i32,
    /// Rows from the baseline up to the top of the first row.
    pub(super) top: i32,
    pub(super) bitmap: Bitmap,
}

impl Ink {
    /// Rows that it goes below the baseline.
    pub(super) fn below(&self) -> i32 {
        signed(self.bitmap.height()) - self.top
    }

    /// Dots from the pen to behind the last column.
    pub(super) fn right(&self) -> i32 {
        self.left + signed(self.bitmap.width())
    }
}

/// Which dots: the same key gives the same ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct InkKey {
    pub(super) glyph: GlyphId,
    pub(super) size: Size,
    /// The part of a dot by which the glyph stands right of the pen.
    pub(super) part: SubpixelBin,
    pub(super) stroke: Stroke,
}

/// Most glyphs that are kept; some 100 bytes each.
const MOST_INKS: usize = 8_192;
/// How much of a dot a glyph has to cover to blacken it: a bit less than half, since thin strokes burn thinner than they are.
const ENOUGH: u32 = 104;

pub(super) struct Inks {
    known: HashMap<InkKey, Arc<Ink>>,
    swash: SwashCache,
}

impl Default for Inks {
    fn default() -> Self {
        Inks { known: HashMap::new(), swash: SwashCache::new() }
    }
}

impl Inks {
    pub(super) fn get(&mut self, key: InkKey, fonts: &mut Fonts) -> Arc<Ink> {
        if let Some(ink) = self.known.get(&key) {
            return Arc::clone(ink);
        }
        if self.known.len() >= MOST_INKS {
            self.known.clear();
        }
        let ink = Arc::new(self.draw(key, fonts));
        self.known.insert(key, Arc::clone(&ink));
        ink
    }

    fn draw(&mut self, key: InkKey, fonts: &mut Fonts) -> Ink {
        let (across, down) = key.size.times();
        // Drawn as large as it gets in one direction, and then pressed together in the other one.
        let times = across.max(down);
        let em = fonts.size_of(key.glyph.font) * times as f32;
        let cache_key = CacheKey {
            font_id: key.glyph.font,
            glyph_id: key.glyph.glyph,
            font_size_bits: em.to_bits(),
            x_bin: key.part,
            y_bin: SubpixelBin::Zero,
            font_weight: key.glyph.weight,
            flags: CacheKeyFlags::empty(),
        };
        let image = self.swash.get_image_uncached(&mut fonts.system, cache_key);
        let Some(image) = image else {
            return Ink { left: 0, top: 0, bitmap: Bitmap::new(0, 0) };
        };
        let ink = pressed(&image, times / across, times / down);
        match key.stroke {
            Stroke::Once => ink,
            Stroke::Twice => twice(&ink, across),
        }
    }
}

/// A grey picture as dots, each made of so many of its pixels.
fn pressed(image: &SwashImage, across: usize, down: usize) -> Ink {
    let (width, height) = (image.placement.width as usize, image.placement.height as usize);
    let (left, top) = (image.placement.left, image.placement.top);
    let (columns, rows) = (signed(across), signed(down));
    // The first dot begins where a whole dot begins.
    let first_column = left.div_euclid(columns);
    let first_row = -(-top).div_euclid(rows);
    let shift_x = (left - first_column * columns) as usize;
    let shift_y = (first_row * rows - top) as usize;
    let mut bitmap =
        Bitmap::new((width + shift_x).div_ceil(across), (height + shift_y).div_ceil(down));
    let enough = ENOUGH * (across * down) as u32;
    for y in 0..bitmap.height() {
        for x in 0..bitmap.width() {
            let mut covered = 0;
            for pixel_y in (y * down..(y + 1) * down).filter_map(|at| at.checked_sub(shift_y)) {
                for pixel_x in
                    (x * across..(x + 1) * across).filter_map(|at| at.checked_sub(shift_x))
                {
                    if pixel_x < width && pixel_y < height {
                        covered += cover(image, pixel_y * width + pixel_x);
                    }
                }
            }
            if covered >= enough {
                bitmap.blacken(x, y);
            }
        }
    }
    Ink { left: first_column, top: first_row, bitmap }
}

/// How black a pixel is, 0–255.
fn cover(image: &SwashImage, pixel: usize) -> u32 {
    match image.content {
        SwashContent::Mask => image.data.get(pixel).copied().map_or(0, u32::from),
        // A coloured picture of a system font.
        SwashContent::Color | SwashContent::SubpixelMask => {
            match image.data.get(pixel * 4..pixel * 4 + 4) {
                Some([red, green, blue, alpha]) => {
                    let light =
                        (u32::from(*red) * 3 + u32::from(*green) * 6 + u32::from(*blue)) / 10;
                    u32::from(*alpha) * (255 - light) / 255
                }
                _ => 0,
            }
        }
    }
}

fn twice(ink: &Ink, dots: usize) -> Ink {
    let mut bitmap = Bitmap::new(ink.bitmap.width() + dots, ink.bitmap.height());
    for shift in 0..=dots {
        bitmap.stamp(&ink.bitmap, shift, 0);
    }
    Ink { left: ink.left, top: ink.top, bitmap }
}

/// Pixels and dots are counted in some thousands.
pub(super) fn signed(dots: usize) -> i32 {
    i32::try_from(dots).unwrap_or(i32::MAX)
}
