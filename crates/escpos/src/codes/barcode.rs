//! One-dimensional barcodes with checked data.

use super::bars::{self, Elements};
use super::{CodeError, alphabets, code_128};
use crate::bitmap::Bitmap;
use crate::profile::Symbology;

/// A barcode whose data its symbology can carry, check digit included.
///
/// - EAN-13, EAN-8 and UPC-A: 13, 8 or 12 digits of which the last is verified; of one digit fewer the last is added.
/// - Code 39: digits, capital letters, space and `-.$/+%`. Code 128: printable ASCII. ITF: an even number of digits.
/// - Codabar: digits and `-$:/.+` between two of the letters A to D; without them, A is put at both ends.
#[derive(Clone, PartialEq, Eq)]
pub struct Barcode {
    symbology: Symbology,
    data: String,
    height: u8,
    module: u8,
    human_readable: HumanReadable,
}

/// Whether the data stands under the bars in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HumanReadable {
    /// Under the bars.
    #[default]
    Below,
    /// Nowhere.
    None,
}

/// Dots of a narrow bar that scanners still read on thermal paper (0.25 mm at 203 dpi).
const SMALLEST: u8 = 2;

impl Barcode {
    /// The narrow bar that is used unless told, in dots.
    pub const USUAL_MODULE: u8 = 3;
    /// The height that is used unless told, in dots: 10 mm at 203 dpi.
    pub const USUAL_HEIGHT: u8 = 80;

    /// A barcode of usual size with its text under it.
    ///
    /// # Errors
    /// The reason why the symbology cannot carry the data.
    pub fn new(symbology: Symbology, data: &str) -> Result<Barcode, CodeError> {
        let data = symbology.checked(data)?;
        if elements(symbology, &data, SMALLEST).is_none() {
            return Err(CodeError::TooLong { kind: symbology.name() });
        }
        Ok(Barcode {
            symbology,
            data,
            height: Self::USUAL_HEIGHT,
            module: Self::USUAL_MODULE,
            human_readable: HumanReadable::Below,
        })
    }

    /// The same in another size: bars so many dots high (8–255), a narrow bar so many dots wide (2–6), narrower where the paper is.
    ///
    /// # Errors
    /// [`CodeError::Size`].
    pub fn sized(self, height: u8, module: u8) -> Result<Barcode, CodeError> {
        let kind = self.symbology.name();
        if height < 8 {
            return Err(CodeError::Size { kind, what: "the height", least: 8, most: u8::MAX });
        }
        if !(SMALLEST..=6).contains(&module) {
            return Err(CodeError::Size { kind, what: "the module", least: SMALLEST, most: 6 });
        }
        Ok(Barcode { height, module, ..self })
    }

    /// The same with or without text.
    pub fn labelled(self, human_readable: HumanReadable) -> Barcode {
        Barcode { human_readable, ..self }
    }

    /// Its symbology.
    pub fn symbology(&self) -> Symbology {
        self.symbology
    }

    /// What stands under it, in ASCII. `None`: nothing.
    pub fn text(&self) -> Option<String> {
        match self.human_readable {
            HumanReadable::Below => Some(self.data.clone()),
            HumanReadable::None => None,
        }
    }

    pub(super) fn data(&self) -> &str {
        &self.data
    }

    pub(super) fn height(&self) -> u8 {
        self.height
    }

    /// The widest narrow bar up to the one asked for that fits with the quiet zones, in dots.
    pub(super) fn fit(&self, dots: usize) -> Result<u8, CodeError> {
        let width = |module| {
            let quiet = 2 * self.symbology.quiet_zone() * usize::from(module);
            elements(self.symbology, &self.data, module).map_or(usize::MAX, |e| e.width() + quiet)
        };
        (SMALLEST..=self.module).rev().find(|module| width(*module) <= dots).ok_or_else(|| {
            CodeError::TooWide {
                kind: self.symbology.name(),
                needed: width(SMALLEST),
                available: dots,
            }
        })
    }

    pub(super) fn picture(&self, dots: usize) -> Result<Bitmap, CodeError> {
        let module = self.fit(dots)?;
        let kind = self.symbology.name();
        let elements =
            elements(self.symbology, &self.data, module).ok_or(CodeError::TooLong { kind })?;
        let quiet = self.symbology.quiet_zone() * usize::from(module);
        Ok(elements.draw(usize::from(self.height), quiet))
    }
}

/// The bars of checked data.
fn elements(symbology: Symbology, data: &str, module: u8) -> Option<Elements> {
    match symbology {
        Symbology::Ean13 => bars::ean_13(data, module),
        Symbology::UpcA => bars::ean_13(&format!("0{data}"), module),
        Symbology::Ean8 => bars::ean_8(data, module),
        Symbology::Code39 => bars::code_39(data, module),
        Symbology::Itf => bars::itf(data, module),
        Symbology::Codabar => bars::codabar(data, module),
        Symbology::Code128 => Some(code_128::elements(&code_128::shortest(data)?, module)),
    }
}

impl Symbology {
    /// Every symbology.
    pub const ALL: [Symbology; 7] = [
        Symbology::Ean13,
        Symbology::Ean8,
        Symbology::UpcA,
        Symbology::Code39,
        Symbology::Code128,
        Symbology::Itf,
        Symbology::Codabar,
    ];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Symbology::Ean13 => "EAN-13",
            Symbology::Ean8 => "EAN-8",
            Symbology::UpcA => "UPC-A",
            Symbology::Code39 => "Code 39",
            Symbology::Code128 => "Code 128",
            Symbology::Itf => "ITF",
            Symbology::Codabar => "Codabar",
        }
    }

    /// The symbology of that name, however it is written: `EAN-13`, `ean13`, `Ean_13`.
    pub fn named(name: &str) -> Option<Symbology> {
        let plain = |name: &str| {
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
        };
        let name = plain(name);
        Self::ALL.into_iter().find(|symbology| plain(symbology.name()) == name)
    }

    /// White modules that each end needs: ten, and at EAN-13 eleven before it (ISO/IEC 15420), taken for both ends.
    pub(super) fn quiet_zone(self) -> usize {
        match self {
            Symbology::Ean13 => 11,
            _ => 10,
        }
    }

    /// The data as it is encoded, or why not.
    fn checked(self, data: &str) -> Result<String, CodeError> {
        let kind = self.name();
        if data.is_empty() {
            return Err(CodeError::Empty { kind });
        }
        match self {
            Symbology::Ean13 => alphabets::with_check_digit(data, 13, kind, "12 or 13 digits"),
            Symbology::Ean8 => alphabets::with_check_digit(data, 8, kind, "7 or 8 digits"),
            Symbology::UpcA => alphabets::with_check_digit(data, 12, kind, "11 or 12 digits"),
            Symbology::Itf => {
                alphabets::all(data, kind, |c| c.is_ascii_digit())?;
                match data.len() % 2 {
                    0 => Ok(data.to_owned()),
                    _ => Err(CodeError::Length { kind, expected: "an even number of digits" }),
                }
            }
            Symbology::Code39 => {
                alphabets::all(data, kind, |c| alphabets::CODE_39.contains(c))?;
                Ok(data.to_owned())
            }
            Symbology::Code128 => {
                alphabets::all(data, kind, |c| matches!(c, ' '..='~'))?;
                Ok(data.to_owned())
            }
            Symbology::Codabar => alphabets::codabar(data, kind),
        }
    }
}
