//! The operating system's fonts, for characters that no bundled font has.

use platen_escpos::FontDatabase;

/// Lets documents be drawn with the operating system's fonts too. Nothing is read before a document needs one.
pub fn use_system_fonts() {
    platen_escpos::use_system_fonts(|| {
        let mut fonts = FontDatabase::new();
        fonts.load_system_fonts();
        fonts
    });
}
