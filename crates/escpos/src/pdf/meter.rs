//! How much work a page is, told by going through it without drawing.

use super::streams::Streams;
use super::{PdfError, PdfWork};
use crate::images::{limits, size_of_picture};
use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::pattern::{Pattern, TilingPattern};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, Paint, SoftMask, interpret_page,
};
use hayro::hayro_syntax::object::{Array, Name, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect, Shape};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Nanoseconds, roughly, that all pages together may take to go through once.
const WORK: u64 = 1_000_000_000;
/// Dots of all pictures together, each time one is drawn.
const PICTURES: u64 = 3 * limits::PIXELS_OF_HUNGRY;
/// Cells of a pattern that are drawn for one tile.
const COPIES: f64 = 64.0;
/// Dots of a pattern's tile from side to side, at a dot a point.
const TILE: f64 = 1500.0;
/// Pieces of one dashed line.
const DASHES: f64 = 100_000.0;

/// What all pages of a document may cost together.
pub(super) struct Budget {
    work: u64,
    pictures: u64,
    /// Each time a form, a pattern, a glyph of forms or a mask is gone through.
    form: u64,
}

impl Budget {
    pub(super) fn new(streams: &Streams) -> Budget {
        // Unpacking and reading a byte of content takes about ten nanoseconds; a form is most often much smaller than the largest stream,
        // so that a fourth of it is charged.
        Budget { work: WORK, pictures: PICTURES, form: 5_000 + streams.largest_form as u64 * 5 / 2 }
    }
}

/// Goes through a page.
///
/// # Errors
/// [`PdfError::TooComplex`] and [`PdfError::Picture`].
pub(super) fn check<'a>(page: &'a Page<'a>, budget: &mut Budget) -> Result<(), PdfError> {
    let mut meter = Meter { budget };
    let area = page.intersected_crop_box();
    let area = Rect::new(area.x0, area.y0, area.x1, area.y1);
    let run = || {
        let cache = InterpreterCache::new();
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, area, &cache, page.xref(), settings);
        interpret_page(page, &mut context, &mut meter);
    };
    // The only way out of somebody else's loop is to unwind; a panic of theirs is passed on.
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(()) => Ok(()),
        Err(payload) => match payload.downcast::<PdfError>() {
            Ok(reason) => Err(*reason),
            Err(panic) => resume_unwind(panic),
        },
    }
}

struct Meter<'b> {
    budget: &'b mut Budget,
}

impl Meter<'_> {
    fn spend(&mut self, work: u64) {
        match self.budget.work.checked_sub(work) {
            Some(left) => self.budget.work = left,
            None => stop(PdfError::TooComplex { what: PdfWork::Operations }),
        }
    }

    fn picture(&mut self, stream: &Stream<'_>) {
        let side = |long: &[u8], short: &[u8]| {
            let side = stream.dict().get::<f64>(long).or_else(|| stream.dict().get::<f64>(short));
            side.unwrap_or(0.0).max(0.0) as u64
        };
        let mut dots = side(b"Width", b"W").saturating_mul(side(b"Height", b"H"));
        match packing(stream) {
            // What its own header claims; where it is packed once more, what that may hide.
            Packing::Jpeg => match size_of_picture(&stream.raw_data()) {
                Some((width, height)) => dots = dots.max(u64::from(width) * u64::from(height)),
                None => stop(PdfError::Picture),
            },
            Packing::Plain => {}
        }
        if dots > limits::PIXELS_OF_HUNGRY {
            stop(PdfError::TooComplex { what: PdfWork::DotsOfPicture });
        }
        match self.budget.pictures.checked_sub(dots) {
            Some(left) => self.budget.pictures = left,
            None => stop(PdfError::TooComplex { what: PdfWork::DotsOfPictures }),
        }
        if let Some(mask) = stream.dict().get::<Stream<'_>>(b"SMask") {
            self.picture_of_mask(&mask);
        }
        if let Some(mask) = stream.dict().get::<Stream<'_>>(b"Mask") {
            self.picture_of_mask(&mask);
        }
    }

    /// A mask has none of its own.
    fn picture_of_mask(&mut self, mask: &Stream<'_>) {
        let side = |key: &[u8]| mask.dict().get::<f64>(key).unwrap_or(0.0).max(0.0) as u64;
        let dots = side(b"Width").saturating_mul(side(b"Height"));
        if packing(mask) != Packing::Plain {
            stop(PdfError::Picture);
        }
        if dots > limits::PIXELS_OF_HUNGRY {
            stop(PdfError::TooComplex { what: PdfWork::DotsOfPicture });
        }
    }

    fn path(&mut self, path: &BezPath, mode: &DrawMode) {
        let segments = path.elements().len() as u64;
        self.spend(1_000 + segments * 500);
        let (DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke)) = mode else { return };
        if stroke.dash_array.is_empty() {
            return;
        }
        let round = f64::from(stroke.dash_array.iter().sum::<f32>()).max(f64::MIN_POSITIVE);
        let bounds = path.bounding_box();
        let length = (bounds.width() + bounds.height()) * segments as f64;
        let pieces = length / round * stroke.dash_array.len() as f64;
        if pieces.is_nan() || pieces > DASHES {
            stop(PdfError::TooComplex { what: PdfWork::Dashes });
        }
        self.spend(pieces as u64 * 500);
    }

    fn mask<'a>(&mut self, mask: Option<&SoftMask<'a>>) {
        if let Some(mask) = mask {
            self.spend(self.budget.form + 500_000);
            mask.interpret(self);
        }
    }

    fn paint<'a>(&mut self, paint: &Paint<'a>, mode: &DrawMode, bounds: Rect) {
        let Paint::Pattern(pattern) = paint else { return };
        match &**pattern {
            Pattern::Shading(_) => self.spend(500_000),
            Pattern::Tiling(pattern) => self.tiling(pattern, mode, bounds),
        }
    }

    fn tiling(&mut self, pattern: &TilingPattern<'_>, mode: &DrawMode, bounds: Rect) {
        let (width, height) = (f64::from(pattern.x_step.abs()), f64::from(pattern.y_step.abs()));
        let copies = (pattern.bbox.width() / width + 1.0) * (pattern.bbox.height() / height + 1.0);
        let [a, b, c, d, _, _] = pattern.matrix.as_coeffs();
        let tile = (width * a.hypot(b)).max(height * c.hypot(d));
        let area = bounds.width().max(bounds.height());
        let sensible = copies <= COPIES && tile <= TILE && area <= 4.0 * TILE;
        if !sensible {
            stop(PdfError::TooComplex { what: PdfWork::Tiles });
        }
        let is_stroke = matches!(mode, DrawMode::Stroke(_));
        for _ in 0..copies as u64 {
            self.spend(self.budget.form);
            pattern.interpret(self, Affine::IDENTITY, is_stroke);
        }
        self.spend(1_000_000);
    }
}

impl<'a> Device<'a> for Meter<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.path(path, mode);
        self.mask(props.soft_mask.as_ref());
        self.paint(&props.paint, mode, path.bounding_box());
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        // Every form, pattern and mask begins with one.
        self.spend(self.budget.form + clip.path.elements().len() as u64 * 500);
    }

    fn push_transparency_group(&mut self, _: f32, mask: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(2_000_000);
        self.mask(mask.as_ref());
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.mask(props.soft_mask.as_ref());
        for glyph in run.glyphs() {
            match &**glyph {
                Glyph::Outline(_) => self.spend(1_000),
                Glyph::Type3(form) => {
                    self.spend(self.budget.form);
                    form.interpret(self, props.transform, glyph.transform(), &props.paint);
                }
            }
        }
        let page = Rect::new(0.0, 0.0, TILE, TILE);
        self.paint(&props.paint, mode, page);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.spend(20_000);
        self.mask(props.soft_mask.as_ref());
        match &image {
            Image::Stencil(image) => self.picture(image.stream()),
            Image::Raster(image) => self.picture(image.stream()),
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// How a picture's dots are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    /// As they are, or in a way whose header nothing here reads: how large it is, the document says.
    Plain,
    Jpeg,
}

fn packing(stream: &Stream<'_>) -> Packing {
    let of = |name: &Name<'_>| match &**name {
        b"DCTDecode" | b"DCT" => Packing::Jpeg,
        _ => Packing::Plain,
    };
    let mut found = Packing::Plain;
    for key in [&b"Filter"[..], b"F"] {
        let one = stream.dict().get::<Name<'_>>(key);
        let many = stream.dict().get::<Array<'_>>(key);
        let names = many.iter().flat_map(|names| names.iter::<Name<'_>>()).chain(one);
        for packing in names.map(|name| of(&name)) {
            match packing {
                Packing::Jpeg => found = Packing::Jpeg,
                Packing::Plain => {}
            }
        }
    }
    found
}

/// Ends the walk. No panic hook runs, and nothing is printed.
fn stop(reason: PdfError) -> ! {
    resume_unwind(Box::new(reason))
}
