//! A receipt's fields as lines of paper.

mod items;
mod kitchen;
mod sums;

pub(crate) use sums::total_label;

use crate::facts::{labelled, pair};
use crate::locale::Writing;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use crate::words::Word;
use crate::{customer, frame};
use platen_job::{Receipt, ReceiptKind};

/// Puts a receipt or a kitchen ticket on the sheet. A field that is missing or blank leaves nothing behind.
pub(crate) fn lay_out(receipt: &Receipt, writing: &Writing, sheet: &mut Sheet<'_>) {
    match receipt.kind.unwrap_or_else(|| kind_of(receipt)) {
        ReceiptKind::Bill => bill(receipt, writing, sheet),
        ReceiptKind::Kitchen => kitchen::lay_out(receipt, writing, sheet),
    }
}

/// What a receipt that does not say it is for: items without a single amount are for the kitchen.
fn kind_of(receipt: &Receipt) -> ReceiptKind {
    let priced = receipt.items.iter().any(|item| item.price.is_some() || item.total.is_some());
    let summed =
        receipt.total.is_some() || !receipt.totals.is_empty() || !receipt.payments.is_empty();
    if receipt.items.is_empty() || priced || summed {
        ReceiptKind::Bill
    } else {
        ReceiptKind::Kitchen
    }
}

fn bill(receipt: &Receipt, writing: &Writing, sheet: &mut Sheet<'_>) {
    frame::head(&receipt.frame, None, writing, sheet);
    facts(receipt, writing, sheet);
    let axis = sums::axis(receipt, writing, sheet);
    if !receipt.items.is_empty() {
        sheet.rule();
        receipt.items.iter().for_each(|item| items::lay_out(item, axis, writing, sheet));
    }
    sums::lay_out(receipt, axis, writing, sheet);
    if receipt.notes.iter().any(|note| !note.trim().is_empty()) {
        sheet.rule();
        receipt.notes.iter().for_each(|note| sheet.paragraph(note, Look::PLAIN, Align::Left));
    }
    frame::foot(&receipt.frame, sheet);
}

/// Order and date, number and service, table and cashier, customer, courier.
fn facts(receipt: &Receipt, writing: &Writing, sheet: &mut Sheet<'_>) {
    let facts = Facts::of(receipt, writing);
    sheet.gap();
    pair(&facts.order, &facts.date, Look::PLAIN, sheet);
    pair(&facts.number, &facts.service, Look::PLAIN, sheet);
    let seats = [facts.table.as_str(), &facts.guests].join("  ");
    pair(&seats, &facts.cashier, Look::PLAIN, sheet);
    if let Some(customer) = &receipt.customer {
        customer::customer(customer, Look::PLAIN, writing, sheet);
    }
    if let Some(delivery) = &receipt.delivery {
        customer::courier(delivery, writing, sheet);
    }
}

/// What is known of an order, with our labels; empty where it is not.
struct Facts {
    order: String,
    number: String,
    service: String,
    table: String,
    guests: String,
    date: String,
    cashier: String,
}

impl Facts {
    fn of(receipt: &Receipt, writing: &Writing) -> Facts {
        let label = |word, text: &Option<String>| {
            let text = writing.identifier(text.as_deref().unwrap_or_default());
            labelled(writing.word(word), " ", &text)
        };
        let guests = receipt.covers.as_ref().map(|guests| writing.number(guests));
        Facts {
            order: label(Word::Order, &receipt.order),
            number: label(Word::Number, &receipt.number),
            service: receipt.service.clone().unwrap_or_default(),
            table: label(Word::Table, &receipt.table),
            guests: label(Word::Guests, &guests),
            date: receipt.date.as_deref().map(|date| writing.moment(date)).unwrap_or_default(),
            cashier: label(Word::ServedBy, &receipt.cashier),
        }
    }
}
