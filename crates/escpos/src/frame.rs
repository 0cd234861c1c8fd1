//! What stands around the content of every laid-out document.

use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use platen_job::Frame;

/// Heading, marks and title.
pub(crate) fn head(frame: &Frame, sheet: &mut Sheet<'_>) {
    for (index, line) in frame.header.iter().enumerate() {
        sheet.paragraph(line, if index == 0 { Look::HEADING } else { Look::PLAIN }, Align::Centre);
    }
    for mark in &frame.marks {
        sheet.paragraph(mark, Look::MARK, Align::Centre);
    }
    if let Some(title) = &frame.title {
        sheet.gap();
        sheet.paragraph(title, Look::HEADING, Align::Centre);
    }
}

/// Last lines.
pub(crate) fn foot(frame: &Frame, sheet: &mut Sheet<'_>) {
    if frame.footer.iter().any(|line| !line.trim().is_empty()) {
        sheet.gap();
        frame.footer.iter().for_each(|line| sheet.paragraph(line, Look::PLAIN, Align::Centre));
    }
}
