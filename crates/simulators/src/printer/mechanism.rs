//! The part that puts bytes on paper.

use std::time::Instant;

use platen_escpos::{Command, Scanner, Token};

use super::paper::Paper;

pub(super) struct Mechanism {
    pub(super) paper: Paper,
    pub(super) drawer_kicks: u64,
    pub(super) last_printed: Option<Instant>,
    scanner: Scanner,
    /// Bytes that were taken but that the scanner has not told yet: a command's beginning.
    open: Vec<u8>,
    /// How many of those have been counted as printed.
    counted_open: usize,
}

/// What came of some bytes.
pub(super) struct Done {
    /// How many bytes were printed by them, status requests not counted.
    pub(super) printed: usize,
    /// Commands that want an answer, or that change who gets one.
    pub(super) asked: Vec<Command>,
}

impl Mechanism {
    pub(super) fn new(paper: Paper) -> Self {
        Self {
            paper,
            drawer_kicks: 0,
            last_printed: None,
            scanner: Scanner::new(),
            open: Vec::new(),
            counted_open: 0,
        }
    }

    /// A scanner that stands where the mechanism stands.
    pub(super) fn scanner(&self) -> Scanner {
        self.scanner.clone()
    }

    /// Bytes of a command's beginning that such a scanner will tell once more.
    pub(super) fn held_back(&self) -> usize {
        self.open.len()
    }

    /// Works through these bytes.
    pub(super) fn work(&mut self, piece: &[u8]) -> Done {
        let mut done = Done { printed: 0, asked: Vec::new() };
        let mut told = 0;
        let Self { scanner, paper, drawer_kicks, .. } = self;
        scanner.push(piece, &mut |token| {
            let bytes = bytes_of(&token);
            told += bytes.len();
            match token {
                Token::Command(command, _) if is_status(command) => {
                    return done.asked.push(command);
                }
                Token::Command(Command::Init, _) => done.asked.push(Command::Init),
                Token::Command(Command::Drawer { .. }, _) => *drawer_kicks += 1,
                _ => {}
            }
            done.printed += bytes.len();
            paper.print(bytes);
            if let Token::Command(Command::Cut(_), _) = token {
                paper.cut();
            }
        });
        self.last_printed = Some(Instant::now());
        let counted_before = self.counted_open;
        self.keep_open(piece, told);
        done.printed = (done.printed + self.counted_open).saturating_sub(counted_before);
        done
    }

    /// Remembers what the scanner holds back. It counts as printed unless a status request may
    /// come of it.
    fn keep_open(&mut self, piece: &[u8], told: usize) {
        let new = told.saturating_sub(self.open.len());
        self.open.drain(..told.min(self.open.len()));
        self.open.extend_from_slice(&piece[new.min(piece.len())..]);
        self.counted_open = if may_be_status(&self.open) { 0 } else { self.open.len() };
    }

    /// Gives up the command in hand.
    pub(super) fn end_command(&mut self) {
        self.scanner = Scanner::new();
        self.paper.print(&std::mem::take(&mut self.open));
        self.counted_open = 0;
    }

    /// The bytes on paper, with those of a command that was begun and is not finished.
    pub(super) fn printed(&self) -> Vec<u8> {
        let mut printed = self.paper.all();
        printed.extend_from_slice(&self.open[..self.counted_open]);
        printed
    }

    /// The same after the last cut.
    pub(super) fn uncut(&self) -> Vec<u8> {
        [self.paper.uncut(), &self.open[..self.counted_open]].concat()
    }
}

pub(super) fn bytes_of<'a>(token: &Token<'a>) -> &'a [u8] {
    match *token {
        Token::Text(b)
        | Token::Command(_, b)
        | Token::Data(b)
        | Token::RealTime(_, b)
        | Token::Unknown(b) => b,
        Token::Control(byte) => &ALL_BYTES[usize::from(byte)..=usize::from(byte)],
    }
}

/// Every byte once, to have a slice of a single one.
static ALL_BYTES: [u8; 256] = {
    let mut all = [0; 256];
    let mut i = 0;
    while i < 256 {
        all[i] = i as u8;
        i += 1;
    }
    all
};

/// Commands that ask the printer something and leave nothing on paper.
fn is_status(command: Command) -> bool {
    matches!(
        command,
        Command::StatusRequest(_)
            | Command::PrinterId(_)
            | Command::Confirm(_)
            | Command::AutoStatus(_)
    )
}

/// Whether these first bytes of a command may become one that [`is_status`].
fn may_be_status(open: &[u8]) -> bool {
    match open {
        [0x1D] | [0x1D, b'r' | b'I' | b'a' | b'('] => true,
        [0x1D, b'(', rest @ ..] => rest.first() == Some(&b'H'),
        _ => false,
    }
}
