//! A ticket for those who cook: to be read from a metre away, and without any amount.

use super::Facts;
use super::items::{has_more, indent, leave_out, modifiers, named, prefix};
use crate::facts::pair;
use crate::locale::Writing;
use crate::scan::{Align, Switch};
use crate::sheet::{Look, Sheet};
use crate::words::Word;
use crate::{customer, frame};
use platen_job::{Modifier, Receipt, ReceiptItem};

/// What must not be overlooked: white on black.
const REMARK: Look = Look { inverse: Switch::On, ..Look::BOLD_TALL };

/// Paper from so many columns on has room for names in double width.
const ROOMY: usize = 40;

/// Puts a ticket on the sheet.
pub(super) fn lay_out(receipt: &Receipt, writing: &Writing, sheet: &mut Sheet<'_>) {
    let title = receipt.kind.filter(|_| !receipt.is_bare()).map(|_| Word::Kitchen);
    frame::head(&receipt.frame, title, writing, sheet);
    facts(receipt, writing, sheet);
    if !receipt.items.is_empty() {
        sheet.rule();
        receipt.items.iter().for_each(|item| line(item, writing, sheet));
    }
    if receipt.notes.iter().any(|note| !note.trim().is_empty()) {
        sheet.rule();
        receipt.notes.iter().for_each(|note| sheet.paragraph(note, REMARK, Align::Left));
    }
    frame::foot(&receipt.frame, sheet);
}

/// Order and table as large as can be, then how it is served, when, who asks for it, where it goes and who brings it.
fn facts(receipt: &Receipt, writing: &Writing, sheet: &mut Sheet<'_>) {
    let facts = Facts::of(receipt, writing);
    sheet.gap();
    pair(&facts.order, &facts.table, Look::HEADING, sheet);
    pair(&facts.service, &facts.guests, Look::BOLD_TALL, sheet);
    pair(&facts.number, "", Look::PLAIN, sheet);
    pair(&facts.date, &facts.cashier, Look::PLAIN, sheet);
    if let Some(customer) = &receipt.customer {
        customer::destination(customer, writing, sheet);
    }
    if let Some(delivery) = &receipt.delivery {
        customer::courier(delivery, writing, sheet);
    }
}

fn line(item: &ReceiptItem, writing: &Writing, sheet: &mut Sheet<'_>) {
    let look = if sheet.columns >= ROOMY { Look::HEADING } else { Look::BOLD_TALL };
    let prefix = prefix(item.quantity.as_ref(), item.unit.as_deref(), writing);
    let name = item.name.trim();
    if name.is_empty() && !has_more(item) {
        return leave_out(item, sheet);
    }
    if !(prefix.is_empty() && name.is_empty()) {
        sheet.row(&prefix, name, "", 0, look);
    }
    let indent = indent(&prefix, look, sheet);
    let unpriced = |modifier: &Modifier| named(modifier, writing);
    modifiers(&item.modifiers, Look::TALL, indent, &unpriced, sheet);
    for note in item.notes.iter().filter(|note| !note.trim().is_empty()) {
        sheet.flow(&[(note.trim(), REMARK)], Align::Left, indent);
    }
}
