//! Rows of dots to a PNG of four greys.

use crate::scan::CutKind;
use std::io::Write as _;

/// White paper beside the printable dots, in dots; the heads of 58 and 80 mm printers are 48 and 72 mm wide.
pub(super) const PAPER_MARGIN: usize = 32;

/// What lies around the paper, in dots.
const AROUND: usize = 16;

/// The greys: print, notes, what lies around the paper, the paper.
const PALETTE: [u8; 12] = [0x18, 0x18, 0x18, 0x88, 0x88, 0x88, 0xD8, 0xD8, 0xD8, 0xFC, 0xFC, 0xFC];
const PRINT: u8 = 0;
const NOTE: u8 = 1;
const BACKDROP: u8 = 2;
const PAPER: u8 = 3;

/// Writes a PNG row by row.
pub(super) struct Rows {
    /// `None`: the picture could not be begun; it stays empty.
    writer: Option<png::StreamWriter<'static, Shared>>,
    out: Shared,
    row: Vec<u8>,
    /// Bytes of a row of printable dots.
    dots: usize,
}

/// Where the bytes go, so that they are still at hand when the writer is done.
#[derive(Clone, Default)]
struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl std::io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Rows {
    /// A picture of paper with so many printable dots, so many rows high.
    pub(super) fn new(dots: usize, height: usize) -> Rows {
        let dots = dots.div_ceil(8);
        let width = dots * 8 + 2 * (PAPER_MARGIN + AROUND);
        let out = Shared::default();
        let writer = writer(out.clone(), width, height).ok();
        Rows { writer, out, row: Vec::with_capacity(width / 4), dots }
    }

    pub(super) fn backdrop(&mut self) {
        let width = self.dots * 2 + (PAPER_MARGIN + AROUND) / 2;
        self.row.resize(width, BACKDROP * 0x55);
        self.write();
    }

    pub(super) fn blank(&mut self) {
        self.ink(&[]);
    }

    pub(super) fn ink(&mut self, dots: &[u8]) {
        self.on_paper(dots, PRINT);
    }

    pub(super) fn note(&mut self, dots: &[u8]) {
        self.on_paper(dots, NOTE);
    }

    /// A row of the gap between two pieces; a partial cut leaves them together in the middle.
    pub(super) fn cut(&mut self, dots: &[u8], kind: CutKind) {
        self.across(dots, NOTE, BACKDROP);
        let middle = self.row.len() / 2;
        if kind == CutKind::Partial {
            self.row[middle - 3..middle + 3].fill(PAPER * 0x55);
        }
        self.write();
    }

    pub(super) fn torn(&mut self, dots: &[u8]) {
        self.across(dots, PAPER, BACKDROP);
        self.write();
    }

    /// The whole PNG.
    pub(super) fn finish(mut self) -> Vec<u8> {
        // Writing to memory does not fail.
        drop(self.writer.take().map(png::StreamWriter::finish));
        self.out.0.take()
    }

    fn on_paper(&mut self, dots: &[u8], ink: u8) {
        self.row.resize(AROUND / 4, BACKDROP * 0x55);
        self.row.resize((AROUND + PAPER_MARGIN) / 4, PAPER * 0x55);
        self.extend(dots, ink, PAPER);
        self.row.resize(self.dots * 2 + (AROUND + 2 * PAPER_MARGIN) / 4, PAPER * 0x55);
        self.row.resize(self.row.len() + AROUND / 4, BACKDROP * 0x55);
        self.write();
    }

    /// Dots as wide as the paper with its margins.
    fn across(&mut self, dots: &[u8], ink: u8, ground: u8) {
        self.row.resize(AROUND / 4, BACKDROP * 0x55);
        self.extend(dots, ink, ground);
        self.row.resize(self.row.len() + AROUND / 4, BACKDROP * 0x55);
    }

    /// Eight dots become two bytes of four pixels.
    fn extend(&mut self, dots: &[u8], ink: u8, ground: u8) {
        for byte in dots {
            let [high, low] = spread(*byte).to_be_bytes();
            let mix = |mask: u8| mask & (ink * 0x55) | !mask & (ground * 0x55);
            self.row.extend([mix(high), mix(low)]);
        }
    }

    fn write(&mut self) {
        if let Some(writer) = &mut self.writer
            && writer.write_all(&self.row).is_err()
        {
            self.writer = None;
        }
        self.row.clear();
    }
}

/// Every bit twice.
fn spread(byte: u8) -> u16 {
    let mut bits = u16::from(byte);
    bits = (bits | bits << 4) & 0x0F0F;
    bits = (bits | bits << 2) & 0x3333;
    bits = (bits | bits << 1) & 0x5555;
    bits | bits << 1
}

fn writer(
    out: Shared,
    width: usize,
    height: usize,
) -> Result<png::StreamWriter<'static, Shared>, png::EncodingError> {
    let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(out, side(width), side(height));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette(PALETTE.as_slice());
    encoder.set_compression(png::Compression::Fast);
    // 203 dots in an inch are 8 in a millimetre.
    let dots = png::PixelDimensions { xppu: 8000, yppu: 8000, unit: png::Unit::Meter };
    encoder.set_pixel_dims(Some(dots));
    encoder.write_header()?.into_stream_writer()
}

#[cfg(test)]
mod tests {
    #[test]
    fn bits_are_doubled() {
        assert_eq!(super::spread(0b1010_0001), 0b1100_1100_0000_0011);
    }
}
