//! What a stream does besides printing, and what of it cannot be shown.

use crate::scan::{CutKind, RealTime};
use std::fmt;

/// Something worth telling, with its place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The first byte of it, counted from 0.
    pub offset: usize,
    /// How many bytes it takes.
    pub length: usize,
    /// What it is.
    pub kind: EventKind,
}

/// What an [`Event`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A cut.
    Cut(CutKind),
    /// The cash drawer opens.
    Drawer,
    /// The buzzer sounds.
    Buzzer,
    /// The printer is asked for something: status, its name, a confirmation.
    Question,
    /// A real-time command other than a status request or a drawer kick.
    RealTime(RealTime),
    /// The printer is told to ignore what follows, until it is selected again.
    Deselected,
    /// A sequence that no table knows: its lead byte, and its second one if it has one.
    Unknown(u8, Option<u8>),
    /// A known command whose parameters mean nothing, so that a printer leaves it out.
    Refused(&'static str),
    /// A known command whose effect is not shown.
    NotShown(&'static str),
    /// A byte that begins a two-byte character that does not come.
    HalfCharacter,
    /// Bytes that are no characters of the active code page or of GB18030.
    NoCharacter,
    /// The stream ends inside a command.
    CutShort,
    /// The rest of the stream was not looked at.
    Stopped(Limit),
}

/// What ends the look at a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The paper is as long as [`MOST_DOTS`](super::MOST_DOTS).
    Paper,
    /// There are more things on it than [`MOST_PARTS`](super::MOST_PARTS).
    Parts,
    /// There is more print than [`MOST_CELLS`](super::MOST_CELLS).
    Cells,
    /// It has more events than [`MOST_EVENTS`](super::MOST_EVENTS).
    Events,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.kind)
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventKind::Cut(CutKind::Full) => f.write_str("full cut"),
            EventKind::Cut(CutKind::Partial) => f.write_str("partial cut"),
            EventKind::Drawer => f.write_str("drawer kick"),
            EventKind::Buzzer => f.write_str("buzzer"),
            EventKind::Question => f.write_str("question to the printer"),
            EventKind::RealTime(RealTime::PowerOff) => f.write_str("power off"),
            EventKind::RealTime(RealTime::ClearBuffers) => f.write_str("buffers cleared"),
            EventKind::RealTime(_) => f.write_str("real-time command"),
            EventKind::Deselected => f.write_str("printer deselected: it ignores what follows"),
            EventKind::Unknown(lead, Some(second)) => {
                write!(f, "unknown sequence {lead:02X} {second:02X}")
            }
            EventKind::Unknown(lead, None) => write!(f, "stray byte {lead:02X}"),
            EventKind::Refused(why) => write!(f, "left out by a printer: {why}"),
            EventKind::NotShown(what) => write!(f, "not shown: {what}"),
            EventKind::HalfCharacter => f.write_str("half of a two-byte character"),
            EventKind::NoCharacter => f.write_str("no character of the active code page"),
            EventKind::CutShort => f.write_str("the stream ends inside a command"),
            EventKind::Stopped(limit) => write!(f, "the rest was not looked at: {limit}"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Paper => f.write_str("more paper than a roll has"),
            Limit::Parts => f.write_str("too many things on paper"),
            Limit::Cells => f.write_str("too much print"),
            Limit::Events => f.write_str("too many events"),
        }
    }
}
