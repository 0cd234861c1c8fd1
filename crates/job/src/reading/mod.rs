//! Documents as integrators write them in JSON: `{"type": "receipt", …}`.
//!
//! ```text
//! bytes ─▶ parse (a tree of bounded size) ─▶ walk along fields.rs (plain forms, unknown fields listed) ─▶ Document
//! ```
//!
//! `fields.rs` is the one place where a field of the schema is written down; `docs/schema` is made from it.

mod fields;
mod left_out;
mod number;
mod parse;
mod schema;
mod shape;
mod walk;

pub use left_out::{LeftOut, MOST_LEFT_OUT};
pub use number::{amount_of, quantity_of};
pub use parse::{MOST_JSON_BYTES, MOST_JSON_LEVELS, MOST_JSON_VALUES};
pub use schema::document_schema;
pub use shape::Expected;

use crate::{Document, DrawerPin, Picture, currency_decimals};
use fields::{DOCUMENTS, TYPES};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use walk::Walk;

/// Why JSON is not a document. Says where, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentJsonError {
    /// More bytes than [`MOST_JSON_BYTES`].
    #[error("the document has more than {limit} bytes of JSON")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// More values than [`MOST_JSON_VALUES`].
    #[error("the document has more than {limit} values")]
    TooManyValues {
        /// Values allowed.
        limit: usize,
    },
    /// Lists and objects within each other, more than [`MOST_JSON_LEVELS`].
    #[error("the document is nested too deeply: {limit} levels of lists and objects are allowed")]
    TooDeep {
        /// Levels allowed.
        limit: usize,
    },
    /// A number that no computer holds, such as 1e400.
    #[error("the document has a number too large to print (line {line}, column {column})")]
    TooLargeNumber {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A text with `\ud800` … `\udfff` alone, which is no character.
    #[error(
        "the document has half a character, a lone surrogate, in a text (line {line}, column {column})"
    )]
    HalfCharacter {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// Not JSON.
    #[error("the document is not JSON (line {line}, column {column})")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but not an object.
    #[error("the document is not an object")]
    NotAnObject,
    /// A field holds what it cannot hold, or is missing.
    #[error("{path}: {expected}")]
    Field {
        /// Where, such as `items[3].price`.
        path: String,
        /// What belongs there.
        expected: Expected,
    },
}

impl Document {
    /// Reads a document of the schema in `docs/schema/document.schema.json`. Fields that it does not have are left out and
    /// listed, and so are lines, codes and pictures within it that lack what they need; the first [`MOST_LEFT_OUT`] of each.
    ///
    /// # Errors
    /// [`DocumentJsonError`], which names the place and never holds the value. Also where nothing but what is left out would
    /// have been on paper.
    pub fn from_json(json: &[u8]) -> Result<(Document, Vec<LeftOut>), DocumentJsonError> {
        let Value::Object(mut fields) = parse::parse(json)? else {
            return Err(DocumentJsonError::NotAnObject);
        };
        let of_type = |expected| DocumentJsonError::Field { path: "type".into(), expected };
        let word = fields.remove("type").ok_or(of_type(Expected::Present))?;
        let known = DOCUMENTS.iter().find(|(known, _)| word.as_str() == Some(known));
        let (word, object) = known.ok_or(of_type(Expected::Word(TYPES)))?;
        let currency = fields.get("currency").and_then(Value::as_str).unwrap_or_default();
        let mut walk = Walk::new(usize::from(currency_decimals(currency)));
        let plain = walk.document(object, fields)?;
        if let Some(lack) = walk.lacks.first().filter(|_| is_bare(&plain)) {
            return Err(lack.into());
        }
        Ok((document(word, Value::Object(plain))?, walk.left_out()))
    }
}

/// Whether no field puts anything on paper.
fn is_bare(plain: &Map<String, Value>) -> bool {
    const MANNERS: [&str; 3] = ["language", "copies", "currency"];
    let is_blank = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    plain.iter().all(|(name, value)| MANNERS.contains(&name.as_str()) || is_blank(value))
}

/// A document of plain fields.
fn document(word: &str, mut plain: Value) -> Result<Document, DocumentJsonError> {
    let text = |plain: &Value, name: &str| plain[name].as_str().unwrap_or_default().to_owned();
    Ok(match word {
        "receipt" => {
            plain["kind"] = "bill".into();
            Document::Receipt(of_fields(plain)?)
        }
        "kitchen-ticket" => {
            plain["kind"] = "kitchen".into();
            Document::Receipt(of_fields(plain)?)
        }
        "reservation" => Document::Reservation(of_fields(plain)?),
        "cash-out" => Document::CashOut(of_fields(plain)?),
        "label" => Document::Label(of_fields(plain)?),
        "html" => Document::Html(text(&plain, "html")),
        "image" => Document::Image(of_fields(plain)?),
        "pdf" => Document::Pdf(of_fields(plain)?),
        "raw" => Document::Raw(of_fields::<Picture>(plain)?.bytes),
        "drawer" => Document::Drawer(match plain.get_mut("pin") {
            Some(pin) => of_fields(pin.take())?,
            None => DrawerPin::default(),
        }),
        "test-page" => Document::TestPage {
            lines: plain.get_mut("lines").map(Value::take).map_or(Ok(Vec::new()), of_fields)?,
        },
        _ => Document::Text(text(&plain, "text")),
    })
}

/// The walk leaves nothing that a document's own types do not take.
fn of_fields<T: DeserializeOwned>(plain: Value) -> Result<T, DocumentJsonError> {
    serde_json::from_value(plain).map_err(|_| DocumentJsonError::NotAnObject)
}

#[cfg(test)]
mod tests;
