//! Breaking text into lines, where the printer's own fonts have every character of it.

use super::styled::Styled;
use super::{Size, Span, Way};
use crate::text::NO_BREAK;
use std::ops::Range;

/// Breaks a line at spaces so that no piece is wider than `columns`; a word that is wider is broken, and nothing is left out but
/// the spaces at the breaks. A line that fits stays as it is, also an empty one.
pub(super) fn wrap(styled: &Styled, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let text = styled.text.trim_end_matches([' ', NO_BREAK]);
    let mut lines = Vec::with_capacity(1);
    let mut from = 0;
    while let Some(beyond) = beyond(styled, from..text.len(), columns) {
        let fitting = &text[from..beyond];
        let next_is_space = text[beyond..].starts_with(' ');
        let at = if next_is_space { fitting.len() } else { fitting.rfind(' ').unwrap_or(0) };
        // Behind nothing but spaces there is no word to break after.
        let piece = match fitting[..at].trim_end_matches(' ').len() {
            0 => fitting.len(),
            words => words,
        };
        lines.push(from..from + piece);
        from += piece;
        from += text[from..].len() - text[from..].trim_start_matches(' ').len();
    }
    lines.push(from..text.len());
    lines
}

/// The part as spans of the printer's own characters.
pub(super) fn spans(styled: &Styled, range: Range<usize>) -> Vec<Span> {
    let span = |(text, look): (&str, super::Look)| {
        let columns = width(text) * look.size.columns();
        Span { text: text.to_owned(), look, way: Way::Native, columns }
    };
    styled.parts(range).map(span).collect()
}

/// Characters.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Where the text does not fit any more; always behind its first character.
fn beyond(styled: &Styled, range: Range<usize>, columns: usize) -> Option<usize> {
    if styled.only_look().is_some_and(|look| look.size.columns() == Size::Normal.columns())
        && range.len() <= columns
    {
        return None;
    }
    let mut used = 0;
    for (at, _) in styled.text[range.clone()].char_indices() {
        used += styled.look_at(range.start + at).size.columns();
        if used > columns && at > 0 {
            return Some(range.start + at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Look;
    use super::*;

    fn wrapped(line: &str, columns: usize) -> Vec<String> {
        let styled = Styled::of(line.to_owned(), Look::PLAIN);
        wrap(&styled, columns).into_iter().map(|range| line[range].to_owned()).collect()
    }

    #[test]
    fn lines_break_at_words_and_lose_none() {
        assert_eq!(wrapped("Quatre fromages et miel", 10), ["Quatre", "fromages", "et miel"]);
        assert_eq!(wrapped("exactly ten!", 7), ["exactly", "ten!"]);
        assert_eq!(wrapped("Donaudampfschiff fahrt", 8), ["Donaudam", "pfschiff", "fahrt"]);
        assert_eq!(wrapped("   indented words", 10), ["   indente", "d words"]);
        assert_eq!(wrapped("a\u{a0}b c", 3), ["a\u{a0}b", "c"]);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(wrapped("   ", 2), [""]);
    }

    #[test]
    fn wide_looks_take_two_columns() {
        let mut styled = Styled::default();
        styled.push("ab ", Look::HEADING);
        styled.push("cd ef", Look::PLAIN);
        assert_eq!(wrap(&styled, 8), [0..5, 6..8]);
    }
}
