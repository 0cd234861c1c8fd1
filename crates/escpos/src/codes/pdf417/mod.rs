//! PDF417 (ISO/IEC 15438).

mod compaction;
mod symbol;

pub(super) use symbol::{Shape, Symbol};

use super::CodeError;
use crate::bitmap::Bitmap;

/// A PDF417 code whose data fits one.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdf417 {
    data: String,
    module: u8,
}

/// Dots of a module that scanners still read on thermal paper (0.25 mm at 203 dpi).
const SMALLEST: u8 = 2;
/// White modules around it that the standard asks for.
const QUIET: usize = 2;
/// Columns of data that are tried, the most pleasant first: codes about three times as wide as high.
const MOST_COLUMNS: u8 = 30;

impl Pdf417 {
    pub(super) const KIND: &'static str = "PDF417 code";
    /// The module that is used unless told, in dots.
    pub const USUAL_MODULE: u8 = 3;
    /// Modules of a row's height.
    pub const ROW_HEIGHT: u8 = 3;

    /// A PDF417 code of `data` as UTF-8, of as many columns as suit the paper and the error correction that the standard
    /// recommends. A module is so many dots wide (2–8), fewer where the paper is too narrow.
    ///
    /// # Errors
    /// No data; more than a code holds; a control character other than TAB, LF and CR; a module beyond its range.
    pub fn new(data: &str, module: u8) -> Result<Pdf417, CodeError> {
        if data.is_empty() {
            return Err(CodeError::Empty { kind: Self::KIND });
        }
        if !(SMALLEST..=8).contains(&module) {
            let what = "the module";
            return Err(CodeError::Size { kind: Self::KIND, what, least: SMALLEST, most: 8 });
        }
        let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        if let Some(at) = data.chars().position(odd) {
            return Err(CodeError::Character { kind: Self::KIND, place: at + 1 });
        }
        let code = Pdf417 { data: data.to_owned(), module };
        let fits_one = Symbol::new(data.as_bytes(), Shape::of_columns(MOST_COLUMNS)).is_some();
        if fits_one { Ok(code) } else { Err(CodeError::TooLong { kind: Self::KIND }) }
    }

    pub(super) fn data(&self) -> &str {
        &self.data
    }

    /// Module in dots and columns of data: the largest module that fits, in the shape nearest to 3 : 1.
    pub(super) fn fit(&self, dots: usize) -> Result<(u8, Symbol), CodeError> {
        let mut narrowest = usize::MAX;
        let shapes = (1..=MOST_COLUMNS)
            .filter_map(|columns| Symbol::new(self.data.as_bytes(), Shape::of_columns(columns)));
        let mut symbols = shapes.collect::<Vec<_>>();
        symbols.sort_by_key(|symbol| {
            let (width, height) = symbol.modules();
            width.abs_diff(height * usize::from(Self::ROW_HEIGHT) * 3)
        });
        for module in (SMALLEST..=self.module).rev() {
            for symbol in &symbols {
                let width = (symbol.modules().0 + 2 * QUIET) * usize::from(module);
                if width <= dots {
                    return Ok((module, symbol.clone()));
                }
                narrowest = narrowest.min(width);
            }
        }
        Err(CodeError::TooWide { kind: Self::KIND, needed: narrowest, available: dots })
    }

    pub(super) fn picture(&self, dots: usize) -> Result<Bitmap, CodeError> {
        let (module, symbol) = self.fit(dots)?;
        Ok(symbol.draw(usize::from(module), usize::from(Self::ROW_HEIGHT), QUIET))
    }
}
