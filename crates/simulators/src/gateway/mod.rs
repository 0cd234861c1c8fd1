//! The embedded gateway: the server side of the PrinterMaster contract, **for development and
//! tests only**. It checks no one, keeps everything in memory and forgets it at its end.
//!
//! It serves the namespace [`NAMESPACE`] by Socket.IO (websocket and polling), the REST calls
//! below `/api/v1`, and a small HTTP door for integrators below `/dev`, for loopback callers only:
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /dev/jobs` | `{event?, payload, wait_ms?}` | the result, as [`JobResult::to_json`] has it |
//! | `POST /dev/tests` | `{payload, wait_ms?}` | the same, for a `printer:test` |
//! | `GET /dev/events?after=N` | – | `{events: [{seq, event, payload, socket, time}], last}` |
//! | `GET /dev/duplicates` | – | `{duplicates: [{reason, received}]}` |
//! | `GET /dev/clients` | – | `{clients: [{id, branch_id, device_id, app_version, desktop, rooms}]}` |
//! | `GET /dev/printers` | – | `{printers: […]}` as the gateway's database has them |
//! | `PUT /dev/licence` | `{licenseKey, state: valid\|expired\|unknown\|held-elsewhere, branchId?}` | `{success}` |
//! | `POST /dev/kick` | `{how?: close\|namespace\|fin\|reset}` | `{kicked}` |
//!
//! `event` is one of `print:job`, `print:physical`, `print:raw`; without it the generation's own way
//! is taken. The payload goes out as it is. `wait_ms` 0 sends without waiting; without it the
//! real caller's window holds (60 s, raw 30 s, tests 15 s).

mod callers;
mod clock;
mod door;
mod handle;
mod jobs;
mod journal;
mod kick;
mod licence;
mod line;
mod options;
mod registry;
mod rest;
mod schema;
mod server;
mod session;
mod shared;
mod upkeep;

use std::sync::Arc;

use crate::{SimulatorError, stage::Stage};

pub use handle::GatewayHandle;
pub use jobs::{JobEvent, JobRequest, JobResult};
pub use journal::{Duplicate, DuplicateReason, Received};
pub use kick::Kick;
pub use licence::{LicenceFixture, LicenceState};
pub use options::{Callers, GatewayOptions, Generation, Heartbeats, Noise, Pace, Rest, TestPages};
pub use registry::KnownPrinter;
pub use shared::{Audience, ClientInfo};

/// The namespace that printing clients connect to.
pub const NAMESPACE: &str = "/printing-ws";

/// Starts embedded gateways.
#[derive(Debug)]
pub struct EmbeddedGateway;

impl EmbeddedGateway {
    /// Starts a gateway on a thread of its own. It listens when this returns.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the system gives no thread.
    pub fn start(options: GatewayOptions) -> Result<GatewayHandle, SimulatorError> {
        let (socket, address) = server::bind(options.listen)?;
        let stage = Stage::start("platen-gateway").map_err(SimulatorError::Start)?;
        let shared = Arc::new(shared::Shared::new(options));
        Ok(GatewayHandle::new(stage, shared, socket, address))
    }
}
