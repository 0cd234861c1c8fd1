//! A band of paper that is being printed.

use crate::Bitmap;
use crate::paper::Picture;

/// Some rows of the paper's dots. Places are those of the whole paper; what lies beyond the band is left out.
pub(super) struct Canvas {
    bitmap: Bitmap,
    top: usize,
}

/// What drawing does to the dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Makes them black.
    Black,
    /// Makes them white.
    White,
}

impl Canvas {
    pub(super) fn new(width: usize, top: usize, height: usize) -> Canvas {
        Canvas { bitmap: Bitmap::new(width, height), top }
    }

    /// The packed dots of a row, counted from the top of the band.
    pub(super) fn row(&self, y: usize) -> &[u8] {
        self.bitmap.row(y)
    }

    pub(super) fn bitmap(&self) -> &Bitmap {
        &self.bitmap
    }

    /// The rows of something at that place that lie in the band, with the band's row of each.
    fn rows(&self, top: usize, height: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (band, rows) = (self.top, self.bitmap.height());
        let first = band.saturating_sub(top).min(height);
        let last = (band + rows).saturating_sub(top).min(height);
        (first..last).map(move |y| (y, top + y - band))
    }

    /// Draws the black dots of a bitmap.
    pub(super) fn stamp(&mut self, other: &Bitmap, left: usize, top: usize, ink: Ink) {
        let (skip, shift) = (left / 8, left % 8);
        for (from, to) in self.rows(top, other.height()) {
            let target = self.bitmap.row_mut(to).iter_mut().skip(skip);
            let source = other.row(from);
            let mut carry = 0u8;
            for (target, byte) in target.zip(source.iter().copied().chain([0])) {
                let dots = carry | byte >> shift;
                carry = if shift == 0 { 0 } else { byte << (8 - shift) };
                match ink {
                    Ink::Black => *target |= dots,
                    Ink::White => *target &= !dots,
                }
            }
        }
    }

    /// Blackens a rectangle.
    pub(super) fn fill(&mut self, left: usize, top: usize, width: usize, height: usize) {
        let right = (left + width).min(self.bitmap.width());
        for (_, to) in self.rows(top, height) {
            let row = self.bitmap.row_mut(to);
            for (at, byte) in row.iter_mut().enumerate().take(right.div_ceil(8)).skip(left / 8) {
                let mut mask = 0xFF;
                if at * 8 < left {
                    mask &= 0xFF >> (left - at * 8);
                }
                if at * 8 + 8 > right {
                    mask &= 0xFFu8.checked_shl((at * 8 + 8 - right) as u32).unwrap_or(0);
                }
                *byte |= mask;
            }
        }
    }

    /// Draws a picture in its scale.
    pub(super) fn picture(&mut self, picture: &Picture, left: usize, top: usize) {
        if picture.scale == (1, 1) {
            return self.stamp(&picture.bitmap, left, top, Ink::Black);
        }
        let (across, down) = picture.scale;
        let width = picture.width().min(self.bitmap.width().saturating_sub(left));
        for (from, to) in self.rows(top, picture.height()) {
            let wide = widened(picture.bitmap.row(from / down), across, width);
            let row = self.top + to;
            self.stamp(&wide, left, row, Ink::Black);
        }
    }
}

/// One row of dots, each so many times as wide.
fn widened(row: &[u8], times: usize, width: usize) -> Bitmap {
    let mut wide = Bitmap::new(width, 1);
    for x in 0..width {
        let at = x / times;
        if row.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0) {
            wide.blacken(x, 0);
        }
    }
    wide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_takes_what_lies_in_it() {
        let mut dots = Bitmap::new(9, 2);
        (0..9).for_each(|x| dots.blacken(x, 1));
        let mut canvas = Canvas::new(16, 10, 4);
        canvas.stamp(&dots, 3, 9, Ink::Black);
        assert_eq!(canvas.row(0), [0x1F, 0xF0]);
        canvas.fill(0, 0, 5, 13);
        assert_eq!((canvas.row(2), canvas.row(3)), ([0xF8, 0].as_slice(), [0, 0].as_slice()));
        canvas.fill(10, 13, 99, 99);
        assert_eq!(canvas.row(3), [0, 0x3F]);
        canvas.stamp(&dots, 8, 12, Ink::White);
        assert_eq!(canvas.row(3), [0, 0]);
    }
}
