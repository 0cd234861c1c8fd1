//! Bars and spaces of the barcodes with a fixed alphabet.

use super::alphabets::CODE_39;
use crate::bitmap::Bitmap;

/// Widths in dots: a bar, a space, a bar and so on, the last one a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Elements(Vec<u16>);

impl Elements {
    pub(super) fn new() -> Elements {
        Elements(Vec::new())
    }

    /// Adds widths in modules, given as digits.
    pub(super) fn modules(&mut self, widths: &str, module: u8) {
        self.0.extend(widths.bytes().map(|width| u16::from(width - b'0') * u16::from(module)));
    }

    /// Adds narrow (`1`) and wide (`2`) ones.
    fn narrow_and_wide(&mut self, widths: &str, module: u8) {
        let narrow = u16::from(module);
        self.0.extend(widths.bytes().map(|w| if w == b'1' { narrow } else { wide(narrow) }));
    }

    /// Dots of all of them.
    pub(super) fn width(&self) -> usize {
        self.0.iter().map(|width| usize::from(*width)).sum()
    }

    /// Bars of that height, with so many white dots at both ends.
    pub(super) fn draw(&self, height: usize, quiet: usize) -> Bitmap {
        let mut bitmap = Bitmap::new(self.width() + 2 * quiet, height);
        let mut row = Bitmap::new(bitmap.width(), 1);
        let mut at = quiet;
        for (index, width) in self.0.iter().enumerate() {
            let end = at + usize::from(*width);
            if index % 2 == 0 {
                (at..end).for_each(|x| row.blacken(x, 0));
            }
            at = end;
        }
        (0..height).for_each(|y| bitmap.row_mut(y).copy_from_slice(row.row(0)));
        bitmap
    }
}

/// The wide bar beside a narrow one: two and a half times as wide, rounded up, as Epson's printers have it (`GS w` in the TM
/// series' command reference: 2/5, 3/8, 4/10, 5/13, 6/15 dots).
fn wide(narrow: u16) -> u16 {
    (narrow * 5).div_ceil(2)
}

/// Digits as left halves of EAN codes with odd parity (ISO/IEC 15420): space, bar, space, bar.
const EAN_DIGITS: [&str; 10] =
    ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"];
/// Which digits of EAN-13's left half have even parity (`G`), by the first digit.
const EAN_PARITY: [&str; 10] = [
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL",
    "LGGLGL",
];
const EAN_GUARD: &str = "111";
const EAN_MIDDLE: &str = "11111";

/// 13 digits.
pub(super) fn ean_13(data: &str, module: u8) -> Option<Elements> {
    let digits = digits(data).filter(|digits| digits.len() == 13)?;
    let mut elements = Elements::new();
    elements.modules(EAN_GUARD, module);
    for (digit, parity) in digits[1..7].iter().zip(EAN_PARITY[digits[0]].chars()) {
        elements.modules(&ean_left(*digit, parity), module);
    }
    elements.modules(EAN_MIDDLE, module);
    // A right half begins with a bar, which inverts the odd parity.
    digits[7..].iter().for_each(|digit| elements.modules(EAN_DIGITS[*digit], module));
    elements.modules(EAN_GUARD, module);
    Some(elements)
}

/// 8 digits.
pub(super) fn ean_8(data: &str, module: u8) -> Option<Elements> {
    let digits = digits(data).filter(|digits| digits.len() == 8)?;
    let mut elements = Elements::new();
    elements.modules(EAN_GUARD, module);
    digits[..4].iter().for_each(|digit| elements.modules(EAN_DIGITS[*digit], module));
    elements.modules(EAN_MIDDLE, module);
    digits[4..].iter().for_each(|digit| elements.modules(EAN_DIGITS[*digit], module));
    elements.modules(EAN_GUARD, module);
    Some(elements)
}

/// Six digits of UPC-E between its number system (0 or 1) and its check digit.
pub(super) fn upc_e(system: usize, six: &str, check: usize, module: u8) -> Option<Elements> {
    let digits = digits(six).filter(|digits| digits.len() == 6)?;
    // The parities of UPC-E's check digits, for number system 0; for 1 they are swapped.
    let parity = [
        "GGGLLL", "GGLGLL", "GGLLGL", "GGLLLG", "GLGGLL", "GLLGGL", "GLLLGG", "GLGLGL", "GLGLLG",
        "GLLGLG",
    ]
    .get(check)?;
    let mut elements = Elements::new();
    elements.modules(EAN_GUARD, module);
    for (digit, parity) in digits.iter().zip(parity.chars()) {
        let swapped = if parity == 'G' { 'L' } else { 'G' };
        elements.modules(&ean_left(*digit, if system == 0 { parity } else { swapped }), module);
    }
    elements.modules("111111", module);
    Some(elements)
}

fn ean_left(digit: usize, parity: char) -> String {
    match parity {
        'G' => EAN_DIGITS[digit].chars().rev().collect(),
        _ => EAN_DIGITS[digit].to_owned(),
    }
}

/// Code 39 characters by value, five bars and four spaces (ISO/IEC 16388).
const CODE_39_BARS: [&str; 43] = [
    "111221211",
    "211211112",
    "112211112",
    "212211111",
    "111221112",
    "211221111",
    "112221111",
    "111211212",
    "211211211",
    "112211211",
    "211112112",
    "112112112",
    "212112111",
    "111122112",
    "211122111",
    "112122111",
    "111112212",
    "211112211",
    "112112211",
    "111122211",
    "211111122",
    "112111122",
    "212111121",
    "111121122",
    "211121121",
    "112121121",
    "111111222",
    "211111221",
    "112111221",
    "111121221",
    "221111112",
    "122111112",
    "222111111",
    "121121112",
    "221121111",
    "122121111",
    "121111212",
    "221111211",
    "122111211",
    "121212111",
    "121211121",
    "121112121",
    "111212121",
];
/// The asterisk at both ends.
const CODE_39_GUARD: &str = "121121211";

/// Code 39 between its asterisks, without a check character.
pub(super) fn code_39(data: &str, module: u8) -> Option<Elements> {
    let mut elements = Elements::new();
    elements.narrow_and_wide(CODE_39_GUARD, module);
    for character in data.chars() {
        let value = CODE_39.find(character)?;
        elements.narrow_and_wide("1", module);
        elements.narrow_and_wide(CODE_39_BARS[value], module);
    }
    elements.narrow_and_wide("1", module);
    elements.narrow_and_wide(CODE_39_GUARD, module);
    Some(elements)
}

/// Digits of interleaved two of five (ISO/IEC 16390).
const ITF_DIGITS: [&str; 10] =
    ["11221", "21112", "12112", "22111", "11212", "21211", "12211", "11122", "21121", "12121"];

/// An even number of digits: the first of a pair in the bars, the second in the spaces between.
pub(super) fn itf(data: &str, module: u8) -> Option<Elements> {
    let digits = digits(data).filter(|digits| digits.len().is_multiple_of(2))?;
    let mut elements = Elements::new();
    elements.narrow_and_wide("1111", module);
    for pair in digits.chunks_exact(2) {
        for (bar, space) in ITF_DIGITS[pair[0]].chars().zip(ITF_DIGITS[pair[1]].chars()) {
            elements.narrow_and_wide(&format!("{bar}{space}"), module);
        }
    }
    elements.narrow_and_wide("211", module);
    Some(elements)
}

/// Codabar's characters (EN 798), four bars and three spaces each.
const CODABAR: [(char, &str); 20] = [
    ('0', "1111122"),
    ('1', "1111221"),
    ('2', "1112112"),
    ('3', "2211111"),
    ('4', "1121121"),
    ('5', "2111121"),
    ('6', "1211112"),
    ('7', "1211211"),
    ('8', "1221111"),
    ('9', "2112111"),
    ('-', "1112211"),
    ('$', "1122111"),
    (':', "2111212"),
    ('/', "2121112"),
    ('.', "2121211"),
    ('+', "1121212"),
    ('A', "1122121"),
    ('B', "1212112"),
    ('C', "1112122"),
    ('D', "1112221"),
];

/// Codabar with its start and stop letters.
pub(super) fn codabar(data: &str, module: u8) -> Option<Elements> {
    let mut elements = Elements::new();
    for (at, character) in data.chars().enumerate() {
        let (_, widths) = CODABAR.iter().find(|(known, _)| *known == character)?;
        if at > 0 {
            elements.narrow_and_wide("1", module);
        }
        elements.narrow_and_wide(widths, module);
    }
    Some(elements)
}

/// Code 93's first 43 characters are those of Code 39; four shifts and the guard follow (AIM USS-93).
const CODE_93_BARS: [&str; 48] = [
    "131112", "111213", "111312", "111411", "121113", "121212", "121311", "111114", "131211",
    "141111", "211113", "211212", "211311", "221112", "221211", "231111", "112113", "112212",
    "112311", "122112", "132111", "111123", "111222", "111321", "121122", "131121", "212112",
    "212211", "211122", "211221", "221121", "222111", "112122", "112221", "122121", "123111",
    "121131", "311112", "311211", "321111", "112131", "113121", "211131", "121221", "312111",
    "311121", "122211", "111141",
];

/// Code 93 with its two check characters, for characters that Code 39 has too.
pub(super) fn code_93(data: &str, module: u8) -> Option<Elements> {
    let mut values =
        data.chars().map(|character| CODE_39.find(character)).collect::<Option<Vec<_>>>()?;
    for most in [20, 15] {
        let weighted = values.iter().rev().enumerate().map(|(at, value)| (at % most + 1) * value);
        values.push(weighted.sum::<usize>() % 47);
    }
    let mut elements = Elements::new();
    elements.modules(CODE_93_BARS[47], module);
    values.iter().for_each(|value| elements.modules(CODE_93_BARS[*value], module));
    elements.modules(CODE_93_BARS[47], module);
    elements.modules("1", module);
    Some(elements)
}

fn digits(data: &str) -> Option<Vec<usize>> {
    data.bytes().map(|byte| byte.is_ascii_digit().then(|| usize::from(byte - b'0'))).collect()
}
