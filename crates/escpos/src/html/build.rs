//! Walks the document and writes down what it says. Only cells within cells recurse, and those not without end.

use super::cascade::Styles;
use super::dom::{Dom, Element, Kind, NodeId};
use super::flow::{Flow, Part, drawn};
use super::groups::{Group, groups, lengthens_a_number};
use super::left_out::{LeftOut, never_shown};
use super::limits::MOST_TABLES;
use super::lines::{Lines, align};
use super::lists;
use super::picture::{Pictured, Pictures};
use super::scale::Scale;
use super::style::{
    Direction, Display, Edges, FlexAxis, Float, Justify, Shade, Style, TextAlign, Width,
};
use crate::scan::{Align, Switch};
use crate::sheet::Base;
use crate::text::NO_BREAK;

/// What is known of a document while it is walked.
pub(super) struct Builder<'a> {
    pub(super) dom: &'a Dom,
    pub(super) styles: &'a Styles,
    pub(super) scale: Scale,
    /// The direction that most of the text has: the sheet is mirrored for it.
    pub(super) direction: Direction,
    pub(super) columns: usize,
    pub(super) left_out: LeftOut,
    /// Cells around the one that is being walked.
    pub(super) depth: usize,
    /// The cell whose content is being walked: its borders are its row's.
    pub(super) cell: Option<NodeId>,
    /// Whether a picture has nothing that could be seen.
    pub(super) has_white_picture: Switch,
    pictures: Pictures,
}

/// What is still to be walked, the next thing last.
enum Step {
    Enter(NodeId),
    /// A list's item, with what stands before it.
    Item(NodeId, Option<String>),
    Leave(NodeId, Outside),
    /// Text of our own in the style of an element.
    Own(NodeId, &'static str),
    /// Boxes beside each other.
    Boxes(Vec<Vec<NodeId>>, Justify),
    /// The rows of a table.
    Rows(NodeId),
    /// The boxes of a grid.
    Tracks(NodeId),
}

/// What holds again behind a block.
#[derive(Clone, Copy)]
struct Outside {
    align: Align,
    indent: usize,
    base: Base,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        dom: &'a Dom,
        styles: &'a Styles,
        scale: Scale,
        pictures: Pictures,
        direction: Direction,
        columns: usize,
    ) -> Builder<'a> {
        Builder {
            dom,
            styles,
            scale,
            direction,
            columns,
            left_out: LeftOut::default(),
            depth: 0,
            cell: None,
            has_white_picture: Switch::Off,
            pictures,
        }
    }

    /// What these nodes say, one after the other, in a place with that alignment.
    pub(super) fn flow(&mut self, nodes: &[NodeId], align: Align) -> Flow {
        let mut lines = Lines::new(align, self.columns);
        lines.base = nodes.first().map_or(Base::OfText, |id| self.style_around(*id).base);
        let mut steps: Vec<Step> = nodes.iter().rev().map(|id| Step::Enter(*id)).collect();
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(id) => self.enter(id, &mut lines, &mut steps),
                Step::Item(id, marker) => {
                    lines.end_line();
                    lines.marker = marker;
                    self.enter(id, &mut lines, &mut steps);
                }
                Step::Leave(id, outside) => self.leave(id, outside, &mut lines),
                Step::Own(id, text) => self.own(id, text, &mut lines),
                Step::Boxes(boxes, justify) => self.boxes(&boxes, justify, &mut lines),
                Step::Rows(id) => {
                    if let Some(table) = self.table(id) {
                        lines.push(Part::Table(table));
                    }
                }
                Step::Tracks(id) => {
                    let table = self.grid(id);
                    lines.push(Part::Table(table));
                }
            }
        }
        lines.finish()
    }

    /// The style of an element, or of the element that a text is in.
    pub(super) fn style_around(&self, id: NodeId) -> &'a Style {
        match self.dom.kind(id) {
            Kind::Text(_) => self.dom.parent(id).map_or(&Style::INITIAL, |id| self.styles.of(id)),
            _ => self.styles.of(id),
        }
    }

    fn enter(&mut self, id: NodeId, lines: &mut Lines, steps: &mut Vec<Step>) {
        match self.dom.kind(id) {
            Kind::Text(text) => {
                let style = self.style_around(id);
                if style.visible == Switch::On && style.font > 0.0 {
                    lines.text(text, style, self.scale.look(style));
                }
            }
            Kind::Element(element) => self.element(id, element, lines, steps),
            Kind::Root | Kind::Other => {}
        }
    }

    fn element(&mut self, id: NodeId, element: &Element, lines: &mut Lines, steps: &mut Vec<Step>) {
        let style = self.styles.of(id);
        if style.display == Display::None {
            return;
        }
        if let Some(name) = never_shown(element.tag()) {
            return self.left_out.add(name);
        }
        match element.tag() {
            "br" => lines.line_break(),
            "img" => self.picture(id, element, lines),
            _ if element.is_svg() => self.picture(id, element, lines),
            _ if style.is_block() => self.block(id, lines, steps),
            tag => self.inline(id, tag, style, lines, steps),
        }
    }

    fn inline(
        &mut self,
        id: NodeId,
        tag: &str,
        style: &Style,
        lines: &mut Lines,
        steps: &mut Vec<Step>,
    ) {
        // A distance that is no more than a space on paper.
        if style.margin.left + style.padding.left >= 3.0 {
            lines.text(" ", &Style::INITIAL, self.scale.look(style));
        }
        if matches!(tag, "sup" | "sub") && lengthens_a_number(id, self.dom, self.styles) {
            self.own(id, " ", lines);
        }
        let around = match tag {
            "q" => Some(("“", "”")),
            _ if self.begins_strike(id, style) => Some(("~", "~")),
            _ => None,
        };
        if let Some((before, behind)) = around {
            self.own(id, before, lines);
            steps.push(Step::Own(id, behind));
        }
        self.push_children(id, steps);
    }

    /// Struck text must not look valid, and printers cannot strike.
    fn begins_strike(&self, id: NodeId, style: &Style) -> bool {
        let outside = self.dom.parent(id).map_or(Switch::Off, |id| self.styles.of(id).strike);
        style.strike == Switch::On && outside == Switch::Off
    }

    fn own(&self, id: NodeId, text: &str, lines: &mut Lines) {
        let style = self.styles.of(id);
        if style.visible == Switch::On {
            lines.text(text, style, self.scale.look(style));
        }
    }

    fn push_children(&self, id: NodeId, steps: &mut Vec<Step>) {
        let from = steps.len();
        steps.extend(self.dom.children(id).map(Step::Enter));
        steps[from..].reverse();
    }

    fn block(&mut self, id: NodeId, lines: &mut Lines, steps: &mut Vec<Step>) {
        let style = self.styles.of(id);
        lines.end_line();
        if style.break_before == Switch::On {
            lines.page_break();
        }
        if self.cell != Some(id) {
            self.margin(style.margin.top, lines);
            if let Some(character) = drawn(style.border.top) {
                lines.rule(character);
            }
        }
        self.margin(style.padding.top, lines);
        let outside = Outside { align: lines.align, indent: lines.indent, base: lines.base };
        lines.align = align(style, self.direction);
        lines.base = style.base;
        lines.indent += indent(style);
        if let Some(marker) = &lines.marker {
            lines.indent = lines.indent.max(marker.chars().count());
        }
        steps.push(Step::Leave(id, outside));
        self.push_content(id, style, steps);
    }

    /// What is in a block, by the way in which it lays out its content.
    fn push_content(&self, id: NodeId, style: &Style, steps: &mut Vec<Step>) {
        let nested = self.depth < MOST_TABLES;
        match style.display {
            Display::Table if nested && self.is_table(id) => {
                steps.push(Step::Rows(id));
                self.push_beside_rows(id, steps);
            }
            Display::Flex if nested && style.axis != FlexAxis::Column => {
                let mut boxes = self.shown_children(id);
                if style.axis == FlexAxis::RowReverse {
                    boxes.reverse();
                }
                match boxes.as_slice() {
                    [] | [_] => self.push_children(id, steps),
                    _ => steps.push(Step::Boxes(boxes, style.justify)),
                }
            }
            Display::Grid if nested && style.tracks > 1 => steps.push(Step::Tracks(id)),
            _ if lists::is_list(id, self.dom) => {
                let items = lists::items(id, self.dom, self.styles);
                steps.extend(items.into_iter().rev().map(|(id, marker)| Step::Item(id, marker)));
            }
            _ if nested => {
                let groups = groups(id, self.dom, self.styles).into_iter().rev();
                steps.extend(groups.map(|group| match group {
                    Group::One(node) => Step::Enter(node),
                    Group::Beside(boxes, justify) => Step::Boxes(boxes, justify),
                }));
            }
            _ => self.push_children(id, steps),
        }
    }

    /// A table's caption and whatever else is no row of it, which stands above.
    fn push_beside_rows(&self, id: NodeId, steps: &mut Vec<Step>) {
        let others: Vec<NodeId> = self
            .dom
            .children(id)
            .filter(|child| {
                let display = self.styles.of(*child).display;
                let rows = matches!(display, Display::RowGroup | Display::Row | Display::Cell);
                self.dom.element(*child).is_some() && !rows
            })
            .collect();
        steps.extend(others.into_iter().rev().map(Step::Enter));
    }

    /// The children that become boxes: elements that are shown, and texts that say something.
    pub(super) fn shown_children(&self, id: NodeId) -> Vec<Vec<NodeId>> {
        let shown = self.dom.children(id).filter(|child| match self.dom.kind(*child) {
            Kind::Text(text) => !text.trim().is_empty(),
            Kind::Element(_) => self.styles.of(*child).display != Display::None,
            Kind::Root | Kind::Other => false,
        });
        shown.map(|child| vec![child]).collect()
    }

    fn leave(&mut self, id: NodeId, outside: Outside, lines: &mut Lines) {
        let style = self.styles.of(id);
        lines.end_line();
        lines.marker = None;
        let height = match style.height {
            Width::Pixels(height) => height,
            _ => 0.0,
        };
        let height = self.scale.pixels(height.max(style.least));
        if self.dom.children(id).next().is_none() && height > 0.0 {
            // A thin black box is how some draw a line.
            match style.ground {
                Shade::Dark if height <= 6.0 => lines.rule('─'),
                _ => lines.room(height),
            }
        }
        self.margin(style.padding.bottom, lines);
        if self.cell != Some(id) {
            if let Some(character) = drawn(style.border.bottom) {
                lines.rule(character);
            }
            self.margin(style.margin.bottom, lines);
        }
        (lines.align, lines.indent, lines.base) = (outside.align, outside.indent, outside.base);
        if style.break_after == Switch::On {
            lines.page_break();
        }
    }

    /// Blank lines for a margin; within cells there are none, for they would part rows.
    fn margin(&self, pixels: f32, lines: &mut Lines) {
        if self.depth == 0 {
            lines.margin(self.scale.pixels(pixels));
        }
    }

    fn picture(&mut self, id: NodeId, element: &Element, lines: &mut Lines) {
        let style = self.styles.of(id);
        if style.visible == Switch::Off {
            return;
        }
        match self.pictures.read(id, self.dom, style) {
            Pictured::Shown(bitmap) => {
                lines.end_line();
                let place = self.place(style, lines.align);
                lines.push(Part::Picture(bitmap, place));
            }
            Pictured::Nothing => {}
            Pictured::White => self.has_white_picture = Switch::On,
            Pictured::LeftOut => {
                self.left_out.add(if element.is_svg() { "svg" } else { "img" });
                let look = self.scale.look(style);
                lines.text(element.attribute("alt").unwrap_or_default(), &Style::INITIAL, look);
            }
        }
    }

    /// Where something that has a width of its own stands.
    pub(super) fn place(&self, style: &Style, outside: Align) -> Align {
        let physical = |align| {
            let style = Style { align, ..*style };
            super::lines::align(&style, self.direction)
        };
        match (style.loose.left, style.loose.right, style.float) {
            (Switch::On, Switch::On, _) => Align::Centre,
            (Switch::On, Switch::Off, _) | (_, _, Float::Right) => physical(TextAlign::Right),
            _ => outside,
        }
    }
}

/// Columns that a block stands in: a third of what a browser does, for paper is narrow. Equal distances at both sides are the
/// margins of a page.
fn indent(style: &Style) -> usize {
    let one = |edges: Edges| (edges.left - edges.right).max(0.0);
    let pixels = one(style.margin) + one(style.padding) + style.margin.left.min(0.0);
    if pixels < 12.0 { 0 } else { ((pixels / 18.0).round() as usize).clamp(1, 4) }
}

/// Whether a text says nothing, as no-break spaces do.
pub(super) fn says_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c == NO_BREAK)
}
