//! Which children of a block stand beside each other: floats, and inline blocks that say how wide they are.

use super::cascade::Styles;
use super::dom::{Dom, Kind, NodeId};
use super::style::{Display, Float, Justify, Style, Width};

/// Children that belong together.
pub(super) enum Group {
    One(NodeId),
    /// Boxes of children beside each other.
    Beside(Vec<Vec<NodeId>>, Justify),
}

/// The children of a block, in groups.
pub(super) fn groups(id: NodeId, dom: &Dom, styles: &Styles) -> Vec<Group> {
    let mut out = Vec::new();
    let mut line = Vec::new();
    for child in dom.children(id) {
        let style = styles.of(child);
        let ends = match dom.kind(child) {
            Kind::Element(element) => {
                element.tag() == "br" || (style.is_block() && style.float == Float::None)
            }
            _ => false,
        };
        if ends {
            group(std::mem::take(&mut line), dom, styles, &mut out);
            out.push(Group::One(child));
        } else {
            line.push(child);
        }
    }
    group(line, dom, styles, &mut out);
    out
}

/// Groups what stands on one line.
fn group(line: Vec<NodeId>, dom: &Dom, styles: &Styles, out: &mut Vec<Group>) {
    let float = |id: &NodeId| styles.of(*id).float;
    let blank = |id: &NodeId| match dom.kind(*id) {
        Kind::Text(text) => super::build::says_nothing(text),
        Kind::Element(_) => styles.of(*id).display == Display::None,
        Kind::Root | Kind::Other => true,
    };
    let (right, left): (Vec<NodeId>, Vec<NodeId>) =
        line.iter().copied().partition(|id| float(id) == Float::Right);
    if !right.is_empty() && !left.iter().all(blank) {
        let mut boxes = vec![left];
        // The first of them stands at the very edge.
        boxes.extend(right.into_iter().rev().map(|id| vec![id]));
        return out.push(Group::Beside(boxes, Justify::Between));
    }
    let sized = |id: &NodeId| is_sized(styles.of(*id));
    if line.iter().filter(|id| sized(id)).count() >= 2 {
        return rows(line.into_iter().filter(|id| !blank(id)), styles, out);
    }
    out.extend(line.into_iter().map(Group::One));
}

/// Rows of boxes that are together as wide as the paper.
fn rows(line: impl Iterator<Item = NodeId>, styles: &Styles, out: &mut Vec<Group>) {
    let mut row: Vec<Vec<NodeId>> = Vec::new();
    let mut used = 0.0;
    for id in line {
        let percent = match styles.of(id).width {
            Width::Percent(percent) => percent.max(0.0),
            _ => 0.0,
        };
        if used + percent > 101.0 && !row.is_empty() {
            out.push(Group::Beside(std::mem::take(&mut row), Justify::Start));
            used = 0.0;
        }
        used += percent;
        row.push(vec![id]);
    }
    if !row.is_empty() {
        out.push(Group::Beside(row, Justify::Start));
    }
}

fn is_sized(style: &Style) -> bool {
    let beside = style.display == Display::InlineBlock || style.float == Float::Left;
    beside && matches!(style.width, Width::Percent(percent) if percent < 100.0)
        || style.float == Float::Left
        || (style.display == Display::InlineBlock && matches!(style.width, Width::Pixels(_)))
}
