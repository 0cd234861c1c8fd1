//! The door: an HTTP server that local systems call, one listener for each of them.
//!
//! ```text
//! TCP ─▶ listen ─▶ (TLS by identity) ─▶ guard ─▶ routes of the connector
//!          │ places                       │ Host, Origin, token, logins
//!          └─ status                      └─ body: bounded in size and time
//! ```
//!
//! Rules that hold for every door:
//! - It listens on this machine only, unless its settings name another address.
//! - Every route wants the token but those that its connector declares public, and those say nothing of the shop.
//! - A page of a foreign origin, or under a foreign name (DNS rebinding), reaches no route.
//! - Whatever a caller sends is bounded in size, number and time; a port that is taken is said and tried again.
//! - No token, and nothing of a document, stands in a log or in an answer that says what is wrong.

mod answer;
mod body;
mod guard;
mod identity;
mod lengths;
mod listen;
mod logins;
mod places;
mod segment;
mod settings;
mod status;
mod token;
mod unread;

pub use answer::Problem;
pub use identity::{Identity, IdentityError, machine_names};
pub use settings::{DoorSettings, Limits, Transport};
pub use status::{DoorLack, DoorState, DoorStatus, Encryption, PortTrouble};
pub use token::{TokenCheck, fresh_token};

pub(crate) use answer::{ErrorShape, answer, not_found, page_file, typed};
pub(crate) use body::{body, json_object, nothing};
pub(crate) use segment::Segment;
pub(crate) use status::Board;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use guard::Guard;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What a connector answers at its door.
pub(crate) struct Routes {
    /// Answered to everybody: nothing here may say anything of the shop.
    pub(crate) open: Router,
    /// Answered to those who show the token. Whatever is in neither is behind the token too.
    pub(crate) locked: Router,
}

/// Opens a door and answers until `cancel`. A port that is taken is tried again, for ever.
pub(crate) async fn serve(
    settings: DoorSettings,
    routes: Routes,
    board: Board,
    cancel: CancellationToken,
) {
    serve_as(ErrorShape::Error, settings, routes, board, cancel).await;
}

/// The same, with that shape for whatever is wrong.
pub(crate) async fn serve_as(
    errors: ErrorShape,
    settings: DoorSettings,
    routes: Routes,
    board: Board,
    cancel: CancellationToken,
) {
    let settings = Arc::new(settings);
    let guard = Arc::new(Guard::new(settings.clone(), board.clone()));
    let Routes { open, locked } = routes;
    // Before the token's layer: a wrong method is behind the token too.
    let locked = locked
        .method_not_allowed_fallback(answer::method_not_allowed)
        .fallback(answer::not_found)
        .layer(from_fn_with_state(guard.clone(), guard::token));
    let routes = open
        .method_not_allowed_fallback(answer::method_not_allowed)
        .merge(locked)
        .layer(from_fn_with_state(guard, guard::origin))
        .layer(from_fn(answer::harden));
    listen::listen(settings, routes, errors, board, cancel).await;
}
