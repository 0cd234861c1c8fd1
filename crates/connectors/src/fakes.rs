//! An engine and a line for tests.

use crate::line::{Acknowledge, Inlet, LineEvent, NotSent, Outlet, Said, SessionKey};
use crate::{
    ContentMatch, Health, Host, Novelty, PrinterKind, PrinterView, Report, ReportId, Storing,
    Submitted, Telling, Way,
};
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::ready;
use platen_job::{
    Capability, ConnectorId, Evidence, Job, JobId, JobState, Outcome, PrinterId, PrinterName,
    Refusal, StateReasons, Timestamp,
};
use platen_socketio::{Arg, Refused};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};

/// A printer that is ready.
pub(crate) fn printer(id: &str, name: &str) -> PrinterView {
    PrinterView {
        standing: crate::Standing::SetUp,
        id: PrinterId::new(id).unwrap(),
        name: PrinterName::new(name).unwrap(),
        kind: PrinterKind::Receipt,
        roles: Vec::new(),
        way: Way::Network { host: "192.0.2.7".into(), port: 9100 },
        health: Health::Online,
        reasons: StateReasons::none(),
        last_seen: Some(Timestamp::now()),
        queue_length: 0,
        capabilities: vec![Capability::Text, Capability::Cut],
        best_evidence: None,
    }
}

/// An engine that stores in memory and prints nothing; tests settle its jobs.
pub(crate) struct FakeHost {
    pub(crate) printers: watch::Sender<Arc<Vec<PrinterView>>>,
    pub(crate) offers: watch::Sender<Arc<Vec<PrinterView>>>,
    state: Mutex<HostState>,
}

#[derive(Default)]
struct HostState {
    jobs: Vec<(JobId, Job, Option<Outcome>)>,
    reports: Vec<(Report, bool)>,
    memory: BTreeMap<String, String>,
    refuse: Option<Refusal>,
    answered: Vec<JobId>,
}

impl FakeHost {
    pub(crate) fn new(printers: Vec<PrinterView>) -> Arc<FakeHost> {
        let printers = watch::channel(Arc::new(printers)).0;
        let offers = watch::channel(Arc::default()).0;
        Arc::new(FakeHost { printers, offers, state: Mutex::default() })
    }

    /// Refuses every job from now on, or takes them again.
    pub(crate) fn refuse(&self, refusal: Option<Refusal>) {
        self.state.lock().unwrap().refuse = refusal;
    }

    pub(crate) fn jobs(&self) -> Vec<(JobId, Job)> {
        let state = self.state.lock().unwrap();
        state.jobs.iter().map(|(id, job, _)| (*id, job.clone())).collect()
    }

    /// Settles a job; `accepted` is when it is said to have been stored.
    pub(crate) fn settle(&self, id: JobId, outcome: Outcome, accepted: Timestamp) {
        let mut state = self.state.lock().unwrap();
        let number = state.reports.len() as i64 + 1;
        state.jobs.iter_mut().find(|(job, ..)| *job == id).unwrap().2 = Some(outcome.clone());
        let told_before = state.reports.iter().any(|(report, told)| report.job == id && *told);
        let telling = if told_before { Telling::Correction } else { Telling::First };
        let (_, job, _) = state.jobs.iter().find(|(job, ..)| *job == id).unwrap();
        let report = Report {
            id: ReportId(number),
            job: id,
            external_id: job.external_id.clone(),
            printer: job.printer.clone(),
            backup_from: None,
            document_type: job.document_type,
            reply: job.reply.clone(),
            outcome,
            telling,
            accepted_at: accepted,
            settled_at: Timestamp::now(),
        };
        state.reports.push((report, false));
    }

    /// What became of a job.
    pub(crate) fn outcome(&self, id: JobId) -> Option<Outcome> {
        let state = self.state.lock().unwrap();
        state.jobs.iter().find(|(job, ..)| *job == id)?.2.clone()
    }

    /// Outcomes that were not noted as told.
    pub(crate) fn untold(&self) -> usize {
        self.state.lock().unwrap().reports.iter().filter(|(_, told)| !told).count()
    }

    /// Jobs whose senders have heard that they are stored.
    pub(crate) fn answered_jobs(&self) -> Vec<JobId> {
        self.state.lock().unwrap().answered.clone()
    }

    pub(crate) fn memory(&self, key: &str) -> Option<String> {
        self.state.lock().unwrap().memory.get(key).cloned()
    }
}

impl FakeHost {
    fn store(&self, job: Job) -> Result<Submitted, Refusal> {
        let mut state = self.state.lock().unwrap();
        if let Some(refusal) = &state.refuse {
            return Err(refusal.clone());
        }
        let same_id =
            |known: &Job| job.external_id.is_some() && known.external_id == job.external_id;
        if let Some((id, known, outcome)) = state.jobs.iter().find(|(_, known, _)| same_id(known)) {
            let content = match known.fingerprint == job.fingerprint {
                true => ContentMatch::Same,
                false => ContentMatch::Different,
            };
            let at = outcome.as_ref().map_or(JobState::Pending, JobState::settled);
            let novelty = Novelty::Known { state: Some(at), outcome: outcome.clone(), content };
            return Ok(Submitted { id: *id, novelty, stored: None });
        }
        let id = JobId(state.jobs.len() as i64 + 1);
        state.jobs.push((id, job, None));
        Ok(Submitted { id, novelty: Novelty::New, stored: None })
    }
}

#[async_trait]
impl Host for FakeHost {
    fn printers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.printers.subscribe()
    }

    fn offers(&self) -> watch::Receiver<Arc<Vec<PrinterView>>> {
        self.offers.subscribe()
    }

    async fn hand_over(&self, job: Job) -> Storing {
        ready(self.store(job)).boxed()
    }

    async fn unreported(&self, _: ConnectorId, limit: usize) -> Vec<Report> {
        let state = self.state.lock().unwrap();
        let untold = state.reports.iter().filter(|(_, told)| !told);
        untold.take(limit).map(|(report, _)| report.clone()).collect()
    }

    async fn reported(&self, id: ReportId) {
        let mut state = self.state.lock().unwrap();
        for (report, told) in &mut state.reports {
            *told |= report.id == id;
        }
    }

    async fn answered(&self, job: JobId) {
        self.state.lock().unwrap().answered.push(job);
    }

    async fn remember(&self, _: ConnectorId, key: &str, value: String) {
        self.state.lock().unwrap().memory.insert(key.into(), value);
    }

    async fn recall(&self, _: ConnectorId, key: &str) -> Option<String> {
        self.memory(key)
    }

    async fn take_back(self: Arc<Self>, job: JobId) {
        if self.outcome(job).is_none() {
            self.settle(job, Outcome::Canceled, Timestamp::now());
        }
    }
}

/// What went out on a fake line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    /// The session at that moment.
    pub(crate) session: u64,
    pub(crate) event: String,
    pub(crate) payload: Value,
}

/// The gateway's end of a line without sockets.
#[derive(Clone)]
pub(crate) struct FakeGateway {
    into: mpsc::UnboundedSender<LineEvent>,
    sent: Arc<Mutex<Vec<Sent>>>,
    news: Arc<Notify>,
    /// 0: off line.
    session: Arc<AtomicU64>,
    sessions: Arc<AtomicU64>,
}

/// The till's ends of it.
pub(crate) fn fake_line() -> (FakeGateway, Box<dyn Inlet>, Arc<dyn Outlet>) {
    let (into, events) = mpsc::unbounded_channel();
    let gateway = FakeGateway {
        into,
        sent: Arc::default(),
        news: Arc::default(),
        session: Arc::default(),
        sessions: Arc::default(),
    };
    (gateway.clone(), Box::new(FakeInlet(events)), Arc::new(gateway))
}

impl FakeGateway {
    pub(crate) fn connect(&self) {
        let session = self.sessions.fetch_add(1, Ordering::SeqCst) + 1;
        self.session.store(session, Ordering::SeqCst);
        self.into.send(LineEvent::Connected(SessionKey(session))).ok().unwrap();
    }

    pub(crate) fn disconnect(&self) {
        let session = self.session.swap(0, Ordering::SeqCst);
        self.into.send(LineEvent::Disconnected(SessionKey(session))).ok().unwrap();
    }

    pub(crate) fn say(&self, name: &str, payload: Value) {
        self.say_args(name, vec![Arg::Json(payload)], None);
    }

    pub(crate) fn say_args(&self, name: &str, args: Vec<Arg>, ack: Option<Box<dyn Acknowledge>>) {
        let session = SessionKey(self.session.load(Ordering::SeqCst));
        let said = Said { session, name: name.into(), args, ack };
        self.into.send(LineEvent::Said(said)).ok().unwrap();
    }

    /// Says something and records the acknowledgement as an event `ack`.
    pub(crate) fn say_with_ack(&self, name: &str, args: Vec<Arg>) {
        self.say_args(name, args, Some(Box::new(FakeAck(self.clone()))));
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// Everything of that event that went out.
    pub(crate) fn all(&self, event: &str) -> Vec<Value> {
        let sent = self.sent();
        sent.into_iter().filter(|sent| sent.event == event).map(|sent| sent.payload).collect()
    }

    pub(crate) fn forget(&self) {
        self.sent.lock().unwrap().clear();
    }

    /// Waits for the `count`th message of that event.
    pub(crate) async fn wait(&self, event: &str, count: usize) -> Value {
        let found = async {
            loop {
                let news = self.news.notified();
                if let Some(payload) = self.all(event).into_iter().nth(count - 1) {
                    return payload;
                }
                news.await;
            }
        };
        match tokio::time::timeout(Duration::from_secs(3600), found).await {
            Ok(payload) => payload,
            Err(_) => panic!("no {event} number {count}; sent: {:#?}", self.sent()),
        }
    }

    fn take(&self, session: u64, event: &str, payload: Value) {
        self.sent.lock().unwrap().push(Sent { session, event: event.into(), payload });
        self.news.notify_waiters();
    }
}

#[async_trait]
impl Outlet for FakeGateway {
    async fn emit(&self, event: &str, payload: Value) -> Result<(), NotSent> {
        match self.session.load(Ordering::SeqCst) {
            0 => Err(NotSent("not connected".into())),
            session => {
                self.take(session, event, payload);
                Ok(())
            }
        }
    }

    async fn emit_on(
        &self,
        session: SessionKey,
        event: &str,
        payload: Value,
    ) -> Result<(), NotSent> {
        if self.session.load(Ordering::SeqCst) != session.0 {
            return Err(NotSent("the session is over".into()));
        }
        self.emit(event, payload).await
    }

    fn refuse(&self, why: Refused) {
        self.take(self.session.load(Ordering::SeqCst), "(refused)", Value::from(why.message));
        self.disconnect();
    }

    async fn emit_with_ack(&self, event: &str, payload: Value, t: Duration) -> Result<(), NotSent> {
        self.emit(event, payload).await?;
        // A gateway of generation A: it never answers.
        tokio::time::sleep(t).await;
        Err(NotSent("no acknowledgement in time".into()))
    }
}

struct FakeInlet(mpsc::UnboundedReceiver<LineEvent>);

#[async_trait]
impl Inlet for FakeInlet {
    async fn next(&mut self) -> Option<LineEvent> {
        self.0.recv().await
    }
}

struct FakeAck(FakeGateway);

#[async_trait]
impl Acknowledge for FakeAck {
    async fn answer(self: Box<Self>, answer: Value) {
        let session = self.0.session.load(Ordering::SeqCst);
        self.0.take(session, "ack", answer);
    }
}

/// An outcome with the best evidence.
pub(crate) fn printed() -> Outcome {
    Outcome::Completed { evidence: Evidence::Confirmed }
}
