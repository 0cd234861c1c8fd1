//! The way from a driver to the consumer: in order, bounded by count and by bytes.

use crate::arg::Arg;
use crate::connection::{EndReason, Incoming, SessionId};
use crate::emitter::AckReply;
use crate::limits::Limits;
use crate::refused::{Credentials, Refused};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Hands events to the consumer, in order.
///
/// At the bound one event is held back and [`Inbox::is_full`] turns true; the driver then stops reading
/// its socket until [`Inbox::poll_room`] is ready. The event held back is never lost: it goes ahead of
/// the session's end.
pub struct Inbox {
    sender: mpsc::Sender<Incoming>,
    /// Sizes of what the consumer has not taken yet, oldest first.
    sizes: VecDeque<usize>,
    bytes: usize,
    max_bytes: usize,
    held_back: Option<(Incoming, usize)>,
    waiting: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    session: SessionId,
    refusal_events: Vec<String>,
    credentials: Credentials,
}

/// What became of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Room {
    /// Handed over; more may come.
    Free,
    /// Held back; read no more until [`Inbox::poll_room`] is ready.
    Full,
}

impl Inbox {
    pub(crate) fn new(
        limits: &Limits,
        refusal_events: Vec<String>,
    ) -> (Self, mpsc::Receiver<Incoming>) {
        let (sender, receiver) = mpsc::channel(limits.incoming_events.max(1));
        let inbox = Self {
            sender,
            sizes: VecDeque::new(),
            bytes: 0,
            max_bytes: limits.incoming_bytes,
            held_back: None,
            waiting: None,
            session: SessionId(0),
            refusal_events,
            credentials: Credentials::default(),
        };
        (inbox, receiver)
    }

    pub(crate) fn begin(&mut self, session: SessionId, credentials: Credentials) {
        self.session = session;
        self.credentials = credentials;
    }

    /// Hands over one event of `size` bytes on the wire.
    ///
    /// # Errors
    /// Why the session must end: the event means refusal, or nobody takes events any more. The event
    /// itself was handed over in the first case.
    pub fn event(
        &mut self,
        name: String,
        args: Vec<Arg>,
        ack: Option<AckReply>,
        size: usize,
    ) -> Result<Room, EndReason> {
        let refusal = self.refusal(&name, &args);
        let room = self.push(Incoming::Event { session: self.session, name, args, ack }, size)?;
        match refusal {
            Some(refused) => Err(EndReason::Refused(refused)),
            None => Ok(room),
        }
    }

    /// Whether an event is held back.
    pub fn is_full(&self) -> bool {
        self.held_back.is_some()
    }

    /// Ready once nothing is held back any more.
    pub fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<Result<(), EndReason>> {
        while let Some((event, size)) = self.held_back.take() {
            match self.place(event, size) {
                Ok(()) => return Poll::Ready(Ok(())),
                Err(Unplaced::Gone) => return Poll::Ready(Err(EndReason::Abandoned)),
                Err(Unplaced::Full(event)) => self.held_back = Some((*event, size)),
            }
            let missing = self.missing(size);
            let sender = &self.sender;
            let waiting = self.waiting.get_or_insert_with(|| {
                let sender = sender.clone();
                Box::pin(async move { drop(sender.reserve_many(missing).await) })
            });
            if waiting.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.waiting = None;
        }
        Poll::Ready(Ok(()))
    }

    /// Puts `event` next in line without waiting; it may be held back.
    pub(crate) fn announce(&mut self, event: Incoming) -> Result<(), EndReason> {
        self.push(event, 0).map(drop)
    }

    /// Waits for the consumer as long as it takes. Cancel safe: what was not taken is held back.
    pub(crate) async fn deliver(&mut self, event: Incoming) -> Result<(), EndReason> {
        poll_fn(|context| self.poll_room(context)).await?;
        if self.push(event, 0)? == Room::Full {
            poll_fn(|context| self.poll_room(context)).await?;
        }
        Ok(())
    }

    /// Ready once nobody can take events any more.
    pub(crate) fn abandoned(&self) -> impl Future<Output = ()> + use<> {
        let sender = self.sender.clone();
        async move { sender.closed().await }
    }

    fn push(&mut self, event: Incoming, size: usize) -> Result<Room, EndReason> {
        debug_assert!(self.held_back.is_none(), "the driver must wait for room");
        match self.place(event, size) {
            Ok(()) => Ok(Room::Free),
            Err(Unplaced::Gone) => Err(EndReason::Abandoned),
            Err(Unplaced::Full(event)) => {
                self.held_back = Some((*event, size));
                Ok(Room::Full)
            }
        }
    }

    fn place(&mut self, event: Incoming, size: usize) -> Result<(), Unplaced> {
        self.forget_taken();
        if self.bytes > 0 && self.bytes + size > self.max_bytes {
            return Err(Unplaced::Full(Box::new(event)));
        }
        match self.sender.try_send(event) {
            Ok(()) => {
                self.sizes.push_back(size);
                self.bytes += size;
                Ok(())
            }
            Err(mpsc::error::TrySendError::Full(event)) => Err(Unplaced::Full(Box::new(event))),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Unplaced::Gone),
        }
    }

    /// The queue is first in, first out: what it no longer holds is the oldest.
    fn forget_taken(&mut self) {
        let queued = self.sender.max_capacity() - self.sender.capacity();
        while self.sizes.len() > queued {
            self.bytes -= self.sizes.pop_front().unwrap_or(0);
        }
    }

    /// How many free places it takes until an event of `size` fits.
    fn missing(&self, size: usize) -> usize {
        let mut bytes = self.bytes;
        let mut left = self.sizes.len();
        for queued in &self.sizes {
            if left < self.sender.max_capacity() && (bytes == 0 || bytes + size <= self.max_bytes) {
                break;
            }
            bytes -= queued;
            left -= 1;
        }
        (self.sender.max_capacity() - left).max(1)
    }

    fn refusal(&self, name: &str, args: &[Arg]) -> Option<Refused> {
        let refuses = self.refusal_events.iter().any(|refusal| refusal == name);
        refuses
            .then(|| Refused::from_payload(args.first().and_then(Arg::as_json), &self.credentials))
    }
}

enum Unplaced {
    Full(Box<Incoming>),
    Gone,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refused::Refused;
    use serde_json::json;

    fn inbox(events: usize, bytes: usize) -> (Inbox, mpsc::Receiver<Incoming>) {
        let limits = Limits { incoming_events: events, incoming_bytes: bytes, ..Limits::default() };
        Inbox::new(&limits, vec!["no".into()])
    }

    fn push(inbox: &mut Inbox, name: &str, size: usize) -> Result<Room, EndReason> {
        inbox.event(name.into(), vec![json!("because").into()], None, size)
    }

    async fn room(inbox: &mut Inbox) {
        poll_fn(|context| inbox.poll_room(context)).await.unwrap();
    }

    fn name(event: Option<Incoming>) -> String {
        match event {
            Some(Incoming::Event { name, .. }) => name,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn bytes_are_bounded_and_order_is_kept() {
        let (mut inbox, mut incoming) = inbox(10, 100);
        assert_eq!(push(&mut inbox, "a", 40), Ok(Room::Free));
        assert_eq!(push(&mut inbox, "b", 40), Ok(Room::Free));
        assert_eq!(push(&mut inbox, "c", 90), Ok(Room::Full));
        assert_eq!(name(incoming.recv().await), "a");
        let pending = poll_fn(|context| Poll::Ready(inbox.poll_room(context).is_pending())).await;
        assert!(pending, "40 of 100 bytes are still queued, 90 do not fit");
        assert_eq!(name(incoming.recv().await), "b");
        room(&mut inbox).await;
        assert_eq!(name(incoming.recv().await), "c");
        assert_eq!(push(&mut inbox, "large", 5000), Ok(Room::Free), "alone, anything may pass");
    }

    #[tokio::test]
    async fn count_is_bounded_and_nothing_is_lost_at_the_end() {
        let (mut inbox, mut incoming) = inbox(2, 1000);
        for (event, expected) in [("a", Room::Free), ("b", Room::Free), ("c", Room::Full)] {
            assert_eq!(push(&mut inbox, event, 1), Ok(expected));
        }
        let session = SessionId(1);
        let end = async {
            inbox.deliver(Incoming::Disconnected { session, reason: EndReason::Silent }).await
        };
        let consumer = async {
            for expected in ["a", "b", "c"] {
                assert_eq!(name(incoming.recv().await), expected);
            }
            assert!(matches!(incoming.recv().await, Some(Incoming::Disconnected { .. })));
        };
        let (delivered, ()) = tokio::join!(end, consumer);
        delivered.unwrap();
    }

    #[tokio::test]
    async fn a_refusal_is_handed_on_and_ends_the_session() {
        let (mut inbox, mut incoming) = inbox(2, 1000);
        assert_eq!(push(&mut inbox, "no", 1), Err(EndReason::Refused(Refused::new("because"))));
        assert_eq!(name(incoming.recv().await), "no");
    }

    #[tokio::test]
    async fn a_consumer_that_is_gone_ends_the_session() {
        let (mut inbox, incoming) = inbox(2, 1000);
        drop(incoming);
        assert_eq!(push(&mut inbox, "a", 1), Err(EndReason::Abandoned));
    }
}
