//! Where the log goes: a file a day in the home, and stderr.

use platen_bridge::{Home, LogSettings};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tracing_appender::non_blocking::NonBlockingBuilder;
pub use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Lines that may wait to be written. At the bound lines are dropped: nobody waits for the log, not even where stderr is
/// a pipe that nobody reads.
const WAITING: usize = 8 * 1024;

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder cannot be written.
    #[error("no log can be written in {0}")]
    Folder(PathBuf),
    /// The settings, or `PLATEN_LOG`, name no level.
    #[error("the log level {0:?} is not understood")]
    Level(String),
    /// This process logs already.
    #[error("the log is open already")]
    Twice,
}

/// Logs to the home's log folder and to stderr until the guard goes. `PLATEN_LOG` overrides the level.
///
/// # Errors
/// [`LogError`], in words.
pub fn to_file(home: &Home, settings: &LogSettings) -> Result<WorkerGuard, LogError> {
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("platen")
        .filename_suffix("log")
        .max_log_files(settings.files.max(1))
        .build(home.logs())
        .map_err(|_| LogError::Folder(home.logs()))?;
    let (both, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING)
        .finish(FileAndStderr::new(file));
    let level = std::env::var("PLATEN_LOG").unwrap_or_else(|_| settings.level.clone());
    let filter = EnvFilter::try_new(&level).map_err(|_| LogError::Level(level))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(both)
        .finish();
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Twice)?;
    Ok(guard)
}

/// What is written at once when lines come faster than they are written.
const BATCH: usize = 64 * 1024;
/// Most bytes of log in an hour: a peer that makes every line of trouble it can must not fill the disk.
const HOURLY: usize = 32 * 1024 * 1024;
const HOUR: Duration = Duration::from_secs(3600);

/// The file first: it is kept. Lines that wait are written together; the log's thread flushes when none waits.
struct FileAndStderr {
    file: RollingFileAppender,
    lines: Vec<u8>,
    hour: Instant,
    written: usize,
}

impl FileAndStderr {
    fn new(file: RollingFileAppender) -> Self {
        FileAndStderr { file, lines: Vec::new(), hour: Instant::now(), written: 0 }
    }

    /// Whether this line may still be written in this hour.
    fn has_room(&mut self, line: &[u8]) -> bool {
        if self.hour.elapsed() > HOUR {
            (self.hour, self.written) = (Instant::now(), 0);
        }
        let had_room = self.written < HOURLY;
        self.written = self.written.saturating_add(line.len());
        if had_room && self.written >= HOURLY {
            self.lines.extend_from_slice(
                b"The log has its fill for this hour; what follows is left out.\n",
            );
        }
        had_room
    }
}

impl Write for FileAndStderr {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.has_room(line) {
            self.lines.extend_from_slice(line);
        }
        if self.lines.len() >= BATCH {
            self.flush()?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let said = self.file.write_all(&self.lines).and_then(|()| self.file.flush());
        let _ = io::stderr().write_all(&self.lines);
        self.lines.clear();
        said
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_written_together_and_not_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let file =
            RollingFileAppender::builder().filename_prefix("t").build(folder.path()).unwrap();
        let mut log = FileAndStderr::new(file);
        let size = || -> u64 {
            std::fs::read_dir(folder.path())
                .unwrap()
                .map(|one| one.unwrap().metadata().unwrap().len())
                .sum()
        };
        log.write_all(b"one\ntwo\n").unwrap();
        assert_eq!(size(), 0);
        log.flush().unwrap();
        assert_eq!(size(), 8);
        log.written = HOURLY - 1;
        log.write_all(b"last\n").unwrap();
        log.write_all(b"too much\n").unwrap();
        log.flush().unwrap();
        let text: String = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|one| std::fs::read_to_string(one.unwrap().path()).unwrap())
            .collect();
        assert!(
            text.contains("last") && text.contains("has its fill") && !text.contains("too much"),
            "{text}"
        );
    }
}
