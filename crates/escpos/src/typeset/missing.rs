//! The box that stands for a character which no font has.

use super::ink::Ink;
use crate::bitmap::Bitmap;
use crate::sheet::Size;

/// Columns of a box.
pub(super) const COLUMNS: usize = 2;

/// Hexadecimal digits, 5 rows of 3 dots each, the top left dot in the highest of 15 bits.
const DIGITS: [u16; 16] = [
    0b111_101_101_101_111,
    0b010_110_010_010_111,
    0b111_001_111_100_111,
    0b111_001_011_001_111,
    0b101_101_111_001_001,
    0b111_100_111_001_111,
    0b111_100_111_101_111,
    0b111_001_010_010_010,
    0b111_101_111_101_111,
    0b111_101_111_001_111,
    0b010_101_111_101_101,
    0b110_101_110_101_110,
    0b111_100_100_100_111,
    0b110_101_101_101_110,
    0b111_100_110_100_111,
    0b111_100_110_100_100,
];

/// A frame of two columns with the character's number in it, in one or two rows of digits.
pub(super) fn draw(character: char, size: Size) -> Ink {
    let (across, down) = size.times();
    let (width, height) = (22, 22);
    let mut bitmap = Bitmap::new(width * across, height * down);
    let mut dot = |x: usize, y: usize| {
        for (dx, dy) in (0..across * down).map(|at| (at % across, at / across)) {
            bitmap.blacken(x * across + dx, y * down + dy);
        }
    };
    for at in 0..width {
        dot(at, 0);
        dot(at, height - 1);
        dot(0, at);
        dot(width - 1, at);
    }
    let digits: Vec<u32> = match u32::from(character) {
        short @ 0..=0xffff => (0..4).rev().map(|place| short >> (place * 4) & 15).collect(),
        long => (0..6).rev().map(|place| long >> (place * 4) & 15).collect(),
    };
    let in_a_row = digits.len() / 2;
    // Each digit has 5 dots, with the gap.
    let left = (width - in_a_row * 5) / 2;
    for (index, digit) in digits.iter().enumerate() {
        let x = left + index % in_a_row * 5;
        let y = 4 + index / in_a_row * 8;
        for at in (0..15).filter(|at| DIGITS[*digit as usize] & (1 << (14 - at)) != 0) {
            dot(x + at % 3, y + at / 3);
        }
    }
    Ink { left: across as i32, top: 18 * down as i32, bitmap }
}
