//! Values that a listing shows as their words.

use serde::Serializer;
use std::fmt::Display;

/// Writes a value as what it says.
pub(crate) fn as_words<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}
