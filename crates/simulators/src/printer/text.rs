//! What a sheet says, as text.

/// The text on a sheet, for people.
pub(super) fn view(bytes: &[u8]) -> String {
    let printable = |b: &u8| (0x20..0x7F).contains(b) || *b == b'\n';
    bytes.iter().filter(|b| printable(b)).map(|b| char::from(*b)).collect()
}
