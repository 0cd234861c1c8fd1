//! The engine: opens the spool, runs a worker per printer and the connectors, and answers questions.

mod answers;
mod api;
mod backend_socket;
mod connectors;
mod core;
pub(crate) mod doors;
mod fee_maison;
mod gateway;
mod host;
mod intake;
mod line;
mod odoo;
mod odoo_pull;
mod printer_master_local;
mod printers;
pub(crate) mod recovery;
mod secret;
#[cfg(test)]
mod testing;
mod web;

pub use self::core::Core;
use answers::Desk;
pub use line::LineSettingsError;
pub use printers::{DeviceFactory, SystemDevices, move_to};

use crate::control;
use crate::devices::{self, DeviceView, Discovery};
use crate::home::{Home, HomeError, HomeLock};
use crate::notice::Notice;
use crate::profiles::Profiles;
use crate::secrets::SecretStore;
use crate::settings::{Settings, SettingsError};
use crate::supervise::supervise;
use crate::view::{Request, RequestError, Response};
use async_trait::async_trait;
use platen_connectors::PrinterView;
use platen_connectors::printermaster::PrinterMasterStatus;
use platen_connectors::web::Window;
use platen_job::Timestamp;
use platen_spool::{Retention, Spool, SpoolError, SpoolOptions};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// The way out: nobody is waited for any longer than this.
const FAREWELL: Duration = Duration::from_secs(6);
/// How often old receipts are removed.
const RETIRE_EVERY: Duration = Duration::from_secs(3600);
/// Not at the start, when a queue may wait for the disk.
const FIRST_RETIRE: Duration = Duration::from_secs(60);

/// What an engine is started with.
pub struct EngineOptions {
    /// Where everything is kept.
    pub home: Home,
    /// Where secrets are kept.
    pub secrets: Arc<dyn SecretStore>,
    /// Whether it prints.
    pub workers: Workers,
    /// Whether it takes jobs from elsewhere and answers other processes.
    pub connectors: Connectors,
    /// How printers are opened.
    pub devices: Arc<dyn DeviceFactory>,
    /// What browsers are shown; none where the program has nothing for them.
    pub window: Option<Arc<dyn Window>>,
}

/// Whether an engine prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// It does.
    On,
    /// It asks the printers how they are, and starts nothing.
    Watch,
    /// It only looks at and changes what is stored.
    Off,
}

/// Whether an engine is connected to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connectors {
    /// It is, and it opens its control door.
    On,
    /// It is alone.
    Off,
}

/// Why an engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The home cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The spool cannot be opened.
    #[error("the spool cannot be opened: {0}")]
    Spool(#[from] SpoolError),
}

/// Why an engine ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Asked,
    /// Its spool is damaged, or a part of it panicked that it cannot do without: start it again. A damaged spool is then
    /// set aside.
    MustStartAnew,
}

/// Whoever answers [`Request`]s.
#[async_trait]
pub trait Asked: Send + Sync + 'static {
    /// Answers one.
    async fn ask(&self, request: Request) -> Result<Response, RequestError>;
}

/// A running engine.
pub struct Engine {
    core: Arc<Core>,
    tasks: TaskTracker,
    _lock: HomeLock,
}

impl Engine {
    /// Starts an engine: claims the home, recovers the spool, opens the printers, connects.
    ///
    /// # Errors
    /// [`EngineError`], in words.
    pub async fn start(options: EngineOptions) -> Result<Engine, EngineError> {
        let lock = options.home.lock()?;
        crate::use_system_fonts();
        let (mut settings, unknown) = Settings::load(&options.home.settings())?;
        let mut notices: Vec<Notice> = unknown.into_iter().map(Notice::UnknownKey).collect();
        notices.iter().for_each(|notice| tracing::warn!("{notice}"));
        let device_id = device_id(&mut settings, &options.home).await?;
        let profiles = Profiles::load(&options.home);
        profiles.notices.iter().for_each(|notice| tracing::warn!("{notice}"));
        let (spool, opening) = Spool::open(&options.home.spool(), spool_options(&settings)).await?;
        if let Some(path) = &opening.set_aside {
            let notice = Notice::SpoolSetAside(path.clone());
            tracing::error!("{notice}");
            notices.push(notice);
        }
        let (intake, door) = intake::Intake::new();
        let discovery = Discovery::load(&options.home, &settings.printers);
        let core = Arc::new(Core::new(
            spool, intake, discovery, settings, profiles, options, device_id, notices,
        ));
        let engine = Engine { core: core.clone(), tasks: TaskTracker::new(), _lock: lock };
        engine.keep("the intake", intake::carry(core.clone(), door));
        core.notice_oddities();
        recovery::recover(&core, opening).await;
        engine.open_doors().await;
        Ok(engine)
    }

    async fn open_doors(&self) {
        let (core, cancel) = (self.core.clone(), self.core.cancel.clone());
        let name = "spool keeper".to_owned();
        self.tasks.spawn(supervise(name, core.restarts.clone(), cancel.clone(), move || {
            keep_spool(core.clone())
        }));
        devices::show_known(&self.core).await;
        if self.core.connectors == Connectors::Off {
            return;
        }
        devices::start(&self.core, &self.tasks);
        connectors::start(&self.core, &self.tasks).await;
        secret::tidy(&self.core, &self.tasks);
        let asked: Arc<dyn Asked> = Arc::new(Desk(self.core.clone()));
        // Before anybody is told that the engine runs, where it can be had.
        let door = control::OpenDoor::open(&self.core.home).await;
        let home = self.core.home.clone();
        self.keep("the control door", control::keep_open(door, home, asked, cancel));
    }

    /// Runs a part without which the engine is of no use: if it panics, the engine starts anew.
    fn keep(&self, part: &'static str, run: impl Future<Output = ()> + Send + 'static) {
        let core = self.core.clone();
        self.tasks.spawn(async move { core.must_not_panic(part, tokio::spawn(run).await) });
    }

    /// Answers a question.
    ///
    /// # Errors
    /// [`RequestError`], in words.
    pub async fn ask(&self, request: Request) -> Result<Response, RequestError> {
        Desk(self.core.clone()).ask(request).await
    }

    /// The printers, now and whenever one changes.
    pub fn printers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.core.registry.views()
    }

    /// The devices that were found, now and whenever something changes.
    pub fn devices(&self) -> watch::Receiver<Arc<Vec<DeviceView>>> {
        self.core.discovery.views()
    }

    /// Whoever answers questions, for those who keep asking. Once the engine has stopped the answers are errors.
    pub fn asked(&self) -> Arc<dyn Asked> {
        Arc::new(Desk(self.core.clone()))
    }

    /// How the gateway connector is, now and whenever that changes; none where no gateway is set up.
    pub fn gateway(&self) -> Option<watch::Receiver<PrinterMasterStatus>> {
        self.core.gateway_watch()
    }

    /// Changes whenever a job was settled.
    pub fn settlements(&self) -> watch::Receiver<u64> {
        self.core.settlements()
    }

    /// Changes whenever somebody asks for the window ([`Request::Show`]). Whoever has one listens.
    pub fn shows(&self) -> watch::Receiver<u64> {
        self.core.shows.subscribe()
    }

    /// Changes whenever somebody asks the program to end ([`Request::Stop`]). Whoever runs the engine listens.
    pub fn stops(&self) -> watch::Receiver<u64> {
        self.core.stops.subscribe()
    }

    /// Waits until the engine has to end by itself.
    pub async fn ended(&self) -> Ended {
        self.core.damaged.cancelled().await;
        Ended::MustStartAnew
    }

    /// Ends the engine: the write under way is finished, or stopped safely, within five seconds.
    pub async fn stop(self) {
        self.core.stop_workers();
        let _ = tokio::time::timeout(FAREWELL, self.core.workers_gone()).await;
        self.core.cancel.cancel();
        self.tasks.close();
        if tokio::time::timeout(FAREWELL, self.tasks.wait()).await.is_err() {
            tracing::warn!("a part of the engine did not stop in time");
        }
        self.core.spool.clone().close().await;
    }
}

fn spool_options(settings: &Settings) -> SpoolOptions {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let retention = Retention {
        payload_age: DAY * settings.spool.payload_days,
        payload_bytes: settings.spool.payload_bytes,
        record_age: DAY * settings.spool.record_days,
    };
    SpoolOptions { retention, ..SpoolOptions::default() }
}

/// This till's id, made where there is none yet.
async fn device_id(settings: &mut Settings, home: &Home) -> Result<String, SettingsError> {
    if let Some(id) = &settings.device_id {
        return Ok(id.clone());
    }
    let (of_home, path) = (home.clone(), home.settings());
    let make = move || {
        Settings::edit(&of_home, |settings, _| {
            let new = || uuid::Uuid::new_v4().to_string();
            Ok::<_, SettingsError>(settings.device_id.get_or_insert_with(new).clone())
        })
    };
    let made = tokio::task::spawn_blocking(make).await;
    let id = made.map_err(|error| SettingsError::File(path, error.into()))??;
    settings.device_id = Some(id.clone());
    Ok(id)
}

/// Removes what is too old, a minute after the start and then every hour.
async fn keep_spool(core: Arc<Core>) {
    let mut pause = FIRST_RETIRE;
    loop {
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = RETIRE_EVERY;
        match core.spool.retire(Timestamp::now()).await {
            Ok(retired) => tracing::debug!(?retired, "old receipts were removed"),
            Err(error) => {
                tracing::warn!(%error, "old receipts could not be removed");
                core.spool_failed(&error);
            }
        }
    }
}
