//! The document as a tree in one arena, so that neither walking nor dropping it recurses.

use super::limits::{HtmlError, MOST_DEPTH, MOST_MOVES, MOST_NODES, MOST_STEPS};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, QualName, ns};
use std::num::NonZeroU32;

/// A node's place in its arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NodeId(NonZeroU32);

impl NodeId {
    pub(super) const DOCUMENT: NodeId = NodeId(NonZeroU32::MIN);

    pub(super) fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// A node and its neighbours.
struct Node {
    parent: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    before: Option<NodeId>,
    after: Option<NodeId>,
    /// Levels below the document when it was put there.
    depth: u16,
    kind: Kind,
}

/// What a node is.
pub(super) enum Kind {
    /// The document, and what holds a template's content.
    Root,
    Element(Element),
    Text(StrTendril),
    /// A comment or a processing instruction.
    Other,
}

/// An element with those of its attributes that mean something here.
pub(super) struct Element {
    pub(super) name: QualName,
    attributes: Vec<Attribute>,
}

impl Element {
    pub(super) fn new(name: QualName, mut attributes: Vec<Attribute>) -> Element {
        if name.ns == ns!(html) {
            attributes.retain(means_something);
        }
        attributes.shrink_to_fit();
        Element { name, attributes }
    }

    /// The name of an HTML element; empty for elements of other languages.
    pub(super) fn tag(&self) -> &str {
        if self.name.ns == ns!(html) { &self.name.local } else { "" }
    }

    pub(super) fn is_svg(&self) -> bool {
        self.name.ns == ns!(svg)
    }

    pub(super) fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| &*attribute.name.local == name)?;
        Some(&found.value)
    }
}

/// Bytes of an attribute that holds no picture, address or style; longer ones are nobody's.
const MOST_OF_A_WORD: usize = 1024;

fn means_something(attribute: &Attribute) -> bool {
    match &*attribute.name.local {
        "src" | "href" | "style" | "alt" => true,
        "align" | "bgcolor" | "border" | "class" | "color" | "colspan" | "dir" | "height"
        | "hidden" | "id" | "lang" | "media" | "nowrap" | "rel" | "rowspan" | "size" | "start"
        | "type" | "value" | "width" => attribute.value.len() <= MOST_OF_A_WORD,
        _ => false,
    }
}

/// The arena. Nodes are never taken out of it, only out of the tree.
pub(super) struct Dom {
    nodes: Vec<Node>,
    moves: usize,
    steps: usize,
    /// Why the document must be refused, once that is known.
    pub(super) refused: Option<HtmlError>,
}

impl Dom {
    pub(super) fn new() -> Dom {
        let mut dom = Dom { nodes: Vec::new(), moves: 0, steps: 0, refused: None };
        dom.create(Kind::Root);
        dom
    }

    /// Counts a step of the parser.
    pub(super) fn step(&mut self) {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            self.refused.get_or_insert(HtmlError::TooCostly);
        }
    }

    /// Nodes ever made; every [`NodeId::index`] is below.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn create(&mut self, kind: Kind) -> NodeId {
        if self.nodes.len() >= MOST_NODES {
            self.refused.get_or_insert(HtmlError::TooManyNodes { limit: MOST_NODES });
        }
        self.nodes.push(Node {
            parent: None,
            first: None,
            last: None,
            before: None,
            after: None,
            depth: 0,
            kind,
        });
        // The parser is stopped long before four thousand million nodes.
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        NodeId(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    pub(super) fn kind(&self, id: NodeId) -> &Kind {
        &self.node(id).kind
    }

    pub(super) fn element(&self, id: NodeId) -> Option<&Element> {
        match &self.node(id).kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn element_mut(&mut self, id: NodeId) -> Option<&mut Element> {
        match &mut self.node_mut(id).kind {
            Kind::Element(element) => Some(element),
            _ => None,
        }
    }

    pub(super) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    pub(super) fn before(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).before
    }

    pub(super) fn after(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).after
    }

    pub(super) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).first, |child| self.node(*child).after)
    }

    /// Every node below `top` in document order; whether what is below a node is entered is for `visit` to say.
    pub(super) fn walk(&self, top: NodeId, mut visit: impl FnMut(NodeId) -> Walk) {
        let mut next = self.node(top).first;
        while let Some(id) = next {
            let below = match visit(id) {
                Walk::Enter => self.node(id).first,
                Walk::Pass => None,
                Walk::Stop => return,
            };
            next = below.or_else(|| self.following(id, top));
        }
    }

    /// The next node that is not below `id`, within `top`.
    fn following(&self, mut id: NodeId, top: NodeId) -> Option<NodeId> {
        loop {
            if let Some(after) = self.node(id).after {
                return Some(after);
            }
            id = self.node(id).parent.filter(|parent| *parent != top)?;
        }
    }

    /// Puts a node at the end of `parent`, or right before `sibling`. It has no parent.
    pub(super) fn insert(&mut self, id: NodeId, parent: NodeId, sibling: Option<NodeId>) {
        let before = match sibling {
            Some(sibling) => self.node(sibling).before,
            None => self.node(parent).last,
        };
        let depth = self.node(parent).depth.saturating_add(1);
        if depth > MOST_DEPTH {
            self.refused.get_or_insert(HtmlError::TooDeep { limit: MOST_DEPTH.into() });
        }
        let node = self.node_mut(id);
        (node.parent, node.before, node.after, node.depth) = (Some(parent), before, sibling, depth);
        match before {
            Some(before) => self.node_mut(before).after = Some(id),
            None => self.node_mut(parent).first = Some(id),
        }
        match sibling {
            Some(sibling) => self.node_mut(sibling).before = Some(id),
            None => self.node_mut(parent).last = Some(id),
        }
    }

    /// Puts text at the end of `parent`, or right before `sibling`; joined with a text that stands there.
    pub(super) fn insert_text(
        &mut self,
        text: StrTendril,
        parent: NodeId,
        sibling: Option<NodeId>,
    ) {
        let before = match sibling {
            Some(sibling) => self.node(sibling).before,
            None => self.node(parent).last,
        };
        if let Some(before) = before
            && let Kind::Text(known) = &mut self.node_mut(before).kind
        {
            return known.push_tendril(&text);
        }
        let id = self.create(Kind::Text(text));
        self.insert(id, parent, sibling);
    }

    /// Takes a node with what is below it out of the tree.
    pub(super) fn detach(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        let (parent, before, after) = (node.parent.take(), node.before.take(), node.after.take());
        let Some(parent) = parent else { return };
        match before {
            Some(before) => self.node_mut(before).after = after,
            None => self.node_mut(parent).first = after,
        }
        match after {
            Some(after) => self.node_mut(after).before = before,
            None => self.node_mut(parent).last = before,
        }
    }

    /// Moves all children of a node to the end of another.
    pub(super) fn move_children(&mut self, from: NodeId, to: NodeId) {
        while let Some(child) = self.node(from).first {
            self.moves += 1;
            self.detach(child);
            self.insert(child, to, None);
        }
        if self.moves > MOST_MOVES {
            self.refused.get_or_insert(HtmlError::TooCostly);
        }
    }

    /// Adds the attributes that an element lacks.
    pub(super) fn add_attributes(&mut self, id: NodeId, attributes: Vec<Attribute>) {
        let Some(element) = self.element_mut(id) else { return };
        for attribute in attributes {
            let known = element.attributes.iter().any(|a| a.name == attribute.name);
            if !known && means_something(&attribute) {
                element.attributes.push(attribute);
            }
        }
    }
}

/// Where a walk goes from the node that it just visited.
pub(super) enum Walk {
    Enter,
    Pass,
    /// Nowhere.
    Stop,
}
