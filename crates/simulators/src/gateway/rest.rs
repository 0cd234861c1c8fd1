//! The REST calls beside the socket, as the contract has them: a failed validation answers 201,
//! and a field that the schema does not know is refused with 400.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{any, post},
};
use serde_json::{Value, json};

use super::{
    options::Rest,
    schema::{Field, Kind, check},
    shared::Shared,
};

type Body = Result<Json<Value>, JsonRejection>;

pub(super) fn routes(shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    let router = Router::new();
    let router = match shared.options.rest {
        Rest::NotFound => router,
        Rest::Served => router
            .route("/api/v1/printer-licenses/validate", post(validate))
            .route("/api/v1/printers/register", post(register))
            .route("/api/v1/printing/printers/heartbeat", post(heartbeat)),
    };
    router.route("/api/v1/{*rest}", any(not_found))
}

async fn not_found(method: axum::http::Method, uri: Uri) -> Response {
    let message = format!("Cannot {method} {}", uri.path());
    let body = json!({"message": message, "error": "Not Found", "statusCode": 404});
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

const DEVICE_INFO: &[Field] = &[
    Field::required("deviceId", Kind::Text),
    Field::optional("hostname", Kind::Text),
    Field::optional("platform", Kind::Text),
    Field::optional("arch", Kind::Text),
    Field::optional("totalmem", Kind::Any),
    Field::optional("cpus", Kind::Any),
    Field::optional("version", Kind::Text),
    Field::optional("timestamp", Kind::Text),
];

const VALIDATE: &[Field] = &[
    Field::required("licenseKey", Kind::UuidV4),
    Field::required("deviceInfo", Kind::Object(DEVICE_INFO)),
];

async fn validate(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let body = match checked(body, VALIDATE) {
        Ok(body) => body,
        Err(refused) => return refused.into_response(),
    };
    let key = body["licenseKey"].as_str().unwrap_or_default();
    shared.journal.record("POST /printer-licenses/validate", body.clone(), "");
    shared.journal.ring();
    let answer = match shared.licences().validate(key, &body["deviceInfo"]) {
        Ok(data) => {
            json!({"success": true, "data": data, "message": "License validated successfully"})
        }
        Err(no) => json!({"success": false, "error": no.message, "code": no.code}),
    };
    created(answer)
}

const REGISTERED: &[Field] = &[
    Field::required("name", Kind::Text),
    Field::required("type", Kind::OneOf(&["receipt", "kitchen", "label", "standard"])),
    Field::required("status", Kind::OneOf(&["online", "offline", "busy", "error"])),
    Field::required("connectionType", Kind::OneOf(&["usb", "network", "local"])),
    Field::optional("deviceId", Kind::Text),
    Field::optional("ipAddress", Kind::Text),
    Field::optional("port", Kind::Number),
    Field::optional("model", Kind::Text),
    Field::optional("manufacturer", Kind::Text),
    Field::optional("capabilities", Kind::Any),
];

const REGISTER: &[Field] = &[
    Field::required("branchId", Kind::Text),
    Field::optional("appVersion", Kind::Text),
    Field::optional("timestamp", Kind::Text),
    Field::required("printers", Kind::List(REGISTERED)),
];

async fn register(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let body = match checked(body, REGISTER) {
        Ok(body) => body,
        Err(refused) => return refused.into_response(),
    };
    shared.journal.record("POST /printers/register", body.clone(), "");
    shared.journal.ring();
    let branch = body["branchId"].as_str().unwrap_or_default();
    let printers = body["printers"].as_array().cloned().unwrap_or_default();
    let registered: Vec<Value> = printers.iter().map(|p| registered(&shared, branch, p)).collect();
    created(json!({
        "success": true,
        "registeredCount": registered.len(),
        "printers": registered,
        "branchId": branch,
        "companyId": "company-1",
        "message": format!("{} printers registered", registered.len()),
    }))
}

fn registered(shared: &Shared, branch: &str, printer: &Value) -> Value {
    let announcement = json!({
        "id": printer["name"],
        "name": printer["name"],
        "type": if printer["type"] == "standard" { "receipt".into() } else { printer["type"].clone() },
        "connection": printer["connectionType"],
        "status": printer["status"],
    });
    let mut saved = printer.clone();
    if let Ok(announced) = shared.registry().announce(&announcement, branch) {
        let (super::registry::Announced::New(known) | super::registry::Announced::Known(known)) =
            announced;
        saved["id"] = known.server_id.into();
    }
    saved
}

const BEAT: &[Field] = &[
    Field::required("name", Kind::Text),
    Field::required("status", Kind::Text),
    Field::required("lastSeen", Kind::Text),
];

const HEARTBEAT: &[Field] = &[
    Field::required("branchId", Kind::Text),
    Field::required("timestamp", Kind::Text),
    Field::required("printers", Kind::List(BEAT)),
];

async fn heartbeat(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let body = match checked(body, HEARTBEAT) {
        Ok(body) => body,
        Err(refused) => return refused.into_response(),
    };
    shared.journal.record("POST /printing/printers/heartbeat", body.clone(), "");
    shared.journal.ring();
    let branch = body["branchId"].as_str().unwrap_or_default();
    let lines = body["printers"].as_array().cloned().unwrap_or_default();
    let updated = shared.registry().heartbeat(branch, &lines);
    created(json!({"success": true, "message": "Heartbeat received", "updated": updated}))
}

fn created(body: Value) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

fn checked(body: Body, fields: &[Field]) -> Result<Value, BadRequest> {
    let body = match body {
        Ok(Json(body)) => body,
        Err(bad) => return Err(BadRequest(vec![bad.body_text()])),
    };
    let complaints = check(&body, fields);
    if complaints.is_empty() { Ok(body) } else { Err(BadRequest(complaints)) }
}

/// Everything that is wrong with a body.
struct BadRequest(Vec<String>);

impl IntoResponse for BadRequest {
    fn into_response(self) -> Response {
        let body = json!({"message": self.0, "error": "Bad Request", "statusCode": 400});
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    }
}
