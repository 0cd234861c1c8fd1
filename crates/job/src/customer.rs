//! Who a document is for, and who brings it.

use crate::Money;
use crate::quiet::quiet_debug;
use serde::{Deserialize, Serialize};

/// A customer.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Customer {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address, line by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<String>,
    /// Tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<String>,
}

/// Who brings an order, and for how much.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Delivery {
    /// Name of who brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub courier: Option<String>,
    /// Telephone number of who brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
}

quiet_debug!(Customer, Delivery);

impl Customer {
    /// A customer of whom the name is known.
    pub fn named(name: impl Into<String>) -> Customer {
        Customer { name: Some(name.into()), ..Customer::default() }
    }
}
