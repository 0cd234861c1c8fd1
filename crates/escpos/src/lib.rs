//! Documents to printer bytes, and printer bytes to what a person reads. No I/O, no clock, no async.

mod scan;

pub use scan::{
    Align, Command, Cut, CutKind, Feed, Missing, Pending, RealTime, RealTimeWatch, Scanner, Style,
    Switch, Token, scan,
};
