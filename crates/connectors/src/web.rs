//! The window in a browser: its pages, its state and its commands at a door. No system sends jobs here, but a person looks.
//!
//! The pages say nothing of the shop, so everybody gets them; state and commands want the token. A browser keeps it for as
//! long as its tab is open and shows it with each call. There is no cookie, so a foreign page has nothing to borrow.

use crate::door::{
    self, Board, DoorSettings, DoorStatus, Problem, Routes, answer, json_object, page_file, typed,
};
use crate::whole;
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use futures_util::stream::{BoxStream, StreamExt, unfold};
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Nothing but the pages themselves runs in them, and they speak with this door only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// A browser hears something this often, so that both sides notice a line that is dead.
const PULSE: Duration = Duration::from_secs(10);
/// What is heard where nothing has changed: a comment of server-sent events.
const STILL_HERE: &str = ": still here\n\n";

/// Whoever has the pages, the state and the commands: the program around the engine.
#[async_trait]
pub trait Window: Send + Sync + 'static {
    /// The file under that path, such as `/index.html`.
    fn page(&self, path: &str) -> Option<Page>;

    /// The state as JSON, now and whenever it changes, until it is dropped. States that a slow reader misses are left out.
    fn states(&self) -> BoxStream<'static, String>;

    /// Does what a command says and gives what came back.
    ///
    /// # Errors
    /// [`NotDone`].
    async fn answer(&self, command: Value) -> Result<Value, NotDone>;
}

/// A file of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its media type, such as `text/html; charset=utf-8`.
    pub kind: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

/// Why a command was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDone {
    /// There is no such command, or something is missing in it.
    NoCommand,
    /// In words for a person.
    Words(String),
}

/// Shows the window to browsers until `cancel`.
pub async fn serve(
    door: DoorSettings,
    window: Arc<dyn Window>,
    cancel: CancellationToken,
    status: watch::Sender<DoorStatus>,
) {
    let desk = Desk { window, limits: door.limits, cancel: cancel.clone() };
    let routes = Routes {
        open: Router::new()
            .route("/", get(page))
            .route("/index.html", get(page))
            .route("/assets/{file}", get(page))
            .with_state(desk.clone()),
        locked: Router::new()
            .route("/window/ask", post(ask))
            .route("/window/states", get(states))
            .with_state(desk),
    };
    door::serve(door, routes, Board::new(status), cancel).await;
}

/// What every handler needs.
#[derive(Clone)]
struct Desk {
    window: Arc<dyn Window>,
    limits: door::Limits,
    cancel: CancellationToken,
}

type Answer = Response<Body>;

/// Public: the pages are the same for everybody.
async fn page(State(desk): State<Desk>, request: Request) -> Answer {
    let path = match request.uri().path() {
        "/" => "/index.html",
        path => path,
    };
    match desk.window.page(path) {
        Some(page) => page_file(page.bytes, page.kind, POLICY),
        None => door::not_found().await,
    }
}

/// One command, done to its end even where the browser goes away; what was not done is 422 with the reason.
async fn ask(State(desk): State<Desk>, request: Request) -> Answer {
    let command = match json_object(request, &desk.limits).await {
        Ok(command) => command,
        Err(problem) => return problem.into_response(),
    };
    let window = desk.window;
    match whole(async move { window.answer(Value::Object(command)).await }).await {
        Ok(reply) => answer(StatusCode::OK, &reply),
        Err(NotDone::NoCommand) => Problem::bad("There is no such command.").into_response(),
        Err(NotDone::Words(words)) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words).into_response()
        }
    }
}

/// The states as server-sent events, each whole.
async fn states(State(desk): State<Desk>) -> Answer {
    let events = unfold(desk.window.states(), |mut states| async {
        let event = match tokio::time::timeout(PULSE, states.next()).await {
            Ok(Some(state)) => format!("data: {state}\n\n"),
            Ok(None) => return None,
            Err(_) => STILL_HERE.to_owned(),
        };
        Some((Ok::<_, Infallible>(Bytes::from(event)), states))
    });
    let events = events.take_until(desk.cancel.cancelled_owned());
    typed(Body::from_stream(events), "text/event-stream")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_lets_nothing_in_from_elsewhere() {
        for directive in POLICY.split("; ") {
            let sources = directive.split(' ').skip(1);
            assert!(
                sources.clone().all(|one| ["'self'", "'none'", "data:"].contains(&one)),
                "{directive}"
            );
        }
        assert!(POLICY.starts_with("default-src 'none'"));
    }
}
