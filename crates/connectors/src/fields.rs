//! Reading JSON of senders, tolerantly: null is absent, numbers may come as text and text as numbers.

use platen_job::JobNotes;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Most characters of a sender's text that are shown.
const MOST_SHOWN: usize = 160;

/// Most lines of one list. More than any till sells at once; a bound against nonsense.
pub(crate) const MOST_LINES: usize = 10_000;

/// The fields of an object.
pub(crate) type Fields = Map<String, Value>;

/// A text of one line; empty ones are absent.
pub(crate) fn text(fields: &Fields, names: &[&str]) -> Option<String> {
    text_field(fields, names).map(|text| clean(&text)).filter(|text| !text.is_empty())
}

/// The first of these fields that is there, where it is an object.
pub(crate) fn object<'a>(fields: &'a Fields, names: &[&str]) -> Option<&'a Fields> {
    field(fields, names)?.as_object()
}

/// The elements of a list; none where it is something else.
pub(crate) fn list<'a>(
    fields: &'a Fields,
    names: &[&str],
) -> impl Iterator<Item = &'a Value> + use<'a> {
    let list = field(fields, names).and_then(Value::as_array);
    list.into_iter().flatten().take(MOST_LINES)
}

/// A text of several lines, or a list of texts.
pub(crate) fn lines(fields: &Fields, names: &[&str]) -> Vec<String> {
    let texts = match field(fields, names) {
        Some(Value::Array(list)) => list.iter().filter_map(text_of).collect(),
        Some(value) => text_of(value).into_iter().collect(),
        None => Vec::new(),
    };
    let split = texts.iter().flat_map(|text| text.split('\n'));
    split.map(clean).filter(|line| !line.is_empty()).take(MOST_LINES).collect()
}

/// Control characters would be printed as boxes.
pub(crate) fn clean(text: &str) -> String {
    let spaced: String =
        text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    spaced.trim().to_owned()
}

/// The first of these fields that is there and not null.
pub(crate) fn field<'a>(fields: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| fields.get(*name).filter(|value| !value.is_null()))
}

/// The first of these fields that is a text or a number, as text.
pub(crate) fn text_field(fields: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| fields.get(*name).and_then(text_of).map(Cow::into_owned))
}

/// A text as it is, a number as it is written; nothing for everything else.
pub(crate) fn text_of(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// A word for what a value is, without what is in it.
pub(crate) fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A text without a secret of this till's: servers like to quote what they refuse. A very short one would take ordinary letters along.
pub(crate) fn strike(text: &str, secret: &str) -> String {
    if secret.len() < 4 { text.to_owned() } else { text.replace(secret, "…") }
}

/// A text of a sender as it may stand in a log or a listing: one line, at most 160 characters.
pub(crate) fn printable(text: &str) -> String {
    let mut line: String =
        text.chars().take(MOST_SHOWN).flat_map(|sign| escaped(sign).into_iter()).collect();
    if text.chars().nth(MOST_SHOWN).is_some() {
        line.push('…');
    }
    line
}

fn escaped(sign: char) -> Vec<char> {
    if sign.is_control() { sign.escape_default().collect() } else { vec![sign] }
}

/// Fields that no table knows.
#[derive(Default)]
pub(crate) struct Unknown {
    pub(crate) notes: JobNotes,
}

impl Unknown {
    /// Notes those of an object; `place` stands before their names.
    pub(crate) fn collect(&mut self, place: &str, fields: &Fields, known: &[&[&str]]) {
        let is_known = |name: &str| known.iter().any(|names| names.contains(&name));
        for name in fields.keys().filter(|name| !is_known(name)) {
            self.notes.add(&format!("not printed: {place}{name}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_a_log_line() {
        assert_eq!(printable("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(printable(&"x".repeat(500)).chars().count(), MOST_SHOWN + 1);
    }
}
