//! What a printer model can do, as data.

mod abilities;
mod builtin;
mod catalogue;
mod paper_width;
mod read;
mod repertoire;

pub use abilities::{
    BarcodeForm, Confirm, FontSize, Graphics, Kanji, KanjiText, Quirk, SecondFont, Support,
    Symbology,
};
pub use catalogue::{Catalogue, ProfileSource, Recognised, RejectedProfile};
pub use paper_width::PaperWidth;
pub(crate) use paper_width::PrintArea;
pub use read::ProfileError;
pub(crate) use repertoire::{PageSet, Repertoire};

use crate::Encoding;
use crate::scan::CutKind;
use platen_job::{Capability, DrawerPin};
use std::sync::{Arc, OnceLock};

/// A printer model: sizes, pages, cutter, drawer and manners. Read from `profiles/*.toml`, whose README says what each key means.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name in settings, such as `generic-80`.
    pub name: String,
    /// Its name for people.
    pub model: String,
    /// Characters of font A in a line, 16–128.
    pub columns: usize,
    /// The dots of a character of font A.
    pub font_a: FontSize,
    /// Font B (`ESC M 1`), where it has one.
    pub font_b: Option<SecondFont>,
    /// Printable dots in a line, 128–2,048.
    pub dots: usize,
    /// Dots per inch, 60–600.
    pub dpi: usize,
    code_pages: Vec<CodePage>,
    default_code_page: u8,
    /// Cuts that it can make, the one to use first. Empty: no cutter.
    pub cut: Vec<CutKind>,
    /// Lines of feed that bring the last line past the cutter or the tear bar, 0–20.
    pub feed_before_cut: u8,
    /// Drawer pins that it has.
    pub drawer: Vec<DrawerPin>,
    /// Whether it kicks a drawer on `DLE DC4 1 m t`, also while it cannot print.
    pub drawer_real_time: Support,
    /// What `ESC @` does to Kanji mode.
    pub kanji: Kanji,
    /// What it prints in Kanji mode.
    pub kanji_text: KanjiText,
    /// Whether to ask for `GS ( H` confirmations.
    pub confirm: Confirm,
    /// Whether it answers `DLE EOT`.
    pub status: Support,
    /// Bytes per second that it takes without loss. `None`: as fast as it reads.
    pub pace: Option<u32>,
    /// Whether it prints QR codes itself (`GS ( k`, cn 49).
    pub qr: Support,
    /// Whether it prints PDF417 itself (`GS ( k`, cn 48).
    pub pdf417: Support,
    /// The barcodes that it draws itself (`GS k`).
    pub barcodes: Vec<Symbology>,
    /// How their data ends.
    pub barcode_form: BarcodeForm,
    /// Its command for images.
    pub graphics: Graphics,
    /// Most rows of dots in one image command, 24–2,303.
    pub graphics_rows: usize,
    /// Whether `ESC *` may stand among text on one line.
    pub inline_images: Support,
    /// The command that beeps, at most 32 bytes. Empty: it has no buzzer, or none that is known.
    pub buzzer: Vec<u8>,
    /// What it does wrong.
    pub quirks: Vec<Quirk>,
    /// What to tell a gateway about it.
    pub capabilities: Vec<Capability>,
    /// Keys whose values no maker's manual and no collection of facts confirms.
    pub unverified: Vec<String>,
    matches: Vec<String>,
    pub(crate) area: PrintArea,
    repertoire: Lazy,
}

/// The characters of a profile's pages, once they are needed. They follow from the pages, so they make no difference.
#[derive(Debug, Clone, Default)]
struct Lazy(Arc<OnceLock<Repertoire>>);

impl PartialEq for Lazy {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A code page under its number in this model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage {
    /// The n of `ESC t n`.
    pub number: u8,
    /// Its characters.
    pub encoding: Encoding,
}

impl Profile {
    /// The built-in profile of that name, such as `generic-80` or `epson-tm-t20iii`.
    pub fn builtin(name: &str) -> Option<Profile> {
        Catalogue::builtin().get(name).map(|profile| Profile::clone(profile))
    }

    /// Reads a profile file, whose `base`, where it has one, is a built-in profile.
    ///
    /// # Errors
    /// [`ProfileError`], which names the key that is missing, unknown or wrong.
    pub fn from_toml(text: &str) -> Result<Profile, ProfileError> {
        read::read(read::parse(text)?, &|name, _| builtin::table(name))
    }

    /// Code pages by the number that `ESC t` wants, rising.
    pub fn code_pages(&self) -> &[CodePage] {
        &self.code_pages
    }

    /// The number of the page that the printer begins with.
    pub fn default_code_page(&self) -> u8 {
        self.default_code_page
    }

    /// The page under that number.
    pub fn code_page(&self, number: u8) -> Option<Encoding> {
        self.code_pages.iter().find(|page| page.number == number).map(|page| page.encoding)
    }

    /// Whether the model has that defect.
    pub fn has_quirk(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// What printers of this model call themselves in their IEEE 1284 device ID, as the profile file has it.
    pub fn matches(&self) -> &[String] {
        &self.matches
    }

    /// Made when it is first asked for: most profiles never are.
    pub(crate) fn repertoire(&self) -> &Repertoire {
        self.repertoire.0.get_or_init(|| Repertoire::of(&self.code_pages, self.default_code_page))
    }
}

#[cfg(test)]
mod tests;
