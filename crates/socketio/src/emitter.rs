//! Sending: emits, acknowledgements, and the two things an application may ask of the supervisor.

use crate::arg::Arg;
use crate::connection::SessionId;
use crate::port::{Command, Outbox};
use crate::refused::Refused;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};

/// Why an emit did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// There is no session right now; nothing was sent.
    #[error("not connected")]
    NotConnected,
    /// The session ended. Whatever was not yet answered with Ok may or may not have left.
    #[error("the session is over")]
    SessionOver,
    /// The outgoing queue stayed full for the whole write time-out; nothing was sent.
    #[error("the connection takes no more data")]
    Busy,
    /// A part of the packet is larger than the gateway said it accepts; nothing was sent.
    #[error("too large: {size} bytes, the gateway takes {max}")]
    TooLarge {
        /// Size of the largest part in bytes.
        size: usize,
        /// The gateway's `maxPayload` in bytes.
        max: usize,
    },
    /// The driver in use cannot send this; nothing was sent.
    #[error("the connection driver cannot do this: {0}")]
    Unsupported(&'static str),
    /// The gateway did not acknowledge in time.
    #[error("no acknowledgement in time")]
    AckTimeout,
    /// Too many acknowledgements are outstanding; nothing was sent.
    #[error("too many acknowledgements are outstanding")]
    TooManyAcks,
}

/// Sends events on whatever session is current. Cheap to clone.
///
/// Emits of one task arrive in order. A future dropped before its emit was written sends nothing.
#[derive(Clone)]
pub struct Emitter {
    shared: Arc<Shared>,
    patience: Duration,
}

/// What emitter and supervisor have in common.
pub(crate) struct Shared {
    current: Mutex<Option<Link>>,
    wishes: Mutex<Wishes>,
    wished: Notify,
}

#[derive(Default)]
pub(crate) struct Wishes {
    pub(crate) refused: Option<Refused>,
    pub(crate) reconnect: bool,
}

/// The way into one session; useless once that session is over.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    session: SessionId,
    commands: mpsc::Sender<Command>,
}

impl Emitter {
    /// `patience`: how long an emit waits for a place in the queue.
    pub(crate) fn new(patience: Duration) -> Self {
        let shared = Shared {
            current: Mutex::new(None),
            wishes: Mutex::new(Wishes::default()),
            wished: Notify::new(),
        };
        Self { shared: Arc::new(shared), patience }
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    /// Sends an event on the current session. `Ok` means "handed to the kernel", not "arrived".
    ///
    /// # Errors
    /// See [`EmitError`].
    pub async fn emit(&self, event: &str, args: Vec<Arg>) -> Result<(), EmitError> {
        self.link()?.emit(event, args, self.patience).await
    }

    /// Sends an event, but only if `session` is still the current one.
    ///
    /// # Errors
    /// [`EmitError::SessionOver`] if it is not; else see [`EmitError`].
    pub async fn emit_on(
        &self,
        session: SessionId,
        event: &str,
        args: Vec<Arg>,
    ) -> Result<(), EmitError> {
        let link = self.link().map_err(|_| EmitError::SessionOver)?;
        if link.session != session {
            return Err(EmitError::SessionOver);
        }
        link.emit(event, args, self.patience).await
    }

    /// Sends an event and waits for the gateway's acknowledgement. `timeout` covers all of it; a late
    /// answer is ignored.
    ///
    /// # Errors
    /// [`EmitError::AckTimeout`], or [`EmitError::SessionOver`] when the session ends first; else see
    /// [`EmitError`].
    pub async fn emit_with_ack(
        &self,
        event: &str,
        args: Vec<Arg>,
        timeout: Duration,
    ) -> Result<Vec<Arg>, EmitError> {
        let link = self.link()?;
        let (reply, answer) = oneshot::channel();
        let command = Command::EmitWithAck { event: event.to_owned(), args, timeout, reply };
        let exchange = async {
            link.send(command, self.patience).await?;
            answer.await.unwrap_or(Err(EmitError::SessionOver))
        };
        tokio::time::timeout(timeout, exchange).await.unwrap_or(Err(EmitError::AckTimeout))
    }

    /// Tells the supervisor that the application found a refusal in what the gateway said: the session
    /// ends, and the next connect comes after the slow delay.
    pub fn refuse(&self, reason: Refused) {
        lock(&self.shared.wishes).refused = Some(reason);
        self.shared.wished.notify_one();
    }

    /// Connects anew at once: ends a session, a connect under way or a delay. For changed settings.
    pub fn reconnect_now(&self) {
        lock(&self.shared.wishes).reconnect = true;
        self.shared.wished.notify_one();
    }

    /// The session that is current at this moment.
    pub fn session(&self) -> Option<SessionId> {
        lock(&self.shared.current).as_ref().map(|link| link.session)
    }

    fn link(&self) -> Result<Link, EmitError> {
        lock(&self.shared.current).clone().ok_or(EmitError::NotConnected)
    }
}

impl fmt::Debug for Emitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter").field("session", &self.session()).finish()
    }
}

impl Shared {
    /// Opens the way into a new session; `capacity` emits may wait.
    pub(crate) fn open(&self, session: SessionId, capacity: usize, patience: Duration) -> Outbox {
        let (commands, receiver) = mpsc::channel(capacity.max(1));
        let link = Link { session, commands };
        *lock(&self.current) = Some(link.clone());
        Outbox::new(receiver, link, patience)
    }

    /// Closes it; what still waits in the queue fails as its receiver is dropped.
    pub(crate) fn close(&self) {
        *lock(&self.current) = None;
    }

    /// Waits until the application wishes for something.
    pub(crate) async fn wished(&self) -> Wishes {
        loop {
            let wishes = std::mem::take(&mut *lock(&self.wishes));
            if wishes.refused.is_some() || wishes.reconnect {
                return wishes;
            }
            self.wished.notified().await;
        }
    }
}

impl Link {
    pub(crate) fn session(&self) -> SessionId {
        self.session
    }

    async fn emit(&self, event: &str, args: Vec<Arg>, patience: Duration) -> Result<(), EmitError> {
        let (reply, written) = oneshot::channel();
        self.send(Command::Emit { event: event.to_owned(), args, reply }, patience).await?;
        written.await.unwrap_or(Err(EmitError::SessionOver))
    }

    async fn send(&self, command: Command, patience: Duration) -> Result<(), EmitError> {
        match self.commands.try_send(command) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(EmitError::SessionOver),
            Err(mpsc::error::TrySendError::Full(command)) => {
                match self.commands.send_timeout(command, patience).await {
                    Ok(()) => Ok(()),
                    Err(mpsc::error::SendTimeoutError::Timeout(_)) => Err(EmitError::Busy),
                    Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(EmitError::SessionOver),
                }
            }
        }
    }
}

/// The answer the gateway waits for, bound to the session the question came on. Dropping it leaves
/// the gateway to its own time-out.
pub struct AckReply {
    pub(crate) link: Link,
    pub(crate) id: u64,
    pub(crate) patience: Duration,
}

impl AckReply {
    /// Answers with JSON arguments. `Ok` means "handed to the kernel".
    ///
    /// # Errors
    /// [`EmitError::SessionOver`] once that session has ended; else see [`EmitError`].
    pub async fn send(self, args: Vec<Value>) -> Result<(), EmitError> {
        self.send_args(args.into_iter().map(Arg::Json).collect()).await
    }

    /// Answers with any arguments, bytes among them. `Ok` means "handed to the kernel".
    ///
    /// # Errors
    /// [`EmitError::SessionOver`] once that session has ended; else see [`EmitError`].
    pub async fn send_args(self, args: Vec<Arg>) -> Result<(), EmitError> {
        let (reply, written) = oneshot::channel();
        self.link.send(Command::Ack { id: self.id, args, reply }, self.patience).await?;
        written.await.unwrap_or(Err(EmitError::SessionOver))
    }

    /// The session this answer belongs to.
    pub fn session(&self) -> SessionId {
        self.link.session
    }
}

impl fmt::Debug for AckReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AckReply({} of {})", self.id, self.link.session)
    }
}

/// A panic elsewhere must not end the line: what these locks guard is valid after every statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
