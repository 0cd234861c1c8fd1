//! What an open USB printer offers, whatever the operating system. Every call blocks, for no longer than it is told.

use std::time::Duration;

/// An open printer. Dropping it gives the printer back to the system.
pub(crate) trait Pipe: Send + Sync {
    /// Hands bytes to the printer, at least the first of them. What is counted was acknowledged by it, also where the
    /// transfer failed; where the system does not know how much that was, it is counted too. After a time-out the next
    /// call brings the same bytes again.
    fn write(&self, bytes: &[u8], patience: Duration) -> Transfer;

    /// Nothing more will be written: ends what is still under way. How many bytes the printer may have got by that.
    fn end_write(&self) -> usize {
        0
    }

    /// Takes what the printer says. Room for at least one packet: 1024 bytes.
    fn read(&self, buffer: &mut [u8], patience: Duration) -> Transfer;

    /// Whether there is anything to read from.
    fn answers(&self) -> bool;

    /// Clears a STALL. Nothing is lost by it: a stalled endpoint takes nothing.
    fn clear_halt(&self, end: PipeEnd) -> Result<(), Fault>;

    /// GET_PORT_STATUS of the printer class, or nothing where the device or the system knows no such thing.
    fn port_status(&self) -> Option<u8>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PipeEnd {
    Write,
    Read,
}

/// How a transfer went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transfer {
    /// Bytes that went over.
    pub(crate) bytes: usize,
    /// Why it was not everything.
    pub(crate) end: Result<(), Fault>,
}

/// Why a transfer ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The printer took (or said) nothing more in time: it answers NAK.
    #[error("it was not ready in time")]
    TimedOut,
    /// The printer refuses the endpoint until the halt is cleared.
    #[error("it stalled")]
    Stalled,
    /// It is no longer there.
    #[error("it was unplugged or switched off")]
    Gone,
    /// Anything else: the system's error code.
    #[error("USB error {0}")]
    Failed(i32),
}
