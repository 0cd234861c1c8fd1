//! The list of everything that came in.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::wait::ring;

/// One event that a client sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Received {
    /// Counts from 1, without gaps.
    pub seq: u64,
    /// The event's name.
    pub event: String,
    /// Its first argument; null when there is none or it is not JSON.
    pub payload: Value,
    /// The Socket.IO id of the client.
    pub socket: String,
    /// When it was read.
    #[serde(skip)]
    pub at: Instant,
    /// The same as an ISO time, UTC.
    pub time: String,
}

/// Why a result counts as one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicateReason {
    /// The same request was answered before.
    AnsweredTwice,
    /// Nobody asked, or the one who asked has given up.
    NobodyListening,
}

/// A result that the real gateway would have suffered from (trap 2 of the contract).
#[derive(Debug, Clone)]
pub struct Duplicate {
    /// Why it is one too many.
    pub reason: DuplicateReason,
    /// The event.
    pub received: Arc<Received>,
}

/// Keeps the newest `keep` events; older ones are forgotten.
pub(super) struct Journal {
    inner: Mutex<Inner>,
    pub(super) changes: watch::Sender<u64>,
    keep: usize,
}

#[derive(Default)]
struct Inner {
    last: u64,
    events: VecDeque<Arc<Received>>,
    duplicates: VecDeque<Duplicate>,
}

impl Journal {
    pub(super) fn new(keep: usize) -> Self {
        Self { inner: Mutex::default(), changes: watch::Sender::new(0), keep: keep.max(1) }
    }

    pub(super) fn record(&self, event: &str, payload: Value, socket: &str) -> Arc<Received> {
        let mut inner = self.inner();
        inner.last += 1;
        let received = Arc::new(Received {
            seq: inner.last,
            event: event.to_owned(),
            payload,
            socket: socket.to_owned(),
            at: Instant::now(),
            time: super::clock::iso_now(),
        });
        push_bounded(&mut inner.events, received.clone(), self.keep);
        received
    }

    pub(super) fn record_duplicate(&self, reason: DuplicateReason, received: Arc<Received>) {
        let duplicate = Duplicate { reason, received };
        push_bounded(&mut self.inner().duplicates, duplicate, self.keep);
    }

    pub(super) fn ring(&self) {
        ring(&self.changes);
    }

    pub(super) fn events_after(&self, seq: u64) -> Vec<Arc<Received>> {
        let inner = self.inner();
        let from = inner.events.partition_point(|e| e.seq <= seq);
        inner.events.range(from..).cloned().collect()
    }

    pub(super) fn duplicates(&self) -> Vec<Duplicate> {
        self.inner().duplicates.iter().cloned().collect()
    }

    pub(super) fn last(&self) -> u64 {
        self.inner().last
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, keep: usize) {
    if queue.len() >= keep {
        queue.pop_front();
    }
    queue.push_back(item);
}
