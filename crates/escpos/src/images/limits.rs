//! How much a picture may be.

/// Bytes of a picture's file.
pub(crate) const BYTES: usize = 16 << 20;
/// Dots of a picture, by its header.
pub(crate) const PIXELS: u64 = 40_000_000;
/// Dots of a picture whose decoder keeps more than the decoded picture: JPEG (coefficients of progressive ones) and WebP.
pub(crate) const PIXELS_OF_HUNGRY: u64 = 16_000_000;
/// Dots from one side to the other, and from top to bottom: as much as a JPEG can say. Scaling keeps sums for each column.
pub(crate) const SIDE: u32 = 65_535;
/// Bytes of a decoded picture.
pub(crate) const DECODED: u64 = 100 << 20;
/// Rows of dots of one picture on paper: 4 m at 203 dpi.
pub(crate) const ROWS: usize = 32_000;

/// The height that goes with a width; at least one row.
pub(crate) fn scaled_rows(width: usize, height: usize, to_width: usize) -> usize {
    if width == 0 || width == to_width {
        return height;
    }
    ((height as u64 * to_width as u64 + width as u64 / 2) / width as u64).max(1) as usize
}
