//! The body of a request, bounded in size and time.

use super::answer::Problem;
use super::settings::Limits;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_ENCODING;
use http_body_util::BodyExt;
use serde_json::{Map, Value};

/// Most bytes of a body that is too long that are waited for before it is refused.
const MOST_PASSED_OVER: usize = 16 << 20;

/// The body as JSON. Nothing at all reads as null.
///
/// # Errors
/// [`Problem`]: too long (413), too slow (408), or no JSON (400); never quotes it.
async fn json_body(request: Request, limits: &Limits) -> Result<Value, Problem> {
    let bytes = body(request, limits).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        Problem::bad(format!(
            "The body is not JSON: line {}, column {}.",
            error.line(),
            error.column()
        ))
    })
}

/// The same where an object belongs. Nothing, and null, read as one without fields.
///
/// # Errors
/// [`Problem`], also where it is something else (400).
pub(crate) async fn json_object(
    request: Request,
    limits: &Limits,
) -> Result<Map<String, Value>, Problem> {
    match json_body(request, limits).await? {
        Value::Object(fields) => Ok(fields),
        Value::Null => Ok(Map::new()),
        _ => Err(Problem::bad("The body is not a JSON object.")),
    }
}

/// Takes nothing, or an object without fields, where there is nothing to say.
///
/// # Errors
/// [`Problem`], where something else comes (400).
pub(crate) async fn nothing(request: Request, limits: &Limits) -> Result<(), Problem> {
    match json_object(request, limits).await?.is_empty() {
        true => Ok(()),
        false => Err(Problem::bad("Nothing belongs into the body of this request.")),
    }
}

/// The body as it came.
///
/// # Errors
/// [`Problem`]: packed (415), too long (413), too slow (408), or broken off (400).
pub(crate) async fn body(request: Request, limits: &Limits) -> Result<axum::body::Bytes, Problem> {
    if request.headers().get_all(CONTENT_ENCODING).iter().any(|how| how != "identity") {
        let words = "The body is packed (Content-Encoding). Send it as it is.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
    }
    let body = request.into_body();
    let too_long = || {
        let words = format!("The body has more than {} bytes.", limits.body_bytes);
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, words)
    };
    // What says beforehand that it is too long is not kept.
    if body.size_hint().lower() > limits.body_bytes as u64 {
        let _ = tokio::time::timeout(limits.body, pass_over(body)).await;
        return Err(too_long());
    }
    let reading = axum::body::to_bytes(body, limits.body_bytes);
    match tokio::time::timeout(limits.body, reading).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_long(&error) => Err(too_long()),
        Ok(Err(_)) => Err(Problem::bad("The body is not complete.")),
        Err(_) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive."))
        }
    }
}

/// Reads and forgets. A caller that is still sending would not hear why it is refused: its connection would just break.
async fn pass_over(mut body: Body) {
    let mut left = MOST_PASSED_OVER;
    while let Some(Ok(frame)) = body.frame().await {
        let read = frame.data_ref().map_or(0, axum::body::Bytes::len);
        if read > left {
            return;
        }
        left -= read;
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let cause = std::error::Error::source(error);
    cause.is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>())
}
