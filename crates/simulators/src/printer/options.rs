//! What kind of printer to play.

use std::{net::SocketAddr, path::PathBuf};

use platen_escpos::Profile;

use super::fault::Fault;

/// What the printer keeps of the bytes that passed through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What was received and what was printed, up to this many bytes of each; beyond it the oldest
    /// connections and sheets are forgotten.
    Bytes(usize),
    /// Counts and times only.
    Nothing,
}

/// What the printer says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `GS I 1`.
    pub model_id: u8,
    /// `GS I 66`.
    pub maker: String,
    /// `GS I 67`.
    pub model: String,
    /// `GS I 65`.
    pub firmware: String,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            model_id: 0x20,
            maker: "PLATEN".to_owned(),
            model: "Virtual Printer".to_owned(),
            firmware: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Everything about a virtual printer that can be chosen at its start.
#[derive(Debug, Clone)]
pub struct PrinterOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where each sheet is saved as `NNNN.bin`, with what it says in `NNNN.txt` and what it looks like in `NNNN.png`; made when
    /// it is missing.
    pub out_dir: Option<PathBuf>,
    /// Size of the receive buffer in bytes. When it is full the socket is not read, except for
    /// real-time requests.
    pub receive_buffer: usize,
    /// What is kept in memory.
    pub keep: Keep,
    /// What it says of itself.
    pub identity: Identity,
    /// Code pages, dots and columns, for text and picture of saved sheets. `None` is the generic 80 mm printer.
    pub profile: Option<Profile>,
    /// What is wrong from the start.
    pub faults: Vec<Fault>,
}

impl Default for PrinterOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            out_dir: None,
            receive_buffer: 64 * 1024,
            keep: Keep::Bytes(256 * 1024 * 1024),
            identity: Identity::default(),
            profile: None,
            faults: Vec::new(),
        }
    }
}
