//! The operating system's list of queues.
//!
//! The `printers` crate has no time-outs (a scheduler that stands still blocks it for ever) and shows a dead one as an
//! empty list. So the scheduler is first asked whether it lives, and the crate works in a thread that is left behind when
//! it takes too long; of those there are at most two. Nothing else of the crate is used: its job history
//! leaks, and its `print` leaves files behind.

use super::System;
use super::port::SpoolerError;
use super::worker::Workers;
use crate::uri::unescaped;
use std::sync::LazyLock;
use std::time::Duration;
use tracing::warn;
use url::Url;

/// How long a list may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// At most two threads may hang in the operating system's library.
static WORKERS: LazyLock<Workers> = LazyLock::new(|| Workers::at_most(2));

/// A queue of the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name, as [`crate::DeviceUri::Spooler`] has it.
    pub name: String,
    /// What the person who set it up wrote about it; may be empty.
    pub description: String,
    /// Make and model, or the driver's name; may be empty.
    pub model: String,
    /// What it prints on, as far as its own address says. No user and no password is in it.
    pub target: QueueTarget,
}

/// What a queue prints on: by this the same hardware is known again on its other ways.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum QueueTarget {
    /// A USB printer.
    Usb {
        /// Maker, as in the printer's device ID.
        make: String,
        /// Model, likewise.
        model: String,
        /// Serial number, where it has one.
        serial: Option<String>,
    },
    /// A printer at a network address.
    Network {
        /// A name or an address.
        host: String,
        /// 9100 for raw data, 515 for LPD, 631 for IPP, unless the queue says otherwise.
        port: u16,
    },
    /// A printer that is found by its mDNS name at every job.
    Mdns {
        /// The instance's name, without service type and domain.
        instance: String,
        /// The UUID it announces, where it does.
        uuid: Option<String>,
    },
    /// Anything else; the scheme or the port's name.
    Other(String),
}

/// Why there is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The print service is not there, or stands still.
    #[error("the operating system's print service does not answer")]
    SpoolerDown,
    /// It answers, and its list took too long.
    #[error("the operating system's list of printers took too long")]
    TooSlow,
}

/// The queues of this machine. Blocks nobody, and ends within about ten seconds whatever the print service does.
///
/// # Errors
/// [`ListError`] where the print service does not answer in time: an empty list means that there are no queues.
pub async fn queues() -> Result<Vec<Queue>, ListError> {
    // A queue that cannot be: that it is missing is an answer.
    let mut system = System::new(None, PATIENCE);
    let probe = super::port::Spooler::queue(&mut system, "platen-is-anybody-there").await;
    if probe == Err(SpoolerError::Down) {
        return Err(ListError::SpoolerDown);
    }
    WORKERS.run(PATIENCE, all).await.map_err(|_abandoned| {
        warn!("the operating system's list of printers takes too long; its thread is left behind");
        ListError::TooSlow
    })
}

/// As the crate lists them.
fn all() -> Vec<Queue> {
    // Where there is none, its list on Windows points nowhere, which may end the program.
    #[cfg(windows)]
    if !super::windows::has_queues() {
        return Vec::new();
    }
    printers::get_printers().into_iter().map(Queue::from).collect()
}

impl From<printers::common::base::printer::Printer> for Queue {
    fn from(printer: printers::common::base::printer::Printer) -> Queue {
        Queue {
            name: printer.system_name,
            description: printer.name,
            model: printer.driver_name,
            target: target_of(&printer.port_name),
        }
    }
}

/// Reads a CUPS device URI or the name of a Windows port.
fn target_of(port: &str) -> QueueTarget {
    let Some((scheme, _)) = port.split_once("://") else { return windows_port(port) };
    let Ok(url) = Url::parse(port) else { return QueueTarget::Other(scheme.to_owned()) };
    let host = url.host_str().unwrap_or_default();
    let plain_host = unescaped(host).unwrap_or_else(|| host.to_owned());
    let query = |key: &str| {
        let mut pairs = url.query_pairs();
        pairs.find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
    };
    let default_port = match scheme {
        "usb" => {
            let model = unescaped(url.path().trim_start_matches('/')).unwrap_or_default();
            return QueueTarget::Usb { make: plain_host, model, serial: query("serial") };
        }
        "dnssd" => {
            let instance = plain_host.split("._").next().unwrap_or_default().to_owned();
            return QueueTarget::Mdns { instance, uuid: query("uuid") };
        }
        "socket" => 9100,
        "lpd" => 515,
        "ipp" | "ipps" | "http" | "https" => 631,
        _ => return QueueTarget::Other(scheme.to_owned()),
    };
    // Schemes that stand for an mDNS name carry it as their host.
    match plain_host.split_once("._") {
        Some((instance, _)) => {
            QueueTarget::Mdns { instance: instance.to_owned(), uuid: query("uuid") }
        }
        None => {
            let host = plain_host.trim_matches(['[', ']']).to_owned();
            QueueTarget::Network { host, port: url.port().unwrap_or(default_port) }
        }
    }
}

/// `USB001`, `LPT1:`, and `IP_192.168.1.50` as Windows' standard TCP/IP port calls itself unless it is renamed.
fn windows_port(port: &str) -> QueueTarget {
    let address = port.strip_prefix("IP_").unwrap_or(port);
    let address = address.split_once('_').map_or(address, |(address, _copy)| address);
    match address.parse::<std::net::Ipv4Addr>() {
        Ok(address) => QueueTarget::Network { host: address.to_string(), port: 9100 },
        Err(_) => QueueTarget::Other(port.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_addresses_are_read() {
        let network = |host: &str, port| QueueTarget::Network { host: host.to_owned(), port };
        let usb = |serial: Option<&str>| QueueTarget::Usb {
            make: "EPSON".to_owned(),
            model: "TM-T20III Receipt".to_owned(),
            serial: serial.map(str::to_owned),
        };
        let mdns = |uuid: Option<&str>| QueueTarget::Mdns {
            instance: "Bar printer".to_owned(),
            uuid: uuid.map(str::to_owned),
        };
        for (port, expected) in [
            ("usb://EPSON/TM-T20III%20Receipt?serial=X1&interface=1", usb(Some("X1"))),
            ("usb://EPSON/TM-T20III%20Receipt", usb(None)),
            ("socket://192.0.2.7", network("192.0.2.7", 9100)),
            ("socket://192.0.2.7:9101", network("192.0.2.7", 9101)),
            ("socket://[2001:db8::1]", network("2001:db8::1", 9100)),
            ("lpd://kitchen.local/raw", network("kitchen.local", 515)),
            ("ipp://ann:secret@192.0.2.7/ipp/print", network("192.0.2.7", 631)),
            ("dnssd://Bar%20printer._pdl-datastream._tcp.local/?uuid=1-2", mdns(Some("1-2"))),
            ("ipps://Bar%20printer._ipps._tcp.local/", mdns(None)),
            ("smb://ann:secret@server/pos", QueueTarget::Other("smb".to_owned())),
            ("IP_192.0.2.7", network("192.0.2.7", 9100)),
            ("192.0.2.7_1", network("192.0.2.7", 9100)),
            ("USB001", QueueTarget::Other("USB001".to_owned())),
            ("", QueueTarget::Other(String::new())),
        ] {
            assert_eq!(target_of(port), expected, "{port}");
        }
    }
}
