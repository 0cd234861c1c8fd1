//! Shades of grey to black dots.

use super::grey::Grey;
use crate::bitmap::Bitmap;
use serde::{Deserialize, Serialize};

/// How shades become dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Halftone {
    /// [`Halftone::Threshold`] for line art, [`Halftone::FloydSteinberg`] for everything else.
    ///
    /// Line art is what has hardly any shade between black and white: at most 8 % of all dots, and at most 40 % of those that are not
    /// white, lie between 40 and 215 (the soft edges of letters and lines), and no shade there takes more than 2 % of the
    /// picture (a grey or coloured area). Nor is it line art where more than 1 % of what is not white would go: grey letters on white,
    /// lines thinner than a dot. Where all of it is pale, what is pale is black.
    #[default]
    Auto,
    /// Error diffusion over four neighbours: true to shades; for photographs.
    FloydSteinberg,
    /// Error diffusion that drops a quarter of the error: more contrast, clean whites and blacks.
    Atkinson,
    /// Black below half, white from there: for line art and text.
    Threshold,
}

const HALF: u8 = 128;

impl Halftone {
    /// The picture in dots.
    pub fn apply(self, grey: &Grey) -> Bitmap {
        match self {
            Halftone::Auto => match line_art(grey) {
                Some(level) => threshold(grey, level),
                None => floyd_steinberg(grey),
            },
            Halftone::FloydSteinberg => floyd_steinberg(grey),
            Halftone::Atkinson => atkinson(grey),
            Halftone::Threshold => threshold(grey, HALF),
        }
    }
}

/// Rows of which one is looked at: enough of any picture to tell what it is.
const LOOKED_AT: usize = 3;

/// Line art in which nothing is darker than this is pale: yellow or light grey letters alone.
const PALE: usize = 160;

/// The shade below which line art is black; `None`: it is none.
fn line_art(grey: &Grey) -> Option<u8> {
    // Two tables: equal shades beside each other do not wait for each other.
    let mut shades = [[0_u32; 256]; 2];
    for y in (0..grey.height()).step_by(LOOKED_AT) {
        for pair in grey.row(y).chunks(2) {
            for (table, shade) in shades.iter_mut().zip(pair) {
                table[usize::from(*shade)] += 1;
            }
        }
    }
    let count = |shade: usize| u64::from(shades[0][shade]) + u64::from(shades[1][shade]);
    let all: u64 = (0..=255).map(count).sum();
    let between: u64 = (40..=215).map(count).sum();
    let inked: u64 = (0..=239).map(count).sum();
    let area = (40..=215).map(count).max().unwrap_or(0);
    if area * 50 > all {
        return None;
    }
    // A few dots are noise.
    let darkest = (0..=250).find(|shade| count(*shade) * 2_000 > all).unwrap_or(0);
    if darkest > PALE {
        return u8::try_from((darkest + 256) / 2).ok();
    }
    let is_line_art =
        between * 100 <= all * 8 && between * 100 <= inked * 40 && going(grey) * 100 <= inked;
    is_line_art.then_some(HALF)
}

/// Dots between half and almost white with nothing darker around them, in the rows that are looked at: no soft edges, but ink that
/// a threshold would take away.
fn going(grey: &Grey) -> u64 {
    /// An edge is softer than this nowhere.
    const AROUND: usize = 2;
    let vanishes = |x: usize, y: usize| {
        let columns = x.saturating_sub(AROUND)..=(x + AROUND).min(grey.width() - 1);
        let mut rows = y.saturating_sub(AROUND)..=(y + AROUND).min(grey.height() - 1);
        rows.all(|y| grey.row(y)[columns.clone()].iter().all(|shade| *shade >= HALF))
    };
    let mut count = 0;
    for y in (0..grey.height()).step_by(LOOKED_AT) {
        for (x, shade) in grey.row(y).iter().enumerate() {
            count += u64::from((HALF..=239).contains(shade) && vanishes(x, y));
        }
    }
    count
}

fn threshold(grey: &Grey, level: u8) -> Bitmap {
    let mut bitmap = Bitmap::new(grey.width(), grey.height());
    for y in 0..grey.height() {
        for (byte, shades) in bitmap.row_mut(y).iter_mut().zip(grey.row(y).chunks(8)) {
            *byte = pack(shades.iter().map(|shade| *shade < level));
        }
    }
    bitmap
}

/// Up to eight dots in a byte, from the left.
fn pack(dots: impl Iterator<Item = bool>) -> u8 {
    dots.enumerate().fold(0, |byte, (at, black)| byte | u8::from(black) << (7 - at))
}

/// From left to right in every row: 7 sixteenths of an error go to the right, 3, 5 and 1 below.
///
/// Every dot waits for the one at its left, which is what takes the time. So that wait is one addition and one look into a table, all
/// else is done for many dots at once, and two rows go side by side, the lower one two blocks behind: what it needs of the
/// upper one is there by then.
fn floyd_steinberg(grey: &Grey) -> Bitmap {
    let mut bitmap = Bitmap::new(grey.width(), grey.height());
    diffuse(grey, bitmap.rows_mut().enumerate());
    bitmap
}

fn diffuse<'a>(grey: &Grey, mut rows: impl Iterator<Item = (usize, &'a mut [u8])>) {
    let blocks = grey.width().div_ceil(BLOCK);
    // The errors of the row above by dot, behind one that is nothing and before one.
    let mut above = vec![0_i16; blocks * BLOCK + 2];
    let mut between = above.clone();
    let mut below = above.clone();
    while let Some((y, upper)) = rows.next() {
        let mut upper = Row::new(grey.row(y), upper);
        // Below the last row there is one that nobody sees.
        let mut lower = match rows.next() {
            Some((y, lower)) => Row::new(grey.row(y), lower),
            None => Row::new(&[], &mut []),
        };
        for at in 0..blocks + LAG {
            let behind = at.checked_sub(LAG);
            upper.prepare(at, &above);
            if let Some(behind) = behind {
                lower.prepare(behind, &between);
            }
            carry(&mut upper, &mut lower);
            upper.settle(at, &mut between);
            if let Some(behind) = behind {
                lower.settle(behind, &mut below);
            }
        }
        std::mem::swap(&mut above, &mut below);
    }
}

/// Dots that are worked on together.
const BLOCK: usize = 64;
/// Blocks that the lower row is behind the upper one: a dot needs the error of the one at the right above it.
const LAG: usize = 2;

/// A row while its errors are carried on.
struct Row<'a> {
    shades: &'a [u8],
    dots: &'a mut [u8],
    /// The error for the dot at the right, in sixteenths.
    right: i16,
    /// What the dots of a block are to be.
    wanted: [i16; BLOCK],
}

/// What a dot is to be, in sixteenths: the shade and its share of errors, which are between -128 and 127 each. Half a sixteenth is added,
/// so that cutting off rounds, and 2,048, so that none is negative: they lie between 8 and 8,168.
const BIAS: i16 = 2048;
const ROUND: i16 = 8;
/// From here on a dot is white.
const WHITE_FROM: i16 = BIAS + ((HALF as i16) << 4);

/// The error for the dot at the right by what a dot was to be.
static TO_THE_RIGHT: [i16; 8192] = {
    let mut table = [0; 8192];
    let mut at = 0;
    while at < table.len() {
        table[at] = error_of(at as i16) * 7;
        at += 1;
    }
    table
};

/// What a dot is too dark or too light by, of which sixteenths were cut off.
const fn error_of(wanted: i16) -> i16 {
    (wanted - BIAS - if wanted < WHITE_FROM { 0 } else { 255 << 4 }) >> 4
}

/// Decides the dots of a block in both rows, one after another.
fn carry(upper: &mut Row<'_>, lower: &mut Row<'_>) {
    let next = |wanted: &mut i16, right: i16| {
        *wanted += right;
        TO_THE_RIGHT[usize::from(*wanted as u16 & 8191)]
    };
    let (mut above, mut below) = (upper.right, lower.right);
    for (first, second) in upper.wanted.iter_mut().zip(&mut lower.wanted) {
        above = next(first, above);
        below = next(second, below);
    }
    (upper.right, lower.right) = (above, below);
}

impl<'a> Row<'a> {
    fn new(shades: &'a [u8], dots: &'a mut [u8]) -> Row<'a> {
        Row { shades, dots, right: 0, wanted: [0; BLOCK] }
    }

    /// What a block is to be but for its own row's errors; beyond the edge white. Errors are counted from 1: `above[x + 1]` is
    /// that of dot x.
    fn prepare(&mut self, block: usize, above: &[i16]) {
        let first = block * BLOCK;
        let Some(above) = above.get(first..first + BLOCK + 2) else { return self.wanted.fill(0) };
        let known =
            &self.shades[first.min(self.shades.len())..self.shades.len().min(first + BLOCK)];
        let mut shades = [u8::MAX; BLOCK];
        shades[..known.len()].copy_from_slice(known);
        for (x, wanted) in self.wanted.iter_mut().enumerate() {
            let share = above[x] + above[x + 1] * 5 + above[x + 2] * 3;
            *wanted = (i16::from(shades[x]) << 4) + share + (BIAS + ROUND);
        }
    }

    /// Puts a block's errors down, and its dots.
    fn settle(&mut self, block: usize, errors: &mut [i16]) {
        let first = block * BLOCK;
        let Some(errors) = errors.get_mut(first + 1..first + 1 + BLOCK) else { return };
        for (error, wanted) in errors.iter_mut().zip(self.wanted) {
            *error = error_of(wanted);
        }
        let bytes = self.dots.iter_mut().skip(block * BLOCK / 8);
        for (byte, eight) in bytes.zip(self.wanted.as_chunks::<8>().0) {
            *byte = together(eight.map(|wanted| u8::from(wanted < WHITE_FROM)));
        }
        let beyond = self.dots.len() * 8 - self.shades.len();
        if let Some(last) = self.dots.last_mut().filter(|_| self.shades.len() <= first + BLOCK) {
            *last &= 0xFF << beyond;
        }
    }
}

/// Eight ones or noughts as the bits of a byte, the first one highest: the product has each of them at its place in the upper byte.
fn together(dots: [u8; 8]) -> u8 {
    (u64::from_le_bytes(dots).wrapping_mul(0x8040_2010_0804_0201) >> 56) as u8
}

/// Six neighbours get an eighth of the error each: two at the right, three below, one two rows below.
fn atkinson(grey: &Grey) -> Bitmap {
    let mut bitmap = Bitmap::new(grey.width(), grey.height());
    let width = grey.width();
    // Three rows of errors in eighths, with two dots more at the right and one at the left.
    let mut rows = [vec![0_i16; width + 3], vec![0_i16; width + 3], vec![0_i16; width + 3]];
    for y in 0..grey.height() {
        let [here, next, after] = &mut rows;
        for (x, shade) in grey.row(y).iter().enumerate() {
            let wanted = i16::from(*shade) + here[x + 1];
            let black = wanted < i16::from(HALF);
            let eighth = (if black { wanted } else { wanted - 255 }) / 8;
            if black {
                bitmap.blacken(x, y);
            }
            here[x + 2] += eighth;
            if x + 3 < here.len() {
                here[x + 3] += eighth;
            }
            next[x] += eighth;
            next[x + 1] += eighth;
            next[x + 2] += eighth;
            after[x + 1] += eighth;
        }
        rows.rotate_left(1);
        rows[2].fill(0);
    }
    bitmap
}
