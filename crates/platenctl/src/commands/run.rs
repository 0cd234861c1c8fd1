//! `platenctl run`: the engine in the foreground, with the window for browsers.

use crate::failure::Failure;
use crate::pages::PAGES;
use platen_bridge::{Home, Settings};
use platen_program::{Stop, log, memory, roll_out};
use platen_window::Room;

/// Runs until SIGTERM or SIGINT. A damaged spool is set aside and the engine started anew.
pub async fn run(home: &Home) -> Result<(), Failure> {
    let rolled_out = roll_out(home);
    let (settings, _) = Settings::load(&home.settings())?;
    let _log = log::to_file(home, &settings.log)?;
    if let Err(error) = rolled_out {
        tracing::error!(%error, "this till is not set up");
        return Err(error.into());
    }
    let (mut asked, room) = (Stop::new()?, Room::in_browsers(home.clone(), PAGES));
    tokio::spawn(memory::keep_small());
    let ending = room.clone();
    tokio::spawn(async move {
        asked.asked().await;
        ending.leave();
    });
    room.run().await?;
    Ok(())
}
