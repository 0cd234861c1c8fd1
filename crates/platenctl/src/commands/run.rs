//! `platenctl run`: the engine in the foreground.

use crate::failure::Failure;
use crate::{logging, memory};
use platen_bridge::{
    Client, Connectors, Ended, Engine, EngineError, EngineOptions, FileSecrets, Home, HomeError,
    Settings, SystemDevices, Workers,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// An engine that has to start anew does so after this, and after twice as long each time that it did not last.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A command that had to start an engine of its own has the home for as long as it follows its job: a minute, unless it
/// was told otherwise.
const COMMAND: Duration = Duration::from_secs(90);

/// Runs until SIGTERM or SIGINT. A damaged spool is set aside and the engine started anew.
pub async fn run(home: &Home) -> Result<(), Failure> {
    let (settings, _) = Settings::load(&home.settings())?;
    let _log = logging::to_file(home, &settings.log)?;
    let mut stop = Stop::new()?;
    tokio::spawn(memory::keep_small());
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        let Some(engine) = start(home, &mut stop).await? else { break };
        tracing::info!(version = env!("CARGO_PKG_VERSION"), home = %home.root().display(), "Platen is running");
        let again = tokio::select! {
            () = stop.asked() => false,
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
            () = stop.asked() => break,
            () = tokio::time::sleep(pause / 2) => {}
        }
    }
    tracing::info!("Platen has stopped");
    Ok(())
}

/// Starts the engine; waits for a command that is just using the home, and not for a program that runs in it. Nothing
/// where it was asked to stop meanwhile.
async fn start(home: &Home, stop: &mut Stop) -> Result<Option<Engine>, EngineError> {
    let deadline = Instant::now() + COMMAND;
    loop {
        match Engine::start(options(home)).await {
            Err(EngineError::Home(HomeError::AlreadyRunning(_)))
                if Instant::now() < deadline && Client::connect(home).await.is_err() =>
            {
                tokio::select! {
                    () = stop.asked() => return Ok(None),
                    () = tokio::time::sleep(Duration::from_millis(50)) => {}
                }
            }
            ended => return ended.map(Some),
        }
    }
}

fn options(home: &Home) -> EngineOptions {
    EngineOptions {
        home: home.clone(),
        secrets: Arc::new(FileSecrets::new(home.secrets())),
        workers: Workers::On,
        connectors: Connectors::On,
        devices: Arc::new(SystemDevices),
    }
}

/// The ways in which a program in the foreground is asked to stop.
#[cfg(unix)]
pub struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    pub fn new() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Stop {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The ways in which a program in the foreground is asked to stop: keys, the closing of its window, the end of the
/// session. After the last two Windows waits a few seconds for it to end by itself.
#[cfg(windows)]
pub struct Stop {
    interrupt: tokio::signal::windows::CtrlC,
    r#break: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Stop {
    pub fn new() -> Result<Self, Failure> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Stop {
            interrupt: ctrl_c()?,
            r#break: ctrl_break()?,
            close: ctrl_close()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.r#break.recv() => {}
            _ = self.close.recv() => {}
            _ = self.shutdown.recv() => {}
        }
    }
}
