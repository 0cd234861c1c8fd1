//! The control door: how `platenctl` talks to the engine that runs in a home.
//!
//! Loopback TCP on a port that the OS chooses. The port and a fresh 256-bit token stand in `control.json` (mode 0600),
//! so only who may read the home may ask. One JSON line a request, one JSON line an answer.

mod client;
mod server;

pub use client::{Client, ControlError};
pub use server::{OpenDoor, keep_open};

use crate::view::{Request, RequestError, Response};
use serde::{Deserialize, Serialize};

/// Longest line either way: a 16 MiB document in base64, and a little.
const LONGEST_LINE: u64 = 24 * 1024 * 1024;

/// What stands in `control.json`.
#[derive(Serialize, Deserialize)]
struct Door {
    port: u16,
    token: String,
    pid: u32,
}

/// A line to the engine.
#[derive(Serialize, Deserialize)]
struct Call {
    token: String,
    request: Request,
}

/// A line from the engine.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Ok(Response),
    Refused(RequestError),
    WrongToken,
    Unreadable,
}
