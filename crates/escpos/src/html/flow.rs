//! What a document says, in the order and the looks of the paper, before anybody knows how wide its columns are.

use super::style::Stroke;
use crate::bitmap::Bitmap;
use crate::scan::{Align, Switch};
use crate::sheet::{Base, Look};

/// Parts below one another.
pub(super) type Flow = Vec<Part>;

pub(super) enum Part {
    Text(Text),
    /// A character across all columns.
    Rule(char),
    /// Blank lines between two parts.
    Space(u8),
    Picture(Bitmap, Align),
    Table(Table),
    /// The end of a page.
    Cut,
}

/// One line of text, before it is wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) runs: Vec<Run>,
    /// As the sheet reads: `Left` is where its lines begin.
    pub(super) align: Align,
    /// Columns before it.
    pub(super) indent: usize,
    /// What stands in the columns before its first line.
    pub(super) marker: Option<String>,
    /// In which direction it is read.
    pub(super) base: Base,
}

/// Text of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) look: Look,
}

/// Cells side by side.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// Widths that the document asks for, by column.
    pub(super) hints: Vec<Hint>,
    pub(super) policy: Policy,
}

/// A width that the document asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Hint {
    None,
    Columns(f32),
    /// Of the room that there is.
    Percent(f32),
}

/// How cells share the room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Policy {
    /// Columns as wide as their content wants.
    Fitted(Align),
    /// Columns across the whole paper.
    Filled,
    /// One row of boxes.
    Boxes(Spread),
}

/// Where boxes stand when there is more room than they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spread {
    Start,
    Centre,
    End,
    Between,
    Around,
}

pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// A line above it and one below.
    pub(super) above: Stroke,
    pub(super) below: Stroke,
}

pub(super) struct Cell {
    pub(super) flow: Flow,
    /// Its first column and how many it takes.
    pub(super) column: usize,
    pub(super) span: usize,
    /// Whether the document says where its text stands.
    pub(super) aligned: Aligned,
    /// How greedily it takes what is free.
    pub(super) grow: f32,
    /// Whether what is free in its row goes before it (`margin-left: auto`).
    pub(super) pushed: Switch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aligned {
    /// Text at the left, amounts at the right.
    ByContent,
    ByDocument,
}

impl Table {
    /// Parts beside each other, the last one at the right.
    pub(super) fn of_boxes<const COUNT: usize>(parts: [Part; COUNT]) -> Table {
        let cells = parts.into_iter().enumerate().map(|(column, part)| Cell {
            flow: vec![part],
            column,
            span: 1,
            aligned: Aligned::ByContent,
            grow: 0.0,
            pushed: Switch::Off,
        });
        let row = Row { cells: cells.collect(), above: Stroke::None, below: Stroke::None };
        let policy = Policy::Boxes(Spread::Between);
        Table { rows: vec![row], hints: vec![Hint::None; COUNT], policy }
    }
}

impl Text {
    /// Its text without looks.
    pub(super) fn plain(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// The character that draws a stroke; none draws nothing.
pub(super) fn drawn(stroke: Stroke) -> Option<char> {
    match stroke {
        Stroke::None => None,
        Stroke::Solid => Some('─'),
        Stroke::Dashed => Some('-'),
        Stroke::Dotted => Some('.'),
        Stroke::Double => Some('='),
    }
}
