//! The state of the line, for people.

use platen_socketio::ConnectionState;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Has the state noted, now and whenever it changes, until the line has ended or is cancelled.
pub(crate) async fn watch_state(
    mut state: watch::Receiver<ConnectionState>,
    cancel: CancellationToken,
    note: impl Fn(&ConnectionState),
) {
    loop {
        let now = state.borrow_and_update().clone();
        note(&now);
        tokio::select! {
            () = cancel.cancelled() => return note(&ConnectionState::Stopped),
            changed = state.changed() => if changed.is_err() { return },
        }
    }
}
