//! A line to a Socket.IO server as connectors need it: a small port, so that everything above it is tested without
//! sockets.

mod hold;
mod socket;
mod state;

pub(crate) use hold::{Ends, LONGEST_MESSAGE, hold};

use async_trait::async_trait;
use platen_socketio::{Arg, Refused};
use serde_json::Value;
use std::time::Duration;

/// Numbers the sessions of one line. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionKey(pub(crate) u64);

/// What happens on the line, in order.
pub(crate) enum LineEvent {
    /// The server accepted us.
    Connected(SessionKey),
    /// The server said something.
    Said(Said),
    /// The session is over.
    Disconnected(SessionKey),
}

/// One event of the server.
pub(crate) struct Said {
    pub(crate) session: SessionKey,
    pub(crate) name: String,
    pub(crate) args: Vec<Arg>,
    /// Where to answer, if the server asked for an acknowledgement.
    pub(crate) ack: Option<Box<dyn Acknowledge>>,
}

/// A message was not handed over. Says why, in words, without the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotSent(pub(crate) String);

/// An acknowledgement that the server waits for, bound to its session.
#[async_trait]
pub(crate) trait Acknowledge: Send {
    /// Answers it. Nothing is told when the session is over: nobody waits any more.
    async fn answer(self: Box<Self>, answer: Value);
}

/// Where events come in.
#[async_trait]
pub(crate) trait Inlet: Send {
    /// The next event; `None` when the line has ended for good. Cancel safe.
    async fn next(&mut self) -> Option<LineEvent>;
}

/// Where messages go out.
#[async_trait]
pub(crate) trait Outlet: Send + Sync {
    /// Hands a message to whatever session is current. `Ok`: it is in the kernel's hands.
    async fn emit(&self, event: &str, payload: Value) -> Result<(), NotSent>;

    /// The same, but only on that session.
    async fn emit_on(
        &self,
        session: SessionKey,
        event: &str,
        payload: Value,
    ) -> Result<(), NotSent>;

    /// Ends the session because we are not welcome; the next connect comes after the slow delay.
    fn refuse(&self, why: Refused);

    /// Hands a message over and waits for its acknowledgement.
    async fn emit_with_ack(
        &self,
        event: &str,
        payload: Value,
        timeout: Duration,
    ) -> Result<(), NotSent>;
}
