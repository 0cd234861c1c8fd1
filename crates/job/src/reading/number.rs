//! Numbers of senders, as decimal text.

use super::Expected;
use crate::{Money, Quantity, currency_decimals};
use serde_json::{Number, Value};

/// Amounts from here on are refused: no shop sells for a trillion, and a mistake should not look like a price.
pub(super) const ABSURD: f64 = 1e12;

/// Most characters of an amount that is a text.
pub(super) const MOST_CHARACTERS: usize = 40;

/// What programs write where a calculation failed.
pub(super) const FAILED: &[&str] =
    &["nan", "inf", "infinity", "undefined", "null", "none", "[object object]", "#n/a"];

/// A JSON value as an amount of money, by the rules of [`crate::Document::from_json`]: a text as it is written, a number with
/// the decimals of its currency. `None` where it is blank or no amount.
pub fn amount_of(value: &Value, currency: &str) -> Option<Money> {
    decimal_text(value, usize::from(currency_decimals(currency))).map(Money)
}

/// The same as a number of things.
pub fn quantity_of(value: &Value) -> Option<Quantity> {
    decimal_text(value, 0).map(Quantity)
}

/// A number, or a text that may stand for one, as decimal text.
pub(super) fn decimal_text(value: &Value, decimals: usize) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() && is_printable(text) => Some(text.clone()),
        Value::Number(number) if is_sane(number) => Some(plain(number, decimals)),
        _ => None,
    }
}

/// What belongs in the place of a value that is no amount.
pub(super) fn expected(value: &Value) -> Expected {
    match value.as_str() {
        Some(text) if is_too_long(text) => Expected::ShortAmount(MOST_CHARACTERS),
        _ => Expected::Amount,
    }
}

/// Whether a JSON number is small enough for an amount.
fn is_sane(number: &Number) -> bool {
    number.as_f64().is_some_and(|value| value.abs() < ABSURD)
}

/// Whether a text may be printed as an amount: a number as people write it, or a word such as "free", and not what a
/// program writes where it failed to calculate.
fn is_printable(text: &str) -> bool {
    let text = text.trim();
    let unsigned = text.trim_start_matches(['+', '-']).trim_start().to_ascii_lowercase();
    let exponent = unsigned
        .split_once('e')
        .is_some_and(|(mantissa, power)| is_decimal(mantissa) && is_decimal(power));
    !is_too_long(text) && !exponent && !FAILED.contains(&unsigned.as_str())
}

fn is_too_long(text: &str) -> bool {
    text.trim().chars().count() > MOST_CHARACTERS
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b".+-".contains(&byte))
}

/// Whether JSON's reader has kept every digit before the point.
pub(super) fn is_exact(number: &Number) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    number.as_i64().is_some() || number.as_f64().is_some_and(|value| value.abs() < EXACT)
}

/// A number as plain decimal text with at least so many decimals, and at most six where it has more.
pub(super) fn plain(number: &Number, decimals: usize) -> String {
    if let (Some(whole), 0) = (number.as_i64(), decimals) {
        return whole.to_string();
    }
    let value = number.as_f64().unwrap_or_default();
    let mut text = format!("{value:.6}");
    let least = text.len() - 6 + decimals.min(6);
    while text.len() > least && text.ends_with('0') {
        text.pop();
    }
    if text.ends_with('.') {
        text.pop();
    }
    if text.trim_start_matches('-').bytes().all(|byte| matches!(byte, b'0' | b'.')) {
        text = text.trim_start_matches('-').to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(json: &str) -> Number {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn numbers_become_the_text_that_was_meant() {
        for (json, decimals, text) in [
            ("12.5", 2, "12.50"),
            ("12", 2, "12.00"),
            ("-3", 2, "-3.00"),
            ("0.30000000000000004", 2, "0.30"),
            ("10.799999999999999", 2, "10.80"),
            ("1.8795", 2, "1.8795"),
            ("1200", 0, "1200"),
            ("2.0", 0, "2"),
            ("0.350", 0, "0.35"),
            ("-0.0", 2, "0.00"),
            ("5", 3, "5.000"),
        ] {
            assert_eq!(plain(&number(json), decimals), text, "{json}");
        }
    }

    #[test]
    fn failed_calculations_are_no_amounts() {
        for text in ["NaN", "-Infinity", "undefined", "null", "1e400", "1E5", "[object Object]"] {
            assert!(!is_printable(text), "{text}");
        }
        for text in ["12,50", "1 234,50 DA", "-3.00", "free", "€5", "Espresso", "1.234.567,89"] {
            assert!(is_printable(text), "{text}");
        }
        assert!(!is_printable(&"9".repeat(MOST_CHARACTERS + 1)));
        assert!(!is_sane(&number("1e300")) && is_sane(&number("-5.5")));
    }
}
