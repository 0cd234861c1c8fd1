//! What the settings of every line to a server have in common.

use platen_socketio::{PlainPolicy, Proxy, SpkiPin};

/// Why a line's settings cannot be used, in words.
#[derive(Debug, thiserror::Error)]
pub enum LineSettingsError {
    /// The proxy is not an address.
    #[error("the proxy {0:?} is not an address such as http://proxy:3128")]
    Proxy(String),
    /// A pin is not a pin.
    #[error("the pin {0:?} is not a SHA-256 hash in base64")]
    Pin(String),
}

/// Pins as they stand in the settings.
pub fn pins(texts: &[String]) -> Result<Vec<SpkiPin>, LineSettingsError> {
    let pin = |text: &String| {
        SpkiPin::try_from(text.clone()).map_err(|_| LineSettingsError::Pin(text.clone()))
    };
    texts.iter().map(pin).collect()
}

/// Whether a line may leave this machine unencrypted.
pub fn plain(allow_unencrypted: bool) -> PlainPolicy {
    match allow_unencrypted {
        true => PlainPolicy::AllowBeyondLoopback,
        false => PlainPolicy::Forbid,
    }
}

/// A proxy as it stands in the settings.
pub fn proxy(text: Option<&str>) -> Result<Proxy, LineSettingsError> {
    match text {
        None => Ok(Proxy::FromEnvironment),
        Some("none") => Ok(Proxy::None),
        // The address may hold a password: the error does not quote it.
        Some(text) => {
            text.parse().map(Proxy::Url).map_err(|_| LineSettingsError::Proxy("…".into()))
        }
    }
}
