//! Where a printer is attached, as settings and people write it.

use crate::usb::UsbAddress;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

/// The port that receipt printers listen on for raw data.
const RAW_PORT: u16 = 9100;

/// A printer's address: `tcp://host[:port]`, `usb://VVVV:PPPP/SERIAL`, `usb://VVVV:PPPP/@PORT` or `spooler://QUEUE`. Port
/// 9100 is understood where none is written; what is not a letter, digit, `-`, `.`, `_` or `~` in a queue's name or a
/// serial number is written as `%` and two hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DeviceUri {
    /// A network printer that takes raw data.
    Network {
        /// A name or an address; an IPv6 address stands here without brackets.
        host: String,
        /// 1–65535.
        port: u16,
    },
    /// A queue of this machine's operating system.
    Spooler {
        /// Its name there, as people see it: not escaped.
        queue: String,
    },
    /// A printer on one of this computer's USB ports.
    Usb(UsbAddress),
}

/// Why a text is not a printer's address. Quotes nothing but the scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceUriError {
    /// There is no `scheme://` in front.
    #[error("a printer's address looks like tcp://192.168.1.50:9100 or usb://04b8:0e15/SERIAL")]
    NoScheme,
    /// This build does not know the scheme.
    #[error("printers at {0}: are not supported; use tcp://host:port, usb://… or spooler://QUEUE")]
    UnknownScheme(String),
    /// No host between `//` and the port.
    #[error("the printer's address names no host; write tcp://host:port")]
    NoHost,
    /// The host is neither a name nor an address.
    #[error("the host in the printer's address is not a name or an IP address")]
    BadHost,
    /// Not a number from 1 to 65535.
    #[error("the port in the printer's address must be a number from 1 to 65535")]
    BadPort,
    /// A user, path, query or fragment, which a network printer has no use for.
    #[error("the printer's address must end after the port")]
    Extra,
    /// No name behind `spooler://`.
    #[error("the printer's address names no queue; write spooler://QUEUE")]
    NoQueue,
    /// A stray `%`, a slash, or bytes that are no UTF-8.
    #[error("the queue's name in the printer's address is not readable; write %20 for a space")]
    BadQueue,
    /// Not vendor, product, and serial number or port.
    #[error("a USB printer's address looks like usb://04b8:0e15/SERIAL or usb://04b8:0e15/@1-2")]
    BadUsb,
}

impl FromStr for DeviceUri {
    type Err = DeviceUriError;

    fn from_str(text: &str) -> Result<Self, DeviceUriError> {
        let text = text.trim();
        let (scheme, _) = text.split_once("://").ok_or(DeviceUriError::NoScheme)?;
        match scheme.to_ascii_lowercase().as_str() {
            "tcp" => network(text),
            "spooler" => spooler(text),
            "usb" => usb(text),
            other => Err(DeviceUriError::UnknownScheme(other.to_owned())),
        }
    }
}

impl fmt::Display for DeviceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceUri::Network { host, port } if host.contains(':') => {
                write!(f, "tcp://[{host}]:{port}")
            }
            DeviceUri::Network { host, port } => write!(f, "tcp://{host}:{port}"),
            DeviceUri::Spooler { queue } => write!(f, "spooler://{}", escaped(queue)),
            DeviceUri::Usb(address) => write!(f, "usb://{address}"),
        }
    }
}

impl TryFrom<String> for DeviceUri {
    type Error = DeviceUriError;

    fn try_from(text: String) -> Result<Self, DeviceUriError> {
        text.parse()
    }
}

impl From<DeviceUri> for String {
    fn from(uri: DeviceUri) -> String {
        uri.to_string()
    }
}

fn network(text: &str) -> Result<DeviceUri, DeviceUriError> {
    let url = Url::parse(text).map_err(|error| match error {
        url::ParseError::EmptyHost => DeviceUriError::NoHost,
        url::ParseError::InvalidPort => DeviceUriError::BadPort,
        _ => DeviceUriError::BadHost,
    })?;
    let bare = matches!(url.path(), "" | "/")
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !bare {
        return Err(DeviceUriError::Extra);
    }
    let port = url.port().unwrap_or(RAW_PORT);
    if port == 0 {
        return Err(DeviceUriError::BadPort);
    }
    Ok(DeviceUri::Network { host: plain_host(url.host())?, port })
}

fn usb(text: &str) -> Result<DeviceUri, DeviceUriError> {
    let (_, address) = text.split_once("://").ok_or(DeviceUriError::NoScheme)?;
    UsbAddress::parse(address).map(DeviceUri::Usb).ok_or(DeviceUriError::BadUsb)
}

fn plain_host(host: Option<Host<&str>>) -> Result<String, DeviceUriError> {
    match host {
        Some(Host::Ipv4(address)) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) => Ok(address.to_string()),
        Some(Host::Domain("")) => Err(DeviceUriError::NoHost),
        // A scheme that the URL standard does not list keeps its host as written, so escapes are still in it.
        Some(Host::Domain(name)) => match Host::parse(name) {
            Ok(host) => plain_host_of(host),
            Err(_) => Err(DeviceUriError::BadHost),
        },
        None => Err(DeviceUriError::NoHost),
    }
}

fn plain_host_of(host: Host<String>) -> Result<String, DeviceUriError> {
    Ok(match host {
        Host::Domain(name) => name,
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    })
}

fn spooler(text: &str) -> Result<DeviceUri, DeviceUriError> {
    let (_, name) = text.split_once("://").ok_or(DeviceUriError::NoScheme)?;
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.contains(['/', '?', '#']) {
        return Err(DeviceUriError::BadQueue);
    }
    let queue = unescaped(name).ok_or(DeviceUriError::BadQueue)?;
    if queue.is_empty() {
        return Err(DeviceUriError::NoQueue);
    }
    Ok(DeviceUri::Spooler { queue })
}

/// Percent-encoding (RFC 3986): everything but unreserved characters is escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Undoes percent-encoding; nothing where an escape is not whole or the result is not UTF-8 or has control characters.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok().filter(|d| !d.starts_with('+'))?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|name| !name.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written_back() {
        for (text, host, port, canonical) in [
            ("tcp://192.168.1.50:9100", "192.168.1.50", 9100, "tcp://192.168.1.50:9100"),
            ("tcp://kitchen.local", "kitchen.local", 9100, "tcp://kitchen.local:9100"),
            (" TCP://Kitchen:19100/ ", "kitchen", 19100, "tcp://kitchen:19100"),
            ("tcp://[fe80::1]:9101", "fe80::1", 9101, "tcp://[fe80::1]:9101"),
            ("tcp://[::1]", "::1", 9100, "tcp://[::1]:9100"),
        ] {
            let uri: DeviceUri = text.parse().unwrap();
            assert_eq!(uri, DeviceUri::Network { host: host.to_owned(), port }, "{text}");
            assert_eq!(uri.to_string(), canonical);
            assert_eq!(canonical.parse::<DeviceUri>().unwrap(), uri);
        }
    }

    #[test]
    fn queue_names_survive_whatever_is_in_them() {
        for (text, queue, canonical) in [
            ("spooler://POS80", "POS80", "spooler://POS80"),
            (" Spooler://pos80/ ", "pos80", "spooler://pos80"),
            ("spooler://Bon%20Drucker", "Bon Drucker", "spooler://Bon%20Drucker"),
            ("spooler://%5C%5Cserver%5CBär", r"\\server\Bär", "spooler://%5C%5Cserver%5CB%C3%A4r"),
        ] {
            let uri: DeviceUri = text.parse().unwrap();
            assert_eq!(uri, DeviceUri::Spooler { queue: queue.to_owned() }, "{text}");
            assert_eq!(uri.to_string(), canonical);
            assert_eq!(canonical.parse::<DeviceUri>().unwrap(), uri);
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused_with_its_reason() {
        for (text, error) in [
            ("", DeviceUriError::NoScheme),
            ("192.168.1.50:9100", DeviceUriError::NoScheme),
            ("lpt://LPT1", DeviceUriError::UnknownScheme("lpt".to_owned())),
            ("usb://04b8/0202", DeviceUriError::BadUsb),
            ("spooler://", DeviceUriError::NoQueue),
            ("spooler://POS80/jobs", DeviceUriError::BadQueue),
            ("spooler://POS%8", DeviceUriError::BadQueue),
            ("spooler://POS%+1", DeviceUriError::BadQueue),
            ("spooler://POS%0A", DeviceUriError::BadQueue),
            ("spooler://%FF", DeviceUriError::BadQueue),
            ("tcp://", DeviceUriError::NoHost),
            ("tcp://:9100", DeviceUriError::NoHost),
            ("tcp://host:0", DeviceUriError::BadPort),
            ("tcp://host:70000", DeviceUriError::BadPort),
            ("tcp://host:nine", DeviceUriError::BadPort),
            ("tcp://[fe80::zz]", DeviceUriError::BadHost),
            ("tcp://a host", DeviceUriError::BadHost),
            ("tcp://host/queue", DeviceUriError::Extra),
            ("tcp://me@host", DeviceUriError::Extra),
        ] {
            assert_eq!(text.parse::<DeviceUri>(), Err(error), "{text}");
        }
    }
}
