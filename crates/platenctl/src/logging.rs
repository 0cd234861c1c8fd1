//! Where the log goes: a file a day in the home, and stderr.

use crate::failure::Failure;
use platen_bridge::{Home, LogSettings};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::MakeWriterExt;

/// Logs to the home's log folder and to stderr until the guard goes. `PLATEN_LOG` overrides the level.
pub fn to_file(home: &Home, settings: &LogSettings) -> Result<WorkerGuard, Failure> {
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("platen")
        .filename_suffix("log")
        .max_log_files(settings.files.max(1))
        .build(home.logs())?;
    let (file, guard) = tracing_appender::non_blocking(file);
    let level = std::env::var("PLATEN_LOG").unwrap_or_else(|_| settings.level.clone());
    let filter = EnvFilter::try_new(&level)
        .map_err(|_| Failure::new(format!("the log level {level:?} is not understood")))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(file.and(std::io::stderr))
        .finish();
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(guard)
}

/// Only warnings, to stderr: for commands whose output is their answer.
pub fn quiet() {
    let level = std::env::var("PLATEN_LOG").unwrap_or_else(|_| "off".into());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(level).unwrap_or_default())
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .finish();
    let _ = tracing::subscriber::set_global_default(subscriber);
}
