//! Who may pass: the right name, the right origin, the right token.

use super::answer::Problem;
use super::logins::{Logins, Verdict};
use super::places::Seat;
use super::settings::DoorSettings;
use super::status::Board;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, HOST, HeaderName,
    HeaderValue, ORIGIN, TRANSFER_ENCODING, VARY,
};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use axum::middleware::Next;
use std::net::IpAddr;
use std::sync::Arc;

const PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Who is at the other end of the connection; the listener puts it into each request.
#[derive(Clone)]
pub(super) struct Guest {
    /// Its address.
    pub(super) peer: IpAddr,
    /// The place of its connection.
    pub(super) seat: Seat,
}

/// Decides who passes.
pub(super) struct Guard {
    settings: Arc<DoorSettings>,
    logins: Logins,
    board: Board,
}

/// The origin of a page that may call.
enum Caller {
    /// No page, or one of this door itself.
    NoForeignPage,
    /// A page of an origin in the settings.
    Page(HeaderValue),
}

impl Guard {
    pub(super) fn new(settings: Arc<DoorSettings>, board: Board) -> Guard {
        Guard { settings, logins: Logins::default(), board }
    }

    /// A page under a foreign name that leads to this machine (DNS rebinding) is turned away: a browser sends that name.
    /// An address cannot be bent that way.
    fn is_our_name(&self, request: &Request) -> bool {
        let mut names = request.headers().get_all(HOST).iter();
        let (Some(host), None) = (names.next(), names.next()) else { return false };
        let Ok(host) = host.to_str() else { return false };
        let in_line = request.uri().authority().map(|authority| authority.as_str());
        in_line.is_none_or(|authority| authority.eq_ignore_ascii_case(host)) && self.is_ours(host)
    }

    fn is_ours(&self, host: &str) -> bool {
        let name = without_port(host);
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        if bare.parse::<IpAddr>().is_ok() {
            return true;
        }
        let name = name.trim_end_matches('.');
        let mut ours = self.settings.names.iter().map(String::as_str).chain(["localhost"]);
        ours.any(|one| one.eq_ignore_ascii_case(name))
    }

    /// Who is calling, where that may be.
    fn caller(&self, headers: &HeaderMap) -> Option<Caller> {
        let Some(origin) = headers.get(ORIGIN) else {
            // What comes from a foreign page without saying so: an image, a form that was sent by GET.
            let site = headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
            return (!matches!(site, Some(b"cross-site" | b"same-site")))
                .then_some(Caller::NoForeignPage);
        };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let own = format!("{}://{host}", self.settings.transport.scheme());
        if origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()) {
            return Some(Caller::NoForeignPage);
        }
        let listed = self.settings.origins.iter().any(|one| one.as_bytes() == origin.as_bytes());
        listed.then(|| Caller::Page(origin.clone()))
    }

    fn turn_away(&self, problem: Problem) -> Response<Body> {
        self.board.turned_away();
        problem.into_response()
    }
}

/// Name and origin, and the questions of browsers beforehand.
pub(super) async fn origin(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    // Whoever reads this differently would find a second request in its body.
    if request.headers().get_all(TRANSFER_ENCODING).iter().any(|how| how != "chunked") {
        let words = "Transfer-Encoding may be chunked, and nothing else.";
        return guard.turn_away(Problem::new(StatusCode::BAD_REQUEST, words));
    }
    if !guard.is_our_name(&request) {
        let words = "This till is not called that. Use its address, or a name from its settings.";
        return guard.turn_away(Problem::new(StatusCode::MISDIRECTED_REQUEST, words));
    }
    let caller = match guard.caller(request.headers()) {
        None => {
            let words = "Pages of this origin may not print here.";
            return guard.turn_away(Problem::new(StatusCode::FORBIDDEN, words));
        }
        Some(Caller::NoForeignPage) => return next.run(request).await,
        Some(Caller::Page(origin)) => origin,
    };
    let asks = request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if request.method() == Method::OPTIONS && asks {
        may_call(request.headers())
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, caller);
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    response
}

/// The answer to a browser that asks before it calls; without a cookie, as there is none.
fn may_call(asked: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE"));
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, idempotency-key"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if asked.get(PRIVATE_NETWORK).is_some_and(|value| value == "true") {
        headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    response
}

/// The token.
pub(super) async fn token(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let guest = request.extensions().get::<Guest>();
    let peer = guest.map_or(IpAddr::from([0, 0, 0, 0]), |guest| guest.peer);
    let admitted = shown(request.headers()).is_some_and(|shown| guard.settings.token.admits(shown));
    if admitted {
        guard.logins.succeeded(peer);
        guest.inspect(|guest| guest.seat.keep());
        guard.board.let_in();
        return next.run(request).await;
    }
    let problem = match guard.logins.failed(peer, &guard.settings.limits) {
        Verdict::Unauthorized => {
            tracing::info!(%peer, "a call without the token was turned away");
            Problem::unauthorized()
        }
        Verdict::TooMany { first, wait } => {
            if first {
                tracing::warn!(%peer, "too many calls without the token; they are not listed one by one");
            }
            let words = "Too many calls without the token. Wait before the next one.";
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, words);
            Problem { retry_after: Some(wait), ..problem }
        }
    };
    guard.turn_away(problem)
}

/// The token of `Authorization: Bearer …`; none where there are two such heads.
fn shown(headers: &HeaderMap) -> Option<&[u8]> {
    let mut heads = headers.get_all(AUTHORIZATION).iter();
    let (Some(head), None) = (heads.next(), heads.next()) else { return None };
    let (scheme, token) = head.as_bytes().split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token)
}

/// `till:8443` → `till`; `[::1]:8443` → `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}
