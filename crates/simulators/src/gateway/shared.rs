//! What the parts of the gateway know together.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use serde::Serialize;
use serde_json::Value;
use socketioxide::{AckError, extract::SocketRef};

use super::{
    callers::Waiting,
    journal::Journal,
    licence::Licences,
    line::{LineId, Switchboard},
    options::GatewayOptions,
    registry::Registry,
};

/// Which connected clients an event goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Every socket that connected as a desktop, of every branch (trap 1 of the contract).
    AllDesktops,
    /// The sockets in the room of this branch.
    Branch(String),
    /// One socket, by its Socket.IO id.
    Socket(String),
}

/// A connected client.
#[derive(Debug, Clone, Serialize)]
pub struct ClientInfo {
    /// The Socket.IO id.
    pub id: String,
    /// The `auth` object it connected with, licence key included. Not for logs.
    #[serde(skip)]
    pub auth: Value,
    /// `branchId` of the `auth` object.
    pub branch_id: Option<String>,
    /// `deviceId` of the `auth` object.
    pub device_id: Option<String>,
    /// `appVersion` of the `auth` object.
    pub app_version: Option<String>,
    /// Whether `userRole` is exactly `desktop_app`; only then jobs and tests arrive.
    pub desktop: bool,
    /// `branch_<id>`, `company_<id>`.
    pub rooms: BTreeSet<String>,
    /// When it joined the namespace.
    #[serde(skip)]
    pub connected_at: Instant,
}

pub(super) struct Client {
    pub(super) socket: SocketRef,
    pub(super) line: Option<LineId>,
    pub(super) info: ClientInfo,
}

pub(super) type Ack = Pin<Box<dyn Future<Output = Result<Value, AckError>> + Send>>;

/// How many `sid → line` notes are kept for clients that began by polling.
const NOTED_LINES: usize = 4096;

pub(super) struct Shared {
    pub(super) options: GatewayOptions,
    pub(super) journal: Journal,
    pub(super) board: Arc<Switchboard>,
    pub(super) connects: AtomicU64,
    waiting: Mutex<Waiting>,
    registry: Mutex<Registry>,
    licences: Mutex<Licences>,
    refusals: Mutex<VecDeque<Value>>,
    clients: Mutex<BTreeMap<String, Client>>,
    websocket_lines: Mutex<BTreeMap<String, LineId>>,
}

impl Shared {
    pub(super) fn new(options: GatewayOptions) -> Self {
        Self {
            journal: Journal::new(options.keep_events),
            board: Arc::default(),
            connects: AtomicU64::new(0),
            waiting: Mutex::new(Waiting::new(options.callers)),
            registry: Mutex::default(),
            licences: Mutex::new(Licences::new(
                options.licences.clone(),
                options.pace.licence_session,
            )),
            refusals: Mutex::default(),
            clients: Mutex::default(),
            websocket_lines: Mutex::default(),
            options,
        }
    }

    pub(super) fn waiting(&self) -> MutexGuard<'_, Waiting> {
        lock(&self.waiting)
    }

    pub(super) fn registry(&self) -> MutexGuard<'_, Registry> {
        lock(&self.registry)
    }

    pub(super) fn licences(&self) -> MutexGuard<'_, Licences> {
        lock(&self.licences)
    }

    pub(super) fn refusals(&self) -> MutexGuard<'_, VecDeque<Value>> {
        lock(&self.refusals)
    }

    pub(super) fn clients(&self) -> MutexGuard<'_, BTreeMap<String, Client>> {
        lock(&self.clients)
    }

    pub(super) fn add_client(&self, client: Client) {
        self.clients().insert(client.info.id.clone(), client);
        self.connects.fetch_add(1, Ordering::SeqCst);
        self.journal.ring();
    }

    pub(super) fn remove_client(&self, id: &str) {
        self.clients().remove(id);
        lock(&self.websocket_lines).remove(id);
        self.journal.ring();
    }

    /// A websocket request with this session id came in on this line.
    pub(super) fn note_websocket(&self, sid: &str, line: LineId) {
        let mut lines = lock(&self.websocket_lines);
        if lines.len() >= NOTED_LINES {
            lines.pop_first();
        }
        lines.insert(sid.to_owned(), line);
    }

    pub(super) fn line_of(&self, client: &Client) -> Option<LineId> {
        lock(&self.websocket_lines).get(&client.info.id).copied().or(client.line)
    }

    pub(super) fn ids_of(&self, audience: &Audience) -> Vec<String> {
        self.select(audience).into_iter().map(|(id, _)| id).collect()
    }

    /// Hands the event to every socket of the audience, and says how many took it.
    pub(super) fn emit(&self, audience: &Audience, event: &str, payload: &Value) -> usize {
        let sockets = self.select(audience);
        sockets.iter().filter(|(_, socket)| emit_one(socket, event, payload)).count()
    }

    /// The same with a callback. To be called on the stage: the answers need its timers.
    pub(super) fn emit_with_ack(
        &self,
        audience: &Audience,
        event: &str,
        payload: &Value,
    ) -> Vec<(String, Ack)> {
        let mut acks: Vec<(String, Ack)> = Vec::new();
        for (id, socket) in self.select(audience) {
            if let Ok(ack) = socket.emit_with_ack::<_, Value>(event, &(payload,)) {
                acks.push((id, Box::pin(async move { read_ack(ack.await) })));
            }
        }
        acks
    }

    fn select(&self, audience: &Audience) -> Vec<(String, SocketRef)> {
        let chosen = |info: &ClientInfo| match audience {
            Audience::AllDesktops => info.desktop,
            Audience::Branch(branch) => info.rooms.contains(&branch_room(branch)),
            Audience::Socket(id) => info.id == *id,
        };
        let clients = self.clients();
        let chosen = clients.values().filter(|c| chosen(&c.info));
        chosen.map(|c| (c.info.id.clone(), c.socket.clone())).collect()
    }
}

/// Emits one argument, also when it is an array.
pub(super) fn emit_one(socket: &SocketRef, event: &str, payload: &Value) -> bool {
    match socket.emit(event, &(payload,)) {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(event, %error, "the gateway could not emit");
            false
        }
    }
}

pub(super) fn branch_room(branch: &str) -> String {
    format!("branch_{branch}")
}

fn read_ack(answer: Result<Value, AckError>) -> Result<Value, AckError> {
    match answer {
        // A callback called without arguments.
        Err(AckError::Decode(_)) => Ok(Value::Null),
        other => other,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
