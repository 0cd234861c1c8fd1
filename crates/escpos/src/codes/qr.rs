//! QR codes (ISO/IEC 18004).

use super::CodeError;
use crate::bitmap::Bitmap;
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

/// A QR code whose data fits one.
#[derive(Clone, PartialEq, Eq)]
pub struct Qr {
    data: String,
    level: QrLevel,
    module: u8,
}

/// How much of a QR code may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QrLevel {
    /// 7 %.
    L,
    /// 15 %.
    #[default]
    M,
    /// 25 %.
    Q,
    /// 30 %.
    H,
}

/// White modules around it that the standard asks for.
pub(super) const QUIET: usize = 4;
/// Dots of a module that scanners still read on thermal paper (0.25 mm at 203 dpi).
const SMALLEST: u8 = 2;

impl Qr {
    pub(super) const KIND: &'static str = "QR code";
    /// The module that is used unless told, in dots: 0.75 mm at 203 dpi.
    pub const USUAL_MODULE: u8 = 6;

    /// A QR code of `data` as UTF-8. A module is so many dots wide and high (2–16), fewer where the paper is too narrow.
    ///
    /// # Errors
    /// No data; more than a code of that level holds; a control character other than TAB, LF, CR and the separators EOT, FS, GS,
    /// RS and US of ISO/IEC 15434; a module beyond its range.
    pub fn new(data: &str, level: QrLevel, module: u8) -> Result<Qr, CodeError> {
        if data.is_empty() {
            return Err(CodeError::Empty { kind: Self::KIND });
        }
        if !(SMALLEST..=16).contains(&module) {
            let what = "the module";
            return Err(CodeError::Size { kind: Self::KIND, what, least: SMALLEST, most: 16 });
        }
        if let Some(at) = data.chars().position(|c| c.is_control() && !is_separator(c)) {
            return Err(CodeError::Character { kind: Self::KIND, place: at + 1 });
        }
        let qr = Qr { data: data.to_owned(), level, module };
        qr.widest()?;
        Ok(qr)
    }

    pub(super) fn data(&self) -> &str {
        &self.data
    }

    pub(super) fn level(&self) -> QrLevel {
        self.level
    }

    /// The largest module up to the one asked for that fits, in dots. It holds for a printer's own encoder as well, which may be
    /// less clever than ours and take a larger code.
    pub(super) fn fit(&self, dots: usize) -> Result<u8, CodeError> {
        let modules = self.widest()? + 2 * QUIET;
        let fitting = u8::try_from(dots / modules).unwrap_or(u8::MAX).min(self.module);
        if fitting < SMALLEST {
            let needed = modules * usize::from(SMALLEST);
            return Err(CodeError::TooWide { kind: Self::KIND, needed, available: dots });
        }
        Ok(fitting)
    }

    /// Dots that it is high with its quiet zones, or a printer's own of the same data.
    pub(super) fn height(&self, dots: usize) -> Result<usize, CodeError> {
        Ok((self.widest()? + 2 * QUIET) * usize::from(self.fit(dots)?))
    }

    pub(super) fn picture(&self, dots: usize) -> Result<Bitmap, CodeError> {
        let module = self.fit(dots)?;
        let code = encode(self.data.as_bytes(), self.level).ok_or(TOO_LONG)?;
        Ok(draw(&code, usize::from(module), QUIET))
    }

    /// Modules of the code that holds the data byte by byte.
    fn widest(&self) -> Result<usize, CodeError> {
        let bits = bytewise(self.data.as_bytes(), self.level).ok_or(TOO_LONG)?;
        usize::try_from(bits.version().width()).map_err(|_| TOO_LONG)
    }
}

const TOO_LONG: CodeError = CodeError::TooLong { kind: Qr::KIND };

fn is_separator(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{4}' | '\u{1c}'..='\u{1f}')
}

/// The smallest code of the data. Bytes beyond ASCII stay bytes: some pairs of them would make a Kanji character too, which reads
/// back as something else.
pub(super) fn encode(data: &[u8], level: QrLevel) -> Option<QrCode> {
    if data.is_ascii() {
        return QrCode::with_error_correction_level(data, level.of_library()).ok();
    }
    QrCode::with_bits(bytewise(data, level)?, level.of_library()).ok()
}

/// The bits of the smallest code that holds the data byte by byte. Its size is known from them, without drawing the code and
/// trying its masks, which is what takes time.
fn bytewise(data: &[u8], level: QrLevel) -> Option<Bits> {
    (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(data).ok()?;
        bits.push_terminator(level.of_library()).ok()?;
        Some(bits)
    })
}

/// The code's dots, with so many white modules around.
pub(super) fn draw(code: &QrCode, module: usize, quiet: usize) -> Bitmap {
    let modules = code.width();
    let side = (modules + 2 * quiet) * module;
    let mut bitmap = Bitmap::new(side, side);
    for (at, _) in code.to_colors().iter().enumerate().filter(|(_, c)| **c == Color::Dark) {
        let (left, top) = ((at % modules + quiet) * module, (at / modules + quiet) * module);
        for y in top..top + module {
            for x in left..left + module {
                bitmap.blacken(x, y);
            }
        }
    }
    bitmap
}

impl QrLevel {
    fn of_library(self) -> EcLevel {
        match self {
            QrLevel::L => EcLevel::L,
            QrLevel::M => EcLevel::M,
            QrLevel::Q => EcLevel::Q,
            QrLevel::H => EcLevel::H,
        }
    }
}
