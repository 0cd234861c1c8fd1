//! From a command's bytes to its meaning.

use super::{Align, Command, Cut, CutKind, DLE, ESC, FS, Feed, GS, RealTime, Style, Switch};

/// The command that begins with these bytes. `None`: in no table.
pub(super) fn command(bytes: &[u8]) -> Option<Command> {
    let [lead, opcode, parameters @ ..] = bytes else { return None };
    super::table::shape_of(*lead, *opcode)?;
    Some(match *lead {
        ESC => esc(*opcode, parameters),
        GS => gs(*opcode, parameters),
        FS => match opcode {
            b'&' => Command::KanjiMode(Switch::On),
            b'.' => Command::KanjiMode(Switch::Off),
            _ => Command::Other,
        },
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
        (b'-', [n, ..]) => Command::Style(Style::Underline(not_zero(*n))),
        (b'!', [n, ..]) => Command::Style(Style::Mode(*n)),
        (b'M', [n, ..]) => Command::Style(Style::Font(*n)),
        (b'{', [n, ..]) => Command::Style(Style::UpsideDown(lowest_bit(*n))),
        (b'V', [n, ..]) => Command::Style(Style::Rotated(not_zero(*n))),
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

fn not_zero(n: u8) -> Switch {
    if matches!(n, 0 | 48) { Switch::Off } else { Switch::On }
}
