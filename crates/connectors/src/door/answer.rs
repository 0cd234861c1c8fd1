//! Answers that say what is wrong, and what every answer has in its head.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
    HeaderValue, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Response, StatusCode};
use axum::middleware::Next;
use serde::Serialize;
use serde_json::{Value, json};
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
    /// A word for programs, where the status alone does not say it.
    pub kind: Option<&'static str>,
}

/// How a door says that something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorShape {
    /// `{"error": words}`, as the four systems know it.
    Error,
    /// `application/problem+json` (RFC 9457).
    ProblemJson,
}

/// The media type of RFC 9457.
const PROBLEM_JSON: &str = "application/problem+json";
/// What stands before a problem's own word, in its `type`.
const PROBLEM: &str = "urn:platen:problem:";

impl Problem {
    /// That status with these words.
    pub fn new(status: StatusCode, words: impl Into<Cow<'static, str>>) -> Problem {
        Problem { status, words: words.into(), retry_after: None, kind: None }
    }

    /// No token, or a wrong one. All four systems know this word.
    pub fn unauthorized() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// The body is not what it has to be.
    pub fn bad(words: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, words)
    }

    /// That status with these words, and a word for programs.
    pub(crate) fn of(
        status: StatusCode,
        kind: &'static str,
        words: impl Into<Cow<'static, str>>,
    ) -> Problem {
        Problem { kind: Some(kind), ..Problem::new(status, words) }
    }

    /// As it goes out: `{"error": words}`, unless the door has another shape for it.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = answer(self.status, &json!({ "error": self.words }));
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response.extensions_mut().insert(self);
        response
    }

    /// Its media type and its body.
    pub(super) fn in_shape(&self, errors: ErrorShape) -> (&'static str, Vec<u8>) {
        let (kind, value) = match errors {
            ErrorShape::Error => ("application/json", json!({ "error": self.words })),
            ErrorShape::ProblemJson => (PROBLEM_JSON, self.as_problem_json()),
        };
        (kind, serde_json::to_vec(&value).unwrap_or_default())
    }

    fn as_problem_json(&self) -> Value {
        let kind = self.kind.map(|kind| format!("{PROBLEM}{kind}"));
        json!({
            "type": kind.unwrap_or_else(|| "about:blank".into()),
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.words,
        })
    }
}

impl ErrorShape {
    /// Puts what is wrong into this shape; any other answer stays as it is.
    pub(super) fn apply(self, mut response: Response<Body>) -> Response<Body> {
        let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
        // Which methods there are is nobody's business who has no token. The router says it outside of every layer.
        if [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS].contains(&problem.status) {
            response.headers_mut().remove(ALLOW);
        }
        if self == ErrorShape::Error {
            return response;
        }
        let (kind, body) = problem.in_shape(self);
        *response.body_mut() = Body::from(body);
        let headers = response.headers_mut();
        headers.remove(CONTENT_LENGTH);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        response
    }
}

/// That status with this as JSON.
pub(crate) fn answer(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut response = typed(serde_json::to_vec(value).unwrap_or_default(), "application/json");
    *response.status_mut() = status;
    response
}

/// 200 with a body of that media type.
pub(crate) fn typed(body: impl Into<Body>, kind: &'static str) -> Response<Body> {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// A file of a page: nothing runs in it but what `policy` lets in, and its address is told to nobody.
pub(crate) fn page_file(
    body: impl Into<Body>,
    kind: &'static str,
    policy: &'static str,
) -> Response<Body> {
    let mut response = typed(body, kind);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

pub(crate) async fn not_found() -> Response<Body> {
    Problem::new(StatusCode::NOT_FOUND, "Not found").into_response()
}

pub(super) async fn method_not_allowed() -> Response<Body> {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").into_response()
}

/// No answer is kept by anybody, taken for something else, or shown inside another page.
pub(super) async fn harden(request: Request, next: Next) -> Response<Body> {
    const FRAME_OPTIONS: HeaderName = HeaderName::from_static("x-frame-options");
    let mut response = next.run(request).await;
    let fixed =
        [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (FRAME_OPTIONS, "DENY")];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
