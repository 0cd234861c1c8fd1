//! The order in which text of both directions stands on paper.

use super::numbers;
use crate::sheet::{Direction, Isolation, Span};
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
    match document {
        Direction::RightToLeft => document,
        Direction::LeftToRight => first_direction(text.chars()).unwrap_or_default(),
    }
}

/// The direction of the first letter.
pub(crate) fn first_direction(text: impl IntoIterator<Item = char>) -> Option<Direction> {
    text.into_iter().find_map(is_right_to_left).map(|right_to_left| match right_to_left {
        false => Direction::LeftToRight,
        true => Direction::RightToLeft,
    })
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

/// The spans of a line as one text, each isolated as it says, and where each of them begins.
pub(super) fn joined(spans: &[Span]) -> (String, Vec<usize>) {
    const END: char = '\u{2069}';
    let mut text = String::new();
    let mut begins = Vec::with_capacity(spans.len());
    let mut inside = Isolation::None;
    for span in spans {
        if span.look.isolation != inside {
            text.extend(opened(inside).map(|_| END));
            inside = span.look.isolation;
            text.extend(opened(inside));
        }
        begins.push(text.len());
        text.push_str(&span.text);
    }
    text.extend(opened(inside).map(|_| END));
    (text, begins)
}

/// The character that begins an isolate.
fn opened(isolation: Isolation) -> Option<char> {
    match isolation {
        Isolation::None => None,
        Isolation::Of(Direction::LeftToRight) => Some('\u{2066}'),
        Isolation::Of(Direction::RightToLeft) => Some('\u{2067}'),
    }
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
    let masked = numbers::masked(line);
    let info = BidiInfo::new(masked.as_deref().unwrap_or(line), Some(base));
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
