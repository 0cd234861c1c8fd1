//! What the rest of the program holds of the line.

use crate::arg::Arg;
use crate::emitter::{AckReply, Emitter};
use crate::refused::Refused;
use crate::state::ConnectionState;
use serde::Serialize;
use std::fmt;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// The line as the rest of the program sees it.
///
/// Dropping `incoming` ends the supervisor: events that nobody can take must not look delivered. A
/// consumer that wants to survive its own panic keeps `incoming` outside of the part that may panic.
#[derive(Debug)]
pub struct Connection {
    /// What happens on the line, in order. Bounded by
    /// [`Limits::incoming_events`](crate::Limits::incoming_events) and
    /// [`Limits::incoming_bytes`](crate::Limits::incoming_bytes); at the bound the socket is not read,
    /// while pongs still go out.
    pub incoming: mpsc::Receiver<Incoming>,
    /// Sends events.
    pub emitter: Emitter,
    /// The state for people.
    pub state: watch::Receiver<ConnectionState>,
    /// The supervisor's task; it ends after cancellation, or once `incoming` is dropped.
    pub task: JoinHandle<()>,
}

/// Numbers the sessions of one supervisor, from 1. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct SessionId(pub(crate) u64);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "session {}", self.0)
    }
}

/// Something that happened on the line.
#[derive(Debug)]
pub enum Incoming {
    /// The gateway has accepted us: announce everything again.
    Connected {
        /// The new session.
        session: SessionId,
    },
    /// An event from the gateway.
    Event {
        /// The session it came on.
        session: SessionId,
        /// Its name.
        name: String,
        /// Its arguments, without the name and without a recovery offset. JSON deeper than 100 levels
        /// is cut there to `null`.
        args: Vec<Arg>,
        /// Where to answer, if the gateway asked for an acknowledgement.
        ack: Option<AckReply>,
    },
    /// The session is over. Exactly one for each `Connected`, after its last event.
    Disconnected {
        /// The session that ended.
        session: SessionId,
        /// Why.
        reason: EndReason,
    },
}

/// Why a session ended. The text is for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndReason {
    /// A Socket.IO DISCONNECT packet, with or without a close behind it.
    #[error("the gateway ended the session")]
    Kicked,
    /// The websocket was closed in order, with the code of the close frame if there was one.
    #[error("the gateway closed the connection{}", code.map(|code| format!(" (code {code})")).unwrap_or_default())]
    Closed {
        /// RFC 6455 close code.
        code: Option<u16>,
    },
    /// The line broke: reset, end of stream, network gone.
    #[error("the connection broke: {0}")]
    Lost(String),
    /// No ping within pingInterval + pingTimeout.
    #[error("the gateway has gone silent")]
    Silent,
    /// A write did not reach the kernel in time.
    #[error("the connection no longer takes data")]
    WriteTimeout,
    /// The gateway sent something that is not Socket.IO, or too much of it.
    #[error("the gateway sent something unreadable: {0}")]
    Malformed(String),
    /// An event that means refusal arrived, or the application found one.
    #[error("refused: {0}")]
    Refused(Refused),
    /// This machine has been asleep; the line is not trusted any more.
    #[error("this computer was asleep")]
    WokeUp,
    /// [`Emitter::reconnect_now`] was called.
    #[error("a reconnect was asked for")]
    Asked,
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopped,
    /// Nobody takes events any more: [`Connection::incoming`] was dropped.
    #[error("nobody takes events any more")]
    Abandoned,
    /// The driver itself failed.
    #[error("internal error in the connection: {0}")]
    Internal(String),
}

impl EndReason {
    /// Whether nothing more can be said to the gateway on that session.
    pub(crate) fn is_dead_line(&self) -> bool {
        matches!(self, Self::Closed { .. } | Self::Lost(_) | Self::Silent | Self::WriteTimeout)
    }
}
