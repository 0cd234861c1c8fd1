//! How far the open command reaches, as far as its bytes tell.

use super::table::{Shape, data_bytes, shape_of};

/// What the bytes of an open command say about its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// At least one more byte is needed to know.
    Open,
    /// It has this many bytes.
    Total(usize),
    /// It is over, and its last byte is not part of it.
    EndedBefore,
    /// Its head is complete, and groups follow.
    Groups(Groups),
}

/// Parts of a command that each begin with their own size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Groups {
    pub(super) unit: Unit,
    /// How many are still to come.
    pub(super) left: usize,
}

/// What such a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// One byte of width, then as many columns of `height` bytes.
    Glyph { height: usize },
    /// Width and height in units of 8 dots, then the dots.
    Image,
}

impl Unit {
    /// Bytes that say the size.
    pub(super) fn head(self) -> usize {
        match self {
            Unit::Glyph { .. } => 1,
            Unit::Image => 4,
        }
    }

    /// Bytes after them.
    pub(super) fn data(self, head: &[u8]) -> usize {
        let at = |index: usize| head.get(index).copied().map_or(0, usize::from);
        match self {
            Unit::Glyph { height } => height * at(0),
            Unit::Image => (at(0) | at(1) << 8) * (at(2) | at(3) << 8) * 8,
        }
    }
}

/// The extent of the command whose bytes begin so. Only the newest byte is looked at where the command has no length.
pub(super) fn extent(bytes: &[u8]) -> Extent {
    let [lead, opcode, parameters @ ..] = bytes else { return Extent::Open };
    match shape_of(*lead, *opcode) {
        Some(shape) => within(shape, parameters).after_opcode(),
        // A printer drops a lone lead byte; a control byte behind it keeps its own meaning.
        None if *opcode < 0x20 || *lead == super::DLE => Extent::EndedBefore,
        None => Extent::Total(2),
    }
}

fn within(shape: Shape, parameters: &[u8]) -> Extent {
    match shape {
        Shape::Fixed(count) => Extent::Total(count),
        Shape::Sized { head, fields, scale, less } if parameters.len() >= head => Extent::Total(
            head.saturating_add(data_bytes(fields, parameters, scale)) - less.min(head),
        ),
        Shape::Sized { .. } => Extent::Open,
        Shape::ByFirst(rows) => choose(rows, parameters, Extent::Total(1)),
        Shape::OnlyFirst(rows) => choose(rows, parameters, Extent::EndedBefore),
        Shape::NulEnded { head, most } => nul_ended(parameters, head, most),
        Shape::Tabs => tabs(parameters),
        Shape::Fields(count) => fields(parameters, count),
        Shape::Glyphs => match parameters {
            [height, first, last, ..] => Extent::Groups(Groups {
                unit: Unit::Glyph { height: usize::from(*height) },
                left: (usize::from(*last) + 1).saturating_sub(usize::from(*first)),
            }),
            _ => Extent::Open,
        },
        Shape::Images => match parameters {
            [count, ..] => Extent::Groups(Groups { unit: Unit::Image, left: usize::from(*count) }),
            [] => Extent::Open,
        },
    }
}

fn choose(rows: &[(u8, u8, Shape)], parameters: &[u8], otherwise: Extent) -> Extent {
    let Some(first) = parameters.first() else { return Extent::Open };
    rows.iter()
        .find(|(low, high, _)| (low..=high).contains(&first))
        .map_or(otherwise, |(.., shape)| within(*shape, parameters))
}

fn nul_ended(parameters: &[u8], head: usize, most: usize) -> Extent {
    match parameters.len().checked_sub(head) {
        None | Some(0) => Extent::Open,
        Some(data) if parameters.last() == Some(&0) || data >= most => {
            Extent::Total(parameters.len())
        }
        Some(_) => Extent::Open,
    }
}

fn tabs(positions: &[u8]) -> Extent {
    match positions {
        [.., 0] => Extent::Total(positions.len()),
        [.., before, last] if last <= before => Extent::EndedBefore,
        _ if positions.len() > 32 => Extent::EndedBefore,
        _ => Extent::Open,
    }
}

fn fields(parameters: &[u8], count: usize) -> Extent {
    let texts = parameters.get(1..).unwrap_or_default();
    match texts.last() {
        Some(b'0'..=b'9') if texts.len() <= count * 6 => Extent::Open,
        Some(b';') if texts.iter().filter(|byte| **byte == b';').count() == count => {
            Extent::Total(parameters.len())
        }
        Some(b';') | None => Extent::Open,
        Some(_) => Extent::EndedBefore,
    }
}

impl Extent {
    fn after_opcode(self) -> Extent {
        match self {
            Extent::Total(count) => Extent::Total(count.saturating_add(2)),
            other => other,
        }
    }
}
