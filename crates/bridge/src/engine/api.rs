//! Starts Platen's own API, and answers it.

use super::answers::Desk;
use super::connectors::keep;
use super::{Asked, Core};
use crate::doors::DoorSection;
use crate::view::{Request, RequestError, Response};
use async_trait::async_trait;
use platen_connectors::api::{self, ApiSettings};
use platen_connectors::door::{DoorSettings, DoorStatus};
use platen_connectors::{Figures, JobQuery, JobView, Resolution, Till, TillError, TillSummary};
use platen_job::{ConnectorId, JobId};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Programs of the shop call this till.
pub fn run(
    core: &Arc<Core>,
    section: &DoorSection,
    door: DoorSettings,
    status: watch::Sender<DoorStatus>,
    cancel: CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    let settings = ApiSettings { printer: section.printer.clone() };
    let (till, until) = (core.clone(), cancel.clone());
    keep(core, "the API's door", ConnectorId::Api, &until, move |_, events| {
        let (settings, door, till) = (settings.clone(), door.clone(), till.clone());
        api::run(settings, door, till, events, cancel.clone(), status.clone())
    })
}

#[async_trait]
impl Till for Core {
    async fn summary(self: Arc<Self>) -> Result<TillSummary, TillError> {
        match Desk(self).ask(Request::Status).await.map_err(trouble)? {
            Response::Status(status) => Ok(TillSummary {
                device_id: status.device_id,
                since: status.since,
                jobs: status.jobs,
                notices: status.notices.into_iter().map(String::from).collect(),
            }),
            _ => Err(other_answer()),
        }
    }

    async fn jobs(self: Arc<Self>, query: JobQuery) -> Result<Vec<JobView>, TillError> {
        match Desk(self).ask(Request::Jobs(query)).await.map_err(trouble)? {
            Response::Jobs(jobs) => Ok(jobs),
            _ => Err(other_answer()),
        }
    }

    async fn job(self: Arc<Self>, id: JobId) -> Result<JobView, TillError> {
        self.ask_job(Request::Job { id }).await
    }

    async fn cancel(self: Arc<Self>, id: JobId) -> Result<JobView, TillError> {
        self.ask_job(Request::Cancel { id }).await
    }

    async fn reprint(self: Arc<Self>, id: JobId) -> Result<JobView, TillError> {
        self.ask_job(Request::Reprint { id }).await
    }

    async fn resolve(self: Arc<Self>, id: JobId, seen: Resolution) -> Result<JobView, TillError> {
        self.ask_job(Request::Resolve { id, resolution: seen }).await
    }

    fn settlements(&self) -> watch::Receiver<u64> {
        Core::settlements(self)
    }

    async fn figures(self: Arc<Self>) -> Result<Option<Figures>, TillError> {
        if !self.settings().metrics.enabled {
            return Ok(None);
        }
        let TillSummary { jobs, .. } = self.clone().summary().await?;
        Ok(Some(Figures {
            stored: jobs.into_iter().collect(),
            reconnects: self.reconnects(),
            doors: self.doors.figures(),
            restarts: self.restarts.count(),
            ..self.tally.figures()
        }))
    }
}

impl Core {
    /// Of the connectors that hold a line.
    fn reconnects(&self) -> BTreeMap<ConnectorId, u64> {
        let gateway = self.gateway_watch().map(|status| status.borrow().line.reconnections);
        let rows = self.connector_rows();
        let others = rows.iter().filter_map(|row| {
            let count = row.detail.pointer("/counts/reconnections")?.as_u64()?;
            Some((row.connector, count))
        });
        let gateway = gateway.map(|count| (ConnectorId::PrinterMaster, count));
        gateway.into_iter().chain(others).collect()
    }

    async fn ask_job(self: Arc<Self>, request: Request) -> Result<JobView, TillError> {
        match Desk(self).ask(request).await.map_err(trouble)? {
            Response::Job(job) => Ok(*job),
            _ => Err(other_answer()),
        }
    }
}

fn trouble(error: RequestError) -> TillError {
    let words = error.to_string();
    match error {
        RequestError::NoJob(id) => TillError::NoJob(id),
        RequestError::NoPrinter(name) => TillError::NoPrinter(name),
        RequestError::NoRole(role) => TillError::NoPrinter(format!("@{role}")),
        RequestError::UnknownRole(role) => TillError::NoPrinter(format!("@{role}")),
        RequestError::NotNow { .. } => TillError::NotNow(words),
        RequestError::Settings(_) => TillError::Wrong(words),
        RequestError::Refused(_) | RequestError::Spool(_) | RequestError::NoWindow => {
            TillError::Unavailable(words)
        }
    }
}

/// Each question has its answer; another one is an error in Platen.
fn other_answer() -> TillError {
    TillError::Unavailable("the engine gave another answer than was asked for".into())
}
