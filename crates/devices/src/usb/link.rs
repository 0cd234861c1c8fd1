//! An open USB printer as a link: two threads that may block, and a few kilobytes between them and the runtime.
//!
//! The writer's thread opened the printer; it also clears stalls and asks the port for the printer's status. The
//! reader's thread keeps a read pending. A call that hangs hangs one of these two and nobody else; the printer can then
//! not be opened again until the call returns ([`UsbError::Hangs`](super::UsbError)).

use super::pipe::{Fault, Pipe, PipeEnd, Transfer};
use crate::talk::{Arrived, Closed, Direction, Interest, Link, Port, Unsent};
use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tracing::{debug, info};

/// What may wait to be sent: the link takes no more until the printer has taken some.
const ROOM: usize = 16 * 1024;
/// One transfer. Small enough to be over soon on a printer that takes anything at all.
const CHUNK: usize = 8 * 1024;
/// What may wait to be read by the runtime: beyond it the printer is not listened to.
const UNHEARD: usize = 4096;
/// The longest that one blocking call takes, and so the longest that anybody waits for a thread's attention.
const WRITE_SLICE: Duration = Duration::from_millis(500);
const READ_SLICE: Duration = Duration::from_millis(200);
/// Some printers answer a read with nothing instead of not answering; they are read from this often.
const EMPTY_READ: Duration = Duration::from_millis(20);
/// How long an answer from before the link was opened is waited for, and how many reads they may fill.
const OLD_ANSWER: Duration = Duration::from_millis(10);
const OLD_ANSWERS: usize = 16;
/// An endpoint that stalls so often without a byte in between will not recover.
const STALLS: u32 = 3;

/// The runtime's end of an open printer.
pub(super) struct UsbLink {
    shared: Arc<Shared>,
    direction: Direction,
}

struct Shared {
    state: Mutex<State>,
    /// Something changed that a thread may wait for.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Bytes that the printer has not taken. The front may be in a transfer.
    unsent: VecDeque<u8>,
    unheard: VecDeque<u8>,
    port: PortQuestion,
    closed: bool,
    /// No transfer is begun any more.
    stopping: bool,
    writer_ended: bool,
    waker: Option<Waker>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum PortQuestion {
    #[default]
    None,
    Asked,
    Answered(u8),
    /// It was asked and says nothing.
    Useless,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The runtime's side changes the state: the threads are told.
    fn instruct<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.state());
        self.changed.notify_all();
        result
    }

    /// A thread changes the state: everybody is told.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.state();
            change(&mut state);
            state.waker.take()
        };
        self.changed.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner).0
    }

    fn close(&self, fault: Fault) {
        info!(%fault, "the USB printer is lost");
        self.change(|state| state.closed = true);
    }
}

/// A link, and the work that the calling thread has to do for it until it is dropped. `lease` is dropped when the pipe
/// is, at the end of both threads.
///
/// # Errors
/// When the system gives no thread for reading.
pub(super) fn link<L>(
    pipe: Arc<dyn Pipe>,
    lease: L,
) -> std::io::Result<(UsbLink, impl FnOnce() + use<L>)>
where
    L: Clone + Send + 'static,
{
    let port = pipe.port_status().map_or(PortQuestion::Useless, PortQuestion::Answered);
    let shared = Arc::new(Shared {
        state: Mutex::new(State { port, ..State::default() }),
        changed: Condvar::new(),
    });
    let direction = match pipe.answers() {
        true => Direction::BothWays,
        false => Direction::ToThePrinterOnly,
    };
    if direction == Direction::BothWays {
        forget_old_answers(&*pipe);
        let (shared, pipe, lease) = (shared.clone(), pipe.clone(), lease.clone());
        let reader = move || {
            read(&shared, &*pipe);
            drop(pipe);
            drop(lease);
        };
        std::thread::Builder::new().name("platen-usb-read".to_owned()).spawn(reader)?;
    }
    let writer = {
        let shared = shared.clone();
        move || {
            write(&shared, &*pipe);
            drop(pipe);
            drop(lease);
        }
    };
    Ok((UsbLink { shared, direction }, writer))
}

/// Answers to somebody else's questions, or to ours before the link was let go, would be taken for answers to new ones.
fn forget_old_answers(pipe: &dyn Pipe) {
    let mut buffer = [0; 1024];
    for _ in 0..OLD_ANSWERS {
        if pipe.read(&mut buffer, OLD_ANSWER).bytes == 0 {
            return;
        }
    }
}

impl Link for UsbLink {
    fn read(&mut self, buffer: &mut [u8]) -> Result<Arrived, Closed> {
        self.shared.instruct(|state| {
            let taken = buffer.len().min(state.unheard.len());
            for (place, byte) in buffer.iter_mut().zip(state.unheard.drain(..taken)) {
                *place = byte;
            }
            match (taken, state.closed) {
                (0, true) => Err(Closed),
                (0, false) => Ok(Arrived::Nothing),
                (taken, _) => Ok(Arrived::Bytes(taken)),
            }
        })
    }

    fn read_now(&mut self, buffer: &mut [u8]) -> Result<Arrived, Closed> {
        self.read(buffer)
    }

    fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<usize, Closed> {
        self.shared.instruct(|state| {
            if state.closed {
                return Err(Closed);
            }
            let before = state.unsent.len();
            for slice in slices {
                let room = ROOM.saturating_sub(state.unsent.len());
                state.unsent.extend(&slice[..slice.len().min(room)]);
            }
            Ok(state.unsent.len() - before)
        })
    }

    fn unsent(&self) -> Unsent {
        Unsent::Bytes(self.shared.state().unsent.len() as u64)
    }

    fn poll_ready(&self, cx: &mut Context<'_>, interest: Interest) -> Poll<()> {
        let mut state = self.shared.state();
        let heard = !state.unheard.is_empty() || matches!(state.port, PortQuestion::Answered(_));
        let room = interest == Interest::ReadOrWrite && state.unsent.len() < ROOM;
        if heard || room || state.closed {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn poll_abandon(&mut self, cx: &mut Context<'_>) -> Poll<u64> {
        self.shared.instruct(|state| state.stopping = true);
        let mut state = self.shared.state();
        if state.writer_ended {
            return Poll::Ready(state.unsent.len() as u64);
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn direction(&self) -> Direction {
        self.direction
    }

    fn ask_port(&mut self) -> Port {
        self.shared.instruct(|state| {
            if state.port == PortQuestion::Useless {
                return Port::SaysNothing;
            }
            state.port = PortQuestion::Asked;
            Port::Asked
        })
    }

    fn port_status(&mut self) -> Option<u8> {
        let mut state = self.shared.state();
        match state.port {
            PortQuestion::Answered(status) => {
                state.port = PortQuestion::None;
                Some(status)
            }
            _ => None,
        }
    }
}

impl Drop for UsbLink {
    fn drop(&mut self) {
        self.shared.instruct(|state| state.stopping = true);
    }
}

/// What the writer's thread does next.
enum Duty {
    Write(Vec<u8>),
    AskPort,
    End,
}

fn write(shared: &Shared, pipe: &dyn Pipe) {
    let mut stalls = 0;
    loop {
        match next_duty(shared) {
            Duty::End => break,
            Duty::AskPort => ask_port(shared, pipe),
            Duty::Write(chunk) => {
                let transfer = pipe.write(&chunk, WRITE_SLICE);
                if transfer.bytes > 0 {
                    stalls = 0;
                    shared.change(|state| drop(state.unsent.drain(..transfer.bytes)));
                }
                after_write(shared, pipe, transfer, &mut stalls);
            }
        }
    }
    let late = pipe.end_write();
    shared.change(|state| {
        let late = late.min(state.unsent.len());
        state.unsent.drain(..late);
        state.writer_ended = true;
    });
}

fn next_duty(shared: &Shared) -> Duty {
    let mut state = shared.state();
    loop {
        if state.stopping || state.closed {
            return Duty::End;
        }
        if state.port == PortQuestion::Asked {
            return Duty::AskPort;
        }
        if !state.unsent.is_empty() {
            return Duty::Write(state.unsent.iter().take(CHUNK).copied().collect());
        }
        state = shared.wait(state, Duration::from_secs(3600));
    }
}

fn after_write(shared: &Shared, pipe: &dyn Pipe, transfer: Transfer, stalls: &mut u32) {
    match transfer.end {
        Ok(()) => {}
        // It takes nothing: perhaps its port knows why.
        Err(Fault::TimedOut) if transfer.bytes == 0 => ask_port(shared, pipe),
        Err(Fault::TimedOut) => {}
        Err(Fault::Stalled) => {
            *stalls += 1;
            debug!(stalls, "the USB printer stalled");
            if *stalls > STALLS {
                shared.close(Fault::Stalled);
            } else if let Err(fault) = pipe.clear_halt(PipeEnd::Write) {
                shared.close(fault);
            }
        }
        Err(fault) => shared.close(fault),
    }
}

fn ask_port(shared: &Shared, pipe: &dyn Pipe) {
    if shared.state().port == PortQuestion::Useless {
        return;
    }
    let answer = pipe.port_status();
    shared.change(|state| {
        state.port = answer.map_or(PortQuestion::Useless, PortQuestion::Answered);
    });
}

fn read(shared: &Shared, pipe: &dyn Pipe) {
    let mut buffer = [0; 1024];
    let mut stalls = 0;
    while listening(shared) {
        let transfer = pipe.read(&mut buffer, READ_SLICE);
        if transfer.bytes > 0 {
            stalls = 0;
            shared.change(|state| state.unheard.extend(&buffer[..transfer.bytes]));
        }
        match transfer.end {
            Ok(()) if transfer.bytes == 0 => drop(shared.wait(shared.state(), EMPTY_READ)),
            Ok(()) | Err(Fault::TimedOut) => {}
            Err(Fault::Stalled) => {
                stalls += 1;
                // It has no answers: that is no reason not to print.
                if stalls > STALLS || pipe.clear_halt(PipeEnd::Read).is_err() {
                    debug!("the USB printer's answers cannot be read");
                    return;
                }
            }
            Err(fault) => return shared.close(fault),
        }
    }
}

/// Waits until there is room for an answer; no longer when the link is closed or let go.
fn listening(shared: &Shared) -> bool {
    let mut state = shared.state();
    while !state.stopping && !state.closed && state.unheard.len() >= UNHEARD {
        state = shared.wait(state, Duration::from_secs(3600));
    }
    !state.stopping && !state.closed
}

#[cfg(test)]
mod tests;
