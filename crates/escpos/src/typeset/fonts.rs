//! The bundled fonts, and the system's after them.

use cosmic_text::{Fallback, Font, FontSystem, fontdb};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use unicode_script::{Script, UnicodeScript};

/// A font file of the bundle.
struct File {
    family: &'static str,
    data: &'static [u8],
}

/// The family of Latin, Greek, Cyrillic and signs, in cells.
pub(crate) const MONO: &str = "DejaVu Sans Mono";
/// The same for letters with loose accents, and for what that one lacks.
pub(crate) const MONO_REST: &str = "Noto Sans Mono";
/// Han, Kana and Hangul.
const HAN: &str = "WenQuanYi Micro Hei";
pub(super) const EMOJI: &str = "Noto Emoji";
const ARABIC: &str = "Noto Naskh Arabic";
const HEBREW: &str = "Noto Sans Hebrew";
const THAI: &str = "Noto Sans Thai";
const DEVANAGARI: &str = "Noto Sans Devanagari";
const BENGALI: &str = "Noto Sans Bengali";
const TAMIL: &str = "Noto Sans Tamil";
/// Marks for words in fonts that have none, letters and signs that all others lack.
const REST: &str = "Noto Sans";

const REGULAR: fontdb::Weight = fontdb::Weight::NORMAL;
const BOLD: fontdb::Weight = fontdb::Weight::BOLD;

static BUNDLE: [File; 13] = [
    File { family: MONO, data: include_bytes!("../../fonts/DejaVuSansMono.ttf") },
    File { family: MONO, data: include_bytes!("../../fonts/DejaVuSansMono-Bold.ttf") },
    File { family: MONO_REST, data: include_bytes!("../../fonts/NotoSansMono-Rest.ttf") },
    File { family: MONO_REST, data: include_bytes!("../../fonts/NotoSansMono-BoldRest.ttf") },
    File { family: ARABIC, data: include_bytes!("../../fonts/NotoNaskhArabic-Regular.ttf") },
    File { family: HEBREW, data: include_bytes!("../../fonts/NotoSansHebrew-Regular.ttf") },
    File { family: THAI, data: include_bytes!("../../fonts/NotoSansThai-Regular.ttf") },
    File { family: DEVANAGARI, data: include_bytes!("../../fonts/NotoSansDevanagari-Regular.ttf") },
    File { family: BENGALI, data: include_bytes!("../../fonts/NotoSansBengali-Regular.ttf") },
    File { family: TAMIL, data: include_bytes!("../../fonts/NotoSansTamil-Regular.ttf") },
    File { family: HAN, data: include_bytes!("../../fonts/wqy-microhei.ttc") },
    File { family: REST, data: include_bytes!("../../fonts/NotoSans-Rest.ttf") },
    File { family: EMOJI, data: include_bytes!("../../fonts/NotoEmoji-Regular.ttf") },
];

/// The bundled files in the order in which a single character is looked for: regular and bold Latin first.
pub(crate) fn bundle() -> impl Iterator<Item = &'static [u8]> {
    BUNDLE.iter().map(|file| file.data)
}

/// Where cosmic-text looks for a character that the font of the word lacks.
struct Bundle;

impl Fallback for Bundle {
    fn common_fallback(&self) -> &[&'static str] {
        &[REST, MONO, MONO_REST, ARABIC, HEBREW, THAI, DEVANAGARI, BENGALI, TAMIL, HAN, EMOJI]
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        &[]
    }

    fn script_fallback(&self, _: Script, _: &str) -> &[&'static str] {
        &[]
    }
}

/// Most characters that are looked for in the system's fonts while the program runs: each look may open every one of them.
const MOST_LOOKS: usize = 256;

/// Fonts beyond the bundle, wherever they come from.
pub type FontDatabase = fontdb::Database;

static SYSTEM: OnceLock<fn() -> FontDatabase> = OnceLock::new();

/// Names the fonts to take for characters that the bundled ones lack. The function is called once, when such a character first
/// comes; it may read the disk, which nothing else in this crate does. Only the first call of this counts.
pub fn use_system_fonts(provider: fn() -> FontDatabase) {
    // A second provider would make equal documents differ within one run.
    let _ = SYSTEM.set(provider);
}

/// A glyph of a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct GlyphId {
    pub(super) font: fontdb::ID,
    pub(super) weight: fontdb::Weight,
    pub(super) glyph: u16,
}

pub(super) struct Fonts {
    pub(super) system: FontSystem,
    /// Dots to the em of fonts that are not of the usual 20.
    sizes: HashMap<fontdb::ID, f32>,
    /// For cells of one column, the first that has the character.
    mono: [Option<Arc<Font>>; 2],
    mono_bold: [Option<Arc<Font>>; 2],
    han: Option<Arc<Font>>,
    others: Option<fontdb::Database>,
    /// Families found for characters that the bundle lacks.
    found: HashMap<char, Option<String>>,
}

impl Fonts {
    pub(super) fn bundled() -> Fonts {
        let mut db = fontdb::Database::new();
        let mut ids = Vec::with_capacity(BUNDLE.len());
        for file in &BUNDLE {
            ids.push(db.load_font_source(fontdb::Source::Binary(Arc::new(file.data))));
        }
        let sizes = BUNDLE.iter().zip(&ids).flat_map(|(file, ids)| {
            let size = dots_to_the_em(file.family);
            ids.iter().map(move |id| (*id, size))
        });
        let sizes = sizes.collect();
        let mut system = FontSystem::new_with_locale_and_db_and_fallback("en".into(), db, Bundle);
        let mut nth = |family: &str, place: usize, weight| {
            let files = BUNDLE.iter().zip(&ids).filter(|(file, _)| file.family == family);
            let id = *files.map(|(_, ids)| ids).nth(place)?.first()?;
            system.get_font(id, weight)
        };
        Fonts {
            sizes,
            mono: [nth(MONO, 0, REGULAR), nth(MONO_REST, 0, REGULAR)],
            mono_bold: [nth(MONO, 1, BOLD), nth(MONO_REST, 1, BOLD)],
            han: nth(HAN, 0, REGULAR),
            others: None,
            found: HashMap::new(),
            system,
        }
    }

    /// Dots to the em.
    pub(super) fn size_of(&self, font: fontdb::ID) -> f32 {
        self.sizes.get(&font).copied().unwrap_or(USUAL_SIZE)
    }

    /// The glyph of a character in a cell of one column.
    pub(super) fn narrow(&self, character: char) -> Option<GlyphId> {
        self.mono.iter().find_map(|font| glyph(font.as_deref(), REGULAR, character))
    }

    /// The same in bold.
    pub(super) fn narrow_bold(&self, character: char) -> Option<GlyphId> {
        self.mono_bold.iter().find_map(|font| glyph(font.as_deref(), BOLD, character))
    }

    /// The glyph of a character of the wide font, and the columns that it takes.
    pub(super) fn wide(&self, character: char) -> Option<(GlyphId, usize)> {
        let font = self.han.as_deref()?;
        let glyph = glyph(Some(font), REGULAR, character)?;
        let metrics = font.as_swash().glyph_metrics(&[]);
        let is_half = metrics.advance_width(glyph.glyph) * 2.0 <= f32::from(metrics.units_per_em());
        Some((glyph, if is_half { 1 } else { 2 }))
    }

    /// Whether some font of the bundle has the character.
    pub(super) fn has(&mut self, character: char) -> bool {
        let ids: Vec<_> = self.system.db().faces().map(|face| face.id).collect();
        self.narrow(character).is_some()
            || ids.into_iter().any(|id| {
                let font = self.system.get_font(id, REGULAR);
                glyph(font.as_deref(), REGULAR, character).is_some()
            })
    }

    /// Brings in a font of the system that has the character, and tells its family.
    pub(super) fn beyond_the_bundle(&mut self, character: char) -> Option<String> {
        if let Some(known) = self.found.get(&character) {
            return known.clone();
        }
        // Private and unassigned characters mean something else in every font.
        if self.found.len() >= MOST_LOOKS || character.script() == Script::Unknown {
            return None;
        }
        let others = self
            .others
            .get_or_insert_with(|| SYSTEM.get().map(|provider| provider()).unwrap_or_default());
        let face = others.faces().find(|face| {
            let has = others.with_face_data(face.id, |data, index| has(data, index, character));
            has == Some(true)
        });
        let family = face.and_then(|face| Some(face.families.first()?.0.clone()));
        if let Some(face) = face.cloned() {
            self.system.db_mut().push_face_info(face);
        }
        self.found.insert(character, family.clone());
        family
    }
}

fn has(data: &[u8], index: u32, character: char) -> bool {
    swash::FontRef::from_index(data, index as usize)
        .is_some_and(|font| font.charmap().map(character) != 0)
}

fn glyph(font: Option<&Font>, weight: fontdb::Weight, character: char) -> Option<GlyphId> {
    let font = font?;
    match font.as_swash().charmap().map(character) {
        0 => None,
        glyph => Some(GlyphId { font: font.id(), weight, glyph }),
    }
}

const USUAL_SIZE: f32 = 20.0;
/// At which a character of DejaVu Sans Mono, 1233 of 2048 parts wide, has 12 dots.
const MONO_SIZE: f32 = 12.0 * 2048.0 / 1233.0;

/// Sizes at which the fonts look alike in lines of 24 dots.
fn dots_to_the_em(family: &str) -> f32 {
    match family {
        MONO => MONO_SIZE,
        // An ideograph of 22 dots has its two columns and some air.
        HAN => 22.0,
        // The pictures are wider than an em.
        EMOJI => 18.0,
        ARABIC => 22.0,
        _ => USUAL_SIZE,
    }
}

/// The family that a script is set in.
pub(super) fn family_of(script: Script) -> &'static str {
    match script {
        Script::Arabic => ARABIC,
        Script::Hebrew => HEBREW,
        Script::Thai => THAI,
        Script::Devanagari => DEVANAGARI,
        Script::Bengali => BENGALI,
        Script::Tamil => TAMIL,
        Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo => {
            HAN
        }
        _ => MONO_REST,
    }
}
