//! What a person may call a printer.

use platen_job::{IdError, PrinterName};

/// Longest name, in characters: as much as fits a listing and a ticket.
const LONGEST: usize = 60;

/// Why a printer cannot be called that. Reads on after "the printer's name".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing.
    #[error(transparent)]
    NoName(#[from] IdError),
    /// `@kitchen` is whoever has the role.
    #[error("begins with @, which stands for a role")]
    Role,
    /// Nobody sees these, and nobody can type the name again.
    #[error("begins or ends with a blank")]
    Blanks,
    /// A line break, an escape sequence.
    #[error("has a control character in it")]
    Control,
    /// More characters than 60.
    #[error("is longer than {LONGEST} characters")]
    TooLong,
}

/// A name for a printer that a person has chosen now. One that is in the settings already may be another.
///
/// # Errors
/// [`NameError`], in words that read on after "the printer's name".
pub fn printer_name(text: &str) -> Result<PrinterName, NameError> {
    if text.chars().count() > LONGEST {
        return Err(NameError::TooLong);
    }
    let name = PrinterName::new(text)?;
    if text.chars().any(char::is_control) {
        return Err(NameError::Control);
    }
    if text.trim() != text {
        return Err(NameError::Blanks);
    }
    if text.starts_with('@') {
        return Err(NameError::Role);
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_a_person_can_see_and_type_again() {
        for good in ["Bar", "Küche \"1\"", "المطبخ", "info@bar", &"é".repeat(LONGEST)] {
            assert_eq!(printer_name(good).unwrap().as_str(), good);
        }
        for (bad, why) in [
            ("", NameError::NoName(IdError::Empty)),
            ("  ", NameError::NoName(IdError::Empty)),
            ("@kitchen", NameError::Role),
            (" Bar", NameError::Blanks),
            ("Bar\u{a0}", NameError::Blanks),
            ("Bar\n", NameError::Control),
            ("Ba\u{1b}[2Jr", NameError::Control),
            (&"é".repeat(LONGEST + 1), NameError::TooLong),
        ] {
            assert_eq!(printer_name(bad), Err(why), "{bad:?}");
        }
    }
}
