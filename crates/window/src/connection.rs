//! How the server is reached, beside its address, as the window shows and changes it.

use crate::changing::{edit, on_disk, settings};
use crate::room::Room;
use crate::words::Key;
use platen_bridge::{GatewaySettings, LineSettingsError};
use platen_socketio::DriverKind;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
#[cfg(test)]
use ts_rs::TS;
use url::Url;

/// The word in the settings for a line without any proxy.
const NO_PROXY: &str = "none";

/// How the server is reached, beside its address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// How to get out of the shop.
    proxy: ProxyChoice,
    /// A file with the shop's own certificate authority.
    #[cfg_attr(test, ts(type = "string | null"))]
    ca_file: Option<PathBuf>,
    /// Which driver carries the line.
    #[cfg_attr(test, ts(type = "\"native\" | \"rust_socketio\""))]
    driver: DriverKind,
}

/// How to get out of the shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum ProxyChoice {
    /// As the environment of this computer says.
    AsThisComputer,
    /// Without one.
    None,
    /// By this one.
    Address {
        /// Where it is. Its password is never shown; an address that is given back as it was shown keeps it.
        url: String,
    },
}

impl ProxyChoice {
    /// What is shown of a proxy in the settings.
    fn shown(stored: Option<&str>) -> ProxyChoice {
        match stored {
            None => ProxyChoice::AsThisComputer,
            Some(NO_PROXY) => ProxyChoice::None,
            Some(address) => ProxyChoice::Address { url: without_password(address) },
        }
    }

    /// What is stored of a choice, where that was stored before.
    fn stored(self, before: Option<String>) -> Option<String> {
        if self == ProxyChoice::shown(before.as_deref()) {
            return before;
        }
        match self {
            ProxyChoice::AsThisComputer => None,
            ProxyChoice::None => Some(NO_PROXY.into()),
            ProxyChoice::Address { url } => Some(url.trim().into()),
        }
    }
}

fn without_password(address: &str) -> String {
    match address.parse::<Url>() {
        Ok(mut url) if url.has_host() => {
            let _ = url.set_password(None);
            url.to_string()
        }
        // Whatever it is, it may hold one.
        _ => String::new(),
    }
}

/// How the server is reached; none where none is set up.
pub async fn connection(room: &Arc<Room>) -> Result<Option<Connection>, String> {
    on_disk(room, |room| {
        let shown = |gateway: GatewaySettings| Connection {
            proxy: ProxyChoice::shown(gateway.proxy.as_deref()),
            ca_file: gateway.ca_file,
            driver: gateway.driver,
        };
        Ok(settings(room)?.gateway.map(shown))
    })
    .await
}

/// Changes it. The engine starts anew with it; what cannot be used is refused before.
pub async fn change_connection(room: &Arc<Room>, change: Connection) -> Result<(), String> {
    on_disk(room, move |room| {
        edit(room, |settings| {
            let no_server = || room.language().word(Key::SettingsServerFirst).to_owned();
            let gateway = settings.gateway.as_mut().ok_or_else(no_server)?;
            gateway.proxy = change.proxy.stored(gateway.proxy.take());
            gateway.ca_file = change.ca_file.filter(|path| !path.as_os_str().is_empty());
            gateway.driver = change.driver;
            gateway.check_line().map_err(|error| words_of(room, &error))
        })
    })
    .await?;
    room.start_anew();
    Ok(())
}

fn words_of(room: &Room, error: &LineSettingsError) -> String {
    let language = room.language();
    match error {
        LineSettingsError::Proxy(_) => language.word(Key::ErrorProxy).into(),
        LineSettingsError::Trust(error) => {
            language.say(Key::ErrorCa, &[("why", &error.to_string())])
        }
        LineSettingsError::Pin(_) => language.say(Key::ErrorFailed, &[("why", &error.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_password_is_kept_and_never_shown() {
        let stored = "http://shop:secret@proxy.example.com:3128/";
        let shown = ProxyChoice::shown(Some(stored));
        assert!(!format!("{shown:?}").contains("secret"), "{shown:?}");
        assert_eq!(shown.stored(Some(stored.into())).as_deref(), Some(stored));
        let other = ProxyChoice::Address { url: " http://other:3128 ".into() };
        assert_eq!(other.stored(Some(stored.into())).as_deref(), Some("http://other:3128"));
        assert_eq!(ProxyChoice::None.stored(Some(stored.into())).as_deref(), Some("none"));
        assert_eq!(ProxyChoice::AsThisComputer.stored(Some(stored.into())), None);
    }

    #[test]
    fn what_is_no_address_is_not_shown_as_it_may_hold_a_password() {
        let odd = ProxyChoice::shown(Some("shop:secret@"));
        assert!(!format!("{odd:?}").contains("secret"), "{odd:?}");
    }
}
