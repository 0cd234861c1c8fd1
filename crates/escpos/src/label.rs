//! A label's fields as lines of paper.

use crate::frame;
use crate::locale::Writing;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use platen_job::Label;

/// Puts a label on the sheet. A field that is missing or blank leaves nothing behind.
pub(crate) fn lay_out(label: &Label, writing: &Writing, sheet: &mut Sheet<'_>) {
    frame::head(&label.frame, None, writing, sheet);
    label.lines.iter().for_each(|line| sheet.paragraph(line, Look::PLAIN, Align::Centre));
    if let Some(price) = &label.price {
        let unit = label.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty());
        let unit = unit.map(|unit| format!("/{unit}")).unwrap_or_default();
        let price = writing.sum(price);
        if !price.is_empty() {
            sheet.paragraph(&format!("{price}{unit}"), Look::HEADING, Align::Centre);
        }
    }
    if let Some(date) = &label.date {
        sheet.paragraph(&writing.moment(date), Look::PLAIN, Align::Centre);
    }
    frame::foot(&label.frame, sheet);
}
