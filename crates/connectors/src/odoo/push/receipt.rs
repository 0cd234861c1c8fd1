//! Odoo's receipt → [`Receipt`]. Every field is optional; unknown ones are noted.

use super::OdooPushSettings;
use crate::clock;
use crate::fields::{Fields, Unknown, field, lines, list, text};
use platen_job::{
    Frame, JobNotes, Money, Payment, Receipt, ReceiptItem, ReceiptKind, ReceiptTotal, TotalKind,
    amount_of, quantity_of,
};

/// The names that a field may have, the one that wins first.
type Names = &'static [&'static str];

const COMPANY: Names = &["company_name"];
const ORDER: Names = &["order_number"];
const DATE: Names = &["date"];
const ITEMS: Names = &["items"];
const SUBTOTAL: Names = &["subtotal"];
const TAX: Names = &["tax"];
const TOTAL: Names = &["total"];
const PAYMENT: Names = &["payment_method"];
const CASHIER: Names = &["cashier"];
const IN_RECEIPT: &[Names] = &[COMPANY, ORDER, DATE, ITEMS, SUBTOTAL, TAX, TOTAL, PAYMENT, CASHIER];

const NAME: Names = &["name", "product_name"];
const QUANTITY: Names = &["qty", "quantity"];
const PRICE: Names = &["price", "unit_price"];
const ITEM_TOTAL: Names = &["total"];
const IN_ITEM: &[Names] = &[NAME, QUANTITY, PRICE, ITEM_TOTAL];

/// Reads a receipt; `None` where there is nothing to print.
pub(super) fn receipt(fields: &Fields, settings: &OdooPushSettings) -> Option<(Receipt, JobNotes)> {
    let amount = |fields: &Fields, names: Names| {
        field(fields, names)
            .and_then(|value| amount_of(value, settings.currency.as_deref().unwrap_or_default()))
    };
    let mut unknown = Unknown::default();
    unknown.collect("", fields, IN_RECEIPT);
    let items: Vec<_> = list(fields, ITEMS).filter_map(serde_json::Value::as_object).collect();
    items.iter().for_each(|item| unknown.collect("items.", item, IN_ITEM));
    let item = |fields: &&Fields| ReceiptItem {
        name: text(fields, NAME).unwrap_or_default(),
        quantity: field(fields, QUANTITY).and_then(quantity_of),
        price: amount(fields, PRICE),
        total: amount(fields, ITEM_TOTAL),
        ..ReceiptItem::default()
    };
    let sum = |kind, amount: Option<Money>| {
        amount.map(|amount| ReceiptTotal { kind: Some(kind), label: String::new(), amount })
    };
    let sums = [
        sum(TotalKind::Subtotal, amount(fields, SUBTOTAL)),
        sum(TotalKind::Tax, amount(fields, TAX)),
    ];
    let paid = text(fields, PAYMENT).map(|method| Payment { method, ..Payment::default() });
    let receipt = Receipt {
        order: text(fields, ORDER),
        date: text(fields, DATE).map(|date| clock::local(&date)),
        cashier: text(fields, CASHIER),
        items: items.iter().map(item).collect(),
        totals: sums.into_iter().flatten().collect(),
        total: amount(fields, TOTAL),
        payments: paid.into_iter().collect(),
        frame: Frame { header: lines(fields, COMPANY), ..Frame::default() },
        ..Receipt::default()
    };
    if receipt == Receipt::default() {
        return None;
    }
    let mut frame = Frame { language: settings.language.clone(), ..receipt.frame };
    frame.header.extend_from_slice(&settings.header);
    frame.footer.clone_from(&settings.footer);
    // A customer's receipt, also where nothing on it has a price.
    let kind = Some(ReceiptKind::Bill);
    let currency = settings.currency.clone();
    Some((Receipt { kind, currency, frame, ..receipt }, unknown.notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(sent: Value) -> Option<(Receipt, JobNotes)> {
        receipt(sent.as_object().unwrap(), &OdooPushSettings::default())
    }

    #[test]
    fn both_ways_of_naming_an_item_are_read() {
        let (receipt, notes) = read(json!({"items": [
            {"name": "Soup", "qty": 2, "price": 4.5, "total": 9},
            {"product_name": "Tea", "quantity": "1", "unit_price": "2.10", "colour": "green"},
        ]}))
        .unwrap();
        let said: Vec<_> = receipt
            .items
            .iter()
            .map(|item| {
                let amount = |money: &Option<Money>| money.clone().map(|money| money.0);
                let quantity = item.quantity.clone().unwrap().0;
                (item.name.as_str(), quantity, amount(&item.price), amount(&item.total))
            })
            .collect();
        let some = |text: &str| Some(text.to_owned());
        let expected = [
            ("Soup", "2".into(), some("4.50"), some("9.00")),
            ("Tea", "1".into(), some("2.10"), None),
        ];
        assert_eq!(said, expected);
        assert_eq!(notes.lines(), ["not printed: items.colour"]);
    }

    #[test]
    fn nothing_is_no_receipt_and_anything_is_one() {
        for nothing in [json!({}), json!({"total": null, "items": []}), json!({"colour": 1})] {
            assert!(read(nothing.clone()).is_none(), "{nothing}");
        }
        for names in IN_RECEIPT.iter().filter(|names| **names != ITEMS) {
            assert!(read(json!({ names[0]: "7" })).is_some(), "{names:?}");
        }
        let (bill, _) = read(json!({"items": [{"name": "Soup"}]})).unwrap();
        assert_eq!(bill.kind, Some(ReceiptKind::Bill), "not a ticket for the kitchen");
    }
}
