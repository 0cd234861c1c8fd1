//! What the whole-program tests share: a till that can be started, killed and asked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "this crate is only for tests"
)]

mod counterpart;
pub mod crash;
pub mod desktop;
pub mod door;
pub mod hostile;
pub mod marks;
pub mod mount;
pub mod page;
pub mod process;
pub mod proxy;
pub mod receipts;
pub mod scripts;
pub mod seed;
pub mod shop;
pub mod sleep;
mod till;
pub mod told;
pub mod updates;
pub mod webdriver;
pub mod wine;

pub use counterpart::{NodeServer, PythonServer};
pub use till::{RunningTill, Till};

use std::path::PathBuf;
use std::time::Duration;

/// Longest wait for anything that should happen soon. Waits end as soon as it happens.
pub const SOON: Duration = Duration::from_secs(20);

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A program of this workspace, from the same build folder as the running test.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().find(|folder| folder.join(name).is_file());
    let folder = folder.unwrap_or_else(|| panic!("{name} is not built: cargo build -p {name}"));
    folder.join(name)
}

/// Runs `check` until it gives something, or panics with `what` after [`SOON`].
pub async fn eventually<T>(what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        if let Some(found) = check().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "it did not happen: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
