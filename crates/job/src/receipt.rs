//! A receipt in fields, independent of the system that sent it.

use serde::{Deserialize, Serialize};

/// An amount of money, as a decimal text such as `"12.50"`: exact, and printed as the sender meant it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub String);

/// A number of things, as a decimal text such as `"2"` or `"0.350"`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(pub String);

/// A receipt or a kitchen ticket. Every field may be missing; a missing one leaves no hole on paper. Its `Debug` tells
/// nothing of the content.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Receipt {
    /// Lines of the shop's heading, the first one large.
    pub header: Vec<String>,
    /// What it is, such as "KITCHEN".
    pub title: Option<String>,
    /// Order or receipt number.
    pub order: Option<String>,
    /// Table.
    pub table: Option<String>,
    /// Date and time as it is to be printed.
    pub date: Option<String>,
    /// Customer.
    pub customer: Option<String>,
    /// Who served.
    pub cashier: Option<String>,
    /// What was ordered.
    pub items: Vec<ReceiptItem>,
    /// Subtotal, taxes, discounts, tips: in order, before the total.
    pub totals: Vec<ReceiptTotal>,
    /// What is to be paid.
    pub total: Option<Money>,
    /// How it was paid.
    pub payments: Vec<ReceiptTotal>,
    /// Remarks to the whole order.
    pub notes: Vec<String>,
    /// Last lines.
    pub footer: Vec<String>,
    /// Currency sign or code put behind the total.
    pub currency: Option<String>,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Receipt({} items)", self.items.len())
    }
}

/// One line of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct ReceiptItem {
    /// What it is.
    pub name: String,
    /// How many.
    pub quantity: Option<Quantity>,
    /// Price of one.
    pub price: Option<Money>,
    /// Price of all.
    pub total: Option<Money>,
    /// Modifiers and remarks, one a line, below the item.
    pub notes: Vec<String>,
}

/// A label with an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptTotal {
    /// What the amount is.
    pub label: String,
    /// How much.
    pub amount: Money,
}
