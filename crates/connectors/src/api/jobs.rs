//! Looking at jobs, and what a person may do about them.

use super::query::{job_id, query};
use super::wire::{ApiJob, ApiJobs, Seen, connectors, states};
use super::{Answer, Api, problem};
use crate::door::{Problem, Segment, answer, body, nothing};
use crate::{JobQuery, JobView, TillError};
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use platen_job::{ConnectorId, JobId, JobState};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Jobs on a page where nothing is said, and the most there may be.
const PAGE: usize = 50;
const LONGEST_PAGE: usize = 500;

/// Which jobs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Only those in this state.
    #[param(schema_with = states, required = false)]
    state: Option<String>,
    /// Only those of this printer: its name or id.
    printer: Option<String>,
    /// Only those that came this way: `api` for those of this API.
    #[param(schema_with = connectors, required = false)]
    connector: Option<ConnectorId>,
    /// Only those that are older than this one: `next` of the page before.
    #[param(minimum = 1)]
    before: Option<i64>,
    /// Most jobs of the page; missing: 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// The newest jobs.
#[utoipa::path(get, path = "/v1/jobs", tag = "jobs", params(Page),
    responses((status = 200, description = "A page of jobs.", body = ApiJobs)))]
pub(super) async fn list(State(api): State<Arc<Api>>, uri: Uri) -> Answer {
    match api.page(&uri).await {
        Ok(page) => answer(StatusCode::OK, &page),
        Err(problem) => problem.into_response(),
    }
}

impl Api {
    async fn page(&self, uri: &Uri) -> Result<ApiJobs, Problem> {
        let Page { state, printer, connector, before, limit } = query(uri)?;
        let limit = limit.unwrap_or(PAGE);
        if !(1..=LONGEST_PAGE).contains(&limit) {
            return Err(Problem::bad(format!("limit is not from 1 to {LONGEST_PAGE}.")));
        }
        if state.as_ref().is_some_and(|word| !JobState::WORDS.contains(&word.as_str())) {
            return Err(Problem::bad("state is no state of a job."));
        }
        if before.is_some_and(|before| before < 1) {
            return Err(Problem::bad("before is no number of a job."));
        }
        let before = before.map(JobId);
        let query = JobQuery { state, printer, connector, before, limit, ..JobQuery::default() };
        let jobs = self.till.clone().jobs(query).await.map_err(|error| problem(&error))?;
        let jobs: Vec<ApiJob> = jobs.into_iter().map(ApiJob::from).collect();
        let next = if jobs.len() == limit { jobs.last().map(ApiJob::id) } else { None };
        Ok(ApiJobs { jobs, next })
    }
}

/// One job.
#[utoipa::path(get, path = "/v1/jobs/{id}", tag = "jobs", params(("id" = i64, Path, minimum = 1, description = "Its number.")),
    responses((status = 200, description = "The job as it is now.", body = ApiJob)))]
pub(super) async fn one(State(api): State<Arc<Api>>, Segment(id): Segment) -> Answer {
    match job_id(&id) {
        Ok(id) => told(StatusCode::OK, api.till.clone().job(id).await),
        Err(problem) => problem.into_response(),
    }
}

/// Takes a job back.
///
/// One that has not begun is not printed any more. One under way is stopped where that is safe: part of it may be on paper then,
/// and its `message` says so.
#[utoipa::path(post, path = "/v1/jobs/{id}/cancel", tag = "jobs", params(("id" = i64, Path, minimum = 1, description = "Its number.")),
    responses((status = 200, description = "The job as it is now.", body = ApiJob)))]
pub(super) async fn cancel(
    State(api): State<Arc<Api>>,
    Segment(id): Segment,
    request: Request,
) -> Answer {
    match asked(&api, &id, request).await {
        Ok(id) => told(StatusCode::OK, api.till.clone().cancel(id).await),
        Err(problem) => problem.into_response(),
    }
}

/// Prints another copy of a settled job, marked as one.
#[utoipa::path(post, path = "/v1/jobs/{id}/reprint", tag = "jobs", params(("id" = i64, Path, minimum = 1, description = "Its number.")),
    responses((status = 201, description = "The copy, a job of its own.", body = ApiJob)))]
pub(super) async fn reprint(
    State(api): State<Arc<Api>>,
    Segment(id): Segment,
    request: Request,
) -> Answer {
    match asked(&api, &id, request).await {
        Ok(id) => told(StatusCode::CREATED, api.till.clone().reprint(id).await),
        Err(problem) => problem.into_response(),
    }
}

/// Of which job something is wanted that needs no body.
async fn asked(api: &Api, id: &str, request: Request) -> Result<JobId, Problem> {
    let id = job_id(id)?;
    nothing(request, &api.limits).await?;
    Ok(id)
}

/// Says what became of an unconfirmed job, after somebody has looked.
#[utoipa::path(post, path = "/v1/jobs/{id}/resolve", tag = "jobs", params(("id" = i64, Path, minimum = 1, description = "Its number.")),
    request_body = Seen,
    responses((status = 200, description = "The job as it is now, or its marked copy.", body = ApiJob)))]
pub(super) async fn resolve(
    State(api): State<Arc<Api>>,
    Segment(id): Segment,
    request: Request,
) -> Answer {
    let read = async { Ok((job_id(&id)?, seen(&api, request).await?)) };
    match read.await {
        Ok((id, seen)) => told(StatusCode::OK, api.till.clone().resolve(id, seen.seen).await),
        Err(problem) => Problem::into_response(problem),
    }
}

async fn seen(api: &Api, request: Request) -> Result<Seen, Problem> {
    let body = body(request, &api.limits).await?;
    let unusable =
        |_| Problem::bad(r#"The body is not {"seen": "printed"} or {"seen": "reprint"}."#);
    serde_json::from_slice(&body).map_err(unusable)
}

fn told(status: StatusCode, job: Result<JobView, TillError>) -> Answer {
    match job {
        Ok(job) => answer(status, &ApiJob::from(job)),
        Err(error) => problem(&error).into_response(),
    }
}
