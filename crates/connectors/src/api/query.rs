//! Reading the parts of a request that are not its body. What is wrong is said in words, and never quoted.

use crate::door::Problem;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use platen_job::{ExternalId, JobId};
use serde::de::DeserializeOwned;

/// The head with a caller's own id of a job.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The query as those parameters.
///
/// # Errors
/// [`Problem`] 400: one is not known, comes twice, or is not what it has to be.
pub(super) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    let read = Query::<T>::try_from_uri(uri);
    read.map(|Query(query)| query).map_err(|_| {
        Problem::bad(
            "A parameter of the query is not known, comes twice, or is not what it has to be.",
        )
    })
}

/// A job's number from the path.
///
/// # Errors
/// [`Problem`] 404: there is no job of such a number.
pub(super) fn job_id(text: &str) -> Result<JobId, Problem> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(JobId).ok_or_else(|| {
        Problem::of(StatusCode::NOT_FOUND, "no-such-job", "There is no job of that number.")
    })
}

/// The caller's own id of a job, where it has given one.
///
/// # Errors
/// [`Problem`] 400: there are two, or it cannot be one.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<ExternalId>, Problem> {
    let mut heads = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (first, second) = (heads.next(), heads.next());
    let Some(head) = first else { return Ok(None) };
    if second.is_some() {
        return Err(Problem::bad("There are two Idempotency-Key heads."));
    }
    let text = head.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
    let text = text.ok_or_else(|| {
        Problem::bad("The Idempotency-Key has other signs than printable ASCII without blanks.")
    })?;
    let key = ExternalId::new(text)
        .map_err(|error| Problem::bad(format!("The Idempotency-Key {error}.")))?;
    Ok(Some(key))
}
