//! How large a PDF's streams become, before anybody unpacks them whole.

use super::PdfError;
use flate2::read::ZlibDecoder;
use std::io::Read;

/// Bytes of all streams together when they are unpacked.
const UNPACKED: usize = 96 << 20;
/// Packed streams within packed streams that are looked into.
const DEPTH: usize = 4;
/// Bytes before a stream in which its dictionary is looked for.
const DICTIONARY: usize = 2048;

/// What was found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Streams {
    /// Bytes of the largest stream that may be drawn many times (a form, a pattern, a glyph).
    pub(super) largest_form: usize,
}

/// Goes through everything that looks like a stream, whether or not the document refers to it.
pub(super) fn check(bytes: &[u8]) -> Result<Streams, PdfError> {
    let mut found = Streams::default();
    let mut left = UNPACKED;
    let mut at = 0;
    while let Some(next) = find(&bytes[at..], b"stream") {
        let end = at + next;
        at = end + b"stream".len();
        // The word that ends a stream has the same letters.
        if bytes[..end].ends_with(b"end") {
            continue;
        }
        let dictionary = dictionary(&bytes[..end]);
        let data = data(&bytes[at..]);
        let unpacked = unpacked(data, &dictionary, &mut left)?;
        let is_picture = has(&dictionary, b"/Image");
        if !is_picture {
            found.largest_form = found.largest_form.max(unpacked);
        }
    }
    Ok(found)
}

/// The bytes before the word `stream`, back to where its object begins, with `#xx` in names read.
fn dictionary(before: &[u8]) -> Vec<u8> {
    let before = &before[before.len().saturating_sub(DICTIONARY)..];
    let from = rfind(before, b"obj").map_or(0, |at| at + 3);
    let mut out = Vec::with_capacity(before.len() - from);
    let mut rest = &before[from..];
    while let Some((byte, next)) = rest.split_first() {
        let escaped = next
            .get(..2)
            .filter(|_| *byte == b'#')
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match escaped {
            Some(character) => {
                out.push(character);
                rest = &next[2..];
            }
            None => {
                out.push(*byte);
                rest = next;
            }
        }
    }
    out
}

/// The stream's bytes, from behind its line end up to its end word.
fn data(after: &[u8]) -> &[u8] {
    let after = after.strip_prefix(b"\r").unwrap_or(after);
    let after = after.strip_prefix(b"\n").unwrap_or(after);
    &after[..find(after, b"endstream").unwrap_or(after.len())]
}

/// Bytes of the stream when it is unpacked, taken from what is left for all of them.
fn unpacked(data: &[u8], dictionary: &[u8], left: &mut usize) -> Result<usize, PdfError> {
    // Ratios of packings that are not looked into: LZW makes at most 1,365 bytes of one, run lengths 64.
    let ratio = if has(dictionary, b"LZW") {
        1365
    } else if has(dictionary, b"RunLength") || has(dictionary, b"/RL") {
        64
    } else if has(dictionary, b"ASCII85") || has(dictionary, b"/A85") {
        4
    } else {
        1
    };
    let mut size = data.len().saturating_mul(ratio);
    let mut inflated = Vec::new();
    let mut packed = data;
    for _ in 0..DEPTH {
        let next = inflate(packed, *left)?;
        if next.is_empty() {
            break;
        }
        size = size.max(next.len().saturating_mul(ratio));
        inflated = next;
        packed = &inflated;
    }
    drop(inflated);
    // What is not packed costs nothing.
    *left = left.checked_sub(size - data.len().min(size)).ok_or(TOO_MUCH)?;
    Ok(size)
}

const TOO_MUCH: PdfError = PdfError::Unpacks { limit: UNPACKED };

/// The data inflated, as far as it can be; empty where it is not packed that way.
fn inflate(data: &[u8], most: usize) -> Result<Vec<u8>, PdfError> {
    // 8: deflate; the two bytes as a number are a multiple of 31 (RFC 1950). Readers of PDF are lenient about the second.
    if data.first().is_none_or(|byte| byte & 0x0F != 8) {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    // A broken stream gives what came before the break, as the renderer would have it.
    let _ = ZlibDecoder::new(data).take(most as u64 + 1).read_to_end(&mut out);
    if out.len() > most { Err(TOO_MUCH) } else { Ok(out) }
}

fn has(bytes: &[u8], word: &[u8]) -> bool {
    find(bytes, word).is_some()
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(word) {
            return Some(at);
        }
        at += 1;
    }
}

fn rfind(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}
