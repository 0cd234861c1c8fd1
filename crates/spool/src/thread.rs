//! The threads and their end.

use std::io;
use tokio::sync::watch;

/// What a thread is sent.
pub(crate) enum Message<T> {
    /// Something to do.
    Work(T),
    /// Finish what came before, and end.
    Close,
}

/// Counts a thread as running as long as it lives, also when it ends by a panic.
pub(crate) struct Running(watch::Sender<usize>);

impl Running {
    pub(crate) fn count(counter: &watch::Sender<usize>) -> Running {
        counter.send_modify(|running| *running += 1);
        Running(counter.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running = running.saturating_sub(1));
    }
}

/// Starts a named thread that is counted.
pub(crate) fn start(
    name: &str,
    counter: &watch::Sender<usize>,
    work: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let running = Running::count(counter);
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        let _running = running;
        work();
    })?;
    Ok(())
}
