//! Answers to [`Request`]s.

use super::{Asked, Core, printers};
use crate::devices::{self, DeviceView, Scan};
use crate::policy::Stop;
use crate::printer::{Gate, Printer};
use crate::view::{
    EngineStatus, LastJob, NotAccepted, NotNow, PrinterRow, Request, RequestError, Response,
    Search, Submission,
};
use async_trait::async_trait;
use base64::Engine as _;
use platen_connectors::{
    Host, JobQuery, JobView, Novelty, PrinterView, Resolution, Submitted, whole,
};
use platen_job::{
    ConnectorId, Document, DocumentType, DrawerPin, Evidence, ExternalId, Job, JobId, JobNotes,
    JobState, Mark, OnTrouble, Outcome, PrinterId, Role, StateReasons, Timestamp,
    UnconfirmedReason, read_document,
};
use platen_spool::{JobRecord, JobSearch, ListFilter, SpoolError, StandIn, StateCount, StateName};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Jobs in a listing where none is asked for.
const LIST: usize = 50;
/// How long a job may resist being canceled, and how often it is tried, in milliseconds.
const CANCEL: Duration = Duration::from_secs(10);
const CANCEL_AGAIN: u64 = 50;
/// Most bytes of a paper's picture: some 20 m of receipts.
const MOST_OF_A_PICTURE: usize = 4 << 20;
/// Longest wait for an outcome, in milliseconds.
const LONGEST_WAIT: u64 = 3_600_000;

/// The door through which requests reach the engine.
pub struct Desk(pub Arc<Core>);

#[async_trait]
impl Asked for Desk {
    async fn ask(&self, request: Request) -> Result<Response, RequestError> {
        let core = self.0.clone();
        match request {
            // For nothing but the waiting: who does not wait any more ends it.
            Request::Wait { id, at_most_ms } => core.wait(id, at_most_ms).await,
            // A printer that is closed and not opened again, a job that is in no queue: nothing else is given up half-way.
            request => whole(async move { core.answer(request).await }).await,
        }
    }
}

impl Core {
    async fn answer(self: &Arc<Self>, request: Request) -> Result<Response, RequestError> {
        match request {
            Request::Status => self.status().await,
            Request::Jobs(query) => self.jobs(query).await,
            Request::CountJobs(query) => self.count_jobs(query).await,
            Request::Job { id } => self.job(id).await,
            Request::Picture { id } => self.picture(id).await,
            Request::Wait { id, at_most_ms } => self.wait(id, at_most_ms).await,
            Request::Submit(submission) => self.submit_local(submission).await,
            Request::TestPrint(test) => self.test_print(&test.printer).await,
            Request::Drawer { printer, pin } => self.drawer(&printer, pin).await,
            Request::Cancel { id } => self.cancel_job(id).await,
            Request::Reprint { id } => self.reprint(id).await,
            Request::Resolve { id, resolution } => self.resolve(id, resolution).await,
            Request::Pause { printer } => self.set_gate(&printer, Gate::Paused).await,
            Request::Resume { printer } => self.set_gate(&printer, Gate::Open).await,
            Request::Devices { search } => {
                let scan = match search {
                    Search::Usual => Scan::No,
                    Search::Scan => Scan::OwnNetworks,
                };
                let (found, scan) = devices::look(self, scan).await;
                Ok(Response::Devices { found: found.to_vec(), scan })
            }
            Request::Show => self.show(),
            Request::Stop => Ok(self.ask_to_stop()),
            Request::Reload => match printers::reload(self).await {
                Ok(()) => Ok(Response::Done),
                Err(error) => Err(RequestError::Settings(error.to_string())),
            },
        }
    }

    /// Asks whoever has a window to show it.
    fn show(&self) -> Result<Response, RequestError> {
        if self.shows.receiver_count() == 0 {
            return Err(RequestError::NoWindow);
        }
        self.shows.send_modify(|count| *count += 1);
        Ok(Response::Done)
    }

    /// Asks whoever runs the engine to end. Who runs it for a command of its own ends soon anyway.
    fn ask_to_stop(&self) -> Response {
        self.stops.send_modify(|count| *count += 1);
        Response::Done
    }

    async fn status(&self) -> Result<Response, RequestError> {
        let views = self.registry.views().borrow().clone();
        let counts = self.spool.counts().await.map_err(|error| self.spool_error(error))?;
        let mut rows = Vec::with_capacity(views.len());
        for view in views.iter() {
            // As the spool has it: the snapshot is renewed between jobs only.
            let view = PrinterView { queue_length: open_jobs(&counts, &view.id), ..view.clone() };
            rows.push(self.row(view).await?);
        }
        Ok(Response::Status(Box::new(EngineStatus {
            version: env!("CARGO_PKG_VERSION").into(),
            device_id: self.device_id.clone(),
            since: self.since,
            gateway: self.gateway_status(),
            connectors: self.connector_rows(),
            printers: rows,
            jobs: by_state(counts),
            notices: self.notices(),
            restarts: self.restarts.count(),
        })))
    }

    async fn row(&self, view: PrinterView) -> Result<PrinterRow, RequestError> {
        let printer = self.registry.get(&view.id);
        let settings = printer.as_ref().map(|printer| &printer.settings);
        let filter =
            ListFilter { printer: Some(view.id.clone()), limit: 1, ..ListFilter::default() };
        let newest = self.spool.list(filter).await.map_err(|error| self.spool_error(error))?;
        let devices = self.discovery.views().borrow().clone();
        let uses = |device: &&DeviceView| device.printers.contains(&view.name);
        Ok(PrinterRow {
            uri: settings.map(|one| one.uri.clone()).unwrap_or_default(),
            profile: settings.map(|one| one.profile.clone()).unwrap_or_default(),
            paper: settings.and_then(|one| one.paper),
            backup: settings.and_then(|one| one.backup.clone()),
            device: devices.iter().find(uses).cloned(),
            last_job: newest.into_iter().next().map(|record| LastJob {
                id: record.id,
                state: record.state,
                accepted_at: record.accepted_at,
            }),
            message: view.reasons.message().map(Into::into),
            view,
        })
    }

    async fn jobs(&self, query: JobQuery) -> Result<Response, RequestError> {
        let filter = self.filter(query)?;
        let records = self.spool.list(filter).await.map_err(|error| self.spool_error(error))?;
        Ok(Response::Jobs(records.into_iter().map(|record| self.view(record)).collect()))
    }

    async fn count_jobs(&self, query: JobQuery) -> Result<Response, RequestError> {
        let filter = ListFilter { before: None, ..self.filter(query)? };
        let count = self.spool.count(filter).await.map_err(|error| self.spool_error(error))?;
        Ok(Response::Count(count))
    }

    fn filter(&self, query: JobQuery) -> Result<ListFilter, RequestError> {
        Ok(ListFilter {
            states: match &query.state {
                Some(word) => vec![StateName::parse(word).ok_or_else(|| {
                    RequestError::Settings(format!("there is no job state {word:?}"))
                })?],
                None => Vec::new(),
            },
            printer: match &query.printer {
                Some(name) => Some(self.known_printer(name)?.settings.id.clone()),
                None => None,
            },
            search: query.search.and_then(|text| self.looked_for(text.trim())),
            document_type: query.document,
            connector: query.connector,
            from: query.from,
            until: query.until,
            before: query.before,
            limit: if query.limit == 0 { LIST } else { query.limit },
        })
    }

    /// The spool knows printers by their ids only.
    fn looked_for(&self, text: &str) -> Option<JobSearch> {
        let lower = text.to_lowercase();
        let views = self.registry.views().borrow().clone();
        let fits = |view: &&PrinterView| view.name.as_str().to_lowercase().contains(&lower);
        (!text.is_empty()).then(|| JobSearch {
            text: text.to_owned(),
            printers: views.iter().filter(fits).map(|view| view.id.clone()).collect(),
        })
    }

    async fn job(&self, id: JobId) -> Result<Response, RequestError> {
        let record = self.record(id).await?;
        let notes = self.spool.notes(id).await.map_err(|error| self.spool_error(error))?;
        Ok(Response::Job(Box::new(JobView { notes, ..self.view(record) })))
    }

    /// The paper of a job, drawn as the printer would print it now.
    async fn picture(&self, id: JobId) -> Result<Response, RequestError> {
        let record = self.record(id).await?;
        let document = self.spool.document(id).await.map_err(|error| self.spool_error(error))?;
        let Some(printer) = self.registry.get(&record.printer) else {
            return Err(RequestError::NoPrinter(record.printer.to_string()));
        };
        let no = |why| not_now(&record, why);
        let profile = printer.profile.clone();
        let drawn = self.encoder.picture(id, document, profile, (&record).into()).await;
        let png = drawn.map_err(|outcome| no(NotNow::NoPicture(outcome)))?.bytes;
        if png.len() > MOST_OF_A_PICTURE {
            return Err(no(NotNow::TooLong));
        }
        Ok(Response::Picture(base64::engine::general_purpose::STANDARD.encode(&png)))
    }

    async fn record(&self, id: JobId) -> Result<JobRecord, RequestError> {
        self.spool
            .get(id)
            .await
            .map_err(|error| self.spool_error(error))?
            .ok_or(RequestError::NoJob(id))
    }

    async fn wait(&self, id: JobId, at_most_ms: u64) -> Result<Response, RequestError> {
        let deadline = tokio::time::sleep(Duration::from_millis(at_most_ms.min(LONGEST_WAIT)));
        tokio::pin!(deadline);
        let mut settlements = self.settlements();
        loop {
            settlements.borrow_and_update();
            if !self.record(id).await?.state.is_open() {
                break;
            }
            tokio::select! {
                () = &mut deadline => break,
                changed = settlements.changed() => if changed.is_err() { break },
            }
        }
        self.job(id).await
    }

    async fn submit_local(&self, submission: Submission) -> Result<Response, RequestError> {
        let refused = |why: &str| RequestError::Refused(NotAccepted::Words(why.into()));
        let body = base64::engine::general_purpose::STANDARD
            .decode(submission.body.as_bytes())
            .map_err(|_| refused("the document is not base64"))?;
        let fingerprint = Job::fingerprint_of(&[&body]);
        let format = submission.format;
        let reading = tokio::task::spawn_blocking(move || read_document(format, body)).await;
        let (document, notes) = reading
            .map_err(|_| refused("reading the document failed because of an error in Platen"))?
            .map_err(|error| refused(&error.to_string()))?;
        let document_type = submission.document_type.unwrap_or_else(|| document.usual_type());
        let printer = match submission.printer.as_str() {
            "@" => self
                .registry
                .with_role(Role::of(document_type))
                .ok_or(RequestError::NoRole(Role::of(document_type)))?,
            name => self.known_printer(name)?,
        };
        let external_id = match submission.key {
            Some(key) => {
                Some(ExternalId::new(key).map_err(|error| refused(&format!("the key {error}")))?)
            }
            None => None,
        };
        let job = Job {
            external_id,
            priority: submission.priority,
            fingerprint,
            notes,
            ..self.local_job(&printer, document_type, document)
        };
        self.accept_local(job).await
    }

    async fn test_print(&self, printer: &str) -> Result<Response, RequestError> {
        let printer = self.known_printer(printer)?;
        let now = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
        let branch = self.branch().map(|branch| format!("Branch: {branch}"));
        let lines = [
            Some(format!("Printer: {}", printer.settings.name)),
            Some(format!("Profile: {} ({})", printer.profile.name, printer.profile.model)),
            printer.settings.paper.map(|paper| format!("Paper: {paper}")),
            branch,
            Some(format!("Till: {}", self.device_id)),
            Some(format!("Time: {now}")),
            Some(format!("Platen {}", env!("CARGO_PKG_VERSION"))),
        ];
        let lines = lines.into_iter().flatten().collect();
        let job = self.local_job(&printer, DocumentType::Test, Document::TestPage { lines });
        self.accept_local(Job { on_trouble: OnTrouble::Abort, ..job }).await
    }

    async fn drawer(&self, printer: &str, pin: DrawerPin) -> Result<Response, RequestError> {
        let printer = self.known_printer(printer)?;
        let job = self.local_job(&printer, DocumentType::Drawer, Document::Drawer(pin));
        self.accept_local(Job { on_trouble: OnTrouble::Abort, ..job }).await
    }

    fn local_job(&self, printer: &Printer, document_type: DocumentType, document: Document) -> Job {
        Job::new(ConnectorId::Local, printer.settings.id.clone(), document_type, document)
    }

    async fn accept_local(&self, job: Job) -> Result<Response, RequestError> {
        match self.submit(job).await {
            Ok(Submitted { novelty: Novelty::Known { state: None, .. }, .. }) => {
                Err(RequestError::Refused(NotAccepted::PrintedLongAgo))
            }
            Ok(Submitted { id, .. }) => self.job(id).await,
            Err(refusal) => Err(RequestError::Refused(NotAccepted::Refusal(refusal))),
        }
    }

    pub(super) async fn cancel_job(self: &Arc<Self>, id: JobId) -> Result<Response, RequestError> {
        let mut record = self.record(id).await?;
        if !record.state.is_open() {
            return Err(not_now(&record, NotNow::Settled));
        }
        let deadline = Instant::now() + CANCEL;
        loop {
            if self.take_out(&record) {
                return self.cancel_waiting(&record).await;
            }
            // It is being stopped, or is between two places for a moment: with the spool, or on its way back.
            self.wait(id, CANCEL_AGAIN).await?;
            // Read anew: meanwhile it may have gone to another printer.
            record = self.record(id).await?;
            if !record.state.is_open() {
                return self.job(id).await;
            }
            if Instant::now() >= deadline {
                return Err(not_now(&record, NotNow::NotStopped));
            }
        }
    }

    /// Takes a job away from its printer; one under way is told to stop instead.
    fn take_out(&self, record: &JobRecord) -> bool {
        let Some(printer) = self.registry.get(&record.printer) else {
            self.forget_orphan(record.id);
            return true;
        };
        let mut shared = printer.shared();
        if let Some(current) = shared.current(record.id) {
            current.stop = Stop::ByPerson;
            current.cancel.cancel();
            return false;
        }
        shared.queue.remove(record.id).is_some() || shared.take_leased(record.id)
    }

    async fn cancel_waiting(
        self: &Arc<Self>,
        record: &JobRecord,
    ) -> Result<Response, RequestError> {
        match self.spool.settle(record.id, Outcome::Canceled).await {
            Ok(settled) => self.settled_as(settled, &Outcome::Canceled),
            Err(error) => {
                // Not canceled, so it is still somebody's job.
                self.enqueue(record).await;
                return Err(self.spool_error(error));
            }
        }
        self.job(record.id).await
    }

    async fn reprint(self: &Arc<Self>, id: JobId) -> Result<Response, RequestError> {
        let record = self.record(id).await?;
        if record.state == JobState::Unconfirmed {
            return self.resolve(id, Resolution::Reprint).await;
        }
        if record.state.is_open() {
            return Err(not_now(&record, NotNow::StillOpen));
        }
        let mark = match record.state {
            JobState::Completed { .. } | JobState::Reprinted => Mark::Reprint,
            _ => record.mark.unwrap_or(Mark::Reprint),
        };
        self.copy(&record, mark, StandIn::ForAPerson).await
    }

    async fn resolve(
        self: &Arc<Self>,
        id: JobId,
        resolution: Resolution,
    ) -> Result<Response, RequestError> {
        let record = self.record(id).await?;
        if record.state != JobState::Unconfirmed {
            return Err(not_now(&record, NotNow::NoQuestion));
        }
        match resolution {
            Resolution::Printed => {
                // A person saw the paper: more than the bytes went out, less than the printer's own word.
                self.settle(id, Outcome::Completed { evidence: Evidence::Submitted }).await;
                self.job(id).await
            }
            Resolution::Reprint => {
                let stand_in = StandIn::ForTheSender { unfinished: UnconfirmedReason::Interrupted };
                self.copy(&record, Mark::PossibleDuplicate, stand_in).await
            }
        }
    }

    async fn copy(
        self: &Arc<Self>,
        record: &JobRecord,
        mark: Mark,
        stand_in: StandIn,
    ) -> Result<Response, RequestError> {
        if self.registry.get(&record.printer).is_none() {
            return Err(RequestError::NoPrinter(record.printer.to_string()));
        }
        let expires_at = Timestamp::now().plus(self.policy.time_to_live(record.document_type));
        let copy = self
            .spool
            .copy(record.id, mark, stand_in, Some(expires_at))
            .await
            .map_err(|error| self.spool_error(error))?;
        self.enqueue(&copy).await;
        self.settled();
        self.job(copy.id).await
    }

    async fn set_gate(&self, name: &str, gate: Gate) -> Result<Response, RequestError> {
        let printer = self.known_printer(name)?;
        printer.shared().gate = gate;
        self.remember_gate(&printer.settings.id, gate).await;
        printer.wake();
        Ok(Response::Done)
    }

    /// Words for a person; where the spool is damaged, the engine starts anew.
    fn spool_error(&self, error: SpoolError) -> RequestError {
        self.spool_failed(&error);
        match error {
            SpoolError::UnknownJob(id) => RequestError::NoJob(id),
            SpoolError::DocumentRetired(id) => RequestError::NotNow {
                id,
                state: "kept without its document".into(),
                why: NotNow::Retired,
            },
            other => RequestError::Spool(other.to_string()),
        }
    }

    fn known_printer(&self, name: &str) -> Result<Arc<Printer>, RequestError> {
        self.printer(name).ok_or_else(|| match name.strip_prefix('@') {
            Some(role) => role
                .parse()
                .map_or_else(|_| RequestError::UnknownRole(role.into()), RequestError::NoRole),
            None => RequestError::NoPrinter(name.into()),
        })
    }

    /// What a job behind others waits for: its printer, where that is in trouble.
    fn waits_for(&self, printer: &PrinterId) -> StateReasons {
        let views = self.registry.views();
        let views = views.borrow();
        let view = views.iter().find(|view| view.id == *printer);
        view.map(|view| view.reasons.stopping()).unwrap_or_default()
    }

    /// A job as people and callers see it, but for its notes.
    pub(super) fn view(&self, record: JobRecord) -> JobView {
        let waits_for = match record.state {
            JobState::Pending => self.waits_for(&record.printer),
            _ => StateReasons::none(),
        };
        let message = match (&record.outcome, &record.state) {
            (Some(outcome), _) => outcome.message(),
            (None, JobState::Held { reasons }) => {
                reasons.message().unwrap_or("Waiting for the printer.").into()
            }
            (None, JobState::Processing) => "Printing.".into(),
            (None, _) => waits_for.message().unwrap_or("Waiting for its turn.").into(),
        };
        JobView {
            id: record.id,
            connector: record.connector,
            external_id: record.external_id.map(|id| id.to_string()),
            printer_name: self
                .registry
                .get(&record.printer)
                .map(|printer| printer.settings.name.to_string()),
            printer: record.printer,
            document_type: record.document_type,
            state: record.state,
            outcome: record.outcome,
            message,
            waits_for,
            mark: record.mark,
            backup_from: record.backup_from,
            origin: record.origin.map(|origin| origin.job),
            accepted_at: record.accepted_at,
            settled_at: record.settled_at,
            expires_at: record.expires_at,
            size: record.payload_bytes,
            notes: JobNotes::default(),
        }
    }
}

/// Jobs of a printer that are not settled, the one under way too.
fn open_jobs(counts: &[StateCount], printer: &PrinterId) -> usize {
    let open = [StateName::Pending, StateName::Held, StateName::Processing];
    let of_it = counts.iter().filter(|one| one.printer == *printer && open.contains(&one.state));
    usize::try_from(of_it.map(|one| one.jobs).sum::<u64>()).unwrap_or(usize::MAX)
}

/// Jobs of all printers, state by state.
fn by_state(counts: Vec<StateCount>) -> Vec<(String, u64)> {
    let mut sums = std::collections::BTreeMap::new();
    for count in counts {
        *sums.entry(count.state).or_insert(0) += count.jobs;
    }
    sums.into_iter().map(|(state, jobs)| (state.as_str().to_owned(), jobs)).collect()
}

fn not_now(record: &JobRecord, why: NotNow) -> RequestError {
    RequestError::NotNow { id: record.id, state: record.state.to_string(), why }
}
