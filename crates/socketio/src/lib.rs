//! One Socket.IO session that lasts for months.
//!
//! ```text
//! Authenticator ─▶ Supervisor ──connect──▶ Driver ─▶ Session::run ──▶ Inbox ──▶ Connection::incoming
//!                     ▲   │                                 ▲
//!        clock jumps ─┘   └─ watch: ConnectionState         └── Outbox ◀── Emitter, AckReply
//! ```
//!
//! - [`Supervisor`] owns reconnection: delays, refusals, wake-ups, the state for people.
//! - Below it a [`port::Driver`] makes one [`port::Session`] at a time. Two drivers exist: `native`
//!   (Engine.IO 4 and Socket.IO 5 over a websocket) and `rust_socketio` (the library of that name, with
//!   its own reconnection never enabled).
//! - One task runs all of it: a websocket frame is parsed and put on [`Connection::incoming`] in the
//!   poll that read it.
//!
//! This crate knows nothing of jobs or printers, and never logs what an event carries.

mod arg;
mod cause;
mod clock;
mod connection;
mod delays;
mod driver;
mod emitter;
mod endpoint;
mod inbox;
mod limits;
mod net;
pub mod port;
mod refused;
mod state;
mod supervisor;
mod wire;

pub use arg::Arg;
pub use cause::LineCause;
pub use clock::{SleepClock, SystemSleepClock};
pub use connection::{Connection, EndReason, Incoming, SessionId};
pub use delays::Delays;
pub use emitter::{AckReply, EmitError, Emitter};
pub use endpoint::{DriverKind, Encryption, Endpoint, PlainPolicy};
pub use limits::Limits;
pub use net::proxy::Proxy;
pub use net::tls::{SpkiPin, TlsError, TlsSettings, client_config};
pub use refused::{Authenticator, Credentials, Refused};
pub use state::ConnectionState;
pub use supervisor::{Supervisor, SupervisorConfig};
pub use wire::json::parse as read_json;
