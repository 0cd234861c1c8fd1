//! Reaches the engine of a home: the running one, or one of our own for the length of a command.

use crate::failure::Failure;
use platen_bridge::{
    Client, Connectors, ControlError, Engine, EngineError, EngineOptions, Home, HomeError, JobView,
    Request, Response, SystemDevices, Workers, secrets_of,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// An engine that starts at this moment has its door open after this.
const STARTING: Duration = Duration::from_secs(5);
/// Longest an answer may take, beside a wait that was asked for.
const ANSWER: Duration = Duration::from_secs(30);

/// Longest a scan of the network may take.
const SCAN: Duration = Duration::from_secs(35);

/// An engine to ask.
pub enum Reach {
    /// The one that runs in this home.
    Running(Client),
    /// Our own.
    Own(Box<Engine>),
}

/// What a command needs the engine for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// To look at what is stored, or change it.
    Look,
    /// To ask the printers how they are.
    Watch,
    /// To print.
    Print,
}

impl Reach {
    /// Reaches the engine of a home.
    pub async fn open(home: &Home, need: Need) -> Result<Reach, Failure> {
        let deadline = Instant::now() + STARTING;
        loop {
            match Client::connect(home).await {
                Ok(client) => return Ok(Reach::Running(client)),
                Err(ControlError::NotRunning) => {}
                Err(error) => return Err(error.into()),
            }
            match Engine::start(own(home, need)).await {
                Ok(engine) => return Ok(Reach::Own(Box::new(engine))),
                // Another one is just starting or just ending: its door, or the home, is free in a moment.
                Err(EngineError::Home(HomeError::AlreadyRunning(_)))
                    if Instant::now() < deadline =>
                {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Asks one thing.
    pub async fn ask(&mut self, request: Request) -> Result<Response, Failure> {
        let extra = match &request {
            Request::Wait { at_most_ms, .. } => Duration::from_millis(*at_most_ms),
            Request::Devices { .. } => SCAN,
            _ => Duration::ZERO,
        };
        match self {
            Reach::Running(client) => Ok(client.ask(request, ANSWER + extra).await?),
            Reach::Own(engine) => Ok(engine.ask(request).await?),
        }
    }

    /// Asks something whose answer is a job.
    pub async fn ask_job(&mut self, request: Request) -> Result<JobView, Failure> {
        match self.ask(request).await? {
            Response::Job(job) => Ok(*job),
            _ => Err(Failure::new("the running Platen is another version")),
        }
    }

    /// Done asking.
    pub async fn close(self) {
        if let Reach::Own(engine) = self {
            engine.stop().await;
        }
    }
}

fn own(home: &Home, need: Need) -> EngineOptions {
    EngineOptions {
        home: home.clone(),
        secrets: secrets_of(home),
        workers: match need {
            Need::Look => Workers::Off,
            Need::Watch => Workers::Watch,
            Need::Print => Workers::On,
        },
        connectors: Connectors::Off,
        devices: Arc::new(SystemDevices),
        window: None,
    }
}
