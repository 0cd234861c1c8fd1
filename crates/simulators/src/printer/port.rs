//! The printer's network port: accepting, reading, and driving a slow mechanism.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use platen_escpos::{Scanner, Token};
use tokio::{
    io::Interest,
    net::{TcpListener, TcpSocket, TcpStream},
    runtime::Handle,
    sync::{Notify, watch},
};

use super::{
    core::{Core, Errand, Turn},
    fault::FaultKind,
    wires::{Outlet, Wire, WireId},
};
use crate::wait::ring;

/// How often a slow mechanism moves, and how often a waiting connection is looked at.
const TICK: Duration = Duration::from_millis(5);
/// How many connections may wait to be accepted.
const BACKLOG: u32 = 64;

pub(super) struct Port {
    core: Mutex<Core>,
    pub(super) changes: watch::Sender<u64>,
    /// The mechanism has taken something, or may go on.
    moved: Notify,
    /// Whether the listener is to be open.
    pub(super) wanted: watch::Sender<bool>,
    /// Whether it is.
    pub(super) listening: watch::Sender<bool>,
    runtime: Handle,
    me: Weak<Port>,
}

impl Port {
    pub(super) fn new(core: Core, runtime: Handle) -> Arc<Self> {
        let wanted = !core.condition.has(FaultKind::Refuses);
        Arc::new_cyclic(|me| Self {
            core: Mutex::new(core),
            changes: watch::Sender::new(0),
            moved: Notify::new(),
            wanted: watch::Sender::new(wanted),
            listening: watch::Sender::new(true),
            runtime,
            me: me.clone(),
        })
    }

    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the core, and does what that asks for.
    pub(super) fn act(&self, act: impl FnOnce(&mut Core) -> Vec<Errand>) {
        let errands = act(&mut self.core());
        for errand in errands {
            match errand {
                Errand::AnswerLate(wire, bytes, late) => self.answer_late(wire, bytes, late),
                Errand::CheckListener => {
                    let wanted = !self.core().condition.has(FaultKind::Refuses);
                    self.wanted.send_replace(wanted);
                }
            }
        }
        self.moved.notify_waiters();
        ring(&self.changes);
    }

    fn answer_late(&self, wire: WireId, bytes: Vec<u8>, late: Duration) {
        let me = self.me.clone();
        self.runtime.spawn(async move {
            tokio::time::sleep(late).await;
            if let Some(port) = me.upgrade() {
                port.core().answer(wire, &bytes);
            }
        });
    }
}

/// A listening socket whose connections have a receive window of about the printer's buffer.
pub(super) fn listen(addr: SocketAddr, receive_buffer: usize) -> std::io::Result<TcpListener> {
    let socket = if addr.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_recv_buffer_size(u32::try_from(receive_buffer.max(4096)).unwrap_or(u32::MAX))?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// Accepts connections as long as they are wanted, on the port that `first` has.
pub(super) async fn accept(
    port: Arc<Port>,
    first: TcpListener,
    addr: SocketAddr,
    receive_buffer: usize,
) {
    let mut wanted = port.wanted.subscribe();
    let mut listener = Some(first);
    loop {
        if !*wanted.borrow_and_update() {
            listener = None;
        } else if listener.is_none() {
            listener = listen(addr, receive_buffer).ok();
        }
        port.listening.send_replace(listener.is_some());
        tokio::select! {
            changed = wanted.changed() => if changed.is_err() { return },
            () = take_connections(&port, listener.as_ref()) => {}
        }
    }
}

async fn take_connections(port: &Arc<Port>, listener: Option<&TcpListener>) {
    let Some(listener) = listener else {
        // The port may be taken for the moment; look again soon.
        return tokio::time::sleep(Duration::from_millis(50)).await;
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                let (id, wire) = port.core().wires.add(Outlet::Tcp(stream));
                ring(&port.changes);
                tokio::spawn(read(port.clone(), id, wire));
            }
            Err(error) => {
                tracing::warn!(%error, "the virtual printer could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn read(port: Arc<Port>, id: WireId, wire: Arc<Wire>) {
    if let Outlet::Tcp(stream) = &wire.outlet {
        tokio::select! {
            () = read_to_end(&port, id, stream) => {}
            () = wire.ended.notified() => {}
        }
    }
    port.act(|core| {
        core.closed(id);
        core.run()
    });
}

async fn read_to_end(port: &Arc<Port>, id: WireId, stream: &TcpStream) {
    let mut buffer = vec![0; 16 * 1024];
    while stream.readable().await.is_ok() {
        let turn = port.core().turn(id);
        let most = match turn {
            Turn::Read(room) => room.min(buffer.len()),
            Turn::RealTimeOnly => match real_time_first(stream).await {
                Some(len) => len,
                None => match wait(port, stream).await {
                    Ended::No => continue,
                    Ended::Yes => return,
                },
            },
            Turn::Wait => match wait(port, stream).await {
                Ended::No => continue,
                Ended::Yes => return,
            },
        };
        match stream.try_read(&mut buffer[..most]) {
            Ok(0) => return,
            Ok(n) => port.act(|core| core.receive(id, &buffer[..n])),
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => port.core().pause(id),
            Err(_) => return,
        }
        tokio::task::consume_budget().await;
    }
}

enum Ended {
    No,
    Yes,
}

/// Waits a little for room or for this connection's turn.
async fn wait(port: &Port, stream: &TcpStream) -> Ended {
    let moved = port.moved.notified();
    let _ = tokio::time::timeout(TICK, moved).await;
    let drops = port.core().condition.has(FaultKind::DropOnFin);
    let ready = stream.ready(Interest::READABLE).await;
    // A client that has closed is noticed behind its unread data only where that data is lost.
    match ready {
        Ok(ready) if drops && ready.is_read_closed() => Ended::Yes,
        Ok(_) => match stream.peek(&mut [0]).await {
            Ok(1..) => Ended::No,
            _ => Ended::Yes,
        },
        Err(_) => Ended::Yes,
    }
}

/// The length of the real-time request that is first in the unread data, if one is.
async fn real_time_first(stream: &TcpStream) -> Option<usize> {
    let mut unread = [0; 16];
    let n = stream.peek(&mut unread).await.ok()?;
    let mut scanner = Scanner::new();
    for len in 1..=n {
        let mut found = None;
        scanner.push(&unread[len - 1..len], &mut |token| {
            found = Some(matches!(token, Token::RealTime(..)));
        });
        if let Some(real_time) = found {
            return real_time.then_some(len);
        }
    }
    None
}

/// Moves the mechanism while it is slow.
pub(super) async fn drive(port: Arc<Port>) {
    let mut changes = port.changes.subscribe();
    let mut earned = 0.0;
    loop {
        let speed = {
            let core = port.core();
            core.condition.slow().filter(|_| core.has_work())
        };
        let Some(speed) = speed else {
            earned = 0.0;
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        };
        let since = Instant::now();
        tokio::time::sleep(TICK).await;
        earned += since.elapsed().as_secs_f64() * f64::from(speed.get());
        let whole = earned as usize;
        if whole > 0 {
            earned -= whole as f64;
            port.act(|core| core.take(whole));
        }
    }
}
