//! A label in fields.

use crate::quiet::quiet_debug;
use crate::{Frame, Money};
use serde::{Deserialize, Serialize};

/// A label for a product, a bag or a shelf: its title is what it is for. Every field may be missing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Label {
    /// Title, codes, footer, language, copies.
    #[serde(flatten)]
    pub frame: Frame,
    /// Lines of text below the title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Price, printed large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What the price is for, such as "kg".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Currency: an ISO 4217 code, or a sign put behind the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// A day, such as best before: ISO 8601 is written as the language does, anything else as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

quiet_debug!(Label);
