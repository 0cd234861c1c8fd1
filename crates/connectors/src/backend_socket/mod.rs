//! A Backend-Socket server (Flask-SocketIO), as its "Windows Printer Client" used to serve it.
//!
//! ```text
//! Supervisor ─▶ line ─▶ connector ─▶ request ─▶ choice ─▶ jobs ─▶ intake ─▶ Host::submit
//!                       (the loop)                      documents
//!                       teller ◀── Host::unreported
//! ```
//!
//! Rules that hold everywhere: requests have no id, so two equal ones are two jobs, and jobs keep the order in which
//! they came. Each request gets one `print_response`, when its outcome is known and not before: the server names no time
//! within which it wants one, and one that was given cannot be taken back.

mod answers;
mod choice;
mod connector;
mod documents;
mod jobs;
mod note;
mod request;
mod settings;
mod status;
mod teller;
#[cfg(test)]
mod testing;

pub use settings::BackendSocketSettings;
pub use status::{BackendSocketCounts, BackendSocketStatus, MissingPrinter};

use crate::line::{Inlet, Outlet, halves, watch_state};
use crate::{Host, HostEvent};
use async_trait::async_trait;
use connector::Connector;
use platen_socketio::{Authenticator, Endpoint, Limits, Refused, Supervisor, SupervisorConfig};
use serde_json::Value;
use status::Board;
use std::sync::Arc;
use teller::Teller;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Longest message, in bytes: longer than the longest document, so that a request that is somewhat too long is answered
/// and does not end the session.
const LONGEST_MESSAGE: usize = 24 << 20;

/// Holds the line to one server until `cancel`. Reconnects for ever; returns only when it is cancelled.
pub async fn run(
    settings: BackendSocketSettings,
    host: Arc<dyn Host>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
    status: watch::Sender<BackendSocketStatus>,
) {
    let board = Board::new(status);
    let config = SupervisorConfig {
        endpoint: endpoint(&settings),
        driver: settings.driver,
        limits: Limits { max_message: LONGEST_MESSAGE, ..Limits::default() },
        delays: settings.delays.clone(),
        refusal_events: Vec::new(),
    };
    // Everything below ends with this function, also when it is dropped.
    let cancel = cancel.child_token();
    let _end = cancel.clone().drop_guard();
    let connection = Supervisor::spawn(config, Arc::new(NoAuth), cancel.clone());
    let (inlet, outlet) = halves(connection.incoming, connection.emitter);
    let ends = (Box::new(inlet) as Box<dyn Inlet>, Arc::new(outlet) as Arc<dyn Outlet>);
    tokio::join!(
        watch_state(connection.state, cancel.clone(), |state| board.connection(state)),
        serve(settings, host, ends, events, board.clone(), cancel.clone()),
    );
    if let Err(error) = connection.task.await {
        tracing::error!(%error, "the supervisor of the line has failed");
    }
}

/// Everything above the line.
async fn serve(
    settings: BackendSocketSettings,
    host: Arc<dyn Host>,
    (inlet, outlet): (Box<dyn Inlet>, Arc<dyn Outlet>),
    events: mpsc::Receiver<HostEvent>,
    board: Board,
    cancel: CancellationToken,
) {
    let (online, online_watch) = watch::channel(None);
    let teller = Teller::new(host.clone(), outlet.clone(), board.clone());
    let connector = Connector::new(settings, host, outlet, board, online);
    let heart = async {
        connector.run(inlet, cancel.clone()).await;
        // Without the loop nobody else has anything to do.
        cancel.cancel();
    };
    tokio::join!(heart, teller.run(events, online_watch, cancel.clone()));
}

/// Who we are stands in the query; there is no auth object.
struct NoAuth;

#[async_trait]
impl Authenticator for NoAuth {
    async fn auth(&self) -> Result<Value, Refused> {
        Ok(Value::Null)
    }
}

fn endpoint(settings: &BackendSocketSettings) -> Endpoint {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Endpoint {
        query: vec![
            pair("session_id", &settings.session_id),
            pair("username", &settings.username),
            pair("nipt", &settings.nipt),
        ],
        tls: settings.tls.clone(),
        proxy: settings.proxy.clone(),
        plain: settings.plain,
        ..Endpoint::new(settings.server.clone())
    }
}
