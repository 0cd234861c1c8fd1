//! An engine for tests that look at the spool: no printer is worked on, and nobody sends.

use super::{Engine, EngineOptions, SystemDevices};
use crate::{Connectors, FileSecrets, Home, Settings, Workers};
use platen_job::{PrinterId, PrinterName};
use std::path::Path;
use std::sync::Arc;

/// The engine of that home.
pub(super) async fn engine(folder: &Path) -> Engine {
    let home = Home::open(folder).unwrap();
    let options = EngineOptions {
        secrets: Arc::new(FileSecrets::new(home.secrets())),
        home,
        workers: Workers::Off,
        connectors: Connectors::Off,
        devices: Arc::new(SystemDevices),
        window: None,
    };
    Engine::start(options).await.unwrap()
}

/// A home with one printer of that name, at which nobody listens.
pub(super) fn with_printer(folder: &Path, name: &str) -> PrinterId {
    let mut settings = Settings::default();
    settings.put_printer(PrinterName::new(name).unwrap(), "tcp://127.0.0.1:9".into(), None, None);
    settings.save(&Home::open(folder).unwrap().settings()).unwrap();
    settings.printers[0].id.clone()
}
