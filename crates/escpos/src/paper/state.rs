//! What a printer remembers between commands.

use super::decode::Tables;
use super::element::{Face, Font};
use super::symbol::Symbols;
use crate::Bitmap;
use crate::profile::{Kanji, Profile};
use crate::scan::{Align, BarcodeLook, Switch};
use std::sync::Arc;

/// Dots in an inch, of the printers whose lines have 384, 576 … dots.
const DPI: usize = 203;

/// What `ESC @` resets.
pub(super) struct State {
    pub(super) tables: Tables,
    pub(super) face: Face,
    /// Motion units right of every character.
    pub(super) spacing: usize,
    pub(super) kanji: KanjiLook,
    pub(super) align: Align,
    pub(super) upside_down: Switch,
    /// Dots from one line to the next.
    pub(super) line_spacing: usize,
    /// Dots.
    pub(super) left_margin: usize,
    /// Dots right of the margin that may be printed on, as far as the paper has them.
    pub(super) width: usize,
    pub(super) units: Units,
    /// Dots from the beginning of the line, rising. `None`: every eight characters.
    pub(super) tabs: Option<Vec<usize>>,
    pub(super) barcode: BarcodeState,
    pub(super) symbols: Symbols,
    /// `GS *`.
    pub(super) image: Option<Arc<Bitmap>>,
    /// What `GS ( L` stored to be printed.
    pub(super) graphics: Option<(Arc<Bitmap>, (usize, usize))>,
}

/// Looks of two-byte characters that differ from those of others.
pub(super) struct KanjiLook {
    pub(super) width: u8,
    pub(super) height: u8,
    pub(super) underline: u8,
    /// Motion units on the left and on the right.
    pub(super) spacing: (usize, usize),
}

/// How the next barcode looks.
pub(super) struct BarcodeState {
    /// Dots.
    pub(super) height: usize,
    /// Dots of a narrow bar.
    pub(super) module: usize,
    pub(super) above: Switch,
    pub(super) below: Switch,
    pub(super) font: Font,
}

/// Motion units in an inch.
pub(super) struct Units {
    pub(super) across: usize,
    pub(super) down: usize,
}

impl Units {
    /// The number of units in an inch that a command gives; 0 is the printer's own.
    pub(super) fn set(&mut self, across: u8, down: u8) {
        let or_own = |n: u8| if n == 0 { DPI } else { usize::from(n) };
        *self = Units { across: or_own(across), down: or_own(down) };
    }

    pub(super) fn across(&self, units: usize) -> usize {
        units * DPI / self.across
    }

    pub(super) fn down(&self, units: usize) -> usize {
        units * DPI / self.down
    }
}

/// Dots from one line to the next after `ESC 2`.
pub(super) const LINE: usize = 30;

impl State {
    pub(super) fn initial(profile: &Profile) -> State {
        State {
            tables: Tables {
                page: profile.code_page(profile.default_code_page()),
                country: 0,
                kanji: if profile.kanji == Kanji::On { Switch::On } else { Switch::Off },
            },
            face: Face {
                font: Font::A,
                width: 1,
                height: 1,
                bold: Switch::Off,
                underline: 0,
                inverse: Switch::Off,
                rotated: Switch::Off,
            },
            spacing: 0,
            kanji: KanjiLook { width: 1, height: 1, underline: 0, spacing: (0, 0) },
            align: Align::Left,
            upside_down: Switch::Off,
            line_spacing: LINE,
            left_margin: 0,
            width: profile.dots,
            units: Units { across: DPI, down: DPI },
            tabs: None,
            barcode: BarcodeState {
                height: 162,
                module: 3,
                above: Switch::Off,
                below: Switch::Off,
                font: Font::A,
            },
            symbols: Symbols::default(),
            image: None,
            graphics: None,
        }
    }

    /// The look of characters of this font; Kanji have some looks of their own.
    pub(super) fn face_of(&self, font: Font) -> Face {
        match font {
            Font::Kanji => Face {
                font,
                width: self.kanji.width,
                height: self.kanji.height,
                underline: self.kanji.underline.max(self.face.underline),
                ..self.face
            },
            Font::A | Font::B => self.face,
        }
    }

    pub(super) fn set_size(&mut self, width: u8, height: u8) {
        (self.face.width, self.face.height) = (width, height);
        (self.kanji.width, self.kanji.height) = (width, height);
    }

    /// `ESC !`.
    pub(super) fn set_mode(&mut self, mode: u8) {
        let bit = |bit: u8| mode & bit != 0;
        self.face.font = if bit(0x01) { Font::B } else { Font::A };
        self.face.bold = if bit(0x08) { Switch::On } else { Switch::Off };
        self.face.underline = u8::from(bit(0x80));
        self.set_size(1 + u8::from(bit(0x20)), 1 + u8::from(bit(0x10)));
    }

    /// `FS !`.
    pub(super) fn set_kanji_mode(&mut self, mode: u8) {
        let bit = |bit: u8| mode & bit != 0;
        (self.kanji.width, self.kanji.height) = (1 + u8::from(bit(0x04)), 1 + u8::from(bit(0x08)));
        self.kanji.underline = u8::from(bit(0x80));
    }

    pub(super) fn set_barcode_look(&mut self, look: BarcodeLook) {
        match look {
            BarcodeLook::Height(0) | BarcodeLook::Width(0) => {}
            BarcodeLook::Height(n) => self.barcode.height = usize::from(n),
            BarcodeLook::Width(n) => self.barcode.module = usize::from(n).min(6),
            BarcodeLook::Text(n) => {
                let on = |bit: u8| if n & bit != 0 { Switch::On } else { Switch::Off };
                (self.barcode.above, self.barcode.below) = (on(1), on(2));
            }
            BarcodeLook::Font(n) => self.barcode.font = if n == 1 { Font::B } else { Font::A },
        }
    }
}
