//! The HTTP door for integrators. It answers callers on this machine that name this machine: a web
//! page cannot use it, neither directly (JSON only, no CORS) nor through a name of its own.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{ConnectInfo, Query, Request, State},
    http::{HeaderMap, StatusCode, header::HOST, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    jobs::{JobEvent, JobRequest, JobResult, send, submit_here},
    kick::{Kick, kick},
    licence::{LicenceFixture, LicenceState},
    line::Caller,
    shared::Shared,
};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/dev/jobs", post(jobs))
        .route("/dev/tests", post(tests))
        .route("/dev/events", get(events))
        .route("/dev/duplicates", get(duplicates))
        .route("/dev/clients", get(clients))
        .route("/dev/printers", get(printers))
        .route("/dev/licence", put(licence))
        .route("/dev/kick", post(kick_all))
        .route_layer(middleware::from_fn(loopback_only))
}

async fn loopback_only(
    ConnectInfo(caller): ConnectInfo<Caller>,
    request: Request,
    next: Next,
) -> Response {
    if caller.address.ip().is_loopback() && names_loopback(request.headers()) {
        return next.run(request).await;
    }
    let body = json!({"error": "The development door answers this machine only."});
    (StatusCode::FORBIDDEN, Json(body)).into_response()
}

fn names_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobBody {
    event: Option<String>,
    payload: Value,
    wait_ms: Option<u64>,
}

async fn jobs(State(shared): State<Arc<Shared>>, Json(body): Json<JobBody>) -> Response {
    let request = match &body.event {
        None => JobRequest::in_generation(shared.options.generation, body.payload),
        Some(name) => match JobEvent::from_name(name) {
            Some(event) => JobRequest::new(event, body.payload),
            None => return bad(&format!("\"{name}\" is not an event that sends a job")),
        },
    };
    run(shared, request, body.wait_ms).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestBody {
    payload: Value,
    wait_ms: Option<u64>,
}

async fn tests(State(shared): State<Arc<Shared>>, Json(body): Json<TestBody>) -> Response {
    run(shared, JobRequest::new(JobEvent::PrinterTest, body.payload), body.wait_ms).await
}

/// `wait_ms` 0 sends without waiting; without it the real caller's window holds.
async fn run(shared: Arc<Shared>, request: JobRequest, wait_ms: Option<u64>) -> Response {
    if wait_ms == Some(0) {
        let sent = send(&shared, &request);
        return Json(json!({"outcome": "sent", "desktops": sent})).into_response();
    }
    let request = match wait_ms {
        Some(ms) => request.with_window(Duration::from_millis(ms)),
        None => request,
    };
    let result: JobResult = submit_here(shared, request).await;
    Json(result.to_json()).into_response()
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

async fn events(State(shared): State<Arc<Shared>>, Query(from): Query<After>) -> Json<Value> {
    let events: Vec<Value> =
        shared.journal.events_after(from.after).iter().map(|e| json!(**e)).collect();
    Json(json!({"events": events, "last": shared.journal.last()}))
}

async fn duplicates(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let duplicates = shared.journal.duplicates();
    let list = duplicates.iter().map(|d| json!({"reason": d.reason, "received": *d.received}));
    Json(json!({"duplicates": list.collect::<Vec<_>>()}))
}

async fn clients(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let clients: Vec<Value> = shared.clients().values().map(|c| json!(c.info)).collect();
    Json(json!({"clients": clients}))
}

async fn printers(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(json!({"printers": shared.registry().all()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LicenceBody {
    license_key: String,
    state: StateWord,
    branch_id: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum StateWord {
    Valid,
    Expired,
    Unknown,
    HeldElsewhere,
}

async fn licence(State(shared): State<Arc<Shared>>, Json(body): Json<LicenceBody>) -> Json<Value> {
    let state = match body.state {
        StateWord::Valid => LicenceState::Valid,
        StateWord::Expired => LicenceState::Expired,
        StateWord::Unknown => LicenceState::Unknown,
        StateWord::HeldElsewhere => LicenceState::HeldElsewhere,
    };
    let mut licences = shared.licences();
    match body.branch_id {
        Some(branch) => {
            licences.set(LicenceFixture::valid(body.license_key, branch).in_state(state));
        }
        None => licences.set_state(&body.license_key, state),
    }
    Json(json!({"success": true}))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct KickBody {
    how: Option<Kick>,
}

async fn kick_all(State(shared): State<Arc<Shared>>, Json(body): Json<KickBody>) -> Json<Value> {
    let kicked = kick(&shared, body.how.unwrap_or(Kick::Close)).await;
    Json(json!({"kicked": kicked}))
}

fn bad(message: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": message}))).into_response()
}
