//! `orderData` (some senders: `receiptData`) → [`Receipt`].
//!
//! The contract does not fix the fields, so one table of names is read; what is missing leaves no hole on paper.
//! Money is taken as the sender wrote it; a number gets two decimals.

use super::payload::{field, text_field, text_of};
use platen_job::{Customer, Frame, Money, Payment, Quantity, Receipt, ReceiptItem, ReceiptTotal};
use serde_json::{Map, Value};

/// Most lines of one order. More than any till sells at once; a bound against nonsense.
const MOST_ITEMS: usize = 2_000;

const ORDER: &[&str] =
    &["orderNumber", "order_number", "receiptNumber", "receipt_number", "number", "orderId", "id"];
const TABLE: &[&str] = &["tableNumber", "table_number", "tableName", "table"];
const DATE: &[&str] =
    &["date", "orderDate", "order_date", "createdAt", "created_at", "timestamp", "time"];
const CUSTOMER: &[&str] = &["customerName", "customer_name", "customer", "clientName"];
const CASHIER: &[&str] =
    &["cashierName", "cashier", "serverName", "server", "waiter", "employee_name", "employeeName"];
const ITEMS: &[&str] = &["items", "orderItems", "order_items", "lineItems", "lines", "products"];
const NOTES: &[&str] = &[
    "notes",
    "note",
    "specialInstructions",
    "special_instructions",
    "special_requests",
    "comment",
    "comments",
];
const FOOTER: &[&str] = &["footer", "footerText", "footerMessage", "thankYouMessage"];
const HEADER: &[&str] = &["header", "headerText", "storeName", "shopName", "restaurantName"];
const TOTAL: &[&str] =
    &["total", "totalAmount", "total_amount", "grandTotal", "grand_total", "amount"];
const CURRENCY: &[&str] = &["currency", "currencySymbol", "currencyCode"];

/// Amounts before the total, in the order of the paper.
const TOTALS: &[(&str, &[&str])] = &[
    ("Subtotal", &["subtotal", "subTotal", "sub_total"]),
    ("Discount", &["discount", "discountAmount", "discount_amount"]),
    ("Delivery", &["deliveryFee", "delivery_fee", "deliveryCost", "delivery_cost"]),
    ("Service", &["serviceCharge", "service_charge", "serviceFee"]),
    ("Tax", &["tax", "taxAmount", "tax_amount", "vat"]),
    ("Tip", &["tip", "tipAmount", "gratuity"]),
];

/// Amounts after the total. The first one takes its label from the method of payment.
const PAID: &[&str] = &["amountPaid", "amount_paid", "amountReceived", "amount_received", "paid"];
const METHOD: &[&str] = &["paymentMethod", "payment_method", "paymentType"];
const CHANGE: &[&str] = &["change", "changeAmount", "change_amount"];

const ITEM_NAME: &[&str] =
    &["name", "productName", "product_name", "itemName", "item_name", "title", "description"];
const ITEM_NAMED: &[&str] = &["product", "menuItem", "item"];
const ITEM_QUANTITY: &[&str] = &["quantity", "qty", "count"];
const ITEM_PRICE: &[&str] = &["unitPrice", "unit_price", "price"];
const ITEM_TOTAL: &[&str] =
    &["total", "totalPrice", "total_price", "lineTotal", "line_total", "subtotal"];
const ITEM_EXTRAS: &[&str] = &["modifiers", "options", "extras", "addons", "toppings"];

/// What is printed of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Everything.
    Receipt,
    /// For those who cook: no money.
    KitchenTicket,
}

/// Reads an order. `heading` is what the job says of company and branch. `None` where there is nothing to print.
pub(crate) fn receipt(
    order: &Map<String, Value>,
    heading: Vec<String>,
    layout: Layout,
) -> Option<Receipt> {
    let mut receipt = Receipt {
        order: text(order, ORDER),
        table: text(order, TABLE),
        date: text(order, DATE),
        customer: text(order, CUSTOMER).or_else(|| named(order, CUSTOMER)).map(Customer::named),
        cashier: text(order, CASHIER).or_else(|| named(order, CASHIER)),
        items: items(order),
        notes: lines(order, NOTES),
        frame: Frame { footer: lines(order, FOOTER), ..Frame::default() },
        ..Receipt::default()
    };
    with_money(&mut receipt, order);
    if receipt == Receipt::default() {
        return None;
    }
    let own_heading = lines(order, HEADER);
    receipt.frame.header = if own_heading.is_empty() { heading } else { own_heading };
    if layout == Layout::KitchenTicket {
        without_money(&mut receipt);
    }
    Some(receipt)
}

fn with_money(receipt: &mut Receipt, order: &Map<String, Value>) {
    let amount = |label: &str, names: &[&str]| {
        money(order, names).map(|amount| ReceiptTotal {
            label: label.into(),
            amount,
            ..ReceiptTotal::default()
        })
    };
    receipt.totals = TOTALS.iter().filter_map(|(label, names)| amount(label, names)).collect();
    receipt.total = money(order, TOTAL);
    receipt.currency = text(order, CURRENCY);
    let method = text(order, METHOD);
    let method_or = |word: &str| method.clone().unwrap_or_else(|| word.into());
    let paid = money(order, PAID).map(|amount| (method_or("Paid"), amount)).or_else(|| {
        let amount = receipt.total.clone()?;
        Some((method.clone()?, amount))
    });
    let change = money(order, CHANGE).map(|amount| ("Change".into(), amount));
    let payment = |(method, amount)| Payment { method, amount: Some(amount), ..Payment::default() };
    receipt.payments = paid.into_iter().chain(change).map(payment).collect();
}

fn without_money(receipt: &mut Receipt) {
    receipt.frame.title = Some("KITCHEN".into());
    receipt.frame.header.clear();
    receipt.totals.clear();
    receipt.payments.clear();
    receipt.frame.footer.clear();
    receipt.total = None;
    receipt.currency = None;
    for item in &mut receipt.items {
        item.price = None;
        item.total = None;
    }
}

fn items(order: &Map<String, Value>) -> Vec<ReceiptItem> {
    let list = field(order, ITEMS).and_then(Value::as_array);
    list.into_iter().flatten().take(MOST_ITEMS).filter_map(item).collect()
}

fn item(value: &Value) -> Option<ReceiptItem> {
    let fields = match value {
        Value::Object(fields) => fields,
        other => {
            let name = clean(&text_of(other)?);
            return Some(ReceiptItem { name, ..ReceiptItem::default() });
        }
    };
    let name = text(fields, ITEM_NAME).or_else(|| named(fields, ITEM_NAMED))?;
    let mut notes = extras(fields);
    notes.extend(lines(fields, NOTES));
    Some(ReceiptItem {
        name,
        quantity: field(fields, ITEM_QUANTITY).and_then(quantity),
        price: money(fields, ITEM_PRICE),
        total: money(fields, ITEM_TOTAL),
        notes,
        ..ReceiptItem::default()
    })
}

fn extras(fields: &Map<String, Value>) -> Vec<String> {
    let list = field(fields, ITEM_EXTRAS).and_then(Value::as_array);
    let name = |extra: &Value| match extra {
        Value::Object(fields) => text(fields, ITEM_NAME),
        other => text_of(other).map(|text| clean(&text)),
    };
    list.into_iter().flatten().take(MOST_ITEMS).filter_map(name).collect()
}

/// The name inside an object such as `customer: {name}`.
fn named(fields: &Map<String, Value>, names: &[&str]) -> Option<String> {
    text(field(fields, names)?.as_object()?, ITEM_NAME)
}

/// A text of one line; empty ones are absent.
fn text(fields: &Map<String, Value>, names: &[&str]) -> Option<String> {
    text_field(fields, names).map(|text| clean(&text)).filter(|text| !text.is_empty())
}

/// A text of several lines, or a list of texts.
fn lines(fields: &Map<String, Value>, names: &[&str]) -> Vec<String> {
    let list = match field(fields, names) {
        Some(Value::Array(list)) => list.iter().filter_map(text_of).collect(),
        Some(value) => text_of(value).into_iter().collect(),
        None => Vec::new(),
    };
    let split = list.iter().flat_map(|text| text.split('\n'));
    split.map(clean).filter(|line| !line.is_empty()).take(MOST_ITEMS).collect()
}

/// Control characters would be commands on paper.
fn clean(text: &str) -> String {
    let spaced: String =
        text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    spaced.trim().to_owned()
}

fn money(fields: &Map<String, Value>, names: &[&str]) -> Option<Money> {
    match field(fields, names)? {
        Value::String(text) => Some(clean(text)).filter(|text| !text.is_empty()).map(Money),
        Value::Number(number) => number.as_f64().map(|amount| Money(format!("{amount:.2}"))),
        _ => None,
    }
}

fn quantity(value: &Value) -> Option<Quantity> {
    match value {
        Value::Number(number) => {
            let plain = number.to_string();
            Some(Quantity(plain.strip_suffix(".0").unwrap_or(&plain).to_owned()))
        }
        other => text_of(other).map(|text| Quantity(clean(&text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(order: Value, layout: Layout) -> Option<Receipt> {
        receipt(order.as_object().unwrap(), vec!["Café Lune".into()], layout)
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

    #[test]
    fn a_receipt_carries_everything_as_it_was_written() {
        let receipt = read(order(), Layout::Receipt).unwrap();
        assert_eq!(receipt.frame.header, ["Café Lune"]);
        assert_eq!(receipt.order.as_deref(), Some("118"));
        assert_eq!(receipt.customer, Some(Customer::named("Ana")));
        assert_eq!(receipt.items.len(), 4);
        let soup = &receipt.items[0];
        assert_eq!(soup.quantity, Some(Quantity("2".into())));
        assert_eq!(soup.price, Some(Money("4.50".into())));
        assert_eq!(soup.total, Some(Money("9,00".into())));
        assert_eq!(soup.notes, ["hot", "no salt"]);
        assert_eq!(receipt.items[1].quantity, Some(Quantity("1".into())));
        assert_eq!(receipt.items[1].notes, ["with", "milk"]);
        assert_eq!(receipt.total, Some(Money("10.80".into())));
        assert_eq!(receipt.totals.len(), 2);
        assert_eq!(receipt.payments[0].method, "Card");
        assert_eq!(receipt.frame.footer, ["Thank you", "Come again"]);
    }

    #[test]
    fn a_kitchen_ticket_shows_no_money() {
        let ticket = read(order(), Layout::KitchenTicket).unwrap();
        let json = serde_json::to_string(&ticket).unwrap();
        for amount in ["4.50", "9,00", "10.80", "0.80", "Card"] {
            assert!(!json.contains(amount), "{amount} in {json}");
        }
        assert_eq!(ticket.items[0].name, "Soup");
        assert_eq!(ticket.frame.title.as_deref(), Some("KITCHEN"));
    }

    #[test]
    fn nothing_known_is_nothing_to_print() {
        assert_eq!(read(json!({}), Layout::Receipt), None);
        assert_eq!(read(json!({"items": [], "surprise": 1}), Layout::Receipt), None);
    }

    #[test]
    fn commands_in_a_name_do_not_reach_the_printer() {
        let receipt = read(json!({"items": ["a\u{1b}@b"]}), Layout::Receipt).unwrap();
        assert_eq!(receipt.items[0].name, "a @b");
    }
}
