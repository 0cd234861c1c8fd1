//! Those who wait for a result, and the listeners they have put on the sockets.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use tokio::sync::mpsc;

use super::{
    journal::{DuplicateReason, Received},
    options::Callers,
};

/// What makes a result belong to a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The event that carries the result.
    pub(super) event: &'static str,
    /// The job's id, the correlation id, or the printer's name; empty when the request had none.
    pub(super) id: String,
}

/// Events that carry a result, by the rule their listeners follow.
pub(super) const PHYSICAL_RESULT: &str = "print:physical:result";
pub(super) const RAW_RESULT: &str = "print:raw:result";
pub(super) const TEST_RESULT: &str = "printer:test:result";
/// Stands for `print:job:completed` and `print:job:failed`, which end the same job.
pub(super) const JOB_RESULT: &str = "print:job:completed|failed";

/// The key of a result, or nothing when the event is no result.
pub(super) fn key_of(received: &Received) -> Option<Key> {
    let (event, fields): (_, &[&str]) = match received.event.as_str() {
        PHYSICAL_RESULT => (PHYSICAL_RESULT, &["jobId"]),
        RAW_RESULT => (RAW_RESULT, &["printerName"]),
        TEST_RESULT => (TEST_RESULT, &["correlationId", "printerId"]),
        "print:job:completed" | "print:job:failed" => (JOB_RESULT, &["jobId"]),
        _ => return None,
    };
    let id = fields.iter().find_map(|f| received.payload[f].as_str()).unwrap_or_default();
    Some(Key { event, id: id.to_owned() })
}

/// How many answered requests are remembered, to know a second answer when it comes.
const REMEMBERED: usize = 200_000;

/// What a waiting caller is told.
pub(super) enum Told {
    Started(Arc<Received>),
    Result(Arc<Received>),
    /// The listener was used up by a result for somebody else.
    ListenerTaken,
}

pub(super) struct Waiting {
    mode: Callers,
    next: u64,
    calls: HashMap<u64, Call>,
    by_key: HashMap<Key, Vec<u64>>,
    listeners: HashMap<(String, &'static str), Vec<u64>>,
    outstanding: HashMap<Key, usize>,
    answered: HashSet<Key>,
    answered_order: VecDeque<Key>,
}

struct Call {
    key: Key,
    tell: mpsc::UnboundedSender<Told>,
    sockets: Vec<String>,
}

impl Waiting {
    pub(super) fn new(mode: Callers) -> Self {
        Self {
            mode,
            next: 0,
            calls: HashMap::new(),
            by_key: HashMap::new(),
            listeners: HashMap::new(),
            outstanding: HashMap::new(),
            answered: HashSet::new(),
            answered_order: VecDeque::new(),
        }
    }

    /// A request was sent, so one answer to it is in order.
    pub(super) fn asked(&mut self, key: Key) {
        *self.outstanding.entry(key).or_default() += 1;
    }

    /// Puts a one-shot listener on each of `sockets`. The receiver gets a message or two
    /// per socket, so its queue is as small as the list of sockets.
    pub(super) fn listen(
        &mut self,
        key: Key,
        sockets: Vec<String>,
    ) -> (u64, mpsc::UnboundedReceiver<Told>) {
        let (tell, told) = mpsc::unbounded_channel();
        self.next += 1;
        let id = self.next;
        for socket in &sockets {
            self.listeners.entry((socket.clone(), key.event)).or_default().push(id);
        }
        self.by_key.entry(key.clone()).or_default().push(id);
        self.calls.insert(id, Call { key, tell, sockets });
        (id, told)
    }

    /// The caller has its result or has given up. An answer that comes later is one too many.
    pub(super) fn give_up(&mut self, id: u64) {
        let Some(key) = self.forget(id) else { return };
        self.settle(&key);
    }

    /// `print:job:started` came in.
    pub(super) fn started(&mut self, received: &Arc<Received>) {
        let id = received.payload["jobId"].as_str().unwrap_or_default().to_owned();
        let key = Key { event: JOB_RESULT, id };
        for call in self.by_key.get(&key).into_iter().flatten() {
            if let Some(call) = self.calls.get(call) {
                let _ = call.tell.send(Told::Started(received.clone()));
            }
        }
    }

    /// A result came in. Returns why it is one too many, if it is.
    pub(super) fn result(
        &mut self,
        received: &Arc<Received>,
        key: &Key,
    ) -> Option<DuplicateReason> {
        let expected = self.settle(key);
        let listening = self.take_listeners(&received.socket, key);
        for id in listening {
            let Some(call) = self.calls.get(&id) else { continue };
            if call.key == *key {
                let _ = call.tell.send(Told::Result(received.clone()));
                self.forget(id);
            } else {
                let _ = call.tell.send(Told::ListenerTaken);
            }
        }
        let first = !self.answered.contains(key);
        if expected || (key.event == JOB_RESULT && first) {
            self.remember(key.clone());
            return None;
        }
        Some(if first { DuplicateReason::NobodyListening } else { DuplicateReason::AnsweredTwice })
    }

    fn take_listeners(&mut self, socket: &str, key: &Key) -> Vec<u64> {
        // Pollers of `print:job` look for their own id; only the emitters' callers are one-shot.
        if self.mode == Callers::ById || key.event == JOB_RESULT {
            return self.by_key.get(key).and_then(|ids| ids.first().copied()).into_iter().collect();
        }
        self.listeners.remove(&(socket.to_owned(), key.event)).unwrap_or_default()
    }

    fn settle(&mut self, key: &Key) -> bool {
        let Some(open) = self.outstanding.get_mut(key) else { return false };
        *open -= 1;
        if *open == 0 {
            self.outstanding.remove(key);
        }
        true
    }

    fn forget(&mut self, id: u64) -> Option<Key> {
        let call = self.calls.remove(&id)?;
        for socket in &call.sockets {
            drop_id(&mut self.listeners, &(socket.clone(), call.key.event), id);
        }
        drop_id(&mut self.by_key, &call.key, id);
        Some(call.key)
    }

    fn remember(&mut self, key: Key) {
        if self.answered.insert(key.clone()) {
            self.answered_order.push_back(key);
        }
        if self.answered_order.len() > REMEMBERED
            && let Some(oldest) = self.answered_order.pop_front()
        {
            self.answered.remove(&oldest);
        }
    }
}

fn drop_id<K: std::hash::Hash + Eq>(map: &mut HashMap<K, Vec<u64>>, key: &K, id: u64) {
    if let Some(ids) = map.get_mut(key) {
        ids.retain(|other| *other != id);
        if ids.is_empty() {
            map.remove(key);
        }
    }
}
