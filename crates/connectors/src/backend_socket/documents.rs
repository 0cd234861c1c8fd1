//! `receipt_data`, `pos_data` and `reservation_data` → our documents. What is missing leaves no hole on paper, what is not
//! known is listed in the job's notes.

use crate::clock::local;
use crate::fields::{Fields, Unknown, clean, field, lines, list, text, text_of};
use platen_job::{
    Customer, Frame, Money, Quantity, Receipt, ReceiptItem, ReceiptKind, Reservation, amount_of,
    quantity_of,
};
use serde_json::Value;

const IN_RECEIPT: &[&[&str]] =
    &[&["date", "receipt_number", "customer_name", "items", "total", "footer", "print_required"]];
const IN_ITEM: &[&[&str]] = &[&["name", "quantity", "price"]];
const IN_RESERVATION: &[&[&str]] = &[&[
    "confirmation_number",
    "customer_name",
    "date",
    "time",
    "party_size",
    "table_number",
    "special_requests",
    "phone",
    "email",
    "print_required",
]];

/// A receipt; `None` where there is nothing to print.
pub(crate) fn receipt(data: &Fields, unknown: &mut Unknown) -> Option<Receipt> {
    unknown.collect("", data, IN_RECEIPT);
    let receipt = Receipt {
        kind: Some(ReceiptKind::Bill),
        date: text(data, &["date"]).map(|date| local(&date)),
        number: text(data, &["receipt_number"]),
        customer: text(data, &["customer_name"]).map(Customer::named),
        items: list(data, &["items"]).filter_map(|value| item(value, unknown)).collect(),
        total: amount(data, "total"),
        frame: Frame { footer: lines(data, &["footer"]), ..Frame::default() },
        ..Receipt::default()
    };
    (!receipt.is_bare() || !receipt.frame.footer.is_empty()).then_some(receipt)
}

/// An item. One that does not say otherwise is one piece, for nothing.
fn item(value: &Value, unknown: &mut Unknown) -> Option<ReceiptItem> {
    let Value::Object(fields) = value else {
        return Some(ReceiptItem { name: clean(&text_of(value)?), ..ReceiptItem::default() });
    };
    unknown.collect("items[].", fields, IN_ITEM);
    if text(fields, &["name"]).is_none() && field(fields, &["price"]).is_none() {
        return None;
    }
    Some(ReceiptItem {
        name: text(fields, &["name"]).unwrap_or_default(),
        quantity: quantity(fields, "quantity").or_else(|| Some(Quantity("1".into()))),
        price: amount(fields, "price").or_else(|| amount_of(&Value::from(0), "")),
        ..ReceiptItem::default()
    })
}

/// A reservation; `None` where there is nothing to print.
pub(crate) fn reservation(data: &Fields, unknown: &mut Unknown) -> Option<Reservation> {
    unknown.collect("", data, IN_RESERVATION);
    let customer = Customer {
        name: text(data, &["customer_name"]),
        phone: text(data, &["phone"]),
        email: text(data, &["email"]),
        ..Customer::default()
    };
    let reservation = Reservation {
        number: text(data, &["confirmation_number"]),
        customer: (customer != Customer::default()).then_some(customer),
        date: text(data, &["date"]).map(|date| local(&date)),
        time: text(data, &["time"]),
        party_size: quantity(data, "party_size"),
        table: text(data, &["table_number"]),
        notes: lines(data, &["special_requests"]),
        ..Reservation::default()
    };
    (!reservation.is_bare()).then_some(reservation)
}

/// An amount; the contract names no currency.
fn amount(fields: &Fields, name: &str) -> Option<Money> {
    amount_of(field(fields, &[name])?, "")
}

fn quantity(fields: &Fields, name: &str) -> Option<Quantity> {
    quantity_of(field(fields, &[name])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(json: Value) -> Fields {
        json.as_object().unwrap().clone()
    }

    #[test]
    fn every_field_of_a_receipt_has_its_place() {
        let mut unknown = Unknown::default();
        let sent = json!({"date": "2026-03-01 12:30", "receipt_number": 17, "customer_name": "Ana",
            "items": [{"name": "Soup", "quantity": 2, "price": 4.5, "course": 1}, {"name": "Bread"}, "Water", {}],
            "total": "9.00", "footer": "Thank you\nCome again", "waiter": "x"});
        let receipt = receipt(&fields(sent), &mut unknown).unwrap();
        assert_eq!(receipt.number.as_deref(), Some("17"));
        assert_eq!(receipt.customer.unwrap().name.as_deref(), Some("Ana"));
        assert_eq!(receipt.total, Some(Money("9.00".into())));
        assert_eq!(receipt.frame.footer, ["Thank you", "Come again"]);
        let line = |item: &ReceiptItem| {
            let money = |money: &Option<Money>| money.clone().unwrap_or_default().0;
            (item.name.clone(), item.quantity.clone().unwrap_or_default().0, money(&item.price))
        };
        let text = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            receipt.items.iter().map(line).collect::<Vec<_>>(),
            [text("Soup", "2", "4.50"), text("Bread", "1", "0.00"), text("Water", "", "")]
        );
        assert_eq!(unknown.notes.lines(), ["not printed: waiter", "not printed: items[].course"]);
    }

    #[test]
    fn every_field_of_a_reservation_has_its_place() {
        let sent = json!({"confirmation_number": "R-9", "customer_name": "Ana", "date": "2026-03-01",
            "time": "20:00", "party_size": 4, "table_number": 12, "special_requests": "Window\nQuiet",
            "phone": "069", "email": "a@b.al"});
        let mut unknown = Unknown::default();
        let read = reservation(&fields(sent), &mut unknown).unwrap();
        let customer = read.customer.unwrap();
        assert_eq!(
            [read.number, read.date, read.time, read.table, customer.name, customer.phone],
            ["R-9", "2026-03-01", "20:00", "12", "Ana", "069"].map(|text| Some(text.to_owned()))
        );
        assert_eq!(read.party_size, Some(Quantity("4".into())));
        assert_eq!(read.notes, ["Window", "Quiet"]);
        assert!(unknown.notes.is_empty());
    }

    #[test]
    fn nothing_is_no_document() {
        let bare = fields(json!({"print_required": true, "items": [], "total": null}));
        assert!(receipt(&bare, &mut Unknown::default()).is_none());
        assert!(reservation(&bare, &mut Unknown::default()).is_none());
    }
}
