//! Where the log goes: a file a day in the home, and stderr.

use crate::failure::Failure;
use platen_bridge::{Home, LogSettings};
use std::io::{self, Write};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Lines that may wait to be written. At the bound lines are dropped: nobody waits for the log, not even where stderr is
/// a pipe that nobody reads.
const WAITING: usize = 8 * 1024;

/// Logs to the home's log folder and to stderr until the guard goes. `PLATEN_LOG` overrides the level.
pub fn to_file(home: &Home, settings: &LogSettings) -> Result<WorkerGuard, Failure> {
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("platen")
        .filename_suffix("log")
        .max_log_files(settings.files.max(1))
        .build(home.logs())?;
    let (both, guard) =
        NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(FileAndStderr(file));
    let level = std::env::var("PLATEN_LOG").unwrap_or_else(|_| settings.level.clone());
    let filter = EnvFilter::try_new(&level)
        .map_err(|_| Failure::new(format!("the log level {level:?} is not understood")))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(both)
        .finish();
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(guard)
}

/// The file first: it is kept.
struct FileAndStderr(RollingFileAppender);

impl Write for FileAndStderr {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let said = self.0.write_all(line);
        let _ = io::stderr().write_all(line);
        said.map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
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
