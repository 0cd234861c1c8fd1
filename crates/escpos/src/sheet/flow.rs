//! Paragraphs.

use super::wrap::{Styled, wrap};
use super::{Look, Piece, Sheet};
use crate::scan::Align;

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

    pub(super) fn styled(&mut self, spans: &[(&str, Look)]) -> Styled {
        let mut styled = Styled::default();
        for (text, look) in spans {
            styled.push(&self.composer.clean(text), *look);
        }
        styled
    }

    pub(super) fn flow_styled(&mut self, styled: &Styled, align: Align, indent: usize) {
        let at = indent.min(self.columns / 2);
        let columns = self.columns - at;
        for range in wrap(styled, columns) {
            let spans = styled.spans(range);
            self.line(vec![Piece { at, columns, align, spans }]);
        }
    }
}
