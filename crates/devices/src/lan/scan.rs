//! A scan of this machine's own subnets, for printers that announce nothing. Only where a person asks for it.

use super::found::{FoundPrinter, Service, ServiceKind};
use super::identity::LanIdentity;
use super::neighbours::neighbours;
use super::subnets::{hosts, own_addresses};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

/// Connections that are tried at once.
const AT_ONCE: usize = 64;

/// How a scan goes about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanOptions {
    /// The port that printers listen on for raw data.
    pub port: u16,
    /// How long one host may take to answer.
    pub per_host: Duration,
    /// How long the whole scan may take.
    pub total: Duration,
}

impl Default for ScanOptions {
    fn default() -> Self {
        ScanOptions {
            port: 9100,
            per_host: Duration::from_millis(500),
            total: Duration::from_secs(30),
        }
    }
}

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanReport {
    /// Hosts that take connections there. That does not make them printers: nothing was sent to them, and nothing asked.
    pub found: Vec<FoundPrinter>,
    /// How many hosts were tried.
    pub tried: usize,
    /// How many were not, because the time was over or somebody canceled.
    pub left_out: usize,
}

/// Connects to that port of every host on this machine's private subnets (of a net wider than /22 only the /22 around this
/// machine), at most 64 at once, and hangs up without sending a byte. Canceled, it gives what it has.
///
/// # Errors
/// Where this machine's own addresses cannot be read.
pub async fn scan(
    options: ScanOptions,
    cancel: CancellationToken,
) -> Result<ScanReport, std::io::Error> {
    let mut left = hosts(&own_addresses()?).into_iter();
    let deadline = Instant::now() + options.total;
    let (mut connecting, mut open, mut tried) = (JoinSet::new(), Vec::new(), 0);
    loop {
        while connecting.len() < AT_ONCE {
            let Some(host) = left.next() else { break };
            connecting.spawn(is_open(host, options.port, options.per_host));
        }
        let next = timeout_at(deadline, connecting.join_next());
        let next = tokio::select! {
            biased;
            () = cancel.cancelled() => break,
            next = next => next,
        };
        match next {
            Ok(Some(Ok((host, is_open)))) => {
                tried += 1;
                open.extend(is_open.then_some(host));
            }
            Ok(Some(Err(_panicked))) => tried += 1,
            Ok(None) | Err(_) => break,
        }
    }
    let left_out = left.count() + connecting.len();
    open.sort_unstable();
    Ok(ScanReport { found: found(&open, options.port), tried, left_out })
}

async fn is_open(host: Ipv4Addr, port: u16, patience: Duration) -> (Ipv4Addr, bool) {
    let connected = timeout(patience, TcpStream::connect((host, port))).await;
    (host, matches!(connected, Ok(Ok(_))))
}

fn found(open: &[Ipv4Addr], port: u16) -> Vec<FoundPrinter> {
    // Whoever was connected to is a neighbour by now.
    let cards = neighbours();
    let behind = |host: &Ipv4Addr| cards.get(&IpAddr::V4(*host)).copied();
    let of_one_host = |card| open.iter().filter(|host| behind(host) == Some(card)).count() == 1;
    open.iter()
        .map(|host| {
            let mac = behind(host);
            FoundPrinter {
                identities: mac
                    .filter(|card| of_one_host(*card))
                    .map(LanIdentity::Mac)
                    .into_iter()
                    .collect(),
                shared: Vec::new(),
                name: host.to_string(),
                make: None,
                model: None,
                mac,
                addresses: vec![IpAddr::V4(*host)],
                services: vec![Service { kind: ServiceKind::Raw, port }],
            }
        })
        .collect()
}
