//! JSON text to a tree of bounded size.

use super::DocumentJsonError;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Most bytes of JSON: a document of 16 MiB in base64, and its fields.
pub const MOST_JSON_BYTES: usize = 24 * 1024 * 1024;

/// Most values in one document: 5,000 items with every field filled are a third of it.
pub const MOST_JSON_VALUES: usize = 400_000;

/// Parses a document. Objects that name a field twice keep the last one.
pub(super) fn parse(json: &[u8]) -> Result<Value, DocumentJsonError> {
    if json.len() > MOST_JSON_BYTES {
        return Err(DocumentJsonError::TooLarge { limit: MOST_JSON_BYTES });
    }
    let mut left = MOST_JSON_VALUES;
    let mut source = serde_json::Deserializer::from_slice(json);
    let parsed = Tree { left: &mut left }.deserialize(&mut source);
    let whole = parsed.and_then(|value| source.end().map(|()| value));
    whole.map_err(|error| {
        // Nothing but the bound makes an error of ours out of text that is JSON.
        if error.is_data() {
            DocumentJsonError::TooManyValues { limit: MOST_JSON_VALUES }
        } else {
            DocumentJsonError::NotJson { line: error.line(), column: error.column() }
        }
    })
}

/// Builds a tree as long as there is room for one more value.
struct Tree<'a> {
    left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        *self.left = self.left.checked_sub(1).ok_or_else(|| D::Error::custom("too many values"))?;
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = from.next_element_seed(Tree { left: self.left })? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            map.insert(name, from.next_value_seed(Tree { left: self.left })?);
        }
        Ok(Value::Object(map))
    }
}
