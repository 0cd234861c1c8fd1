//! Puts what a document says on the sheet, cells side by side.

use super::amounts::{is_amount, is_price};
use super::columns::{Content, Demand, Fill, fit, grown, main, share};
use super::flow::{Aligned, Cell, Flow, Hint, Part, Policy, Row, Spread, Table, Text, drawn};
use crate::bitmap::Bitmap;
use crate::scan::{Align, Switch};
use crate::sheet::Room::Columns;
use crate::sheet::{Base, Direction, Look, Piece, Sheet, Span};
use crate::text::NO_BREAK;

/// Columns of a line.
#[derive(Debug, Clone, Copy)]
struct Room {
    at: usize,
    columns: usize,
    /// Columns that amounts at its end have in rows of boxes, where they would not end on one axis by themselves: on paper that
    /// is mirrored.
    axis: usize,
}

/// What is printed below each other.
enum Strip {
    Line(Vec<Piece>),
    Space(u8),
    Picture(Bitmap, Align),
    Cut,
}

/// Puts a document on the sheet.
pub(super) fn lay_out(flow: Flow, sheet: &mut Sheet<'_>) {
    let room = Room { at: 0, columns: sheet.columns, axis: axis(&flow, sheet) };
    let mut strips = Vec::new();
    for part in flow {
        lay(part, room, sheet, &mut strips);
        for strip in strips.drain(..) {
            match strip {
                Strip::Line(pieces) => sheet.line(pieces),
                Strip::Space(lines) => sheet.space(lines),
                Strip::Picture(bitmap, align) => sheet.picture(bitmap, align),
                Strip::Cut => sheet.cut(),
            }
        }
        if sheet.is_too_long() {
            return;
        }
    }
}

/// Columns of the widest amount that ends a row of boxes.
fn axis(flow: &Flow, sheet: &Sheet<'_>) -> usize {
    if sheet.direction == Direction::LeftToRight {
        return 0;
    }
    let rows = flow.iter().filter_map(|part| match part {
        Part::Table(table) if matches!(table.policy, Policy::Boxes(_)) => Some(&table.rows),
        _ => None,
    });
    let last = rows.flatten().filter(|row| !is_wide(row)).filter_map(|row| row.cells.last());
    let amounts = last.map(|cell| demand(&cell.flow, sheet));
    let amounts = amounts.filter(|demand| demand.content == Content::Amounts);
    amounts.map(|demand| demand.most).max().unwrap_or(0).min(sheet.columns / 2)
}

fn lay(part: Part, room: Room, sheet: &mut Sheet<'_>, out: &mut Vec<Strip>) {
    match part {
        Part::Text(text) => lay_text(&text, room, sheet, out),
        Part::Rule(character) => out.push(rule(character, room, sheet)),
        Part::Space(lines) => out.push(Strip::Space(lines)),
        Part::Picture(bitmap, align) => out.push(Strip::Picture(bitmap, align)),
        Part::Table(table) => lay_table(table, room, sheet, out),
        Part::Cut => out.push(Strip::Cut),
    }
}

fn lay_text(text: &Text, room: Room, sheet: &mut Sheet<'_>, out: &mut Vec<Strip>) {
    let marker = text.marker.as_deref().unwrap_or_default();
    let beside = sheet.width_of(marker);
    let indent = text.indent.max(beside).min(room.columns / 2);
    let columns = room.columns - indent;
    let spans: Vec<(&str, Look)> =
        text.runs.iter().map(|run| (run.text.as_str(), run.look)).collect();
    let (direction, lines) = sheet.wrapped(&spans, text.base, columns);
    for (index, spans) in lines.into_iter().enumerate() {
        let mut pieces = Vec::with_capacity(2);
        if index == 0 && beside > 0 {
            let marker = [(marker, Look::PLAIN)];
            let (direction, lines) = sheet.wrapped(&marker, Base::OfText, usize::MAX);
            let room = Columns { at: room.at + indent - beside.min(indent), columns: beside };
            let spans = lines.into_iter().next().unwrap_or_default();
            pieces.push(Piece { room, align: Align::Left, direction, spans });
        }
        let room = Columns { at: room.at + indent, columns };
        pieces.push(Piece { room, align: text.align, direction, spans });
        out.push(Strip::Line(pieces));
    }
}

fn rule(character: char, room: Room, sheet: &mut Sheet<'_>) -> Strip {
    let text = character.to_string().repeat(room.columns);
    let (direction, lines) = sheet.wrapped(&[(&text, Look::PLAIN)], Base::OfText, room.columns);
    let spans: Vec<Span> = lines.into_iter().next().unwrap_or_default();
    let room = Columns { at: room.at, columns: room.columns };
    Strip::Line(vec![Piece { room, align: Align::Left, direction, spans }])
}

/// How the rows of a table are laid out.
enum Plan {
    /// The widths of its columns.
    Beside(Vec<usize>),
    /// One column above the others, which have these widths.
    Above(usize, Vec<usize>),
    /// Each cell below the one before.
    Below,
    /// A row of its own, in larger type than the table has.
    Alone,
}

fn lay_table(table: Table, room: Room, sheet: &mut Sheet<'_>, out: &mut Vec<Strip>) {
    if let Policy::Boxes(spread) = table.policy {
        for row in table.rows {
            lay_boxes(row.cells, &table.hints, spread, room, sheet, out);
        }
        return;
    }
    let (demands, odd) = demands(&table, sheet);
    let ends_in_amounts = demands.iter().rev().find(|d| d.most > 0).map(|d| d.content);
    let (fill, align) = match table.policy {
        Policy::Fitted(align) if ends_in_amounts != Some(Content::Amounts) => (Fill::Needed, align),
        _ => (Fill::All, Align::Left),
    };
    let plan = plan(&demands, room, fill);
    let room = match &plan {
        Plan::Beside(widths) => placed(room, joined(widths), align),
        Plan::Above(..) | Plan::Below | Plan::Alone => room,
    };
    for (row, odd) in table.rows.into_iter().zip(odd) {
        lay_table_row(row, &demands, if odd { &Plan::Alone } else { &plan }, room, sheet, out);
    }
}

fn plan(demands: &[Demand], room: Room, fill: Fill) -> Plan {
    let gaps = demands.iter().filter(|demand| demand.most > 0).count().saturating_sub(1);
    if let Some(widths) = room.columns.checked_sub(gaps).and_then(|free| fit(demands, free, fill)) {
        return Plan::Beside(widths);
    }
    let Some(main) = main(demands) else { return Plan::Below };
    let mut rest = demands.to_vec();
    rest[main] = Demand { least: 0, most: 0, hint: Hint::None, content: Content::Amounts };
    let free = (room.columns + 1).checked_sub(gaps + INDENT);
    match free.and_then(|free| fit(&rest, free, Fill::All)) {
        Some(widths) => Plan::Above(main, widths),
        None => Plan::Below,
    }
}

/// Columns before the cells that stand below their main one.
const INDENT: usize = 2;

/// Columns of all, with one between each two.
fn joined(widths: &[usize]) -> usize {
    let shown = widths.iter().filter(|width| **width > 0).count();
    widths.iter().sum::<usize>() + shown.saturating_sub(1)
}

fn placed(room: Room, columns: usize, align: Align) -> Room {
    let free = room.columns.saturating_sub(columns);
    let before = match align {
        Align::Left => 0,
        Align::Centre => free / 2,
        Align::Right => free,
    };
    Room { at: room.at + before, columns: columns.min(room.columns), axis: 0 }
}

fn lay_table_row(
    row: Row,
    demands: &[Demand],
    plan: &Plan,
    room: Room,
    sheet: &mut Sheet<'_>,
    out: &mut Vec<Strip>,
) {
    if let Some(character) = drawn(row.above) {
        line_across(character, room, sheet, out);
    }
    let cells: Vec<Cell> =
        row.cells.into_iter().map(|cell| aligned(cell, demands, sheet.direction)).collect();
    match plan {
        Plan::Beside(widths) => {
            let cells = cells.into_iter().map(|cell| (within(&cell, widths, room), cell)).collect();
            lay_beside(cells, sheet, out);
        }
        Plan::Above(main, widths) if cells.iter().all(|cell| cell.span == 1) => {
            let inner = Room { at: room.at + INDENT, columns: room.columns - INDENT, axis: 0 };
            let mut beside = Vec::with_capacity(cells.len());
            for cell in cells {
                if cell.column == *main {
                    lay_beside(vec![(room, cell)], sheet, out);
                } else {
                    beside.push((within(&cell, widths, inner), cell));
                }
            }
            lay_beside(beside, sheet, out);
        }
        Plan::Above(..) | Plan::Alone => lay_boxes(cells, &[], Spread::Between, room, sheet, out),
        Plan::Below => {
            for cell in cells {
                lay_beside(vec![(room, cell)], sheet, out);
            }
        }
    }
    if let Some(character) = drawn(row.below) {
        line_across(character, room, sheet, out);
    }
}

/// A rule, unless there is one right above.
fn line_across(character: char, room: Room, sheet: &mut Sheet<'_>, out: &mut Vec<Strip>) {
    let new = rule(character, room, sheet);
    let text = |strip: &Strip| match strip {
        Strip::Line(pieces) => pieces.first().and_then(|p| p.spans.first()).map(|s| s.text.clone()),
        _ => None,
    };
    let repeats = out.last().is_some_and(|last| {
        let drawn = |text: &String| {
            text.chars().count() == room.columns && text.chars().all(|c| "-=.─".contains(c))
        };
        text(last).is_some_and(|text| drawn(&text))
    });
    if !repeats {
        out.push(new);
    }
}

/// The columns of a cell.
fn within(cell: &Cell, widths: &[usize], room: Room) -> Room {
    let before = joined(&widths[..cell.column]);
    let gap = usize::from(before > 0);
    let end = (cell.column + cell.span).min(widths.len());
    let columns = joined(&widths[cell.column..end]);
    let at = (before + gap).min(room.columns);
    Room { at: room.at + at, columns: columns.min(room.columns - at), axis: 0 }
}

/// Amounts end at the right edge of their column, and its heading with them; unless the document says otherwise.
fn aligned(mut cell: Cell, demands: &[Demand], direction: Direction) -> Cell {
    let last = (cell.column + cell.span).min(demands.len()).saturating_sub(1);
    let amounts = demands.get(last).is_some_and(|demand| demand.content == Content::Amounts);
    let own = cell.span == 1
        || matches!(cell.flow.as_slice(), [Part::Text(text)] if is_amount(&text.plain()));
    if amounts && own && last > 0 {
        end_amounts(&mut cell, direction);
    }
    cell
}

/// Puts an amount where amounts end. On mirrored paper their column stands at its left edge, and they end on one axis within it
/// also where the document has them at the left.
fn end_amounts(cell: &mut Cell, direction: Direction) {
    for part in &mut cell.flow {
        let Part::Text(text) = part else { continue };
        match (cell.aligned, direction) {
            (Aligned::ByContent, Direction::LeftToRight) => text.align = Align::Right,
            (Aligned::ByContent, _) => text.align = Align::Left,
            (Aligned::ByDocument, Direction::RightToLeft) if text.align == Align::Right => {
                text.align = Align::Left;
            }
            (Aligned::ByDocument, _) => {}
        }
    }
}

/// Cells in their columns; pictures stand above, for there is no text beside them on a receipt printer.
fn lay_beside(cells: Vec<(Room, Cell)>, sheet: &mut Sheet<'_>, out: &mut Vec<Strip>) {
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for (room, cell) in cells {
        if room.columns == 0 {
            continue;
        }
        let mut strips = Vec::new();
        for part in cell.flow {
            lay(part, room, sheet, &mut strips);
        }
        let mut at = 0;
        for strip in strips {
            let pieces = match strip {
                Strip::Line(pieces) => pieces,
                Strip::Space(more) => {
                    at += usize::from(more);
                    continue;
                }
                picture @ Strip::Picture(..) => {
                    out.push(picture);
                    continue;
                }
                Strip::Cut => continue,
            };
            if lines.len() <= at {
                lines.resize_with(at + 1, Vec::new);
            }
            lines[at].extend(pieces);
            at += 1;
        }
    }
    for mut pieces in lines {
        pieces.sort_by_key(|piece| piece.room.first());
        out.push(Strip::Line(pieces));
    }
}

/// Boxes as wide as their content, with the free room where the document wants it.
fn lay_boxes(
    cells: Vec<Cell>,
    hints: &[Hint],
    spread: Spread,
    room: Room,
    sheet: &mut Sheet<'_>,
    out: &mut Vec<Strip>,
) {
    let demands: Vec<Demand> = cells
        .iter()
        .enumerate()
        .map(|(at, cell)| {
            let hint = hints.get(at).copied().unwrap_or(Hint::None);
            Demand { hint, ..demand(&cell.flow, sheet) }
        })
        .collect();
    let shown = demands.iter().filter(|demand| demand.most > 0).count();
    let gaps = shown.saturating_sub(1);
    let grow: Vec<f32> = cells.iter().map(|cell| cell.grow).collect();
    let widths = room.columns.checked_sub(gaps).and_then(|free| grown(&demands, &grow, free));
    let Some(mut widths) = widths else {
        return cells.into_iter().for_each(|cell| lay_beside(vec![(room, cell)], sheet, out));
    };
    let mut free = room.columns.saturating_sub(joined(&widths));
    let last = widths.iter().rposition(|width| *width > 0);
    if let Some(last) = last.filter(|last| shown > 1 && demands[*last].content == Content::Amounts)
    {
        let more = room.axis.saturating_sub(widths[last]).min(free);
        widths[last] += more;
        free -= more;
    }
    let before = pushed(&cells, &demands, spread, last.filter(|_| shown > 1));
    let before = share(&vec![0; cells.len()], &before, free);
    free -= before.iter().sum::<usize>();
    let mut at = match spread {
        Spread::Start | Spread::Between => 0,
        Spread::Centre => free / 2,
        Spread::End => free,
        Spread::Around => free / (shown.max(1) * 2),
    };
    let more = match spread {
        Spread::Between if gaps > 0 => free / gaps,
        Spread::Around => free / shown.max(1),
        _ => 0,
    };
    let mut placed = Vec::with_capacity(cells.len());
    for (index, (mut cell, width)) in cells.into_iter().zip(widths).enumerate() {
        if width == 0 {
            continue;
        }
        at += before[index];
        let is_last = Some(index) == last && gaps > 0;
        if is_last && spread == Spread::Between {
            at = room.columns - width;
        }
        if is_last && at + width == room.columns {
            at_the_right(&mut cell, &demands[index], sheet.direction);
        }
        let columns = width.min(room.columns - at);
        placed.push((Room { at: room.at + at, columns, axis: 0 }, cell));
        at = (at + width + 1 + more).min(room.columns);
    }
    lay_beside(placed, sheet, out);
}

/// How what is free is shared out before boxes: to those that are pushed away, or to a price behind a label.
fn pushed(cells: &[Cell], demands: &[Demand], spread: Spread, last: Option<usize>) -> Vec<f32> {
    let mut out: Vec<f32> =
        cells.iter().map(|cell| f32::from(u8::from(cell.pushed == Switch::On))).collect();
    let is_price = |cell: &Cell| match cell.flow.as_slice() {
        [Part::Text(text)] => is_price(&text.plain()),
        _ => false,
    };
    let ends = |last: &usize| {
        spread == Spread::Start && demands[*last].hint == Hint::None && is_price(&cells[*last])
    };
    if let Some(last) = last.filter(ends).filter(|_| out.iter().all(|share| *share == 0.0)) {
        out[last] = 1.0;
    }
    out
}

fn at_the_right(cell: &mut Cell, demand: &Demand, direction: Direction) {
    if demand.content == Content::Amounts {
        return end_amounts(cell, direction);
    }
    if cell.aligned == Aligned::ByContent {
        for part in &mut cell.flow {
            if let Part::Text(text) = part {
                text.align = Align::Right;
            }
        }
    }
}

/// What the columns of a table need, and which rows stand alone: those in wider type than the others.
fn demands(table: &Table, sheet: &Sheet<'_>) -> (Vec<Demand>, Vec<bool>) {
    let mut odd: Vec<bool> = table.rows.iter().map(is_wide).collect();
    if odd.iter().all(|odd| *odd) {
        odd.fill(false);
    }
    let none = Demand { least: 0, most: 0, hint: Hint::None, content: Content::Text };
    let mut out: Vec<Demand> =
        table.hints.iter().map(|hint| Demand { hint: *hint, ..none }).collect();
    let mut votes = vec![(0usize, 0usize); out.len()];
    let mut spanning = Vec::new();
    for (index, (row, _)) in table.rows.iter().zip(&odd).enumerate().filter(|(_, (_, odd))| !**odd)
    {
        for cell in &row.cells {
            let demand = demand(&cell.flow, sheet);
            if cell.span > 1 {
                spanning.push((cell.column, cell.span, demand));
                continue;
            }
            let column = &mut out[cell.column];
            column.least = column.least.max(demand.least);
            column.most = column.most.max(demand.most);
            let amount = demand.content == Content::Amounts;
            let heading = index == 0 && table.rows.len() > 1 && !amount;
            if demand.most > 0 && !heading {
                votes[cell.column].0 += usize::from(amount);
                votes[cell.column].1 += 1;
            }
        }
    }
    for (demand, (amounts, all)) in out.iter_mut().zip(votes) {
        // A word among many amounts ("free") changes nothing.
        if all > 0 && amounts * 3 >= all * 2 {
            demand.content = Content::Amounts;
        } else if all > 0 && amounts * 2 >= all {
            demand.content = Content::Mixed;
        }
    }
    spanning.into_iter().for_each(|(column, span, demand)| widen(&mut out, column, span, demand));
    (out, odd)
}

/// Whether something in a row is printed in double width.
fn is_wide(row: &Row) -> bool {
    let wide = |part: &Part| match part {
        Part::Text(text) => text.runs.iter().any(|run| run.look.size.columns() > 1),
        _ => false,
    };
    row.cells.iter().any(|cell| cell.flow.iter().any(wide))
}

/// Gives the columns of a cell that spans several what they lack for it.
fn widen(columns: &mut [Demand], from: usize, span: usize, demand: Demand) {
    let end = (from + span).min(columns.len());
    let columns = &mut columns[from..end];
    let gaps = columns.iter().filter(|column| column.most > 0).count().saturating_sub(1);
    let lacks = |of: fn(&Demand) -> usize, columns: &[Demand], wanted: usize| {
        wanted.saturating_sub(columns.iter().map(of).sum::<usize>() + gaps)
    };
    let least = lacks(|d| d.least, columns, demand.least);
    let most = lacks(|d| d.most, columns, demand.most);
    let at = main(columns).unwrap_or(0);
    if let Some(column) = columns.get_mut(at) {
        column.least += least;
        column.most = (column.most + most).max(column.least);
    }
}

/// What a flow needs and wants.
fn demand(flow: &Flow, sheet: &Sheet<'_>) -> Demand {
    let mut out = Demand { least: 0, most: 0, hint: Hint::None, content: Content::Text };
    for part in flow {
        let (least, most) = match part {
            Part::Text(text) => text_demand(text, sheet),
            Part::Table(table) => table_demand(table, sheet),
            Part::Rule(_) | Part::Space(_) | Part::Picture(..) | Part::Cut => (1, 1),
        };
        out.least = out.least.max(least);
        out.most = out.most.max(most);
    }
    if let [Part::Text(text)] = flow.as_slice()
        && is_amount(&text.plain())
    {
        (out.least, out.content) = (out.most, Content::Amounts);
    }
    out
}

fn table_demand(table: &Table, sheet: &Sheet<'_>) -> (usize, usize) {
    let (demands, _) = demands(table, sheet);
    let gaps = demands.iter().filter(|demand| demand.most > 0).count().saturating_sub(1);
    let least = demands.iter().map(|demand| demand.least).sum::<usize>();
    let most = demands.iter().map(|demand| demand.most).sum::<usize>();
    (least + gaps, most + gaps)
}

/// The longest word and the whole line.
fn text_demand(text: &Text, sheet: &Sheet<'_>) -> (usize, usize) {
    let before = text.indent.max(text.marker.as_ref().map_or(0, |marker| sheet.width_of(marker)));
    let (mut longest, mut word, mut line) = (0, 0, 0);
    for run in &text.runs {
        let times = run.look.size.columns();
        for (index, part) in run.text.split(' ').enumerate() {
            if index > 0 {
                word = 0;
                line += times;
            }
            let width = sheet.width_of(part) * times;
            line += width;
            // Scripts without spaces break between any two characters.
            word += if has_spaces(part) { width } else { width.min(4 * times) };
            longest = longest.max(word);
        }
    }
    (before + longest, before + line)
}

/// Whether a text is of a script that has spaces between words.
fn has_spaces(text: &str) -> bool {
    text.is_ascii()
        || !text.chars().any(|c| {
            matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
                | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        })
        || text.contains(NO_BREAK)
}
