//! PDF pages are drawn by a process of their own, which is ended after 1.6 seconds of work or at too much memory:
//! the renderer has no bound of its own on a single operation.
//!
//! ```text
//! parent  {"halftone":"Auto","dots":576}⏎ document ─▶ stdin   child
//!         {"Ok":[{"width":560,"height":812},…]}⏎ dots ◀─ stdout
//! ```
//!
//! Both ends are the same build of the same program, so that the form of these lines may change freely.

mod child;
mod parent;

pub use child::draw_for_parent;
pub use parent::draw_pdfs_apart;

use platen_escpos::images::Halftone;
use platen_escpos::pdf::PdfError;
use serde::{Deserialize, Serialize};

/// The argument with which a program that calls [`draw_pdfs_apart`] has to call [`draw_for_parent`].
pub const DRAW_PDF: &str = "draw-pdf";

#[derive(Serialize, Deserialize)]
struct Request {
    halftone: Halftone,
    dots: usize,
}

/// What precedes the dots of the pages.
type Answer = Result<Vec<PageSize>, PdfError>;

#[derive(Serialize, Deserialize)]
struct PageSize {
    width: usize,
    height: usize,
}
