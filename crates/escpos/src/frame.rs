//! What stands around the content of every laid-out document.

use crate::codes::{Barcode, Code, CodeError, Pdf417, Qr, QrLevel};
use crate::locale::Writing;
use crate::picture;
use crate::profile::Symbology as Bars;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use crate::text::Note;
use crate::words::Word;
use platen_job::{CodeField, Frame, Symbology};

/// Logo, heading, marks and title; `title` stands in for one that is missing.
pub(crate) fn head(frame: &Frame, title: Option<Word>, writing: &Writing, sheet: &mut Sheet<'_>) {
    if let Some(logo) = &frame.logo
        && let Err(reason) = picture::lay_out_image(logo, sheet.profile, sheet)
    {
        sheet.note(Note::LogoLeftOut { reason });
    }
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

/// A code with its caption; a note where its data is wrong or the printer can print no code.
fn scan_me(field: &CodeField, sheet: &mut Sheet<'_>) {
    match code_of(field) {
        Ok(code) => sheet.code(&code, Align::Centre),
        Err(reason) => sheet.note(Note::CodeLeftOut { reason }),
    }
    if let Some(caption) = &field.caption {
        sheet.paragraph(caption, Look::PLAIN, Align::Centre);
    }
}

fn code_of(field: &CodeField) -> Result<Code, CodeError> {
    let bars = match field.symbology {
        Symbology::Qr => {
            return Qr::new(&field.data, QrLevel::default(), Qr::USUAL_MODULE).map(Code::Qr);
        }
        Symbology::Pdf417 => {
            return Pdf417::new(&field.data, Pdf417::USUAL_MODULE).map(Code::Pdf417);
        }
        Symbology::Ean13 => Bars::Ean13,
        Symbology::Ean8 => Bars::Ean8,
        Symbology::UpcA => Bars::UpcA,
        Symbology::Code39 => Bars::Code39,
        Symbology::Code128 => Bars::Code128,
        Symbology::Itf => Bars::Itf,
        Symbology::Codabar => Bars::Codabar,
    };
    Barcode::new(bars, field.data.trim()).map(Code::Barcode)
}
