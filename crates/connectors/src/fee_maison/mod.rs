//! The Fée Maison ERP: it calls the agent on the till over HTTP, and wants to know that its job is in safe hands.
//!
//! A job is answered when it is stored; the paper comes when the printer can. The ERP sends each sale once and asks for no
//! outcome, so what became of a job is only counted. Without an answer it takes the job for failed: see [`crate::unheard`].

mod desk;
mod money;
mod ticket;

use crate::door::{self, Board, DoorSettings, DoorStatus, Problem, Routes, answer, json_object};
use crate::fields::{Fields, field};
use crate::{Host, HostEvent};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use desk::{Desk, Errand};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// How jobs of the ERP are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeMaisonSettings {
    /// Name or id of the printer. `None`: the one for receipts.
    pub printer: Option<String>,
    /// Lines of the shop's heading, the first one large.
    pub header: Vec<String>,
    /// Last lines.
    pub footer: Vec<String>,
    /// The sign behind amounts, such as `DA`.
    pub currency: String,
}

/// The names that a field may have, the one that wins first.
type Names = &'static [&'static str];

const ORDER_ID: Names = &["order_id"];
const AMOUNT: Names = &["amount"];

/// Answers the ERP until `cancel`.
pub async fn run(
    settings: FeeMaisonSettings,
    door: DoorSettings,
    host: Arc<dyn Host>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
    status: watch::Sender<DoorStatus>,
) {
    let desk = Arc::new(Desk::new(settings, host));
    let (limits, board) = (door.limits, Board::new(status));
    let shop = Arc::new(Shop {
        desk: desk.clone(),
        limits,
        host: door.address.ip(),
        board: board.clone(),
    });
    let routes = Routes {
        open: Router::new().route("/health", get(health)).with_state(shop.clone()),
        locked: Router::new()
            .route("/status", get(status_of))
            .route("/print/ticket", post(print_ticket))
            .route("/print/cashout", post(print_cash_out))
            .route("/drawer/open", post(open_drawer))
            .route("/test/print", post(print_test))
            .with_state(shop),
    };
    tokio::select! {
        () = door::serve(door, routes, board, cancel) => {}
        () = desk.follow(events) => {}
    }
}

/// What every handler needs.
struct Shop {
    desk: Arc<Desk>,
    limits: door::Limits,
    host: IpAddr,
    board: Board,
}

type Answer = Response<Body>;

/// Public: says that the agent runs, and whether it could print.
async fn health(State(shop): State<Arc<Shop>>) -> Answer {
    let health = json!({
        "status": "healthy",
        "service": "printer_agent",
        "timestamp": crate::clock::iso_now(),
        "printer_connected": shop.desk.printer().is_some_and(|printer| desk::is_connected(&printer)),
    });
    answer(StatusCode::OK, &health)
}

async fn status_of(State(shop): State<Arc<Shop>>) -> Answer {
    answer(StatusCode::OK, &shop.desk.status(shop.host, shop.board.port()))
}

async fn print_ticket(State(shop): State<Arc<Shop>>, request: Request) -> Answer {
    shop.carry_out(request, "Ticket queued for printing", |fields| {
        if !field(fields, ORDER_ID).is_some_and(is_an_id) {
            return Err(Problem::bad("order_id is missing"));
        }
        Ok(Errand::Ticket)
    })
    .await
}

/// A number or a word: what is empty in any way names no order.
fn is_an_id(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::String(text) => !text.trim().is_empty(),
        _ => false,
    }
}

async fn print_cash_out(State(shop): State<Arc<Shop>>, request: Request) -> Answer {
    shop.carry_out(request, "Cash-out slip queued for printing", |fields| {
        match money::something(field(fields, AMOUNT)) {
            Ok(_) => Ok(Errand::CashOut),
            Err(why) => Err(Problem::bad(why.to_string())),
        }
    })
    .await
}

async fn open_drawer(State(shop): State<Arc<Shop>>, request: Request) -> Answer {
    shop.carry_out(request, "Drawer will open", |_| Ok(Errand::Drawer)).await
}

async fn print_test(State(shop): State<Arc<Shop>>, request: Request) -> Answer {
    shop.carry_out(request, "Test page queued for printing", |_| Ok(Errand::Test)).await
}

impl Shop {
    /// Reads a request, has it done, and says so in the ERP's shape.
    async fn carry_out(
        &self,
        request: Request,
        done: &str,
        errand: impl FnOnce(&Fields) -> Result<Errand, Problem>,
    ) -> Answer {
        self.desk.stats.request();
        let read = async {
            let fields = json_object(request, &self.limits).await?;
            let errand = errand(&fields)?;
            self.desk.accept(errand, &fields).await
        };
        match read.await {
            Ok(unheard) => {
                let said = answer(StatusCode::OK, &json!({"success": true, "message": done}));
                unheard.told_by(said)
            }
            Err(problem) => {
                self.desk.stats.error();
                problem.into_response()
            }
        }
    }
}
