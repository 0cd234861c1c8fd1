//! A document to printer bytes.

use crate::boundary::end_of_paper;
use crate::html::{self, HtmlError};
use crate::images::ImageError;
use crate::locale::Writing;
use crate::marks::Marks;
use crate::pdf::PdfError;
use crate::profile::{Profile, Support};
use crate::scan::{Align, ESC};
use crate::sheet::{Look, MOST_DRAWN, MOST_LINES, Sheet};
use crate::text::Note;
use crate::words::Word;
use crate::{cash_out, frame, label, picture, receipt, reservation, test_page, writer};
use platen_job::{Document, DocumentFormat, DrawerPin};

/// A document as the printer gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The bytes of the whole job.
    pub bytes: Vec<u8>,
    /// What the paper does not show as the sender meant it.
    pub notes: Vec<Note>,
}

/// Why a document cannot be printed with a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// Nothing would be on the paper.
    #[error("there is nothing to print")]
    Empty,
    /// What there was cannot be printed, for that reason first.
    #[error("there is nothing to print: {0}")]
    AllLeftOut(Box<Note>),
    /// More paper than a job may use.
    #[error("the document has more than {limit} lines")]
    TooLong {
        /// Lines allowed.
        limit: usize,
    },
    /// More text that the printer's own characters cannot show than a job may have.
    #[error("more than {limit} bytes of the text would have to be drawn")]
    TooMuchToDraw {
        /// Bytes of text allowed.
        limit: usize,
    },
    /// More bytes than a job may have, from lines that had to be drawn.
    #[error("the job would have more than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The profile has no such drawer.
    #[error("this printer has no cash drawer at that connector")]
    NoDrawer,
    /// The profile has no command for images.
    #[error("this printer prints no images")]
    NoImages,
    /// The picture cannot be printed.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The PDF cannot be printed.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The HTML costs more than a receipt can.
    #[error(transparent)]
    Html(#[from] HtmlError),
    /// Documents of that format cannot be laid out.
    #[error("documents of the format {format} cannot be printed")]
    Unsupported {
        /// Its format.
        format: DocumentFormat,
    },
}

/// Turns a document into the bytes of a job. Equal input gives equal bytes.
///
/// What is laid out begins with `ESC @` and `FS .`, and ends with a feed and exactly one cut (a feed alone where the profile has no
/// cutter), as does every copy of it; marks are the first and last lines of each. From the second on, a copy says which one it
/// is. No byte of a sender's text becomes a command.
///
/// Raw bytes go out as they are. With marks, a strip comes before them: `ESC @`, the marks' lines, a line of feed, and `ESC @` again,
/// so that the sender's commands meet the printer's own initial state. It is not cut off: strip and receipt stay one paper.
///
/// A drawer kick is `ESC p m 25 250` (50 ms on, 500 ms off) and nothing else; it cannot be marked.
///
/// # Errors
/// [`EncodeError`] where nothing would be printed, where it is too long or costs too much, and where the profile has no such
/// drawer.
pub fn encode<'a>(
    document: &Document,
    profile: &Profile,
    marks: impl Into<Marks<'a>>,
) -> Result<Encoded, EncodeError> {
    let marks = marks.into();
    match document {
        Document::Raw(bytes) if bytes.is_empty() => Err(EncodeError::Empty),
        Document::Raw(bytes) => {
            let mut out = strip(marks, profile);
            out.extend_from_slice(bytes);
            Ok(Encoded { bytes: out, notes: Vec::new() })
        }
        Document::Drawer(pin) => drawer(*pin, profile, marks),
        other => on_paper(other, profile, marks),
    }
}

/// Puts a document on the sheet.
fn lay_out(
    document: &Document,
    writing: &Writing,
    profile: &Profile,
    sheet: &mut Sheet<'_>,
) -> Result<(), EncodeError> {
    match document {
        Document::Text(text) => sheet.text(text),
        Document::Receipt(receipt) => receipt::lay_out(receipt, writing, sheet),
        Document::Reservation(reservation) => reservation::lay_out(reservation, writing, sheet),
        Document::CashOut(slip) => cash_out::lay_out(slip, writing, sheet),
        Document::Label(label) => label::lay_out(label, writing, sheet),
        Document::Html(html) => html::lay_out(html, sheet)?,
        Document::TestPage { lines } => test_page::lay_out(lines, profile, sheet),
        Document::Image(image) => picture::lay_out_image(image, profile, sheet)?,
        Document::Pdf(pdf) => picture::lay_out_pdf(pdf, profile, sheet)?,
        other => return Err(EncodeError::Unsupported { format: other.format() }),
    }
    Ok(())
}

/// Lays out every copy, marks it, and writes all of them from init to cut.
fn on_paper(
    document: &Document,
    profile: &Profile,
    marks: Marks<'_>,
) -> Result<Encoded, EncodeError> {
    let writing = writing_of(document);
    let copies = document.frame().map_or(1, |frame| frame.copies.get());
    let new_sheet = || {
        let mut sheet = Sheet::new(profile);
        sheet.direction = writing.direction();
        sheet
    };
    let mut sheet = new_sheet();
    lay_out(document, &writing, profile, &mut sheet)?;
    if sheet.is_too_much_to_draw() {
        return Err(EncodeError::TooMuchToDraw { limit: MOST_DRAWN });
    }
    if sheet.is_blank() {
        let first = sheet.finish().1.into_iter().next();
        return Err(first.map_or(EncodeError::Empty, |note| EncodeError::AllLeftOut(note.into())));
    }
    let marks = marks.texts(&writing);
    if copies > 1 || !marks.is_empty() {
        sheet = new_sheet();
        for copy in 1..=copies {
            marks.iter().for_each(|mark| frame::mark(mark, &mut sheet));
            // Labels are equal on purpose.
            if copy > 1 && !matches!(document, Document::Label(_)) {
                let which = format!("{} {copy}/{copies}", writing.word(Word::Copy));
                sheet.paragraph(&which, Look::BOLD, Align::Centre);
            }
            lay_out(document, &writing, profile, &mut sheet)?;
            marks.iter().rev().for_each(|mark| frame::mark(mark, &mut sheet));
            if copy < copies {
                sheet.cut();
            }
        }
    }
    if sheet.is_too_much_to_draw() {
        return Err(EncodeError::TooMuchToDraw { limit: MOST_DRAWN });
    }
    if sheet.is_too_long() {
        return Err(EncodeError::TooLong { limit: MOST_LINES });
    }
    let (blocks, mut notes) = sheet.finish();
    let mut bytes = Vec::with_capacity(blocks.len() * 64);
    writer::initialise(profile, &mut bytes);
    let lacks = writer::write(&blocks, profile, &mut bytes)
        .map_err(|_| EncodeError::TooLarge { limit: writer::MOST_BYTES })?;
    let left_out = [
        (lacks.glyphs, Note::NoGlyph { count: lacks.glyphs }),
        (lacks.pictures, Note::PicturesLeftOut { count: lacks.pictures }),
    ];
    notes.extend(left_out.into_iter().filter(|(count, _)| *count > 0).map(|(_, note)| note));
    end_of_paper(profile, &mut bytes);
    Ok(Encoded { bytes, notes })
}

/// How a document is written.
fn writing_of(document: &Document) -> Writing {
    let language = document.frame().and_then(|frame| frame.language.as_deref());
    let currency = match document {
        Document::Receipt(receipt) => receipt.currency.as_deref(),
        Document::CashOut(slip) => slip.currency.as_deref(),
        Document::Label(label) => label.currency.as_deref(),
        _ => None,
    };
    Writing::of(language, currency)
}

/// The marks on paper of their own state, before bytes that are not ours; nothing where there are none.
fn strip(marks: Marks<'_>, profile: &Profile) -> Vec<u8> {
    let texts = marks.texts(&Writing::of(None, None));
    let mut out = Vec::new();
    if texts.is_empty() {
        return out;
    }
    let mut sheet = Sheet::new(profile);
    texts.iter().for_each(|text| frame::mark(text, &mut sheet));
    writer::initialise(profile, &mut out);
    // One line of ASCII is neither long nor without a glyph.
    let _ = writer::write(&sheet.finish().0, profile, &mut out);
    out.extend([ESC, b'd', 1, ESC, b'@']);
    out
}

/// The command that kicks a drawer at once, past everything that waits and also while the printer cannot print: `DLE DC4 1 m t`
/// with 100 ms on and off. `None` where the profile has no such command, or no such drawer.
pub fn real_time_kick(pin: DrawerPin, profile: &Profile) -> Option<[u8; 5]> {
    const DLE: u8 = 0x10;
    const DC4: u8 = 0x14;
    let can = profile.drawer_real_time == Support::Yes && profile.drawer.contains(&pin);
    can.then_some([DLE, DC4, 1, connector(pin), 1])
}

/// How commands name a drawer's connector.
fn connector(pin: DrawerPin) -> u8 {
    match pin {
        DrawerPin::Pin2 => 0,
        DrawerPin::Pin5 => 1,
    }
}

fn drawer(pin: DrawerPin, profile: &Profile, marks: Marks<'_>) -> Result<Encoded, EncodeError> {
    if !profile.drawer.contains(&pin) {
        return Err(EncodeError::NoDrawer);
    }
    let notes = if marks == Marks::default() { Vec::new() } else { vec![Note::MarkLeftOut] };
    Ok(Encoded { bytes: vec![ESC, b'p', connector(pin), 25, 250], notes })
}
