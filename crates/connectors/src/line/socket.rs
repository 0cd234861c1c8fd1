//! The line over a real socket.

use crate::line::{Acknowledge, Inlet, LineEvent, NotSent, Outlet, Said, SessionKey};
use async_trait::async_trait;
use platen_socketio::{AckReply, Arg, EmitError, Emitter, Incoming, Refused, SessionId};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

/// The session that stands now, under our number and the socket's.
type Current = Arc<Mutex<(SessionKey, Option<SessionId>)>>;

/// The incoming half.
pub(crate) struct SocketInlet {
    incoming: mpsc::Receiver<Incoming>,
    current: Current,
}

/// The outgoing half.
pub(crate) struct SocketOutlet {
    emitter: Emitter,
    current: Current,
}

/// Both halves of a connection.
pub(crate) fn halves(
    incoming: mpsc::Receiver<Incoming>,
    emitter: Emitter,
) -> (SocketInlet, SocketOutlet) {
    let current = Arc::new(Mutex::new((SessionKey(0), None)));
    (SocketInlet { incoming, current: current.clone() }, SocketOutlet { emitter, current })
}

impl SocketInlet {
    /// Our number of the session that stands; a new one where `opens` is new.
    fn key(&self, opens: Option<SessionId>) -> SessionKey {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = opens {
            *current = (SessionKey(current.0.0 + 1), Some(session));
        }
        current.0
    }
}

#[async_trait]
impl Inlet for SocketInlet {
    async fn next(&mut self) -> Option<LineEvent> {
        Some(match self.incoming.recv().await? {
            Incoming::Connected { session } => LineEvent::Connected(self.key(Some(session))),
            Incoming::Event { name, args, ack, .. } => {
                let ack = ack.map(|ack| Box::new(SocketAck(ack)) as Box<dyn Acknowledge>);
                LineEvent::Said(Said { session: self.key(None), name, args, ack })
            }
            Incoming::Disconnected { reason, .. } => {
                tracing::info!(%reason, "a session has ended");
                LineEvent::Disconnected(self.key(None))
            }
        })
    }
}

struct SocketAck(AckReply);

#[async_trait]
impl Acknowledge for SocketAck {
    async fn answer(self: Box<Self>, answer: Value) {
        if let Err(error) = self.0.send(vec![answer]).await {
            tracing::debug!(%error, "an acknowledgement found nobody");
        }
    }
}

#[async_trait]
impl Outlet for SocketOutlet {
    async fn emit(&self, event: &str, payload: Value) -> Result<(), NotSent> {
        self.emitter.emit(event, vec![Arg::Json(payload)]).await.map_err(not_sent)
    }

    async fn emit_on(
        &self,
        session: SessionKey,
        event: &str,
        payload: Value,
    ) -> Result<(), NotSent> {
        let (key, id) = *self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match id.filter(|_| key == session) {
            Some(id) => {
                self.emitter.emit_on(id, event, vec![Arg::Json(payload)]).await.map_err(not_sent)
            }
            None => Err(not_sent(EmitError::SessionOver)),
        }
    }

    fn refuse(&self, why: Refused) {
        self.emitter.refuse(why);
    }

    async fn emit_with_ack(
        &self,
        event: &str,
        payload: Value,
        timeout: Duration,
    ) -> Result<(), NotSent> {
        let answer = self.emitter.emit_with_ack(event, vec![Arg::Json(payload)], timeout).await;
        answer.map(drop).map_err(not_sent)
    }
}

fn not_sent(error: EmitError) -> NotSent {
    NotSent(error.to_string())
}
