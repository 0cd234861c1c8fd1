//! Paragraphs.

use super::setting::Base;
use super::styled::Styled;
use super::{Direction, Isolation, Look, Piece, Room, Sheet, Span};
use crate::scan::Align;
use crate::typeset::has_right_to_left;

impl Sheet<'_> {
    /// A sender's text, wrapped at words; its line ends are kept, its blank lines are not. Nothing, where it is blank.
    pub(crate) fn paragraph(&mut self, text: &str, look: Look, align: Align) {
        for line in self.composer.lines(text) {
            if !line.trim().is_empty() {
                self.flow_styled(&Styled::of(line, look), align, 0);
            }
        }
    }

    /// Text as it is broken by its sender; longer lines wrapped, blank lines at both ends left out.
    pub(crate) fn text(&mut self, text: &str) {
        let mut lines = self.composer.lines(text);
        let blank = |line: &&String| line.trim().is_empty();
        let behind = lines.iter().rev().take_while(blank).count();
        lines.truncate(lines.len() - behind);
        let from = lines.iter().take_while(blank).count();
        for line in lines.drain(from..) {
            self.flow_styled(&Styled::of(line, Look::PLAIN), Align::Left, 0);
        }
    }

    /// Texts of several looks, wrapped at words as one paragraph that stands `indent` columns in. Line ends in them are spaces.
    pub(crate) fn flow(&mut self, spans: &[(&str, Look)], align: Align, indent: usize) {
        let styled = self.styled(spans);
        self.flow_styled(&styled, align, indent);
    }

    /// Texts of several looks, wrapped at words within so many columns: line by line, to be placed by the caller, and the
    /// direction in which they are read.
    pub(crate) fn wrapped(
        &mut self,
        spans: &[(&str, Look)],
        base: Base,
        columns: usize,
    ) -> (Direction, Vec<Vec<Span>>) {
        let styled = self.styled(spans);
        let set = self.set(&styled, base, columns);
        (set.direction, set.lines)
    }

    /// Isolates are only kept where something is read from right to left: elsewhere they would only part what is drawn as one.
    pub(super) fn styled(&mut self, spans: &[(&str, Look)]) -> Styled {
        let reorders = spans.iter().any(|(text, _)| has_right_to_left(text));
        let mut styled = Styled::default();
        for (text, look) in spans {
            let isolation = if reorders { look.isolation } else { Isolation::None };
            styled.push(&self.composer.clean(text), Look { isolation, ..*look });
        }
        styled
    }

    /// A paragraph. One that is not indented begins where its own script begins to read: Arabic at the right, also in a
    /// left-to-right document.
    pub(super) fn flow_styled(&mut self, styled: &Styled, align: Align, indent: usize) {
        let at = indent.min(self.columns / 2);
        let columns = self.columns - at;
        let room = match at {
            0 => Room::Paper,
            _ => Room::Columns { at, columns },
        };
        let set = self.set(styled, Base::OfText, columns);
        let align = match (set.direction, self.direction, align, room) {
            (Direction::RightToLeft, Direction::LeftToRight, Align::Left, Room::Paper) => {
                Align::Right
            }
            (_, _, align, _) => align,
        };
        for spans in set.lines {
            self.line(vec![Piece { room, align, direction: set.direction, spans }]);
        }
    }
}
