//! How long each command is, as data.
//!
//! The lengths are those of Epson's ESC/POS command reference, with the few commands that Chinese clones add (`ESC B`, `ESC C`,
//! `ESC Z`, `ESC 9`, `ESC 7`). A new command is a new row.

use super::{DLE, ESC, FS, GS};

/// How the bytes after the opcode of a command are counted. Indexes count from the first byte after the opcode.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// This many parameters, nothing else.
    Fixed(usize),
    /// A head of this many bytes whose fields, multiplied and scaled, give the number of data bytes, less the bytes of the data
    /// that belong to the head.
    Sized { head: usize, fields: &'static [Field], scale: usize, less: usize },
    /// The first byte decides. The rows are first value, last value, shape; a value in no row ends the command.
    ByFirst(&'static [(u8, u8, Shape)]),
    /// The first byte decides; a value in no row is not part of the command.
    OnlyFirst(&'static [(u8, u8, Shape)]),
    /// A head of this many bytes, then data up to a NUL, at most so many bytes.
    NulEnded { head: usize, most: usize },
    /// Rising tab positions up to a NUL, at most 32 (`ESC D`).
    Tabs,
    /// Decimal fields, each closed by a semicolon, after a head of one byte (`GS C ;`).
    Fields(usize),
    /// Height, first and last character, then a width and its bytes for every character (`ESC &`).
    Glyphs,
    /// A number, then so many images, each with its size (`FS q`).
    Images,
}

/// A little-endian number in the head of a command.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field {
    /// One byte.
    U8(usize),
    /// Two bytes, low first.
    U16(usize),
    /// Four bytes, low first.
    U32(usize),
}

use Field::{U8, U16, U32};
use Shape::{ByFirst, Fields, Fixed, Glyphs, Images, NulEnded, OnlyFirst, Sized, Tabs};

const fn sized(head: usize, fields: &'static [Field], scale: usize) -> Shape {
    Sized { head, fields, scale, less: 0 }
}

/// `( x pL pH data`
const PARENTHESIS: Shape = sized(3, &[U16(1)], 1);

/// `ESC *`: 8-dot columns, 24-dot columns; the ranges beyond Epson's 0, 1, 32, 33 are ESC/P's densities.
const BIT_IMAGE: Shape = ByFirst(&[
    (0, 7, sized(3, &[U16(1)], 1)),
    (32, 40, sized(3, &[U16(1)], 3)),
    (71, 73, sized(3, &[U16(1)], 6)),
]);

/// Rows of opcode and shape, sorted by opcode.
type Rows = &'static [(u8, Shape)];

const ESC_ROWS: Rows = &[
    (0x0C, Fixed(0)), // print page
    (b' ', Fixed(1)), // character spacing
    (b'!', Fixed(1)), // print mode
    (b'$', Fixed(2)), // absolute position
    (b'%', Fixed(1)), // user-defined characters on or off
    (b'&', Glyphs),
    (b'(', PARENTHESIS),
    (b'*', BIT_IMAGE),
    (b'-', Fixed(1)), // underline
    (b'2', Fixed(0)), // default line spacing
    (b'3', Fixed(1)), // line spacing
    (b'7', Fixed(3)), // heating (portable clones)
    (b'9', Fixed(1)), // character coding (clones)
    (b'<', Fixed(0)), // return home
    (b'=', Fixed(1)), // peripheral select
    (b'?', Fixed(1)), // cancel user-defined character
    (b'@', Fixed(0)), // initialise
    (b'B', Fixed(2)), // buzzer (clones)
    (b'C', Fixed(3)), // buzzer and light (clones)
    (b'D', Tabs),
    (b'E', Fixed(1)),               // bold
    (b'G', Fixed(1)),               // double strike
    (b'J', Fixed(1)),               // feed dots
    (b'K', Fixed(1)),               // feed back dots
    (b'L', Fixed(0)),               // page mode
    (b'M', Fixed(1)),               // font
    (b'R', Fixed(1)),               // international characters
    (b'S', Fixed(0)),               // standard mode
    (b'T', Fixed(1)),               // direction in page mode
    (b'U', Fixed(1)),               // one direction
    (b'V', Fixed(1)),               // rotation
    (b'W', Fixed(8)),               // area in page mode
    (b'Z', sized(5, &[U16(3)], 1)), // QR code (clones)
    (b'\\', Fixed(2)),              // relative position
    (b'a', Fixed(1)),               // alignment
    (b'c', Fixed(2)),               // paper sensors, panel buttons, sheet
    (b'd', Fixed(1)),               // feed lines
    (b'e', Fixed(1)),               // feed back lines
    (b'f', Fixed(2)),               // waiting for a slip
    (b'i', Fixed(0)),               // cut, obsolete
    (b'm', Fixed(0)),               // partial cut, obsolete
    (b'p', Fixed(3)),               // drawer
    (b'r', Fixed(1)),               // colour
    (b't', Fixed(1)),               // code page
    (b'u', Fixed(1)),               // peripheral status
    (b'v', Fixed(0)),               // paper status
    (b'{', Fixed(1)),               // upside down
];

const FS_ROWS: Rows = &[
    (b'!', Fixed(1)), // Kanji print mode
    (b'&', Fixed(0)), // Kanji mode on
    (b'(', PARENTHESIS),
    (b'-', Fixed(1)),  // Kanji underline
    (b'.', Fixed(0)),  // Kanji mode off
    (b'2', Fixed(74)), // user-defined Kanji, 24 x 24
    (b'?', Fixed(2)),  // cancel user-defined Kanji
    (b'C', Fixed(1)),  // Kanji code system
    (b'S', Fixed(2)),  // Kanji spacing
    (b'W', Fixed(1)),  // Kanji quadruple size
    (b'g', ByFirst(&[(b'1', b'1', sized(8, &[U16(6)], 1)), (b'2', b'2', Fixed(8))])),
    (b'p', Fixed(2)), // print stored bit image
    (b'q', Images),
];

const GS_ROWS: Rows = &[
    (b'!', Fixed(1)), // size
    (b'$', Fixed(2)), // vertical position
    (b'(', PARENTHESIS),
    (b'*', sized(2, &[U8(0), U8(1)], 8)),
    (b'/', Fixed(1)),               // print downloaded image
    (b'8', sized(5, &[U32(1)], 1)), // 8 L, with a long length
    (b':', Fixed(0)),               // macro
    (b'B', Fixed(1)),               // inverse
    (
        b'C', // counters
        ByFirst(&[
            (0, 0, Fixed(3)),
            (1, 1, Fixed(7)),
            (2, 2, Fixed(3)),
            (b'0', b'0', Fixed(3)),
            (b'1', b'1', Fixed(7)),
            (b'2', b'2', Fixed(3)),
            (b';', b';', Fields(5)),
        ]),
    ),
    // A Windows bitmap, which says its own size: the first six of its bytes are in the head.
    (b'D', Sized { head: 13, fields: &[U32(9)], scale: 1, less: 6 }),
    (b'E', Fixed(1)), // head control
    (b'H', Fixed(1)), // place of the readable barcode text
    (b'I', Fixed(1)), // printer ID
    (b'L', Fixed(2)), // left margin
    (b'P', Fixed(2)), // motion units
    (b'Q', ByFirst(&[(b'0', b'0', sized(6, &[U16(2), U16(4)], 8))])),
    (b'T', Fixed(1)), // to the beginning of the line
    (
        b'V', // cut
        ByFirst(&[(65, 66, Fixed(2)), (97, 98, Fixed(2)), (103, 104, Fixed(2))]),
    ),
    (b'W', Fixed(2)),  // printable width
    (b'\\', Fixed(2)), // relative vertical position
    (b'^', Fixed(3)),  // run macro
    (b'a', Fixed(1)),  // automatic status
    (b'b', Fixed(1)),  // smoothing
    (b'c', Fixed(0)),  // print counter
    (b'f', Fixed(1)),  // font of the readable barcode text
    (b'g', Fixed(4)),  // maintenance counters
    (b'h', Fixed(1)),  // barcode height
    (b'j', Fixed(1)),  // automatic ink status
    (
        b'k', // barcodes: NUL-ended form, counted form
        ByFirst(&[(0, 6, NulEnded { head: 1, most: 255 }), (65, 79, sized(2, &[U8(1)], 1))]),
    ),
    (b'r', Fixed(1)), // status with the data
    (b'v', ByFirst(&[(b'0', b'0', sized(6, &[U16(2), U16(4)], 1))])),
    (b'w', Fixed(1)), // barcode width
    (b'z', Fixed(3)), // waiting time for recovery
];

/// Real-time commands: DLE EOT n (some n with one more byte), DLE ENQ n, DLE DC4 fn.
const DLE_ROWS: Rows = &[
    (0x04, OnlyFirst(&[(0, 6, Fixed(1)), (7, 8, Fixed(2)), (18, 18, Fixed(2))])),
    (0x05, OnlyFirst(&[(0, 4, Fixed(1))])),
    (
        0x14,
        OnlyFirst(&[
            (1, 1, Fixed(3)), // pulse
            (2, 2, Fixed(3)), // power off
            (3, 3, Fixed(6)), // buzzer
            (7, 7, Fixed(2)), // status
            (8, 8, Fixed(8)), // clear buffers
        ]),
    ),
];

/// The shape of the command that begins with these two bytes.
pub(super) fn shape_of(lead: u8, opcode: u8) -> Option<Shape> {
    let rows = match lead {
        ESC => ESC_ROWS,
        GS => GS_ROWS,
        FS => FS_ROWS,
        DLE => DLE_ROWS,
        _ => return None,
    };
    rows.binary_search_by_key(&opcode, |row| row.0).ok().map(|at| rows[at].1)
}

impl Field {
    fn value(self, head: &[u8]) -> usize {
        let at = |index: usize| head.get(index).copied().map_or(0, usize::from);
        match self {
            U8(index) => at(index),
            U16(index) => at(index) | at(index + 1) << 8,
            U32(index) => {
                at(index) | at(index + 1) << 8 | at(index + 2) << 16 | at(index + 3) << 24
            }
        }
    }
}

/// The product of the fields.
pub(super) fn data_bytes(fields: &[Field], head: &[u8], scale: usize) -> usize {
    fields.iter().fold(scale, |product, field| product.saturating_mul(field.value(head)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted() {
        for rows in [ESC_ROWS, FS_ROWS, GS_ROWS, DLE_ROWS] {
            assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0), "{rows:?}");
        }
    }
}
