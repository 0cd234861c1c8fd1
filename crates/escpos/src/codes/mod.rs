//! QR codes, PDF417 and barcodes: checked data, printer commands, and dots.
//!
//! A [`Code`] is checked when it is made: its data can be encoded, its check digit is right. What is left to go wrong is that it
//! is too wide for the paper, which [`Code::check`] tells beforehand.

mod alphabets;
mod barcode;
mod bars;
mod code_128;
mod field;
mod from_command;
mod native;
mod pdf417;
mod qr;

pub use barcode::{Barcode, HumanReadable};
pub use from_command::{
    Pdf417Command, PrintedBarcode, barcode_from_command, pdf417_from_command, qr_from_command,
};
pub use pdf417::Pdf417;
pub use qr::{Qr, QrLevel};

use crate::bitmap::Bitmap;
use crate::profile::Profile;
use crate::raster::{self, RasterError};
use std::fmt;

/// A code that a scanner reads. Its `Debug` tells the kind and nothing of the data.
#[derive(Clone, PartialEq, Eq)]
pub enum Code {
    /// A QR code.
    Qr(Qr),
    /// A PDF417 code.
    Pdf417(Pdf417),
    /// A barcode.
    Barcode(Barcode),
}

/// Why a code cannot be printed. It never quotes the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// No data.
    #[error("the {kind} has no data")]
    Empty {
        /// Which code.
        kind: &'static str,
    },
    /// More data than the code holds.
    #[error("the data is too long for a {kind}")]
    TooLong {
        /// Which code.
        kind: &'static str,
    },
    /// Not as many characters as the symbology wants.
    #[error("{kind} takes {expected}")]
    Length {
        /// Which symbology.
        kind: &'static str,
        /// What it takes.
        expected: &'static str,
    },
    /// A character that the code cannot carry.
    #[error("{kind} cannot carry the character at place {place}")]
    Character {
        /// Which code.
        kind: &'static str,
        /// Its place, counted from 1.
        place: usize,
    },
    /// The last digit is not what the others make it.
    #[error("the check digit of the {kind} is wrong")]
    CheckDigit {
        /// Which symbology.
        kind: &'static str,
    },
    /// The narrowest form that a scanner can read is wider than the paper.
    #[error("the {kind} is too wide for the paper: {needed} dots of {available}")]
    TooWide {
        /// Which code.
        kind: &'static str,
        /// Dots that it takes at least, with its quiet zones.
        needed: usize,
        /// Dots of the paper.
        available: usize,
    },
    /// A size beyond what there is.
    #[error("{kind}: {what} must lie between {least} and {most}")]
    Size {
        /// Which code.
        kind: &'static str,
        /// Which size.
        what: &'static str,
        /// The smallest.
        least: u8,
        /// The largest.
        most: u8,
    },
    /// The profile neither prints the code itself nor prints images.
    #[error(transparent)]
    Raster(#[from] RasterError),
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.kind())
    }
}

impl Code {
    /// Its kind for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Code::Qr(_) => Qr::KIND,
            Code::Pdf417(_) => Pdf417::KIND,
            Code::Barcode(barcode) => barcode.symbology().name(),
        }
    }

    /// Whether it fits paper of so many dots, with its quiet zones and modules that a scanner can read.
    ///
    /// # Errors
    /// [`CodeError::TooWide`].
    pub fn check(&self, dots: usize) -> Result<(), CodeError> {
        match self {
            Code::Qr(qr) => qr.fit(dots).map(|_| ()),
            Code::Pdf417(code) => code.fit(dots).map(|_| ()),
            Code::Barcode(barcode) => barcode.fit(dots).map(|_| ()),
        }
    }

    /// Its dots with quiet zones, at the module size asked for or a smaller one that fits paper of so many dots. A barcode's
    /// human-readable text is not in the picture: see [`Barcode::text`].
    ///
    /// # Errors
    /// [`CodeError::TooWide`].
    pub fn picture(&self, dots: usize) -> Result<Bitmap, CodeError> {
        match self {
            Code::Qr(qr) => qr.picture(dots),
            Code::Pdf417(code) => code.picture(dots),
            Code::Barcode(barcode) => barcode.picture(dots),
        }
    }

    /// Dots that the code is high on paper of that width, at the most.
    ///
    /// # Errors
    /// [`CodeError::TooWide`].
    pub(crate) fn height(&self, dots: usize) -> Result<usize, CodeError> {
        match self {
            Code::Qr(qr) => qr.height(dots),
            Code::Pdf417(_) | Code::Barcode(_) => Ok(self.picture(dots)?.height()),
        }
    }

    /// Writes the code at the alignment that is active: by the printer's own command where the profile has it, else as an image,
    /// with a barcode's text as a line under it. The code page is left alone; the printer is at the beginning of a line before
    /// and after.
    ///
    /// # Errors
    /// [`CodeError::TooWide`], and [`CodeError::Raster`] where the printer can print neither code nor image.
    pub fn write(&self, profile: &Profile, out: &mut Vec<u8>) -> Result<(), CodeError> {
        self.check(profile.dots)?;
        if let Some(bytes) = native::command(self, profile)? {
            out.extend(bytes);
            return Ok(());
        }
        let picture = self.picture(profile.dots)?;
        raster::write_exactly(&picture, profile, out)?;
        if let Code::Barcode(barcode) = self
            && let Some(text) = barcode.text()
        {
            text_line(&text, picture.width(), profile, out);
        }
        Ok(())
    }
}

/// A line of ASCII in the middle under a picture, wherever the picture is aligned.
fn text_line(text: &str, width: usize, profile: &Profile, out: &mut Vec<u8>) {
    let columns = width * profile.columns / profile.dots.max(1);
    let indent = columns.saturating_sub(text.len()) / 2;
    out.extend(std::iter::repeat_n(b' ', indent));
    out.extend(text.bytes());
    out.extend(std::iter::repeat_n(b' ', indent));
    out.push(b'\n');
}

#[cfg(test)]
mod tests;
