//! Opens the doors that the settings name, keeps their certificate, and follows the settings when they change.

use super::{Core, api, fee_maison, odoo, printer_master_local, web};
use crate::connector_words::{ConnectorNote, ConnectorWords};
use crate::doors::{DoorEncryption, DoorName, DoorSection, DoorsSettings};
use crate::home::write_private;
use crate::notice::Notice;
use crate::settings::Settings;
use crate::supervise::supervise;
use crate::view::ConnectorRow;
use platen_connectors::DoorFigures;
use platen_connectors::door::{
    DoorLack, DoorSettings, DoorState, DoorStatus, Encryption, Identity, IdentityError, Limits,
    TokenCheck, Transport, machine_names,
};
use platen_job::{ConnectorId, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use std::{fs, io};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often a keyring that did not give a token is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(60);
/// How often the certificate is looked at: once in so many of those.
const LOOK_AGAIN: u32 = 6 * 60;

/// The doors of an engine.
#[derive(Default)]
pub struct Doors {
    open: Mutex<BTreeMap<DoorName, OpenDoor>>,
    statuses: std::sync::Mutex<BTreeMap<DoorName, watch::Receiver<DoorStatus>>>,
    identity: Mutex<Option<watch::Sender<Arc<Identity>>>>,
    tasks: TaskTracker,
}

/// A door that runs.
struct OpenDoor {
    plan: Plan,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

/// Everything that a door is opened with: where it differs, the door is opened anew.
#[derive(Clone)]
struct Plan {
    section: DoorSection,
    names: Vec<String>,
    token: Result<SecretString, DoorLack>,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
enum CertificateError {
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("the settings name a certificate without its key, or a key without its certificate")]
    Half,
    #[error("Platen is stopping")]
    Stopping,
}

impl Doors {
    /// How each door is that is to be open.
    pub(crate) fn rows(&self) -> Vec<ConnectorRow> {
        let statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        statuses.values().map(|status| row(&status.borrow())).collect()
    }

    /// What is counted at those that are to be open.
    pub(crate) fn figures(&self) -> BTreeMap<ConnectorId, DoorFigures> {
        let statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        let figures = statuses.values().map(|status| {
            let status = status.borrow();
            let (let_in, turned_away) = (status.requests, status.turned_away);
            (status.connector, DoorFigures { let_in, turned_away })
        });
        figures.collect()
    }

    /// Whether one of them is closed because its token could not be read.
    async fn wait_for_a_token(&self) -> bool {
        let unreadable = |door: &OpenDoor| matches!(door.plan.token, Err(DoorLack::ReadableToken));
        self.open.lock().await.values().any(unreadable)
    }

    fn show(&self, name: DoorName, status: Option<watch::Receiver<DoorStatus>>) {
        let mut statuses = self.statuses.lock().unwrap_or_else(PoisonError::into_inner);
        match status {
            Some(status) => statuses.insert(name, status),
            None => statuses.remove(&name),
        };
    }
}

fn row(status: &DoorStatus) -> ConnectorRow {
    let certificate = match status.encryption.clone() {
        Encryption::None => None,
        Encryption::Tls { fingerprint, ends } => {
            Some(ConnectorNote::Certificate { fingerprint, ends })
        }
    };
    ConnectorRow {
        connector: status.connector,
        name: status.name.clone(),
        address: status.address.clone(),
        working: status.state == DoorState::Open,
        words: ConnectorWords::Door { state: status.state.clone(), calls: status.requests },
        notes: certificate.into_iter().collect(),
        detail: serde_json::to_value(status).unwrap_or_default(),
    }
}

/// Opens the doors; they live as long as the engine.
pub async fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    follow_settings(core).await;
    let (keeper, doors) = (core.clone(), core.clone());
    let name = "keeper of the doors".to_owned();
    tasks.spawn(supervise(name, core.restarts.clone(), core.cancel.clone(), move || {
        keep(keeper.clone())
    }));
    tasks.spawn(async move {
        doors.cancel.cancelled().await;
        doors.doors.tasks.close();
        doors.doors.tasks.wait().await;
    });
}

/// Opens, closes and opens anew what the settings want.
pub async fn follow_settings(core: &Arc<Core>) {
    let settings = core.settings();
    let names = names(&settings).await;
    let mut open = core.doors.open.lock().await;
    for name in DoorName::ALL {
        let section = settings.door(name).filter(|section| section.enabled);
        let wanted = match section {
            Some(section) => Some(plan(core, name, section, &names).await),
            None => None,
        };
        let stays = match (open.get(&name), &wanted) {
            (Some(door), Some(plan)) => door.plan.is(plan),
            (None, None) => true,
            _ => false,
        };
        if stays {
            continue;
        }
        if let Some(door) = open.remove(&name) {
            door.cancel.cancel();
            // Its port is free after that.
            let _ = door.task.await;
            core.doors.show(name, None);
        }
        if let Some(plan) = wanted {
            open.insert(name, open_door(core, name, plan, &settings.doors).await);
        }
    }
    drop(open);
    renew(core, &names, &settings.doors).await;
}

impl Plan {
    fn is(&self, other: &Plan) -> bool {
        let same_token = match (&self.token, &other.token) {
            (Ok(one), Ok(other)) => one.expose_secret() == other.expose_secret(),
            (Err(one), Err(other)) => one == other,
            _ => false,
        };
        same_token && self.section == other.section && self.names == other.names
    }
}

async fn plan(core: &Arc<Core>, name: DoorName, section: &DoorSection, names: &[String]) -> Plan {
    let secrets = core.secrets.clone();
    // The keyring or the disk may be slow: neither blocks the engine.
    let read = tokio::task::spawn_blocking(move || secrets.get(name.secret())).await;
    let token = match read {
        Ok(Ok(Some(token))) => Ok(token),
        Ok(Ok(None)) => Err(DoorLack::Token(name.as_str())),
        Ok(Err(error)) => {
            tracing::error!(%error, door = name.title(), "a token cannot be read");
            Err(DoorLack::ReadableToken)
        }
        Err(_) => Err(DoorLack::ReadableToken),
    };
    Plan { section: section.clone(), names: names.to_vec(), token }
}

/// What callers call this till, whichever door they mean: one certificate serves all.
async fn names(settings: &Settings) -> Vec<String> {
    let mut names = machine_names().await;
    let open = DoorName::ALL.into_iter().filter_map(|name| settings.door(name));
    let addresses = open.filter(|section| section.enabled).map(|section| section.listen);
    let named = addresses.filter(|address| !address.is_unspecified() && !address.is_loopback());
    names.extend(named.map(|address| address.to_string()));
    names.extend(settings.doors.names.iter().map(|name| name.trim().to_lowercase()));
    names
}

async fn open_door(
    core: &Arc<Core>,
    name: DoorName,
    plan: Plan,
    doors: &DoorsSettings,
) -> OpenDoor {
    let section = &plan.section;
    let address = SocketAddr::new(section.listen, section.port.unwrap_or(name.usual_port()));
    let encryption = section.encryption.unwrap_or(name.usual_encryption());
    let scheme = if encryption == DoorEncryption::Tls { "https" } else { "http" };
    let status = DoorStatus::new(name.connector(), name.title(), format!("{scheme}://{address}"));
    let (sender, receiver) = watch::channel(status);
    core.doors.show(name, Some(receiver));
    let cancel = core.cancel.child_token();
    let settings = match settings(core, &plan, address, encryption, doors).await {
        Ok(settings) => settings,
        Err(error) => {
            tracing::error!(%error, door = name.title(), "a door is not opened");
            sender.send_modify(|status| status.state = DoorState::NotReady { why: error });
            return OpenDoor { plan, cancel, task: tokio::spawn(async {}) };
        }
    };
    let (tasks, until) = (&core.doors.tasks, cancel.clone());
    let task = match name {
        DoorName::OdooPush => tasks.spawn(odoo::push(core, section, settings, sender, until)),
        DoorName::FeeMaison => tasks.spawn(fee_maison::run(core, section, settings, sender, until)),
        DoorName::Api => tasks.spawn(api::run(core, section, settings, sender, until)),
        DoorName::PrinterMasterLocal => {
            tasks.spawn(printer_master_local::run(core, settings, sender, until))
        }
        DoorName::Web => tasks.spawn(web::run(settings, core.window.clone(), sender, until)),
    };
    OpenDoor { plan, cancel, task }
}

async fn settings(
    core: &Arc<Core>,
    plan: &Plan,
    address: SocketAddr,
    encryption: DoorEncryption,
    doors: &DoorsSettings,
) -> Result<DoorSettings, DoorLack> {
    let token = TokenCheck::of(plan.token.as_ref().map_err(Clone::clone)?);
    let transport = match encryption {
        DoorEncryption::None => Transport::Plain,
        DoorEncryption::Tls => {
            let identity = identity(core, &plan.names, doors).await;
            Transport::Tls(identity.map_err(|error| DoorLack::Certificate(error.to_string()))?)
        }
    };
    Ok(DoorSettings {
        address,
        transport,
        names: plan.names.clone(),
        origins: plan.section.origins.clone(),
        token,
        limits: Limits::default(),
    })
}

/// The identity that holds now and those that come after it; made at the first start.
async fn identity(
    core: &Arc<Core>,
    names: &[String],
    doors: &DoorsSettings,
) -> Result<watch::Receiver<Arc<Identity>>, CertificateError> {
    let mut known = core.doors.identity.lock().await;
    let identity = Arc::new(current_identity(core, names, doors).await?);
    let sender = known.get_or_insert_with(|| watch::Sender::new(identity.clone()));
    sender.send_if_modified(|before| {
        let changed = before.fingerprint() != identity.fingerprint();
        *before = identity;
        changed
    });
    Ok(sender.subscribe())
}

/// Looks now and then whether the certificate has to be renewed, or has been by the shop, and whether a token that could
/// not be read can be now.
async fn keep(core: Arc<Core>) {
    for round in 1_u32.. {
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep(ASK_AGAIN) => {}
        }
        if core.doors.wait_for_a_token().await {
            follow_settings(&core).await;
        }
        if !round.is_multiple_of(LOOK_AGAIN) {
            continue;
        }
        let settings = core.settings();
        renew(&core, &names(&settings).await, &settings.doors).await;
    }
}

/// Renews the certificate that is in use, where it is due, and takes over the shop's new one.
async fn renew(core: &Arc<Core>, names: &[String], doors: &DoorsSettings) {
    let is_used = core.doors.identity.lock().await.is_some();
    if is_used && let Err(error) = identity(core, names, doors).await {
        tracing::warn!(%error, "the certificate cannot be renewed");
        core.notice(Notice::CertificateNotRenewed(error.to_string()));
    }
}

/// The shop's own, or ours, which is made where there is none or where it is due.
async fn current_identity(
    core: &Arc<Core>,
    names: &[String],
    doors: &DoorsSettings,
) -> Result<Identity, CertificateError> {
    let (home, names) = (core.home.clone(), names.to_vec());
    let files = match (&doors.certificate, &doors.key) {
        (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
        (None, None) => None,
        _ => return Err(CertificateError::Half),
    };
    let work = move || {
        let read = |path: PathBuf| {
            fs::read_to_string(&path).map_err(|error| CertificateError::File(path, error))
        };
        if let Some((certificate, key)) = files {
            return Ok(Identity::of_pem(&read(certificate)?, &read(key)?)?);
        }
        let (file, now) = (home.identity(), Timestamp::now());
        let stored = match fs::read_to_string(&file) {
            Ok(text) => Identity::read(&SecretString::from(text)).ok(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(CertificateError::File(file, error)),
        };
        if let Some(stored) = stored
            && !stored.is_due(&names, now)
        {
            return Ok(stored);
        }
        let made = Identity::self_signed(&names, now)?;
        tracing::info!(fingerprint = made.fingerprint(), "a certificate was made for the doors");
        let store = |path: PathBuf, text: &str| {
            write_private(&path, text.as_bytes())
                .map_err(|error| CertificateError::File(path, error))
        };
        store(home.certificate(), made.certificate_pem().unwrap_or_default())?;
        store(file, made.text().map(|text| text.expose_secret()).unwrap_or_default())?;
        Ok(made)
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| CertificateError::Stopping)?
}
