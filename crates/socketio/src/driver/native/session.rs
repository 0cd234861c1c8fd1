//! Our own driver: a session that stands.
//!
//! One task reads, writes and keeps time. Each turn of [`NativeSession::run`] takes the first thing
//! that is ready; reading and sending take turns in being asked first, so that neither a talkative
//! gateway nor a talkative program starves the other. At most one batch of emits is in the socket's
//! buffer at a time; a pong is put right behind it, ahead of everything still queued.

use super::acks::Acks;
use super::heartbeat::{Due, Heartbeat, Reading};
use super::{WebSocket, offsets};
use crate::connection::EndReason;
use crate::emitter::EmitError;
use crate::endpoint::Encryption;
use crate::limits::Limits;
use crate::port::{Command, Inbox, Outbox, Recovery, Room, Session};
use crate::wire::engine::{self, Frame, Opening};
use crate::wire::packet::{self, Encoded, Head, Packet, Partial};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::Message;

/// Once this much is in the buffer, it is flushed before more emits are taken from the queue.
const BATCH_BYTES: usize = 64 * 1024;

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
    socket: WebSocket,
    encryption: Encryption,
    namespace: String,
    limits: Limits,
    max_payload: usize,
    heartbeat: Heartbeat,
    timer: Pin<Box<Sleep>>,
    /// Events from before the CONNECT answer that are not yet handed on.
    replayed: VecDeque<(Packet, usize)>,
    recovery: Option<Recovery>,
    partial: Option<Partial>,
    acks: Acks,
    /// Callers whose emits are in the buffer.
    unflushed: Vec<oneshot::Sender<Result<(), EmitError>>>,
    /// When the write under way must be done.
    write_deadline: Option<Instant>,
    turn: Turn,
    line: Line,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Read,
    Send,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Standing,
    /// Nothing more can be said on it.
    Dead,
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
            line: Line::Standing,
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

    fn frame(
        &mut self,
        frame: Option<Result<Message, WsError>>,
        inbox: &mut Inbox,
        outbox: &Outbox,
    ) -> Result<(), EndReason> {
        match frame {
            Some(Ok(Message::Text(text))) => self.text(&text, inbox, outbox),
            Some(Ok(Message::Binary(part))) => self.attachment(part, inbox, outbox),
            Some(Ok(Message::Close(close))) => {
                Err(EndReason::Closed { code: close.map(|close| close.code.into()) })
            }
            Some(Ok(_)) => {
                // tungstenite has answered a websocket ping into its buffer; see that it leaves.
                self.begin_write();
                Ok(())
            }
            Some(Err(error)) => Err(end_of(error)),
            None => Err(EndReason::Closed { code: None }),
        }
    }

    fn text(&mut self, text: &str, inbox: &mut Inbox, outbox: &Outbox) -> Result<(), EndReason> {
        match engine::parse(text).map_err(malformed)? {
            Frame::Ping => self.ping(),
            Frame::Idle => Ok(()),
            Frame::Close => Err(EndReason::Closed { code: None }),
            Frame::Open(_) => Err(EndReason::Malformed("a second opening".into())),
            Frame::Message(text) => {
                if self.partial.is_some() {
                    return Err(EndReason::Malformed("an attachment is missing".into()));
                }
                match packet::parse(text, &self.namespace, self.limits.max_attachments) {
                    Ok(Head::Whole(packet)) => self.packet(packet, text.len(), inbox, outbox),
                    Ok(Head::Partial(partial)) => {
                        self.partial = Some(partial);
                        Ok(())
                    }
                    Ok(Head::Elsewhere) => Ok(()),
                    Err(error) => Err(malformed(error)),
                }
            }
        }
    }

    fn attachment(
        &mut self,
        part: Bytes,
        inbox: &mut Inbox,
        outbox: &Outbox,
    ) -> Result<(), EndReason> {
        let Some(mut partial) = self.partial.take() else {
            return Err(EndReason::Malformed("an attachment that nobody announced".into()));
        };
        partial.add(part);
        let size = partial.size();
        if size > self.limits.max_message {
            return Err(EndReason::Malformed("a message beyond the size limit".into()));
        }
        if partial.is_whole() {
            return self.packet(partial.finish().map_err(malformed)?, size, inbox, outbox);
        }
        self.partial = Some(partial);
        Ok(())
    }

    fn packet(
        &mut self,
        packet: Packet,
        size: usize,
        inbox: &mut Inbox,
        outbox: &Outbox,
    ) -> Result<(), EndReason> {
        match packet {
            Packet::Event { name, mut args, ack } => {
                offsets::take(&mut self.recovery, &mut args, ack);
                match inbox.event(name, args, ack.map(|id| outbox.ack_reply(id)), size)? {
                    Room::Free => {}
                    Room::Full => self.heartbeat.set_reading(Reading::Paused),
                }
                Ok(())
            }
            Packet::Ack { id, args } => {
                self.acks.answer(id, args);
                Ok(())
            }
            Packet::Disconnect => Err(EndReason::Kicked),
            Packet::Connected { .. } | Packet::ConnectError { .. } => {
                Err(EndReason::Malformed("a second answer to our connect".into()))
            }
        }
    }

    fn ping(&mut self) -> Result<(), EndReason> {
        self.acks.forget_gone();
        if self.heartbeat.pinged() { self.write(Message::text(engine::PONG)) } else { Ok(()) }
    }

    /// Writes `first` and what else waits, up to one batch.
    fn send_batch(&mut self, first: Command, outbox: &mut Outbox) -> Result<(), EndReason> {
        let mut written = 0;
        let mut next = Some(first);
        while let Some(command) = next {
            if !command.is_cancelled() {
                written += self.command(command)?;
            }
            next = if written < BATCH_BYTES { outbox.try_next() } else { None };
        }
        Ok(())
    }

    fn command(&mut self, command: Command) -> Result<usize, EndReason> {
        match command {
            Command::Emit { event, args, reply } => {
                self.encoded(packet::event(&self.namespace, &event, args, None), reply)
            }
            Command::Ack { id, args, reply } => {
                self.encoded(packet::ack(&self.namespace, args, id), reply)
            }
            Command::EmitWithAck { event, args, reply, timeout: _ } => {
                let id = match self.acks.ask(reply, self.limits.acks) {
                    Ok(id) => id,
                    Err(reply) => {
                        drop(reply.send(Err(EmitError::TooManyAcks)));
                        return Ok(0);
                    }
                };
                let encoded = packet::event(&self.namespace, &event, args, Some(id));
                match self.too_large(&encoded) {
                    Some(error) => {
                        self.acks.fail(id, error);
                        Ok(0)
                    }
                    None => self.write_packet(encoded),
                }
            }
        }
    }

    fn encoded(
        &mut self,
        encoded: Encoded,
        reply: oneshot::Sender<Result<(), EmitError>>,
    ) -> Result<usize, EndReason> {
        if let Some(error) = self.too_large(&encoded) {
            drop(reply.send(Err(error)));
            return Ok(0);
        }
        let size = self.write_packet(encoded)?;
        self.unflushed.push(reply);
        Ok(size)
    }

    fn too_large(&self, encoded: &Encoded) -> Option<EmitError> {
        let size = encoded.largest_frame();
        (size > self.max_payload).then_some(EmitError::TooLarge { size, max: self.max_payload })
    }

    fn write_packet(&mut self, encoded: Encoded) -> Result<usize, EndReason> {
        let size = encoded.size();
        self.write(Message::text(encoded.text))?;
        for part in encoded.parts {
            self.write(Message::Binary(part))?;
        }
        Ok(size)
    }

    /// Puts a frame into the buffer; [`NativeSession::poll_step`] sees it into the kernel.
    fn write(&mut self, message: Message) -> Result<(), EndReason> {
        Pin::new(&mut self.socket).start_send(message).map_err(end_of)?;
        self.begin_write();
        Ok(())
    }

    fn begin_write(&mut self) {
        let timeout = self.limits.write_timeout;
        self.write_deadline.get_or_insert_with(|| Instant::now() + timeout);
    }

    fn flushed(&mut self, result: Result<(), WsError>) -> Result<(), EndReason> {
        result.map_err(end_of)?;
        self.write_deadline = None;
        for reply in self.unflushed.drain(..) {
            // A caller that has gone does not want to know.
            let _ = reply.send(Ok(()));
        }
        Ok(())
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
                if reason.is_dead_line() {
                    self.line = Line::Dead;
                }
                return reason;
            }
        }
    }

    async fn close(mut self: Box<Self>) {
        if self.line == Line::Dead {
            return;
        }
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

fn malformed(error: crate::wire::Unreadable) -> EndReason {
    EndReason::Malformed(error.to_string())
}

fn end_of(error: WsError) -> EndReason {
    match error {
        WsError::Io(error) => EndReason::Lost(error.to_string()),
        WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            EndReason::Lost("the other side went away without a word".into())
        }
        WsError::ConnectionClosed | WsError::AlreadyClosed => EndReason::Closed { code: None },
        WsError::Capacity(CapacityError::MessageTooLong { .. }) => {
            EndReason::Malformed("a message beyond the size limit".into())
        }
        // The library's texts name protocol elements; none quotes what was received.
        error => EndReason::Malformed(error.to_string()),
    }
}
