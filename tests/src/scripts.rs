//! A text for which every bundled font is needed.

use std::fmt::Write;

/// A word for coffee in every script that the bundle has, and signs beyond them.
const WORDS: [&str; 17] = [
    "Café Zoë",
    "Καφές",
    "Кофе",
    "Kafeja Çaj",
    "Cà phê",
    "قهوة طازجة",
    "چای تازه",
    "קפה טרי",
    "กาแฟ",
    "कॉफ़ी",
    "কফি",
    "காபி",
    "咖啡",
    "コーヒー",
    "커피",
    "☕🍕🙂",
    "€ ₺ ₫ ₹ ₸ ─┼─",
];

/// Forty lines, so that no cache of a few words is enough.
pub fn every_script() -> String {
    let mut text = String::new();
    for line in 0..40 {
        let word = |step: usize| WORDS[(line + step) % WORDS.len()];
        let _ = writeln!(text, "{line} {} {} {}", word(0), word(5), word(11));
    }
    text
}
