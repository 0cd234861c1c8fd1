//! An engine with printers that do as they are told. A fake, because no real printer panics on demand.
#![allow(dead_code, reason = "each test file uses its part")]

use async_trait::async_trait;
use base64::Engine as _;
use bytes::Bytes;
use platen_bridge::{
    Connectors, DeviceFactory, Engine, EngineOptions, FileSecrets, Home, JobView, PrinterSettings,
    Request, RequestError, Response, Settings, Submission, SubmissionFormat, Workers,
};
use platen_devices::{
    Device, DeviceError, DeviceMemory, DeviceUriError, PrintRequest, PrinterStatus, Reachability,
};
use platen_escpos::Profile;
use platen_job::{
    Attempt, AttemptEnd, DocumentType, Evidence, JobId, PrinterName, Priority, StateReason,
    StateReasons, StopCause,
};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// An address that no device can be opened at.
pub const NOWHERE: &str = "nowhere";

pub const SOON: Duration = Duration::from_secs(20);

/// What a printer does with the next job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    Print,
    PaperOut,
    Away,
    /// Takes so many bytes, then the connection breaks.
    BreakAfter(usize),
    PanicBeforeFirstByte,
    PanicAfterFirstByte,
    /// Takes the first byte and waits until it is told to go on.
    Hang,
}

/// A printer that does as it is told.
pub struct Fake {
    pub behaviour: Mutex<Behaviour>,
    pub paper: Mutex<Vec<Bytes>>,
    pub go_on: Notify,
    pub hanging: Notify,
}

impl Fake {
    fn new() -> Self {
        Fake {
            behaviour: Mutex::new(Behaviour::Print),
            paper: Mutex::default(),
            go_on: Notify::new(),
            hanging: Notify::new(),
        }
    }

    pub fn will(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// What it printed, as text.
    pub fn paper(&self) -> Vec<String> {
        self.paper
            .lock()
            .unwrap()
            .iter()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect()
    }

    fn once(&self) -> Behaviour {
        let mut behaviour = self.behaviour.lock().unwrap();
        match *behaviour {
            Behaviour::PaperOut | Behaviour::Away | Behaviour::PanicBeforeFirstByte => {
                behaviour.clone()
            }
            _ => std::mem::replace(&mut *behaviour, Behaviour::Print),
        }
    }
}

struct FakeDevice(Arc<Fake>);

fn stopped(bytes_written: usize, cause: StopCause, reasons: StateReasons) -> Attempt {
    Attempt { bytes_written: bytes_written as u64, end: AttemptEnd::Stopped(cause), reasons }
}

#[async_trait]
impl Device for FakeDevice {
    async fn print(&mut self, request: PrintRequest<'_>) -> Attempt {
        let behaviour = self.0.once();
        match behaviour {
            Behaviour::PaperOut => {
                return stopped(0, StopCause::NotReady, StateReason::MediaEmpty.into());
            }
            Behaviour::Away => {
                return stopped(0, StopCause::Unreachable, StateReason::Offline.into());
            }
            Behaviour::PanicBeforeFirstByte => panic!("told to"),
            _ => {}
        }
        if request.start.first_byte().is_err() {
            return stopped(0, StopCause::NotRecorded, StateReasons::none());
        }
        match behaviour {
            Behaviour::PanicAfterFirstByte => panic!("told to"),
            Behaviour::BreakAfter(bytes) => {
                self.0.paper.lock().unwrap().push(request.bytes.slice(..bytes));
                return stopped(bytes, StopCause::ConnectionLost, StateReasons::none());
            }
            Behaviour::Hang => {
                self.0.hanging.notify_one();
                tokio::select! {
                    () = self.0.go_on.notified() => {}
                    () = request.cancel.cancelled() => return stopped(1, StopCause::Canceled, StateReasons::none()),
                }
            }
            _ => {}
        }
        self.0.paper.lock().unwrap().push(request.bytes.clone());
        Attempt {
            bytes_written: request.bytes.len() as u64,
            end: AttemptEnd::Finished(Evidence::Drained),
            reasons: StateReasons::none(),
        }
    }

    async fn status(&mut self) -> PrinterStatus {
        match *self.0.behaviour.lock().unwrap() {
            Behaviour::PaperOut => PrinterStatus {
                reachable: Reachability::Answers,
                reasons: StateReason::MediaEmpty.into(),
            },
            Behaviour::Away => PrinterStatus {
                reachable: Reachability::Away,
                reasons: StateReason::Offline.into(),
            },
            _ => PrinterStatus { reachable: Reachability::Answers, reasons: StateReasons::none() },
        }
    }

    async fn release(&mut self) {}

    fn memory(&self) -> DeviceMemory {
        DeviceMemory::default()
    }
}

struct Fakes(HashMap<String, Arc<Fake>>);

impl DeviceFactory for Fakes {
    fn open(
        &self,
        settings: &PrinterSettings,
        _profile: &Profile,
        _memory: DeviceMemory,
    ) -> Result<Box<dyn Device>, DeviceError> {
        if settings.uri == NOWHERE {
            return Err(DeviceUriError::NoScheme.into());
        }
        Ok(Box::new(FakeDevice(self.0[settings.name.as_str()].clone())))
    }
}

/// Waits until that is so.
pub async fn until<F: Future<Output = bool>>(is_so: impl Fn() -> F) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(SOON, waiting).await.expect("it never came to that");
}

/// An engine with fake printers.
pub struct Bench {
    pub engine: Engine,
    pub fakes: HashMap<String, Arc<Fake>>,
    home: Home,
}

impl Bench {
    pub async fn start(folder: &Path, printers: &[&str]) -> Bench {
        Self::start_with(folder, printers, |_| {}).await
    }

    /// An engine that only looks.
    pub async fn watch(folder: &Path, printers: &[&str]) -> Bench {
        Self::start_as(folder, printers, Workers::Watch, |_| {}).await
    }

    pub async fn start_with(
        folder: &Path,
        printers: &[&str],
        edit: impl FnOnce(&mut Settings),
    ) -> Bench {
        Self::start_as(folder, printers, Workers::On, edit).await
    }

    async fn start_as(
        folder: &Path,
        printers: &[&str],
        workers: Workers,
        edit: impl FnOnce(&mut Settings),
    ) -> Bench {
        let home = Home::open(folder).unwrap();
        let (mut settings, _) = Settings::load(&home.settings()).unwrap();
        for name in printers {
            settings.put_printer(
                PrinterName::new(*name).unwrap(),
                "tcp://127.0.0.1:1".into(),
                None,
                None,
            );
        }
        edit(&mut settings);
        settings.save(&home.settings()).unwrap();
        let fakes: HashMap<String, Arc<Fake>> =
            printers.iter().map(|name| ((*name).to_owned(), Arc::new(Fake::new()))).collect();
        let engine = Engine::start(EngineOptions {
            secrets: Arc::new(FileSecrets::new(home.secrets())),
            home: home.clone(),
            workers,
            connectors: Connectors::Off,
            devices: Arc::new(Fakes(fakes.clone())),
            window: None,
        })
        .await
        .unwrap();
        Bench { engine, fakes, home }
    }

    pub fn fake(&self, name: &str) -> &Fake {
        &self.fakes[name]
    }

    /// Changes the settings file, as somebody else would.
    pub fn edit(&self, change: impl FnOnce(&mut Settings)) {
        let (mut settings, _) = Settings::load(&self.home.settings()).unwrap();
        change(&mut settings);
        settings.save(&self.home.settings()).unwrap();
    }

    pub async fn submit(&self, printer: &str, text: &str) -> JobView {
        self.submit_as(printer, text, DocumentType::Receipt, Priority::Normal).await.unwrap()
    }

    pub async fn submit_as(
        &self,
        printer: &str,
        text: &str,
        document_type: DocumentType,
        priority: Priority,
    ) -> Result<JobView, RequestError> {
        let submission = Submission {
            printer: printer.into(),
            format: SubmissionFormat::Raw,
            body: base64::engine::general_purpose::STANDARD.encode(text),
            document_type: Some(document_type),
            priority,
            key: None,
        };
        self.ask_job(Request::Submit(submission)).await
    }

    pub async fn ask_job(&self, request: Request) -> Result<JobView, RequestError> {
        match self.engine.ask(request).await? {
            Response::Job(job) => Ok(*job),
            other => panic!("not a job: {other:?}"),
        }
    }

    /// The job once it is settled.
    pub async fn settled(&self, id: JobId) -> JobView {
        let job = self.ask_job(Request::Wait { id, at_most_ms: 20_000 }).await.unwrap();
        assert!(!job.state.is_open(), "job {id} is still {}", job.state);
        job
    }

    /// Waits until a job is in that state.
    pub async fn until(&self, id: JobId, state: &str) -> JobView {
        let deadline = tokio::time::Instant::now() + SOON;
        loop {
            let job = self.ask_job(Request::Job { id }).await.unwrap();
            if job.state.as_str() == state {
                return job;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "job {id} is {} and never {state}",
                job.state
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
