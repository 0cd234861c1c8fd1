//! A PrinterMaster gateway on this machine, which calls over HTTP instead of waiting for a line.
//!
//! A job is answered when it is stored. Nobody is told its outcome by itself: a job that is sent again, with its id, is answered
//! by what became of it. A test is answered by what it came to.

use super::announce::status;
use super::answers::words_of;
use super::jobs;
use super::paper_budget::{PaperBudget, TestPaper};
use super::payload::Payload;
use super::reply::{ID_FIELDS, PrintKind};
use super::test_request::{Finding, TestRequest, TestSort};
use super::trials::finding_without_paper;
use super::wire_out::{PrinterStatus, Words};
use super::words;
use crate::clock::iso_now;
use crate::door::{
    self, Board, DoorSettings, DoorStatus, Problem, Routes, Segment, answer, json_object,
};
use crate::telling::sentence;
use crate::waiting::{Heard, Patience, WaitingRoom};
use crate::{Host, HostEvent, Novelty, PrinterView, Submitted, choice};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use platen_job::{
    ConnectorId, Document, DocumentType, Job, JobLimits, JobState, OnTrouble, Outcome, Refusal,
    Role, Timestamp,
};
use platen_socketio::Arg;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A caller gives a test up after 15 s: it is answered within 14.
const WINDOW: Duration = Duration::from_secs(14);
const PATIENCE: Patience = Patience { take_back: Duration::from_secs(12), answer: WINDOW };
/// Most tests that wait at once; more are refused.
const MOST_TESTS: usize = 32;

/// Answers the gateway until `cancel`.
pub async fn run(
    door: DoorSettings,
    host: Arc<dyn Host>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
    status: watch::Sender<DoorStatus>,
) {
    let room = WaitingRoom::new(host.clone(), ConnectorId::PrinterMasterLocal, PATIENCE);
    let room = Arc::new(room);
    let counter = Arc::new(Counter {
        host,
        room: room.clone(),
        limits: door.limits,
        budget: Mutex::default(),
        tests: tokio::sync::Semaphore::new(MOST_TESTS),
    });
    let routes = Routes {
        open: Router::new().route("/health", get(health)),
        locked: Router::new()
            .route("/printers", get(printers))
            .route("/printers/status", get(statuses))
            .route("/printers/{id}/test", post(test))
            .route("/print", post(print))
            .with_state(counter),
    };
    tokio::select! {
        () = door::serve(door, routes, Board::new(status), cancel) => {}
        () = room.follow(events) => {}
    }
}

/// Where the gateway is served.
struct Counter {
    host: Arc<dyn Host>,
    room: Arc<WaitingRoom>,
    limits: door::Limits,
    budget: Mutex<PaperBudget>,
    tests: tokio::sync::Semaphore,
}

type Answer = Response<Body>;

/// Public: that somebody is there, and nothing of the shop.
async fn health() -> Answer {
    let version = env!("CARGO_PKG_VERSION");
    let health = json!({"status": "healthy", "service": "platen", "version": version, "timestamp": iso_now()});
    answer(StatusCode::OK, &health)
}

async fn printers(State(counter): State<Arc<Counter>>) -> Answer {
    let printers: Vec<Value> = counter.printers().iter().map(listed).collect();
    let count = printers.len();
    let list =
        json!({"success": true, "printers": printers, "count": count, "timestamp": iso_now()});
    answer(StatusCode::OK, &list)
}

async fn statuses(State(counter): State<Arc<Counter>>) -> Answer {
    let statuses: Vec<PrinterStatus> = counter.printers().iter().map(status).collect();
    let list = json!({"success": true, "printerIds": statuses, "timestamp": iso_now()});
    answer(StatusCode::OK, &list)
}

async fn test(
    State(counter): State<Arc<Counter>>,
    Segment(id): Segment,
    request: Request,
) -> Answer {
    let asked = Instant::now();
    let tested = async {
        let mut fields = json_object(request, &counter.limits).await?;
        let printer = counter.known(&id).ok_or_else(not_ours)?;
        // It comes back as it stands in the path.
        fields.insert("printerId".into(), Value::from(id.as_str()));
        let request = TestRequest::read(&payload(fields)?, WINDOW);
        let finding = counter.try_out(request.sort, &printer, asked).await;
        Ok(answer(StatusCode::OK, &finding.answer(&request.echo, asked)))
    };
    tested.await.unwrap_or_else(failed)
}

async fn print(State(counter): State<Arc<Counter>>, request: Request) -> Answer {
    counter.print(request).await.unwrap_or_else(failed)
}

impl Counter {
    fn printers(&self) -> Arc<Vec<PrinterView>> {
        self.host.printers().borrow().clone()
    }

    /// The printer of that id or name.
    fn known(&self, name: &str) -> Option<PrinterView> {
        choice::printer(&self.printers(), Some(name), Role::Default).cloned()
    }

    /// The printer that a job names, or else the one whose role it is.
    fn printer_of(&self, payload: &Payload) -> Option<PrinterView> {
        let named = ["printerId", "printerName"].map(|name| payload.text(&[name]));
        let mut named = named.into_iter().flatten().peekable();
        if named.peek().is_none() {
            let role = words::role(payload.text(&["type"]).as_deref());
            return choice::printer(&self.printers(), None, role).cloned();
        }
        named.find_map(|name| self.known(&name))
    }

    async fn print(&self, request: Request) -> Result<Answer, Problem> {
        let payload = payload(json_object(request, &self.limits).await?)?;
        let printer = self.printer_of(&payload).ok_or_else(not_ours)?;
        let job = jobs::job(PrintKind::Job, &payload, &printer, JobLimits::default());
        let job = job.map_err(|refusal| Problem::bad(sentence(&refusal)))?;
        let job = Job { connector: ConnectorId::PrinterMasterLocal, ..job };
        let stored = self.host.submit(job).await.map_err(|refusal| refused(&refusal))?;
        let id = payload.get(ID_FIELDS).cloned();
        Ok(match stored {
            Submitted { novelty: Novelty::New, .. } => {
                answer(StatusCode::ACCEPTED, &accepted(id, &printer))
            }
            Submitted { novelty: Novelty::Known { state, outcome, .. }, .. } => {
                answer(StatusCode::OK, &known(id, state.as_ref(), outcome.as_ref()))
            }
        })
    }

    /// How a test is made: on paper, or from what is known.
    async fn try_out(&self, sort: TestSort, printer: &PrinterView, asked: Instant) -> Finding {
        let (paper, document) = match sort {
            TestSort::Connectivity => return finding_without_paper(printer),
            TestSort::Text(text) => (TestPaper::Text, Document::Text(text)),
            TestSort::Page(which) => {
                let about = which.map(|which| format!("Test: {which}"));
                let mut lines = jobs::test_lines(printer, about);
                lines.push(format!("Platen {}", env!("CARGO_PKG_VERSION")));
                (TestPaper::Page, Document::TestPage { lines })
            }
        };
        let Ok(_place) = self.tests.try_acquire() else {
            return Finding::bad("Too many tests wait for their printers.", "too_many_tests");
        };
        if !self.has_paper_for(printer, paper) {
            return match paper {
                TestPaper::Page => finding_without_paper(printer),
                TestPaper::Text => Finding::bad(
                    "Too many test prints in a short time; this one was not printed.",
                    "too_many_tests",
                ),
            };
        }
        self.print_test(document, printer, asked).await
    }

    fn has_paper_for(&self, printer: &PrinterView, paper: TestPaper) -> bool {
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        budget.take(&printer.id, paper, Instant::now())
    }

    async fn print_test(
        &self,
        document: Document,
        printer: &PrinterView,
        asked: Instant,
    ) -> Finding {
        let connector = ConnectorId::PrinterMasterLocal;
        let job = Job {
            on_trouble: OnTrouble::Abort,
            expires_at: Some(Timestamp::now().plus(PATIENCE.take_back)),
            ..Job::new(connector, printer.id.clone(), DocumentType::Test, document)
        };
        let handed_over = || Words::Done { message: "Sent to the printer.".into() };
        match self.room.print(job, asked).await {
            Err(refusal) => Finding::bad(sentence(&refusal), "refused"),
            Ok(Heard::HandedOver) => Finding::of(handed_over(), None),
            Ok(Heard::Outcome(outcome)) => Finding::of(words_of(&outcome), reasons(&outcome)),
            Ok(Heard::Nothing) => {
                Finding::bad("The printer did not finish the test in time.", "timeout")
            }
        }
    }
}

fn reasons(outcome: &Outcome) -> Option<&platen_job::StateReasons> {
    match outcome {
        Outcome::Aborted { reasons, .. } => Some(reasons),
        _ => None,
    }
}

fn listed(printer: &PrinterView) -> Value {
    let PrinterStatus { id, name, status, last_seen, capabilities } = status(printer);
    json!({
        "id": id,
        "name": name,
        "type": words::kind_word(printer.kind),
        "connection": words::connection_word(&printer.way),
        "status": status,
        "lastSeen": last_seen,
        "capabilities": capabilities,
        "queueLength": printer.queue_length,
    })
}

fn accepted(id: Option<Value>, printer: &PrinterView) -> Value {
    json!({
        "success": true,
        "accepted": true,
        "jobId": id,
        "printerId": printer.id,
        "status": "pending",
        "message": "Stored; it is printed as soon as the printer can.",
        "timestamp": iso_now(),
    })
}

/// A job that came again: nothing is printed for it, and what is known of it is the answer.
fn known(id: Option<Value>, state: Option<&JobState>, outcome: Option<&Outcome>) -> Value {
    let status = state.map_or("forgotten", JobState::as_str);
    let evidence = match outcome {
        Some(Outcome::Completed { evidence }) => Some(*evidence),
        _ => None,
    };
    let mut answer = json!({
        "accepted": true,
        "known": true,
        "jobId": id,
        "status": status,
        "result": {"evidence": evidence},
        "timestamp": iso_now(),
    });
    let said = match outcome.map(words_of) {
        Some(Words::Failed { error, error_type }) => {
            json!({"success": false, "error": error, "errorType": error_type})
        }
        Some(Words::Done { message }) => json!({"success": true, "message": message}),
        None => json!({"success": true, "message": "This job is known; it is not printed again."}),
    };
    if let (Some(answer), Value::Object(said)) = (answer.as_object_mut(), said) {
        answer.extend(said);
    }
    answer
}

fn payload(fields: Map<String, Value>) -> Result<Payload, Problem> {
    let args = vec![Arg::Json(Value::Object(fields))];
    Payload::from_args(args).map_err(|error| Problem::bad(error.to_string()))
}

fn not_ours() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "This till has no such printer.")
}

fn refused(refusal: &Refusal) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, sentence(refusal))
}

/// In the shape that the gateway knows from its other answers.
fn failed(problem: Problem) -> Answer {
    let said = json!({"success": false, "error": problem.words, "timestamp": iso_now()});
    answer(problem.status, &said)
}
