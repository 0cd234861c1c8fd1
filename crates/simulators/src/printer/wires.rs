//! The printer's connections, and what came in on each.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, sync::Notify};

/// A connection, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireId(pub u64);

/// Everything received on one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireLog {
    /// Which connection.
    pub id: WireId,
    /// Every byte, real-time requests included.
    pub bytes: Vec<u8>,
}

/// One open connection. Dropping the last reference closes it.
pub(super) struct Wire {
    pub(super) stream: TcpStream,
    pub(super) ended: Notify,
}

pub(super) struct Wires {
    open: BTreeMap<WireId, Arc<Wire>>,
    logs: VecDeque<WireLog>,
    kept: usize,
    keep: usize,
    pub(super) opened: u64,
    pub(super) byte_count: u64,
    pub(super) last_byte: Option<Instant>,
}

impl Wires {
    pub(super) fn new(keep: usize) -> Self {
        Self {
            open: BTreeMap::new(),
            logs: VecDeque::new(),
            kept: 0,
            keep,
            opened: 0,
            byte_count: 0,
            last_byte: None,
        }
    }

    pub(super) fn add(&mut self, stream: TcpStream) -> (WireId, Arc<Wire>) {
        self.opened += 1;
        let id = WireId(self.opened);
        let wire = Arc::new(Wire { stream, ended: Notify::new() });
        self.open.insert(id, wire.clone());
        if self.keep > 0 {
            self.logs.push_back(WireLog { id, bytes: Vec::new() });
        }
        (id, wire)
    }

    pub(super) fn received(&mut self, id: WireId, bytes: &[u8]) {
        self.byte_count += bytes.len() as u64;
        self.last_byte = Some(Instant::now());
        let Ok(at) = self.logs.binary_search_by_key(&id, |log| log.id) else { return };
        self.logs[at].bytes.extend_from_slice(bytes);
        self.kept += bytes.len();
        while self.kept > self.keep
            && let Some(oldest) = self.logs.pop_front()
        {
            self.kept -= oldest.bytes.len();
        }
    }

    pub(super) fn remove(&mut self, id: WireId) {
        self.open.remove(&id);
    }

    pub(super) fn logs(&self) -> Vec<WireLog> {
        self.logs.iter().cloned().collect()
    }

    pub(super) fn is_open(&self, id: WireId) -> bool {
        self.open.contains_key(&id)
    }

    pub(super) fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Sends a few bytes. What a client does not read for so long that its buffer is full is lost.
    pub(super) fn send(&self, id: WireId, bytes: &[u8]) {
        if let Some(wire) = self.open.get(&id) {
            let _ = socket2::SockRef::from(&wire.stream).send(bytes);
        }
    }

    pub(super) fn send_all(&self, bytes: &[u8]) {
        self.open.keys().for_each(|id| self.send(*id, bytes));
    }

    /// Resets the connection: the peer sees RST, and what it sent last is gone.
    pub(super) fn reset(&mut self, id: WireId) {
        if let Some(wire) = self.open.remove(&id) {
            let _ = socket2::SockRef::from(&wire.stream).set_linger(Some(Duration::ZERO));
            wire.ended.notify_one();
        }
    }

    pub(super) fn reset_all(&mut self) {
        let ids: Vec<_> = self.open.keys().copied().collect();
        ids.into_iter().for_each(|id| self.reset(id));
    }
}
