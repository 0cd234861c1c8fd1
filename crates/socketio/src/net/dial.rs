//! DNS, TCP, proxy and TLS, in this order.

use super::proxy::tunnel;
use super::tls::client_config;
use super::{BoxedStream, ByteStream};
use crate::endpoint::Endpoint;
use crate::port::ConnectError;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// Head start of one address before the next is tried beside it (RFC 8305 suggests 250 ms).
const HEAD_START: Duration = Duration::from_millis(250);
/// Most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;

/// What is being waited for, so that a deadline can say so.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<&'static str>);

impl Progress {
    pub(crate) fn step(&self, words: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = words;
    }

    pub(crate) fn words(&self) -> &'static str {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens streams to one endpoint, and keeps its TLS configuration between connects.
#[derive(Debug)]
pub(crate) struct Dialer {
    endpoint: Endpoint,
    tls: Mutex<Option<Arc<ClientConfig>>>,
}

impl Dialer {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, tls: Mutex::new(None) }
    }

    /// A stream to the gateway, encrypted if the address asks for it.
    pub(crate) async fn dial(
        &self,
        target: &Url,
        progress: &Progress,
    ) -> Result<BoxedStream, ConnectError> {
        let (host, port) = authority(target)?;
        let stream: BoxedStream = match self.endpoint.proxy.resolve(target)? {
            None => Box::new(tcp(&host, port, progress).await?),
            Some(proxy) => self.through(&proxy, &host, port, progress).await?,
        };
        match target.scheme() {
            "wss" => self.encrypt(stream, &host, progress).await,
            _ => Ok(stream),
        }
    }

    async fn through(
        &self,
        proxy: &Url,
        host: &Host,
        port: u16,
        progress: &Progress,
    ) -> Result<BoxedStream, ConnectError> {
        let (proxy_host, proxy_port) = authority(proxy)?;
        let stream = tcp(&proxy_host, proxy_port, progress).await?;
        let stream: BoxedStream = match proxy.scheme() {
            "https" => self.encrypt_without_pins(stream, &proxy_host, progress).await?,
            _ => Box::new(stream),
        };
        progress.step("asking the proxy");
        tunnel(stream, proxy, &host.to_string(), port).await
    }

    async fn encrypt(
        &self,
        stream: impl ByteStream + 'static,
        host: &Host,
        progress: &Progress,
    ) -> Result<BoxedStream, ConnectError> {
        progress.step("reading the trusted certificates");
        let config = self.tls_config().await?;
        let encrypted = handshake(stream, host, config, progress).await;
        if encrypted.is_err() {
            // A CA file that was renewed meanwhile is read again next time.
            *self.tls.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        encrypted
    }

    /// The pins are the gateway's; a proxy has another key.
    async fn encrypt_without_pins(
        &self,
        stream: impl ByteStream + 'static,
        host: &Host,
        progress: &Progress,
    ) -> Result<BoxedStream, ConnectError> {
        let mut settings = self.endpoint.tls.clone();
        settings.spki_pins.clear();
        handshake(stream, host, Arc::new(load(settings).await?), progress).await
    }

    async fn tls_config(&self) -> Result<Arc<ClientConfig>, ConnectError> {
        if let Some(config) = self.tls.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(config);
        }
        let config = Arc::new(load(self.endpoint.tls.clone()).await?);
        *self.tls.lock().unwrap_or_else(PoisonError::into_inner) = Some(config.clone());
        Ok(config)
    }
}

async fn load(settings: crate::TlsSettings) -> Result<ClientConfig, ConnectError> {
    tokio::task::spawn_blocking(move || client_config(&settings))
        .await
        .map_err(|error| ConnectError::Tls(error.to_string()))?
        .map_err(|error| ConnectError::Settings(error.to_string()))
}

async fn handshake(
    stream: impl ByteStream + 'static,
    host: &Host,
    config: Arc<ClientConfig>,
    progress: &Progress,
) -> Result<BoxedStream, ConnectError> {
    progress.step("agreeing on encryption");
    let name = match host {
        Host::Domain(name) => ServerName::try_from(name.clone())
            .map_err(|_| ConnectError::Settings("the host name cannot be used with TLS".into()))?,
        Host::Ipv4(address) => ServerName::from(std::net::IpAddr::V4(*address)),
        Host::Ipv6(address) => ServerName::from(std::net::IpAddr::V6(*address)),
    };
    match TlsConnector::from(config).connect(name, stream).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(no_agreement(&error)),
    }
}

/// Whom to trust is a question of certificates only: a server may also be none that encrypts, or go away meanwhile.
fn no_agreement(error: &io::Error) -> ConnectError {
    let said = error.to_string();
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(_)) => ConnectError::Tls(said),
        Some(_) => ConnectError::Protocol(said),
        None => ConnectError::Broken(said),
    }
}

fn authority(url: &Url) -> Result<(Host, u16), ConnectError> {
    match (url.host(), url.port_or_known_default()) {
        (Some(host), Some(port)) => Ok((host.to_owned(), port)),
        _ => Err(ConnectError::Settings("the address has no host name".into())),
    }
}

async fn tcp(host: &Host, port: u16, progress: &Progress) -> Result<TcpStream, ConnectError> {
    let addresses = match host {
        Host::Ipv4(address) => vec![SocketAddr::from((*address, port))],
        Host::Ipv6(address) => vec![SocketAddr::from((*address, port))],
        Host::Domain(name) => {
            progress.step("looking up the address");
            let found = tokio::net::lookup_host((name.as_str(), port)).await;
            interleave(found.map_err(|_| ConnectError::Name { host: name.clone() })?.collect())
        }
    };
    progress.step("opening the connection");
    let unreachable = |error| ConnectError::Unreachable { host: format!("{host}:{port}"), error };
    let stream = race(addresses).await.map_err(unreachable)?;
    stream.set_nodelay(true).map_err(unreachable)?;
    Ok(stream)
}

/// Alternates the address families, so that one broken family costs one head start only.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let mut second = second.into_iter();
    let mut mixed = Vec::new();
    for address in first {
        mixed.push(address);
        mixed.extend(second.next());
    }
    mixed.extend(second);
    mixed.truncate(MAX_ADDRESSES);
    mixed
}

/// The first address that connects; each later one starts after a head start or an earlier failure.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut running = FuturesUnordered::new();
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some(address) = waiting.next() {
            running.push(TcpStream::connect(address));
        } else if running.is_empty() {
            return Err(failure);
        }
        let head_start = async {
            match waiting.len() {
                0 => std::future::pending().await,
                _ => tokio::time::sleep(HEAD_START).await,
            }
        };
        tokio::select! {
            Some(connected) = running.next() => match connected {
                Ok(stream) => return Ok(stream),
                Err(error) => failure = error,
            },
            () = head_start => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_alternate() {
        let parse =
            |list: &[&str]| list.iter().map(|a| a.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let mixed = interleave(parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]));
        assert_eq!(mixed, parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"]));
        assert!(interleave(vec![]).is_empty());
    }

    #[tokio::test]
    async fn the_second_address_is_taken_when_the_first_refuses() {
        let closed =
            tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let stream = race(vec![closed, open]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), open);
        assert!(race(vec![closed]).await.is_err());
        assert!(race(vec![]).await.is_err());
    }
}
