//! Totals, taxes, what is to be paid, and how it was.

use super::items::amount_of;
use crate::facts::{labelled, large};
use crate::locale::Writing;
use crate::scan::Align;
use crate::sheet::{Cell, Look, Sheet};
use crate::words::Word;
use platen_job::{Money, Payment, Receipt, ReceiptTotal, Tax, TotalKind};

/// Puts everything below the items on the sheet; `axis` columns are kept for amounts.
pub(super) fn lay_out(receipt: &Receipt, axis: usize, writing: &Writing, sheet: &mut Sheet<'_>) {
    let rows = before_total(receipt, writing);
    let after = after_total(receipt, writing);
    let total = receipt.total.as_ref().map(|total| writing.sum(total)).unwrap_or_default();
    let table: Vec<&Tax> = receipt.taxes.iter().filter(|tax| tax.base.is_some()).collect();
    if rows.is_empty() && after.is_empty() && total.is_empty() && table.is_empty() {
        return;
    }
    sheet.rule();
    rows.iter().for_each(|row| row.put(axis, sheet));
    if !total.is_empty() {
        large(writing.word(Word::Total), &total, sheet);
    }
    after.iter().for_each(|row| row.put(axis, sheet));
    if !table.is_empty() {
        sheet.gap();
        tax_table(&table, writing, sheet);
    }
}

/// Columns that the widest amount takes, so that all of them end on one axis and no name runs into them.
pub(super) fn axis(receipt: &Receipt, writing: &Writing, sheet: &Sheet<'_>) -> usize {
    let items = receipt.items.iter().filter_map(amount_of).map(|amount| writing.amount(amount));
    let rows = before_total(receipt, writing).into_iter().chain(after_total(receipt, writing));
    let amounts = items.chain(rows.map(|row| row.amount));
    amounts.map(|amount| sheet.width_of(&amount)).max().unwrap_or(0)
}

/// A label, and an amount at the right edge.
struct Row {
    label: String,
    amount: String,
}

impl Row {
    fn of(label: &str, amount: Option<&Money>, writing: &Writing) -> Option<Row> {
        let amount = amount.map(|amount| writing.amount(amount)).unwrap_or_default();
        let row = Row { label: label.trim().to_owned(), amount };
        (!(row.label.is_empty() && row.amount.is_empty())).then_some(row)
    }

    fn put(&self, axis: usize, sheet: &mut Sheet<'_>) {
        sheet.row("", &self.label, &self.amount, axis, Look::PLAIN);
    }
}

fn before_total(receipt: &Receipt, writing: &Writing) -> Vec<Row> {
    let said = receipt.totals.iter().any(|total| total.kind == Some(TotalKind::Delivery));
    let fee = receipt.delivery.as_ref().and_then(|delivery| delivery.fee.as_ref());
    let fee = fee.filter(|_| !said);
    let fee = fee.and_then(|fee| Row::of(writing.word(Word::Delivery), Some(fee), writing));
    let totals = receipt.totals.iter().filter_map(|total| total_row(total, writing));
    let taxes = receipt.taxes.iter().filter(|tax| tax.base.is_none());
    let taxes =
        taxes.filter_map(|tax| Row::of(&tax_label(tax, writing), tax.amount.as_ref(), writing));
    totals.chain(fee).chain(taxes).collect()
}

fn after_total(receipt: &Receipt, writing: &Writing) -> Vec<Row> {
    let paid = receipt.payments.iter().filter_map(|payment| payment_row(payment, writing));
    let handed = [(Word::Received, &receipt.received), (Word::Change, &receipt.change)];
    let handed = handed
        .into_iter()
        .filter_map(|(word, amount)| Row::of(writing.word(word), Some(amount.as_ref()?), writing));
    paid.chain(handed).collect()
}

/// An amount with the sender's label, or with our word.
pub(crate) fn total_label<'a>(total: &'a ReceiptTotal, writing: &Writing) -> &'a str {
    match (total.label.trim(), total.kind) {
        ("", Some(kind)) => writing.words().of_total(kind),
        (label, _) => label,
    }
}

fn total_row(total: &ReceiptTotal, writing: &Writing) -> Option<Row> {
    Row::of(total_label(total, writing), Some(&total.amount), writing)
}

fn payment_row(payment: &Payment, writing: &Writing) -> Option<Row> {
    let reference = payment.reference.as_deref().map(str::trim).unwrap_or_default();
    let method = payment.method.trim();
    if method.is_empty() && reference.is_empty() && payment.amount.is_none() {
        return None;
    }
    let method = if method.is_empty() { writing.word(Word::Payment) } else { method };
    let label = match reference {
        "" => method.to_owned(),
        reference => format!("{method} ({})", writing.identifier(reference)),
    };
    Row::of(&label, payment.amount.as_ref(), writing)
}

/// `VAT 10%`
fn tax_label(tax: &Tax, writing: &Writing) -> String {
    let rate = tax.rate.as_ref().map(|rate| writing.percent(rate)).unwrap_or_default();
    let label = tax.label.as_deref().map(str::trim).unwrap_or_default();
    let label = if label.is_empty() { writing.word(Word::Tax) } else { label };
    labelled(label, " ", &rate).trim().to_owned()
}

/// Columns that a tax's name keeps beside its amounts.
const LEAST_LABEL: usize = 6;
/// Columns between the columns of a table.
const BETWEEN: usize = 2;

/// The table where its amounts do not fit beside each other: a rate, and below it each amount in a row of its own.
fn tax_list(rows: &[[String; 3]], sheet: &mut Sheet<'_>) {
    let Some((words, taxes)) = rows.split_first() else { return };
    let amounts = taxes.iter().flat_map(|tax| &tax[1..]);
    let axis = amounts.map(|amount| sheet.width_of(amount)).max().unwrap_or(0);
    let axis = axis.min(sheet.columns / 2);
    let align = sheet.align_of_amounts();
    for tax in taxes {
        sheet.paragraph(&tax[0], Look::PLAIN, Align::Left);
        for (word, amount) in words[1..].iter().zip(&tax[1..]).filter(|(_, text)| !text.is_empty())
        {
            let columns = sheet.width_of(amount).max(axis).min(sheet.columns);
            let spans = [word, amount].map(|text| [(text.as_str(), Look::PLAIN)]);
            sheet.cells(&[
                Cell { spans: &spans[0], columns: sheet.columns - columns, align: Align::Left },
                Cell { spans: &spans[1], columns, align },
            ]);
        }
    }
}

/// Rate, what it is taken of, and how much it is: a row for each rate.
fn tax_table(taxes: &[&Tax], writing: &Writing, sheet: &mut Sheet<'_>) {
    let amount = |amount: &Option<Money>| {
        amount.as_ref().map(|amount| writing.amount(amount)).unwrap_or_default()
    };
    let word = |word| writing.word(word).to_owned();
    let mut rows = vec![[word(Word::Tax), word(Word::Net), word(Word::Tax)]];
    for tax in taxes {
        rows.push([tax_label(tax, writing), amount(&tax.base), amount(&tax.amount)]);
    }
    let widest = |column: usize, sheet: &Sheet<'_>| {
        rows.iter().map(|row| sheet.width_of(&row[column])).max().unwrap_or(0)
    };
    let amounts = [1, 2].map(|column| widest(column, sheet));
    let taken = amounts[0] + amounts[1] + 2 * BETWEEN;
    if sheet.columns < taken + LEAST_LABEL {
        return tax_list(&rows, sheet);
    }
    let label = sheet.columns - taken;
    let align = sheet.align_of_amounts();
    let between = Cell { spans: &[], columns: BETWEEN, align };
    for row in &rows {
        let spans = row.each_ref().map(|text| [(text.as_str(), Look::PLAIN)]);
        let cell = |column: usize, columns, align| Cell { spans: &spans[column], columns, align };
        sheet.cells(&[
            cell(0, label, Align::Left),
            between,
            cell(1, amounts[0], align),
            between,
            cell(2, amounts[1], align),
        ]);
    }
}
