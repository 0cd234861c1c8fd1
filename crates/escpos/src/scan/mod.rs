//! Where commands begin and end in a stream of ESC/POS bytes.

mod classify;
mod extent;
mod real_time;
mod table;
mod token;

pub use real_time::RealTimeWatch;
pub use token::{
    Align, BarcodeLook, Command, Cut, CutKind, Feed, Missing, Page, Pending, Place, RealTime,
    Style, Switch, Token,
};

use extent::{Extent, Groups, extent};

pub(crate) const DLE: u8 = 0x10;
pub(crate) const ESC: u8 = 0x1B;
pub(crate) const FS: u8 = 0x1C;
pub(crate) const GS: u8 = 0x1D;

/// Splits a stream into tokens, however it is cut into pieces.
///
/// It holds at most [`Scanner::WHOLE`] bytes, whatever the stream claims: a longer command is told by its first
/// [`Scanner::HEAD`] bytes, and the rest as [`Token::Data`] as it comes.
#[derive(Debug, Clone, Default)]
pub struct Scanner {
    state: State,
    /// The open command's bytes, as long as it is not told.
    open: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Ground,
    /// In a command whose length is not known yet.
    Open,
    /// In a command of this many bytes.
    Sized(usize),
    /// In a told command's data, with groups after them.
    Data { left: usize, then: Option<Groups> },
    /// At the size of a group.
    GroupHead(Groups),
}

impl Scanner {
    /// Longest command that comes as one token, in bytes.
    pub const WHOLE: usize = 512;
    /// Bytes of a longer command that come in its [`Token::Command`].
    pub const HEAD: usize = 64;

    /// A scanner between commands.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream and tells every token that is complete.
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = match self.state {
                State::Ground => self.ground(rest, each),
                State::Open => self.open(rest, each),
                State::Sized(total) => self.sized(total, rest, each),
                State::Data { left, then } => self.data(left, then, rest, each),
                State::GroupHead(groups) => self.group_head(groups, rest, each),
            };
            rest = &rest[taken..];
        }
    }

    /// Whether the stream may stop here.
    pub fn pending(&self) -> Pending {
        let missing = match self.state {
            State::Ground => return Pending::Clean,
            State::Sized(total) => Missing::Bytes(total - self.open.len()),
            State::Data { left, then: None } => Missing::Bytes(left),
            State::Open | State::Data { .. } | State::GroupHead(_) => Missing::Unknown,
        };
        Pending::InsideCommand { missing }
    }

    /// Ends the stream: what is left of an unfinished command is told as [`Token::Unknown`], and the scanner is new.
    pub fn finish(&mut self, each: &mut dyn FnMut(Token<'_>)) {
        if !self.open.is_empty() {
            each(Token::Unknown(&self.open));
        }
        self.open.clear();
        self.state = State::Ground;
    }

    fn ground(&mut self, bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) -> usize {
        let text = bytes.iter().position(|byte| *byte < 0x20).unwrap_or(bytes.len());
        if text > 0 {
            each(Token::Text(&bytes[..text]));
            return text;
        }
        match bytes[0] {
            lead @ (DLE | ESC | FS | GS) => {
                self.open.push(lead);
                self.state = State::Open;
            }
            control => each(Token::Control(control)),
        }
        1
    }

    fn open(&mut self, bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) -> usize {
        self.open.push(bytes[0]);
        match extent(&self.open) {
            Extent::Open => self.state = State::Open,
            Extent::EndedBefore => {
                self.open.pop();
                self.tell(each);
                self.state = State::Ground;
                return 0;
            }
            Extent::Total(total) if total <= self.open.len() => {
                self.tell(each);
                self.state = State::Ground;
            }
            Extent::Total(total) => self.state = State::Sized(total),
            Extent::Groups(groups) => {
                self.tell(each);
                self.next_group(groups);
            }
        }
        1
    }

    fn sized(&mut self, total: usize, bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) -> usize {
        let told = if total <= Self::WHOLE { total } else { Self::HEAD };
        let taken = bytes.len().min(told - self.open.len());
        self.open.extend_from_slice(&bytes[..taken]);
        if self.open.len() == told {
            self.tell(each);
            self.state = match total - told {
                0 => State::Ground,
                left => State::Data { left, then: None },
            };
        }
        taken
    }

    fn data(
        &mut self,
        left: usize,
        then: Option<Groups>,
        bytes: &[u8],
        each: &mut dyn FnMut(Token<'_>),
    ) -> usize {
        let taken = bytes.len().min(left);
        each(Token::Data(&bytes[..taken]));
        match (left - taken, then) {
            (0, Some(groups)) => self.next_group(groups),
            (0, None) => self.state = State::Ground,
            (left, then) => self.state = State::Data { left, then },
        }
        taken
    }

    fn group_head(
        &mut self,
        groups: Groups,
        bytes: &[u8],
        each: &mut dyn FnMut(Token<'_>),
    ) -> usize {
        let taken = bytes.len().min(groups.unit.head() - self.open.len());
        self.open.extend_from_slice(&bytes[..taken]);
        if self.open.len() == groups.unit.head() {
            let left = groups.unit.data(&self.open);
            each(Token::Data(&self.open));
            self.open.clear();
            let rest = Groups { left: groups.left - 1, ..groups };
            match left {
                0 => self.next_group(rest),
                left if rest.left == 0 => self.state = State::Data { left, then: None },
                left => self.state = State::Data { left, then: Some(rest) },
            }
        }
        taken
    }

    fn next_group(&mut self, groups: Groups) {
        self.state = match groups.left {
            0 => State::Ground,
            _ => State::GroupHead(groups),
        };
    }

    /// Tells the open command by what has been collected of it.
    fn tell(&mut self, each: &mut dyn FnMut(Token<'_>)) {
        let bytes = self.open.as_slice();
        if let Some(real_time) = classify::real_time(bytes) {
            each(Token::RealTime(real_time, bytes));
        } else if let Some(command) = classify::command(bytes).filter(|_| bytes[0] != DLE) {
            each(Token::Command(command, bytes));
        } else {
            each(Token::Unknown(bytes));
        }
        self.open.clear();
    }
}

/// Scans a whole stream.
pub fn scan(bytes: &[u8], each: &mut dyn FnMut(Token<'_>)) {
    let mut scanner = Scanner::new();
    scanner.push(bytes, each);
    scanner.finish(each);
}

#[cfg(test)]
pub(crate) mod tests;
