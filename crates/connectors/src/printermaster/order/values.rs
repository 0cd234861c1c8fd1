//! Values of an order.

use super::names::{NAME, Names};
use crate::fields::{Fields, object, text};

/// A text of one line, or the name of an object such as `customer: {name}`.
pub(super) fn text_or_name(fields: &Fields, names: Names) -> Option<String> {
    text(fields, names).or_else(|| text(object(fields, names)?, NAME))
}
