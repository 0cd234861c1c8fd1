//! Sending a job or a test the way the gateway's own callers do, and waiting for the result.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    callers::{JOB_RESULT, Key, PHYSICAL_RESULT, RAW_RESULT, TEST_RESULT, Told},
    clock::iso_now,
    journal::Received,
    options::Generation,
    shared::{Audience, Shared},
};
use crate::{stage::Stage, wait::AbortOnDrop};

/// The events that ask for paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobEvent {
    /// `print:job` (generation C), ended by `print:job:completed` or `print:job:failed`.
    PrintJob,
    /// `print:physical` (generation A), ended by `print:physical:result`.
    PrintPhysical,
    /// `print:raw` (generation A), ended by `print:raw:result`.
    PrintRaw,
    /// `printer:test`, ended by `printer:test:result`.
    PrinterTest,
}

impl JobEvent {
    /// The event's name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PrintJob => "print:job",
            Self::PrintPhysical => "print:physical",
            Self::PrintRaw => "print:raw",
            Self::PrinterTest => "printer:test",
        }
    }

    /// The event with this name on the wire.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::PrintJob, Self::PrintPhysical, Self::PrintRaw, Self::PrinterTest]
            .into_iter()
            .find(|event| event.name() == name)
    }

    /// How long the real gateway's caller waits: 60 s for paper, 30 s raw, 15 s for a test.
    #[must_use]
    pub fn window(self) -> Duration {
        match self {
            Self::PrintJob | Self::PrintPhysical => Duration::from_mins(1),
            Self::PrintRaw => Duration::from_secs(30),
            Self::PrinterTest => Duration::from_secs(15),
        }
    }

    pub(super) fn key(self, payload: &Value) -> Key {
        let (event, fields): (_, &[&str]) = match self {
            Self::PrintJob => (JOB_RESULT, &["id", "jobId"]),
            Self::PrintPhysical => (PHYSICAL_RESULT, &["id"]),
            Self::PrintRaw => (RAW_RESULT, &["printerName"]),
            Self::PrinterTest => (TEST_RESULT, &["correlationId", "printerId"]),
        };
        let id = fields.iter().find_map(|f| payload[f].as_str()).unwrap_or_default();
        Key { event, id: id.to_owned() }
    }
}

/// A job or test to send.
#[derive(Debug, Clone)]
pub struct JobRequest {
    pub(super) event: JobEvent,
    pub(super) payload: Value,
    pub(super) window: Duration,
    pub(super) audience: Audience,
}

impl JobRequest {
    /// This event with this payload, sent as it is to every desktop, with the real caller's window.
    #[must_use]
    pub fn new(event: JobEvent, payload: Value) -> Self {
        Self { event, payload, window: event.window(), audience: Audience::AllDesktops }
    }

    /// The way this generation sends a print job: `print:job` for C, else `print:physical`.
    #[must_use]
    pub fn in_generation(generation: Generation, payload: Value) -> Self {
        match generation {
            Generation::A | Generation::B => Self::new(JobEvent::PrintPhysical, payload),
            Generation::C => Self::new(JobEvent::PrintJob, payload),
        }
    }

    /// Waits this long instead.
    #[must_use]
    pub fn with_window(mut self, window: Duration) -> Self {
        self.window = window;
        self
    }

    /// Sends to the desktops of one branch only (the real gateway sends to all).
    #[must_use]
    pub fn to_branch(mut self, branch_id: impl Into<String>) -> Self {
        self.audience = Audience::Branch(branch_id.into());
        self
    }
}

/// What the caller learned about its job.
#[derive(Debug, Clone)]
pub enum JobResult {
    /// The job was reported as done.
    Completed {
        /// The result event.
        answer: Arc<Received>,
        /// `print:job:started`, where it came.
        started: Option<Arc<Received>>,
        /// From sending to the result.
        took: Duration,
    },
    /// The job was reported as failed.
    Failed {
        /// The error in the result.
        error: String,
        /// The result event.
        answer: Arc<Received>,
        /// `print:job:started`, where it came.
        started: Option<Arc<Received>>,
        /// From sending to the result.
        took: Duration,
    },
    /// Nothing came in the window.
    TimedOut {
        /// `print:job:started`, where it came.
        started: Option<Arc<Received>>,
        /// A result for another job used up this caller's listener (trap 2 of the contract).
        listener_taken: bool,
    },
    /// No desktop was connected to send it to.
    NobodyConnected,
    /// The gateway was stopped while the caller waited.
    Stopped,
}

impl JobResult {
    /// Whether the job was reported as done.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        matches!(self, Self::Completed { .. })
    }

    /// The result for the development door: `outcome` with what belongs to it, times in ms.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let event = |e: &Arc<Received>| json!({"event": e.event, "payload": e.payload});
        let ms = |d: &Duration| d.as_secs_f64() * 1000.0;
        match self {
            Self::Completed { answer, started, took } => json!({"outcome": "completed",
                "answer": event(answer), "started": started.as_ref().map(event), "took_ms": ms(took)}),
            Self::Failed { error, answer, started, took } => {
                json!({"outcome": "failed", "error": error,
                "answer": event(answer), "started": started.as_ref().map(event), "took_ms": ms(took)})
            }
            Self::TimedOut { started, listener_taken } => json!({"outcome": "timed-out",
                "started": started.as_ref().map(event), "listener_taken": listener_taken}),
            Self::NobodyConnected => json!({"outcome": "nobody-connected"}),
            Self::Stopped => json!({"outcome": "stopped"}),
        }
    }
}

/// Sends the request and waits for its end. Dropping the future is the caller giving up.
pub(super) async fn submit(stage: &Stage, shared: Arc<Shared>, request: JobRequest) -> JobResult {
    let mut task = AbortOnDrop(stage.spawn(submit_here(shared, request)));
    match (&mut task.0).await {
        Ok(result) => result,
        Err(_) => JobResult::Stopped,
    }
}

/// The same, from a task that is on the stage already.
pub(super) async fn submit_here(shared: Arc<Shared>, mut request: JobRequest) -> JobResult {
    if request.event == JobEvent::PrinterTest && shared.options.generation == Generation::B {
        correlate(&mut request.payload);
    }
    let sockets = shared.ids_of(&request.audience);
    if sockets.is_empty() {
        return JobResult::NobodyConnected;
    }
    let key = request.event.key(&request.payload);
    let (id, told) = shared.waiting().listen(key, sockets);
    let _giving_up = GivingUp { shared: shared.clone(), id };
    let sent = Instant::now();
    send(&shared, &request);
    wait_for_end(told, request.window, sent).await
}

/// Sends without waiting; the answer is still expected, once.
pub(super) fn send(shared: &Arc<Shared>, request: &JobRequest) -> usize {
    let (event, payload) = (request.event, &request.payload);
    shared.waiting().asked(event.key(payload));
    if event == JobEvent::PrinterTest && shared.options.generation == Generation::B {
        return send_acknowledged_test(shared, request);
    }
    shared.emit(&request.audience, event.name(), payload)
}

fn send_acknowledged_test(shared: &Arc<Shared>, request: &JobRequest) -> usize {
    let name = request.event.name();
    let acks = shared.emit_with_ack(&request.audience, name, &request.payload);
    let sent = acks.len();
    for (socket, ack) in acks {
        let shared = shared.clone();
        let limit = request.window;
        tokio::spawn(async move {
            if let Ok(Ok(payload)) = tokio::time::timeout(limit, ack).await {
                shared.journal.record("printer:test (ack)", payload, &socket);
                shared.journal.ring();
            }
        });
    }
    sent
}

async fn wait_for_end(
    mut told: tokio::sync::mpsc::UnboundedReceiver<Told>,
    window: Duration,
    sent: Instant,
) -> JobResult {
    let mut started = None;
    let mut listener_taken = false;
    let deadline = tokio::time::sleep(window);
    tokio::pin!(deadline);
    loop {
        let news = tokio::select! {
            news = told.recv() => news,
            () = &mut deadline => None,
        };
        match news {
            Some(Told::Started(event)) => started = Some(event),
            Some(Told::ListenerTaken) => listener_taken = true,
            Some(Told::Result(answer)) => return ended(answer, started, sent.elapsed()),
            None => return JobResult::TimedOut { started, listener_taken },
        }
    }
}

fn ended(answer: Arc<Received>, started: Option<Arc<Received>>, took: Duration) -> JobResult {
    let failed = answer.event == "print:job:failed" || answer.payload["success"] == json!(false);
    if !failed {
        return JobResult::Completed { answer, started, took };
    }
    let error = answer.payload["error"].as_str().or(answer.payload["message"].as_str());
    JobResult::Failed { error: error.unwrap_or_default().to_owned(), answer, started, took }
}

/// Adds what generation B puts around a test, where the sender has not done so.
fn correlate(payload: &mut Value) {
    let Some(fields) = payload.as_object_mut() else { return };
    let metadata = json!({
        "requestSource": "embedded-gateway",
        "expectedResponseEvent": TEST_RESULT,
        "timeout": 15_000,
    });
    fields.entry("correlationId").or_insert_with(|| Uuid::new_v4().to_string().into());
    fields.entry("requestTimestamp").or_insert_with(|| iso_now().into());
    fields.entry("metadata").or_insert(metadata);
}

/// Takes the caller's listeners away, however its wait ends.
struct GivingUp {
    shared: Arc<Shared>,
    id: u64,
}

impl Drop for GivingUp {
    fn drop(&mut self) {
        self.shared.waiting().give_up(self.id);
    }
}
