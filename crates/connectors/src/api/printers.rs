//! The printers of the till: how they are, a test page, the drawer.

use super::query::idempotency_key;
use super::wire::{ApiJob, ApiPrinter, ApiPrinters, Kick};
use super::{Answer, Api, no_such_printer};
use crate::door::{Problem, Segment, answer, body, nothing};
use crate::test_page::test_page;
use crate::{PrinterView, choice};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use platen_job::{Document, DocumentType, Role};
use std::sync::Arc;

/// The printers.
#[utoipa::path(get, path = "/v1/printers", tag = "printers",
    responses((status = 200, description = "All of them, by name.", body = ApiPrinters)))]
pub(super) async fn list(State(api): State<Arc<Api>>) -> Answer {
    let printers = api.printers().iter().map(ApiPrinter::from).collect();
    answer(StatusCode::OK, &ApiPrinters { printers })
}

/// One printer.
#[utoipa::path(get, path = "/v1/printers/{printer}", tag = "printers",
    params(("printer" = String, Path, min_length = 1, description = "Its name or id.")),
    responses((status = 200, description = "The printer as it is now.", body = ApiPrinter)))]
pub(super) async fn one(State(api): State<Arc<Api>>, Segment(printer): Segment) -> Answer {
    match api.known(&printer) {
        Ok(printer) => answer(StatusCode::OK, &ApiPrinter::from(&printer)),
        Err(problem) => problem.into_response(),
    }
}

/// Prints a test page. It is not kept for a printer that cannot print now.
#[utoipa::path(post, path = "/v1/printers/{printer}/test", tag = "printers",
    params(("printer" = String, Path, min_length = 1, description = "Its name or id."),
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 512, pattern = "^[!-~]+$", description = "As for any job; may be missing.")),
    responses((status = 201, description = "The test page, a job like any other.", body = ApiJob),
              (status = 200, description = "This key was sent before: the job as it is now.", body = ApiJob)))]
pub(super) async fn test(
    State(api): State<Arc<Api>>,
    Segment(printer): Segment,
    request: Request,
) -> Answer {
    let stored = async {
        let (printer, key) = (api.known(&printer)?, idempotency_key(request.headers())?);
        nothing(request, &api.limits).await?;
        let page = test_page(&printer, "Platen's API");
        api.store_own(printer, DocumentType::Test, page, key).await
    };
    stored.await.unwrap_or_else(Problem::into_response)
}

/// Opens the drawer that is plugged into this printer. It is not kept for a printer that cannot do it now.
#[utoipa::path(post, path = "/v1/printers/{printer}/drawer", tag = "printers",
    params(("printer" = String, Path, min_length = 1, description = "Its name or id."),
           ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 512, pattern = "^[!-~]+$", description = "As for any job; may be missing.")),
    request_body(content = Option<Kick>, description = "May be missing.", content_type = "application/json"),
    responses((status = 201, description = "The kick, a job like any other.", body = ApiJob),
              (status = 200, description = "This key was sent before: the job as it is now.", body = ApiJob)))]
pub(super) async fn open_drawer(
    State(api): State<Arc<Api>>,
    Segment(printer): Segment,
    request: Request,
) -> Answer {
    let stored = async {
        let (printer, key) = (api.known(&printer)?, idempotency_key(request.headers())?);
        let kick = kick(&api, request).await?;
        api.store_own(printer, DocumentType::Drawer, Document::Drawer(kick.pin), key).await
    };
    stored.await.unwrap_or_else(Problem::into_response)
}

async fn kick(api: &Api, request: Request) -> Result<Kick, Problem> {
    let body = body(request, &api.limits).await?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Kick::default());
    }
    let read = serde_json::from_slice::<Option<Kick>>(&body);
    let unusable = |_| Problem::bad(r#"The body is not {"pin": "pin2"} or {"pin": "pin5"}."#);
    Ok(read.map_err(unusable)?.unwrap_or_default())
}

impl Api {
    fn known(&self, name: &str) -> Result<PrinterView, Problem> {
        let printers = self.printers();
        let known = choice::printer(&printers, Some(name), Role::Default);
        known.cloned().ok_or_else(no_such_printer)
    }
}
