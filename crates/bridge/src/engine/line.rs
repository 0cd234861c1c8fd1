//! What the settings of every line to a server have in common.

use crate::settings::{GatewaySettings, LineSettings};
use platen_socketio::{PlainPolicy, Proxy, SpkiPin, TlsError, TlsSettings, client_config};
use std::path::Path;
use url::Url;

/// Why a line's settings cannot be used, in words.
#[derive(Debug, thiserror::Error)]
pub enum LineSettingsError {
    /// The proxy is not an address.
    #[error("the proxy {0:?} is not an address such as http://proxy:3128")]
    Proxy(String),
    /// A pin is not a pin.
    #[error("the pin {0:?} is not a SHA-256 hash in base64")]
    Pin(String),
    /// What is to be trusted cannot be.
    #[error(transparent)]
    Trust(#[from] TlsError),
}

impl GatewaySettings {
    /// Whether a line can be had with these, as far as this machine alone can tell: whoever writes them wants to hear of a slip at
    /// once. Reads the CA file: for a blocking thread.
    ///
    /// # Errors
    /// [`LineSettingsError`].
    pub fn check_line(&self) -> Result<(), LineSettingsError> {
        proxy(self.proxy.as_deref())?;
        client_config(&tls(self.ca_file.as_deref(), &self.pins)?)?;
        Ok(())
    }
}

/// How a server is reached, as connectors take it.
pub struct Line {
    /// Trust beyond the system's roots, and pins.
    pub tls: TlsSettings,
    /// How to get out of the shop.
    pub proxy: Proxy,
    /// Whether an unencrypted line may leave this machine.
    pub plain: PlainPolicy,
}

impl Line {
    /// From a section of the settings.
    pub fn of(settings: &LineSettings) -> Result<Line, LineSettingsError> {
        let LineSettings { ca_file, pins, proxy, allow_unencrypted } = settings;
        Ok(Line {
            tls: tls(ca_file.as_deref(), pins)?,
            proxy: self::proxy(proxy.as_deref())?,
            plain: plain(*allow_unencrypted),
        })
    }
}

/// Trust beyond the system's roots.
pub fn tls(ca_file: Option<&Path>, pins: &[String]) -> Result<TlsSettings, LineSettingsError> {
    let pin = |text: &String| {
        SpkiPin::try_from(text.clone()).map_err(|_| LineSettingsError::Pin(text.clone()))
    };
    let spki_pins = pins.iter().map(pin).collect::<Result<_, _>>()?;
    Ok(TlsSettings { extra_ca: ca_file.map(Into::into), spki_pins })
}

/// A proxy as it stands in the settings.
pub fn proxy(text: Option<&str>) -> Result<Proxy, LineSettingsError> {
    match text {
        None => Ok(Proxy::FromEnvironment),
        Some("none") => Ok(Proxy::None),
        // The address may hold a password: the error does not quote it.
        Some(text) => {
            let url: Option<Url> = text.parse().ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            url.map(Proxy::Url).ok_or_else(|| LineSettingsError::Proxy("…".into()))
        }
    }
}

/// Whether a line may leave this machine unencrypted.
pub fn plain(allow_unencrypted: bool) -> PlainPolicy {
    match allow_unencrypted {
        true => PlainPolicy::AllowBeyondLoopback,
        false => PlainPolicy::Forbid,
    }
}
