//! How much of what we wrote the other side has not yet taken.

use crate::talk::Unsent;
use tokio::net::TcpStream;

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
