//! Selectors: types, classes, ids, first and last children, descendants and children.

use crate::html::dom::{Dom, Element, NodeId};

/// Most steps of one selector; longer ones are not understood.
const MOST_STEPS: usize = 16;

/// A selector, rightmost step first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector {
    steps: Vec<Step>,
}

/// One compound, and how it is reached from the one to its right.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    relation: Relation,
    tag: Option<Box<str>>,
    id: Option<Box<str>>,
    classes: Vec<Box<str>>,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// The element itself.
    Own,
    Ancestor,
    Parent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Any,
    First,
    Last,
}

/// What an element must at least have for a selector.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Key<'a> {
    Id(&'a str),
    Class(&'a str),
    Tag(&'a str),
    Any,
}

impl Selector {
    /// Reads one selector. `None` where it says something that is not understood: such a rule never matches.
    pub(super) fn read(text: &str) -> Option<Selector> {
        let spaced = text.replace('>', " > ");
        let mut steps = Vec::new();
        let mut relation = Relation::Own;
        for word in spaced.split_ascii_whitespace().rev() {
            if word == ">" {
                if relation != Relation::Ancestor {
                    return None;
                }
                relation = Relation::Parent;
                continue;
            }
            steps.push(Step::read(word, relation)?);
            relation = Relation::Ancestor;
        }
        let complete = (1..=MOST_STEPS).contains(&steps.len()) && relation == Relation::Ancestor;
        complete.then_some(Selector { steps })
    }

    /// The most telling part of its last step.
    pub(super) fn key(&self) -> Key<'_> {
        let Some(step) = self.steps.first() else { return Key::Any };
        match (&step.id, step.classes.first(), &step.tag) {
            (Some(id), ..) => Key::Id(id),
            (None, Some(class), _) => Key::Class(class),
            (None, None, Some(tag)) => Key::Tag(tag),
            (None, None, None) => Key::Any,
        }
    }

    /// Ids, then classes, then types, as CSS ranks them.
    pub(super) fn specificity(&self) -> u32 {
        self.steps.iter().map(Step::specificity).sum()
    }

    /// Whether it matches an element. `spent` counts what that took.
    pub(super) fn matches(&self, id: NodeId, dom: &Dom, spent: &mut usize) -> bool {
        let Some((own, outer)) = self.steps.split_first() else { return false };
        own.matches(id, dom, spent) && around(outer, id, dom, spent)
    }
}

/// Whether the steps match around an element. As deep as a selector is long.
fn around(steps: &[Step], id: NodeId, dom: &Dom, spent: &mut usize) -> bool {
    let Some((step, outer)) = steps.split_first() else { return true };
    let mut at = dom.parent(id);
    while let Some(parent) = at {
        if step.matches(parent, dom, spent) && around(outer, parent, dom, spent) {
            return true;
        }
        if step.relation == Relation::Parent {
            return false;
        }
        at = dom.parent(parent);
    }
    false
}

impl Step {
    fn read(word: &str, relation: Relation) -> Option<Step> {
        let (mut step, mut rest) =
            (Step { relation, tag: None, id: None, classes: Vec::new(), place: Place::Any }, word);
        let end = name_end(rest);
        match &rest[..end] {
            "" => rest = rest.strip_prefix('*').unwrap_or(rest),
            tag => {
                step.tag = Some(tag.to_ascii_lowercase().into());
                rest = &rest[end..];
            }
        }
        while !rest.is_empty() {
            let mark = rest.as_bytes()[0];
            rest = rest.get(1..)?;
            let (name, behind) = rest.split_at(name_end(rest));
            rest = behind;
            match (mark, name) {
                (_, "") => return None,
                (b'.', class) => step.classes.push(class.into()),
                (b'#', id) => step.id = Some(id.into()),
                (b':', "first-child") => step.place = Place::First,
                (b':', "last-child") => step.place = Place::Last,
                (b':', "root") => step.tag = Some("html".into()),
                _ => return None,
            }
        }
        Some(step)
    }

    fn specificity(&self) -> u32 {
        let classes = self.classes.len() + usize::from(self.place != Place::Any);
        u32::from(self.id.is_some()) * 10_000
            + u32::try_from(classes.min(99)).unwrap_or(99) * 100
            + u32::from(self.tag.is_some())
    }

    fn matches(&self, id: NodeId, dom: &Dom, spent: &mut usize) -> bool {
        let Some(element) = dom.element(id) else { return false };
        *spent += 1;
        self.tag.as_deref().is_none_or(|tag| tag == element.tag())
            && self.id.as_deref().is_none_or(|id| element.attribute("id") == Some(id))
            && self.classes.iter().all(|class| {
                *spent += 1;
                classes(element).any(|known| known == &**class)
            })
            && self.place.holds(id, dom, spent)
    }
}

impl Place {
    fn holds(self, id: NodeId, dom: &Dom, spent: &mut usize) -> bool {
        let mut others = |next: &dyn Fn(NodeId) -> Option<NodeId>| {
            std::iter::successors(next(id), |id| next(*id))
                .inspect(|_| *spent += 1)
                .any(|other| dom.element(other).is_some())
        };
        match self {
            Place::Any => true,
            Place::First => !others(&|id| dom.before(id)),
            Place::Last => !others(&|id| dom.after(id)),
        }
    }
}

/// An element's classes, as many as anybody writes.
pub(super) fn classes(element: &Element) -> impl Iterator<Item = &str> {
    element.attribute("class").unwrap_or_default().split_ascii_whitespace().take(32)
}

/// The end of a name. Escaped characters are not understood, as are all beyond letters, digits, `-` and `_`.
fn name_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_selectors_are_read_and_others_are_not() {
        for text in [
            "p",
            "*",
            ".a",
            "#x",
            "td.num",
            "table.items td",
            "div > p",
            "tr:last-child td",
            ".a.b #c",
        ] {
            assert!(Selector::read(text).is_some(), "{text}");
        }
        for text in [
            "",
            ">",
            "> p",
            "p >",
            "a + b",
            "a ~ b",
            "p::before",
            "a:hover",
            "[dir]",
            ".",
            "#",
            "p..a",
            "a > > b",
            "\\",
            ".é\\",
        ] {
            assert_eq!(Selector::read(text), None, "{text}");
        }
        let specificity = |text| Selector::read(text).unwrap().specificity();
        assert!(specificity("#a") > specificity(".a.b.c td"));
        assert!(specificity(".a") > specificity("table tbody tr td"));
        assert_eq!(Selector::read("a.b .c#d").unwrap().key(), Key::Id("d"));
    }
}
