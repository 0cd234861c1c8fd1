//! Values of an order, read tolerantly.

use super::names::{NAME, Names};
use crate::printermaster::payload::{field, text_field, text_of};
use serde_json::{Map, Value};

/// Most lines of one list. More than any till sells at once; a bound against nonsense.
pub(super) const MOST_LINES: usize = 10_000;

/// The fields of an object.
pub(super) type Fields = Map<String, Value>;

/// A text of one line; empty ones are absent.
pub(super) fn text(fields: &Fields, names: Names) -> Option<String> {
    text_field(fields, names).map(|text| clean(&text)).filter(|text| !text.is_empty())
}

/// The same, or the name of an object such as `customer: {name}`.
pub(super) fn text_or_name(fields: &Fields, names: Names) -> Option<String> {
    text(fields, names).or_else(|| text(object(fields, names)?, NAME))
}

/// The first of these fields that is there, where it is an object.
pub(super) fn object(fields: &Fields, names: Names) -> Option<&Fields> {
    field(fields, names)?.as_object()
}

/// The elements of a list; none where it is something else.
pub(super) fn list(fields: &Fields, names: Names) -> impl Iterator<Item = &Value> {
    let list = field(fields, names).and_then(Value::as_array);
    list.into_iter().flatten().take(MOST_LINES)
}

/// A text of several lines, or a list of texts.
pub(super) fn lines(fields: &Fields, names: Names) -> Vec<String> {
    let texts = match field(fields, names) {
        Some(Value::Array(list)) => list.iter().filter_map(text_of).collect(),
        Some(value) => text_of(value).into_iter().collect(),
        None => Vec::new(),
    };
    let split = texts.iter().flat_map(|text| text.split('\n'));
    split.map(clean).filter(|line| !line.is_empty()).take(MOST_LINES).collect()
}

/// Control characters would be printed as boxes.
pub(super) fn clean(text: &str) -> String {
    let spaced: String =
        text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    spaced.trim().to_owned()
}
