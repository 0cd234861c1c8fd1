//! Bytes of text to characters.

use super::country;
use crate::code_page::Encoding;
use crate::scan::Switch;
use encoding_rs::GB18030;

/// What a byte makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decoded {
    /// Nothing yet: it begins a longer character.
    Begun,
    /// A character of one cell.
    Single(char),
    /// A character of a two-byte set.
    Kanji(char),
    /// No character; something is printed all the same, in one cell or in two.
    Unknown(Switch),
}

/// The tables that are active.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tables {
    pub(super) page: Option<Encoding>,
    pub(super) country: u8,
    pub(super) kanji: Switch,
}

/// The beginning of a character that is not complete.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Decoder {
    begun: [u8; 3],
    length: usize,
}

impl Decoder {
    /// Takes one byte of text.
    pub(super) fn take(&mut self, byte: u8, tables: &Tables) -> Decoded {
        if self.length > 0 {
            return self.go_on(byte);
        }
        match (tables.kanji, byte) {
            (Switch::On, 0x80..) => {
                self.begun[0] = byte;
                self.length = 1;
                Decoded::Begun
            }
            (_, b' '..=b'~') => match country::character(byte, tables.country) {
                Some(character) => Decoded::Single(character),
                None => Decoded::Single(char::from(byte)),
            },
            _ => match tables.page.and_then(|page| page.character(byte)) {
                Some(character) => Decoded::Single(character),
                None => Decoded::Unknown(Switch::Off),
            },
        }
    }

    /// Bytes of a character that was begun.
    pub(super) fn begun(&self) -> usize {
        self.length
    }

    /// Forgets a character that was begun; whether there was one.
    pub(super) fn forget(&mut self) -> bool {
        std::mem::take(&mut self.length) > 0
    }

    fn go_on(&mut self, byte: u8) -> Decoded {
        // Characters of four bytes have digits in the second and the fourth place.
        let four = self.length > 1 || byte.is_ascii_digit();
        if four && self.length < 3 {
            self.begun[self.length] = byte;
            self.length += 1;
            return Decoded::Begun;
        }
        let mut bytes = [0; 4];
        bytes[..self.length].copy_from_slice(&self.begun[..self.length]);
        bytes[self.length] = byte;
        let text = GB18030
            .decode_without_bom_handling_and_without_replacement(&bytes[..=self.length])
            .and_then(|text| text.chars().next().filter(|c| !c.is_control()));
        self.length = 0;
        text.map_or(Decoded::Unknown(Switch::On), Decoded::Kanji)
    }
}
