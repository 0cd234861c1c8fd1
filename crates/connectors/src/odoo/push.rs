//! Odoo calls this till over HTTPS and waits for the paper.
//!
//! Its cashier is told "printed" or "failed" within eight seconds, and believes it: Odoo neither asks again nor sends the
//! receipt again. So "printed" is only said of what the printer's side has taken, and what was told as failed does not come
//! out later ([`crate::waiting`]).

mod page;
mod receipt;

use crate::door::{self, Board, DoorSettings, DoorStatus, Problem, Routes, answer, json_object};
use crate::fields::Fields;
use crate::telling::sentence;
use crate::test_page::test_page;
use crate::waiting::{Heard, Patience, WaitingRoom};
use crate::{Host, HostEvent, PrinterView, choice};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use platen_job::{
    ConnectorId, Document, DocumentType, Job, JobNotes, OnTrouble, Outcome, Role, Timestamp,
};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Odoo gives up after 10 s: it is answered within 8.
const PATIENCE: Patience =
    Patience { take_back: Duration::from_millis(6500), answer: Duration::from_millis(7800) };
/// A job that for whatever reason nobody took back is too late after this.
const TOO_LATE: Duration = Duration::from_secs(8);
/// What the original says of every job; said of those that are printed.
const PROCESSED: &str = "Print job processed";
const EMPTY: &str = "This receipt is empty: no items, no total and no other field that is printed. Nothing was printed.";
const NO_PRINTER: &str =
    "No printer of this till is set up for receipts from Odoo. Choose one in Platen's settings.";

/// How receipts from Odoo are printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OdooPushSettings {
    /// Name or id of the printer. `None`: the one for receipts.
    pub printer: Option<String>,
    /// Lines below the company's name, such as its address.
    pub header: Vec<String>,
    /// Last lines.
    pub footer: Vec<String>,
    /// Language of our own words on the receipt, a BCP 47 tag. `None`: English.
    pub language: Option<String>,
    /// Currency: an ISO 4217 code or a sign.
    pub currency: Option<String>,
}

/// Answers Odoo until `cancel`.
pub async fn push(
    settings: OdooPushSettings,
    door: DoorSettings,
    host: Arc<dyn Host>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
    status: watch::Sender<DoorStatus>,
) {
    let room = Arc::new(WaitingRoom::new(host.clone(), ConnectorId::OdooPush, PATIENCE));
    let (limits, board) = (door.limits, Board::new(status));
    let push = Arc::new(Push { settings, host, room: room.clone(), limits });
    let routes = Routes {
        open: Router::new().route("/", get(page::page)).route("/page.js", get(page::script)),
        locked: Router::new()
            .route("/print/receipt", post(print_receipt))
            .route("/print/test", post(print_test))
            .route("/status", get(status_of))
            .with_state(push),
    };
    tokio::select! {
        () = door::serve(door, routes, board, cancel) => {}
        () = room.follow(events) => {}
    }
}

struct Push {
    settings: OdooPushSettings,
    host: Arc<dyn Host>,
    room: Arc<WaitingRoom>,
    limits: door::Limits,
}

async fn print_receipt(State(push): State<Arc<Push>>, request: Request) -> Response<Body> {
    let asked = Instant::now();
    match json_object(request, &push.limits).await {
        Ok(fields) => match push.print(&fields, asked).await {
            Ok(()) => answer(StatusCode::OK, &json!({"success": true, "message": PROCESSED})),
            Err(why) => answer(StatusCode::OK, &json!({"success": false, "message": why})),
        },
        Err(problem) => problem.into_response(),
    }
}

/// Odoo looks at the status alone.
async fn print_test(State(push): State<Arc<Push>>, request: Request) -> Response<Body> {
    let asked = Instant::now();
    if let Err(problem) = json_object(request, &push.limits).await {
        return problem.into_response();
    }
    match push.print_test(asked).await {
        Ok(()) => answer(StatusCode::OK, &json!({"success": true, "message": PROCESSED})),
        Err(why) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, why).into_response(),
    }
}

/// What the page shows.
async fn status_of(State(push): State<Arc<Push>>) -> Response<Body> {
    let printer = push.printer().map(|printer| {
        json!({
            "name": printer.name,
            "state": printer.health,
            "message": printer.reasons.message(),
            "waiting": printer.queue_length,
        })
    });
    let version = env!("CARGO_PKG_VERSION");
    answer(StatusCode::OK, &json!({"version": version, "printer": printer}))
}

impl Push {
    fn printer(&self) -> Option<PrinterView> {
        let printers = self.host.printers();
        let printers = printers.borrow();
        choice::printer(&printers, self.settings.printer.as_deref(), Role::Receipt).cloned()
    }

    async fn print(&self, fields: &Fields, asked: Instant) -> Result<(), String> {
        let (receipt, notes) = receipt::receipt(fields, &self.settings).ok_or(EMPTY)?;
        let document = Document::Receipt(Box::new(receipt));
        self.carry_out(DocumentType::Receipt, document, notes, OnTrouble::Hold, asked).await
    }

    async fn print_test(&self, asked: Instant) -> Result<(), String> {
        let printer = self.printer().ok_or(NO_PRINTER)?;
        let document = test_page(&printer, "Odoo");
        let notes = JobNotes::default();
        self.carry_out(DocumentType::Test, document, notes, OnTrouble::Abort, asked).await
    }

    /// Prints and says, in words, why it is not printed.
    async fn carry_out(
        &self,
        document_type: DocumentType,
        document: Document,
        notes: JobNotes,
        on_trouble: OnTrouble,
        asked: Instant,
    ) -> Result<(), String> {
        let printer = self.printer().ok_or(NO_PRINTER)?;
        let job = Job {
            on_trouble,
            expires_at: Some(Timestamp::now().plus(TOO_LATE)),
            notes,
            ..Job::new(ConnectorId::OdooPush, printer.id, document_type, document)
        };
        match self.room.print(job, asked).await {
            Err(refusal) => Err(sentence(&refusal)),
            Ok(Heard::HandedOver | Heard::Outcome(Outcome::Completed { .. })) => Ok(()),
            Ok(Heard::Outcome(Outcome::Canceled | Outcome::Expired)) => Err(self.not_in_time()),
            Ok(Heard::Outcome(outcome)) => Err(outcome.message()),
            Ok(Heard::Nothing) => Err(
                "The printer was still at this receipt when the time was over. Check whether it is on paper."
                    .into(),
            ),
        }
    }

    /// Why a job that did not begin did not begin.
    fn not_in_time(&self) -> String {
        const NOTHING: &str = "Nothing was printed.";
        let printer = self.printer();
        match printer.as_ref().and_then(|printer| printer.reasons.stopping().message()) {
            Some(why) => format!("{why} {NOTHING}"),
            None => format!("The printer did not come to this in time. {NOTHING}"),
        }
    }
}
