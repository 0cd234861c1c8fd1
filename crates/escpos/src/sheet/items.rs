//! Text that the printer's own fonts do not have all of, cut into items that each get on paper in one way.

use super::styled::Styled;
use super::{Direction, Look, Way};
use crate::profile::{KanjiText, Profile};
use crate::scan::Switch;
use crate::typeset::{CELL, Kind, MONO_REST, Typesetter, level_of, space_dots};
use encoding_rs::GBK;
use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;
use std::ops::Range;

/// A unit of text, with its way and its width.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) way: Way,
    pub(super) look: Look,
    /// Dots that it takes in its own size.
    pub(super) dots: usize,
    /// Whether the line may end behind it.
    pub(super) may_break: bool,
}

impl Item {
    pub(super) fn is_space(&self) -> bool {
        self.kind == Kind::Space
    }
}

/// Cuts a text into items.
pub(super) fn items(
    styled: &Styled,
    direction: Direction,
    profile: &Profile,
    typesetter: &mut Typesetter,
) -> Vec<Item> {
    let breaks: Vec<usize> = LineSegmenter::new_dictionary(LineBreakOptions::default())
        .segment_str(&styled.text)
        .filter(|at| *at > 0 && !is_within_hangul(&styled.text, *at))
        .collect();
    let mut cuts: Vec<usize> = breaks.iter().copied().chain(styled.ends()).collect();
    cuts.sort_unstable();
    let mut items: Vec<Item> = Vec::new();
    for unit in typesetter.units(&styled.text, &cuts) {
        let look = styled.look_at(unit.range.start);
        let text = &styled.text[unit.range.clone()];
        let before = items.last().map(|item| item.way);
        let way = match direction {
            Direction::RightToLeft => Way::Raster,
            Direction::LeftToRight => way(text, unit.kind, before, look, profile),
        };
        let may_break = breaks.binary_search(&unit.range.end).is_ok();
        let mut item = Item { range: unit.range, kind: unit.kind, way, look, dots: 0, may_break };
        measure(&mut item, &styled.text, typesetter);
        items.push(item);
    }
    whole_words(&mut items);
    items
}

/// Measures an item whose range is new.
pub(super) fn measure(item: &mut Item, text: &str, typesetter: &mut Typesetter) {
    let dots = match item.kind {
        Kind::Space => CELL,
        Kind::Cell(_, columns) => columns * CELL,
        // The printer's own characters have a column each.
        Kind::Word(_) if item.way == Way::Native => CELL,
        Kind::Word(family) => {
            let word = &text[item.range.clone()];
            typesetter.word(word, family, level_of(word)).dots
        }
        Kind::Nothing => 0,
    };
    item.dots = dots * item.look.size.times().0;
}

/// Korean has spaces between its words, and breaks there.
fn is_within_hangul(text: &str, at: usize) -> bool {
    let is_hangul = |character: Option<char>| matches!(character, Some('\u{ac00}'..='\u{d7a3}'));
    let (before, behind) = text.split_at(at);
    is_hangul(before.chars().next_back()) && is_hangul(behind.chars().next())
}

fn way(text: &str, kind: Kind, before: Option<Way>, look: Look, profile: &Profile) -> Way {
    // Kanji mode has an underline of its own, which not every model has.
    let kanji = profile.kanji_text == KanjiText::Gb18030 && look.underline == Switch::Off;
    match kind {
        Kind::Space => Way::Native,
        Kind::Nothing => before.unwrap_or(Way::Native),
        Kind::Cell(character, 1) if is_native(character, profile) => Way::Native,
        Kind::Cell(_, 2) if kanji && is_two_bytes(text) => Way::Kanji,
        Kind::Cell(..) => Way::Raster,
        Kind::Word(_) => {
            let mut characters = text.chars();
            match (characters.next(), characters.next()) {
                (Some(only), None) if is_native(only, profile) => Way::Native,
                _ => Way::Raster,
            }
        }
    }
}

/// Whether some page has the character, and the printer shows it as it should be.
pub(super) fn is_native(character: char, profile: &Profile) -> bool {
    crate::text::is_native(character, profile.repertoire())
}

fn is_two_bytes(text: &str) -> bool {
    let (bytes, _, lossy) = GBK.encode(text);
    !lossy && bytes.len() == 2 && bytes[0] >= 0x81
}

/// Draws all letters of a word where some have to be drawn: two fonts within a word are hard to read.
fn whole_words(items: &mut [Item]) {
    let is_letter = |item: &Item| match item.kind {
        Kind::Cell(character, 1) => character.is_alphabetic(),
        // A letter with marks.
        Kind::Word(family) => family == MONO_REST,
        _ => false,
    };
    for word in items.chunk_by_mut(|one, next| is_letter(one) && is_letter(next)) {
        if word.iter().any(|item| item.way == Way::Raster) {
            word.iter_mut().for_each(|item| item.way = Way::Raster);
        }
    }
}

/// The columns that items take one after another. What is drawn begins and ends at whole columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Width {
    columns: usize,
    /// Dots, last kind and look of what is drawn at the end.
    run: Option<(usize, Kind, Look)>,
    /// Spaces behind it that may become part of it.
    spaces: usize,
}

impl Width {
    pub(super) fn columns(&self) -> usize {
        let run = self.run.map_or(0, |(dots, ..)| dots.div_ceil(CELL));
        self.columns + run + self.spaces
    }

    pub(super) fn add(&mut self, item: &Item) {
        let across = item.look.size.times().0;
        match (item.way, self.run) {
            _ if item.kind == Kind::Nothing => {}
            (Way::Native | Way::Raster, Some((.., look)))
                if item.is_space() && look == item.look =>
            {
                self.spaces += across;
            }
            (Way::Raster, Some((dots, kind, look))) if look == item.look => {
                let space = space_dots(Some(kind), Some(item.kind));
                self.run = Some((dots + self.spaces * space + item.dots, item.kind, look));
                self.spaces = 0;
            }
            (Way::Raster, _) => {
                self.columns = self.columns();
                self.spaces = 0;
                self.run = Some((item.dots, item.kind, item.look));
            }
            (Way::Native | Way::Kanji, _) => {
                self.columns = self.columns() + item.dots / CELL;
                self.run = None;
                self.spaces = 0;
            }
        }
    }
}
