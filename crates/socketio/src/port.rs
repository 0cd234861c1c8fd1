//! The port between the supervisor and its drivers.
//!
//! A driver makes one session at a time; it never reconnects, never delays, never gives up on its own
//! account. `connect` returns only after the gateway's CONNECT answer. [`Session::run`] then delivers
//! events in order until the session is over, and says why it is.

use crate::arg::Arg;
use crate::connection::{EndReason, SessionId};
use crate::emitter::{AckReply, EmitError, Link};
use crate::endpoint::Encryption;
use crate::refused::{Credentials, Refused};
use async_trait::async_trait;
use serde_json::Value;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

pub use crate::inbox::{Inbox, Room};

/// Makes sessions.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Connects and waits for the CONNECT answer, within the driver's connect deadline.
    ///
    /// # Errors
    /// See [`ConnectError`].
    async fn connect(&self, request: ConnectRequest) -> Result<Box<dyn Session>, ConnectError>;
}

/// One session: from the CONNECT answer to its end.
#[async_trait]
pub trait Session: Send {
    /// Whether the line is encrypted.
    fn encryption(&self) -> Encryption;

    /// Runs the session until it ends. May be dropped at any await; [`Session::close`] follows then.
    async fn run(&mut self, inbox: &mut Inbox, outbox: &mut Outbox) -> EndReason;

    /// Says goodbye. Called only while the line may still stand, and given a short time-out.
    async fn close(self: Box<Self>);

    /// What the next connect needs to have missed events replayed, if the gateway offers that.
    fn recovery(&self) -> Option<Recovery>;
}

/// What a connect needs.
#[derive(Clone, Debug)]
pub struct ConnectRequest {
    /// The auth object, built anew for this connect. `null` sends none.
    pub auth: Value,
    /// What of this connect must not be shown, where the gateway quotes it.
    pub credentials: Credentials,
    /// Where the last session stopped, if the gateway offers recovery.
    pub recovery: Option<Recovery>,
}

/// Socket.IO connection state recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The gateway's private session id.
    pub pid: String,
    /// Offset of the last event that was handed on.
    pub offset: Option<String>,
}

/// Why there is no session. The text is for people.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The gateway said no: CONNECT_ERROR, or HTTP 401 or 403.
    #[error("{0}")]
    Refused(Refused),
    /// The deadline passed; says during which step.
    #[error("the gateway did not answer in time ({0})")]
    Deadline(&'static str),
    /// The name could not be resolved.
    #[error("the address of {host} could not be found")]
    Name {
        /// The name that was looked up.
        host: String,
    },
    /// No TCP connection.
    #[error("{host} could not be reached: {error}")]
    Unreachable {
        /// Host and port that were tried.
        host: String,
        /// The operating system's reason.
        error: io::Error,
    },
    /// The proxy did not let us through.
    #[error("the proxy did not let us through: {0}")]
    Proxy(String),
    /// No trusted TLS connection.
    #[error("no trusted encrypted connection: {0}")]
    Tls(String),
    /// The gateway answered the upgrade with another HTTP status.
    #[error("the gateway answered with HTTP status {0}")]
    Status(u16),
    /// The line broke before the session stood.
    #[error("the connection broke while connecting: {0}")]
    Broken(String),
    /// The other side does not speak Socket.IO as we know it.
    #[error("the other side does not speak Socket.IO: {0}")]
    Protocol(String),
    /// The address is not encrypted, and leads off this computer.
    #[error("the address is not encrypted; that is allowed only for this computer itself")]
    Unencrypted,
    /// The settings cannot work; says why.
    #[error("{0}")]
    Settings(String),
}

impl ConnectError {
    /// The refusal in it, for the slow delay. Settings that cannot work wait as long, since only a
    /// person changes them.
    pub fn into_refusal(self) -> Result<Refused, Self> {
        match self {
            Self::Refused(refused) => Ok(refused),
            error @ (Self::Settings(_) | Self::Unencrypted) => Ok(Refused::new(error.to_string())),
            other => Err(other),
        }
    }
}

/// What the program wants of a session.
#[derive(Debug)]
pub enum Command {
    /// Send an event; answer once it is in the kernel.
    Emit {
        /// Its name.
        event: String,
        /// Its arguments.
        args: Vec<Arg>,
        /// Answered after the write.
        reply: oneshot::Sender<Result<(), EmitError>>,
    },
    /// Send an event and answer with its acknowledgement.
    EmitWithAck {
        /// Its name.
        event: String,
        /// Its arguments.
        args: Vec<Arg>,
        /// After this the caller has gone.
        timeout: Duration,
        /// Answered by the gateway's acknowledgement.
        reply: oneshot::Sender<Result<Vec<Arg>, EmitError>>,
    },
    /// Answer an acknowledgement the gateway asked for.
    Ack {
        /// The gateway's id.
        id: u64,
        /// Its arguments.
        args: Vec<Arg>,
        /// Answered after the write.
        reply: oneshot::Sender<Result<(), EmitError>>,
    },
}

impl Command {
    /// Whether the caller has given up, so that nothing needs to be sent.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Emit { reply, .. } | Self::Ack { reply, .. } => reply.is_closed(),
            Self::EmitWithAck { reply, .. } => reply.is_closed(),
        }
    }

    /// Fails it.
    pub fn fail(self, error: EmitError) {
        // A caller that has gone does not want to know.
        match self {
            Self::Emit { reply, .. } | Self::Ack { reply, .. } => drop(reply.send(Err(error))),
            Self::EmitWithAck { reply, .. } => drop(reply.send(Err(error))),
        }
    }
}

/// The bounded queue of what one session is to send.
#[derive(Debug)]
pub struct Outbox {
    commands: mpsc::Receiver<Command>,
    link: Link,
    patience: Duration,
}

impl Outbox {
    pub(crate) fn new(commands: mpsc::Receiver<Command>, link: Link, patience: Duration) -> Self {
        Self { commands, link, patience }
    }

    /// The next command.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Command>> {
        self.commands.poll_recv(context)
    }

    /// The next command, if one waits already.
    pub fn try_next(&mut self) -> Option<Command> {
        self.commands.try_recv().ok()
    }

    /// The next command; pending while there is none. Cancel safe.
    pub async fn next(&mut self) -> Option<Command> {
        self.commands.recv().await
    }

    /// Where the program answers the acknowledgement `id` that the gateway asked for.
    pub fn ack_reply(&self, id: u64) -> AckReply {
        AckReply { link: self.link.clone(), id, patience: self.patience }
    }

    /// The session this queue belongs to.
    pub fn session(&self) -> SessionId {
        self.link.session()
    }
}
