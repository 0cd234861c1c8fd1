//! Where the spooler is asked: a CUPS scheduler's socket or address. Windows has one spooler and no address.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The port that IPP is registered for.
const IPP_PORT: u16 = 631;
/// Where CUPS listens on this machine.
const LOCAL_SOCKETS: [&str; 3] =
    ["/run/cups/cups.sock", "/var/run/cups/cups.sock", "/private/var/run/cupsd"];

/// A CUPS scheduler's address, in the forms that CUPS takes in `CUPS_SERVER`: `/path/of/socket`, `host`, `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SpoolerServer {
    /// A Unix socket.
    Socket(PathBuf),
    /// A host that takes IPP without TLS: meant for this machine's loopback.
    Tcp {
        /// A name or an address; an IPv6 address stands here without brackets.
        host: String,
        /// 1–65535, usually 631.
        port: u16,
    },
}

/// Not an address of a CUPS scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a CUPS server looks like /run/cups/cups.sock, localhost or localhost:631")]
pub struct SpoolerServerError;

impl SpoolerServer {
    /// The one that `CUPS_SERVER` names, else this machine's socket, else its loopback port.
    pub fn of_this_machine() -> SpoolerServer {
        let named = std::env::var("CUPS_SERVER").ok().and_then(|text| text.parse().ok());
        named.unwrap_or_else(|| {
            let socket = LOCAL_SOCKETS.map(PathBuf::from).into_iter().find(|path| path.exists());
            socket.map_or(
                SpoolerServer::Tcp { host: "localhost".to_owned(), port: IPP_PORT },
                SpoolerServer::Socket,
            )
        })
    }
}

impl FromStr for SpoolerServer {
    type Err = SpoolerServerError;

    fn from_str(text: &str) -> Result<Self, SpoolerServerError> {
        let text = text.trim();
        if text.starts_with('/') {
            return Ok(SpoolerServer::Socket(PathBuf::from(text)));
        }
        // CUPS lets people add the IPP version here; ours is 1.1, which every CUPS takes.
        let text = text.split_once('/').map_or(text, |(address, _version)| address);
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.strip_prefix(':').ok_or(SpoolerServerError)?)),
            None => match text.split_once(':') {
                Some((_, port)) if port.contains(':') => (text, None),
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = match port {
            None => IPP_PORT,
            Some(port) => match port.parse() {
                Ok(port) if port != 0 => port,
                _ => return Err(SpoolerServerError),
            },
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
        if host.is_empty() || !host.chars().all(plain) {
            return Err(SpoolerServerError);
        }
        Ok(SpoolerServer::Tcp { host: host.to_owned(), port })
    }
}

impl fmt::Display for SpoolerServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpoolerServer::Socket(path) => write!(f, "{}", path.display()),
            SpoolerServer::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            SpoolerServer::Tcp { host, port } => write!(f, "{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_cups_server_are_read() {
        let tcp = |host: &str, port| Ok(SpoolerServer::Tcp { host: host.to_owned(), port });
        for (text, expected) in [
            ("/run/cups/cups.sock", Ok(SpoolerServer::Socket("/run/cups/cups.sock".into()))),
            ("localhost", tcp("localhost", 631)),
            ("127.0.0.1:8631", tcp("127.0.0.1", 8631)),
            ("print.local:631/version=1.1", tcp("print.local", 631)),
            ("[::1]:8631", tcp("::1", 8631)),
            ("::1", tcp("::1", 631)),
            ("", Err(SpoolerServerError)),
            (":631", Err(SpoolerServerError)),
            ("host:0", Err(SpoolerServerError)),
            ("host:port", Err(SpoolerServerError)),
            ("me@host", Err(SpoolerServerError)),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
    }
}
