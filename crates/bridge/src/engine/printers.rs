//! Opens the configured printers, and follows the settings when they change.

use super::{Connectors, Core, Workers, doors};
use crate::devices::way_of;
use crate::engine::recovery;
use crate::notice::Notice;
use crate::printer::{Gate, Left, Printer, Progress, waiting};
use crate::profiles::Profiles;
use crate::settings::{PrinterSettings, Settings, SettingsError};
use crate::supervise::supervise;
use crate::worker::Worker;
use async_trait::async_trait;
use platen_connectors::{Health, PrinterView, Standing, Way};
use platen_devices::{
    ConfirmMode, Device, DeviceError, DeviceMemory, DeviceOptions, DeviceUri, Pace, PrintRequest,
    PrinterStatus, Reachability, StatusSupport,
};
use platen_escpos::{Catalogue, Confirm, Profile, Support};
use platen_job::{Attempt, AttemptEnd, JobState, StateReason, StateReasons, StopCause};
use platen_spool::JobRecord;
use std::sync::Arc;
use std::time::Duration;

/// How long a printer may take to let go of its jobs.
const CLOSING: Duration = Duration::from_secs(10);

/// How printers are opened; tests bring their own.
pub trait DeviceFactory: Send + Sync {
    /// The device behind a printer's address. Opens nothing yet.
    ///
    /// # Errors
    /// [`DeviceError`] where the address cannot be understood.
    fn open(
        &self,
        settings: &PrinterSettings,
        profile: &Profile,
        memory: DeviceMemory,
    ) -> Result<Box<dyn Device>, DeviceError>;
}

/// The devices of this machine and its network.
pub struct SystemDevices;

impl DeviceFactory for SystemDevices {
    fn open(
        &self,
        settings: &PrinterSettings,
        profile: &Profile,
        memory: DeviceMemory,
    ) -> Result<Box<dyn Device>, DeviceError> {
        let options = DeviceOptions { memory, ..device_options(profile) };
        platen_devices::open(&settings.uri.parse::<DeviceUri>()?, options)
    }
}

fn device_options(profile: &Profile) -> DeviceOptions {
    DeviceOptions {
        pace: Pace::bytes_per_second(profile.pace.unwrap_or(0)),
        status: match profile.status {
            Support::Yes => StatusSupport::Supported,
            Support::No => StatusSupport::Unsupported,
        },
        confirm: match profile.confirm {
            Confirm::Always => ConfirmMode::Always,
            Confirm::Probe => ConfirmMode::Probe,
            Confirm::Never => ConfirmMode::Never,
        },
        ..DeviceOptions::default()
    }
}

/// Opens one printer: its place in the registry, its worker, the jobs that waited for it.
pub async fn open(core: &Arc<Core>, settings: PrinterSettings, gate: Gate) {
    let Some(profile) = profile_of(core, &settings) else { return };
    let cancel = core.cancel.child_token();
    let printer = Arc::new(Printer::new(settings.clone(), profile.clone(), cancel));
    {
        let orphans = core.take_orphans(&settings.id);
        let mut shared = printer.shared();
        shared.gate = if core.workers == Workers::Watch { Gate::Watched } else { gate };
        orphans.iter().for_each(|record| shared.queue.push(waiting(record)));
        shared.earlier = core.take_earlier(&settings.id);
    }
    core.registry.insert(printer.clone(), view(&settings, &profile));
    if core.workers == Workers::Off {
        printer.mark_gone();
        return;
    }
    let name = format!("printer {}", settings.name);
    let (core, cancel) = (core.clone(), printer.cancel.clone());
    let (tasks, restarts) = (core.worker_tasks.clone(), core.restarts.clone());
    tasks.spawn(async move {
        let working = printer.clone();
        let work = move || work(core.clone(), working.clone());
        supervise(name, restarts, cancel, work).await;
        printer.mark_gone();
    });
}

async fn work(core: Arc<Core>, printer: Arc<Printer>) {
    let memory = core.recall_device(&printer.settings.id).await;
    let device = match core.devices.open(&printer.settings, &printer.profile, memory) {
        Ok(device) => device,
        Err(error) => {
            let name = printer.settings.name.to_string();
            let notice = Notice::PrinterNotOpened { printer: name, why: error.to_string() };
            tracing::error!("{notice}");
            core.notice(notice);
            Box::new(Unusable(memory))
        }
    };
    let clean_up = recovery::clean_up(&core, &printer).await;
    match Worker::new(core, printer.clone(), device, clean_up) {
        Ok(worker) => worker.run().await,
        Err(error) => {
            tracing::error!(%error, printer = %printer.settings.name, "the printer has no lane in the spool");
            printer.cancel.cancelled().await;
        }
    }
}

/// Stands where no device could be opened, so that jobs for it are held, expire and are told like any others.
struct Unusable(DeviceMemory);

#[async_trait]
impl Device for Unusable {
    async fn print(&mut self, _request: PrintRequest<'_>) -> Attempt {
        Attempt {
            bytes_written: 0,
            end: AttemptEnd::Stopped(StopCause::NotReady),
            reasons: StateReason::DeviceError.into(),
        }
    }

    async fn status(&mut self) -> PrinterStatus {
        PrinterStatus { reachable: Reachability::Answers, reasons: StateReason::DeviceError.into() }
    }

    async fn release(&mut self) {}

    fn memory(&self) -> DeviceMemory {
        self.0
    }
}

/// What its printer can do with the paper that is in it.
fn profile_of(core: &Core, settings: &PrinterSettings) -> Option<Arc<Profile>> {
    let profiles = core.profiles();
    if profiles.catalogue.get(&settings.profile).is_none() {
        core.notice(Notice::UnknownProfile {
            printer: settings.name.to_string(),
            profile: settings.profile.clone(),
            instead: Catalogue::GENERIC.into(),
        });
    }
    let profile = profiles.used(&settings.profile)?;
    let Some(paper) = settings.paper else { return Some(profile.clone()) };
    if let Some(profile) = profile.with_paper(paper) {
        return Some(Arc::new(profile));
    }
    core.notice(Notice::OtherPaper {
        printer: settings.name.to_string(),
        profile: profile.name.clone(),
        paper,
    });
    Some(profile.clone())
}

fn view(settings: &PrinterSettings, profile: &Profile) -> PrinterView {
    let way = settings.uri.parse().map_or_else(
        |_| Way::Network { host: settings.uri.clone(), port: 0 },
        |uri: DeviceUri| way_of(&uri),
    );
    PrinterView {
        standing: Standing::SetUp,
        id: settings.id.clone(),
        name: settings.name.clone(),
        kind: settings.kind,
        roles: settings.roles.clone(),
        way,
        health: Health::Unknown,
        reasons: StateReasons::none(),
        last_seen: None,
        queue_length: 0,
        capabilities: profile.capabilities.clone(),
        best_evidence: None,
    }
}

/// Follows the settings file: new printers are opened, changed ones reopened with their queue, removed ones closed and
/// their waiting jobs told. One call at a time.
pub async fn reload(core: &Arc<Core>) -> Result<(), SettingsError> {
    let _one = core.reloading.lock().await;
    let home = core.home.clone();
    let read = move || (Settings::load(&home.settings()), Profiles::load(&home));
    let Ok((settings, profiles)) = tokio::task::spawn_blocking(read).await else { return Ok(()) };
    let (settings, _) = settings?;
    core.replace_profiles(profiles);
    if needs_a_start(&core.settings(), &settings) {
        core.notice(Notice::NextStart);
    }
    core.replace_settings(settings.clone());
    core.notice_oddities();
    let wanted: Vec<PrinterSettings> =
        settings.printers.into_iter().map(|one| core.discovery.placed(one)).collect();
    for printer in core.registry.all() {
        let id = &printer.settings.id;
        match wanted.iter().find(|one| one.id == *id) {
            Some(now)
                if *now == printer.settings
                    && profile_of(core, now).is_none_or(|profile| profile == printer.profile) => {}
            Some(now) => {
                let gate = printer.shared().gate;
                close(core, &printer).await;
                open(core, now.clone(), gate).await;
            }
            None => {
                close(core, &printer).await;
                core.registry.remove(id);
                recovery::abort_removed(core, core.take_orphans(id)).await;
            }
        }
    }
    for printer in wanted {
        if core.registry.get(&printer.id).is_none() {
            open(core, printer, Gate::Open).await;
        }
    }
    core.discovery.look_again();
    if core.connectors == Connectors::On {
        doors::follow_settings(core).await;
    }
    Ok(())
}

/// The printer's device is elsewhere now: reopens it there, with its queue.
pub async fn move_to(core: &Arc<Core>, printer: &Arc<Printer>, uri: String) {
    let _one = core.reloading.lock().await;
    let Some(printer) = core.registry.get(&printer.settings.id) else { return };
    if printer.settings.uri == uri || core.cancel.is_cancelled() {
        return;
    }
    let gate = printer.shared().gate;
    close(core, &printer).await;
    open(core, PrinterSettings { uri, ..printer.settings.clone() }, gate).await;
}

/// Whether something changed that a running engine does not follow.
fn needs_a_start(before: &Settings, now: &Settings) -> bool {
    let rest = |one: &Settings| Settings { printers: Vec::new(), ..one.without_doors() };
    rest(before) != rest(now)
}

/// Closes a printer; its waiting jobs wait for the one that takes its place. A printer that does not let go in time
/// (a device that hangs, a disk that stands still) is left to itself; what it still has follows later.
async fn close(core: &Arc<Core>, printer: &Arc<Printer>) {
    if let Ok(left) = tokio::time::timeout(CLOSING, printer.close()).await {
        let records = left_behind(core, left).await;
        core.add_orphans(records);
        return;
    }
    tracing::error!(printer = %printer.settings.name, "the printer does not let go of its jobs yet");
    let (core, printer) = (core.clone(), printer.clone());
    tokio::spawn(async move {
        let left = printer.close().await;
        for record in left_behind(&core, left).await {
            core.enqueue(&record).await;
        }
    });
}

/// What a closed printer leaves behind, with its leases given back: there is no worker any more that could start it.
async fn left_behind(core: &Arc<Core>, left: Left) -> Vec<JobRecord> {
    let (mut waiting, mut records) = (left.waiting, Vec::new());
    match left.current {
        // Where the system's spooler has it, the printer that takes this one's place follows it there.
        Some(current)
            if current.progress == Progress::Started
                && core.leave_to_spooler(&current.record).is_ok() => {}
        Some(current) if current.progress == Progress::Started => {
            records.extend(recovery::settle_in_doubt(core, &current.record).await);
        }
        Some(current) => waiting.push(current.record.id),
        None => {}
    }
    for id in waiting {
        match core.spool.get(id).await {
            Ok(Some(record)) if record.state == JobState::Processing => {
                if core.persist(|| core.spool.release(vec![id])).await.is_some() {
                    records.push(record);
                }
            }
            Ok(Some(record)) => records.push(record),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, job = %id, "a waiting job could not be read");
                core.spool_failed(&error);
            }
        }
    }
    records
}
