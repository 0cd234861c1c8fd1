//! JSON with a depth that cannot hurt.
//!
//! A value nested ten thousand deep is valid JSON. Refusing it would end the session, and the gateway
//! would send it again on the next one; building it would risk the stack. So what lies deeper than
//! [`MAX_DEPTH`] is read over and becomes `null`.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Levels of nesting that are kept. Below serde_json's own limit of 128.
pub(crate) const MAX_DEPTH: usize = 100;

/// Reads a JSON array into its elements.
pub(crate) fn array(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    match parse(text)? {
        Value::Array(values) => Ok(values),
        _ => Err(serde_json::Error::custom("not an array")),
    }
}

/// Reads one JSON value.
pub(crate) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Pruned { depth: 0 }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Pruned {
    depth: usize,
}

impl Pruned {
    fn below(self) -> Self {
        Self { depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Pruned {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.depth > MAX_DEPTH {
            // serde_json skips without recursion, so this is safe at any depth.
            deserializer.deserialize_ignored_any(IgnoredAny)?;
            return Ok(Value::Null);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Pruned {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self.below())? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            map.insert(key, entries.next_value_seed(self.below())?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn depth(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
            Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    #[test]
    fn a_hundred_thousand_levels_are_cut() {
        for (open, inner, close) in [("[", "1", "]"), ("{\"a\":", "1", "}")] {
            let n = 100_000;
            let text = format!("[\"job\",{},7]", open.repeat(n) + inner + &close.repeat(n));
            let values = array(&text).unwrap();
            assert_eq!(values[0], "job");
            assert_eq!(values[2], 7);
            assert_eq!(depth(&values[1]), MAX_DEPTH);
        }
    }

    #[test]
    fn bad_json_is_an_error_at_any_depth() {
        let deep = "[".repeat(200);
        for bad in
            ["", "[", "[1", "[1]2", "{\"a\"}", "nul", "[1,]", "\"\\ud800\"", &deep, "{}", "3"]
        {
            assert!(array(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn shallow_json_reads_as_serde_json_reads_it(text in r#"(\[|\]|\{|\}|"a":|"b"|,|1|-2\.5e3|true|null| ){0,24}"#) {
            let ours = parse(&text).ok();
            let theirs = serde_json::from_str::<Value>(&text).ok();
            prop_assert_eq!(ours, theirs);
        }
    }
}
