//! Dots: what a picture is for a receipt printer.

/// A picture of black dots on white paper, packed as `GS v 0` wants it: rows from the top, eight dots a byte, the leftmost
/// dot in the highest bit. Dots beyond the width are white.
#[derive(Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    rows: Vec<u8>,
}

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap({}×{})", self.width, self.height)
    }
}

impl Bitmap {
    /// White paper of that size in dots.
    pub fn new(width: usize, height: usize) -> Bitmap {
        Bitmap { width, height, rows: vec![0; width.div_ceil(8) * height] }
    }

    /// A picture of these packed rows; missing ones are white, and those beyond the height go.
    pub fn from_packed(width: usize, height: usize, mut rows: Vec<u8>) -> Bitmap {
        rows.resize(width.div_ceil(8) * height, 0);
        Bitmap { width, height, rows }
    }

    /// Dots from left to right.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Dots from top to bottom.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes of one row.
    pub fn row_bytes(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// The packed dots of one row; empty beyond the last one.
    pub fn row(&self, y: usize) -> &[u8] {
        let bytes = self.row_bytes();
        self.rows.get(y * bytes..(y + 1) * bytes).unwrap_or_default()
    }

    /// The packed dots of one row, to be written; dots beyond the width have to stay white.
    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        let bytes = self.row_bytes();
        self.rows.get_mut(y * bytes..(y + 1) * bytes).unwrap_or_default()
    }

    /// The packed dots of every row from the top, to be written likewise.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        let bytes = self.row_bytes().max(1);
        self.rows.chunks_exact_mut(bytes)
    }

    /// All packed rows, one after another.
    pub fn packed(&self) -> &[u8] {
        &self.rows
    }

    /// Whether no dot is black.
    pub fn is_white(&self) -> bool {
        self.rows.iter().all(|byte| *byte == 0)
    }

    /// Whether the dot is black; white beyond the edges.
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width && self.row(y).get(x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// Blackens a dot; beyond the edges nothing happens.
    pub fn blacken(&mut self, x: usize, y: usize) {
        if x < self.width
            && let Some(byte) = self.row_mut(y).get_mut(x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    /// Blackens every dot here that is black there, with that picture's left upper corner at this place.
    pub fn stamp(&mut self, other: &Bitmap, left: usize, top: usize) {
        if let (Ok(left), Ok(top)) = (i32::try_from(left), i32::try_from(top)) {
            self.stamp_at(other, left, top);
        }
    }

    /// The same, where the corner may lie beyond the edges.
    pub(crate) fn stamp_at(&mut self, other: &Bitmap, left: i32, top: i32) {
        self.overlay(other, left, top, |here, there| here | there);
    }

    /// Whitens every dot here that is black there.
    pub(crate) fn whiten_at(&mut self, other: &Bitmap, left: i32, top: i32) {
        self.overlay(other, left, top, |here, there| here & !there);
    }

    /// Blackens the dots from a column and a row up to others; what lies beyond the edges is left out.
    pub(crate) fn fill(&mut self, left: i32, right: i32, top: i32, bottom: i32) {
        let inside = |at: i32| usize::try_from(at).unwrap_or(0);
        for y in inside(top)..inside(bottom).min(self.height) {
            for x in inside(left)..inside(right).min(self.width) {
                self.blacken(x, y);
            }
        }
    }

    /// Combines the bytes of both, those of the other one moved to their place.
    fn overlay(&mut self, other: &Bitmap, left: i32, top: i32, combine: impl Fn(u8, u8) -> u8) {
        let shift = left.rem_euclid(8);
        let first = left.div_euclid(8);
        let last_dots = match self.width % 8 {
            0 => 0xff,
            dots => 0xffu8 << (8 - dots),
        };
        for y in 0..other.height {
            let Some(at) = i32::try_from(y).ok().and_then(|y| usize::try_from(top + y).ok()) else {
                continue;
            };
            let row = self.row_mut(at);
            let Some(last) = row.len().checked_sub(1) else { continue };
            for (index, byte) in (0..).zip(other.row(y)) {
                let moved = u16::from(*byte) << (8 - shift);
                for (byte, column) in
                    [(moved >> 8, first + index), (moved & 0xff, first + index + 1)]
                {
                    let byte = byte as u8;
                    if let Some(column) = usize::try_from(column).ok().filter(|_| byte != 0)
                        && let Some(here) = row.get_mut(column)
                    {
                        let kept = if column == last { last_dots } else { 0xff };
                        *here = combine(*here, byte & kept);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_packed_from_the_left() {
        let mut bitmap = Bitmap::new(10, 2);
        bitmap.blacken(0, 0);
        bitmap.blacken(9, 1);
        bitmap.blacken(10, 1);
        bitmap.blacken(0, 2);
        assert_eq!(bitmap.packed(), [0x80, 0, 0, 0x40]);
        assert!(bitmap.is_black(9, 1) && !bitmap.is_black(8, 1) && !bitmap.is_black(10, 1));
    }

    #[test]
    fn a_stamp_stays_within_the_edges() {
        let mut paper = Bitmap::new(4, 4);
        let mut dot = Bitmap::new(2, 2);
        dot.blacken(0, 0);
        dot.blacken(1, 1);
        paper.stamp(&dot, 3, 3);
        assert_eq!(paper.packed(), [0, 0, 0, 0x10]);
    }
}
