//! A cash-out slip's fields as lines of paper.

use crate::facts::{large, pair};
use crate::frame;
use crate::locale::Writing;
use crate::receipt::total_label;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use crate::words::Word;
use platen_job::CashOut;

/// Puts a slip on the sheet. A field that is missing or blank leaves nothing behind; one with a sum has a line to sign on.
pub(crate) fn lay_out(slip: &CashOut, writing: &Writing, sheet: &mut Sheet<'_>) {
    let title = (!slip.is_bare()).then_some(Word::CashOut);
    frame::head(&slip.frame, title, writing, sheet);
    let date = slip.date.as_deref().map(|date| writing.moment(date)).unwrap_or_default();
    sheet.gap();
    pair(slip.number.as_deref().unwrap_or_default(), &date, Look::PLAIN, sheet);
    let cashier = slip.cashier.as_deref().unwrap_or_default();
    pair(cashier, "", Look::PLAIN, sheet);
    let amount = slip.amount.as_ref().map(|amount| writing.sum(amount)).unwrap_or_default();
    if !(slip.totals.is_empty() && amount.is_empty()) {
        sheet.rule();
    }
    let totals = slip.totals.iter();
    let rows = totals.map(|total| (total_label(total, writing), writing.amount(&total.amount)));
    let rows: Vec<_> = rows.collect();
    let axis = rows.iter().map(|(_, amount)| sheet.width_of(amount)).max().unwrap_or(0);
    rows.iter().for_each(|(label, amount)| sheet.row("", label, amount, axis, Look::PLAIN));
    if !amount.is_empty() {
        large(writing.word(Word::Amount), &amount, sheet);
    }
    if slip.notes.iter().any(|note| !note.trim().is_empty()) {
        sheet.rule();
        slip.notes.iter().for_each(|note| sheet.paragraph(note, Look::PLAIN, Align::Left));
    }
    if !amount.is_empty() {
        sign_here(writing, sheet);
    }
    frame::foot(&slip.frame, sheet);
}

fn sign_here(writing: &Writing, sheet: &mut Sheet<'_>) {
    sheet.gap();
    sheet.paragraph(writing.word(Word::Signature), Look::PLAIN, Align::Left);
    sheet.gap();
    let line = "_".repeat(sheet.columns);
    sheet.put(&line, Look::PLAIN, Align::Left);
}
