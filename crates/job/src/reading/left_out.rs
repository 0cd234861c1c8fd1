//! What of a document does not get on paper, and why.

use super::{DocumentJsonError, Expected};
use std::fmt;

/// Most unknown fields that are listed, and most of whatever else is left out.
pub const MOST_LEFT_OUT: usize = 100;

/// Most characters of a field's name that are shown.
const MOST_SHOWN: usize = 60;

/// A sentence about something that is left out while the rest is printed: why, and its place, such as `items[3].colour`. At
/// most 60 characters of each name, no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut(String);

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl LeftOut {
    /// A field that no document has.
    pub(super) fn unknown(path: &str) -> LeftOut {
        LeftOut(format!("left out, no such field: {path}"))
    }
}

/// Something within a document that cannot be printed, of which the rest can do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lack {
    /// The object at that place has no such field, without which it means nothing.
    Field { path: String, field: &'static str },
    /// The field at that place holds something else.
    Wrong { path: String, expected: Expected },
}

impl Lack {
    /// Whether it is about that field of the object at that place.
    pub(super) fn is_about(&self, object: &str, field: &str) -> bool {
        match self {
            Lack::Field { .. } => false,
            Lack::Wrong { path, .. } => {
                path.strip_prefix(object).and_then(|rest| rest.strip_prefix('.')) == Some(field)
            }
        }
    }
}

impl From<&Lack> for LeftOut {
    fn from(lack: &Lack) -> Self {
        LeftOut(match lack {
            Lack::Field { path, field } => format!("left out, it has no {field}: {path}"),
            Lack::Wrong { path, expected: Expected::Word(_) } => {
                format!("left out, not a word that is known: {path}")
            }
            Lack::Wrong { path, expected } => format!("left out, {path}: {expected}"),
        })
    }
}

/// The reason to refuse a document of which nothing else is left.
impl From<&Lack> for DocumentJsonError {
    fn from(lack: &Lack) -> Self {
        match lack {
            Lack::Field { path, field } => DocumentJsonError::Field {
                path: format!("{path}.{field}"),
                expected: Expected::Present,
            },
            Lack::Wrong { path, expected } => {
                DocumentJsonError::Field { path: path.clone(), expected: *expected }
            }
        }
    }
}

/// A field's name as it may be shown.
pub(super) fn shown(name: &str) -> String {
    let mut shown: String = name.chars().take(MOST_SHOWN).flat_map(char::escape_debug).collect();
    if name.chars().nth(MOST_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
