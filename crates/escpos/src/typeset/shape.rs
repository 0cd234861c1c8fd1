//! Words as glyphs, kept for the next time.

use super::Typesetter;
use super::fonts::{Fonts, GlyphId, MONO_REST};
use super::ink::{InkKey, Stroke};
use super::{CELL, missing};
use crate::sheet::Size;
use cosmic_text::{
    Attrs, AttrsList, Family, FeatureTag, FontFeatures, ShapeGlyph, ShapeWord, Shaping,
    SubpixelBin, fontdb,
};
use std::collections::HashMap;
use std::sync::Arc;
use unicode_bidi::Level;

/// A word in normal size, its glyphs from left to right.
#[derive(Debug)]
pub(crate) struct Word {
    pub(super) glyphs: Vec<Glyph>,
    /// Dots from the first to the last column of ink or advance.
    pub(crate) dots: usize,
    /// Dots from the first column to the pen.
    pub(super) overhang: i32,
    /// Where its clusters end in the text, and the dots that they and those before them take; in the text's order.
    pub(crate) stops: Vec<(usize, usize)>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) shape: Shape,
    /// Dots from the pen.
    pub(super) x: f32,
    /// Dots above the baseline.
    pub(super) y: f32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Glyph(GlyphId),
    /// A character that no font has.
    Missing(char),
}

/// Less than this is no further dot.
const ROUNDING: f32 = 0.1;
/// Most words that are kept; some 500 bytes each.
const MOST_WORDS: usize = 4_096;

#[derive(Default)]
pub(super) struct Words {
    known: HashMap<Key, HashMap<Box<str>, Arc<Word>>>,
    count: usize,
}

/// What a word's glyphs depend on beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    family: &'static str,
    level: u8,
}

impl Typesetter {
    /// A word, shaped in the direction of its level.
    pub(crate) fn word(&mut self, text: &str, family: &'static str, level: Level) -> Arc<Word> {
        let key = Key { family, level: level.number() & 1 };
        if let Some(word) = self.words.known.get(&key).and_then(|words| words.get(text)) {
            return Arc::clone(word);
        }
        if self.words.count >= MOST_WORDS {
            self.words = Words::default();
        }
        let word = Arc::new(self.shape(text, family, level));
        self.words.known.entry(key).or_default().insert(text.into(), Arc::clone(&word));
        self.words.count += 1;
        word
    }

    fn shape(&mut self, text: &str, family: &'static str, level: Level) -> Word {
        let mut shaped = shaped(&mut self.fonts, text, family, level);
        let lacks = shaped.iter().find(|glyph| glyph.glyph_id == 0);
        let character = lacks.and_then(|glyph| text.get(glyph.start..)?.chars().next());
        if let Some(found) = character.and_then(|c| self.fonts.beyond_the_bundle(c)) {
            shaped = self::shaped(&mut self.fonts, text, &found, level);
        }
        let mut stops = self.stops(&shaped, text);
        let mut glyphs = Vec::with_capacity(shaped.len());
        let mut pen = 0.0;
        for glyph in &shaped {
            let (glyph, advance) = self.placed(glyph, text, pen);
            glyphs.push(glyph);
            pen += advance;
        }
        // Letters of cells may touch their neighbours, as the printer's own do.
        let (left, right) = if family == MONO_REST { (0, 0) } else { self.extent(&glyphs) };
        let overhang = -left.min(0);
        let dots = right.max((pen - ROUNDING).ceil() as i32) + overhang;
        if let Some(last) = stops.last_mut() {
            last.1 = dots.unsigned_abs() as usize;
        }
        Word { glyphs, dots: dots.unsigned_abs() as usize, overhang, stops }
    }

    fn placed(&self, glyph: &ShapeGlyph, text: &str, pen: f32) -> (Glyph, f32) {
        if glyph.glyph_id == 0 {
            let character = text.get(glyph.start..).and_then(|text| text.chars().next());
            let shape = Shape::Missing(character.unwrap_or('\u{fffd}'));
            return (Glyph { shape, x: pen, y: 0.0 }, (missing::COLUMNS * CELL) as f32);
        }
        let em = self.fonts.size_of(glyph.font_id);
        let id = GlyphId { font: glyph.font_id, weight: glyph.font_weight, glyph: glyph.glyph_id };
        let own = glyph.x_advance * em;
        let advance = if is_digit(glyph, text) { own.max(CELL as f32) } else { own };
        let x = pen + glyph.x_offset * em + (advance - own) / 2.0;
        (Glyph { shape: Shape::Glyph(id), x, y: glyph.y_offset * em }, advance)
    }

    fn stops(&self, shaped: &[ShapeGlyph], text: &str) -> Vec<(usize, usize)> {
        let advance = |glyph| self.placed(glyph, text, 0.0).1;
        let mut clusters: Vec<(usize, f32)> =
            shaped.iter().map(|glyph| (glyph.end, advance(glyph))).collect();
        clusters.sort_by_key(|(end, _)| *end);
        let mut stops: Vec<(usize, usize)> = Vec::with_capacity(clusters.len());
        let mut pen = 0.0;
        for (end, advance) in clusters {
            pen += advance;
            let dots = pen.ceil().max(0.0) as usize;
            match stops.last_mut() {
                Some(last) if last.0 == end => last.1 = dots,
                _ => stops.push((end, dots)),
            }
        }
        stops
    }

    /// The first and the last column of ink.
    fn extent(&mut self, glyphs: &[Glyph]) -> (i32, i32) {
        let mut extent = (0, 0);
        for glyph in glyphs {
            let Shape::Glyph(id) = glyph.shape else { continue };
            let (x, part) = SubpixelBin::new(glyph.x);
            let key = InkKey { glyph: id, size: Size::Normal, part, stroke: Stroke::Once };
            let ink = self.inks.get(key, &mut self.fonts);
            if ink.bitmap.width() > 0 {
                extent = (extent.0.min(x + ink.left), extent.1.max(x + ink.right()));
            }
        }
        extent
    }
}

/// Arabic digits, of which some are narrow: each gets a column, so that numbers stand below each other as those of cells do.
fn is_digit(glyph: &ShapeGlyph, text: &str) -> bool {
    let digits = ['\u{660}'..='\u{669}', '\u{6f0}'..='\u{6f9}'];
    let character = text.get(glyph.start..).and_then(|text| text.chars().next());
    character.is_some_and(|character| digits.iter().any(|digits| digits.contains(&character)))
}

/// No language is told to the shaper. Fonts then have the forms of some language of theirs (Noto Naskh Arabic: Urdu's digits, which
/// a Persian reader takes for others).
fn no_local_forms() -> FontFeatures {
    let mut features = FontFeatures::new();
    features.disable(FeatureTag::new(b"locl"));
    features
}

fn shaped(fonts: &mut Fonts, text: &str, family: &str, level: Level) -> Vec<ShapeGlyph> {
    let attributes = Attrs::new()
        .family(Family::Name(family))
        .weight(fontdb::Weight::NORMAL)
        .font_features(no_local_forms());
    let attributes = AttrsList::new(&attributes);
    let all = 0..text.len();
    ShapeWord::new(&mut fonts.system, text, &attributes, all, level, false, Shaping::Advanced)
        .glyphs
}
