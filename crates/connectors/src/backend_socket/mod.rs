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

use crate::line::{Ends, LONGEST_MESSAGE, hold};
use crate::{Host, HostEvent};
use async_trait::async_trait;
use connector::Connector;
use platen_socketio::{
    Authenticator, ConnectionState, Endpoint, Limits, Refused, SupervisorConfig,
};
use serde_json::Value;
use status::Board;
use std::sync::Arc;
use teller::Teller;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

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
    let told = board.clone();
    let note = |state: &ConnectionState| told.connection(state);
    let serve = |ends, cancel| serve(settings, host, ends, events, board, cancel);
    hold(config, Arc::new(NoAuth), &cancel, note, serve).await;
}

/// Everything above the line.
async fn serve(
    settings: BackendSocketSettings,
    host: Arc<dyn Host>,
    Ends { inlet, outlet }: Ends,
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
