//! What a person is called for: something needs a hand, and says what to do. Each event calls once.

mod caller;

use caller::Caller;
use notify_rust::{Notification, Timeout};
use platen_window::Room;
use std::sync::Arc;
use tokio::time::Instant;

/// What is said to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What it is about.
    pub title: String,
    /// What to do.
    pub body: String,
}

/// Calls people, as long as the program runs.
pub async fn follow(room: Arc<Room>) {
    let (mut snapshots, mut caller) = (room.snapshots(), Caller::default());
    loop {
        let calls = {
            let snapshot = snapshots.borrow_and_update();
            caller.calls(&snapshot, Instant::now())
        };
        for call in calls {
            show(call).await;
        }
        let next = caller.next();
        tokio::select! {
            changed = snapshots.changed() => if changed.is_err() { return },
            () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
        }
    }
}

/// Shows it as a notification. A desktop that shows nothing is no trouble: tray and window say the same.
pub async fn show(call: Call) {
    let shown = tokio::task::spawn_blocking(move || {
        Notification::new()
            .appname("Platen")
            .icon("printer")
            .summary(&call.title)
            .body(&call.body)
            .timeout(Timeout::Default)
            .show()
            .map(drop)
    });
    if let Ok(Err(error)) = shown.await {
        tracing::debug!(%error, "a notification was not shown");
    }
}
