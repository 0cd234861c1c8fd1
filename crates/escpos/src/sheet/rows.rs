//! Rows: texts beside each other.

use super::wrap::{Styled, width, wrap};
use super::{Look, Piece, Sheet};
use crate::scan::Align;

/// A cell of a table row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    /// Its text.
    pub(crate) spans: &'a [(&'a str, Look)],
    /// Columns that it has, with those that part it from the next one.
    pub(crate) columns: usize,
    /// Where its text stands within them.
    pub(crate) align: Align,
}

impl Sheet<'_> {
    /// A row: text at the left, wrapped within its own columns behind `prefix`, and a short text that ends at the right edge of
    /// the first line. `axis` characters are kept free for such texts in every row.
    pub(crate) fn row(&mut self, prefix: &str, left: &str, right: &str, axis: usize, look: Look) {
        let times = look.size.columns();
        let [prefix, left, right] = [prefix, left, right].map(|text| self.composer.clean(text));
        let beside = width(&right) * times;
        if beside > self.columns / 2 {
            self.row(&prefix, &left, "", 0, look);
            return self.flow_styled(&Styled::of(right, look), Align::Right, 0);
        }
        let reserved = beside.max((axis * times).min(self.columns / 2));
        let indent = width(&prefix) * times;
        if indent > self.columns / 3 {
            return self.row("", &format!("{prefix}{left}"), &right, axis, look);
        }
        let room = self.columns - indent - if reserved > 0 { reserved + times } else { 0 };
        let left = Styled::of(left, look);
        let mut head = Some((prefix, right));
        for range in wrap(&left, room) {
            let mut pieces = Vec::with_capacity(3);
            let (prefix, right) = head.take().unwrap_or_default();
            let mut piece = |at, columns, align, spans| {
                pieces.push(Piece { at, columns, align, spans });
            };
            piece(0, indent, Align::Left, Styled::of(prefix, look).into_spans());
            piece(indent, room, Align::Left, left.spans(range));
            let edge = self.columns - beside;
            piece(edge, beside, Align::Right, Styled::of(right, look).into_spans());
            self.line(pieces);
        }
    }

    /// A table row: every cell is wrapped within its own columns, and the row is as high as the highest. Cells beyond the paper
    /// are left out.
    pub(crate) fn cells(&mut self, cells: &[Cell<'_>]) {
        let mut at = 0;
        let mut columns = Vec::with_capacity(cells.len());
        for cell in cells {
            let room = cell.columns.min(self.columns - at);
            if room > 0 {
                let styled = self.styled(cell.spans);
                let lines = wrap(&styled, room);
                columns.push((at, room, cell.align, styled, lines));
            }
            at += room;
        }
        let height = columns.iter().map(|(.., lines)| lines.len()).max().unwrap_or(0);
        for index in 0..height {
            let piece = |(at, columns, align, styled, lines): &(_, _, _, Styled, Vec<_>)| {
                let range: &std::ops::Range<usize> = lines.get(index)?;
                let spans = styled.spans(range.clone());
                Some(Piece { at: *at, columns: *columns, align: *align, spans })
            };
            self.line(columns.iter().filter_map(piece).collect());
        }
    }
}
