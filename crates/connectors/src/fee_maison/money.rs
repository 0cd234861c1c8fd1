//! Amounts as the ERP sends them and as they stand on paper: `1 234,50 DA`.

use serde_json::Value;

/// Amounts from here on are taken for mistakes.
const ABSURD: f64 = 1e12;

/// An amount in hundredths, from a number or a text of one. `None` where it is neither.
pub(super) fn cents(value: &Value) -> Option<i64> {
    let amount = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => {
            text.trim().replace([' ', '\u{a0}', '\u{202f}'], "").replace(',', ".").parse().ok()?
        }
        _ => return None,
    };
    // Exact enough: below a trillion a hundredth is far above what is lost.
    (amount.is_finite() && amount.abs() < ABSURD).then(|| (amount * 100.0).round() as i64)
}

/// `1 234,50 DA`, with spaces that are not broken.
pub(super) fn written(cents: i64, currency: &str) -> String {
    let (whole, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{grouped},{rest:02}\u{a0}{currency}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn amounts_are_written_as_in_the_shop() {
        for (sent, expected) in [
            (json!(1234.5), "1 234,50 DA"),
            (json!("1234.5"), "1 234,50 DA"),
            (json!("1 234,50"), "1 234,50 DA"),
            (json!(0), "0,00 DA"),
            (json!(-12.345), "-12,35 DA"),
            (json!(1_234_567), "1 234 567,00 DA"),
            (json!(999.999), "1 000,00 DA"),
        ] {
            let text = written(cents(&sent).unwrap(), "DA").replace('\u{a0}', " ");
            assert_eq!(text, expected, "{sent}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for wrong in [
            json!(null),
            json!("free"),
            json!(""),
            json!([1]),
            json!(1e300),
            json!("NaN"),
            json!("inf"),
        ] {
            assert_eq!(cents(&wrong), None, "{wrong}");
        }
    }
}
