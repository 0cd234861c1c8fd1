//! Makes a snapshot whenever the engine changes, at most ten a second.

use super::{
    EngineState, Found, Health, JobRow, Licence, Line, Other, Printer, Snapshot, Works, status,
};
use crate::paced::PAUSE;
use crate::room::Room;
use crate::words::Language;
use jiff::tz::TimeZone;
use platen_bridge::{
    Asked, ConnectorRow, DeviceView, Engine, EngineStatus, JobQuery, JobView, PrinterRow, Request,
    RequestError, Response,
};
use platen_connectors::printermaster::{LicenceState, PrinterMasterStatus};
use platen_connectors::{Health as PrinterHealth, PrinterView};
use platen_job::{ConnectorId, StateReason, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// While a job is open its state may change without a word: then it is looked at this often.
const WHILE_OPEN: Duration = Duration::from_secs(1);
/// Other systems than the gateway come and go without a word: then they are looked at this often.
const WITH_OTHERS: Duration = Duration::from_secs(2);
/// Jobs in a snapshot.
const MOST_JOBS: usize = 20;

/// What tells of changes.
pub struct Watches {
    asked: Arc<dyn Asked>,
    printers: watch::Receiver<Arc<Vec<PrinterView>>>,
    devices: watch::Receiver<Arc<Vec<DeviceView>>>,
    settlements: watch::Receiver<u64>,
    gateway: Option<watch::Receiver<PrinterMasterStatus>>,
}

impl Watches {
    /// Those of an engine.
    pub fn of(engine: &Engine) -> Watches {
        Watches {
            asked: engine.asked(),
            printers: engine.printers(),
            devices: engine.devices(),
            settlements: engine.settlements(),
            gateway: engine.gateway(),
        }
    }

    /// Ready once something has changed; at the latest after `at_most`, where that is given.
    async fn changed(&mut self, at_most: Option<Duration>) {
        let Watches { printers, devices, settlements, gateway, .. } = self;
        let gateway = async {
            match gateway {
                Some(gateway) => gateway.changed().await,
                None => std::future::pending().await,
            }
        };
        let late = async {
            match at_most {
                Some(at_most) => tokio::time::sleep(at_most).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = printers.changed() => {}
            _ = devices.changed() => {}
            _ = settlements.changed() => {}
            _ = gateway => {}
            () = late => {}
        }
    }
}

/// Publishes until `end`, while anybody looks.
pub async fn follow(room: Arc<Room>, mut watches: Watches, end: CancellationToken) {
    let (mut language, mut looks) = (room.languages(), room.looks());
    let mut line = Line::None;
    loop {
        tokio::select! {
            () = end.cancelled() => return,
            looked_at = looks.wait_for(|count| *count > 0) => if looked_at.is_err() { return },
        }
        let (mut open, mut others) = (0, 0);
        match look(&room, &mut watches, &line).await {
            Ok(snapshot) => {
                (line, open) = (snapshot.line.clone(), snapshot.open_count);
                others = snapshot.others.len();
                room.publish(snapshot);
            }
            Err(error) => tracing::warn!(%error, "the state could not be looked at"),
        }
        let at_most = match (open, others) {
            (0, 0) => None,
            (0, _) => Some(WITH_OTHERS),
            _ => Some(WHILE_OPEN),
        };
        tokio::select! {
            () = end.cancelled() => return,
            () = watches.changed(at_most) => {}
            _ = language.changed() => {}
            _ = looks.changed() => {}
        }
        tokio::select! {
            () = end.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn look(room: &Room, watches: &mut Watches, line: &Line) -> Result<Snapshot, RequestError> {
    // Seen before the questions: what changes during them is looked at once more.
    watches.printers.mark_unchanged();
    watches.settlements.mark_unchanged();
    let devices = watches.devices.borrow_and_update().clone();
    let gateway = watches.gateway.as_mut().map(|gateway| gateway.borrow_and_update().clone());
    let Response::Status(status) = watches.asked.ask(Request::Status).await? else {
        return Ok(Snapshot::default());
    };
    let language = room.language();
    let count = |state: &str| {
        let of_state = status.jobs.iter().find(|(name, _)| name == state);
        of_state.map_or(0, |(_, count)| usize::try_from(*count).unwrap_or(usize::MAX))
    };
    let open_count = ["pending", "held", "processing"].map(count).iter().sum();
    let unconfirmed_count = count("unconfirmed");
    let unconfirmed = match unconfirmed_count {
        0 => Vec::new(),
        _ => jobs(watches, Some("unconfirmed"), language).await?,
    };
    let mut snapshot = Snapshot {
        engine: EngineState::Running,
        line: match &gateway {
            Some(gateway) => line.next(gateway.connection.as_ref(), Timestamp::now(), language),
            None => Line::None,
        },
        licence: gateway.as_ref().map(|gateway| licence(gateway, language)).unwrap_or_default(),
        server: gateway.map(|gateway| gateway.gateway),
        // Who only looks sends no jobs.
        others: status
            .connectors
            .iter()
            .filter(|row| row.connector != ConnectorId::Web)
            .map(|row| other(row, language))
            .collect(),
        printers: printers(&status),
        found: devices
            .iter()
            .filter(|device| device.printers.is_empty())
            .map(|device| found(device, language))
            .collect(),
        jobs: jobs(watches, None, language).await?,
        unconfirmed,
        unconfirmed_count,
        expired_count: count("expired"),
        open_count,
        notices: status.notices.iter().filter_map(|notice| language.notice(notice)).collect(),
        ..room.blank()
    };
    snapshot.status = status::of(&snapshot, &TimeZone::system());
    Ok(snapshot)
}

async fn jobs(
    watches: &Watches,
    state: Option<&str>,
    language: Language,
) -> Result<Vec<JobRow>, RequestError> {
    let query = JobQuery { state: state.map(Into::into), limit: MOST_JOBS, ..JobQuery::default() };
    match watches.asked.ask(Request::Jobs(query)).await? {
        Response::Jobs(jobs) => Ok(jobs.into_iter().map(|job| JobRow::of(job, language)).collect()),
        _ => Ok(Vec::new()),
    }
}

fn other(row: &ConnectorRow, language: Language) -> Other {
    Other {
        name: language.connector_name(row.connector).into(),
        works: if row.working { Works::Yes } else { Works::No },
        words: language.connector(&row.words),
        notes: row.notes.iter().map(|note| language.connector_note(note)).collect(),
    }
}

fn printers(status: &EngineStatus) -> Vec<Printer> {
    status.printers.iter().map(printer).collect()
}

fn printer(row: &PrinterRow) -> Printer {
    let view = &row.view;
    Printer {
        id: view.id.to_string(),
        name: view.name.to_string(),
        health: match view.health {
            PrinterHealth::Online => Health::Ready,
            PrinterHealth::Busy => Health::Working,
            PrinterHealth::Offline | PrinterHealth::Error => Health::Trouble,
            PrinterHealth::Unknown => Health::Unknown,
        },
        reasons: view.reasons.iter().collect(),
        paused: view.reasons.contains(StateReason::Paused),
        waiting: view.queue_length,
        roles: view.roles.clone(),
        uri: row.uri.clone(),
        profile: row.profile.clone(),
        paper: row.paper,
        backup: row.backup.as_ref().map(|backup| backup.printer.to_string()),
    }
}

fn found(device: &DeviceView, language: Language) -> Found {
    Found {
        id: device.id.as_str().to_owned(),
        name: device.name.clone(),
        uri: device.uri().map(Into::into),
        profile: device.profile.clone(),
        trouble: device
            .ways
            .iter()
            .find_map(|way| way.trouble.as_ref())
            .map(|trouble| language.way_trouble(trouble)),
    }
}

fn licence(gateway: &PrinterMasterStatus, language: Language) -> Licence {
    match &gateway.licence {
        LicenceState::Unchecked => Licence::Unchecked,
        LicenceState::Valid { company, branch, branch_id, expires, .. } => Licence::Valid {
            company: company.clone(),
            branch: branch.clone().or_else(|| branch_id.clone()),
            expires: expires.clone(),
        },
        LicenceState::Refused { refusal, said, .. } => {
            Licence::Refused { words: language.licence_refusal(*refusal, said.as_deref()) }
        }
        LicenceState::Unavailable { company, branch, expires, .. } => Licence::Unavailable {
            company: company.clone(),
            branch: branch.clone(),
            expires: expires.clone(),
        },
    }
}

impl JobRow {
    /// A job as it is shown in that language.
    pub fn of(job: JobView, language: Language) -> JobRow {
        JobRow {
            message: language.job(&job),
            id: job.id,
            external_id: job.external_id,
            printer: job.printer_name,
            document: job.document_type.as_str().into(),
            from: job.connector.as_str().into(),
            state: job.state.as_str().into(),
            open: job.state.is_open(),
            accepted_at: job.accepted_at,
        }
    }
}
