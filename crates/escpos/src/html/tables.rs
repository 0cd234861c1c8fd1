//! Tables, grids and rows of boxes.

use super::build::Builder;
use super::dom::NodeId;
use super::flow::{Aligned, Cell, Hint, Part, Policy, Row, Spread, Table};
use super::limits::MOST_COLUMNS;
use super::lines::{Lines, align};
use super::style::{Borders, Direction, Display, Justify, Stroke, Style, TextAlign, Width};
use crate::scan::Align;

/// A cell's place: its node, its first column and how many it takes.
type Placed = (NodeId, usize, usize);

impl Builder<'_> {
    /// Whether it has cells beside each other, and not too many of them. Other tables are blocks in blocks.
    pub(super) fn is_table(&self, id: NodeId) -> bool {
        let most = self.rows(id).into_iter().map(|row| self.cells(row).len()).max();
        (2..=MOST_COLUMNS).contains(&most.unwrap_or(0))
    }

    /// A table's rows: heads first, feet last.
    fn rows(&self, id: NodeId) -> Vec<NodeId> {
        let tag = |id: NodeId| self.dom.element(id).map_or("", |element| element.tag());
        let mut parts: Vec<NodeId> = self.dom.children(id).collect();
        // Stable: within heads, bodies and feet the order stays.
        parts.sort_by_key(|part| match tag(*part) {
            "thead" => 0,
            "tfoot" => 2,
            _ => 1,
        });
        let mut rows = Vec::new();
        for part in parts {
            match self.styles.of(part).display {
                Display::Row => rows.push(part),
                // Cells without a row stand in one of their own, which is the table.
                Display::Cell if rows.last() != Some(&id) => rows.push(id),
                Display::RowGroup => {
                    let is_row = |id: &NodeId| self.styles.of(*id).display == Display::Row;
                    rows.extend(self.dom.children(part).filter(is_row));
                }
                _ => {}
            }
        }
        rows
    }

    fn cells(&self, row: NodeId) -> Vec<NodeId> {
        let is_cell = |id: &NodeId| self.styles.of(*id).display == Display::Cell;
        self.dom.children(row).filter(is_cell).collect()
    }

    pub(super) fn table(&mut self, id: NodeId) -> Option<Table> {
        let rows = self.rows(id);
        let placed = self.placed(&rows);
        let columns = placed.iter().flatten().map(|(_, column, _)| column + 1).max()?;
        let style = *self.styles.of(id);
        let mut table = Table {
            rows: Vec::with_capacity(rows.len()),
            hints: vec![Hint::None; columns],
            policy: self.policy(&style),
        };
        self.column_hints(id, &mut table.hints);
        for (row, cells) in rows.iter().zip(placed) {
            let borders = self.row_borders(*row, &cells, &style);
            let mut out = Row { cells: Vec::new(), above: borders.top, below: borders.bottom };
            for (cell, column, span) in cells {
                let span = span.min(columns - column);
                if let (1, hint @ (Hint::Columns(_) | Hint::Percent(_))) =
                    (span, self.hint(self.styles.of(cell)))
                {
                    table.hints[column] = hint;
                }
                let cell = self.cell(&[cell], column, span);
                out.cells.push(cell);
            }
            table.rows.push(out);
        }
        Some(table)
    }

    fn policy(&self, style: &Style) -> Policy {
        let wide = match style.width {
            Width::Percent(percent) => percent >= 80.0,
            Width::Pixels(pixels) => self.scale.columns(pixels) >= self.columns as f32 * 0.8,
            Width::Auto => false,
        };
        if wide { Policy::Filled } else { Policy::Fitted(self.place(style, Align::Left)) }
    }

    /// Where the cells of each row stand: a cell that spans rows keeps its columns free below, in the rows of its group.
    fn placed(&self, rows: &[NodeId]) -> Vec<Vec<Placed>> {
        let mut taken = [0usize; MOST_COLUMNS];
        let mut group = None;
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            let mut placed = Vec::new();
            let new = self.row_group(*row);
            if group.replace(new) != Some(new) {
                // No cell reaches from one group of rows into the next.
                taken.fill(0);
            }
            let mut column = 0;
            let cells = self.cells(*row);
            if taken.iter().filter(|rows| **rows == 0).count() < cells.len() {
                // What spans from above gives way: no cell may be lost.
                taken.fill(0);
            }
            for (index, cell) in cells.iter().copied().enumerate() {
                while column < MOST_COLUMNS && taken[column] > 0 {
                    column += 1;
                }
                if column == MOST_COLUMNS {
                    break;
                }
                // However wide it says it is, those behind it need a place.
                let is_free = |rows: &&usize| **rows == 0;
                let free = taken[column..].iter().filter(is_free).count();
                let beside = taken[column..].iter().take_while(is_free).count();
                let room = beside.min(free.saturating_sub(cells.len() - index - 1)).max(1);
                let span = self.number(cell, "colspan").clamp(1, room);
                // Zero: to the end of the group.
                let below = match self.number(cell, "rowspan") {
                    0 => usize::MAX,
                    rows => rows,
                };
                taken[column..column + span].fill(below);
                placed.push((cell, column, span));
                column += span;
            }
            taken.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
            out.push(placed);
        }
        out
    }

    /// The head, body or foot that a row is in; itself where it is the table.
    fn row_group(&self, row: NodeId) -> NodeId {
        match self.styles.of(row).display {
            Display::Row => self.dom.parent(row).unwrap_or(row),
            _ => row,
        }
    }

    fn number(&self, cell: NodeId, name: &str) -> usize {
        let text = self.dom.element(cell).and_then(|element| element.attribute(name));
        text.and_then(|text| text.trim().parse().ok()).unwrap_or(1)
    }

    /// Widths from `col` elements.
    fn column_hints(&self, id: NodeId, hints: &mut [Hint]) {
        let groups = self.dom.children(id).flat_map(|child| {
            let group = self.dom.element(child).is_some_and(|e| e.tag() == "colgroup");
            let inside = group.then(|| self.dom.children(child));
            std::iter::once(child).chain(inside.into_iter().flatten())
        });
        let is_column = |id: &NodeId| self.dom.element(*id).is_some_and(|e| e.tag() == "col");
        for (column, hint) in groups.filter(is_column).zip(hints) {
            *hint = self.hint(self.styles.of(column));
        }
    }

    fn hint(&self, style: &Style) -> Hint {
        match style.width {
            Width::Auto => Hint::None,
            Width::Pixels(pixels) => Hint::Columns(self.scale.columns(pixels)),
            Width::Percent(percent) => Hint::Percent(percent.clamp(0.0, 100.0)),
        }
    }

    /// Lines above and below a row. Cells with a frame all around make a grid, of which paper shows the line below the head.
    fn row_borders(&self, row: NodeId, cells: &[Placed], table: &Style) -> Borders {
        let mut borders = match self.styles.of(row).display {
            Display::Table => Borders::default(),
            _ => self.styles.of(row).border,
        };
        let framed = |border: &Borders| border.left != Stroke::None && border.right != Stroke::None;
        let mut grid = framed(&table.border);
        for (cell, ..) in cells {
            let border = self.styles.of(*cell).border;
            if framed(&border) {
                grid = true;
                continue;
            }
            if borders.top == Stroke::None {
                borders.top = border.top;
            }
            if borders.bottom == Stroke::None {
                borders.bottom = border.bottom;
            }
        }
        let head =
            cells.iter().all(|(id, ..)| self.dom.element(*id).is_some_and(|e| e.tag() == "th"));
        if grid && head && borders.bottom == Stroke::None {
            borders.bottom = Stroke::Solid;
        }
        borders
    }

    fn cell(&mut self, nodes: &[NodeId], column: usize, span: usize) -> Cell {
        let style = match nodes {
            [node] => self.style_around(*node),
            nodes => nodes.first().map_or(&Style::INITIAL, |id| self.styles.of(*id)),
        };
        let (grow, own) = (style.grow, align(style, self.direction));
        let pushed = match self.direction {
            Direction::LeftToRight => style.loose.left,
            Direction::RightToLeft => style.loose.right,
        };
        let aligned = match style.align {
            TextAlign::Start => Aligned::ByContent,
            _ => Aligned::ByDocument,
        };
        let of_table = |id: &&NodeId| self.styles.of(**id).display == Display::Cell;
        let outer = std::mem::replace(&mut self.cell, nodes.first().filter(of_table).copied());
        self.depth += 1;
        let flow = self.flow(nodes, own);
        self.depth -= 1;
        self.cell = outer;
        // Cells that hold a line of their own, or blocks aligned by themselves, know where they stand.
        let aligned = match flow.as_slice() {
            [Part::Text(text)] if text.align != Align::Left => Aligned::ByDocument,
            _ => aligned,
        };
        Cell { flow, column, span, aligned, grow, pushed }
    }

    /// Boxes beside each other within an element.
    pub(super) fn boxes(&mut self, boxes: &[Vec<NodeId>], justify: Justify, lines: &mut Lines) {
        lines.end_line();
        let hints = boxes.iter().map(|nodes| match nodes.as_slice() {
            [node] => self.hint(self.styles.of(*node)),
            _ => Hint::None,
        });
        let hints: Vec<Hint> = hints.collect();
        let spread = match justify {
            Justify::Start => Spread::Start,
            Justify::Centre => Spread::Centre,
            Justify::End => Spread::End,
            Justify::Between => Spread::Between,
            Justify::Around => Spread::Around,
        };
        for (boxes, hints) in boxes.chunks(MOST_COLUMNS).zip(hints.chunks(MOST_COLUMNS)) {
            let cells = boxes.iter().enumerate();
            let cells: Vec<Cell> =
                cells.map(|(column, nodes)| self.cell(nodes, column, 1)).collect();
            if cells.iter().all(|cell| cell.flow.is_empty()) {
                continue;
            }
            let row = Row { cells, above: Stroke::None, below: Stroke::None };
            let hints = hints.to_vec();
            let policy = Policy::Boxes(spread);
            lines.push(Part::Table(Table { rows: vec![row], hints, policy }));
        }
    }

    /// The children of a grid, row by row.
    pub(super) fn grid(&mut self, id: NodeId) -> Table {
        let columns = usize::from(self.styles.of(id).tracks).min(MOST_COLUMNS);
        let mut rows = Vec::new();
        for children in self.shown_children(id).chunks(columns) {
            let cells = children.iter().enumerate();
            let cells = cells.map(|(column, nodes)| self.cell(nodes, column, 1)).collect();
            rows.push(Row { cells, above: Stroke::None, below: Stroke::None });
        }
        Table { rows, hints: vec![Hint::None; columns], policy: Policy::Filled }
    }
}
