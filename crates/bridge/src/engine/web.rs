//! Shows the window to browsers.

use platen_connectors::door::{DoorLack, DoorSettings, DoorState, DoorStatus};
use platen_connectors::web::{self, Window};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Longest a command may take: a search of the network takes half a minute.
const COMMAND: Duration = Duration::from_secs(60);

/// Shows it until `cancel`.
pub async fn run(
    mut door: DoorSettings,
    window: Option<Arc<dyn Window>>,
    status: watch::Sender<DoorStatus>,
    cancel: CancellationToken,
) {
    let Some(window) = window.filter(|window| window.page("/index.html").is_some()) else {
        let state = DoorState::NotReady { why: DoorLack::Pages };
        status.send_modify(|status| status.state = state);
        return;
    };
    door.limits.request = COMMAND;
    // Its own pages are the only ones that call here.
    door.origins.clear();
    web::serve(door, window, cancel, status).await;
}
