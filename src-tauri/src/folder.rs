//! A folder, shown by the desktop's own file manager.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// Longest a file manager may take to say that it cannot.
const PATIENCE: Duration = Duration::from_secs(10);

/// What each desktop calls the program that opens things.
const OPENER: &str = if cfg!(windows) {
    "explorer"
} else if cfg!(target_os = "macos") {
    "open"
} else {
    "xdg-open"
};

/// Opens a folder. One that is slow is taken for one that works.
///
/// # Errors
/// Where there is no such program, or it cannot.
pub async fn open(folder: &Path) -> io::Result<()> {
    let mut opener = Command::new(OPENER);
    opener.arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let without = |error: io::Error| io::Error::new(error.kind(), format!("{OPENER}: {error}"));
    let mut opened = opener.spawn().map_err(without)?;
    match timeout(PATIENCE, opened.wait()).await {
        // Explorer tells nothing by its status.
        Ok(Ok(status)) if !status.success() && !cfg!(windows) => {
            Err(io::Error::other(format!("{OPENER}: {status}")))
        }
        Ok(Err(error)) => Err(without(error)),
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}
