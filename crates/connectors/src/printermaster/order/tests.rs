use super::*;
use platen_job::{Customer, Money, Quantity, TotalKind};
use serde_json::json;

fn read(order: Value, layout: Layout) -> Option<Receipt> {
    noted(order, layout).map(|(receipt, _)| receipt)
}

fn noted(order: Value, layout: Layout) -> Option<(Receipt, Vec<String>)> {
    let read = receipt(order.as_object().unwrap(), vec!["Café Lune".into()], layout);
    read.map(|(receipt, notes)| (receipt, notes.lines().to_vec()))
}

fn money(text: &str) -> Option<Money> {
    Some(Money(text.into()))
}

fn order() -> Value {
    json!({
        "orderNumber": 118, "table_number": "7", "customer": {"name": "Ana"}, "waiter": null,
        "items": [
            {"productName": "Soup", "qty": 2, "price": 4.5, "total": "9,00", "modifiers": ["hot", {"name": "no salt"}]},
            {"menuItem": {"name": "Tea"}, "quantity": 1.0, "notes": "with\nmilk"},
            "Bread", 5, null, {"price": 3}
        ],
        "subtotal": 10, "tax": "0.80", "total": 10.8, "paymentMethod": "Card", "change": 0,
        "footer": ["Thank you", "Come again"], "surprise": {"deep": [1]}
    })
}

/// The same order with what newer senders add.
fn rich_order() -> Value {
    json!({
        "id": "c0ffee", "receiptNumber": "R-9", "orderType": "Delivery", "guests": 2, "language": "fr-DZ", "currency": {"code": "DZD"},
        "customer": {"name": "Ana", "phone": "0550", "address": {"street": "Rue 1", "city": "Alger", "zip": 16000}},
        "deliveryman_name": "Yacine", "deliverymanPhone": "0661",
        "items": [{"name": "Soup", "quantity": 2, "unit": "kg", "price": "NaN", "total": 900, "taxCode": "A", "discount": -50,
            "modifiers": [{"name": "bread", "quantity": 2, "price": 10, "options": [{"name": "butter", "price": 5}]}], "sku": 5},
            {"total": 30}, {"quantity": 3}],
        "discounts": [{"name": "Happy hour", "amount": "-20"}], "tip": 30, "tax": 81,
        "taxes": [{"name": "TVA", "rate": 9, "base": 900, "amount": 81}],
        "total": 1000, "payments": [{"method": "Card", "amount": 600, "last4": 4242}, {"type": "Cash", "amount": 400}],
        "amountReceived": 500, "change": 100, "qrCode": "https://example.com/9", "copies": 2,
        "storeName": "Shop", "storeAddress": "Alger"
    })
}

#[test]
fn a_receipt_carries_everything_as_it_was_written() {
    let receipt = read(order(), Layout::Receipt).unwrap();
    assert_eq!(receipt.frame.header, ["Café Lune"]);
    assert_eq!(receipt.order.as_deref(), Some("118"));
    assert_eq!(receipt.customer, Some(Customer::named("Ana")));
    // The last one has no name, but an amount that the total is made of.
    assert_eq!(receipt.items.len(), 5);
    assert!(receipt.items[4].name.is_empty() && receipt.items[4].price == money("3.00"));
    let soup = &receipt.items[0];
    assert!(soup.quantity == Some(Quantity("2".into())));
    assert!(soup.price == money("4.50"));
    assert!(soup.total == money("9,00"));
    let extras: Vec<_> = soup.modifiers.iter().map(|modifier| modifier.name.as_str()).collect();
    assert_eq!(extras, ["hot", "no salt"]);
    assert!(receipt.items[1].quantity == Some(Quantity("1".into())));
    assert_eq!(receipt.items[1].notes, ["with", "milk"]);
    assert!(receipt.total == money("10.80"));
    assert_eq!(receipt.totals.len(), 2);
    assert_eq!(receipt.payments[0].method, "Card");
    assert!(receipt.payments[0].amount == money("10.80"));
    assert!(receipt.change == money("0.00"));
    assert_eq!(receipt.frame.footer, ["Thank you", "Come again"]);
}

#[test]
fn a_richer_order_is_read_to_its_last_field() {
    let (receipt, notes) = noted(rich_order(), Layout::Receipt).unwrap();
    assert_eq!(notes, ["not printed: orderData.items[].sku"]);
    assert_eq!((receipt.order, receipt.number.as_deref()), (None, Some("R-9")));
    assert_eq!(receipt.frame.header, ["Shop", "Alger"]);
    assert_eq!(receipt.frame.language.as_deref(), Some("fr-DZ"));
    assert_eq!(receipt.frame.copies.get(), 2);
    assert_eq!(receipt.frame.codes[0].data, "https://example.com/9");
    let customer = receipt.customer.unwrap();
    assert_eq!(customer.address, ["Rue 1", "16000", "Alger"]);
    assert_eq!(customer.phone.as_deref(), Some("0550"));
    assert_eq!(receipt.delivery.unwrap().courier.as_deref(), Some("Yacine"));
    let soup = &receipt.items[0];
    assert!(soup.price.is_none() && soup.total == money("900.00"));
    assert!(soup.modifiers[0].price == money("10.00"));
    let butter = &soup.modifiers[0].modifiers[0];
    assert!(butter.name == "butter" && butter.price == money("5.00"));
    let nameless = &receipt.items[1];
    assert!(
        receipt.items.len() == 2 && nameless.name.is_empty() && nameless.total == money("30.00")
    );
    assert!(soup.discount.as_ref().unwrap().amount == Money("-50.00".into()));
    let kinds: Vec<_> = receipt.totals.iter().map(|total| total.kind.unwrap()).collect();
    assert_eq!(kinds, [TotalKind::Discount, TotalKind::Tip]);
    assert_eq!(receipt.totals[0].label, "Happy hour");
    assert!(receipt.taxes[0].base == money("900.00") && receipt.taxes[0].amount == money("81.00"));
    assert_eq!(receipt.payments.len(), 2);
    assert_eq!(receipt.payments[0].reference.as_deref(), Some("4242"));
    assert!(receipt.received == money("500.00") && receipt.change == money("100.00"));
    assert_eq!(receipt.currency.as_deref(), Some("DZD"));
}

#[test]
fn a_kitchen_ticket_shows_no_money() {
    for order in [order(), rich_order()] {
        let ticket = read(order, Layout::KitchenTicket).unwrap();
        let json = serde_json::to_string(&ticket).unwrap();
        for amount in ["4.50", "9,00", "10.80", "0.80", "Card", "900", "10.00", "DZD"] {
            assert!(!json.contains(amount), "{amount} in {json}");
        }
        assert_eq!(ticket.items[0].name, "Soup");
        assert_eq!(ticket.kind, Some(ReceiptKind::Kitchen));
    }
}

#[test]
fn nothing_known_is_nothing_to_print() {
    assert_eq!(read(json!({}), Layout::Receipt), None);
    assert_eq!(read(json!({"items": [], "surprise": 1}), Layout::Receipt), None);
    assert_eq!(
        read(json!({"currency": "EUR", "language": "de", "copies": 2}), Layout::Receipt),
        None
    );
}

#[test]
fn commands_in_a_name_do_not_reach_the_printer() {
    let receipt = read(json!({"items": ["a\u{1b}@b"]}), Layout::Receipt).unwrap();
    assert_eq!(receipt.items[0].name, "a @b");
}

#[test]
fn what_is_not_known_is_noted_by_its_name() {
    let (_, notes) = noted(order(), Layout::Receipt).unwrap();
    assert_eq!(notes, ["not printed: orderData.surprise"]);
}
