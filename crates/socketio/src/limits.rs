//! What a session may cost: time, memory, queue lengths.

use std::time::Duration;

/// Bounds of one connection. The defaults are the ones to use; tests shorten the times.
#[derive(Clone, Debug)]
pub struct Limits {
    /// One deadline over DNS, TCP, proxy, TLS, upgrade, open and the CONNECT answer. 15 s.
    pub connect_deadline: Duration,
    /// How long [`Authenticator::auth`](crate::Authenticator::auth) may take. 30 s.
    pub auth_deadline: Duration,
    /// How long one write may wait for the kernel, and an emit for a place in the queue. 10 s.
    pub write_timeout: Duration,
    /// How long saying goodbye may take when we end a session ourselves. 1 s.
    pub goodbye: Duration,
    /// Largest incoming packet with all its attachments, in bytes. 16 MiB.
    pub max_message: usize,
    /// Most binary attachments of one packet. 64.
    pub max_attachments: usize,
    /// Events that wait for the consumer; at the bound the socket is no longer read. 64: a list of
    /// numbers takes ten times its size on the wire while it waits.
    pub incoming_events: usize,
    /// Bytes of events that wait for the consumer; at the bound the socket is no longer read. 32 MiB.
    pub incoming_bytes: usize,
    /// Emits that wait for the socket; at the bound an emit waits, at most `write_timeout`. 64.
    pub outgoing: usize,
    /// Acknowledgements asked for and not yet answered; at the bound an emit with ack fails. 1024.
    pub acks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_deadline: Duration::from_secs(15),
            auth_deadline: Duration::from_secs(30),
            write_timeout: Duration::from_secs(10),
            goodbye: Duration::from_secs(1),
            max_message: 16 << 20,
            max_attachments: 64,
            incoming_events: 64,
            incoming_bytes: 32 << 20,
            outgoing: 64,
            acks: 1024,
        }
    }
}
