//! Which children of a block stand beside each other: floats, inline blocks that say how wide they are, and a price that
//! follows its label without a space.

use super::amounts::{is_amount, is_price};
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
        let floats = if ends { right_floats(&line, dom, styles) } else { Vec::new() };
        if !floats.is_empty() && is_short_block(child, dom, styles) {
            line.clear();
            let floats = floats.into_iter().rev().map(|id| vec![id]);
            let boxes = std::iter::once(vec![child]).chain(floats).collect();
            out.push(Group::Beside(boxes, Justify::Between));
        } else if ends && is_label(&line, dom, styles) && is_short_block(child, dom, styles) {
            out.push(Group::Beside(vec![std::mem::take(&mut line), vec![child]], Justify::Start));
        } else if ends {
            group(std::mem::take(&mut line), dom, styles, &mut out);
            out.push(Group::One(child));
        } else {
            line.push(child);
        }
    }
    group(line, dom, styles, &mut out);
    out
}

/// What floats at the right, where that is all of a line: the block behind it begins on the same line.
fn right_floats(line: &[NodeId], dom: &Dom, styles: &Styles) -> Vec<NodeId> {
    let shown = line.iter().copied().filter(|id| is_shown(*id, dom, styles));
    let shown: Vec<NodeId> = shown.collect();
    let all = shown.iter().all(|id| styles.of(*id).float == Float::Right);
    if all { shown } else { Vec::new() }
}

/// Whether a line is one short text that floats at the left: the block behind it stands beside it.
fn is_label(line: &[NodeId], dom: &Dom, styles: &Styles) -> bool {
    let mut shown = line.iter().filter(|id| is_shown(**id, dom, styles));
    let (Some(first), None) = (shown.next(), shown.next()) else { return false };
    let style = styles.of(*first);
    let short = |text: String| (1..=LABEL).contains(&text.trim().chars().count());
    style.float == Float::Left
        && style.width == Width::Auto
        && short_text(*first, dom, styles).is_some_and(short)
}

/// Whether a block is a short text that could stand beside a label.
fn is_short_block(id: NodeId, dom: &Dom, styles: &Styles) -> bool {
    styles.of(id).display == Display::Block
        && short_text(id, dom, styles).is_some_and(|text| !text.trim().is_empty())
}

/// Characters of a label that floats.
const LABEL: usize = 20;

/// Whether a node is an element that is shown, or a text that is no white space.
fn is_shown(id: NodeId, dom: &Dom, styles: &Styles) -> bool {
    match dom.kind(id) {
        Kind::Text(text) => !text.trim_ascii().is_empty(),
        Kind::Element(_) => styles.of(id).display != Display::None,
        Kind::Root | Kind::Other => false,
    }
}

/// Groups what stands on one line.
fn group(line: Vec<NodeId>, dom: &Dom, styles: &Styles, out: &mut Vec<Group>) {
    let mut rest = line.as_slice();
    while let Some(full) = full_line(rest, styles) {
        let (line, behind) = rest.split_at(full);
        group_line(line.to_vec(), dom, styles, out);
        rest = behind;
    }
    group_line(rest.to_vec(), dom, styles, out);
}

/// How many of these fill a line together, by the widths that they say.
fn full_line(line: &[NodeId], styles: &Styles) -> Option<usize> {
    let mut used = 0.0;
    for (index, id) in line.iter().enumerate() {
        match styles.of(*id).width {
            Width::Percent(percent) if is_sized(styles.of(*id)) => used += percent.max(0.0),
            _ => {}
        }
        if used > 101.0 {
            return Some(index).filter(|count| *count > 0);
        }
        if used >= 95.0 {
            return Some(index + 1);
        }
    }
    None
}

fn group_line(line: Vec<NodeId>, dom: &Dom, styles: &Styles, out: &mut Vec<Group>) {
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
    let shown = line.iter().filter(|id| !blank(id)).count();
    if shown >= 2 && line.iter().any(sized) {
        return out.push(Group::Beside(boxes(line, blank, sized), Justify::Start));
    }
    if let Some(at) = glued_price(&line, dom, styles) {
        let (label, price) = line.split_at(at);
        return out.push(Group::Beside(vec![label.to_vec(), price.to_vec()], Justify::Between));
    }
    out.extend(line.into_iter().map(Group::One));
}

/// Where a price begins that follows its label without a space, as in `<span>Soup</span><span>4.50</span>`: the style sheet that
/// moved it away is not in the document.
fn glued_price(line: &[NodeId], dom: &Dom, styles: &Styles) -> Option<usize> {
    let last = line.iter().rposition(|id| is_shown(*id, dom, styles))?;
    let label = last.checked_sub(1)?;
    let price = short_text(dom.element(line[last]).map(|_| line[last])?, dom, styles)?;
    if !is_price(&price) || price.starts_with(char::is_whitespace) {
        return None;
    }
    let label = short_text(line[label], dom, styles)?;
    let is_word = label.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let ends = label.ends_with(|c: char| c.is_alphanumeric() || c == ':');
    (is_word && ends && !is_amount(&format!("{label}{price}"))).then_some(last)
}

/// Whether a raised or lowered number would be read as a part of the number before it, as in `$1<sup>99</sup>`.
pub(super) fn lengthens_a_number(id: NodeId, dom: &Dom, styles: &Styles) -> bool {
    let Some(parent) = dom.parent(id) else { return false };
    let before = dom.children(parent).take_while(|child| *child != id).last();
    let text = |id| short_text(id, dom, styles).unwrap_or_default();
    let digit = |c: char| c.is_numeric();
    before.is_some_and(|before| text(before).ends_with(digit)) && text(id).starts_with(digit)
}

/// What a node says, unless that is long.
fn short_text(id: NodeId, dom: &Dom, styles: &Styles) -> Option<String> {
    const MOST_NODES: usize = 12;
    const MOST_BYTES: usize = 256;
    let mut text = String::new();
    let mut nodes = vec![id];
    let mut seen = 0;
    while let Some(id) = nodes.pop() {
        seen += 1;
        match dom.kind(id) {
            Kind::Text(part) => text.push_str(part.get(..MOST_BYTES + 1).unwrap_or(part)),
            Kind::Element(_) if styles.of(id).display == Display::None => {}
            Kind::Element(_) | Kind::Root | Kind::Other => {
                let from = nodes.len();
                nodes.extend(dom.children(id).take(MOST_NODES + 1));
                nodes[from..].reverse();
            }
        }
        if seen + nodes.len() > MOST_NODES || text.len() > MOST_BYTES {
            return None;
        }
    }
    Some(text)
}

/// A box for each child that says how wide it is, and one for what stands between two of them.
fn boxes(
    line: Vec<NodeId>,
    blank: impl Fn(&NodeId) -> bool,
    sized: impl Fn(&NodeId) -> bool,
) -> Vec<Vec<NodeId>> {
    let mut boxes: Vec<Vec<NodeId>> = Vec::new();
    for id in line {
        match boxes.last_mut() {
            Some(last) if !sized(&id) && last.iter().all(|id| !sized(id)) => last.push(id),
            _ if blank(&id) => {}
            _ => boxes.push(vec![id]),
        }
    }
    boxes
}

fn is_sized(style: &Style) -> bool {
    let beside = style.display == Display::InlineBlock || style.float == Float::Left;
    beside && matches!(style.width, Width::Percent(percent) if percent < 100.0)
        || style.float == Float::Left
        || (style.display == Display::InlineBlock && matches!(style.width, Width::Pixels(_)))
}
