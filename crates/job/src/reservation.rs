//! A reservation in fields.

use crate::quiet::quiet_debug;
use crate::{Customer, Frame, Quantity};
use serde::{Deserialize, Serialize};

/// A table that is kept for somebody. Every field may be missing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Reservation {
    /// Heading, title, codes, footer, language, copies.
    #[serde(flatten)]
    pub frame: Frame,
    /// Confirmation number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// For whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The day, or the moment: ISO 8601 is written as the language does, anything else as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The time of day, where the date does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// How many people come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party_size: Option<Quantity>,
    /// Table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// What the customer wishes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

quiet_debug!(Reservation);

impl Reservation {
    /// Whether there is nothing in it but what stands around it.
    pub fn is_bare(&self) -> bool {
        *self == Reservation { frame: self.frame.clone(), ..Reservation::default() }
    }
}
