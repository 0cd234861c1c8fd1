//! Reading what a gateway sends, tolerantly: null is absent, numbers may come as text and text as numbers, unknown
//! fields do not matter, bytes may come as an attachment or as a serialised Node buffer.

use crate::fields::{field, shape, text_field};
use bytes::Bytes;
use platen_job::{DocumentError, Refusal};
use platen_socketio::Arg;
use serde_json::{Map, Value};

/// The arguments of one event: an object, and bytes that came with it.
#[derive(Clone, Default)]
pub(crate) struct Payload {
    fields: Map<String, Value>,
    /// What placeholders in `fields` stand for.
    parts: Vec<Bytes>,
    /// The second argument, where it is bytes.
    beside: Option<Bytes>,
}

/// The arguments are not what the contract says; names what came instead, never its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it carried {0} where an object belongs")]
pub(crate) struct WrongShape(&'static str);

impl Payload {
    /// Reads the arguments of an event. No argument at all, and null, read as an empty object.
    pub(crate) fn from_args(args: Vec<Arg>) -> Result<Payload, WrongShape> {
        let mut args = args.into_iter();
        let mut payload = match args.next() {
            None => Payload::default(),
            Some(Arg::Json(json)) => Payload::from_json(json, Vec::new())?,
            Some(Arg::Mixed { json, parts }) => Payload::from_json(json, parts)?,
            Some(Arg::Binary(_)) => return Err(WrongShape("bytes")),
        };
        if let Some(Arg::Binary(bytes)) = args.next() {
            payload.beside = Some(bytes);
        }
        Ok(payload)
    }

    fn from_json(json: Value, parts: Vec<Bytes>) -> Result<Payload, WrongShape> {
        match json {
            Value::Object(fields) => Ok(Payload { fields, parts, beside: None }),
            Value::Null => Ok(Payload::default()),
            other => Err(WrongShape(shape(&other))),
        }
    }

    /// The same with these fields only, to be kept while a job is on its way: the rest may be large.
    pub(crate) fn only(mut self, names: &[&str]) -> Payload {
        self.fields.retain(|name, _| names.contains(&name.as_str()));
        Payload { fields: self.fields, parts: Vec::new(), beside: None }
    }

    /// The first of these fields that is there and not null.
    pub(crate) fn get(&self, names: &[&str]) -> Option<&Value> {
        field(&self.fields, names)
    }

    /// The first of these fields that is a text or a number, as text.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        text_field(&self.fields, names)
    }

    /// A field that is an object.
    pub(crate) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.fields.get(name).and_then(Value::as_object)
    }

    /// Bytes in the field of that name, or beside the object where the field is missing.
    ///
    /// # Errors
    /// [`Refusal::BadField`] where there is something else than bytes in it, [`Refusal::Document`] where there are
    /// more than `limit`.
    pub(crate) fn bytes(&self, name: &'static str, limit: usize) -> Result<Option<Bytes>, Refusal> {
        let found = match self.get(&[name]) {
            None => self.beside.clone(),
            Some(Value::Array(numbers)) => Some(bytes_of_numbers(numbers, name, limit)?),
            Some(value) => match self.attachment(value) {
                Some(bytes) => Some(bytes),
                None => match node_buffer(value) {
                    Some(numbers) => Some(bytes_of_numbers(numbers, name, limit)?),
                    None => return Err(not_bytes(name)),
                },
            },
        };
        match found {
            Some(bytes) if bytes.len() > limit => Err(DocumentError::TooLarge { limit }.into()),
            other => Ok(other.filter(|bytes| !bytes.is_empty())),
        }
    }

    /// The bytes that a placeholder stands for.
    fn attachment(&self, value: &Value) -> Option<Bytes> {
        let place = value.as_object().filter(|place| place.contains_key("_placeholder"))?;
        let number = usize::try_from(place.get("num")?.as_u64()?).ok()?;
        self.parts.get(number).cloned()
    }

    /// Whether that field holds bytes rather than JSON.
    pub(crate) fn holds_bytes(&self, name: &str) -> bool {
        self.get(&[name]).map_or(self.beside.is_some(), |value| {
            self.attachment(value).is_some() || node_buffer(value).is_some()
        })
    }
}

/// What `JSON.stringify` makes of a Node buffer.
fn node_buffer(value: &Value) -> Option<&Vec<Value>> {
    let buffer = value.as_object()?;
    if buffer.get("type")?.as_str()? != "Buffer" {
        return None;
    }
    buffer.get("data")?.as_array()
}

fn bytes_of_numbers(numbers: &[Value], name: &'static str, limit: usize) -> Result<Bytes, Refusal> {
    if numbers.len() > limit {
        return Err(DocumentError::TooLarge { limit }.into());
    }
    numbers.iter().map(byte).collect::<Option<Vec<u8>>>().map(Bytes::from).ok_or(not_bytes(name))
}

fn not_bytes(field: &'static str) -> Refusal {
    Refusal::BadField { field, expected: "a list of whole numbers from 0 to 255" }
}

/// A whole number from 0 to 255; `27.0` is one, `27.5` and `"27"` are not.
fn byte(value: &Value) -> Option<u8> {
    if let Some(whole) = value.as_u64() {
        return u8::try_from(whole).ok();
    }
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    // Exact: the range was checked and there is no fraction.
    (0.0..=255.0).contains(&number).then_some(number as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn payload(json: Value) -> Payload {
        Payload::from_args(vec![Arg::Json(json)]).unwrap()
    }

    #[test]
    fn bytes_come_in_four_forms() {
        let expected = Some(Bytes::from_static(&[27, 64, 255]));
        let list = payload(json!({"c": [27, 64.0, 255]}));
        let node = payload(json!({"c": {"type": "Buffer", "data": [27, 64, 255]}}));
        let mixed = Payload::from_args(vec![Arg::Mixed {
            json: json!({"c": {"_placeholder": true, "num": 0}}),
            parts: vec![Bytes::from_static(&[27, 64, 255])],
        }])
        .unwrap();
        let beside = Payload::from_args(vec![
            Arg::Json(json!({"id": 1})),
            Arg::Binary(Bytes::from_static(&[27, 64, 255])),
        ])
        .unwrap();
        for form in [list, node, mixed, beside] {
            assert_eq!(form.bytes("c", 3), Ok(expected.clone()));
            assert_eq!(form.bytes("c", 2), Err(DocumentError::TooLarge { limit: 2 }.into()));
        }
    }

    #[test]
    fn what_is_no_byte_is_refused() {
        for bad in
            [json!([256]), json!([-1]), json!([1.5]), json!(["27"]), json!([null]), json!({})]
        {
            let refused = payload(json!({ "c": bad })).bytes("c", 99);
            assert!(matches!(refused, Err(Refusal::BadField { field: "c", .. })), "{refused:?}");
        }
    }

    #[test]
    fn null_is_absent_and_numbers_are_text() {
        let payload = payload(json!({"a": null, "b": 7, "c": true}));
        assert_eq!(payload.text(&["a", "b"]), Some("7".into()));
        assert_eq!(payload.text(&["c"]), None);
        assert_eq!(payload.bytes("a", 1), Ok(None));
    }
}
