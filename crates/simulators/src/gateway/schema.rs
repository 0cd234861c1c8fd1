//! A small schema check in the manner of the real gateway's: every complaint at once, and no
//! field that it does not know.

use serde_json::Value;
use uuid::Uuid;

pub(super) struct Field {
    name: &'static str,
    kind: Kind,
    presence: Presence,
}

#[derive(PartialEq)]
enum Presence {
    Required,
    Optional,
}

pub(super) enum Kind {
    Any,
    Text,
    Number,
    UuidV4,
    OneOf(&'static [&'static str]),
    Object(&'static [Field]),
    List(&'static [Field]),
}

impl Field {
    pub(super) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, presence: Presence::Required }
    }

    pub(super) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, presence: Presence::Optional }
    }
}

/// What is wrong with `body`; empty when nothing is.
pub(super) fn check(body: &Value, fields: &[Field]) -> Vec<String> {
    let mut complaints = Vec::new();
    check_object("", body, fields, &mut complaints);
    complaints
}

fn check_object(prefix: &str, body: &Value, fields: &[Field], complaints: &mut Vec<String>) {
    let Some(object) = body.as_object() else {
        complaints.push(format!("{prefix}body must be an object"));
        return;
    };
    for name in object.keys().filter(|name| fields.iter().all(|f| f.name != *name)) {
        complaints.push(format!("{prefix}property {name} should not exist"));
    }
    for field in fields {
        match object.get(field.name) {
            None | Some(Value::Null) if field.presence == Presence::Optional => {}
            value => check_value(prefix, field, value.unwrap_or(&Value::Null), complaints),
        }
    }
}

fn check_value(prefix: &str, field: &Field, value: &Value, complaints: &mut Vec<String>) {
    let name = field.name;
    let expected = match field.kind {
        Kind::Any => (true, "must be defined".to_owned()),
        Kind::Text => (value.is_string(), "must be a string".to_owned()),
        Kind::Number => (value.is_number(), "must be a number".to_owned()),
        Kind::UuidV4 => (is_uuid_v4(value), "must be a UUID".to_owned()),
        Kind::OneOf(words) => (
            value.as_str().is_some_and(|w| words.contains(&w)),
            format!("must be one of the following values: {}", words.join(", ")),
        ),
        Kind::Object(fields) => {
            return check_object(&format!("{prefix}{name}."), value, fields, complaints);
        }
        Kind::List(fields) => return check_list(prefix, name, value, fields, complaints),
    };
    if !expected.0 {
        complaints.push(format!("{prefix}{name} {}", expected.1));
    }
}

fn check_list(
    prefix: &str,
    name: &str,
    value: &Value,
    fields: &[Field],
    complaints: &mut Vec<String>,
) {
    match value.as_array() {
        None => complaints.push(format!("{prefix}{name} must be an array")),
        Some(items) => {
            for (i, item) in items.iter().enumerate() {
                check_object(&format!("{prefix}{name}.{i}."), item, fields, complaints);
            }
        }
    }
}

fn is_uuid_v4(value: &Value) -> bool {
    let uuid = value.as_str().and_then(|text| Uuid::parse_str(text).ok());
    uuid.is_some_and(|uuid| uuid.get_version_num() == 4)
}
