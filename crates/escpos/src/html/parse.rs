//! Text to tree, by html5ever, as browsers do it.

use super::attributes;
use super::dom::{Dom, Element, Kind, NodeId};
use super::limits::{HtmlError, MOST_BYTES};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns, parse_document};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// Between two looks at the limits the parser takes so many bytes. Each may at worst repeat all open formatting elements.
const PIECE: usize = 1024;

/// Reads a document. Scripts are not run, nothing is loaded.
///
/// # Errors
/// [`HtmlError`] as soon as a limit is passed.
pub(super) fn parse(html: &str) -> Result<Dom, HtmlError> {
    if html.len() > MOST_BYTES {
        return Err(HtmlError::TooLarge { limit: MOST_BYTES });
    }
    attributes::check(html)?;
    let sink = Sink { dom: RefCell::new(Dom::new()), nameless: Rc::default() };
    let mut options = ParseOpts::default();
    // What a page shows where scripts do not run is what we can show.
    options.tree_builder.scripting_enabled = false;
    let mut parser = parse_document(sink, options);
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
        rest = behind;
        parser.process(StrTendril::from_slice(piece));
        if let Some(error) = parser.tokenizer.sink.sink.dom.borrow().refused {
            return Err(error);
        }
    }
    let dom = parser.finish();
    dom.refused.map_or(Ok(dom), Err)
}

/// Builds the arena while html5ever parses.
struct Sink {
    dom: RefCell<Dom>,
    /// The name of what has none.
    nameless: Rc<Name>,
}

/// A node as the parser holds it: with its name, for which the parser asks without end.
#[derive(Clone)]
struct Handle {
    id: NodeId,
    name: Rc<Name>,
}

/// An element's name.
#[derive(Debug)]
struct Name(QualName);

impl Default for Name {
    fn default() -> Name {
        Name(QualName::new(None, ns!(), local_name!("")))
    }
}

impl Sink {
    fn nameless(&self, id: NodeId) -> Handle {
        Handle { id, name: self.nameless.clone() }
    }

    fn put(&self, child: NodeOrText<Handle>, parent: NodeId, sibling: Option<NodeId>) {
        let mut dom = self.dom.borrow_mut();
        dom.step();
        match child {
            NodeOrText::AppendNode(Handle { id, .. }) => {
                dom.detach(id);
                dom.insert(id, parent, sibling);
            }
            NodeOrText::AppendText(text) => dom.insert_text(text, parent, sibling),
        }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Dom;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Dom {
        self.dom.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {
        self.dom.borrow_mut().step();
    }

    fn get_document(&self) -> Handle {
        self.nameless(NodeId::DOCUMENT)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        &target.name.0
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        let id = self.dom.borrow_mut().create(Kind::Element(Element::new(name.clone(), attrs)));
        Handle { id, name: Rc::new(Name(name)) }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.nameless(self.dom.borrow_mut().create(Kind::Other))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.nameless(self.dom.borrow_mut().create(Kind::Other))
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.put(child, parent.id, None);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        let parent = self.dom.borrow().parent(element.id);
        match parent {
            Some(parent) => self.put(child, parent, Some(element.id)),
            None => self.put(child, previous.id, None),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// A template is not shown, so its content may stand in it.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        let parent = self.dom.borrow().parent(sibling.id);
        if let Some(parent) = parent {
            self.put(new_node, parent, Some(sibling.id));
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        self.dom.borrow_mut().add_attributes(target.id, attrs);
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.dom.borrow_mut().detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        self.dom.borrow_mut().move_children(node.id, new_parent.id);
    }
}
