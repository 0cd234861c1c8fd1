//! What may stand in a field: the one description that reader, schema and field table are made of.

use serde_json::{Map, Value};
use std::fmt;

/// A field of a document.
pub(super) struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// What may stand in it.
    pub(super) shape: Shape,
    /// What it is, for the schema and the field table.
    pub(super) about: &'static str,
}

/// What may stand in a field. `null` is absent everywhere.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// A text, or a number that is printed as it is written.
    Text,
    /// A text that must be a language tag.
    Language,
    /// A list of texts; one text is a list of its lines.
    Lines,
    /// A sum of money.
    Amount,
    /// A number of things.
    Quantity,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number of copies.
    Copies,
    /// Bytes in base64, also as a data URI.
    Data,
    /// Dots, or per cent of the paper.
    Width,
    /// Fields under a name of their own in the schema.
    Object(&'static Object),
    /// The same; a text alone stands for that field.
    ObjectOr(&'static Object, &'static str),
    /// A list of such objects; a text alone as its element stands for that field.
    List(&'static Object, Option<&'static str>),
}

/// Fields that belong together.
pub(super) struct Object {
    /// Its name in the schema.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) about: &'static str,
    /// Its fields; those of several tables, one after another.
    pub(super) fields: &'static [&'static [Field]],
    /// Fields without which it means nothing.
    pub(super) required: &'static [&'static str],
}

impl Object {
    /// Every field, in the order of the tables.
    pub(super) fn all(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().flat_map(|table| table.iter())
    }

    /// The first field that it needs and does not have.
    pub(super) fn missing(&self, has: &Map<String, Value>) -> Option<&'static str> {
        self.required.iter().copied().find(|name| !has.contains_key(*name))
    }

    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.all().find(|field| field.name == name)
    }
}

/// What a field should have held; never what it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A text or a number.
    Text,
    /// A text, where a number stands of which JSON keeps not every digit.
    ExactText,
    /// A list of texts.
    Lines,
    /// A list of objects.
    List,
    /// An object.
    Object,
    /// This field, which is missing.
    Present,
    /// A decimal number of reasonable size.
    Amount,
    /// An amount in so many characters at most.
    ShortAmount(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number from 1 to this one.
    Count(u8),
    /// Bytes in base64.
    Base64,
    /// Dots, or per cent as a text.
    Width,
    /// A language tag.
    Language,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Text => f.write_str("a text or a number belongs there"),
            Expected::ExactText => {
                f.write_str("the number has more digits than JSON keeps: send it as text")
            }
            Expected::Lines => f.write_str("a text or a list of texts belongs there"),
            Expected::List => f.write_str("a list belongs there"),
            Expected::Object => f.write_str("an object belongs there"),
            Expected::Present => f.write_str("it is missing"),
            Expected::Amount => {
                f.write_str("a decimal number below 1,000,000,000,000 belongs there")
            }
            Expected::ShortAmount(most) => {
                write!(f, "an amount of at most {most} characters belongs there")
            }
            Expected::Word(words) => write!(f, "one of these belongs there: {}", words.join(", ")),
            Expected::Count(most) => write!(f, "a whole number from 1 to {most} belongs there"),
            Expected::Base64 => f.write_str("bytes in base64 or a data URI belong there"),
            Expected::Width => f.write_str(
                "a number of dots from 1 to 65535 or a text from \"1%\" to \"100%\" belongs there",
            ),
            Expected::Language => f.write_str("a language tag such as \"fr-DZ\" belongs there"),
        }
    }
}
