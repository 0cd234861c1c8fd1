//! The REST calls beside the socket.

use super::settings::PrinterMasterSettings;
use platen_socketio::{Encryption, Endpoint, PlainPolicy, Proxy, TlsSettings, client_config};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::OnceCell;
use url::{Host, Url};

/// Time for a call.
const CALL: Duration = Duration::from_secs(10);
/// Time for registering printers.
const REGISTRATION: Duration = Duration::from_secs(15);
/// Most bytes of an answer that are read.
const LONGEST_ANSWER: usize = 256 * 1024;

/// Which call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    ValidateLicence,
    RegisterPrinters,
    Heartbeat,
}

/// An answer of the gateway, whatever its status.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Its JSON; null where it had none.
    pub(crate) body: Value,
}

/// No answer. Says why, in words, without what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// Nothing came back in time.
    #[error("the gateway did not answer in time")]
    TimedOut,
    /// No connection.
    #[error("the gateway could not be reached")]
    Unreachable,
    /// The answer broke off or was too long.
    #[error("the gateway's answer could not be read")]
    Unreadable,
    /// The settings do not allow or cannot make the call.
    #[error("{0}")]
    Settings(String),
}

/// Calls one gateway.
pub(crate) struct Rest {
    base: Url,
    tls: TlsSettings,
    proxy: Proxy,
    plain: PlainPolicy,
    /// Made at the first call: reading the trusted certificates takes a while.
    client: OnceCell<reqwest::Client>,
}

impl Answer {
    /// Whether the gateway does not have that call at all.
    pub(crate) fn is_missing_call(&self) -> bool {
        matches!(self.status, 404 | 405 | 501)
    }
}

impl Call {
    fn path(self) -> &'static str {
        match self {
            Call::ValidateLicence => "/api/v1/printer-licenses/validate",
            Call::RegisterPrinters => "/api/v1/printers/register",
            Call::Heartbeat => "/api/v1/printing/printers/heartbeat",
        }
    }

    fn time(self) -> Duration {
        match self {
            Call::RegisterPrinters => REGISTRATION,
            Call::ValidateLicence | Call::Heartbeat => CALL,
        }
    }
}

impl Rest {
    pub(crate) fn new(settings: &PrinterMasterSettings) -> Rest {
        Rest {
            base: settings.gateway.clone(),
            tls: settings.tls.clone(),
            proxy: settings.proxy.clone(),
            plain: settings.plain,
            client: OnceCell::new(),
        }
    }

    /// POSTs a body and reads the answer.
    ///
    /// # Errors
    /// [`NoAnswer`] where none came; a refusal is an answer.
    pub(crate) async fn post<B: Serialize + Sync>(
        &self,
        call: Call,
        body: &B,
    ) -> Result<Answer, NoAnswer> {
        let url = self.url(call)?;
        tokio::time::timeout(call.time(), self.exchange(url, body))
            .await
            .unwrap_or(Err(NoAnswer::TimedOut))
    }

    async fn exchange<B: Serialize + Sync>(&self, url: Url, body: &B) -> Result<Answer, NoAnswer> {
        let client = self.client.get_or_try_init(|| self.build()).await?;
        let mut response =
            client.post(url).json(body).send().await.map_err(|_| NoAnswer::Unreachable)?;
        let status = response.status().as_u16();
        let mut read = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|_| NoAnswer::Unreadable)? {
            if read.len() + part.len() > LONGEST_ANSWER {
                return Err(NoAnswer::Unreadable);
            }
            read.extend_from_slice(&part);
        }
        Ok(Answer { status, body: serde_json::from_slice(&read).unwrap_or_default() })
    }

    fn url(&self, call: Call) -> Result<Url, NoAnswer> {
        let unusable = || NoAnswer::Settings("the gateway's address cannot be used".into());
        if !self.is_encrypted() && self.plain == PlainPolicy::Forbid && !self.is_loopback() {
            let words =
                "the gateway's address is not encrypted, and the settings do not allow that";
            return Err(NoAnswer::Settings(words.into()));
        }
        let scheme = if self.is_encrypted() { "https" } else { "http" };
        let host = self.base.host_str().ok_or_else(unusable)?;
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        Url::parse(&format!("{scheme}://{host}{port}{}", call.path())).map_err(|_| unusable())
    }

    fn is_encrypted(&self) -> bool {
        Endpoint::new(self.base.clone()).encryption() == Encryption::Encrypted
    }

    fn is_loopback(&self) -> bool {
        match self.base.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }

    async fn build(&self) -> Result<reqwest::Client, NoAnswer> {
        let failed = |words: String| NoAnswer::Settings(words);
        let tls = if self.is_encrypted() {
            let settings = self.tls.clone();
            tokio::task::spawn_blocking(move || client_config(&settings))
                .await
                .map_err(|_| failed("TLS cannot be set up".into()))?
                .map_err(|error| failed(error.to_string()))?
        } else {
            trusting_nobody().map_err(|error| failed(format!("TLS cannot be set up: {error}")))?
        };
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // The licence key goes to the gateway of the settings and to nobody else.
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(1)
            .connect_timeout(CALL);
        let builder = match &self.proxy {
            Proxy::None => builder.no_proxy(),
            Proxy::FromEnvironment if self.is_loopback() => builder.no_proxy(),
            Proxy::FromEnvironment => builder,
            Proxy::Url(url) => builder.proxy(
                reqwest::Proxy::all(url.clone())
                    .map_err(|_| failed("the proxy's address cannot be used".into()))?,
            ),
        };
        builder.build().map_err(|_| failed("the HTTP client cannot be set up".into()))
    }
}

/// For a line without TLS: the client insists on a configuration, and reading the system's roots takes time.
fn trusting_nobody() -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}
