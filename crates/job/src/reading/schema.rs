//! The description of every document as a JSON Schema.

use super::fields::DOCUMENTS;
use super::number::{ABSURD, FAILED, MOST_CHARACTERS};
use super::shape::{Field, Object, Shape};
use crate::Copies;
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 2020-12) of the documents that [`crate::Document::from_json`] reads; `docs/schema/document.schema.json`
/// is its text. It lists every field: a document that it takes has no unknown ones.
pub fn document_schema() -> Value {
    let mut definitions = Map::new();
    let mut types = Vec::new();
    for (word, object) in DOCUMENTS {
        types.push(json!({ "$ref": format!("#/$defs/{word}") }));
        define(object, Some(word), &mut definitions);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A document for Platen",
        "description": "What Platen prints. `null` stands for a field that is missing; a missing field leaves no hole on paper.",
        "oneOf": types,
        "$defs": definitions,
    })
}

/// Adds an object, and those within it, to the definitions.
fn define(object: &'static Object, word: Option<&str>, definitions: &mut Map<String, Value>) {
    if definitions.contains_key(object.name) {
        return;
    }
    let mut properties = Map::new();
    if let Some(word) = word {
        properties.insert("type".into(), json!({ "const": word }));
    }
    let required = word.map(|_| "type").into_iter().chain(object.required.iter().copied());
    let required: Vec<&str> = required.collect();
    for field in object.all() {
        let nullable = !object.required.contains(&field.name);
        properties.insert(field.name.into(), property(field, nullable));
    }
    definitions.insert(
        object.name.into(),
        json!({
            "description": object.about,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }),
    );
    for field in object.all() {
        if let Some(inner) = inner(field.shape) {
            define(inner, None, definitions);
        }
    }
}

/// The object within a shape.
fn inner(shape: Shape) -> Option<&'static Object> {
    match shape {
        Shape::Object(object) | Shape::ObjectOr(object, _) | Shape::List(object, _) => Some(object),
        _ => None,
    }
}

fn property(field: &Field, nullable: bool) -> Value {
    let mut forms = forms(field.shape);
    if nullable {
        forms.push(json!({ "type": "null" }));
    }
    json!({ "description": field.about, "anyOf": forms })
}

/// The forms that a value may have.
fn forms(shape: Shape) -> Vec<Value> {
    let text = || json!({ "type": "string" });
    let reference = |object: &Object| json!({ "$ref": format!("#/$defs/{}", object.name) });
    match shape {
        Shape::Text => vec![text(), json!({ "type": "number" })],
        Shape::Language => {
            vec![
                json!({ "type": "string", "pattern": "^([A-Za-z0-9]{1,8}([-_][A-Za-z0-9]{1,8})*)?$", "maxLength": 35 }),
            ]
        }
        Shape::Lines => {
            let line = json!({ "type": ["string", "number", "null"] });
            vec![json!({ "type": "array", "items": line }), text(), json!({ "type": "number" })]
        }
        Shape::Amount | Shape::Quantity => {
            let number = json!({ "type": "number", "exclusiveMinimum": -ABSURD, "exclusiveMaximum": ABSURD });
            let text = json!({ "type": "string", "maxLength": MOST_CHARACTERS, "not": { "pattern": no_number() } });
            vec![text, number]
        }
        Shape::Word(words) => vec![json!({ "enum": words })],
        Shape::Copies => vec![json!({ "type": "integer", "minimum": 1, "maximum": Copies::MOST })],
        Shape::Data => vec![json!({ "type": "string", "contentEncoding": "base64" })],
        Shape::Width => vec![
            json!({ "type": "integer", "minimum": 1, "maximum": u16::MAX }),
            json!({ "type": "string", "pattern": "^ *(100|[1-9][0-9]?) *% *$" }),
        ],
        Shape::Object(object) => vec![reference(object)],
        Shape::ObjectOr(object, _) => vec![reference(object), text(), json!({ "type": "number" })],
        Shape::List(object, None) => {
            vec![
                json!({ "type": "array", "items": { "anyOf": [reference(object), { "type": "null" }] } }),
            ]
        }
        Shape::List(object, Some(_)) => {
            let short = json!({ "type": ["string", "number", "null"] });
            vec![json!({ "type": "array", "items": { "anyOf": [reference(object), short] } })]
        }
    }
}

/// A pattern for what programs write where a calculation failed, and for numbers with an exponent.
fn no_number() -> String {
    let failed = FAILED.iter().map(|word| word.chars().map(either_case).collect::<String>());
    let failed: Vec<String> = failed.collect();
    format!(r"^\s*[-+]*\s*({}|[0-9.+-]+[eE][0-9.+-]+)\s*$", failed.join("|"))
}

fn either_case(letter: char) -> String {
    match letter {
        'a'..='z' => format!("[{}{letter}]", letter.to_ascii_uppercase()),
        '[' | ']' => format!("\\{letter}"),
        other => other.into(),
    }
}
