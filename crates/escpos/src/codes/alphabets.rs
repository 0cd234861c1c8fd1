//! What each symbology can carry, and check digits.

use super::CodeError;

/// The characters of Code 39 in the order of their values (ISO/IEC 16388).
pub(super) const CODE_39: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/// Tells the first character that does not belong.
pub(super) fn all(
    data: &str,
    kind: &'static str,
    belongs: impl Fn(char) -> bool,
) -> Result<(), CodeError> {
    match data.chars().position(|character| !belongs(character)) {
        Some(at) => Err(CodeError::Character { kind, place: at + 1 }),
        None => Ok(()),
    }
}

/// `length` digits of which the last one is right; one digit fewer gets it.
pub(super) fn with_check_digit(
    data: &str,
    length: usize,
    kind: &'static str,
    expected: &'static str,
) -> Result<String, CodeError> {
    all(data, kind, |c| c.is_ascii_digit())?;
    if data.len() != length && data.len() + 1 != length {
        return Err(CodeError::Length { kind, expected });
    }
    let (digits, given) = data.split_at(length - 1);
    let right = check_digit(digits);
    if !given.is_empty() && !given.ends_with(right) {
        return Err(CodeError::CheckDigit { kind });
    }
    Ok(format!("{digits}{right}"))
}

/// The check digit of GS1 numbers: weights 3 and 1 from the right, up to a multiple of ten.
pub(super) fn check_digit(digits: &str) -> char {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

/// Codabar data between its start and stop letters, which are put there where they are missing.
pub(super) fn codabar(data: &str, kind: &'static str) -> Result<String, CodeError> {
    let data = data.to_ascii_uppercase();
    let guard = |c: char| matches!(c, 'A'..='D');
    let data = match (data.starts_with(guard), data.ends_with(guard)) {
        (false, false) => format!("A{data}A"),
        (true, true) if data.len() > 2 => data,
        _ => return Err(CodeError::Length { kind, expected: "a letter at both ends or at none" }),
    };
    let inner = &data[1..data.len() - 1];
    all(inner, kind, |c| c.is_ascii_digit() || "-$:/.+".contains(c))?;
    Ok(data)
}
