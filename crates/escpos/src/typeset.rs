//! Text as dots, for what a printer's own characters cannot show.
//!
//! ```text
//! text ─▶ units (cells, words, spaces) ─▶ order (bidi) ─▶ shaping ─▶ ink ─▶ Bitmap
//! ```
//!
//! - A **unit** is a cell (one character in a box of one or two columns, as the printer's own fonts have it: Latin, Greek,
//!   Cyrillic, signs, Han, Kana, Hangul), a word of a script whose letters join, stack or vary in width, or a space.
//! - Characters of font A are set in DejaVu Sans Mono, 20 dots to the em: 12 dots wide like theirs, on a baseline 19 dots below
//!   the top of the 24. The other fonts have sizes that look alike beside it. Double sizes are drawn from the outlines, not by doubling dots.
//! - Bold is the bold font for cells, and a second stroke one dot to the right for words, as printers do it.
//! - **Fonts**: those in `fonts/`, which are part of the program and are only read when text first needs them; after them those that
//!   the caller offers by [`use_system_fonts`], for characters that the bundle lacks. A character that no font has is a box with its code.
//!
//! Shaping and the choice of fonts within a word are cosmic-text's. The order of right-to-left text and the widths are ours,
//! because text has to stand in the columns of a printer, and words are kept in caches of a fixed size. One lock guards it all:
//! drawing a line takes some ten microseconds, so that printers do not wait for each other.

mod bidi;
mod fonts;
mod ink;
mod line;
mod missing;
mod numbers;
mod shape;
mod units;

pub(crate) use bidi::{base_direction, first_direction, has_right_to_left, level_of};
pub use fonts::{FontDatabase, use_system_fonts};
pub(crate) use fonts::{MONO, MONO_REST, bundle};
pub(crate) use line::{Drawn, band, inline, space_dots};
pub(crate) use units::Kind;

use fonts::Fonts;
use ink::Inks;
use shape::Words;
use std::sync::{Mutex, PoisonError};
use units::Unit;

/// Dots of a column in normal size.
pub(crate) const CELL: usize = 12;
/// Dots of a character of normal size, from top to bottom.
pub(crate) const HEIGHT: usize = 24;
/// Rows of them above the baseline.
const ASCENT: i32 = 19;

/// Fonts, and what was made of them.
pub(crate) struct Typesetter {
    fonts: Fonts,
    words: Words,
    inks: Inks,
}

static TYPESETTER: Mutex<Option<Typesetter>> = Mutex::new(None);

/// Does something with the typesetter, which is made when it is first needed.
pub(crate) fn with<R>(work: impl FnOnce(&mut Typesetter) -> R) -> R {
    let mut guard = TYPESETTER.lock().unwrap_or_else(PoisonError::into_inner);
    let typesetter = guard.get_or_insert_with(|| Typesetter {
        fonts: Fonts::bundled(),
        words: Words::default(),
        inks: Inks::default(),
    });
    work(typesetter)
}

/// Whether some font of the bundle has the character.
pub(crate) fn has(character: char) -> bool {
    with(|typesetter| typesetter.fonts.has(character))
}

#[cfg(test)]
mod tests;
