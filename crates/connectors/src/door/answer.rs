//! Answers that say what is wrong, and what every answer has in its head.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use serde::Serialize;
use serde_json::json;
use std::borrow::Cow;
use std::time::Duration;

/// Why a request is not answered as it was meant, in words for its sender. Never quotes what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The answer's status.
    pub status: StatusCode,
    /// The words.
    pub words: Cow<'static, str>,
    /// When it may be tried again.
    pub retry_after: Option<Duration>,
}

impl Problem {
    /// That status with these words.
    pub fn new(status: StatusCode, words: impl Into<Cow<'static, str>>) -> Problem {
        Problem { status, words: words.into(), retry_after: None }
    }

    /// No token, or a wrong one. All four systems know this word.
    pub fn unauthorized() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// The body is not what it has to be.
    pub fn bad(words: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, words)
    }

    /// As it goes out: `{"error": words}`.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = answer(self.status, &json!({ "error": self.words }));
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response
    }
}

/// That status with this as JSON.
pub(crate) fn answer(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let text = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

pub(super) async fn not_found() -> Response<Body> {
    Problem::new(StatusCode::NOT_FOUND, "Not found").into_response()
}

pub(super) async fn method_not_allowed() -> Response<Body> {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").into_response()
}

/// No answer is kept by anybody, taken for something else, or shown inside another page.
pub(super) async fn harden(request: Request, next: Next) -> Response<Body> {
    const FRAME_OPTIONS: HeaderName = HeaderName::from_static("x-frame-options");
    let mut response = next.run(request).await;
    // Which methods there are is nobody's business who has no token.
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().remove(ALLOW);
    }
    let fixed =
        [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (FRAME_OPTIONS, "DENY")];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
