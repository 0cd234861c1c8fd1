//! PDF pages to dots.
//!
//! The renderer (`hayro`) is given a document only after it was looked through: its streams stay within bounds when they are
//! inflated ([`streams`]), and every page was gone through once with a device that draws nothing and counts ([`meter`]). Both run,
//! like the renderer, on a thread with a large stack whose panics are caught.
//!
//! What that guarantees: no document overflows a stack or ends the process by a panic; none that repeats itself by forms, patterns,
//! glyphs or soft masks is drawn; none inflates beyond the bounds below. What it does not: `hayro` has no bound of its own on the
//! time of one operator or on the memory of its caches. A program that has to be safe from that draws pages in a process of their
//! own ([`draw_pages_by`]).

mod elsewhere;
mod meter;
mod streams;

use crate::bitmap::Bitmap;
use crate::images::{Channels, Grey, GuardError, Halftone, guarded, limits};
use hayro::hayro_interpret::{InterpreterSettings, InterpreterWarning, TransformExt};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::kurbo::Affine;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use elsewhere::drawn;
pub use elsewhere::{PageDrawer, draw_pages_by};

/// Why a PDF cannot be printed. It never quotes the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum PdfError {
    /// No bytes, no pages, or nothing on them.
    #[error("the PDF has nothing to print")]
    Empty,
    /// More bytes than a PDF may have.
    #[error("the PDF has more than {limit} bytes")]
    TooManyBytes {
        /// Bytes allowed.
        limit: usize,
    },
    /// It breaks off, or is no PDF.
    #[error("the PDF is damaged")]
    Damaged,
    /// Its end is missing, and with it perhaps some of its pages.
    #[error("the PDF is damaged: it is cut off before its end")]
    CutOff,
    /// It cannot be read without its password.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// More pages than are printed.
    #[error("the PDF has {pages} pages, {limit} are allowed")]
    TooManyPages {
        /// Pages that it has.
        pages: usize,
        /// Pages allowed.
        limit: usize,
    },
    /// More paper than a document may use.
    #[error("the PDF is too long for the paper: {rows} rows of dots, {limit} are allowed")]
    TooLong {
        /// Rows at the width of the paper.
        rows: usize,
        /// Rows allowed.
        limit: usize,
    },
    /// Its streams become too large when they are unpacked.
    #[error("the PDF unpacks to more than {limit} bytes")]
    Unpacks {
        /// Bytes allowed.
        limit: usize,
    },
    /// Drawing it would take too much time or memory.
    #[error("the PDF asks for too much work: {what}")]
    TooComplex {
        /// What there is too much of.
        what: PdfWork,
    },
    /// Drawing it took too much time or memory.
    #[error("the PDF takes too long to draw, or too much memory")]
    Costly,
    /// The system gave no process to draw it in.
    #[error("the PDF cannot be drawn now: this computer cannot start another program")]
    NoDrawer,
    /// A picture in it is damaged, or packed in a way that is not known. It would be missing on the paper.
    #[error("the PDF has a picture that cannot be read")]
    Picture,
}

/// What a page may have too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PdfWork {
    /// Operations that draw, each as heavy as it is.
    Operations,
    /// Dots of one picture.
    DotsOfPicture,
    /// Dots of all pictures.
    DotsOfPictures,
    /// Pieces of a dashed line.
    Dashes,
    /// Tiles of a pattern.
    Tiles,
}

impl std::fmt::Display for PdfWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PdfWork::Operations => "drawing operations",
            PdfWork::DotsOfPicture => "dots in a picture",
            PdfWork::DotsOfPictures => "dots in pictures",
            PdfWork::Dashes => "dashes",
            PdfWork::Tiles => "pattern tiles",
        })
    }
}

/// Pages of a PDF.
const PAGES: usize = 50;
/// Rows of dots of all pages: 20 m at 203 dpi.
const ROWS: usize = 160_000;
/// Rows that are drawn at once; a longer page is drawn in pieces.
const PIECE: usize = 2048;
/// Dots of paper for a point (1/72 inch) at 203 dpi: nothing is printed larger than it is.
const NATURAL: f64 = 203.0 / 72.0;
/// Dots that the first look at a page is wide, to find its margins.
const LOOK: f64 = 288.0;
/// Shades from here on are paper.
const PAPER: u8 = 250;

/// The pages for paper of that width, each with its white margins trimmed, all at one scale: as large as the widest one allows, and
/// never larger than natural. Blank pages are left out.
///
/// # Errors
/// [`PdfError`], with the reason.
pub fn pages(bytes: &[u8], halftone: Halftone, dots: usize) -> Result<Vec<Bitmap>, PdfError> {
    if bytes.is_empty() {
        return Err(PdfError::Empty);
    }
    if bytes.len() > limits::BYTES {
        return Err(PdfError::TooManyBytes { limit: limits::BYTES });
    }
    match guarded(|| render(bytes, halftone, dots.clamp(1, 2048))) {
        Ok(pages) => pages,
        Err(GuardError::Panicked | GuardError::NoThread) => Err(PdfError::Damaged),
    }
}

fn render(bytes: &[u8], halftone: Halftone, dots: usize) -> Result<Vec<Bitmap>, PdfError> {
    let streams = streams::check(bytes)?;
    let is_cut_off = is_cut_off(bytes);
    let pdf = Pdf::new(Arc::new(bytes.to_vec())).map_err(|error| match error {
        LoadPdfError::Decryption(_) => PdfError::Encrypted,
        LoadPdfError::Invalid if is_cut_off => PdfError::CutOff,
        LoadPdfError::Invalid => PdfError::Damaged,
    })?;
    if is_cut_off {
        // The renderer would make do with the pages that are left.
        return Err(PdfError::CutOff);
    }
    let pages = pdf.pages();
    if pages.len() > PAGES {
        return Err(PdfError::TooManyPages { pages: pages.len(), limit: PAGES });
    }
    let mut budget = meter::Budget::new(&streams);
    let pen = Pen::default();
    let mut inked = Vec::new();
    for page in pages.iter() {
        meter::check(page, &mut budget)?;
        inked.extend(look(page, &pen)?);
    }
    if pen.is_picture_lost() {
        return Err(PdfError::Picture);
    }
    let left = inked.iter().map(|area| area.left).fold(f64::MAX, f64::min);
    let right = inked.iter().map(|area| area.right).fold(0.0, f64::max);
    if inked.is_empty() {
        return Err(PdfError::Empty);
    }
    let scale = (dots as f64 / (right - left)).min(NATURAL);
    let width = ((right - left) * scale).round().clamp(1.0, dots as f64) as usize;
    let rows = inked.iter().map(|area| area.rows(scale)).sum::<usize>();
    if rows > ROWS {
        return Err(PdfError::TooLong { rows, limit: ROWS });
    }
    Ok(inked
        .iter()
        .map(|area| {
            let place = Affine::scale(scale) * Affine::translate((-left, -area.top));
            halftone.apply(&draw(area.page, &pen, place, width, area.rows(scale)))
        })
        .collect())
}

/// Whether a PDF breaks off: behind its last object a whole one has its trailer, says where its table of objects
/// is, or that it ends.
fn is_cut_off(bytes: &[u8]) -> bool {
    let last = |word: &[u8]| bytes.windows(word.len()).rposition(|window| window == word);
    let is_pdf = bytes.windows(5).take(1024).any(|window| window == b"%PDF-");
    let end = [b"startxref".as_slice(), b"%%EOF", b"trailer"].into_iter().filter_map(last).max();
    is_pdf && last(b" obj").is_some_and(|object| end.is_none_or(|end| end < object))
}

/// What all pages are drawn with.
struct Pen<'a> {
    cache: RenderCache<'a>,
    settings: InterpreterSettings,
    lost: Arc<AtomicBool>,
}

impl Default for Pen<'_> {
    fn default() -> Self {
        let lost = Arc::new(AtomicBool::new(false));
        let told = lost.clone();
        let warning_sink = Arc::new(move |warning| {
            if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
                told.store(true, Ordering::Relaxed);
            }
        });
        let settings = InterpreterSettings { warning_sink, ..InterpreterSettings::default() };
        Pen { cache: RenderCache::new(), settings, lost }
    }
}

impl Pen<'_> {
    /// Whether a picture that was to be drawn so far is missing, because it cannot be unpacked.
    fn is_picture_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

/// Where a page has ink, in points from its left upper corner.
struct Inked<'a> {
    page: &'a Page<'a>,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Inked<'_> {
    fn rows(&self, scale: f64) -> usize {
        ((self.bottom - self.top) * scale).ceil().clamp(1.0, 1e6) as usize
    }
}

/// Draws the page small to find its margins. `None`: it is blank.
fn look<'a>(page: &'a Page<'a>, pen: &Pen<'a>) -> Result<Option<Inked<'a>>, PdfError> {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let sensible = |side: f64| side.is_finite() && side >= 1.0;
    if !sensible(width) || !sensible(height) {
        return Err(PdfError::Damaged);
    }
    let scale = LOOK / width;
    let rows = (height * scale).ceil().max(1.0);
    if rows > ROWS as f64 {
        return Err(PdfError::TooLong { rows: rows as usize, limit: ROWS });
    }
    let small = draw(page, pen, Affine::scale(scale), LOOK as usize, rows as usize);
    let Some(area) = small.inked(PAPER) else { return Ok(None) };
    // A dot more on every side: what is thinner than a dot of the small picture reaches into the next one.
    let before = |dots: usize| (dots as f64 - 1.0).max(0.0) / scale;
    let behind = |dots: usize, most: f64| ((dots as f64 + 1.0) / scale).min(most);
    Ok(Some(Inked {
        page,
        left: before(area.left),
        right: behind(area.right, width),
        top: before(area.top),
        bottom: behind(area.bottom, height),
    }))
}

/// The part of a page that `place` brings into a picture of that size.
fn draw<'a>(page: &'a Page<'a>, pen: &Pen<'a>, place: Affine, width: usize, height: usize) -> Grey {
    let mut shades = Vec::with_capacity(width * height);
    for top in (0..height).step_by(PIECE) {
        let rows = PIECE.min(height - top);
        let place = Affine::translate((0.0, -(top as f64))) * place;
        shades.extend(piece(page, pen, place, width, rows));
    }
    Grey::new(width, height, shades)
}

fn piece<'a>(
    page: &'a Page<'a>,
    pen: &Pen<'a>,
    place: Affine,
    width: usize,
    rows: usize,
) -> Vec<u8> {
    // Both are at most 2,048.
    let (columns, lines) = (width as u16, rows as u16);
    let mut context = RenderContext::new(columns, lines);
    let transform = place * page.initial_transform(true).to_kurbo();
    render_into(
        page,
        &pen.cache,
        &pen.settings,
        &RenderSettings::default(),
        &mut context,
        transform,
    );
    context.flush();
    let mut pixmap = Pixmap::new(columns, lines);
    let white = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..Default::default() };
    context.render_with(&mut pixmap, &mut Resources::default(), white);
    Grey::from_channels(width, rows, pixmap.data_as_u8_slice().to_vec(), Channels::Rgba)
        .into_shades()
}
