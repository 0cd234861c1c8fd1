//! The lines of an order.

use super::first;
use super::names::{
    DISCOUNT, EXTRAS, IN_ITEM, ITEM_TOTAL, ITEMS, NAME, NAMED, NOTES, PRICE, QUANTITY, TAX_CODE,
    UNIT,
};
use super::sums::Purse;
use super::values::text_or_name;
use crate::fields::{Fields, Unknown, clean, lines, list, text, text_of};
use platen_job::{Modifier, ReceiptItem, ReceiptTotal, TotalKind, quantity_of};
use serde_json::Value;

/// Every line that has a name or an amount.
pub(super) fn items(order: &Fields, purse: &Purse, unknown: &mut Unknown) -> Vec<ReceiptItem> {
    let mut items = Vec::new();
    for value in list(order, ITEMS) {
        if let Value::Object(fields) = value {
            unknown.collect("orderData.items[].", fields, IN_ITEM);
        }
        items.extend(item(value, purse));
    }
    items
}

fn item(value: &Value, purse: &Purse) -> Option<ReceiptItem> {
    let Value::Object(fields) = value else {
        return Some(ReceiptItem { name: clean(&text_of(value)?), ..ReceiptItem::default() });
    };
    let discount = purse.amount(fields, DISCOUNT).map(|amount| ReceiptTotal {
        kind: Some(TotalKind::Discount),
        label: String::new(),
        amount,
    });
    let name = text(fields, NAME).or_else(|| text_or_name(fields, NAMED));
    let (price, total) = (purse.amount(fields, PRICE), purse.amount(fields, ITEM_TOTAL));
    if name.is_none() && price.is_none() && total.is_none() {
        return None;
    }
    Some(ReceiptItem {
        name: name.unwrap_or_default(),
        quantity: first(fields, QUANTITY).and_then(quantity_of),
        unit: text(fields, UNIT),
        price,
        total,
        tax: text(fields, TAX_CODE),
        modifiers: modifiers(fields, purse),
        discount,
        notes: lines(fields, NOTES),
    })
}

fn modifiers(fields: &Fields, purse: &Purse) -> Vec<Modifier> {
    list(fields, EXTRAS).filter_map(|extra| modifier(extra, purse)).collect()
}

fn modifier(value: &Value, purse: &Purse) -> Option<Modifier> {
    let Value::Object(fields) = value else {
        return Some(Modifier { name: clean(&text_of(value)?), ..Modifier::default() });
    };
    Some(Modifier {
        name: text(fields, NAME)?,
        quantity: first(fields, QUANTITY).and_then(quantity_of),
        price: purse.amount(fields, PRICE),
        modifiers: modifiers(fields, purse),
    })
}
