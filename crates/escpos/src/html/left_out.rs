//! What is not understood, by name.

use std::collections::BTreeMap;

/// Elements that were left out, and how many of each.
#[derive(Debug, Default)]
pub(super) struct LeftOut(BTreeMap<&'static str, usize>);

impl LeftOut {
    pub(super) fn add(&mut self, element: &'static str) {
        *self.0.entry(element).or_default() += 1;
    }

    /// Names and counts.
    pub(super) fn finish(self) -> impl Iterator<Item = (&'static str, usize)> {
        self.0.into_iter()
    }
}

/// The name of an element whose content means nothing on paper.
pub(super) fn never_shown(tag: &str) -> Option<&'static str> {
    const NAMES: [&str; 17] = [
        "applet", "audio", "button", "canvas", "embed", "frame", "frameset", "iframe", "input",
        "keygen", "meter", "object", "portal", "progress", "select", "textarea", "video",
    ];
    NAMES.into_iter().find(|name| *name == tag)
}
