//! The page at `/`: it shows how the till is to whoever types the token, and nothing to anybody else.

use crate::door::page_file;
use axum::body::Body;
use axum::http::Response;

const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
/// Nothing but the page itself runs in it, and it speaks with this door only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The page.
pub(super) async fn page() -> Response<Body> {
    page_file(PAGE, "text/html; charset=utf-8", POLICY)
}

/// What moves it.
pub(super) async fn script() -> Response<Body> {
    page_file(SCRIPT, "text/javascript; charset=utf-8", POLICY)
}
