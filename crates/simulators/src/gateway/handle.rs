//! What a test or a tool holds of a running gateway.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;
use socketioxide::SocketIo;
use tokio::task::JoinHandle;

use super::{
    jobs::{self, JobEvent, JobRequest, JobResult},
    journal::{Duplicate, Received},
    kick::{Kick, kick},
    licence::{LicenceFixture, LicenceState},
    line::{Cut, LineControl},
    registry::KnownPrinter,
    server,
    shared::{Audience, ClientInfo, Shared},
    upkeep,
};
use crate::{SimulatorError, stage::Stage, wait};

/// A running gateway. Dropping it ends it at once, as `kill -9` would.
pub struct GatewayHandle {
    stage: Stage,
    shared: Arc<Shared>,
    address: SocketAddr,
    serving: Mutex<Option<Serving>>,
}

struct Serving {
    io: SocketIo,
    tasks: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for GatewayHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GatewayHandle").field("address", &self.address).finish_non_exhaustive()
    }
}

impl GatewayHandle {
    pub(super) fn new(
        stage: Stage,
        shared: Arc<Shared>,
        socket: TcpListener,
        address: SocketAddr,
    ) -> Self {
        let handle = Self { stage, shared, address, serving: Mutex::new(None) };
        handle.serve(socket);
        handle
    }

    fn serve(&self, socket: TcpListener) {
        let (layer, io) = server::socket_io(&self.shared, &self.shared.options.pace);
        let tasks = vec![
            self.stage.spawn(server::serve(socket, layer, self.shared.clone())),
            self.stage.spawn(upkeep::send_heartbeats(self.shared.clone())),
            self.stage.spawn(upkeep::test_stale_printers(self.shared.clone())),
        ];
        *self.serving() = Some(Serving { io, tasks });
    }

    fn serving(&self) -> MutexGuard<'_, Option<Serving>> {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://host:port`, as a client's settings have it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    // ---- sending ----

    /// Sends an event to every desktop socket, of every branch, and says how many took it. Jobs
    /// and tests sent this way may be answered once; a second answer counts as a duplicate.
    pub fn send(&self, event: &str, payload: &Value) -> usize {
        self.send_to(&Audience::AllDesktops, event, payload)
    }

    /// Sends an event to the sockets in one branch's room.
    pub fn send_to_branch(&self, branch_id: &str, event: &str, payload: &Value) -> usize {
        self.send_to(&Audience::Branch(branch_id.to_owned()), event, payload)
    }

    /// Sends an event to this audience.
    pub fn send_to(&self, audience: &Audience, event: &str, payload: &Value) -> usize {
        if let Some(job) = JobEvent::from_name(event) {
            self.shared.waiting().asked(job.key(payload));
        }
        self.shared.emit(audience, event, payload)
    }

    /// Sends an event whose payload has one binary attachment, in the field `field`.
    pub fn send_binary(&self, event: &str, payload: &Value, field: &str, bytes: Bytes) -> usize {
        let clients = self.shared.clients();
        let sockets = clients.values().filter(|c| c.info.desktop).map(|c| &c.socket);
        let payload = WithBytes { payload, field, bytes };
        sockets.filter(|socket| socket.emit(event, &(&payload,)).is_ok()).count()
    }

    /// Sends an event with a callback to every desktop socket, and waits for the answers. Gives
    /// the socket's id with its answer, or nothing where none came in time.
    pub async fn send_with_ack(
        &self,
        event: &str,
        payload: &Value,
        timeout: Duration,
    ) -> Vec<(String, Option<Value>)> {
        if let Some(job) = JobEvent::from_name(event) {
            self.shared.waiting().asked(job.key(payload));
        }
        let acks = {
            let _timers = self.stage.runtime().enter();
            self.shared.emit_with_ack(&Audience::AllDesktops, event, payload)
        };
        let mut answers = Vec::with_capacity(acks.len());
        let waits: Vec<_> = acks
            .into_iter()
            .map(|(id, ack)| {
                (id, self.stage.spawn(async move { tokio::time::timeout(timeout, ack).await }))
            })
            .collect();
        for (id, wait) in waits {
            let answer = wait.await.ok().and_then(Result::ok).and_then(Result::ok);
            answers.push((id, answer));
        }
        answers
    }

    /// Sends a job the way the real callers do, and waits for its end within their window.
    /// Dropping the future is the caller giving up.
    pub async fn submit_job(&self, request: JobRequest) -> JobResult {
        jobs::submit(&self.stage, self.shared.clone(), request).await
    }

    /// Sends a `printer:test` (generation B: with its correlation and a callback) and waits 15 s.
    pub async fn run_test(&self, payload: Value) -> JobResult {
        self.submit_job(JobRequest::new(JobEvent::PrinterTest, payload)).await
    }

    // ---- what came in ----

    /// Everything that came in so far, oldest first, bounded by `keep_events`.
    #[must_use]
    pub fn received(&self) -> Vec<Arc<Received>> {
        self.shared.journal.events_after(0)
    }

    /// What came in after the event numbered `seq`.
    #[must_use]
    pub fn received_after(&self, seq: u64) -> Vec<Arc<Received>> {
        self.shared.journal.events_after(seq)
    }

    /// The first received event, past or coming, for which `predicate` holds.
    ///
    /// # Errors
    /// When none came in time.
    pub async fn wait_for(
        &self,
        mut predicate: impl FnMut(&Received) -> bool,
        timeout: Duration,
    ) -> Result<Arc<Received>, SimulatorError> {
        let mut seen = 0;
        self.until(timeout, "an event from a client", || {
            let news = self.shared.journal.events_after(seen);
            seen = news.last().map_or(seen, |e| e.seq);
            news.into_iter().find(|e| predicate(e))
        })
        .await
    }

    /// The first received event of this name.
    ///
    /// # Errors
    /// When none came in time.
    pub async fn wait_for_event(
        &self,
        event: &str,
        timeout: Duration,
    ) -> Result<Arc<Received>, SimulatorError> {
        self.wait_for(|e| e.event == event, timeout).await
    }

    /// Waits until at least `count` desktops are connected.
    ///
    /// # Errors
    /// When they are not in time.
    pub async fn wait_for_desktops(
        &self,
        count: usize,
        timeout: Duration,
    ) -> Result<(), SimulatorError> {
        self.until(timeout, "desktops to connect", || (self.desktops() >= count).then_some(()))
            .await
    }

    /// Waits until no client at all is connected.
    ///
    /// # Errors
    /// When some still are after the time-out.
    pub async fn wait_for_nobody(&self, timeout: Duration) -> Result<(), SimulatorError> {
        self.until(timeout, "clients to go", || self.clients().is_empty().then_some(())).await
    }

    async fn until<T>(
        &self,
        timeout: Duration,
        what: &str,
        find: impl FnMut() -> Option<T>,
    ) -> Result<T, SimulatorError> {
        wait::until(&self.stage, self.shared.journal.changes.subscribe(), timeout, what, find).await
    }

    /// Results that came with nobody listening, or more than once.
    #[must_use]
    pub fn duplicates(&self) -> Vec<Duplicate> {
        self.shared.journal.duplicates()
    }

    /// Who is connected now.
    #[must_use]
    pub fn clients(&self) -> Vec<ClientInfo> {
        self.shared.clients().values().map(|c| c.info.clone()).collect()
    }

    /// How many clients have joined the namespace since the start.
    #[must_use]
    pub fn connects(&self) -> u64 {
        self.shared.connects.load(Ordering::SeqCst)
    }

    /// The printers that were announced.
    #[must_use]
    pub fn printers(&self) -> Vec<KnownPrinter> {
        self.shared.registry().all()
    }

    fn desktops(&self) -> usize {
        self.shared.clients().values().filter(|c| c.info.desktop).count()
    }

    // ---- trouble ----

    /// Throws every client out, and says how many there were.
    pub async fn kick(&self, how: Kick) -> usize {
        let shared = self.shared.clone();
        self.stage.spawn(async move { kick(&shared, how).await }).await.unwrap_or(0)
    }

    /// The next client that connects is told `connection:error {code}` and disconnected, in
    /// every generation. Each call refuses one more.
    pub fn refuse_next(&self, code: impl Into<Value>) {
        self.shared.refusals().push_back(code.into());
    }

    /// Adds or replaces a licence. Whoever held it before no longer does.
    pub fn set_licence(&self, fixture: LicenceFixture) {
        self.shared.licences().set(fixture);
    }

    /// Changes the state of a licence.
    pub fn set_licence_state(&self, key: &str, state: LicenceState) {
        self.shared.licences().set_state(key, state);
    }

    /// Stops reading and writing on every connection without closing any, as a dead network does.
    pub fn freeze(&self) {
        self.shared.board.set_frozen(true);
    }

    /// Ends [`freeze`](Self::freeze).
    pub fn thaw(&self) {
        self.shared.board.set_frozen(false);
    }

    /// Writes this text as one websocket message to every client, past the Socket.IO server. For
    /// malformed packets. Says how many took it.
    pub fn send_frame(&self, text: &str) -> usize {
        self.lines().iter().filter(|line| line.write_text_frame(text).is_ok()).count()
    }

    /// Writes these bytes to every client's TCP connection, past the websocket too.
    pub fn send_raw_bytes(&self, bytes: &[u8]) -> usize {
        self.lines().iter().filter(|line| line.write_raw(bytes).is_ok()).count()
    }

    fn lines(&self) -> Vec<Arc<LineControl>> {
        let clients = self.shared.clients();
        let ids = clients.values().filter_map(|c| self.shared.line_of(c));
        ids.filter_map(|id| self.shared.board.line(id)).collect()
    }

    // ---- coming and going ----

    /// Goes away as if killed: the port is closed, connections end without a word. What was
    /// received is kept. [`come_back`](Self::come_back) returns on the same port.
    pub async fn go_down(&self) {
        self.leave(Cut::Fin).await;
    }

    /// Goes away in an orderly manner: every client is told first.
    pub async fn shut_down(&self) {
        let io = self.serving().as_ref().map(|s| s.io.clone());
        if let Some(io) = io {
            let close =
                async move { tokio::time::timeout(Duration::from_secs(1), io.close()).await };
            let _ = self.stage.spawn(close).await;
            // The server calls nobody's disconnect handler when it closes as a whole.
            self.shared.clients().clear();
        }
        self.leave(Cut::Fin).await;
    }

    async fn leave(&self, cut: Cut) {
        let Some(serving) = self.serving().take() else { return };
        for task in serving.tasks {
            task.abort();
            let _ = task.await;
        }
        self.shared.board.cut_all(cut);
        let _ = self.wait_for_nobody(Duration::from_secs(5)).await;
    }

    /// Listens again on the same port after [`go_down`](Self::go_down) or
    /// [`shut_down`](Self::shut_down). Does nothing when it listens already.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub fn come_back(&self) -> Result<(), SimulatorError> {
        if self.serving().is_some() {
            return Ok(());
        }
        let (socket, _) = server::bind(self.address)?;
        self.serve(socket);
        Ok(())
    }

    /// Ends the gateway at once: its thread, its tasks and its sockets are gone when this returns.
    pub fn stop(self) {
        self.stage.stop();
    }
}

/// A JSON object with one more field that travels as a binary attachment.
struct WithBytes<'a> {
    payload: &'a Value,
    field: &'a str,
    bytes: Bytes,
}

impl Serialize for WithBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.payload.as_object();
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in fields.into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry(self.field, &self.bytes)?;
        map.end()
    }
}
