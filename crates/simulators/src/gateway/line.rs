//! TCP connections that can be cut, frozen, and written to past the server.

use std::{
    collections::HashMap,
    io,
    net::{Shutdown, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// Which accepted connection a request came in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct LineId(pub(super) u64);

/// The caller of a request, as axum hands it on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub(super) line: LineId,
    pub(super) address: SocketAddr,
}

impl Connected<IncomingStream<'_, Lines>> for Caller {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        *stream.remote_addr()
    }
}

/// How an established connection is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// FIN in both directions.
    Fin,
    /// RST.
    Reset,
}

/// The connections that are open now.
#[derive(Default)]
pub(super) struct Switchboard {
    next: AtomicU64,
    open: Mutex<HashMap<LineId, Arc<LineControl>>>,
    frozen: AtomicBool,
}

pub(super) struct LineControl {
    stream: TcpStream,
    waiting: Mutex<Vec<Waker>>,
}

impl Switchboard {
    pub(super) fn line(&self, id: LineId) -> Option<Arc<LineControl>> {
        self.open().get(&id).cloned()
    }

    pub(super) fn cut_all(&self, cut: Cut) {
        let lines: Vec<_> = self.open().values().cloned().collect();
        lines.iter().for_each(|line| line.cut(cut));
    }

    /// While frozen, nothing is read from or written to any line, and no line is closed: the peer
    /// sees a dead network.
    pub(super) fn set_frozen(&self, frozen: bool) {
        self.frozen.store(frozen, Ordering::SeqCst);
        let lines: Vec<_> = self.open().values().cloned().collect();
        lines.iter().for_each(|line| line.wake());
    }

    fn add(&self, stream: TcpStream) -> (LineId, Arc<LineControl>) {
        let id = LineId(self.next.fetch_add(1, Ordering::Relaxed));
        let control = Arc::new(LineControl { stream, waiting: Mutex::default() });
        self.open().insert(id, control.clone());
        (id, control)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<LineId, Arc<LineControl>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LineControl {
    pub(super) fn cut(&self, cut: Cut) {
        let socket = socket2::SockRef::from(&self.stream);
        let _ = match cut {
            Cut::Fin => socket.shutdown(Shutdown::Both),
            // The reader wakes up at the end of input, drops the stream, and the close is a reset.
            Cut::Reset => socket
                .set_linger(Some(Duration::ZERO))
                .and_then(|()| socket.shutdown(Shutdown::Read)),
        };
        self.wake();
    }

    /// Ends a websocket politely: an empty close frame, then no more output.
    pub(super) fn close_websocket(&self) {
        let _ = self.stream.try_write(&[0x88, 0x00]);
        let _ = socket2::SockRef::from(&self.stream).shutdown(Shutdown::Write);
    }

    /// Writes one websocket text frame past the server. What does not fit into the socket's buffer
    /// at once is lost.
    pub(super) fn write_text_frame(&self, text: &str) -> io::Result<()> {
        let mut frame = vec![0x81];
        match text.len() {
            n if n < 126 => frame.push(n as u8),
            n if n <= usize::from(u16::MAX) => {
                frame.push(126);
                frame.extend((n as u16).to_be_bytes());
            }
            n => {
                frame.push(127);
                frame.extend((n as u64).to_be_bytes());
            }
        }
        frame.extend(text.as_bytes());
        self.write_raw(&frame)
    }

    /// Writes bytes past the server, whatever they are.
    pub(super) fn write_raw(&self, bytes: &[u8]) -> io::Result<()> {
        let written = self.stream.try_write(bytes)?;
        if written == bytes.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
    }

    fn wake(&self) {
        let wakers = std::mem::take(&mut *self.waiting());
        wakers.into_iter().for_each(Waker::wake);
    }

    fn wait(&self, cx: &Context<'_>) {
        let mut waiting = self.waiting();
        if !waiting.iter().any(|w| w.will_wake(cx.waker())) {
            waiting.push(cx.waker().clone());
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener whose connections are on the switchboard.
pub(super) struct Lines {
    listener: TcpListener,
    board: Arc<Switchboard>,
}

impl Lines {
    pub(super) fn new(listener: TcpListener, board: Arc<Switchboard>) -> Self {
        Self { listener, board }
    }
}

impl Listener for Lines {
    type Io = Line;
    type Addr = Caller;

    async fn accept(&mut self) -> (Line, Caller) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    let _ = stream.set_nodelay(true);
                    let (id, control) = self.board.add(stream);
                    let line = Line { id, control, board: self.board.clone() };
                    return (line, Caller { line: id, address });
                }
                Err(error) => {
                    tracing::warn!(%error, "the gateway could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Caller> {
        Ok(Caller { line: LineId(u64::MAX), address: self.listener.local_addr()? })
    }
}

/// One accepted connection.
pub(super) struct Line {
    id: LineId,
    control: Arc<LineControl>,
    board: Arc<Switchboard>,
}

impl Line {
    fn poll_thawed(&self, cx: &Context<'_>) -> Poll<()> {
        if !self.board.frozen.load(Ordering::SeqCst) {
            return Poll::Ready(());
        }
        self.control.wait(cx);
        // Thawed between the look and the registration: the wake-up may have been missed.
        if self.board.frozen.load(Ordering::SeqCst) { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.board.open().remove(&self.id);
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_thawed(cx));
        loop {
            ready!(self.control.stream.poll_read_ready(cx))?;
            match self.control.stream.try_read(buf.initialize_unfilled()) {
                Ok(n) => {
                    buf.advance(n);
                    return Poll::Ready(Ok(()));
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Err(e) => return Poll::Ready(Err(e)),
            }
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_thawed(cx));
        loop {
            ready!(self.control.stream.poll_write_ready(cx))?;
            match self.control.stream.try_write(buf) {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = socket2::SockRef::from(&self.control.stream);
        match socket.shutdown(Shutdown::Write) {
            Err(e) if e.kind() != io::ErrorKind::NotConnected => Poll::Ready(Err(e)),
            _ => Poll::Ready(Ok(())),
        }
    }
}

/// Gives every task that is ready a few turns, so that what was just emitted is on the wire.
pub(super) async fn let_writers_run() {
    for _ in 0..32 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(5)).await;
}
