//! The part of a path that names something.

use super::answer::Problem;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path};
use axum::http::Response;
use axum::http::request::Parts;

/// The one part of a path that varies, as text. One that is none is answered by 400.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let read = Path::<String>::from_request_parts(parts, state).await;
        let unreadable = |_| Problem::bad("The path is not UTF-8.").into_response();
        read.map(|Path(text)| Segment(text)).map_err(unreadable)
    }
}
