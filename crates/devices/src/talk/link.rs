//! What a transport has to offer so that a printer can be talked to over it.

use crate::usb::UsbError;
use async_trait::async_trait;
use platen_job::StateReason;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};
use std::time::Duration;

/// The way to one printer.
#[async_trait]
pub(crate) trait Dial: Send + Sync {
    /// What sort of neighbour a link over this transport is.
    fn manners(&self) -> Manners;

    /// Opens a link. Gives up after `patience`.
    async fn dial(&self, patience: Duration) -> Result<Box<dyn Link>, DialError>;

    /// Looks, without a link, whether the port says what it said `before` (the printer class's GET_PORT_STATUS byte).
    async fn glance(&self, _before: Option<u8>) -> Glance {
        Glance::Ask
    }
}

/// What a look from outside found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux looks"))]
pub(crate) enum Glance {
    /// Nothing speaks against what was known.
    Unchanged,
    /// The printer itself has to be asked.
    Ask,
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Usb(#[from] UsbError),
}

impl DialError {
    /// What is to be told about a printer that cannot be reached for this.
    pub(crate) fn reason(&self) -> StateReason {
        match self {
            DialError::Usb(UsbError::AccessDenied(_)) => StateReason::AccessDenied,
            DialError::Usb(_) | DialError::Io(_) => StateReason::Offline,
        }
    }
}

/// What holding a link, and letting it go, means to the printer and to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manners {
    pub(crate) on_close: OnClose,
    pub(crate) after_question: AfterQuestion,
}

/// What becomes of bytes that the printer has taken and not printed when the link is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnClose {
    /// Some printers throw them away.
    MayBeLost,
    /// They are printed.
    Printed,
}

/// Whether a link that was opened for a question only is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterQuestion {
    /// The printer serves one client at a time, and others may want it.
    LetGo,
    /// Opening costs the printer and the system more than holding it until the next release.
    Keep,
}

/// Two streams of bytes, one each way, that never block. The unsent bytes are the last ones written.
pub(crate) trait Link: Send + Sync {
    /// Takes what has arrived, as far as the runtime has been told of it.
    fn read(&mut self, buffer: &mut [u8]) -> Result<Arrived, Closed>;

    /// The same, but looks at the source itself.
    fn read_now(&mut self, buffer: &mut [u8]) -> Result<Arrived, Closed>;

    /// Takes as many bytes to be sent as there is room for, which may be none.
    fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<usize, Closed>;

    /// How many of the bytes it took the printer's side has not.
    fn unsent(&self) -> Unsent;

    /// Ready when there may be something to read (or, for [`Interest::ReadOrWrite`], room to write). One waiter.
    fn poll_ready(&self, cx: &mut Context<'_>, interest: Interest) -> Poll<()>;

    /// Sends nothing more. Ready with how many bytes the printer certainly did not get: zero where that is not known.
    fn poll_abandon(&mut self, cx: &mut Context<'_>) -> Poll<u64>;

    /// Whether the printer has a way to answer.
    fn direction(&self) -> Direction {
        Direction::BothWays
    }

    /// Asks the port, beside the stream, how the printer is.
    fn ask_port(&mut self) -> Port {
        Port::SaysNothing
    }

    /// What the port said, once for each time (the printer class's GET_PORT_STATUS byte).
    fn port_status(&mut self) -> Option<u8> {
        None
    }
}

/// What a look at the incoming side found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// So many bytes, at least one.
    Bytes(usize),
    Nothing,
}

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interest {
    Read,
    ReadOrWrite,
}

/// Which ways bytes can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    BothWays,
    ToThePrinterOnly,
}

/// Whether a port has a word of its own about the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// It will answer, or the link will close.
    Asked,
    SaysNothing,
}

/// The other side has closed or reset the link, or is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed;

/// Bytes that wait on our side because the printer's side has not taken them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsent {
    /// That many.
    Bytes(u64),
    /// This system does not say.
    Unknown,
}
