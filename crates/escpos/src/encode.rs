//! A document to printer bytes.

use crate::boundary::end_of_paper;
use crate::images::ImageError;
use crate::pdf::PdfError;
use crate::profile::Profile;
use crate::scan::{Align, ESC};
use crate::sheet::{Look, MOST_LINES, Sheet};
use crate::text::Note;
use crate::{cash_out, label, picture, receipt, reservation, test_page, writer};
use platen_job::{Document, DocumentFormat, DrawerPin, Mark};

/// A document as the printer gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The bytes of the whole job.
    pub bytes: Vec<u8>,
    /// What the paper does not show as the sender meant it.
    pub notes: Vec<Note>,
}

/// Why a document cannot be printed with a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// Nothing would be on the paper.
    #[error("there is nothing to print")]
    Empty,
    /// More paper than a job may use.
    #[error("the document has more than {limit} lines")]
    TooLong {
        /// Lines allowed.
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
    /// Documents of that format cannot be laid out.
    #[error("documents of the format {format} cannot be printed")]
    Unsupported {
        /// Its format.
        format: DocumentFormat,
    },
}

/// Turns a document into the bytes of a job. Equal input gives equal bytes.
///
/// Text, receipts and test pages begin with `ESC @` and `FS .`, and end with a feed and exactly one cut (a feed alone where the
/// profile has no cutter); a mark is their first and last line. No byte of a sender's text becomes a command.
///
/// Raw bytes go out as they are. With a mark, a strip comes before them: `ESC @`, the mark's line, a line of feed, and `ESC @` again,
/// so that the sender's commands meet the printer's own initial state. It is not cut off: strip and receipt stay one paper.
///
/// A drawer kick is `ESC p m 25 250` (50 ms on, 500 ms off) and nothing else; it cannot be marked.
///
/// # Errors
/// [`EncodeError`] where nothing would be printed, where it is too long, and where the profile has no such drawer.
pub fn encode(
    document: &Document,
    profile: &Profile,
    mark: Option<Mark>,
) -> Result<Encoded, EncodeError> {
    match document {
        Document::Raw(bytes) if bytes.is_empty() => Err(EncodeError::Empty),
        Document::Raw(bytes) => {
            let mut out = mark.map(|mark| strip(mark, profile)).unwrap_or_default();
            out.extend_from_slice(bytes);
            Ok(Encoded { bytes: out, notes: Vec::new() })
        }
        Document::Drawer(pin) => drawer(*pin, profile, mark),
        other => on_paper(profile, mark, |sheet| lay_out(other, profile, sheet)),
    }
}

/// Puts a document on the sheet.
fn lay_out(
    document: &Document,
    profile: &Profile,
    sheet: &mut Sheet<'_>,
) -> Result<(), EncodeError> {
    match document {
        Document::Text(text) => sheet.text(text),
        Document::Receipt(receipt) => receipt::lay_out(receipt, sheet),
        Document::Reservation(reservation) => reservation::lay_out(reservation, sheet),
        Document::CashOut(slip) => cash_out::lay_out(slip, sheet),
        Document::Label(label) => label::lay_out(label, sheet),
        Document::TestPage { lines } => test_page::lay_out(lines, profile, sheet),
        Document::Image(image) => picture::lay_out_image(image, profile, sheet)?,
        Document::Pdf(pdf) => picture::lay_out_pdf(pdf, profile, sheet)?,
        other => return Err(EncodeError::Unsupported { format: other.format() }),
    }
    Ok(())
}

/// Lays out lines, marks them, and writes them from init to cut.
fn on_paper(
    profile: &Profile,
    mark: Option<Mark>,
    lay_out: impl FnOnce(&mut Sheet<'_>) -> Result<(), EncodeError>,
) -> Result<Encoded, EncodeError> {
    let mut sheet = Sheet::new(profile);
    lay_out(&mut sheet)?;
    if sheet.is_too_long() {
        return Err(EncodeError::TooLong { limit: MOST_LINES });
    }
    if sheet.is_blank() {
        return Err(EncodeError::Empty);
    }
    if let Some(mark) = mark {
        sheet.frame(&mark_text(mark), Look::MARK, Align::Centre);
    }
    let (blocks, notes) = sheet.finish();
    let mut bytes = Vec::with_capacity(blocks.len() * 64);
    writer::initialise(profile, &mut bytes);
    writer::write(&blocks, profile, &mut bytes);
    end_of_paper(profile, &mut bytes);
    Ok(Encoded { bytes, notes })
}

fn mark_text(mark: Mark) -> String {
    format!("  {}  ", mark.text())
}

/// The mark on paper of its own state, before bytes that are not ours.
fn strip(mark: Mark, profile: &Profile) -> Vec<u8> {
    let mut sheet = Sheet::new(profile);
    sheet.put(&mark_text(mark), Look::MARK, Align::Centre);
    let mut out = Vec::new();
    writer::initialise(profile, &mut out);
    writer::write(&sheet.finish().0, profile, &mut out);
    out.extend([ESC, b'd', 1, ESC, b'@']);
    out
}

fn drawer(pin: DrawerPin, profile: &Profile, mark: Option<Mark>) -> Result<Encoded, EncodeError> {
    if !profile.drawer.contains(&pin) {
        return Err(EncodeError::NoDrawer);
    }
    let m = match pin {
        DrawerPin::Pin2 => 0,
        DrawerPin::Pin5 => 1,
    };
    Ok(Encoded {
        bytes: vec![ESC, b'p', m, 25, 250],
        notes: mark.map(|_| Note::MarkLeftOut).into_iter().collect(),
    })
}
