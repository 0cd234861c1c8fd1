//! Drawing pages in another process, for programs that have one for it.

use super::{PdfError, pages};
use crate::bitmap::Bitmap;
use crate::images::Halftone;
use std::sync::OnceLock;

/// Draws pages as [`pages`] does: the document, how shades become dots, the paper's width in dots.
pub type PageDrawer = fn(&[u8], Halftone, usize) -> Result<Vec<Bitmap>, PdfError>;

static ELSEWHERE: OnceLock<PageDrawer> = OnceLock::new();

/// Lets every PDF document be drawn by that function, which may bound time and memory as nothing in this crate can. Only the first
/// call of this counts.
pub fn draw_pages_by(drawer: PageDrawer) {
    // A second one would do the same.
    let _ = ELSEWHERE.set(drawer);
}

/// The pages, drawn there if there is such a place, else here.
pub(crate) fn drawn(
    bytes: &[u8],
    halftone: Halftone,
    dots: usize,
) -> Result<Vec<Bitmap>, PdfError> {
    let drawer = ELSEWHERE.get().copied().unwrap_or(pages);
    drawer(bytes, halftone, dots)
}
