//! Which texts are amounts: their columns end at one axis, and they are never broken.

/// Whether a text is a number, perhaps with a sign, a currency or a unit: `12.50`, `1 234,50 DA`, `-€3`, `10 %`, `x2`.
pub(super) fn is_amount(text: &str) -> bool {
    let text = text.trim();
    let Some(first) = text.find(|c: char| c.is_numeric()) else { return false };
    let Some((last, end)) = text.char_indices().rfind(|(_, c)| c.is_numeric()) else {
        return false;
    };
    let (before, rest) = text.split_at(first);
    let (number, behind) = rest.split_at(last + end.len_utf8() - first);
    let inside = |c: char| c.is_numeric() || " .,'’\u{a0}\u{202f}\u{2009}٫٬".contains(c);
    number.chars().all(inside) && is_currency(before) && is_unit(behind)
}

/// Whether a text is an amount of money by its looks: it has decimals, or a currency.
pub(super) fn is_price(text: &str) -> bool {
    let has_decimals = |c: char| ".,٫".contains(c);
    let has_currency = |c: char| c.is_alphabetic() || SIGNS.contains(c);
    let text = text.trim();
    is_amount(text)
        && !text.contains('%')
        && (text.contains(has_decimals) || text.contains(has_currency))
}

const SIGNS: &str = "€$£¥₹₺₽₴₫₪฿₩₦₱₡₲₵";

/// What may stand before an amount, as words: currencies by their codes and their short names, and "times". Any other word is a
/// label, as in `VAT 21%`.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "x", "aed", "all", "ars", "aud", "bdt", "bgn", "bhd", "bob", "brl", "cad", "chf", "clp", "cny", "cop", "crc", "czk", "da",
    "dh", "dhs", "dkk", "dop", "dt", "dzd", "egp", "eur", "fcfa", "fr", "frs", "ft", "gbp", "gel", "ghs", "gtq", "hkd", "hrk",
    "huf", "idr", "ils", "inr", "iqd", "irr", "isk", "jod", "jpy", "kes", "kr", "krw", "kwd", "kzt", "lbp", "lei", "lek", "lkr",
    "mad", "mdl", "mkd", "mxn", "myr", "ngn", "nis", "nok", "npr", "nzd", "omr", "pen", "php", "pkr", "pln", "pyg", "qar", "r",
    "rm", "ron", "rp", "rs", "rsd", "rub", "sar", "sek", "sfr", "sgd", "thb", "tl", "tnd", "try", "twd", "uah", "us", "usd",
    "uyu", "vnd", "xaf", "xof", "zar", "zł", "руб", "грн", "лв", "ر.س", "د.إ", "د.ج", "د.م", "د.ت", "د.ك", "د.ع", "د.أ", "ج.م",
    "ل.ل", "ر.ق", "ر.ع", "ريال", "ریال", "تومان", "درهم", "دينار", "جنيه",
];

/// A sign and a currency, or nothing.
fn is_currency(text: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || c == '.';
    let word = text.trim_matches(|c: char| !c.is_alphabetic());
    let rest = text.chars().filter(|c| !letter(*c));
    // An order number like A-17 is a name.
    let named = text.ends_with('-') && text.starts_with(char::is_alphabetic) && !text.contains(' ');
    let signs = |c: char| c.is_whitespace() || "+-−–(*=~@×".contains(c) || SIGNS.contains(c);
    let known = word.is_empty() || WORDS.contains(&word.to_lowercase().as_str());
    known && rest.clone().all(signs) && rest.count() <= 5 && !named
}

/// A unit or a currency behind an amount, or nothing.
fn is_unit(text: &str) -> bool {
    let words = text.chars().filter(|c| c.is_alphabetic()).count();
    let signs = |c: char| {
        c.is_alphabetic() || c.is_whitespace() || "+-−–()%٪.*=~@×/".contains(c) || SIGNS.contains(c)
    };
    words <= 4 && text.chars().count() <= 7 && text.chars().all(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_told_from_other_numbers() {
        assert!(["3.50", "€5", "5 DA", "1.234,00"].into_iter().all(is_price));
        assert!(!["12", "21%", "5,5 %", "Tea"].into_iter().any(is_price));
    }

    #[test]
    fn amounts_are_told_from_names() {
        for amount in [
            "12.50",
            "2",
            "1 234,50 DA",
            "-€3.00",
            "CHF 1'200.00",
            "10 %",
            "x2",
            "(5.00)",
            "0.350 kg",
            "٢٥٫٠٠ ر.س",
            "~10.00~",
            "12.00*",
            "- 3,50 €",
            "@ 3.80",
            "Rs. 120",
            "R$ 5,00",
            "US$5.00",
            "4,20/kg",
        ] {
            assert!(is_amount(amount), "{amount}");
        }
        for text in [
            "",
            "Coffee",
            "Table 12",
            "21/11/2026",
            "12:30",
            "A-1047",
            "2 Pizza",
            "-",
            "50 grammes",
            "€",
            "VAT 21%",
            "TVA 5,5 %",
            "НДС 20%",
            "Room 12",
            "Bon 12",
            "No. 5",
        ] {
            assert!(!is_amount(text), "{text}");
        }
    }
}
