//! Rows: texts beside each other.

use super::setting::{Base, Set};
use super::styled::Styled;
use super::{Direction, Look, Piece, Room, Sheet};
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
    /// the first line. `axis` characters are kept free for such texts in every row; where the sheet is mirrored, they end there.
    pub(crate) fn row(&mut self, prefix: &str, left: &str, right: &str, axis: usize, look: Look) {
        let times = look.size.columns();
        let [prefix, left, right] = [prefix, left, right].map(|text| self.composer.clean(text));
        let beside = self.width_of(&right) * times;
        if beside > self.columns / 2 {
            self.row(&prefix, &left, "", 0, look);
            return self.flow_styled(&Styled::of(right, look), Align::Right, 0);
        }
        let reserved = beside.max((axis * times).min(self.columns / 2));
        let indent = self.width_of(&prefix) * times;
        if indent > self.columns / 3 {
            return self.row("", &format!("{prefix}{left}"), &right, axis, look);
        }
        let room = self.columns - indent - if reserved > 0 { reserved + times } else { 0 };
        // Its space lies between it and the text, on whichever side that is.
        let prefix = match self.direction {
            Direction::LeftToRight => prefix,
            Direction::RightToLeft => prefix.trim_end().to_owned(),
        };
        let prefix = self.set_on_one_line(&Styled::of(prefix, look));
        let left = self.set(&Styled::of(left, look), Base::OfText, room);
        let right = self.set(&Styled::of(right, look), Base::OfText, beside);
        let (edge, align) = (self.columns - reserved, self.align_of_amounts());
        self.beside(vec![
            Column { at: 0, columns: indent, align: Align::Left, set: prefix },
            Column { at: indent, columns: room, align: Align::Left, set: left },
            Column { at: edge, columns: reserved, align, set: right },
        ]);
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
                let set = self.set(&styled, Base::OfText, room);
                columns.push(Column { at, columns: room, align: cell.align, set });
            }
            at += room;
        }
        self.beside(columns);
    }

    /// Texts beside each other, as many lines as the highest has.
    fn beside(&mut self, mut columns: Vec<Column>) {
        let height = columns.iter().map(|column| column.set.lines.len()).max().unwrap_or(0);
        for index in 0..height {
            let pieces = columns.iter_mut().filter_map(|column| column.piece(index)).collect();
            self.line(pieces);
        }
    }
}

/// Text in its columns.
struct Column {
    at: usize,
    columns: usize,
    align: Align,
    set: Set,
}

impl Column {
    /// Takes one of its lines.
    fn piece(&mut self, line: usize) -> Option<Piece> {
        let spans = std::mem::take(self.set.lines.get_mut(line)?);
        let room = Room::Columns { at: self.at, columns: self.columns };
        Some(Piece { room, align: self.align, direction: self.set.direction, spans })
    }
}
