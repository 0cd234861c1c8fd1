//! How much of what we wrote the other side has not yet taken.

use tokio::net::TcpStream;

/// Bytes that the kernel holds because the printer's side has not acknowledged them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsent {
    /// That many.
    Bytes(u64),
    /// This system does not say.
    Unknown,
}

#[cfg(target_os = "linux")]
pub(super) fn unsent(stream: &TcpStream) -> Unsent {
    use std::os::fd::AsRawFd;

    let mut queued: libc::c_int = 0;
    // SAFETY: the descriptor is open as long as `stream` is borrowed, and TIOCOUTQ (SIOCOUTQ on sockets) writes one int.
    #[allow(unsafe_code)]
    let result = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &raw mut queued) };
    match u64::try_from(queued) {
        Ok(queued) if result == 0 => Unsent::Bytes(queued),
        _ => Unsent::Unknown,
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn unsent(_stream: &TcpStream) -> Unsent {
    Unsent::Unknown
}
