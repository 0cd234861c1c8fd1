//! Codewords to rows of bars.

use super::compaction;
use crate::bitmap::Bitmap;

/// How a code is to be built; `None` is chosen by the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Columns of data, 1–30.
    pub(crate) columns: Option<u8>,
    /// Rows, 3–90, more where the data needs them.
    pub(crate) rows: Option<u8>,
    /// Error correction, 0–8.
    pub(crate) level: Option<u8>,
}

impl Shape {
    pub(crate) fn of_columns(columns: u8) -> Shape {
        Shape { columns: Some(columns), rows: None, level: None }
    }
}

/// A whole code: all codewords, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Symbol {
    codewords: Vec<u16>,
    columns: usize,
    level: usize,
}

/// The field that codewords are counted in.
const FIELD: u32 = 929;
const MOST_CODEWORDS: usize = 928;
const PAD: u16 = 900;
const ROWS: std::ops::RangeInclusive<usize> = 3..=90;

impl Symbol {
    /// A code of these bytes. `None`: they do not fit one of that shape.
    pub(crate) fn new(data: &[u8], shape: Shape) -> Option<Symbol> {
        let mut codewords = vec![0];
        codewords.extend(compaction::compact(data));
        let level = shape.level.map_or_else(|| recommended(codewords.len()), usize::from).min(8);
        let correction = 2 << level;
        let needed = codewords.len() + correction;
        let columns = match (shape.columns, shape.rows) {
            (Some(columns), _) => usize::from(columns.clamp(1, 30)),
            (None, Some(rows)) => needed.div_ceil(usize::from(rows.clamp(3, 90))).clamp(1, 30),
            (None, None) => balanced(needed),
        };
        let least_rows = shape.rows.map_or(*ROWS.start(), usize::from);
        let rows = needed.div_ceil(columns).max(least_rows).max(*ROWS.start());
        if !ROWS.contains(&rows) || rows * columns > MOST_CODEWORDS {
            return None;
        }
        codewords.resize(rows * columns - correction, PAD);
        codewords[0] = u16::try_from(codewords.len()).ok()?;
        let correction = error_correction(&codewords, correction);
        codewords.extend(correction);
        Some(Symbol { codewords, columns, level })
    }

    /// Columns of data, 1–30.
    pub(crate) fn columns(&self) -> u8 {
        u8::try_from(self.columns).unwrap_or(30)
    }

    /// The level of error correction, 0–8.
    pub(crate) fn level(&self) -> u8 {
        u8::try_from(self.level).unwrap_or(8)
    }

    fn rows(&self) -> usize {
        self.codewords.len() / self.columns
    }

    /// Width in modules and height in rows.
    pub(crate) fn modules(&self) -> (usize, usize) {
        // Start, two row indicators, stop.
        (17 * self.columns + 17 + 2 * 17 + 18, self.rows())
    }

    /// Its dots: a module so many dots wide, a row so many modules high, so many white modules around.
    pub(crate) fn draw(&self, module: usize, row_height: usize, quiet: usize) -> Bitmap {
        let (width, rows) = self.modules();
        let border = quiet * module;
        let row_dots = row_height * module;
        let mut bitmap = Bitmap::new(width * module + 2 * border, rows * row_dots + 2 * border);
        for row in 0..rows {
            let mut line = Bitmap::new(bitmap.width(), 1);
            let bars = self.bars(row);
            for at in bars.iter().enumerate().filter_map(|(at, black)| black.then_some(at)) {
                (0..module).for_each(|x| line.blacken(border + at * module + x, 0));
            }
            for y in 0..row_dots {
                bitmap.row_mut(border + row * row_dots + y).copy_from_slice(line.row(0));
            }
        }
        bitmap
    }

    /// The modules of a row, black ones true.
    fn bars(&self, row: usize) -> Vec<bool> {
        let (left, right) = self.indicators(row);
        let mut modules = Vec::with_capacity(self.modules().0);
        push(&mut modules, 0b1_1111_1110_1010_1000, 17);
        push(&mut modules, pattern(row % 3, left), 17);
        for codeword in &self.codewords[row * self.columns..(row + 1) * self.columns] {
            push(&mut modules, pattern(row % 3, usize::from(*codeword)), 17);
        }
        push(&mut modules, pattern(row % 3, right), 17);
        push(&mut modules, 0b11_1111_1010_0010_1001, 18);
        modules
    }

    /// What stands at both ends of a row: its number, and by turns rows, level and columns of the whole.
    fn indicators(&self, row: usize) -> (usize, usize) {
        let rows = (self.rows() - 1) / 3;
        let level = self.level * 3 + (self.rows() - 1) % 3;
        let columns = self.columns - 1;
        let (left, right) = match row % 3 {
            0 => (rows, columns),
            1 => (level, rows),
            _ => (columns, level),
        };
        (30 * (row / 3) + left, 30 * (row / 3) + right)
    }
}

/// Columns that make a code of rows three modules high about three times as wide as high.
fn balanced(codewords: usize) -> usize {
    let shape = |columns: usize| {
        let rows = codewords.div_ceil(columns).max(*ROWS.start());
        (17 * columns + 69).abs_diff(rows * 9)
    };
    (1..=30)
        .filter(|columns| codewords.div_ceil(*columns) <= 90)
        .min_by_key(|c| shape(*c))
        .unwrap_or(30)
}

/// The level that the standard recommends for so many codewords.
fn recommended(codewords: usize) -> usize {
    match codewords {
        ..=40 => 2,
        41..=160 => 3,
        161..=320 => 4,
        _ => 5,
    }
}

/// The remainder of the data, taken as a polynomial over the field of 929, by the product of (x - 3^i).
fn error_correction(data: &[u16], count: usize) -> Vec<u16> {
    let mut generator = vec![0_u32; count + 1];
    generator[0] = 1;
    let mut root = 1;
    for degree in 1..=count {
        root = root * 3 % FIELD;
        for at in (1..=degree).rev() {
            generator[at] = (generator[at] + (FIELD - root) * generator[at - 1]) % FIELD;
        }
    }
    let mut remainder = vec![0_u32; count];
    for codeword in data {
        let factor = (u32::from(*codeword) + remainder[0]) % FIELD;
        remainder.rotate_left(1);
        remainder[count - 1] = 0;
        for (rest, coefficient) in remainder.iter_mut().zip(&generator[1..]) {
            *rest = (*rest + (FIELD - factor) * coefficient) % FIELD;
        }
    }
    // Below the field's size, hence within 16 bits.
    remainder.iter().map(|rest| u16::try_from((FIELD - rest) % FIELD).unwrap_or(0)).collect()
}

fn push(modules: &mut Vec<bool>, bits: u32, count: usize) {
    modules.extend((0..count).rev().map(|bit| bits >> bit & 1 == 1));
}

/// The 17 modules of a codeword in one of the three clusters (ISO/IEC 15438, annex A). The first module is always black and the
/// last one white; the file has the fifteen between, as hexadecimal numbers.
fn pattern(cluster: usize, codeword: usize) -> u32 {
    const PATTERNS: &str = include_str!("patterns.hex");
    const DIGITS: usize = 5;
    let at = (cluster * 929 + codeword) * DIGITS;
    let inner = PATTERNS.get(at..at + DIGITS - 1).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    1 << 16 | inner.unwrap_or(0) << 1
}
