//! How large a PDF's streams become, before anybody unpacks them whole.

use super::PdfError;
use flate2::bufread::DeflateDecoder;
use std::io::{BufRead, BufReader};

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
    for depth in 1..=DEPTH {
        let inflated = inflated(data, depth, *left)?;
        if inflated == 0 {
            break;
        }
        size = size.max(inflated.saturating_mul(ratio));
    }
    // What is not packed costs nothing.
    *left = left.checked_sub(size - data.len().min(size)).ok_or(TOO_MUCH)?;
    Ok(size)
}

const TOO_MUCH: PdfError = PdfError::Unpacks { limit: UNPACKED };

/// Bytes of the data inflated so many times. Nothing of it is kept.
fn inflated(data: &[u8], depth: usize, most: usize) -> Result<usize, PdfError> {
    let mut reader: Box<dyn BufRead + '_> = Box::new(data);
    for _ in 0..depth {
        reader = inflate(reader);
    }
    let mut count = 0;
    // A broken stream gives what came before the break, as the renderer would have it.
    while let Ok(piece) = reader.fill_buf() {
        let read = piece.len();
        count += read;
        reader.consume(read);
        if count > most {
            return Err(TOO_MUCH);
        }
        if read == 0 {
            break;
        }
    }
    Ok(count)
}

/// Inflates as the renderer does: with the head of a zlib stream (RFC 1950) or, where there is none, without it.
fn inflate<'a>(mut packed: Box<dyn BufRead + 'a>) -> Box<dyn BufRead + 'a> {
    let is_head = |head: &[u8]| match head {
        [method, flags, ..] => {
            method & 0x0F == 8
                && (u16::from(*method) << 8 | u16::from(*flags)).is_multiple_of(31)
                && flags & 0x20 == 0
        }
        _ => false,
    };
    if packed.fill_buf().is_ok_and(is_head) {
        packed.consume(2);
    }
    Box::new(BufReader::new(DeflateDecoder::new(packed)))
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
