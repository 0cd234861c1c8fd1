//! Our own driver: what a session writes.

use super::reading::end_of;
use super::session::NativeSession;
use crate::connection::EndReason;
use crate::emitter::EmitError;
use crate::port::{Command, Outbox};
use crate::wire::packet::{self, Encoded};
use futures_util::Sink;
use std::pin::Pin;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::error::Error as WsError;
use tokio_tungstenite::tungstenite::protocol::Message;

/// Once this much is in the buffer, it is flushed before more emits are taken from the queue.
const BATCH_BYTES: usize = 64 * 1024;

impl NativeSession {
    /// Writes `first` and what else waits, up to one batch.
    pub(super) fn send_batch(
        &mut self,
        first: Command,
        outbox: &mut Outbox,
    ) -> Result<(), EndReason> {
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
    pub(super) fn write(&mut self, message: Message) -> Result<(), EndReason> {
        Pin::new(&mut self.socket).start_send(message).map_err(end_of)?;
        self.begin_write();
        Ok(())
    }

    pub(super) fn begin_write(&mut self) {
        let timeout = self.limits.write_timeout;
        self.write_deadline.get_or_insert_with(|| Instant::now() + timeout);
    }

    pub(super) fn flushed(&mut self, result: Result<(), WsError>) -> Result<(), EndReason> {
        result.map_err(end_of)?;
        self.write_deadline = None;
        for reply in self.unflushed.drain(..) {
            // A caller that has gone does not want to know.
            let _ = reply.send(Ok(()));
        }
        Ok(())
    }
}
