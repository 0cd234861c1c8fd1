//! Amounts as the ERP sends them and as they stand on paper: `1 234,50 DA`.

use serde_json::Value;

/// Amounts from here on are taken for mistakes.
const ABSURD: f64 = 1e12;

/// Why a value is no amount that can be taken out, in words for the ERP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoAmount {
    #[error("amount must be a number greater than 0")]
    NotPositive,
    #[error("amount must be at least 0.01")]
    TooSmall,
    #[error("amount must be less than 1000000000000")]
    TooLarge,
}

/// An amount in hundredths, from a number or a text of one. `None` where it is neither.
pub(super) fn cents(value: &Value) -> Option<i64> {
    let amount = number(value)?;
    // Exact enough: below a trillion a hundredth is far above what is lost.
    (amount.abs() < ABSURD).then(|| (amount * 100.0).round() as i64)
}

/// An amount that is more than nothing, in hundredths.
///
/// # Errors
/// [`NoAmount`]: which bound it breaks.
pub(super) fn something(value: Option<&Value>) -> Result<i64, NoAmount> {
    match value.and_then(number) {
        Some(amount) if amount >= ABSURD => Err(NoAmount::TooLarge),
        Some(amount) if amount > 0.0 => match (amount * 100.0).round() as i64 {
            0 => Err(NoAmount::TooSmall),
            cents => Ok(cents),
        },
        _ => Err(NoAmount::NotPositive),
    }
}

fn number(value: &Value) -> Option<f64> {
    let amount = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => {
            text.trim().replace([' ', '\u{a0}', '\u{202f}'], "").replace(',', ".").parse().ok()?
        }
        _ => return None,
    };
    amount.is_finite().then_some(amount)
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
    fn what_cannot_be_taken_out_says_why() {
        for (sent, expected) in [
            (json!(0.01), Ok(1)),
            (json!("1 234,50"), Ok(123_450)),
            (json!(0.001), Err(NoAmount::TooSmall)),
            (json!(1e300), Err(NoAmount::TooLarge)),
            (json!(1e12), Err(NoAmount::TooLarge)),
            (json!(-1e300), Err(NoAmount::NotPositive)),
            (json!(0), Err(NoAmount::NotPositive)),
            (json!("inf"), Err(NoAmount::NotPositive)),
            (json!("much"), Err(NoAmount::NotPositive)),
            (json!(null), Err(NoAmount::NotPositive)),
        ] {
            assert_eq!(something(Some(&sent)), expected, "{sent}");
        }
        assert_eq!(something(None), Err(NoAmount::NotPositive));
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
