//! Where and how to connect.

use crate::net::proxy::Proxy;
use crate::net::tls::TlsSettings;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::{Host, Url};

/// Where and how to connect.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `http`, `https`, `ws` or `wss`; path and query of it are not used.
    pub url: Url,
    /// Socket.IO namespace, such as `/` or `/printing-ws`.
    pub namespace: String,
    /// Engine.IO path, usually `/socket.io`.
    pub path: String,
    /// Extra query parameters of the handshake; they are encoded here.
    pub query: Vec<(String, String)>,
    /// Trust beyond the system's roots, and pins.
    pub tls: TlsSettings,
    /// How to get out of the shop.
    pub proxy: Proxy,
    /// Whether an unencrypted line may leave this machine.
    pub plain: PlainPolicy,
}

/// Whether `ws://` may go beyond loopback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainPolicy {
    /// Unencrypted to this machine only.
    #[default]
    Forbid,
    /// Unencrypted to anywhere; the state then says "not encrypted".
    AllowBeyondLoopback,
}

/// Which implementation carries the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriverKind {
    /// Our own, on `tokio-tungstenite`.
    #[default]
    Native,
    /// The library `rust_socketio`.
    RustSocketio,
}

/// Whether the line is encrypted, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// TLS.
    Encrypted,
    /// Plain `ws://`.
    NotEncrypted,
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encrypted => "encrypted",
            Self::NotEncrypted => "not encrypted",
        })
    }
}

impl Endpoint {
    /// An endpoint with namespace `/`, path `/socket.io`, system trust, the environment's proxy, and
    /// plain traffic to loopback only.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            namespace: "/".into(),
            path: "/socket.io".into(),
            query: Vec::new(),
            tls: TlsSettings::default(),
            proxy: Proxy::FromEnvironment,
            plain: PlainPolicy::Forbid,
        }
    }

    /// Whether the scheme asks for TLS.
    pub fn encryption(&self) -> Encryption {
        match self.url.scheme() {
            "https" | "wss" => Encryption::Encrypted,
            _ => Encryption::NotEncrypted,
        }
    }

    /// The namespace with its leading slash, `/` when empty.
    pub(crate) fn namespace(&self) -> String {
        format!("/{}", self.namespace.trim_start_matches('/'))
    }

    /// Whether this address stays on the machine.
    pub fn is_loopback(&self) -> bool {
        self.url.host().as_ref().is_some_and(is_loopback)
    }

    /// Whether [`PlainPolicy`] forbids this address.
    pub fn is_forbidden_plain(&self) -> bool {
        self.encryption() == Encryption::NotEncrypted
            && self.plain == PlainPolicy::Forbid
            && !self.is_loopback()
    }

    /// The websocket address with the Engine.IO query.
    ///
    /// # Errors
    /// In words, when the address cannot be used.
    pub(crate) fn websocket_url(&self) -> Result<Url, String> {
        let scheme = match self.url.scheme() {
            "http" | "ws" => "ws",
            "https" | "wss" => "wss",
            other => return Err(format!("addresses starting with {other}:// cannot be used")),
        };
        let host = self.url.host_str().ok_or("the address has no host name")?;
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let mut url = Url::parse(&format!("{scheme}://{host}{port}/"))
            .map_err(|error| format!("the address cannot be used: {error}"))?;
        url.set_path(&format!("/{}/", self.path.trim_matches('/')));
        url.query_pairs_mut()
            .append_pair("EIO", "4")
            .append_pair("transport", "websocket")
            .extend_pairs(&self.query);
        Ok(url)
    }
}

pub(crate) fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => {
            let name = name.as_ref().trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Endpoint {
        Endpoint::new(Url::parse(url).unwrap())
    }

    #[test]
    fn the_query_is_encoded_and_the_path_is_ours() {
        let mut endpoint = endpoint("https://gateway.example:8443/ignored?x=1");
        endpoint.query = vec![("nipt".into(), "a b&c".into())];
        assert_eq!(
            endpoint.websocket_url().unwrap().as_str(),
            "wss://gateway.example:8443/socket.io/?EIO=4&transport=websocket&nipt=a+b%26c"
        );
    }

    #[test]
    fn plain_is_for_loopback_unless_allowed() {
        for (url, forbidden) in [
            ("ws://gateway.example", true),
            ("http://192.168.1.9:3001", true),
            ("http://localhost:3001", false),
            ("ws://127.0.0.2", false),
            ("ws://[::1]:9", false),
            ("wss://gateway.example", false),
            ("http://localhost.evil.example", true),
        ] {
            assert_eq!(endpoint(url).is_forbidden_plain(), forbidden, "{url}");
        }
        let mut allowed = endpoint("ws://gateway.example");
        allowed.plain = PlainPolicy::AllowBeyondLoopback;
        assert!(!allowed.is_forbidden_plain());
    }

    #[test]
    fn other_schemes_are_refused_in_words() {
        assert!(endpoint("ftp://gateway.example").websocket_url().unwrap_err().contains("ftp"));
    }
}
