//! A tree of JSON against a description: what is known comes out in its plain form, what is not is listed.

use super::DocumentJsonError;
use super::left_out::{Lack, LeftOut, MOST_LEFT_OUT, shown};
use super::number;
use super::shape::{Expected, Object, Shape};
use crate::Copies;
use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Base64 as senders write it, with and without the last `=`.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A way through a document.
pub(super) struct Walk {
    /// Where it is: `items[3].price`.
    path: String,
    /// Decimals that a number gets as an amount.
    decimals: usize,
    /// What is left out although its field is known.
    pub(super) lacks: Vec<Lack>,
    unknown: Vec<LeftOut>,
}

type Walked = Result<Option<Value>, DocumentJsonError>;

impl Walk {
    /// A walk through a document whose amounts have so many decimals.
    pub(super) fn new(decimals: usize) -> Walk {
        Walk { path: String::new(), decimals, lacks: Vec::new(), unknown: Vec::new() }
    }

    /// The known fields of a whole document, in their plain form.
    pub(super) fn document(
        &mut self,
        object: &'static Object,
        fields: Map<String, Value>,
    ) -> Result<Map<String, Value>, DocumentJsonError> {
        let out = self.fields(object, fields)?;
        match object.missing(&out) {
            None => Ok(out),
            Some(missing) => {
                self.enter(missing);
                Err(self.expected(Expected::Present))
            }
        }
    }

    /// What was left out: lines, codes and pictures first.
    pub(super) fn left_out(self) -> Vec<LeftOut> {
        self.lacks.iter().map(LeftOut::from).chain(self.unknown).collect()
    }

    /// An object within a document. One that lacks what it needs is left out.
    fn object(&mut self, object: &'static Object, fields: Map<String, Value>) -> Walked {
        let known = self.lacks.len();
        let out = self.fields(object, fields)?;
        let Some(field) = object.missing(&out) else { return Ok(Some(Value::Object(out))) };
        if !self.lacks[known..].iter().any(|lack| lack.is_about(&self.path, field)) {
            self.lacks(Lack::Field { path: self.path.clone(), field });
        }
        Ok(None)
    }

    fn fields(
        &mut self,
        object: &'static Object,
        fields: Map<String, Value>,
    ) -> Result<Map<String, Value>, DocumentJsonError> {
        let mut out = Map::new();
        for (name, value) in fields {
            let Some(field) = object.field(&name) else {
                self.unknown(&name);
                continue;
            };
            let from = self.enter(field.name);
            if let Some(plain) = self.value(field.shape, value)? {
                out.insert(name, plain);
            }
            self.path.truncate(from);
        }
        Ok(out)
    }

    fn value(&mut self, shape: Shape, value: Value) -> Walked {
        if value.is_null() {
            return Ok(None);
        }
        match shape {
            Shape::Text => self.text(value),
            Shape::Language => self.language(value),
            Shape::Lines => self.lines(value),
            Shape::Amount => self.number(&value, self.decimals),
            Shape::Quantity => self.number(&value, 0),
            Shape::Word(words) => self.word(words, value),
            Shape::Copies => self.copies(&value),
            Shape::Data => self.data(value),
            Shape::Width => self.width(&value),
            Shape::Object(object) => self.object_or(object, None, value),
            Shape::ObjectOr(object, short) => self.object_or(object, Some(short), value),
            Shape::List(object, short) => self.list(object, short, value),
        }
    }

    fn text(&self, value: Value) -> Walked {
        match value {
            Value::String(text) => Ok(Some(text.into())),
            // Beyond that it is another number already.
            Value::Number(number) if number::is_exact(&number) => {
                Ok(Some(number::plain(&number, 0).into()))
            }
            Value::Number(_) => Err(self.expected(Expected::ExactText)),
            _ => Err(self.expected(Expected::Text)),
        }
    }

    fn language(&self, value: Value) -> Walked {
        let tag = value.as_str().map(|tag| tag.trim().replace('_', "-"));
        let tag = tag.ok_or_else(|| self.expected(Expected::Language))?;
        let known = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        match tag.as_str() {
            "" => Ok(None),
            tag if tag.len() <= 35 && tag.split('-').all(known) => Ok(Some(tag.into())),
            _ => Err(self.expected(Expected::Language)),
        }
    }

    fn lines(&mut self, value: Value) -> Walked {
        let lines = match value {
            Value::Array(list) => {
                let mut lines = Vec::with_capacity(list.len());
                for (index, line) in list.into_iter().enumerate() {
                    let from = self.enter_at(index);
                    lines.extend(self.value(Shape::Text, line)?);
                    self.path.truncate(from);
                }
                lines
            }
            Value::String(text) => text.lines().map(Value::from).collect(),
            number @ Value::Number(_) => self.text(number)?.into_iter().collect(),
            _ => return Err(self.expected(Expected::Lines)),
        };
        Ok(Some(lines.into()))
    }

    fn number(&self, value: &Value, decimals: usize) -> Walked {
        if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Ok(None);
        }
        let text = number::decimal_text(value, decimals);
        text.map(|text| Some(text.into())).ok_or_else(|| self.expected(number::expected(value)))
    }

    fn word(&mut self, words: &'static [&'static str], value: Value) -> Walked {
        let known = value.as_str().and_then(|text| words.iter().find(|word| **word == text));
        match known {
            Some(word) => Ok(Some((*word).into())),
            None => self.wrong(Expected::Word(words)),
        }
    }

    fn copies(&self, value: &Value) -> Walked {
        let count = value.as_u64().and_then(|count| u8::try_from(count).ok());
        let copies = count.and_then(Copies::new);
        copies
            .map(|copies| Some(copies.get().into()))
            .ok_or_else(|| self.expected(Expected::Count(Copies::MOST)))
    }

    fn data(&mut self, value: Value) -> Walked {
        let Value::String(text) = value else { return self.wrong(Expected::Base64) };
        let body = match text.trim_start().strip_prefix("data:") {
            Some(uri) => uri.split_once(";base64,").map(|(_, body)| body),
            None => Some(text.as_str()),
        };
        let decoded = body.map(|body| body.bytes().filter(|b| !b.is_ascii_whitespace()).collect());
        let bytes = decoded.and_then(|body: Vec<u8>| LENIENT.decode(body).ok());
        match bytes {
            Some(bytes) => Ok(Some(STANDARD.encode(bytes).into())),
            None => self.wrong(Expected::Base64),
        }
    }

    fn width(&mut self, value: &Value) -> Walked {
        let percent = value.as_str().and_then(|text| text.trim().strip_suffix('%'));
        let percent = percent.and_then(|number| number.trim().parse::<u8>().ok());
        let dots = value.as_u64().and_then(|dots| u16::try_from(dots).ok());
        match (percent, dots) {
            (Some(percent @ 1..=100), _) => Ok(Some(json!({ "percent": percent }))),
            (_, Some(dots @ 1..)) => Ok(Some(json!({ "dots": dots }))),
            _ => self.wrong(Expected::Width),
        }
    }

    fn object_or(
        &mut self,
        object: &'static Object,
        short: Option<&'static str>,
        value: Value,
    ) -> Walked {
        match (value, short) {
            (Value::Object(fields), _) => self.object(object, fields),
            (text @ (Value::String(_) | Value::Number(_)), Some(short)) => {
                let fields = Map::from_iter([(short.to_owned(), text)]);
                self.object(object, fields)
            }
            _ => Err(self.expected(Expected::Object)),
        }
    }

    fn list(
        &mut self,
        object: &'static Object,
        short: Option<&'static str>,
        value: Value,
    ) -> Walked {
        let Value::Array(list) = value else { return Err(self.expected(Expected::List)) };
        let mut out = Vec::with_capacity(list.len());
        for (index, value) in list.into_iter().enumerate().filter(|(_, value)| !value.is_null()) {
            let from = self.enter_at(index);
            out.extend(self.object_or(object, short, value)?);
            self.path.truncate(from);
        }
        Ok(Some(out.into()))
    }

    /// Goes into a field; what it gives back leads out again.
    fn enter(&mut self, name: &str) -> usize {
        let from = self.path.len();
        if from > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        from
    }

    fn enter_at(&mut self, index: usize) -> usize {
        let from = self.path.len();
        // Writing to a String cannot fail.
        let _ = write!(self.path, "[{index}]");
        from
    }

    fn expected(&self, expected: Expected) -> DocumentJsonError {
        DocumentJsonError::Field { path: self.path.clone(), expected }
    }

    /// A field holds something that it cannot: within a document it is left out, and of a whole document the reason to
    /// refuse it.
    fn wrong(&mut self, expected: Expected) -> Walked {
        if !self.path.contains('.') {
            return Err(self.expected(expected));
        }
        self.lacks(Lack::Wrong { path: self.path.clone(), expected });
        Ok(None)
    }

    fn lacks(&mut self, lack: Lack) {
        if self.lacks.len() < MOST_LEFT_OUT {
            self.lacks.push(lack);
        }
    }

    fn unknown(&mut self, name: &str) {
        if self.unknown.len() < MOST_LEFT_OUT {
            let from = self.enter(&shown(name));
            self.unknown.push(LeftOut::unknown(&self.path));
            self.path.truncate(from);
        }
    }
}
