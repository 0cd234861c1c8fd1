//! One argument of an event or of an acknowledgement.

use bytes::Bytes;
use serde_json::Value;
use std::fmt;

/// One argument of an event or of an acknowledgement.
///
/// Socket.IO lets an argument be JSON, bytes, or JSON with bytes somewhere inside. All three are kept
/// apart, so that the usual cases cost the caller one `match` arm.
#[derive(Clone, PartialEq)]
pub enum Arg {
    /// Plain JSON.
    Json(Value),
    /// The whole argument is bytes.
    Binary(Bytes),
    /// JSON with bytes inside: each place holds `{"_placeholder":true,"num":n}`, where `n` is an index
    /// into `parts` (counted per argument, from zero).
    Mixed {
        /// The JSON with its placeholders.
        json: Value,
        /// The bytes the placeholders stand for.
        parts: Vec<Bytes>,
    },
}

impl Arg {
    /// The JSON of this argument; `None` when it is bytes or has bytes inside.
    pub fn as_json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value),
            Self::Binary(_) | Self::Mixed { .. } => None,
        }
    }

    /// The JSON of this argument by value; `None` when it is bytes or has bytes inside.
    pub fn into_json(self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value),
            Self::Binary(_) | Self::Mixed { .. } => None,
        }
    }
}

impl From<Value> for Arg {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl From<Bytes> for Arg {
    fn from(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }
}

/// Shows the shape only: arguments carry receipts and keys, which must not reach a log.
impl fmt::Debug for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(value) => write!(f, "Json({})", shape(value)),
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
            Self::Mixed { json, parts } => {
                write!(f, "Mixed({}, {} parts)", shape(json), parts.len())
            }
        }
    }
}

fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
