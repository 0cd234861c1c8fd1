//! Shades of grey to black dots.

use super::grey::Grey;
use crate::bitmap::Bitmap;

/// How shades become dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Halftone {
    /// [`Halftone::Threshold`] for line art, [`Halftone::FloydSteinberg`] for everything else.
    ///
    /// Line art is what has hardly any shade between black and white: at most 8 % of all dots, and at most 40 % of those that are not
    /// white, lie between 40 and 215 (the soft edges of letters and lines), and no shade there takes more than 2 % of the
    /// picture (a grey or coloured area).
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
            Halftone::Auto if is_line_art(grey) => threshold(grey),
            Halftone::Auto | Halftone::FloydSteinberg => floyd_steinberg(grey),
            Halftone::Atkinson => atkinson(grey),
            Halftone::Threshold => threshold(grey),
        }
    }
}

fn is_line_art(grey: &Grey) -> bool {
    // Two tables: equal shades beside each other do not wait for each other.
    let mut shades = [[0_u32; 256]; 2];
    for pair in grey.shades().chunks(2) {
        for (table, shade) in shades.iter_mut().zip(pair) {
            table[usize::from(*shade)] += 1;
        }
    }
    let count = |shade: usize| u64::from(shades[0][shade]) + u64::from(shades[1][shade]);
    let all = grey.shades().len() as u64;
    let between: u64 = (40..=215).map(count).sum();
    let inked: u64 = (0..=239).map(count).sum();
    let area = (40..=215).map(count).max().unwrap_or(0);
    between * 100 <= all * 8 && between * 100 <= inked * 40 && area * 50 <= all
}

fn threshold(grey: &Grey) -> Bitmap {
    let mut bitmap = Bitmap::new(grey.width(), grey.height());
    for y in 0..grey.height() {
        for (byte, shades) in bitmap.row_mut(y).iter_mut().zip(grey.row(y).chunks(8)) {
            *byte = pack(shades.iter().map(|shade| *shade < HALF));
        }
    }
    bitmap
}

/// Up to eight dots in a byte, from the left.
fn pack(dots: impl Iterator<Item = bool>) -> u8 {
    dots.enumerate().fold(0, |byte, (at, black)| byte | u8::from(black) << (7 - at))
}

/// From left to right in every row. Errors are carried in sixteenths: 7 to the right, 3, 5 and 1 below.
fn floyd_steinberg(grey: &Grey) -> Bitmap {
    let mut bitmap = Bitmap::new(grey.width(), grey.height());
    // What the row above left for each dot; one more at either end for errors that fall off the edge.
    let mut above = vec![0_i16; grey.width() + 2];
    let mut below = vec![0_i16; grey.width() + 2];
    for y in 0..grey.height() {
        diffuse_row(grey.row(y), &above, &mut below, bitmap.row_mut(y));
        std::mem::swap(&mut above, &mut below);
    }
    bitmap
}

fn diffuse_row(shades: &[u8], above: &[i16], below: &mut [i16], row: &mut [u8]) {
    // The error for the dot at the right, and what the two dots before have for the ones below.
    let mut right = 0_i32;
    let mut below_left = 0_i32;
    let mut below_here = 0_i32;
    for (at, byte) in row.iter_mut().enumerate() {
        let first = at * 8;
        let eight = &shades[first..shades.len().min(first + 8)];
        let mut dots = 0_u8;
        for (bit, (shade, carried)) in eight.iter().zip(&above[first + 1..]).enumerate() {
            let wanted = i32::from(*shade) + ((i32::from(*carried) + right + 8) >> 4);
            let black = wanted < i32::from(HALF);
            let error = if black { wanted } else { wanted - 255 };
            dots |= u8::from(black) << (7 - bit);
            below[first + bit] = (below_left + error * 3) as i16;
            below_left = below_here + error * 5;
            below_here = error;
            right = error * 7;
        }
        *byte = dots;
    }
    below[shades.len()] = below_left as i16;
    below[shades.len() + 1] = below_here as i16;
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
