//! From a command's bytes to its meaning.

use super::{
    Align, BarcodeLook, Command, Cut, CutKind, DLE, ESC, FS, Feed, GS, Page, Place, RealTime,
    Style, Switch,
};

/// The command that begins with these bytes. `None`: in no table.
pub(super) fn command(bytes: &[u8]) -> Option<Command> {
    let [lead, opcode, parameters @ ..] = bytes else { return None };
    super::table::shape_of(*lead, *opcode)?;
    Some(match *lead {
        ESC => esc(*opcode, parameters),
        GS => gs(*opcode, parameters),
        FS => fs(*opcode, parameters),
        _ => Command::Other,
    })
}

fn esc(opcode: u8, parameters: &[u8]) -> Command {
    match (opcode, parameters) {
        (b'@', _) => Command::Init,
        (b'=', [n, ..]) => Command::Select(*n),
        (b't', [n, ..]) => Command::CodePage(*n),
        (b'i', _) => Command::Cut(Cut { kind: CutKind::Full, feed: None }),
        (b'm', _) => Command::Cut(Cut { kind: CutKind::Partial, feed: None }),
        (b'p', [pin, on, off, ..]) => Command::Drawer { pin: *pin, on: *on, off: *off },
        (b'd', [n, ..]) => Command::Feed(Feed::Lines(*n)),
        (b'J', [n, ..]) => Command::Feed(Feed::Units(*n)),
        (b'e' | b'K', [n, ..]) => Command::Feed(Feed::Back(*n)),
        (b'*', [mode, low, high, ..]) => bit_image(*mode, word(*low, *high)),
        (b'B' | b'C', _) => Command::Buzzer,
        (b'Z', _) => Command::Symbol { kind: 49, function: 81 },
        (b'2', _) => Command::Style(Style::LineSpacing(None)),
        (b'3', [n, ..]) => Command::Style(Style::LineSpacing(Some(*n))),
        (b'a', [n, ..]) => Command::Style(Style::Align(align(*n))),
        (b'E' | b'G', [n, ..]) => Command::Style(Style::Bold(lowest_bit(*n))),
        (b'-', [n, ..]) => Command::Style(Style::Underline(thickness(*n))),
        (b'!', [n, ..]) => Command::Style(Style::Mode(*n)),
        (b'M', [n, ..]) => Command::Style(Style::Font(*n)),
        (b'{', [n, ..]) => Command::Style(Style::UpsideDown(lowest_bit(*n))),
        (b'V', [n, ..]) => Command::Style(Style::Rotated(not_zero(*n))),
        (b'R', [n, ..]) => Command::Style(Style::International(*n)),
        (b' ', [n, ..]) => Command::Style(Style::Spacing(*n)),
        (b'D', _) => Command::TabStops,
        _ => place_or_page(opcode, parameters),
    }
}

fn place_or_page(opcode: u8, parameters: &[u8]) -> Command {
    match (opcode, parameters) {
        (b'$', [low, high, ..]) => Command::Place(Place::Column(u16::from_le_bytes([*low, *high]))),
        (b'\\', [low, high, ..]) => {
            Command::Place(Place::ColumnBy(i16::from_le_bytes([*low, *high])))
        }
        (b'L', _) => Command::Page(Page::Enter),
        (b'S', _) => Command::Page(Page::Leave),
        (0x0C, _) => Command::Page(Page::Print),
        (b'T', [n, ..]) => Command::Page(Page::Direction(*n)),
        (b'W', [x, xh, y, yh, width, wh, height, hh, ..]) => Command::Page(Page::Area {
            x: u16::from_le_bytes([*x, *xh]),
            y: u16::from_le_bytes([*y, *yh]),
            width: u16::from_le_bytes([*width, *wh]),
            height: u16::from_le_bytes([*height, *hh]),
        }),
        _ => Command::Other,
    }
}

fn fs(opcode: u8, parameters: &[u8]) -> Command {
    match (opcode, parameters) {
        (b'&', _) => Command::KanjiMode(Switch::On),
        (b'.', _) => Command::KanjiMode(Switch::Off),
        (b'!', [n, ..]) => Command::Style(Style::KanjiMode(*n)),
        (b'-', [n, ..]) => Command::Style(Style::KanjiUnderline(thickness(*n))),
        (b'W', [n, ..]) => Command::Style(Style::KanjiLarge(lowest_bit(*n))),
        (b'S', [left, right, ..]) => Command::Style(Style::KanjiSpacing(*left, *right)),
        (b'p', [n, ..]) => Command::PrintStored(*n),
        _ => Command::Other,
    }
}

fn gs(opcode: u8, parameters: &[u8]) -> Command {
    match (opcode, parameters) {
        (b'V', [mode, rest @ ..]) => cut(*mode, rest.first().copied()),
        (b'r', [n, ..]) => Command::StatusRequest(*n),
        (b'a', [n, ..]) => Command::AutoStatus(*n),
        (b'I', [n, ..]) => Command::PrinterId(*n),
        (b'(', [b'H', 6, 0, 48, 48, a, b, c, d, ..]) => Command::Confirm([*a, *b, *c, *d]),
        (b'(', [b'k', _, _, kind, function, ..]) => {
            Command::Symbol { kind: *kind, function: *function }
        }
        (b'(', [b'L', _, _, graphics @ ..]) => stored_raster(graphics),
        (b'8', [b'L', _, _, _, _, graphics @ ..]) => stored_raster(graphics),
        (b'v', [b'0', _, xl, xh, yl, yh, ..]) => {
            Command::Raster { width_bytes: word(*xl, *xh), rows: word(*yl, *yh) }
        }
        (b'Q', [b'0', _, xl, xh, yl, yh, ..]) => {
            Command::BitImage { columns: word(*xl, *xh), rows: word(*yl, *yh) * 8 }
        }
        (b'k', [kind, ..]) => Command::Barcode(*kind),
        (b'B', [n, ..]) => Command::Style(Style::Inverse(lowest_bit(*n))),
        (b'!', [n, ..]) => {
            Command::Style(Style::Size { width: (n >> 4 & 7) + 1, height: (n & 7) + 1 })
        }
        (b'*', [x, y, ..]) => {
            Command::DefineImage { columns: usize::from(*x) * 8, rows: usize::from(*y) * 8 }
        }
        (b'/', [m, ..]) => Command::PrintImage(*m),
        (b'h', [n, ..]) => Command::BarcodeLook(BarcodeLook::Height(*n)),
        (b'w', [n, ..]) => Command::BarcodeLook(BarcodeLook::Width(*n)),
        (b'H', [n, ..]) => Command::BarcodeLook(BarcodeLook::Text(digit(*n))),
        (b'f', [n, ..]) => Command::BarcodeLook(BarcodeLook::Font(digit(*n))),
        _ => gs_place(opcode, parameters),
    }
}

fn gs_place(opcode: u8, parameters: &[u8]) -> Command {
    let &[low, high, ..] = parameters else { return Command::Other };
    let value = u16::from_le_bytes([low, high]);
    match opcode {
        b'L' => Command::Place(Place::LeftMargin(value)),
        b'W' => Command::Place(Place::Width(value)),
        b'$' => Command::Place(Place::Row(value)),
        b'\\' => Command::Place(Place::RowBy(i16::from_le_bytes([low, high]))),
        b'P' => Command::Place(Place::Units { across: low, down: high }),
        _ => Command::Other,
    }
}

fn cut(mode: u8, feed: Option<u8>) -> Command {
    let kind = match mode {
        0 | 48 | 65 | 97 | 103 => CutKind::Full,
        1 | 49 | 66 | 98 | 104 => CutKind::Partial,
        _ => return Command::Other,
    };
    Command::Cut(Cut { kind, feed })
}

/// `m fn a bx by c xL xH yL yH`, with x in dots.
fn stored_raster(graphics: &[u8]) -> Command {
    match graphics {
        [48, 112, _, _, _, _, xl, xh, yl, yh, ..] => {
            Command::Raster { width_bytes: word(*xl, *xh).div_ceil(8), rows: word(*yl, *yh) }
        }
        [_, function, ..] => Command::Graphics(*function),
        _ => Command::Other,
    }
}

fn bit_image(mode: u8, columns: usize) -> Command {
    match mode {
        0..=7 => Command::BitImage { columns, rows: 8 },
        32..=40 => Command::BitImage { columns, rows: 24 },
        71..=73 => Command::BitImage { columns, rows: 48 },
        _ => Command::Other,
    }
}

/// The real-time command of these bytes, which are complete.
pub(super) fn real_time(bytes: &[u8]) -> Option<RealTime> {
    Some(match bytes {
        [DLE, 0x04, n, ..] => RealTime::Status(*n),
        [DLE, 0x05, n] => RealTime::Recover(*n),
        [DLE, 0x14, 1, pin, time] => RealTime::Pulse { pin: *pin, time: *time },
        [DLE, 0x14, 2, ..] => RealTime::PowerOff,
        [DLE, 0x14, 8, ..] => RealTime::ClearBuffers,
        [DLE, 0x14, ..] => RealTime::Other,
        _ => return None,
    })
}

fn word(low: u8, high: u8) -> usize {
    usize::from(low) | usize::from(high) << 8
}

fn align(n: u8) -> Align {
    match n {
        1 | 49 => Align::Centre,
        2 | 50 => Align::Right,
        _ => Align::Left,
    }
}

fn lowest_bit(n: u8) -> Switch {
    if n & 1 == 1 { Switch::On } else { Switch::Off }
}

/// `0` and `48` mean the same in most parameters, and so on.
fn digit(n: u8) -> u8 {
    if n >= 48 { n - 48 } else { n }
}

fn thickness(n: u8) -> u8 {
    if digit(n) > 2 { 0 } else { digit(n) }
}

fn not_zero(n: u8) -> Switch {
    if matches!(n, 0 | 48) { Switch::Off } else { Switch::On }
}
