//! What can go wrong with a simulator itself (not with the thing it simulates).

use std::{io, net::SocketAddr, time::Duration};

/// Why a simulator could not start, or could not do what its handle was asked.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The address is taken, or is not ours to listen on.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address that was asked for.
        addr: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The simulator's thread or runtime could not be made.
    #[error("cannot start the simulator: {0}")]
    Start(io::Error),
    /// The folder for the sheets cannot be made or written.
    #[error("cannot write sheets to {folder}: {source}")]
    Folder {
        /// The folder that was asked for.
        folder: String,
        /// What the system said.
        source: io::Error,
    },
    /// There is no virtual USB port to plug a printer into.
    #[error(
        "cannot plug a printer into a virtual USB port ({source}); it takes root and the module vhci-hcd"
    )]
    NoUsbPort {
        /// What the system said.
        source: io::Error,
    },
    /// What was waited for did not happen in time.
    #[error("waited {after:?} for {what}, which did not happen")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long was waited.
        after: Duration,
    },
    /// The simulator was stopped in the meantime.
    #[error("the simulator is stopped")]
    Stopped,
}
