//! Our own driver: what a session reads.

use super::heartbeat::{Ping, Reading};
use super::offsets;
use super::session::NativeSession;
use crate::connection::EndReason;
use crate::port::{Inbox, Outbox, Room};
use crate::wire::Unreadable;
use crate::wire::engine::{self, Frame};
use crate::wire::packet::{self, Head, Packet};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::Message;

impl NativeSession {
    pub(super) fn frame(
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

    pub(super) fn packet(
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

    /// Hands on what the gateway said before its line broke. A write can fail first, and what the gateway said last may be
    /// why: a refusal must not look like a lost line.
    pub(super) async fn last_words(
        &mut self,
        reason: EndReason,
        inbox: &mut Inbox,
        outbox: &Outbox,
    ) -> EndReason {
        let patience = Instant::now() + self.limits.goodbye;
        while !inbox.is_full() {
            let Ok(frame) = timeout_at(patience, self.socket.next()).await else { break };
            match self.frame(frame, inbox, outbox) {
                Ok(()) => {}
                Err(told @ (EndReason::Refused(_) | EndReason::Kicked)) => return told,
                Err(_) => break,
            }
        }
        reason
    }

    fn ping(&mut self) -> Result<(), EndReason> {
        self.acks.forget_gone();
        match self.heartbeat.pinged() {
            Ping::Answer => self.write(Message::text(engine::PONG)),
            Ping::Skip => Ok(()),
        }
    }
}

fn malformed(error: Unreadable) -> EndReason {
    EndReason::Malformed(error.to_string())
}

pub(super) fn end_of(error: WsError) -> EndReason {
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
