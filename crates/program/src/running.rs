//! The engine for as long as a program runs.

use crate::descriptors;
use platen_bridge::{
    Client, Connectors, Ended, Engine, EngineError, EngineOptions, Home, HomeError, SystemDevices,
    Workers, secrets_of,
};
use platen_connectors::web::Window;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// An engine that has to start anew does so after this, and after twice as long each time that it did not last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A command that had to start an engine of its own has the home for as long as it follows its job: a minute, unless it
/// was told otherwise.
const COMMAND: Duration = Duration::from_secs(90);

/// Keeps an engine running in a home until `stop`; then ends it: the write under way is finished, or stopped safely. A
/// damaged spool is set aside and the engine started anew. Each engine is shown to `started` at its start; `window` is what
/// it shows to browsers.
///
/// # Errors
/// [`EngineError`] where it cannot be started.
pub async fn keep_running(
    home: &Home,
    stop: &CancellationToken,
    window: Option<Arc<dyn Window>>,
    mut started: impl FnMut(&Engine),
) -> Result<(), EngineError> {
    descriptors::make_room();
    let mut pause = FIRST_PAUSE;
    while let Some(engine) = start(home, stop, &window).await? {
        let began = Instant::now();
        tracing::info!(version = env!("CARGO_PKG_VERSION"), home = %home.root().display(), "Platen is running");
        started(&engine);
        let again = tokio::select! {
            () = stop.cancelled() => false,
            ended = engine.ended() => ended == Ended::MustStartAnew,
        };
        engine.stop().await;
        if !again {
            break;
        }
        pause = if began.elapsed() > LONGEST_PAUSE {
            FIRST_PAUSE
        } else {
            (pause * 2).min(LONGEST_PAUSE)
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause / 2) => {}
        }
    }
    tracing::info!("Platen has stopped");
    Ok(())
}

/// Starts the engine; waits for a command that is just using the home, and not for a program that runs in it. Nothing
/// where it was asked to stop meanwhile.
async fn start(
    home: &Home,
    stop: &CancellationToken,
    window: &Option<Arc<dyn Window>>,
) -> Result<Option<Engine>, EngineError> {
    let deadline = Instant::now() + COMMAND;
    loop {
        match Engine::start(options(home, window.clone())).await {
            Err(EngineError::Home(HomeError::AlreadyRunning(_)))
                if Instant::now() < deadline && Client::connect(home).await.is_err() =>
            {
                tokio::select! {
                    () = stop.cancelled() => return Ok(None),
                    () = tokio::time::sleep(Duration::from_millis(50)) => {}
                }
            }
            ended => return ended.map(Some),
        }
    }
}

fn options(home: &Home, window: Option<Arc<dyn Window>>) -> EngineOptions {
    EngineOptions {
        home: home.clone(),
        secrets: secrets_of(home),
        workers: Workers::On,
        connectors: Connectors::On,
        devices: Arc::new(SystemDevices),
        window,
    }
}
