//! The rules of all style sheets, found by what their selectors need.

use super::declaration::{Declared, declarations};
use super::media::Media;
use super::selector::{Key, Selector, classes};
use super::text::{Statement, split, statement, without_comments};
use crate::html::dom::{Dom, NodeId};
use crate::html::limits::MOST_SELECTORS;
use std::collections::HashMap;

/// Most `@media` and `@supports` in one another.
const MOST_NESTED: usize = 8;

/// Who made a rule; later ones beat earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::html) enum Origin {
    /// What browsers bring.
    Browser,
    /// Class names of well-known frameworks, whose style sheets are not loaded.
    Framework,
    /// The document.
    Author,
}

/// Style rules.
#[derive(Default, Clone)]
pub(in crate::html) struct Rules {
    rules: Vec<Rule>,
    /// Blocks of declarations; the selectors of a list share one.
    blocks: Vec<Vec<Declared>>,
    by_id: HashMap<Box<str>, Vec<usize>>,
    by_class: HashMap<Box<str>, Vec<usize>>,
    by_tag: HashMap<Box<str>, Vec<usize>>,
    rest: Vec<usize>,
    /// Selectors that were left out because there are too many.
    pub(in crate::html) left_out: usize,
}

#[derive(Clone)]
struct Rule {
    selector: Selector,
    origin: Origin,
    block: usize,
}

/// A block that applies to an element, and how strongly.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::html) struct Matching {
    origin: Origin,
    specificity: u32,
    order: usize,
    block: usize,
}

impl Matching {
    /// Who made the rule.
    pub(in crate::html) fn origin(&self) -> Origin {
        self.origin
    }
}

impl Rules {
    /// Adds a style sheet.
    pub(in crate::html) fn add(&mut self, css: &str, origin: Origin, media: Media) {
        let css = without_comments(css);
        let mut open: Vec<&str> = vec![&css];
        while let Some(text) = open.pop() {
            let Some((statement, rest)) = statement(text) else { continue };
            open.push(rest);
            match statement {
                Statement::Block { prelude, body } if prelude.starts_with('@') => {
                    if applies(prelude, media) && open.len() < MOST_NESTED {
                        open.push(body);
                    }
                }
                Statement::Block { prelude, body } => self.rule(prelude, body, origin),
                Statement::Line(_) => {}
            }
        }
    }

    fn rule(&mut self, prelude: &str, body: &str, origin: Origin) {
        let declared = declarations(body);
        if declared.is_empty() {
            return;
        }
        let block = self.blocks.len();
        self.blocks.push(declared);
        for selector in split(prelude, b',').filter_map(Selector::read) {
            if self.rules.len() >= MOST_SELECTORS {
                self.left_out += 1;
                continue;
            }
            let at = self.rules.len();
            match selector.key() {
                Key::Id(id) => self.by_id.entry(id.into()).or_default().push(at),
                Key::Class(class) => self.by_class.entry(class.into()).or_default().push(at),
                Key::Tag(tag) => self.by_tag.entry(tag.into()).or_default().push(at),
                Key::Any => self.rest.push(at),
            }
            self.rules.push(Rule { selector, origin, block });
        }
    }

    /// What applies to an element, the weakest first. `spent` counts what finding it took.
    pub(in crate::html) fn matching(
        &self,
        id: NodeId,
        dom: &Dom,
        spent: &mut usize,
    ) -> Vec<Matching> {
        let Some(element) = dom.element(id) else { return Vec::new() };
        let by_id = element.attribute("id").and_then(|id| self.by_id.get(id));
        let by_tag = self.by_tag.get(element.tag());
        let by_class = classes(element).filter_map(|class| self.by_class.get(class));
        let candidates = by_id.into_iter().chain(by_tag).chain(by_class).chain([&self.rest]);
        let mut found = Vec::new();
        for order in candidates.flatten().copied() {
            let rule = &self.rules[order];
            *spent += 1;
            if rule.selector.matches(id, dom, spent) {
                *spent += self.blocks[rule.block].len();
                found.push(Matching {
                    origin: rule.origin,
                    specificity: rule.selector.specificity(),
                    order,
                    block: rule.block,
                });
            }
        }
        found.sort_unstable();
        found
    }

    /// The declarations of what applies.
    pub(in crate::html) fn declared(&self, matching: &Matching) -> &[Declared] {
        &self.blocks[matching.block]
    }
}

/// Whether what is in an at-rule's block applies.
fn applies(prelude: &str, media: Media) -> bool {
    let end = prelude.find(|c: char| c.is_ascii_whitespace() || c == '(').unwrap_or(prelude.len());
    let (name, condition) = prelude.split_at(end);
    match name.to_ascii_lowercase().as_str() {
        "@media" => media.matches(condition),
        "@supports" | "@layer" => true,
        _ => false,
    }
}
