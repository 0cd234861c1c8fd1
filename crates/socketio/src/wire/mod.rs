//! What travels on the websocket: Engine.IO 4 around Socket.IO protocol 5.
//!
//! Source: the protocol descriptions of Engine.IO (revision 4) and Socket.IO (revision 5).

pub(crate) mod attachments;
pub(crate) mod engine;
pub(crate) mod json;
pub(crate) mod packet;

/// Why something received cannot be read. Never quotes what was received.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unreadable(pub(crate) &'static str);
