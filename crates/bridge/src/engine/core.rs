//! What every part of the engine shares.

use super::doors::Doors;
use super::intake::Intake;
use super::{Connectors, DeviceFactory, EngineOptions, Workers};
use crate::devices::{Discovery, WayKind};
use crate::encoder::Encoder;
use crate::home::Home;
use crate::notice::Notice;
use crate::places::{Place, Places};
use crate::policy::Policy;
use crate::printer::{Closing, Gate, Printer, waiting};
use crate::profiles::Profiles;
use crate::registry::Registry;
use crate::secrets::SecretStore;
use crate::settings::{PrinterSettings, Settings};
use crate::supervise::Restarts;
use crate::tally::Tally;
use crate::view::ConnectorRow;
use platen_connectors::HostEvent;
use platen_connectors::printermaster::{LicenceState, PrinterMasterStatus};
use platen_connectors::web::Window;
use platen_devices::DeviceMemory;
use platen_job::{AbortReason, ConnectorId, JobId, Outcome, PrinterId, StateReasons, Timestamp};
use platen_spool::{JobRecord, Settled, Spool, SpoolError};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Scope of the spool's memory for what devices taught us.
const DEVICE: &str = "device";
/// Scope for printers that may be inside a command.
const DIRTY: &str = "dirty";
/// Scope for printers that a person has paused.
const GATE: &str = "gate";
const PAUSED: &str = "paused";

/// A spool that cannot store something now is asked again after this.
const PERSIST_AGAIN: Duration = Duration::from_millis(500);

/// Whether trying again can help.
fn can_pass(error: &SpoolError) -> bool {
    matches!(error, SpoolError::DiskFull | SpoolError::Io { .. })
}

/// The shared heart of an engine.
pub struct Core {
    pub(crate) spool: Spool,
    pub(crate) encoder: Encoder,
    pub(crate) intake: Intake,
    pub(crate) registry: Registry,
    pub(crate) discovery: Discovery,
    pub(crate) policy: Policy,
    places: Arc<Places>,
    pub(crate) home: Home,
    pub(crate) secrets: Arc<dyn SecretStore>,
    pub(crate) devices: Arc<dyn DeviceFactory>,
    pub(crate) workers: Workers,
    pub(crate) connectors: Connectors,
    pub(crate) device_id: String,
    pub(crate) since: Timestamp,
    pub(crate) cancel: CancellationToken,
    pub(crate) damaged: CancellationToken,
    pub(crate) restarts: Restarts,
    pub(crate) doors: Doors,
    pub(crate) tally: Tally,
    pub(crate) window: Option<Arc<dyn Window>>,
    gateway_status: Mutex<Option<watch::Receiver<PrinterMasterStatus>>>,
    connector_rows: Mutex<BTreeMap<ConnectorId, LookAt>>,
    /// Workers, apart from other tasks: they end first.
    pub(crate) worker_tasks: TaskTracker,
    /// One reload of the settings at a time.
    pub(crate) reloading: tokio::sync::Mutex<()>,
    settings: Mutex<Settings>,
    profiles: Mutex<Arc<Profiles>>,
    notices: Mutex<Vec<Notice>>,
    events: Mutex<HashMap<ConnectorId, mpsc::Sender<HostEvent>>>,
    /// Open jobs between two lives of their printer.
    orphans: Mutex<Vec<JobRecord>>,
    /// Jobs of an earlier run that stand in the system's spooler.
    earlier: Mutex<Vec<(JobRecord, Place)>>,
    settled: watch::Sender<u64>,
    /// How often the window was asked for; listened to by whoever has one.
    pub(super) shows: watch::Sender<u64>,
    /// How often it was asked to end; listened to by whoever runs the engine.
    pub(super) stops: watch::Sender<u64>,
    memories: Mutex<HashMap<PrinterId, DeviceMemory>>,
    lease_micros: AtomicU64,
}

/// How a connector is, at the moment of the question.
type LookAt = Box<dyn Fn() -> ConnectorRow + Send>;

/// Nobody can be asked what became of a job.
pub(crate) struct InDoubt;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change under these locks is a single step: a panic elsewhere leaves them whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Core {
    #[expect(clippy::too_many_arguments, reason = "one call, at the start")]
    pub(super) fn new(
        spool: Spool,
        intake: Intake,
        discovery: Discovery,
        settings: Settings,
        profiles: Profiles,
        options: EngineOptions,
        device_id: String,
        notices: Vec<Notice>,
    ) -> Self {
        Core {
            encoder: Encoder::new(spool.clone()),
            spool,
            intake,
            registry: Registry::new(),
            discovery,
            policy: settings.policy(),
            places: Arc::new(Places::load(&options.home)),
            home: options.home,
            secrets: options.secrets,
            devices: options.devices,
            workers: options.workers,
            connectors: options.connectors,
            device_id,
            since: Timestamp::now(),
            cancel: CancellationToken::new(),
            damaged: CancellationToken::new(),
            restarts: Restarts::default(),
            doors: Doors::default(),
            tally: Tally::default(),
            window: options.window,
            gateway_status: Mutex::default(),
            connector_rows: Mutex::default(),
            worker_tasks: TaskTracker::new(),
            reloading: tokio::sync::Mutex::default(),
            settings: Mutex::new(settings),
            profiles: Mutex::new(Arc::new(profiles)),
            notices: Mutex::new(notices),
            events: Mutex::default(),
            orphans: Mutex::default(),
            earlier: Mutex::default(),
            settled: watch::Sender::new(0),
            shows: watch::Sender::new(0),
            stops: watch::Sender::new(0),
            memories: Mutex::default(),
            lease_micros: AtomicU64::new(5_000),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    pub(crate) fn replace_settings(&self, settings: Settings) {
        *lock(&self.settings) = settings;
    }

    pub(crate) fn profiles(&self) -> Arc<Profiles> {
        lock(&self.profiles).clone()
    }

    pub(crate) fn replace_profiles(&self, profiles: Profiles) {
        profiles.notices.iter().for_each(|notice| tracing::warn!("{notice}"));
        *lock(&self.profiles) = Arc::new(profiles);
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        let profiles = self.profiles();
        lock(&self.notices).iter().chain(&profiles.notices).cloned().collect()
    }

    pub(crate) fn notice(&self, notice: Notice) {
        let mut notices = lock(&self.notices);
        // A bound, so that a fault that repeats does not fill the memory.
        if notices.len() < 50 && !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    pub(super) fn watch_gateway(&self, status: watch::Receiver<PrinterMasterStatus>) {
        *lock(&self.gateway_status) = Some(status);
    }

    pub(super) fn gateway_watch(&self) -> Option<watch::Receiver<PrinterMasterStatus>> {
        lock(&self.gateway_status).clone()
    }

    /// How the gateway connector is, where there is one.
    pub(crate) fn gateway_status(&self) -> Option<serde_json::Value> {
        let status = lock(&self.gateway_status);
        let mut status = status.as_ref()?.borrow().clone();
        // "Online for 3 h" has to count at the moment of the question.
        if let Some(connection) = &status.connection {
            status.connection_words = connection.to_string();
        }
        serde_json::to_value(&status).ok()
    }

    /// Has a connector shown among the others; `look` is called for each question.
    pub(super) fn show_connector(
        &self,
        connector: ConnectorId,
        look: impl Fn() -> ConnectorRow + Send + 'static,
    ) {
        lock(&self.connector_rows).insert(connector, Box::new(look));
    }

    /// How the connectors beside the gateway are.
    pub(crate) fn connector_rows(&self) -> Vec<ConnectorRow> {
        let rows: Vec<_> = lock(&self.connector_rows).values().map(|look| look()).collect();
        rows.into_iter().chain(self.doors.rows()).collect()
    }

    /// The branch that this till belongs to, as its licence says, or its settings.
    pub(crate) fn branch(&self) -> Option<String> {
        let status = lock(&self.gateway_status);
        let licence = status.as_ref().map(|status| status.borrow().licence.clone());
        let licensed = match licence {
            Some(LicenceState::Valid { branch, branch_id, .. }) => branch.or(branch_id),
            _ => None,
        };
        licensed.or_else(|| self.settings().gateway?.branch)
    }

    /// Gives a connector its line to the engine.
    pub(crate) fn connect(&self, connector: ConnectorId) -> mpsc::Receiver<HostEvent> {
        let (sender, receiver) = mpsc::channel(1024);
        lock(&self.events).insert(connector, sender);
        receiver
    }

    /// Tells a connector something it can do without: where its channel is full, the note is dropped.
    pub(crate) fn tell(&self, connector: ConnectorId, event: HostEvent) {
        let sender = lock(&self.events).get(&connector).cloned();
        if let Some(sender) = sender
            && let Err(mpsc::error::TrySendError::Full(event)) = sender.try_send(event)
        {
            match event {
                HostEvent::Settled => self.tell_later(sender),
                HostEvent::Started { job, .. } | HostEvent::HandedOver { job, .. } => {
                    tracing::debug!(%job, "a progress note was dropped")
                }
            }
        }
    }

    /// Outcomes are never forgotten: the hint waits for room. The connector asks for all of them at once, so one is
    /// enough; a few more do no harm.
    fn tell_later(&self, sender: mpsc::Sender<HostEvent>) {
        let cancel = self.cancel.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                _ = sender.send(HostEvent::Settled) => {}
            }
        });
    }

    /// An outcome was stored: connectors and waiting people look again.
    pub(crate) fn settled(&self) {
        self.settled.send_modify(|count| *count += 1);
        let connectors: Vec<ConnectorId> = lock(&self.events).keys().copied().collect();
        connectors.into_iter().for_each(|connector| self.tell(connector, HostEvent::Settled));
    }

    /// That outcome was stored, where it is a new one.
    pub(crate) fn settled_as(&self, job: Option<Settled>, outcome: &Outcome) {
        if let Some(job) = job {
            self.tally.settled(job, outcome);
        }
        self.settled();
    }

    pub(crate) fn settlements(&self) -> watch::Receiver<u64> {
        self.settled.subscribe()
    }

    /// How long the spool takes to store a lease, smoothed.
    pub(crate) fn lease_cost(&self) -> Duration {
        Duration::from_micros(self.lease_micros.load(Ordering::Relaxed))
    }

    pub(crate) fn note_lease(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).min(1_000_000);
        let before = self.lease_micros.load(Ordering::Relaxed);
        self.lease_micros.store((before * 7 + took) / 8, Ordering::Relaxed);
    }

    /// What was learned of a printer, from an earlier run.
    pub(crate) async fn recall_device(&self, printer: &PrinterId) -> DeviceMemory {
        let stored = self.spool.recall(DEVICE, printer.as_str()).await.ok().flatten();
        let memory = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        lock(&self.memories).insert(printer.clone(), memory);
        memory
    }

    pub(crate) async fn remember_device(&self, printer: &PrinterId, memory: DeviceMemory) {
        if lock(&self.memories).insert(printer.clone(), memory) == Some(memory) {
            return;
        }
        if let Ok(text) = serde_json::to_string(&memory) {
            self.remember(DEVICE, printer.as_str(), text).await;
        }
    }

    /// The printer may be inside a command of that job, of which so many bytes were handed over.
    pub(crate) async fn remember_dirty(&self, printer: &PrinterId, job: JobId, handed: usize) {
        self.remember(DIRTY, printer.as_str(), format!("{job} {handed}")).await;
    }

    pub(crate) async fn remember_clean(&self, printer: &PrinterId) {
        self.remember(DIRTY, printer.as_str(), String::new()).await;
    }

    /// Whether a person lets a printer start jobs; kept over a restart.
    pub(crate) async fn remember_gate(&self, printer: &PrinterId, gate: Gate) {
        let word = if gate == Gate::Paused { PAUSED } else { "" };
        self.remember(GATE, printer.as_str(), word.into()).await;
    }

    pub(crate) async fn recall_gate(&self, printer: &PrinterId) -> Gate {
        match self.spool.recall(GATE, printer.as_str()).await {
            Ok(Some(word)) if word == PAUSED => Gate::Paused,
            _ => Gate::Open,
        }
    }

    /// The job inside which a printer may still be, and the bytes handed over.
    pub(crate) async fn recall_dirty(&self, printer: &PrinterId) -> Option<(JobId, usize)> {
        let text = self.spool.recall(DIRTY, printer.as_str()).await.ok().flatten()?;
        let (job, handed) = text.split_once(' ')?;
        Some((job.parse().ok()?, handed.parse().ok()?))
    }

    async fn remember(&self, scope: &str, key: &str, value: String) {
        if let Err(error) = self.spool.remember(scope, key, value).await {
            tracing::warn!(%error, "something that was learned could not be stored");
        }
    }

    /// The spool refused a change for good: where it is damaged or its thread has died, the engine has to start anew.
    pub(crate) fn spool_failed(&self, error: &SpoolError) {
        let over = matches!(error, SpoolError::Corrupt { .. } | SpoolError::Closed);
        if over && !self.cancel.is_cancelled() && !self.damaged.is_cancelled() {
            tracing::error!(%error, "the job journal cannot be used any more; starting anew");
            self.damaged.cancel();
        }
    }

    /// A task ended. Where it panicked, what it held in its hands is only in the spool any more: the engine starts anew.
    pub(crate) fn must_not_panic(&self, part: &str, ended: Result<(), tokio::task::JoinError>) {
        if ended.is_err_and(|error| error.is_panic()) {
            tracing::error!(part, "a part of the engine panicked; starting anew");
            self.damaged.cancel();
        }
    }

    /// Says what is odd about the printers' settings.
    pub(super) fn notice_oddities(&self) {
        let settings = self.settings();
        self.notice_twins(&settings.printers);
        for printer in &settings.printers {
            let Some(backup) = &printer.backup else { continue };
            let stand_in = settings.printer(backup.printer.as_str());
            if stand_in.is_none_or(|other| other.id == printer.id) {
                let (printer, backup) = (printer.name.to_string(), backup.printer.to_string());
                self.notice(Notice::NoBackup { printer, backup });
            }
        }
    }

    /// Two printers with one address get in each other's way: their paper may come in any order.
    fn notice_twins(&self, printers: &[PrinterSettings]) {
        for (index, one) in printers.iter().enumerate() {
            for other in printers[..index].iter().filter(|other| other.uri == one.uri) {
                let (one, other) = (other.name.to_string(), one.name.to_string());
                self.notice(Notice::SameAddress { one, other });
            }
        }
    }

    pub(crate) fn add_orphans(&self, records: Vec<JobRecord>) {
        lock(&self.orphans).extend(records);
    }

    /// Puts a stored job in its printer's queue, also while that printer gives its place to a changed one.
    pub(crate) async fn enqueue(self: &Arc<Self>, record: &JobRecord) {
        loop {
            let Some(printer) = self.registry.get(&record.printer) else {
                let outcome = Outcome::aborted(AbortReason::PrinterRemoved, StateReasons::none());
                return self.settle(record.id, outcome).await;
            };
            match printer.enqueue(waiting(record)) {
                Ok(()) => return,
                Err(Closing) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// Leaves an interrupted job to its printer's worker, where the system's spooler can be asked about it.
    pub(crate) fn leave_to_spooler(&self, record: &JobRecord) -> Result<(), InDoubt> {
        let at_spooler = |printer: &PrinterSettings| {
            printer.id == record.printer
                && printer.uri.parse().is_ok_and(|uri| WayKind::of(&uri) == WayKind::Spooler)
        };
        let place = self.places.of(&record.printer).filter(|place| place.job == record.id);
        match place {
            Some(place) if self.settings().printers.iter().any(at_spooler) => {
                lock(&self.earlier).push((record.clone(), place));
                Ok(())
            }
            _ => Err(InDoubt),
        }
    }

    /// Keeps the place of a printer's job in the system's spooler; durable when it returns.
    pub(crate) async fn keep_place(&self, printer: PrinterId, place: Place) -> io::Result<()> {
        let places = self.places.clone();
        tokio::task::spawn_blocking(move || places.keep(&printer, place)).await?
    }

    pub(crate) fn take_earlier(&self, printer: &PrinterId) -> Option<(JobRecord, Place)> {
        let mut earlier = lock(&self.earlier);
        let index = earlier.iter().position(|(record, _)| record.printer == *printer)?;
        Some(earlier.swap_remove(index))
    }

    pub(crate) fn take_orphans(&self, printer: &PrinterId) -> Vec<JobRecord> {
        let mut orphans = lock(&self.orphans);
        let (found, kept) = orphans.drain(..).partition(|record| record.printer == *printer);
        *orphans = kept;
        found
    }

    pub(crate) fn forget_orphan(&self, id: JobId) {
        lock(&self.orphans).retain(|record| record.id != id);
    }

    /// Jobs that no printer took back.
    pub(crate) fn take_all_orphans(&self) -> Vec<JobRecord> {
        std::mem::take(&mut *lock(&self.orphans))
    }

    /// Settles a job that no worker has. Where the spool cannot store it now, it is tried again in the background.
    pub(crate) async fn settle(self: &Arc<Self>, id: JobId, outcome: Outcome) {
        match self.spool.settle(id, outcome.clone()).await {
            Ok(settled) => self.settled_as(settled, &outcome),
            Err(error) if can_pass(&error) => {
                tracing::error!(%error, job = %id, "an outcome cannot be stored now; trying again");
                let core = self.clone();
                self.worker_tasks.spawn(async move {
                    let stored = core.persist(|| core.spool.settle(id, outcome.clone())).await;
                    if let Some(settled) = stored {
                        core.settled_as(settled, &outcome);
                    }
                });
            }
            Err(error) => {
                tracing::error!(%error, job = %id, "an outcome could not be stored");
                self.spool_failed(&error);
            }
        }
    }

    /// Tries until the spool takes it, or the engine stops, or trying again cannot help.
    pub(crate) async fn persist<T, F, Fut>(&self, mut write: F) -> Option<T>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, SpoolError>>,
    {
        let mut told = false;
        loop {
            let error = match write().await {
                Ok(done) => return Some(done),
                Err(error) => error,
            };
            if !can_pass(&error) {
                tracing::error!(%error, "the spool refused a change");
                self.spool_failed(&error);
                return None;
            }
            if !told {
                tracing::error!(%error, "the spool cannot store a change now; trying again");
                told = true;
            }
            tokio::select! {
                () = self.cancel.cancelled() => return None,
                () = tokio::time::sleep(PERSIST_AGAIN) => {}
            }
        }
    }

    pub(super) fn stop_workers(&self) {
        self.registry.all().iter().for_each(|printer| printer.cancel.cancel());
        self.worker_tasks.close();
    }

    pub(super) async fn workers_gone(&self) {
        self.worker_tasks.wait().await;
    }

    /// The printer of that name or id, or with `@ROLE` the one that has the role.
    pub(crate) fn printer(&self, name: &str) -> Option<Arc<Printer>> {
        self.registry.find(name)
    }
}
