//! The sign of a currency, and where it stands.

use icu_locale_core::Locale;

/// A currency as a language writes it.
pub(super) struct Currency {
    /// What stands on paper; empty where none is known.
    sign: String,
    place: Place,
    /// Decimals that an amount has at least.
    pub(super) decimals: u8,
}

/// Where the sign stands.
#[derive(Clone, Copy)]
enum Place {
    /// `€5.00`
    Before,
    /// `€ 5,00`
    BeforeGap,
    /// `5,00 €`
    BehindGap,
}

/// Signs by ISO 4217 code. A currency that is not here is written as its code.
const SIGNS: &[(&str, &str)] = &[
    ("EUR", "€"),
    ("USD", "$"),
    ("GBP", "£"),
    ("JPY", "¥"),
    ("CNY", "¥"),
    ("INR", "₹"),
    ("KRW", "₩"),
    ("VND", "₫"),
    ("THB", "฿"),
    ("ILS", "₪"),
    ("TRY", "₺"),
    ("RUB", "₽"),
    ("UAH", "₴"),
    ("PLN", "zł"),
    ("CZK", "Kč"),
    ("HUF", "Ft"),
    ("RON", "lei"),
    ("BGN", "лв."),
    ("SEK", "kr"),
    ("NOK", "kr"),
    ("DKK", "kr."),
    ("CHF", "CHF"),
    ("BRL", "R$"),
    ("MXN", "$"),
    ("ARS", "$"),
    ("CLP", "$"),
    ("COP", "$"),
    ("CAD", "$"),
    ("AUD", "$"),
    ("NZD", "$"),
    ("DZD", "DA"),
    ("MAD", "DH"),
    ("TND", "DT"),
    ("EGP", "LE"),
    ("ALL", "Lekë"),
    ("NGN", "₦"),
    ("GHS", "GH₵"),
    ("ZAR", "R"),
];

/// Signs in Arabic.
const ARABIC_SIGNS: &[(&str, &str)] = &[
    ("DZD", "د.ج"),
    ("MAD", "د.م"),
    ("TND", "د.ت"),
    ("EGP", "ج.م"),
    ("SAR", "ر.س"),
    ("AED", "د.إ"),
    ("QAR", "ر.ق"),
    ("KWD", "د.ك"),
    ("BHD", "د.ب"),
    ("OMR", "ر.ع"),
    ("JOD", "د.أ"),
    ("IQD", "د.ع"),
    ("LBP", "ل.ل"),
    ("LYD", "د.ل"),
    ("SDG", "ج.س"),
    ("YER", "ر.ي"),
    ("SYP", "ل.س"),
];

impl Currency {
    /// A currency by its code or sign; empty: none.
    pub(super) fn of(named: &str, locale: Option<&Locale>) -> Currency {
        let named = named.trim();
        let Some(locale) = locale else {
            return Currency { sign: named.into(), place: Place::BehindGap, decimals: 0 };
        };
        let code = named.to_ascii_uppercase();
        let known = |signs: &[(&str, &str)]| {
            signs.iter().find(|(known, _)| *known == code).map(|(_, sign)| (*sign).to_owned())
        };
        let arabic = if locale.id.language.as_str() == "ar" { known(ARABIC_SIGNS) } else { None };
        let sign = arabic.or_else(|| known(SIGNS)).unwrap_or_else(|| named.to_owned());
        let decimals = platen_job::currency_decimals(&code);
        Currency { place: place(locale, &sign), sign, decimals }
    }

    /// An amount of ours, with the sign where the language has it.
    pub(super) fn around(&self, amount: &str) -> String {
        let (minus, digits) = match amount.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", amount),
        };
        match self.place {
            _ if self.sign.is_empty() => amount.to_owned(),
            Place::Before => format!("{minus}{}{digits}", self.sign),
            Place::BeforeGap => format!("{minus}{}\u{a0}{digits}", self.sign),
            Place::BehindGap => format!("{amount}\u{a0}{}", self.sign),
        }
    }

    /// An amount as its sender wrote it, with the sign behind it unless it has it.
    pub(super) fn behind(&self, amount: &str) -> String {
        if self.sign.is_empty() || amount.is_empty() || amount.contains(&self.sign) {
            amount.to_owned()
        } else {
            format!("{amount}\u{a0}{}", self.sign)
        }
    }
}

/// CLDR's standard patterns, for the languages and countries that have the sign before the amount.
fn place(locale: &Locale, sign: &str) -> Place {
    let country = locale.id.region.map(|region| region.to_string());
    let place = match (locale.id.language.as_str(), country.as_deref()) {
        ("de", Some("AT" | "CH" | "LI")) | ("it", Some("CH")) => Place::BeforeGap,
        ("es", Some("ES") | None) => Place::BehindGap,
        ("nl", _) => Place::BeforeGap,
        ("pt", Some("PT" | "AO" | "MZ" | "CV")) => Place::BehindGap,
        ("pt", _) => Place::BeforeGap,
        ("en" | "zh" | "ja" | "ko" | "th" | "tr" | "hi" | "bn" | "ta" | "es", _) => Place::Before,
        _ => Place::BehindGap,
    };
    // Letters next to digits would read as one word.
    match place {
        Place::Before if sign.ends_with(char::is_alphabetic) => Place::BeforeGap,
        other => other,
    }
}
