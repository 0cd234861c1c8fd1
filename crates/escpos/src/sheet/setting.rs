//! Setting text in columns: which spans stand on which line.

use super::items::{Item, Width, items, measure};
use super::styled::Styled;
use super::{Direction, Sheet, Span, Way, wrap};
use crate::text::{NO_BREAK, is_native};
use crate::typeset::{self, CELL, Kind, Typesetter, base_direction, level_of};
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Text in lines.
pub(super) struct Set {
    pub(super) direction: Direction,
    pub(super) lines: Vec<Vec<Span>>,
}

/// Where the direction of a paragraph comes from. None runs from right to left without a letter that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// From its first letter, or from the document.
    OfText,
    /// From its sender.
    Told(Direction),
}

/// Most bytes of a document's text that may have to be drawn: some 300,000 letters, 100 metres of paper.
pub const MOST_DRAWN: usize = 1024 * 1024;

impl Sheet<'_> {
    /// Breaks a text so that no line is wider than `columns`: between words, or within a word that is wider itself, but never
    /// within a letter and its marks.
    pub(super) fn set(&mut self, styled: &Styled, base: Base, columns: usize) -> Set {
        if self.is_native(&styled.text) {
            let ranges = wrap::wrap(styled, columns).into_iter();
            let lines = ranges.map(|range| wrap::spans(styled, range)).collect();
            return Set { direction: Direction::LeftToRight, lines };
        }
        self.drawn = self.drawn.saturating_add(styled.text.len());
        let reorders = typeset::has_right_to_left(&styled.text);
        let direction = match base {
            Base::Told(direction) if reorders => direction,
            _ => base_direction(&styled.text, self.direction),
        };
        if self.drawn > MOST_DRAWN {
            // The document is refused; what it would look like does not matter.
            return Set { direction, lines: Vec::new() };
        }
        let order = if reorders { Direction::RightToLeft } else { Direction::LeftToRight };
        let mut lines = Vec::new();
        for piece in pieces(&styled.text) {
            let styled = styled.part(piece);
            lines.extend(typeset::with(|typesetter| {
                let items = items(&styled, order, self.profile, typesetter);
                let text = styled.text.as_str();
                Lines { text, items, columns: columns.max(1), order, typesetter }.all()
            }));
        }
        Set { direction, lines }
    }

    /// The same on one line of any width, with the spaces at its end.
    pub(super) fn set_on_one_line(&mut self, styled: &Styled) -> Set {
        if self.is_native(&styled.text) {
            let lines = vec![wrap::spans(styled, 0..styled.text.len())];
            return Set { direction: Direction::LeftToRight, lines };
        }
        let mut set = self.set(styled, Base::OfText, usize::MAX / CELL);
        let text = styled.text.as_str();
        let behind = &text[text.trim_end_matches([' ', NO_BREAK]).len()..];
        if !behind.is_empty()
            && let Some(last) = set.lines.last_mut()
            && let Some(look) = last.last().map(|span| span.look)
        {
            let spaces = behind.chars().count();
            let way =
                if set.direction == Direction::RightToLeft { Way::Raster } else { Way::Native };
            let columns = spaces * look.size.columns();
            last.push(Span { text: " ".repeat(spaces), look, way, columns });
        }
        set
    }

    /// Columns that a text takes in normal size on this printer.
    pub(crate) fn width_of(&self, text: &str) -> usize {
        if self.is_native(text) {
            return wrap::width(text);
        }
        let styled = Styled::of(text.to_owned(), super::Look::PLAIN);
        let reorders = typeset::has_right_to_left(text);
        let order = if reorders { Direction::RightToLeft } else { Direction::LeftToRight };
        let mut width = Width::default();
        typeset::with(|typesetter| {
            items(&styled, order, self.profile, typesetter).iter().for_each(|item| width.add(item));
        });
        width.columns()
    }

    fn is_native(&self, text: &str) -> bool {
        text.is_ascii() || text.chars().all(|c| is_native(c, self.profile.repertoire()))
    }
}

/// Most bytes of a paragraph that are set as one: some hundred lines. What is longer goes on in a new line, so that no work grows
/// faster than the text.
const LONGEST: usize = 16 * 1024;

/// A paragraph in pieces of that length, cut at spaces where there are some.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::with_capacity(1);
    let mut from = 0;
    while text.len() - from > LONGEST {
        let most = text.floor_char_boundary(from + LONGEST);
        let window = &text[from..most];
        let cut = window.rfind(' ').map(|at| at + 1).or_else(|| window.rfind(is_base));
        let at = from + cut.filter(|at| *at > 0).unwrap_or(window.len());
        out.push(from..at);
        from = at;
    }
    out.push(from..text.len());
    out
}

/// Whether a letter may begin a piece: marks stay with theirs.
fn is_base(character: char) -> bool {
    character.width() != Some(0)
}

struct Lines<'a> {
    text: &'a str,
    items: Vec<Item>,
    columns: usize,
    order: Direction,
    typesetter: &'a mut Typesetter,
}

impl Lines<'_> {
    fn all(mut self) -> Vec<Vec<Span>> {
        let mut lines = Vec::new();
        let mut start = 0;
        loop {
            let end = self.end_of_line(start);
            lines.push(self.spans(start, end));
            start = end;
            while self.items.get(start).is_some_and(Item::is_space) {
                start += 1;
            }
            if start >= self.items.len() {
                return lines;
            }
        }
    }

    /// Behind the last item of the line that begins with this one; at least one item, where there is one.
    fn end_of_line(&mut self, start: usize) -> usize {
        let mut width = Width::default();
        let mut last_break = None;
        let mut at = start;
        while let Some(item) = self.items.get(at) {
            let mut wider = width.clone();
            wider.add(item);
            if wider.columns() > self.columns && !item.is_space() {
                return match last_break {
                    Some(end) => end,
                    None if at > start => at,
                    None => {
                        self.split(at);
                        at + 1
                    }
                };
            }
            width = wider;
            at += 1;
            if item.may_break {
                last_break = Some(at);
            }
        }
        at
    }

    /// Splits a word that is wider than a line between two of its letters.
    fn split(&mut self, at: usize) {
        let Some(item) = self.items.get(at).cloned() else { return };
        let Kind::Word(family) = item.kind else { return };
        let word = &self.text[item.range.clone()];
        let stops = self.typesetter.word(word, family, level_of(word)).stops.clone();
        let room = self.columns * CELL / item.look.size.times().0;
        // The letters at the cut change their shape, and with it their width.
        let fitting =
            stops.iter().rev().skip(1).find(|(_, dots)| *dots <= room.saturating_sub(CELL));
        let Some((end, _)) = fitting.or(stops.first()).filter(|(end, _)| *end < word.len()) else {
            return;
        };
        let middle = item.range.start + end;
        let mut head = Item { range: item.range.start..middle, may_break: true, ..item.clone() };
        let mut tail = Item { range: middle..item.range.end, ..item };
        measure(&mut head, self.text, self.typesetter);
        measure(&mut tail, self.text, self.typesetter);
        self.items.splice(at..=at, [head, tail]);
    }

    fn spans(&self, start: usize, end: usize) -> Vec<Span> {
        let line = self.items.get(start..end).unwrap_or_default();
        let visible = line.iter().rposition(|item| !item.is_space()).map_or(0, |last| last + 1);
        let line = line.get(..visible).unwrap_or_default();
        let mut spans: Vec<(Span, Width)> = Vec::new();
        for (index, item) in line.iter().enumerate() {
            let way = self.way(item, spans.last().map(|(span, _)| span), line.get(index + 1..));
            let item = Item { way, ..item.clone() };
            let text = match (way, item.kind) {
                (Way::Native | Way::Kanji, Kind::Nothing) => "",
                _ => &self.text[item.range.clone()],
            };
            match spans.last_mut() {
                Some((span, width)) if span.way == way && span.look == item.look => {
                    span.text.push_str(text);
                    width.add(&item);
                }
                _ => {
                    let mut width = Width::default();
                    width.add(&item);
                    let span = Span { text: text.to_owned(), look: item.look, way, columns: 0 };
                    spans.push((span, width));
                }
            }
        }
        let counted = |(span, width): (Span, Width)| Span { columns: width.columns(), ..span };
        spans.into_iter().map(counted).collect()
    }

    /// A space between two drawn items is drawn with them.
    fn way(&self, item: &Item, before: Option<&Span>, rest: Option<&[Item]>) -> Way {
        if !item.is_space() || self.order == Direction::RightToLeft {
            return item.way;
        }
        let next = rest.into_iter().flatten().find(|item| !item.is_space());
        let drawn = |look| look == item.look;
        match (before, next) {
            (Some(before), Some(next))
                if before.way == Way::Raster
                    && next.way == Way::Raster
                    && drawn(before.look)
                    && drawn(next.look) =>
            {
                Way::Raster
            }
            _ => item.way,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_of_any_length_is_set_in_pieces_of_bounded_length() {
        let unbroken = "ب\u{64e}".repeat(20_000);
        let words = "قهوة (اثنان) ".repeat(20_000);
        let marks = format!("x{}", "\u{301}".repeat(40_000));
        for text in [unbroken.as_str(), &words, &marks, "", "قهوة"] {
            let pieces = pieces(text);
            assert!(pieces.iter().all(|piece| piece.len() <= LONGEST));
            let joined: String = pieces.iter().map(|piece| &text[piece.clone()]).collect();
            assert!(joined == text);
        }
        assert!(pieces(&words).iter().all(|piece| words[piece.clone()].ends_with(' ')));
        assert!(pieces(&unbroken).iter().all(|piece| unbroken[piece.clone()].starts_with('ب')));
    }
}
