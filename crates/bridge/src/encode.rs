//! From a stored document to the bytes of one attempt.

use bytes::Bytes;
use platen_escpos::Profile;
use platen_job::{Document, Mark};
use platen_spool::LeaseSeq;

/// A document's bytes for one printer; raw ones without a mark are not copied.
pub fn encode(
    document: &Document,
    profile: &Profile,
    mark: Option<Mark>,
) -> Result<Bytes, Unprintable> {
    if let (Document::Raw(bytes), None) = (document, mark) {
        return Ok(bytes.clone());
    }
    let encoded = platen_escpos::encode(document, profile, mark).map_err(|_| Unprintable)?;
    for note in &encoded.notes {
        tracing::debug!(?note, "a part of a document was printed differently");
    }
    Ok(encoded.bytes.into())
}

/// The document cannot be put on this printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document cannot be printed on this printer")]
pub struct Unprintable;

/// Four characters from 0x20 to 0x7E that name an attempt in the printer's confirmation.
pub fn token(seq: LeaseSeq) -> [u8; 4] {
    const CHARACTERS: u64 = 0x7E - 0x20 + 1;
    let mut rest = seq.0.unsigned_abs();
    std::array::from_fn(|_| {
        let digit = u8::try_from(rest % CHARACTERS).unwrap_or(0);
        rest /= CHARACTERS;
        0x20 + digit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_attempts_have_different_printable_tokens() {
        let tokens: Vec<_> = (1..2000).map(|seq| token(LeaseSeq(seq))).collect();
        assert!(tokens.iter().flatten().all(|byte| (0x20..=0x7E).contains(byte)));
        assert!(tokens.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
