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

    /// All packed rows, one after another.
    pub fn packed(&self) -> &[u8] {
        &self.rows
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
        for y in 0..other.height {
            for x in (0..other.width).filter(|x| other.is_black(*x, y)) {
                self.blacken(left.saturating_add(x), top.saturating_add(y));
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
