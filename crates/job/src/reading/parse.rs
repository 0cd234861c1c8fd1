//! JSON text to a tree of bounded size.

use super::DocumentJsonError;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Most bytes of JSON: a document of 16 MiB in base64, and its fields.
pub const MOST_JSON_BYTES: usize = 24 * 1024 * 1024;

/// Most values in one document: 5,000 items with every field filled are a third of it.
pub const MOST_JSON_VALUES: usize = 400_000;

/// Most lists and objects within each other.
pub const MOST_JSON_LEVELS: usize = 100;

/// What some programs write before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses a document. Objects that name a field twice keep the last one.
pub(super) fn parse(json: &[u8]) -> Result<Value, DocumentJsonError> {
    if json.len() > MOST_JSON_BYTES {
        return Err(DocumentJsonError::TooLarge { limit: MOST_JSON_BYTES });
    }
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    let mut room = Room { values: MOST_JSON_VALUES, levels: MOST_JSON_LEVELS };
    let mut source = serde_json::Deserializer::from_slice(json);
    let parsed = Tree { room: &mut room }.deserialize(&mut source);
    let whole = parsed.and_then(|value| source.end().map(|()| value));
    whole.map_err(|error| match room {
        // Nothing but the bounds makes an error of ours out of text that is JSON.
        Room { levels: 0, .. } if error.is_data() => {
            DocumentJsonError::TooDeep { limit: MOST_JSON_LEVELS }
        }
        _ if error.is_data() => DocumentJsonError::TooManyValues { limit: MOST_JSON_VALUES },
        _ => not_readable(&error),
    })
}

/// What is wrong with the text. The library tells these apart only by its words, which a test holds.
fn not_readable(error: &serde_json::Error) -> DocumentJsonError {
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    if said.starts_with("number out of range") {
        DocumentJsonError::TooLargeNumber { line, column }
    } else if said.starts_with("lone leading surrogate")
        || said.starts_with("unexpected end of hex escape")
    {
        DocumentJsonError::HalfCharacter { line, column }
    } else {
        DocumentJsonError::NotJson { line, column }
    }
}

/// How much more there may be.
struct Room {
    values: usize,
    levels: usize,
}

impl Room {
    /// One level further in; the way out again gives it back.
    fn enter<E: Error>(&mut self) -> Result<(), E> {
        self.levels = self.levels.checked_sub(1).ok_or_else(|| E::custom("too many levels"))?;
        Ok(())
    }
}

/// Builds a tree as long as there is room for one more value.
struct Tree<'a> {
    room: &'a mut Room,
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        let left = self.room.values.checked_sub(1);
        self.room.values = left.ok_or_else(|| D::Error::custom("too many values"))?;
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
        self.room.enter()?;
        while let Some(value) = from.next_element_seed(Tree { room: self.room })? {
            list.push(value);
        }
        self.room.levels += 1;
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        self.room.enter()?;
        while let Some(name) = from.next_key::<String>()? {
            map.insert(name, from.next_value_seed(Tree { room: self.room })?);
        }
        self.room.levels += 1;
        Ok(Value::Object(map))
    }
}
