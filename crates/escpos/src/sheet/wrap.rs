//! Breaking text into lines.

use super::{Look, Span};
use crate::text::NO_BREAK;
use std::ops::Range;

/// Text with its looks.
#[derive(Debug, Default)]
pub(super) struct Styled {
    text: String,
    /// Where each look ends, rising.
    looks: Vec<(usize, Look)>,
}

impl Styled {
    pub(super) fn of(text: String, look: Look) -> Styled {
        let looks = vec![(text.len(), look)];
        Styled { text, looks }
    }

    pub(super) fn push(&mut self, text: &str, look: Look) {
        self.text.push_str(text);
        match self.looks.last_mut() {
            Some((end, last)) if *last == look => *end = self.text.len(),
            _ => self.looks.push((self.text.len(), look)),
        }
    }

    /// The part of it as spans.
    pub(super) fn spans(&self, range: Range<usize>) -> Vec<Span> {
        let mut spans = Vec::with_capacity(1);
        let mut from = range.start;
        for (end, look) in &self.looks {
            let to = (*end).min(range.end);
            if from < to {
                spans.push(Span { text: self.text[from..to].to_owned(), look: *look });
                from = to;
            }
        }
        spans
    }

    /// All of it as spans.
    pub(super) fn into_spans(self) -> Vec<Span> {
        match self.looks.as_slice() {
            [(_, look)] => vec![Span { look: *look, text: self.text }],
            _ => self.spans(0..self.text.len()),
        }
    }

    fn look_at(&self, at: usize) -> Look {
        let found = self.looks.iter().find(|(end, _)| at < *end);
        found.map_or(Look::PLAIN, |(_, look)| *look)
    }
}

/// Columns that a text takes in normal size.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Breaks a line at spaces so that no piece is wider than `columns`; a word that is wider is broken, and nothing is left out but
/// the spaces at the breaks. A line that fits stays as it is, also an empty one.
pub(super) fn wrap(styled: &Styled, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let text = styled.text.trim_end_matches([' ', NO_BREAK]);
    let mut lines = Vec::with_capacity(1);
    let mut from = 0;
    loop {
        let rest = &text[from..];
        let Some(beyond) = beyond(styled, from..text.len(), columns) else {
            lines.push(from..text.len());
            return lines;
        };
        let fitting = &text[from..beyond];
        let next_is_space = text[beyond..].starts_with(' ');
        let at = if next_is_space { fitting.len() } else { fitting.rfind(' ').unwrap_or(0) };
        // Behind nothing but spaces there is no word to break after.
        let piece = match rest[..at].trim_end_matches(' ').len() {
            0 => fitting.len(),
            words => words,
        };
        lines.push(from..from + piece);
        from += piece;
        from += text[from..].len() - text[from..].trim_start_matches(' ').len();
    }
}

/// Where the text does not fit any more; always behind its first character.
fn beyond(styled: &Styled, range: Range<usize>, columns: usize) -> Option<usize> {
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
        let spans: Vec<_> = styled.spans(1..5).into_iter().map(|span| span.text).collect();
        assert_eq!(spans, ["b ", "cd"]);
    }
}
