//! Platen's own API: web tills and other programs of the shop send jobs over HTTP, follow them, and ask what a person may ask.
//!
//! ```text
//! POST /v1/jobs ─▶ submitting: document + idempotency key ─▶ Job ─▶ Host::submit ─▶ 201 | 200 (known) | 409 (other content)
//! GET /v1/jobs/{id}/events ─▶ following: the job at each change, until it is settled
//! everything else ─▶ Till: the same questions that a person may ask
//! ```
//!
//! The idempotency key is the job's external id: a caller that heard no answer asks again with the same key, and one paper comes
//! out. `description` makes the OpenAPI document from the same handlers that answer; it is served to everybody, as it is the
//! same for every till of a version and tells nothing of the shop.

mod description;
mod following;
mod jobs;
mod metrics;
mod printers;
mod query;
mod submitting;
mod wire;

use crate::door::{
    self, Board, DoorSettings, DoorStatus, ErrorShape, Problem, Routes, answer, typed,
};
use crate::telling::{as_sentence, note_outcomes};
use crate::{HostEvent, PrinterView, Till, TillError, choice};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::routing::get;
use following::Followers;
use platen_job::{ConnectorId, Role};
use std::sync::Arc;
use std::time::Duration;
use submitting::LargeBodies;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wire::{ApiPrinter, ApiStatus};

/// A till that cannot take or tell something now may be asked again after this.
const AGAIN: Duration = Duration::from_secs(5);

/// How jobs of the API are printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiSettings {
    /// Name or id of the printer for jobs that name none. `None`: by role.
    pub printer: Option<String>,
}

/// Answers programs until `cancel`.
pub async fn run(
    settings: ApiSettings,
    door: DoorSettings,
    till: Arc<dyn Till>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
    status: watch::Sender<DoorStatus>,
) {
    let api = Arc::new(Api {
        settings,
        till,
        limits: door.limits,
        large: LargeBodies::default(),
        followers: Followers::new(cancel.clone()),
    });
    let routes = routes(&api);
    tokio::select! {
        () = door::serve_as(ErrorShape::ProblemJson, door, routes, Board::new(status), cancel) => {}
        () = api.hear(events) => {}
    }
}

fn routes(api: &Arc<Api>) -> Routes {
    let described = described().with_state(api.clone());
    let (locked, description) = described.split_for_parts();
    let description = description::text(description);
    let open = Router::new()
        .route("/v1/openapi.json", get(|| async move { typed(description, "application/json") }));
    Routes { open, locked }
}

/// Everything that wants the token, with its description.
fn described() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(description::heading())
        .routes(routes!(status_of))
        .routes(routes!(jobs::list, submitting::submit))
        .routes(routes!(jobs::one))
        .routes(routes!(following::follow))
        .routes(routes!(jobs::cancel))
        .routes(routes!(jobs::reprint))
        .routes(routes!(jobs::resolve))
        .routes(routes!(printers::list))
        .routes(routes!(printers::one))
        .routes(routes!(printers::test))
        .routes(routes!(printers::open_drawer))
        .routes(routes!(metrics::metrics))
}

/// What every handler needs.
pub(crate) struct Api {
    settings: ApiSettings,
    till: Arc<dyn Till>,
    limits: door::Limits,
    large: LargeBodies,
    followers: Followers,
}

type Answer = Response<Body>;

impl Api {
    /// Nobody is told by itself what became of a job: whoever wants to know follows it, or asks. That it is settled is noted,
    /// so that it is not offered for telling for ever.
    async fn hear(&self, mut events: mpsc::Receiver<HostEvent>) {
        self.note_outcomes().await;
        while let Some(event) = events.recv().await {
            match event {
                HostEvent::Settled => self.note_outcomes().await,
                HostEvent::Started { .. } | HostEvent::HandedOver { .. } => {
                    self.followers.look();
                }
            }
        }
    }

    async fn note_outcomes(&self) {
        note_outcomes(&*self.till, ConnectorId::Api, |_| {}).await;
    }

    fn printers(&self) -> Arc<Vec<PrinterView>> {
        self.till.printers().borrow().clone()
    }

    /// The printer of that name or id; without one the setting's, or that of the role.
    fn printer(&self, name: Option<&str>, role: Role) -> Option<PrinterView> {
        let name = name.or(self.settings.printer.as_deref());
        choice::printer(&self.printers(), name, role).cloned()
    }
}

/// How this till is.
#[utoipa::path(get, path = "/v1/status", tag = "till", responses((status = 200, description = "How it is.", body = ApiStatus)))]
async fn status_of(State(api): State<Arc<Api>>) -> Answer {
    match api.till.clone().summary().await {
        Ok(summary) => {
            let printers = api.printers().iter().map(ApiPrinter::from).collect();
            answer(StatusCode::OK, &ApiStatus::new(summary, printers))
        }
        Err(error) => problem(&error).into_response(),
    }
}

fn problem(error: &TillError) -> Problem {
    let words = as_sentence(&error.to_string());
    match error {
        TillError::NoJob(_) => Problem::of(StatusCode::NOT_FOUND, "no-such-job", words),
        TillError::NoPrinter(_) => no_such_printer(),
        TillError::NotNow(_) => Problem::of(StatusCode::CONFLICT, "not-now", words),
        TillError::Wrong(_) => Problem::bad(words),
        TillError::Unavailable(_) => unavailable(words),
    }
}

fn no_such_printer() -> Problem {
    let words = "There is no printer of that name.";
    Problem::of(StatusCode::NOT_FOUND, "no-such-printer", words)
}

fn unavailable(words: String) -> Problem {
    let problem = Problem::of(StatusCode::SERVICE_UNAVAILABLE, "not-now", words);
    Problem { retry_after: Some(AGAIN), ..problem }
}
