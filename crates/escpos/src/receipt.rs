//! A receipt's fields as lines of paper.

use crate::frame;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use platen_job::{Money, Receipt, ReceiptItem, ReceiptKind, ReceiptTotal};

/// Puts a receipt on the sheet. A field that is missing or blank leaves nothing behind.
pub(crate) fn lay_out(receipt: &Receipt, sheet: &mut Sheet<'_>) {
    let style = Style::of(receipt);
    frame::head(&receipt.frame, sheet);
    facts(receipt, style, sheet);
    let axis = axis(receipt);
    if !receipt.items.is_empty() {
        sheet.rule();
        for item in &receipt.items {
            match style {
                Style::Bill => bill_item(item, axis, sheet),
                Style::Kitchen => kitchen_item(item, sheet),
            }
        }
    }
    sums(receipt, axis, sheet);
    footer(receipt, style, sheet);
}

/// What the paper is for, told from its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// With amounts, for a customer.
    Bill,
    /// Without a single amount: to be read from a metre away.
    Kitchen,
}

impl Style {
    fn of(receipt: &Receipt) -> Style {
        let priced = receipt.items.iter().any(|item| item.price.is_some() || item.total.is_some());
        let summed =
            receipt.total.is_some() || !receipt.totals.is_empty() || !receipt.payments.is_empty();
        match receipt.kind {
            Some(ReceiptKind::Bill) => return Style::Bill,
            Some(ReceiptKind::Kitchen) => return Style::Kitchen,
            None => {}
        }
        if receipt.items.is_empty() || priced || summed { Style::Bill } else { Style::Kitchen }
    }

    fn notes(self) -> Look {
        match self {
            Style::Bill => Look::PLAIN,
            Style::Kitchen => Look::TALL,
        }
    }
}

/// Order and date, table and cashier, customer.
fn facts(receipt: &Receipt, style: Style, sheet: &mut Sheet<'_>) {
    let order = labelled("Order", " ", &receipt.order, sheet);
    let table = labelled("Table", " ", &receipt.table, sheet);
    let date = labelled("", "", &receipt.date, sheet);
    let cashier = labelled("Served by", " ", &receipt.cashier, sheet);
    let customer = receipt.customer.as_ref().and_then(|customer| customer.name.clone());
    let customer = labelled("Customer", ": ", &customer, sheet);
    if [&order, &table, &date, &cashier, &customer].iter().all(|text| text.is_empty()) {
        return;
    }
    sheet.gap();
    match style {
        Style::Bill => {
            pair(&order, &date, Look::PLAIN, sheet);
            pair(&table, &cashier, Look::PLAIN, sheet);
        }
        Style::Kitchen => {
            pair(&order, &table, Look::BOLD_TALL, sheet);
            pair(&date, &cashier, Look::PLAIN, sheet);
        }
    }
    pair(&customer, "", Look::PLAIN, sheet);
}

/// `Order 17`, or just the text where it says so itself, or nothing.
fn labelled(label: &str, between: &str, text: &Option<String>, sheet: &mut Sheet<'_>) -> String {
    let text = sheet.composer.line(text.as_deref().unwrap_or_default());
    let says_so = text.get(..label.len()).is_some_and(|head| head.eq_ignore_ascii_case(label));
    if text.is_empty() || says_so { text } else { format!("{label}{between}{text}") }
}

/// Two texts on one line where they fit, else on two.
fn pair(left: &str, right: &str, look: Look, sheet: &mut Sheet<'_>) {
    let beside = sheet.width_of(right);
    let together = sheet.width_of(left) + beside < sheet.columns_of(look);
    match (left.is_empty(), right.is_empty()) {
        (true, true) => {}
        (false, false) if together => sheet.row("", left, right, beside, look),
        _ => {
            for text in [left, right].into_iter().filter(|text| !text.is_empty()) {
                sheet.row("", text, "", 0, look);
            }
        }
    }
}

/// Columns that the widest amount takes, so that all of them end on one axis and no name runs into them.
fn axis(receipt: &Receipt) -> usize {
    let paid = receipt.payments.iter().filter_map(|payment| payment.amount.as_ref());
    let sums = receipt.totals.iter().map(|sum| &sum.amount).chain(paid);
    let items = receipt.items.iter().filter_map(|item| amount_of(item).ok());
    sums.chain(items).map(|Money(amount)| amount.trim().chars().count()).max().unwrap_or(0)
}

/// The amount of a line: its total, or the price of one where it is one.
fn amount_of(item: &ReceiptItem) -> Result<&Money, NoAmount> {
    let one = item.quantity.as_ref().is_none_or(|quantity| quantity.0.trim() == "1");
    match (&item.total, &item.price) {
        (Some(total), _) => Ok(total),
        (None, Some(price)) if one => Ok(price),
        _ => Err(NoAmount),
    }
}

/// The sender gave no amount of the line, and amounts are never made up.
struct NoAmount;

fn bill_item(item: &ReceiptItem, axis: usize, sheet: &mut Sheet<'_>) {
    let prefix = quantity(item, sheet);
    let amount = amount_of(item).map(|Money(text)| text.as_str()).unwrap_or_default();
    let amount = sheet.composer.line(amount);
    name(&prefix, item, &amount, axis, Look::PLAIN, sheet);
    let indent = " ".repeat(prefix.chars().count().max(2));
    let one = item.quantity.as_ref().is_none_or(|quantity| quantity.0.trim() == "1");
    if let Some(Money(price)) = item.price.as_ref().filter(|_| !one) {
        let price = sheet.composer.line(price);
        if !price.is_empty() {
            sheet.row(&indent, &format!("@ {price}"), "", 0, Look::PLAIN);
        }
    }
    notes(&indent, item, Look::PLAIN, sheet);
}

fn kitchen_item(item: &ReceiptItem, sheet: &mut Sheet<'_>) {
    let prefix = quantity(item, sheet);
    name(&prefix, item, "", 0, Look::BOLD_TALL, sheet);
    let indent = " ".repeat(prefix.chars().count().max(2));
    notes(&indent, item, Look::TALL, sheet);
}

fn quantity(item: &ReceiptItem, sheet: &mut Sheet<'_>) -> String {
    let quantity = item.quantity.as_ref().map_or("", |quantity| quantity.0.as_str());
    match sheet.composer.line(quantity) {
        text if text.is_empty() => text,
        text => format!("{text} x "),
    }
}

fn name(
    prefix: &str,
    item: &ReceiptItem,
    amount: &str,
    axis: usize,
    look: Look,
    sheet: &mut Sheet<'_>,
) {
    let name = sheet.composer.line(&item.name);
    if !(prefix.is_empty() && name.is_empty() && amount.is_empty()) {
        sheet.row(prefix, &name, amount, axis, look);
    }
}

fn notes(indent: &str, item: &ReceiptItem, look: Look, sheet: &mut Sheet<'_>) {
    for note in &item.notes {
        let note = sheet.composer.line(note);
        if !note.is_empty() {
            sheet.row(indent, &note, "", 0, look);
        }
    }
}

/// Totals, what is to be paid, and how it was.
fn sums(receipt: &Receipt, axis: usize, sheet: &mut Sheet<'_>) {
    if receipt.totals.is_empty() && receipt.total.is_none() && receipt.payments.is_empty() {
        return;
    }
    sheet.rule();
    receipt.totals.iter().for_each(|sum| line_of(sum, axis, sheet));
    let total = receipt.total.as_ref().map_or("", |Money(total)| total.as_str());
    let mut total = sheet.composer.line(total);
    if !total.is_empty() {
        let currency = sheet.composer.line(receipt.currency.as_deref().unwrap_or_default());
        if !currency.is_empty() {
            total = format!("{total} {currency}");
        }
        sheet.row("", "TOTAL", &total, axis, Look::BOLD_TALL);
    }
    for payment in &receipt.payments {
        let amount = payment.amount.clone().unwrap_or_default();
        line_of(&ReceiptTotal { label: payment.method.clone(), amount, kind: None }, axis, sheet);
    }
}

fn line_of(sum: &ReceiptTotal, axis: usize, sheet: &mut Sheet<'_>) {
    let label = sheet.composer.line(&sum.label);
    let amount = sheet.composer.line(&sum.amount.0);
    if !(label.is_empty() && amount.is_empty()) {
        sheet.row("", &label, &amount, axis, Look::PLAIN);
    }
}

fn footer(receipt: &Receipt, style: Style, sheet: &mut Sheet<'_>) {
    let some = |lines: &[String]| lines.iter().any(|line| !line.trim().is_empty());
    if some(&receipt.notes) {
        sheet.rule();
        receipt.notes.iter().for_each(|note| sheet.paragraph(note, style.notes(), Align::Left));
    }
    frame::foot(&receipt.frame, sheet);
}
