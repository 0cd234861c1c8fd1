//! The order in which text of both directions stands on paper.

use crate::sheet::Direction;
use std::ops::Range;
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

/// Whether a text has characters that are read from right to left.
pub(crate) fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| is_right_to_left(c) == Some(true))
}

/// The direction of a paragraph: that of its first letter, but no text without right-to-left letters runs from right to left, and
/// in a right-to-left document every other text does.
pub(crate) fn base_direction(text: &str, document: Direction) -> Direction {
    if !has_right_to_left(text) {
        return Direction::LeftToRight;
    }
    match (document, text.chars().find_map(is_right_to_left)) {
        (Direction::RightToLeft, _) | (_, Some(true)) => Direction::RightToLeft,
        _ => Direction::LeftToRight,
    }
}

/// `None` for what has no direction of its own.
fn is_right_to_left(character: char) -> Option<bool> {
    match bidi_class(character) {
        BidiClass::L => Some(false),
        BidiClass::R | BidiClass::AL => Some(true),
        _ => None,
    }
}

/// The level of a word that stands alone.
pub(crate) fn level_of(word: &str) -> Level {
    if has_right_to_left(word) { Level::rtl() } else { Level::ltr() }
}

/// A stretch of one direction.
pub(super) struct Stretch {
    pub(super) range: Range<usize>,
    pub(super) level: Level,
}

/// The stretches of a line from left to right.
pub(super) fn visual_order(line: &str, base: Direction) -> Vec<Stretch> {
    let base = match base {
        Direction::LeftToRight => Level::ltr(),
        Direction::RightToLeft => Level::rtl(),
    };
    let info = BidiInfo::new(line, Some(base));
    let Some(paragraph) = info.paragraphs.first() else { return Vec::new() };
    let (levels, runs) = info.visual_runs(paragraph, 0..line.len());
    let level = |run: &Range<usize>| levels.get(run.start).copied().unwrap_or(base);
    runs.into_iter().map(|run| Stretch { level: level(&run), range: run }).collect()
}

/// The character that stands for this one where text runs from right to left.
pub(super) fn mirrored(character: char) -> char {
    const PAIRS: [(char, char); 7] =
        [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›'), ('≤', '≥')];
    let other = PAIRS.iter().find_map(|(left, right)| match character {
        c if c == *left => Some(*right),
        c if c == *right => Some(*left),
        _ => None,
    });
    other.unwrap_or(character)
}
