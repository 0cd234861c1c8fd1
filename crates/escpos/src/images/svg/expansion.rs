//! What a small SVG file may grow into before it is drawn: entities, `use`, markers.

use super::super::ImageError;
use super::style;
use resvg::usvg::roxmltree::{Document, Node};
use std::collections::HashMap;

/// Characters that entities may add up to.
const ENTITY_TEXT: usize = 4 << 20;
/// Elements after every `use` is replaced by what it shows.
const ELEMENTS: u64 = 50_000;
/// Elements that a character of text counts as: each becomes a path of its own, and one that no font has is looked for in all.
const CHARACTER: u64 = 10;
/// Levels of elements within each other.
const DEPTH: usize = 256;

/// Refuses entities within entities, and long ones that are used often. Entities as drawing programs declare them (names of their
/// namespaces) pass. None is ever read from elsewhere.
pub(super) fn check_entities(text: &str) -> Result<(), ImageError> {
    let mut longest = 0;
    for declaration in text.split("<!ENTITY").skip(1) {
        let value = declaration.split_once('>').map_or(declaration, |(value, _)| value);
        if value.contains('&') || value.contains('%') {
            return Err(ImageError::TooComplex { what: "entities within entities" });
        }
        longest = longest.max(value.len());
    }
    let uses = if longest == 0 { 0 } else { text.bytes().filter(|byte| *byte == b'&').count() };
    match longest.saturating_mul(uses) {
        ..=ENTITY_TEXT => Ok(()),
        _ => Err(ImageError::TooComplex { what: "entities" }),
    }
}

/// Refuses what has too many elements, or would have.
pub(super) fn check_elements(document: &Document<'_>) -> Result<(), ImageError> {
    let depth = depth(document)?;
    let ids = document
        .descendants()
        .filter_map(|node| node.attribute("id").map(|id| (id, node)))
        .collect::<HashMap<_, _>>();
    let mut count = Count { ids, known: HashMap::new() };
    let elements = count.of(document.root_element(), 0);
    if elements > ELEMENTS {
        return Err(ImageError::TooComplex { what: "elements" });
    }
    style::check(document, elements, depth)?;
    check_markers(document, &mut count)
}

/// How many elements stand within each other.
fn depth(document: &Document<'_>) -> Result<usize, ImageError> {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut node = document.root();
    // A walk without recursion and without a list of ancestors per node.
    loop {
        if let Some(child) = node.first_child() {
            depth += 1;
            node = child;
        } else {
            loop {
                if let Some(next) = node.next_sibling() {
                    node = next;
                    break;
                }
                match node.parent() {
                    Some(parent) => node = parent,
                    None => return Ok(deepest),
                }
                depth = depth.saturating_sub(1);
            }
        }
        deepest = deepest.max(depth);
        if depth > DEPTH {
            return Err(ImageError::TooComplex { what: "levels of elements" });
        }
    }
}

/// A marker is drawn at every corner of every path that has one.
fn check_markers<'a, 'input>(
    document: &'a Document<'input>,
    count: &mut Count<'a, 'input>,
) -> Result<(), ImageError> {
    let markers = document.descendants().filter(|node| node.has_tag_name_of("marker"));
    let Some(largest) = markers.map(|node| count.of(node, 0)).max() else { return Ok(()) };
    // A corner takes at least two characters.
    let corners = document
        .descendants()
        .flat_map(|node| [node.attribute("d"), node.attribute("points")])
        .flatten()
        .map(|path| path.len() as u64 / 2)
        .sum::<u64>();
    match corners.saturating_mul(largest) {
        ..=ELEMENTS => Ok(()),
        _ => Err(ImageError::TooComplex { what: "markers" }),
    }
}

/// Counts elements, with what `use` elements stand for.
struct Count<'a, 'input> {
    ids: HashMap<&'a str, Node<'a, 'input>>,
    /// `None` while it is counted: a circle.
    known: HashMap<Node<'a, 'input>, Option<u64>>,
}

impl<'a, 'input> Count<'a, 'input> {
    fn of(&mut self, node: Node<'a, 'input>, links: usize) -> u64 {
        if let Some(known) = self.known.get(&node) {
            // A circle is drawn by nobody.
            return known.unwrap_or(0);
        }
        if links > DEPTH {
            return u64::MAX;
        }
        self.known.insert(node, None);
        let mut sum = 1_u64;
        for child in node.children().filter(Node::is_element) {
            sum = sum.saturating_add(self.of(child, links));
        }
        if TEXTS.iter().any(|name| node.has_tag_name_of(name)) {
            sum = sum.saturating_add(characters(node).saturating_mul(CHARACTER));
        }
        if let Some(target) = node.has_tag_name_of("use").then(|| self.target(node)).flatten() {
            sum = sum.saturating_add(self.of(target, links + 1));
        }
        self.known.insert(node, Some(sum));
        sum
    }

    fn target(&self, node: Node<'a, 'input>) -> Option<Node<'a, 'input>> {
        let href = node.attributes().find(|attribute| attribute.name() == "href")?;
        self.ids.get(href.value().trim().strip_prefix('#')?).copied()
    }
}

/// The elements whose text is drawn.
const TEXTS: [&str; 5] = ["text", "tspan", "textPath", "tref", "a"];

/// Characters that stand in the element itself.
fn characters(node: Node<'_, '_>) -> u64 {
    node.children()
        .filter_map(|child| child.text().filter(|_| child.is_text()))
        .map(|text| text.chars().count() as u64)
        .sum()
}

trait TagName {
    /// Whether it is an element of that name, in whatever namespace.
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl TagName for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
