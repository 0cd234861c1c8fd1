//! Holds a line for as long as its connector lives.

use super::socket::halves;
use super::state::watch_state;
use super::{Inlet, Outlet};
use platen_socketio::{Authenticator, ConnectionState, Supervisor, SupervisorConfig};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Longest message, in bytes: longer than the longest document, so that one that is somewhat too long is refused by name and
/// does not end the session.
pub(crate) const LONGEST_MESSAGE: usize = 24 << 20;

/// Both ends of a line.
pub(crate) struct Ends {
    pub(crate) inlet: Box<dyn Inlet>,
    pub(crate) outlet: Arc<dyn Outlet>,
}

/// Holds a line until `cancel`, with everything above it in `serve`, which ends when its own token is cancelled or cancels it.
/// Everything ends with this function, also when it is dropped. `note` hears how the line is, now and whenever that changes.
pub(crate) async fn hold<F: Future<Output = ()>>(
    config: SupervisorConfig,
    auth: Arc<dyn Authenticator>,
    cancel: &CancellationToken,
    note: impl Fn(&ConnectionState),
    serve: impl FnOnce(Ends, CancellationToken) -> F,
) {
    let cancel = cancel.child_token();
    let _end = cancel.clone().drop_guard();
    let connection = Supervisor::spawn(config, auth, cancel.clone());
    let (inlet, outlet) = halves(connection.incoming, connection.emitter);
    let ends = Ends { inlet: Box::new(inlet), outlet: Arc::new(outlet) };
    tokio::join!(watch_state(connection.state, cancel.clone(), note), serve(ends, cancel.clone()),);
    if let Err(error) = connection.task.await {
        tracing::error!(%error, "the supervisor of the line has failed");
    }
}
