//! A label's fields as lines of paper.

use crate::frame;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use platen_job::Label;

/// Puts a label on the sheet. A field that is missing or blank leaves nothing behind.
pub(crate) fn lay_out(label: &Label, sheet: &mut Sheet<'_>) {
    frame::head(&label.frame, sheet);
    label.lines.iter().for_each(|line| sheet.paragraph(line, Look::PLAIN, Align::Centre));
    if let Some(price) = &label.price {
        sheet.paragraph(&price.0, Look::HEADING, Align::Centre);
    }
    frame::foot(&label.frame, sheet);
}
