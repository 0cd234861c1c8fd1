//! The time as the gateway writes it.

/// Now, in UTC with milliseconds, as JavaScript's `toISOString` writes it.
pub(super) fn iso_now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
