//! Our own driver: a session that stands.
//!
//! One task reads, writes and keeps time. Each turn of [`NativeSession::run`] takes the first thing
//! that is ready; reading and sending take turns in being asked first, so that neither a talkative
//! gateway nor a talkative program starves the other. At most one batch of emits is in the socket's
//! buffer at a time; a pong is put right behind it, ahead of everything still queued.

use super::WebSocket;
use super::acks::Acks;
use super::heartbeat::{Due, Heartbeat, Reading};
use crate::connection::EndReason;
use crate::emitter::EmitError;
use crate::endpoint::Encryption;
use crate::limits::Limits;
use crate::port::{Command, Inbox, Outbox, Recovery, Session};
use crate::wire::engine::{self, Opening};
use crate::wire::packet::{self, Packet, Partial};
use async_trait::async_trait;
use futures_util::{Sink, SinkExt, Stream};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::tungstenite::error::Error as WsError;
use tokio_tungstenite::tungstenite::protocol::Message;

/// What connecting has found out.
pub(super) struct Start {
    pub(super) socket: WebSocket,
    pub(super) opening: Opening,
    pub(super) encryption: Encryption,
    pub(super) namespace: String,
    pub(super) limits: Limits,
    pub(super) replayed: VecDeque<(Packet, usize)>,
    pub(super) recovery: Option<Recovery>,
}

/// One session over a websocket.
pub(crate) struct NativeSession {
    pub(super) socket: WebSocket,
    encryption: Encryption,
    pub(super) namespace: String,
    pub(super) limits: Limits,
    pub(super) max_payload: usize,
    pub(super) heartbeat: Heartbeat,
    timer: Pin<Box<Sleep>>,
    /// Events from before the CONNECT answer that are not yet handed on.
    replayed: VecDeque<(Packet, usize)>,
    pub(super) recovery: Option<Recovery>,
    pub(super) partial: Option<Partial>,
    pub(super) acks: Acks,
    /// Callers whose emits are in the buffer.
    pub(super) unflushed: Vec<oneshot::Sender<Result<(), EmitError>>>,
    /// When the write under way must be done.
    pub(super) write_deadline: Option<Instant>,
    turn: Turn,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Read,
    Send,
}

enum Step {
    Frame(Option<Result<Message, WsError>>),
    Flushed(Result<(), WsError>),
    Command(Command),
    Room(Result<(), EndReason>),
    Time,
}

impl NativeSession {
    pub(super) fn new(start: Start) -> Self {
        let heartbeat = Heartbeat::new(&start.opening);
        Self {
            timer: Box::pin(sleep_until(heartbeat.deadline())),
            heartbeat,
            socket: start.socket,
            encryption: start.encryption,
            namespace: start.namespace,
            max_payload: start.opening.max_payload.unwrap_or(usize::MAX),
            limits: start.limits,
            replayed: start.replayed,
            recovery: start.recovery,
            partial: None,
            acks: Acks::default(),
            unflushed: Vec::new(),
            write_deadline: None,
            turn: Turn::Read,
        }
    }

    async fn turn(&mut self, inbox: &mut Inbox, outbox: &mut Outbox) -> Result<(), EndReason> {
        if !inbox.is_full()
            && let Some((packet, size)) = self.replayed.pop_front()
        {
            return self.packet(packet, size, inbox, outbox);
        }
        match poll_fn(|context| self.poll_step(context, inbox, outbox)).await {
            Step::Frame(frame) => {
                self.turn = Turn::Send;
                self.frame(frame, inbox, outbox)
            }
            Step::Command(command) => {
                self.turn = Turn::Read;
                self.send_batch(command, outbox)
            }
            Step::Flushed(result) => self.flushed(result),
            Step::Room(result) => {
                self.heartbeat.set_reading(Reading::Running);
                result
            }
            Step::Time => self.time(),
        }
    }

    fn poll_step(
        &mut self,
        context: &mut Context<'_>,
        inbox: &mut Inbox,
        outbox: &mut Outbox,
    ) -> Poll<Step> {
        if self.write_deadline.is_some()
            && let Poll::Ready(result) = Pin::new(&mut self.socket).poll_flush(context)
        {
            return Poll::Ready(Step::Flushed(result));
        }
        let turns = match self.turn {
            Turn::Read => [Turn::Read, Turn::Send],
            Turn::Send => [Turn::Send, Turn::Read],
        };
        for turn in turns {
            let step = match turn {
                Turn::Read => self.poll_read(context, inbox),
                Turn::Send => self.poll_command(context, outbox),
            };
            if step.is_ready() {
                return step;
            }
        }
        // After reading: a ping that waits in the kernel counts, however late we come to it.
        self.poll_time(context)
    }

    fn poll_read(&mut self, context: &mut Context<'_>, inbox: &mut Inbox) -> Poll<Step> {
        if inbox.is_full() {
            self.heartbeat.set_reading(Reading::Paused);
            return inbox.poll_room(context).map(Step::Room);
        }
        Pin::new(&mut self.socket).poll_next(context).map(Step::Frame)
    }

    fn poll_command(&mut self, context: &mut Context<'_>, outbox: &mut Outbox) -> Poll<Step> {
        if self.write_deadline.is_some() {
            return Poll::Pending;
        }
        match outbox.poll_next(context) {
            Poll::Ready(Some(command)) => Poll::Ready(Step::Command(command)),
            // The supervisor ends the session when the program stops; here there is nothing to do.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    fn poll_time(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        let heartbeat = self.heartbeat.deadline();
        let deadline = self.write_deadline.map_or(heartbeat, |write| write.min(heartbeat));
        // A timer that fires early is set again; moving it for every frame would cost more.
        if deadline < self.timer.deadline() {
            self.timer.as_mut().reset(deadline);
        }
        while self.timer.as_mut().poll(context).is_ready() {
            if Instant::now() >= deadline {
                return Poll::Ready(Step::Time);
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    fn time(&mut self) -> Result<(), EndReason> {
        if self.write_deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(EndReason::WriteTimeout);
        }
        match self.heartbeat.due() {
            Due::Nothing => Ok(()),
            Due::PongAhead => self.write(Message::text(engine::PONG)),
            Due::Silent => Err(EndReason::Silent),
        }
    }
}

#[async_trait]
impl Session for NativeSession {
    fn encryption(&self) -> Encryption {
        self.encryption
    }

    async fn run(&mut self, inbox: &mut Inbox, outbox: &mut Outbox) -> EndReason {
        loop {
            if let Err(reason) = self.turn(inbox, outbox).await {
                return match reason {
                    EndReason::Lost(_) => self.last_words(reason, inbox, outbox).await,
                    _ => reason,
                };
            }
        }
    }

    async fn close(mut self: Box<Self>) {
        let goodbye = Message::text(packet::disconnect(&self.namespace));
        if self.socket.send(goodbye).await.is_ok() {
            // The other side may be gone already; there is nobody to tell.
            let _ = self.socket.close(None).await;
        }
    }

    fn recovery(&self) -> Option<Recovery> {
        self.recovery.clone()
    }
}
