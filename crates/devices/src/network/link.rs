//! A TCP connection as a link.

use super::send_queue::unsent;
use crate::talk::{Arrived, Closed, Interest, Link, Unsent};
use socket2::{SockRef, TcpKeepalive};
use std::io::{self, ErrorKind, IoSlice, Read};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;

/// What the kernel may hold for a slow printer; the smaller, the truer is the count of bytes that the printer got.
const SEND_BUFFER: usize = 64 * 1024;
/// A printer that vanished without a word is found out after three times this.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

pub(super) struct TcpLink {
    stream: TcpStream,
}

impl TcpLink {
    pub(super) fn new(stream: TcpStream) -> io::Result<TcpLink> {
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        socket.set_send_buffer_size(SEND_BUFFER)?;
        let keep_alive = TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE);
        socket.set_tcp_keepalive(&keep_alive)?;
        Ok(TcpLink { stream })
    }
}

impl Link for TcpLink {
    /// Costs no system call where nothing came.
    fn read(&mut self, buffer: &mut [u8]) -> Result<Arrived, Closed> {
        arrived(self.stream.try_read(buffer))
    }

    /// The runtime may not have been told yet that the printer hung up; the kernel knows.
    fn read_now(&mut self, buffer: &mut [u8]) -> Result<Arrived, Closed> {
        loop {
            match (&*SockRef::from(&self.stream)).read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => return arrived(result),
            }
        }
    }

    fn write(&mut self, slices: &[IoSlice<'_>]) -> Result<usize, Closed> {
        match self.stream.try_write_vectored(slices) {
            Ok(taken) => Ok(taken),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
            Err(_) => Err(Closed),
        }
    }

    fn unsent(&self) -> Unsent {
        unsent(&self.stream)
    }

    fn poll_ready(&self, cx: &mut Context<'_>, interest: Interest) -> Poll<()> {
        let readable = self.stream.poll_read_ready(cx).is_ready();
        let writable = match interest {
            Interest::Read => false,
            Interest::ReadOrWrite => self.stream.poll_write_ready(cx).is_ready(),
        };
        if readable || writable { Poll::Ready(()) } else { Poll::Pending }
    }

    /// What the printer's side has taken stays with it; the rest would come out on paper long after the job was given
    /// up. What the kernel still holds is no proof: a printer may have taken it without having said so yet.
    fn poll_abandon(&mut self, _cx: &mut Context<'_>) -> Poll<u64> {
        if matches!(self.unsent(), Unsent::Bytes(1..)) {
            tracing::debug!("the connection is reset: the printer did not take everything");
            let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
        Poll::Ready(0)
    }
}

fn arrived(result: io::Result<usize>) -> Result<Arrived, Closed> {
    match result {
        Ok(0) => Err(Closed),
        Ok(length) => Ok(Arrived::Bytes(length)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(Arrived::Nothing),
        Err(_) => Err(Closed),
    }
}
