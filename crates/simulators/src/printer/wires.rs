//! The printer's connections, and what came in on each.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
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
    pub(super) outlet: Outlet,
    pub(super) ended: Notify,
}

/// Where a connection's answers go.
pub(super) enum Outlet {
    Tcp(TcpStream),
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the USB bus is Linux's"))]
    Usb(Answers),
}

/// Answers that wait until the host asks for them.
#[derive(Default)]
pub(super) struct Answers {
    waiting: Mutex<VecDeque<u8>>,
    pub(super) more: Notify,
}

/// What a printer keeps of answers that nobody fetches.
const MOST_ANSWERS: usize = 4096;

impl Answers {
    fn put(&self, bytes: &[u8]) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST_ANSWERS - waiting.len();
        waiting.extend(&bytes[..bytes.len().min(room)]);
        self.more.notify_one();
    }

    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the USB bus is Linux's"))]
    pub(super) fn take(&self, most: usize) -> Vec<u8> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let length = waiting.len().min(most);
        waiting.drain(..length).collect()
    }
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

    pub(super) fn add(&mut self, outlet: Outlet) -> (WireId, Arc<Wire>) {
        self.opened += 1;
        let id = WireId(self.opened);
        let wire = Arc::new(Wire { outlet, ended: Notify::new() });
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
        match self.open.get(&id).map(|wire| &wire.outlet) {
            Some(Outlet::Tcp(stream)) => drop(socket2::SockRef::from(stream).send(bytes)),
            Some(Outlet::Usb(answers)) => answers.put(bytes),
            None => {}
        }
    }

    pub(super) fn send_all(&self, bytes: &[u8]) {
        self.open.keys().for_each(|id| self.send(*id, bytes));
    }

    /// Resets the connection: the peer sees RST (on USB, the printer is gone), and what it sent last is gone.
    pub(super) fn reset(&mut self, id: WireId) {
        if let Some(wire) = self.open.remove(&id) {
            if let Outlet::Tcp(stream) = &wire.outlet {
                let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
            }
            wire.ended.notify_one();
        }
    }

    pub(super) fn reset_all(&mut self) {
        let ids: Vec<_> = self.open.keys().copied().collect();
        ids.into_iter().for_each(|id| self.reset(id));
    }
}
