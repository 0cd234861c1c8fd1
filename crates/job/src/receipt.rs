//! A receipt in fields, independent of the system that sent it.

use crate::quiet::quiet_debug;
use crate::{Customer, Delivery, Frame, Money, Quantity};
use serde::{Deserialize, Deserializer, Serialize};

/// A receipt or a kitchen ticket. Every field may be missing; a missing one leaves no hole on paper. Its `Debug` tells
/// nothing of the content.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Receipt {
    /// What the paper is for. `None`: told from its fields; a list of items without a single amount is for the kitchen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReceiptKind>,
    /// Heading, title, codes, footer, language, copies.
    #[serde(flatten)]
    pub frame: Frame,
    /// Order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Receipt or invoice number, where it is not the order's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// How it is served, such as "Delivery" or "Take away".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// How many people sit there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covers: Option<Quantity>,
    /// Date and time: an ISO 8601 moment is written as the language does, anything else as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Customer.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "name_or_fields")]
    pub customer: Option<Customer>,
    /// Who served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
    /// Who brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// What was ordered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ReceiptItem>,
    /// Subtotal, discounts, service, tips: in order, before the total.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<ReceiptTotal>,
    /// Taxes by rate.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Tax>,
    /// What is to be paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// How it was paid.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// What the customer handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<Money>,
    /// What the customer got back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Money>,
    /// Currency: an ISO 4217 code, or a sign put behind the total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Remarks to the whole order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What a receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptKind {
    /// With amounts, for a customer.
    Bill,
    /// For those who cook: no amounts, to be read from a metre away.
    Kitchen,
}

/// One line of an order.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct ReceiptItem {
    /// What it is.
    pub name: String,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// What is counted, such as "kg".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Price of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Price of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// Tax code, such as "A", put behind the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<String>,
    /// What was added, left out or chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<Modifier>,
    /// A discount on this line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<ReceiptTotal>,
    /// Remarks, one a line, below the item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Something added to an item, left out of it or chosen with it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Modifier {
    /// What it is.
    pub name: String,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// What was chosen with it in turn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<Modifier>,
}

/// An amount with what it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct ReceiptTotal {
    /// What the amount is, for our word in the receipt's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<TotalKind>,
    /// What the amount is in the sender's words; they win over ours.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// How much.
    pub amount: Money,
}

/// What an amount before the total is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TotalKind {
    /// The sum of the items.
    Subtotal,
    /// Taken off.
    Discount,
    /// For service.
    Service,
    /// For bringing it.
    Delivery,
    /// Taxes in one sum.
    Tax,
    /// For the staff.
    Tip,
    /// To the next coin.
    Rounding,
}

/// A tax of one rate.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Tax {
    /// What it is called, such as "VAT", or the code that items carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Rate in per cent, such as `"5.5"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Quantity>,
    /// What it is taken of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Money>,
    /// How much it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// One of the ways in which it was paid.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Payment {
    /// How, such as "Card". Receipts stored by earlier versions call it `label`.
    #[serde(alias = "label")]
    pub method: String,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The number of the payment at the bank, the last digits of a card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

quiet_debug!(Receipt, ReceiptItem, Modifier, ReceiptTotal, Tax, Payment);

impl TotalKind {
    /// Every kind.
    pub const ALL: [TotalKind; 7] = [
        TotalKind::Subtotal,
        TotalKind::Discount,
        TotalKind::Service,
        TotalKind::Delivery,
        TotalKind::Tax,
        TotalKind::Tip,
        TotalKind::Rounding,
    ];

    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            TotalKind::Subtotal => "subtotal",
            TotalKind::Discount => "discount",
            TotalKind::Service => "service",
            TotalKind::Delivery => "delivery",
            TotalKind::Tax => "tax",
            TotalKind::Tip => "tip",
            TotalKind::Rounding => "rounding",
        }
    }
}

/// Earlier versions stored the customer's name alone.
fn name_or_fields<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Customer>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Name(String),
        Fields(Customer),
    }
    Ok(Option::<Form>::deserialize(from)?.map(|form| match form {
        Form::Name(name) => Customer::named(name),
        Form::Fields(customer) => customer,
    }))
}

impl Receipt {
    /// Whether there is nothing in it but what stands around it.
    pub fn is_bare(&self) -> bool {
        *self == Receipt { kind: self.kind, frame: self.frame.clone(), ..Receipt::default() }
    }
}
