//! What a printer model can do, as data.

mod read;
mod repertoire;

pub use read::ProfileError;
pub(crate) use repertoire::{PageSet, Repertoire};

use crate::Encoding;
use crate::scan::CutKind;
use platen_job::{Capability, DrawerPin};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

/// A printer model: sizes, pages, cutter, drawer and manners. Read from `profiles/*.toml`.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Its name in settings, such as `generic-80`.
    pub name: String,
    /// Its name for people.
    pub model: String,
    /// Characters of font A in a line, 16–128.
    pub columns: usize,
    /// Printable dots in a line, 128–2,048.
    pub dots: usize,
    code_pages: Vec<CodePage>,
    default_code_page: u8,
    /// Cuts that it can make, the one to use first. Empty: no cutter.
    pub cut: Vec<CutKind>,
    /// Lines of feed that bring the last line past the cutter or the tear bar, 0–20.
    pub feed_before_cut: u8,
    /// Drawer pins that it has.
    pub drawer: Vec<DrawerPin>,
    /// What `ESC @` does to Kanji mode.
    pub kanji: Kanji,
    /// Whether to ask for `GS ( H` confirmations.
    pub confirm: Confirm,
    /// Whether it answers `DLE EOT`.
    pub status: Support,
    /// Bytes per second that it takes without loss. `None`: as fast as it reads.
    pub pace: Option<u32>,
    /// Whether it prints QR codes itself (`GS ( k`).
    pub qr: Support,
    /// Its command for images.
    pub graphics: Graphics,
    /// What to tell a gateway about it.
    pub capabilities: Vec<Capability>,
    repertoire: Arc<Repertoire>,
}

/// A code page under its number in this model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodePage {
    /// The n of `ESC t n`.
    pub number: u8,
    /// Its characters.
    pub encoding: Encoding,
}

/// Whether a model can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot, or not reliably.
    No,
}

/// The state of Kanji mode after `ESC @`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kanji {
    /// On: a byte above 127 makes one character with the next byte until `FS .` is sent.
    On,
    /// Off.
    Off,
    /// The model has none.
    None,
}

/// When to ask the printer whether everything is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// Ask once, and go on if it answers.
    Probe,
    /// Never.
    Never,
    /// It is known to answer.
    Always,
}

/// The command that prints an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Graphics {
    /// `GS v 0`.
    Raster,
    /// `GS ( L` functions 112 and 50.
    Stored,
    /// `ESC *` columns.
    Columns,
    /// No images.
    None,
}

static BUILTIN: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    // A test holds that every one of them reads.
    FILES.iter().filter_map(|text| Profile::from_toml(text).ok()).collect()
});

const FILES: [&str; 10] = [
    include_str!("../../profiles/generic-80.toml"),
    include_str!("../../profiles/generic-58.toml"),
    include_str!("../../profiles/epson-tm-t20iii.toml"),
    include_str!("../../profiles/epson-tm-t88vi.toml"),
    include_str!("../../profiles/xprinter-xp-80.toml"),
    include_str!("../../profiles/pos-80.toml"),
    include_str!("../../profiles/pos-58.toml"),
    include_str!("../../profiles/star-esc.toml"),
    include_str!("../../profiles/citizen-ct-s310ii.toml"),
    include_str!("../../profiles/bixolon-srp-350iii.toml"),
];

impl Profile {
    /// The built-in profile of that name, such as `generic-80` or `epson-tm-t20iii`.
    pub fn builtin(name: &str) -> Option<Profile> {
        Self::all().iter().find(|profile| profile.name == name).cloned()
    }

    /// Every built-in profile, the generic ones first.
    pub fn all() -> &'static [Profile] {
        &BUILTIN
    }

    /// Reads a profile file.
    ///
    /// # Errors
    /// [`ProfileError`], which names the key that is missing, unknown or wrong.
    pub fn from_toml(text: &str) -> Result<Profile, ProfileError> {
        read::read(text)
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

    pub(crate) fn repertoire(&self) -> &Repertoire {
        &self.repertoire
    }
}

#[cfg(test)]
mod tests;
