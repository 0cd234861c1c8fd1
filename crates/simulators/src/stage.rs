//! A thread with a single-threaded runtime, on which one simulator plays.
//!
//! One thread keeps what arrives in the order of its arrival (tasks run first in, first out), and
//! dropping the runtime is a certain end for everything that was spawned on it.

use std::{
    future::Future,
    io,
    sync::{Mutex, PoisonError},
    thread,
};

use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
    task::JoinHandle,
};

pub(crate) struct Stage {
    runtime: Handle,
    running: Mutex<Option<Running>>,
}

struct Running {
    end: oneshot::Sender<()>,
    thread: thread::JoinHandle<()>,
}

impl Stage {
    /// # Errors
    /// When the system gives no thread or no event queue.
    pub(crate) fn start(name: &str) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _ = runtime.block_on(ended);
            drop(runtime);
        })?;
        Ok(Self { runtime: handle, running: Mutex::new(Some(Running { end, thread })) })
    }

    /// Runs `future` on the stage. After the end of the stage the task is dropped at once, and its
    /// join handle says "cancelled".
    pub(crate) fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.runtime.spawn(future)
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Ends the thread and drops every task. Returns when the thread is gone. Does nothing twice.
    pub(crate) fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { end, thread }) = running else { return };
        let _ = end.send(());
        // A handle dropped by one of the stage's own tasks cannot wait for itself.
        if thread.thread().id() != thread::current().id() {
            let _ = thread.join();
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.stop();
    }
}
