//! What a door is opened with.

use super::identity::Identity;
use super::token::TokenCheck;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What a door is opened with.
#[derive(Clone)]
pub struct DoorSettings {
    /// Where it listens.
    pub address: SocketAddr,
    /// Whether what crosses it is encrypted.
    pub transport: Transport,
    /// What this machine is called, besides `localhost` and its addresses: the names under which it may be reached.
    pub names: Vec<String>,
    /// Pages of these origins may call, such as `https://till.example.com`; compared exactly.
    pub origins: Vec<String>,
    /// The token that callers have to show.
    pub token: TokenCheck,
    /// Bounds.
    pub limits: Limits,
}

/// Whether what crosses a door is encrypted.
#[derive(Clone)]
pub enum Transport {
    /// It is not.
    Plain,
    /// TLS with the identity of the moment: a renewed one is used for the next connection.
    Tls(watch::Receiver<Arc<Identity>>),
}

impl Transport {
    /// The scheme of its addresses.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Transport::Plain => "http",
            Transport::Tls(_) => "https",
        }
    }
}

/// Bounds of a door.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; for a further one the oldest without a token makes room, or it is closed.
    pub connections: usize,
    /// Connections of one peer at once; likewise.
    pub connections_of_a_peer: usize,
    /// How long a TLS handshake may take.
    pub handshake: Duration,
    /// How long a caller may take for the head of a request, and stay silent between two.
    pub head: Duration,
    /// How long a caller may take for the body.
    pub body: Duration,
    /// How long a request may take in all.
    pub request: Duration,
    /// Wrong tokens of one peer in a row that are answered by "unauthorized"; then "too many requests", for a while.
    pub wrong_tokens: u32,
    /// Bytes of a request's body.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 1024,
            connections_of_a_peer: 512,
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            request: Duration::from_secs(30),
            wrong_tokens: 5,
            body_bytes: 2 << 20,
        }
    }
}
