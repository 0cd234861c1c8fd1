//! `orderData` (some senders: `receiptData`) → [`Receipt`].
//!
//! The contract does not fix the fields, so one table of names is read (`names.rs`); what is missing leaves no hole on paper,
//! what is not known is listed in the job's notes. Money is taken as the sender wrote it; a number gets the decimals of its
//! currency.

mod items;
mod names;
mod people;
mod sums;
mod values;

use crate::clock;
use crate::fields::{Fields, Unknown, field, lines, object, text};
use names::{
    BARCODE, CASHIER, COPIES, COVERS, CURRENCY, DATE, FOOTER, HEADER, ID, IN_ORDER, LANGUAGE,
    NOTES, Names, ORDER, QR, RECEIPT_NUMBER, SERVICE, SHOP_LINES, TABLE,
};
use platen_job::{
    CodeField, Copies, Frame, JobNotes, Modifier, Receipt, ReceiptKind, Symbology, quantity_of,
};
use serde_json::Value;
use sums::Purse;
use values::text_or_name;

/// What is printed of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Everything.
    Receipt,
    /// For those who cook: no money.
    KitchenTicket,
}

/// Reads an order; what of it is not known is noted. `heading` is what the job says of company and branch. `None` where there is
/// nothing to print.
pub(crate) fn receipt(
    order: &Fields,
    heading: Vec<String>,
    layout: Layout,
) -> Option<(Receipt, JobNotes)> {
    let mut unknown = Unknown::default();
    unknown.collect("orderData.", order, IN_ORDER);
    let purse = Purse { currency: currency(order).unwrap_or_default() };
    let number = text(order, RECEIPT_NUMBER);
    let mut receipt = Receipt {
        order: text(order, ORDER).or_else(|| text(order, ID).filter(|_| number.is_none())),
        number,
        service: text_or_name(order, SERVICE),
        table: text_or_name(order, TABLE),
        covers: first(order, COVERS).and_then(quantity_of),
        date: text(order, DATE).map(|date| clock::local(&date)),
        customer: people::customer(order),
        cashier: text_or_name(order, CASHIER),
        delivery: people::delivery(order),
        items: items::items(order, &purse, &mut unknown),
        notes: lines(order, NOTES),
        frame: Frame { footer: lines(order, FOOTER), codes: codes(order), ..Frame::default() },
        ..Receipt::default()
    };
    sums::fill(&mut receipt, order, &purse);
    if receipt == Receipt::default() {
        return None;
    }
    receipt.currency = Some(purse.currency).filter(|currency| !currency.is_empty());
    frame(&mut receipt.frame, order, heading);
    if layout == Layout::KitchenTicket {
        for_the_kitchen(&mut receipt);
    }
    Some((receipt, unknown.notes))
}

/// The first of these fields that is there and not null.
fn first(fields: &Fields, names: Names) -> Option<&Value> {
    field(fields, names)
}

/// The currency, also where it is an object.
fn currency(order: &Fields) -> Option<String> {
    let own = object(order, CURRENCY);
    own.map_or_else(|| text(order, CURRENCY), |own| text(own, &["code", "symbol", "name"]))
}

/// Heading, language and copies.
fn frame(frame: &mut Frame, order: &Fields, heading: Vec<String>) {
    let own = lines(order, HEADER);
    frame.header = if own.is_empty() { heading } else { own };
    frame.header.extend(SHOP_LINES.iter().flat_map(|names| lines(order, names)));
    frame.language = text(order, LANGUAGE);
    let copies = first(order, COPIES).and_then(Value::as_u64);
    let copies = copies.and_then(|copies| Copies::new(u8::try_from(copies).ok()?));
    frame.copies = copies.unwrap_or_default();
}

fn codes(order: &Fields) -> Vec<CodeField> {
    let kinds = [(QR, Symbology::Qr), (BARCODE, Symbology::Code128)];
    let code = |(names, symbology)| {
        text(order, names).map(|data| CodeField { symbology, data, caption: None })
    };
    kinds.into_iter().filter_map(code).collect()
}

/// Those who cook see neither money nor the shop's words to its customers.
fn for_the_kitchen(receipt: &mut Receipt) {
    receipt.kind = Some(ReceiptKind::Kitchen);
    receipt.frame.header.clear();
    receipt.frame.footer.clear();
    receipt.frame.codes.clear();
    receipt.totals.clear();
    receipt.taxes.clear();
    receipt.payments.clear();
    receipt.total = None;
    receipt.received = None;
    receipt.change = None;
    receipt.currency = None;
    for item in &mut receipt.items {
        item.price = None;
        item.total = None;
        item.discount = None;
        without_prices(&mut item.modifiers);
    }
}

fn without_prices(modifiers: &mut [Modifier]) {
    for modifier in modifiers {
        modifier.price = None;
        without_prices(&mut modifier.modifiers);
    }
}

#[cfg(test)]
mod tests;
