//! CUPS, asked by IPP over its own socket.

mod http;
mod message;
mod states;

use super::address::SpoolerServer;
use super::port::{
    History, Intake, JobView, Phase, QueueState, Spooler, SpoolerError, Stage, Touched,
};
use crate::uri::escaped;
use crate::{PrintFormat, SpoolerJob};
use async_trait::async_trait;
use bytes::Bytes;
use http::Client;
use ipp::model::Operation;
use message::{Reply, Request};
use platen_job::StateReason;
use states::{JobFacts, Processed};
use std::time::Duration;

/// A CUPS scheduler.
pub(crate) struct Cups {
    client: Client,
    user: String,
    /// What the queue sends its jobs on, where it was asked.
    route: Route,
    /// The job that this very object began, and when it was first seen to be processed.
    own: Option<OwnJob>,
}

/// How much a failure to connect proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// The backend connects once a run, and a run that failed is not begun again at once.
    ConnectsOnce,
    Unknown,
}

#[derive(Debug, Clone, Copy)]
struct OwnJob {
    id: u32,
    /// The scheduler's clock, in seconds.
    first_run: Option<i32>,
}

/// A job that has no document yet.
pub(crate) struct Open {
    job: SpoolerJob,
    format: PrintFormat,
}

impl Cups {
    /// Connects to nothing yet.
    pub(crate) fn new(server: Option<SpoolerServer>, connect_timeout: Duration) -> Cups {
        let server = server.unwrap_or_else(SpoolerServer::of_this_machine);
        // CUPS lets the user of that name cancel the job with its own tools.
        let user = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        Cups {
            client: Client::new(server, connect_timeout),
            user: user.filter(|user| !user.is_empty()).unwrap_or_else(|| "platen".to_owned()),
            route: Route::Unknown,
            own: None,
        }
    }

    fn request(&self, operation: Operation, queue: &str) -> Result<Request, SpoolerError> {
        Request::new(operation, queue, &self.user)
    }

    async fn ask(&mut self, queue: &str, request: Request) -> Result<Reply, SpoolerError> {
        let body = self.client.ask(&path_of(queue), request.to_bytes()).await?;
        Reply::read(body)
    }

    fn touched(&mut self, id: u32, facts: &JobFacts) -> Touched {
        let own = self.own.as_mut().filter(|own| own.id == id);
        match (facts.processed, own) {
            // A job that CUPS reads back from its disk may have forgotten that it was begun.
            (Processed::Never, Some(own)) if own.first_run.is_some() => Touched::Perhaps,
            (Processed::Never, _) => Touched::Never,
            (Processed::At(run), Some(own)) => {
                let first_run = *own.first_run.get_or_insert(run);
                let connecting = states::was_never_connected(&facts.message);
                if self.route == Route::ConnectsOnce && first_run == run && connecting {
                    Touched::Never
                } else {
                    Touched::Perhaps
                }
            }
            (Processed::At(_) | Processed::Unknown, _) => Touched::Perhaps,
        }
    }
}

#[async_trait]
impl Spooler for Cups {
    type Open = Open;

    async fn queue(&mut self, queue: &str) -> Result<QueueState, SpoolerError> {
        let mut request = self.request(Operation::GetPrinterAttributes, queue)?;
        request.want(&[
            "printer-state",
            "printer-state-reasons",
            "printer-is-accepting-jobs",
            "printer-error-policy",
            "device-uri",
        ])?;
        let reply = self.ask(queue, request).await?;
        reply.succeeded(SpoolerError::QueueMissing)?;
        let device = reply.text("device-uri").unwrap_or_default();
        let connects = device.starts_with("socket:") || device.starts_with("lpd:");
        let policy = reply.text("printer-error-policy");
        let retries_at_once = policy.is_none_or(|policy| policy == "retry-current-job");
        self.route =
            if connects && !retries_at_once { Route::ConnectsOnce } else { Route::Unknown };
        Ok(QueueState {
            phase: match reply.number("printer-state") {
                Some(4) => Phase::Printing,
                Some(5) => Phase::Stopped,
                _ => Phase::Idle,
            },
            intake: match reply.flag("printer-is-accepting-jobs") {
                Some(false) => Intake::Closed,
                _ => Intake::Open,
            },
            reasons: states::printer_reasons(reply.texts("printer-state-reasons")),
        })
    }

    async fn begin(
        &mut self,
        queue: &str,
        name: &str,
        format: PrintFormat,
    ) -> Result<(u32, Open), SpoolerError> {
        let mut request = self.request(Operation::CreateJob, queue)?;
        request.name("job-name", name)?;
        let reply = self.ask(queue, request).await?;
        reply.succeeded(SpoolerError::QueueMissing)?;
        let id = reply.number("job-id").and_then(|id| u32::try_from(id).ok());
        let id = id.ok_or(SpoolerError::Refused(0))?;
        self.own = Some(OwnJob { id, first_run: None });
        let job = SpoolerJob { queue: queue.to_owned(), id, name: name.to_owned() };
        Ok((id, Open { job, format }))
    }

    async fn send(&mut self, open: Open, document: Bytes) -> Result<(), SpoolerError> {
        let Open { job, format } = open;
        let mut request = self.request(Operation::SendDocument, &job.queue)?;
        request.job(job.id)?;
        request.mime("document-format", mime_of(format))?;
        request.yes("last-document")?;
        let path = path_of(&job.queue);
        let body = self.client.send(&path, request.to_bytes(), document).await?;
        Reply::read(body)?.succeeded(SpoolerError::JobGone)
    }

    async fn job(&mut self, job: &SpoolerJob) -> Result<JobView, SpoolerError> {
        let mut request = self.request(Operation::GetJobAttributes, &job.queue)?;
        request.job(job.id)?;
        request.want(&[
            "job-name",
            "job-state",
            "job-state-reasons",
            "job-printer-state-message",
            "job-printer-state-reasons",
            "job-printer-up-time",
            "time-at-processing",
        ])?;
        let reply = self.ask(&job.queue, request).await?;
        reply.succeeded(SpoolerError::JobGone)?;
        let begun_by_us = self.own.is_some_and(|own| own.id == job.id);
        match reply.text("job-name") {
            Some(name) if name == job.name => {}
            // A scheduler may be set up to hide names; a number that we have just been given is not another's.
            None if begun_by_us => {}
            _ => return Err(SpoolerError::JobGone),
        }
        let facts = JobFacts::read(&reply).ok_or(SpoolerError::JobGone)?;
        let touched = self.touched(job.id, &facts);
        let mut reasons = facts.reasons.clone();
        if facts.stage == Stage::Printing && facts.printer_is_away() {
            reasons.insert(StateReason::Offline);
        }
        Ok(JobView { stage: facts.stage, touched, reasons })
    }

    async fn cancel(&mut self, job: &SpoolerJob) -> Result<(), SpoolerError> {
        let mut request = self.request(Operation::CancelJob, &job.queue)?;
        request.job(job.id)?;
        self.ask(&job.queue, request).await?.succeeded(SpoolerError::JobGone)
    }

    fn release(&mut self) {
        self.client.close();
    }

    fn history(&self) -> History {
        History::Kept
    }

    fn takes(_format: PrintFormat) -> bool {
        true
    }
}

fn path_of(queue: &str) -> String {
    format!("/printers/{}", escaped(queue))
}

fn mime_of(format: PrintFormat) -> &'static str {
    match format {
        PrintFormat::Raw => "application/vnd.cups-raw",
        PrintFormat::Pdf => "application/pdf",
        PrintFormat::Png => "image/png",
        PrintFormat::Jpeg => "image/jpeg",
    }
}
