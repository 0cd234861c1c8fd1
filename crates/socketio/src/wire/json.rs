//! JSON as senders write it, with a depth that cannot hurt.
//!
//! A value nested ten thousand deep is valid JSON. Refusing it would end the session, and the gateway
//! would send it again on the next one; building it would risk the stack. So what lies deeper than
//! [`MAX_DEPTH`] is read over and becomes `null`.
//!
//! Half a character (`"\ud83d"`, where a text was cut within an emoji) is what JavaScript and Python write without a word,
//! and so is Python's `NaN`. The one is read as U+FFFD, the other as `null`: a field is lost then, and not all that came with it.

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

/// Reads one JSON value: what lies too deep is `null`, half a character U+FFFD, and a number that JSON has not `null`.
///
/// # Errors
/// Where it is no JSON all the same.
pub fn parse(text: &str) -> Result<Value, serde_json::Error> {
    strict(text).or_else(|error| match mended(text) {
        Some(mended) => strict(&mended),
        None => Err(error),
    })
}

fn strict(text: &str) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Pruned { depth: 0 }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Numbers that Python and JavaScript have and JSON has not.
const NO_NUMBERS: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// The text without half characters and without what is no number; `None` where there is neither.
fn mended(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let (mut at, mut copied, mut in_string) = (0, 0, false);
    while let Some(byte) = text.as_bytes().get(at) {
        let (length, instead) = match byte {
            b'"' => {
                in_string = !in_string;
                (1, None)
            }
            b'\\' if in_string => escape(text, at),
            b'N' | b'I' | b'-' if !in_string => no_number(text, at),
            _ => (1, None),
        };
        if let Some(instead) = instead {
            mended.push_str(&text[copied..at]);
            mended.push_str(instead);
            copied = at + length;
        }
        at += length;
    }
    (copied > 0).then(|| mended + &text[copied..])
}

/// The length of the escape there, of a pair both, and what stands for it where it is half a character.
fn escape(text: &str, at: usize) -> (usize, Option<&'static str>) {
    match unit(text, at) {
        Some(0xD800..=0xDBFF) if matches!(unit(text, at + 6), Some(0xDC00..=0xDFFF)) => (12, None),
        Some(0xD800..=0xDFFF) => (6, Some("\\ufffd")),
        Some(_) => (6, None),
        None => (2, None),
    }
}

/// The code unit of the `\uXXXX` there.
fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    digits
        .bytes()
        .all(|digit| digit.is_ascii_hexdigit())
        .then(|| u16::from_str_radix(digits, 16).ok())?
}

fn no_number(text: &str, at: usize) -> (usize, Option<&'static str>) {
    let found = NO_NUMBERS.iter().find(|word| text.as_bytes()[at..].starts_with(word.as_bytes()));
    found.map_or((1, None), |word| (word.len(), Some("null")))
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

    #[test]
    fn half_a_character_and_no_number_cost_a_field_and_not_the_rest() {
        for (text, expected) in [
            (r#"["a\ud83d"]"#, r#"["a\ufffd"]"#),
            (
                r#"["\udca9 b", "\ud83d\ud83d\ude00", "\ud83dx\u0041"]"#,
                r#"["\ufffd b", "\ufffd\ud83d\ude00", "\ufffdxA"]"#,
            ),
            (r#"["\\ud83d", "NaN \" -Infinity", NaN]"#, r#"["\\ud83d", "NaN \" -Infinity", null]"#),
            (
                r#"[{"\ud83d": Infinity, "b": -Infinity}, -1]"#,
                r#"[{"\ufffd": null, "b": null}, -1]"#,
            ),
        ] {
            let expected: Value = serde_json::from_str(expected).unwrap();
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        for bad in
            [r#"["\ud83d]"#, r#"["\ud8"]"#, "[Nan]", "[--Infinity]", r#"["\ud83d", nul]"#, "[\"\\"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r#"(\[|\]|"|\\|\\u|d83d|dc00|\{|:|,|é|NaN|-Infinity|1){0,24}"#) {
            let (ours, theirs) = (parse(&text).ok(), serde_json::from_str::<Value>(&text).ok());
            if theirs.is_some() {
                prop_assert_eq!(ours, theirs);
            }
        }

        #[test]
        fn shallow_json_reads_as_serde_json_reads_it(text in r#"(\[|\]|\{|\}|"a":|"b"|,|1|-2\.5e3|true|null| ){0,24}"#) {
            let ours = parse(&text).ok();
            let theirs = serde_json::from_str::<Value>(&text).ok();
            prop_assert_eq!(ours, theirs);
        }
    }
}
