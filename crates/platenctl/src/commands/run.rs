//! `platenctl run`: the engine in the foreground.

use crate::failure::Failure;
use platen_bridge::{Home, Settings};
use platen_program::{Stop, keep_running, log, memory, roll_out};
use tokio_util::sync::CancellationToken;

/// Runs until SIGTERM or SIGINT. A damaged spool is set aside and the engine started anew.
pub async fn run(home: &Home) -> Result<(), Failure> {
    let rolled_out = roll_out(home);
    let (settings, _) = Settings::load(&home.settings())?;
    let _log = log::to_file(home, &settings.log)?;
    if let Err(error) = rolled_out {
        tracing::error!(%error, "this till is not set up");
        return Err(error.into());
    }
    let (mut asked, stop) = (Stop::new()?, CancellationToken::new());
    tokio::spawn(memory::keep_small());
    let end = stop.clone();
    tokio::spawn(async move {
        asked.asked().await;
        end.cancel();
    });
    keep_running(home, &stop, |_| {}).await?;
    Ok(())
}
