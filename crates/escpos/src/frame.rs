//! What stands around the content of every laid-out document.

use crate::locale::Writing;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use crate::words::Word;
use platen_job::{CodeField, Frame};

/// Heading, marks and title; `title` stands in for one that is missing.
pub(crate) fn head(frame: &Frame, title: Option<Word>, writing: &Writing, sheet: &mut Sheet<'_>) {
    for (index, line) in frame.header.iter().enumerate() {
        let look = if index == 0 { Look::HEADING } else { Look::PLAIN };
        sheet.paragraph(line, look, Align::Centre);
    }
    for text in frame.marks.iter().filter(|text| !text.trim().is_empty()) {
        mark(text, sheet);
    }
    let own = frame.title.as_deref().filter(|title| !title.trim().is_empty());
    if let Some(title) = own.or(title.map(|word| writing.word(word))) {
        sheet.gap();
        sheet.paragraph(title, Look::HEADING, Align::Centre);
    }
}

/// White on black, with a margin where it fits on a line.
pub(crate) fn mark(text: &str, sheet: &mut Sheet<'_>) {
    let padded = format!("  {}  ", text.trim());
    if sheet.width_of(&padded) <= sheet.columns_of(Look::MARK) {
        sheet.put(&padded, Look::MARK, Align::Centre);
    } else {
        sheet.paragraph(text, Look::MARK, Align::Centre);
    }
}

/// Codes and last lines.
pub(crate) fn foot(frame: &Frame, sheet: &mut Sheet<'_>) {
    for code in &frame.codes {
        sheet.gap();
        scan_me(code, sheet);
    }
    if frame.footer.iter().any(|line| !line.trim().is_empty()) {
        sheet.gap();
        frame.footer.iter().for_each(|line| sheet.paragraph(line, Look::PLAIN, Align::Centre));
    }
}

fn scan_me(code: &CodeField, sheet: &mut Sheet<'_>) {
    sheet.paragraph(&code.data, Look::PLAIN, Align::Centre);
    if let Some(caption) = &code.caption {
        sheet.paragraph(caption, Look::PLAIN, Align::Centre);
    }
}
