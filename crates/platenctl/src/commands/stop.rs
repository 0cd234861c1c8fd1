//! `platenctl stop`: ends whatever runs in a home, and comes back when the home is free. For installers and scripts.

use crate::failure::Failure;
use platen_bridge::{Client, ControlError, Home, HomeError, Request};
use std::time::Duration;
use tokio::time::Instant;

/// A program that has not left the home after this will not.
const LEAVING: Duration = Duration::from_secs(60);
/// Asked again after this: whoever has the home may open its door only now.
const AGAIN: Duration = Duration::from_secs(1);
/// Longest an answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// From look to look.
const LOOK: Duration = Duration::from_millis(50);

/// Success, too, where nothing runs.
pub async fn stop(home: &Home) -> Result<(), Failure> {
    let deadline = Instant::now() + LEAVING;
    let mut asked: Option<Instant> = None;
    loop {
        match home.lock() {
            Ok(_) if asked.is_some() => {
                say!("Platen has ended.");
                return Ok(());
            }
            Ok(_) => {
                say!("Platen is not running.");
                return Ok(());
            }
            Err(HomeError::AlreadyRunning(_)) if Instant::now() < deadline => {}
            Err(error) => return Err(error.into()),
        }
        if asked.is_none_or(|last| last.elapsed() > AGAIN) {
            asked = Some(Instant::now());
            ask(home).await?;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Asks once. The door may close before its answer is out: whether the home is free says more.
async fn ask(home: &Home) -> Result<(), Failure> {
    let Ok(mut client) = Client::connect(home).await else { return Ok(()) };
    match client.ask(Request::Stop, ANSWER).await {
        Err(ControlError::Refused(error)) => Err(error.into()),
        _ => Ok(()),
    }
}
