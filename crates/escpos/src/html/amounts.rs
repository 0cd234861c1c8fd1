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
    // An order number like A-17 is a name.
    let named =
        before.ends_with('-') && before.starts_with(char::is_alphabetic) && !before.contains(' ');
    number.chars().all(inside) && is_unit(before) && is_unit(behind) && !named
}

/// A sign and a currency or a unit, or nothing.
fn is_unit(text: &str) -> bool {
    let words = text.chars().filter(|c| c.is_alphabetic()).count();
    let signs = |c: char| {
        c.is_alphabetic() || c.is_whitespace() || "+-−–()%.*=~@×€$£¥₹₺₽₴₫₪฿₩₦₱₡₲₵".contains(c)
    };
    words <= 4 && text.chars().count() <= 7 && text.chars().all(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert!(!is_amount(text), "{text}");
        }
    }
}
