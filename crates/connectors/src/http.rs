//! HTTP to one server: trust, proxy and encryption as the settings of its line say.

use platen_socketio::{Encryption, Endpoint, PlainPolicy, Proxy, TlsSettings, client_config};
use std::time::Duration;
use url::Url;

/// Time for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Most bytes of an answer that are read where no other bound is named.
pub(crate) const LONGEST_ANSWER: usize = 256 * 1024;

/// How a server is reached.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) base: Url,
    pub(crate) tls: TlsSettings,
    pub(crate) proxy: Proxy,
    pub(crate) plain: PlainPolicy,
}

/// The settings do not allow or cannot make a call. Says why, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoClient(pub(crate) String);

impl Reach {
    /// Scheme, host and port with a path of ours, which is not encoded any further.
    ///
    /// # Errors
    /// Where the address cannot be used, or would leave this machine unencrypted without being allowed to.
    pub(crate) fn url(&self, path: &str) -> Result<Url, NoClient> {
        let unusable = || NoClient("the address cannot be used".into());
        if self.endpoint().is_forbidden_plain() {
            let words = "the address is not encrypted, and the settings do not allow that";
            return Err(NoClient(words.into()));
        }
        let scheme = if self.is_encrypted() { "https" } else { "http" };
        let host = self.base.host_str().ok_or_else(unusable)?;
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        Url::parse(&format!("{scheme}://{host}{port}{path}")).map_err(|_| unusable())
    }

    /// A client for these calls. Follows no redirect: a secret goes to the server of the settings and to nobody else.
    ///
    /// # Errors
    /// Where TLS or the proxy cannot be set up.
    pub(crate) async fn client(&self) -> Result<reqwest::Client, NoClient> {
        let tls = if self.is_encrypted() {
            let settings = self.tls.clone();
            tokio::task::spawn_blocking(move || client_config(&settings))
                .await
                .map_err(|_| NoClient("TLS cannot be set up".into()))?
                .map_err(|error| NoClient(error.to_string()))?
        } else {
            let failed = |error| NoClient(format!("TLS cannot be set up: {error}"));
            trusting_nobody().map_err(failed)?
        };
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(1)
            .connect_timeout(CONNECT);
        let builder = match &self.proxy {
            Proxy::None => builder.no_proxy(),
            Proxy::FromEnvironment if self.endpoint().is_loopback() => builder.no_proxy(),
            Proxy::FromEnvironment => builder,
            Proxy::Url(url) => builder.proxy(
                reqwest::Proxy::all(url.clone())
                    .map_err(|_| NoClient("the proxy's address cannot be used".into()))?,
            ),
        };
        builder.build().map_err(|_| NoClient("the HTTP client cannot be set up".into()))
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint { plain: self.plain, ..Endpoint::new(self.base.clone()) }
    }

    fn is_encrypted(&self) -> bool {
        self.endpoint().encryption() == Encryption::Encrypted
    }
}

/// The body of an answer, where it is whole and has at most so many bytes.
pub(crate) async fn body(mut response: reqwest::Response, most: usize) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    while let Some(part) = response.chunk().await.ok()? {
        if read.len() + part.len() > most {
            return None;
        }
        read.extend_from_slice(&part);
    }
    Some(read)
}

/// For a line without TLS: the client insists on a configuration, and reading the system's roots takes time.
fn trusting_nobody() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
