//! A cash-out slip's fields as lines of paper.

use crate::frame;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use platen_job::CashOut;

/// Puts a slip on the sheet. A field that is missing or blank leaves nothing behind.
pub(crate) fn lay_out(slip: &CashOut, sheet: &mut Sheet<'_>) {
    frame::head(&slip.frame, sheet);
    sheet.gap();
    for fact in [&slip.number, &slip.date, &slip.cashier].into_iter().flatten() {
        sheet.paragraph(fact, Look::PLAIN, Align::Left);
    }
    for total in &slip.totals {
        sheet.paragraph(&format!("{} {}", total.label, total.amount.0), Look::PLAIN, Align::Left);
    }
    if let Some(amount) = &slip.amount {
        sheet.paragraph(&amount.0, Look::BOLD_TALL, Align::Left);
    }
    slip.notes.iter().for_each(|note| sheet.paragraph(note, Look::PLAIN, Align::Left));
    frame::foot(&slip.frame, sheet);
}
