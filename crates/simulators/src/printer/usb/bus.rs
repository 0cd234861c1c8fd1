//! The kernel's virtual host controller: finding a free port, plugging in, pulling out.

use std::{
    fs, io,
    os::{fd::AsRawFd, unix::net::UnixStream},
};

use super::descriptors::UsbSpeed;

const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";

/// A device on the bus. Dropping it pulls it out.
pub(super) struct Plugged {
    port: u32,
}

/// A free port.
pub(super) fn find_port() -> io::Result<u32> {
    // "hub port sta spd dev sockfd local_busid"; status 4 is free, and hub hs takes full and high speed.
    let status = fs::read_to_string(format!("{CONTROLLER}/status"))?;
    let free = status.lines().find_map(|line| {
        let mut columns = line.split_whitespace();
        match (columns.next()?, columns.next()?.parse().ok()?, columns.next()?) {
            ("hs", port, "004") => Some(port),
            _ => None,
        }
    });
    free.ok_or_else(|| io::Error::other("no virtual port is free"))
}

/// Plugs in what answers at the other end of `kernels`.
pub(super) fn plug(kernels: &UnixStream, speed: UsbSpeed) -> io::Result<Plugged> {
    let port = find_port()?;
    let device = 0x1_0000 + port;
    let line = format!("{port} {} {device} {}", kernels.as_raw_fd(), speed.number());
    fs::write(format!("{CONTROLLER}/attach"), line)?;
    Ok(Plugged { port })
}

impl Drop for Plugged {
    fn drop(&mut self) {
        let _ = fs::write(format!("{CONTROLLER}/detach"), self.port.to_string());
    }
}
