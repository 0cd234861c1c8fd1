//! Settings of the Backend-Socket connector.

use super::{LineSettings, is_unset, yes};
use platen_connectors::backend_socket::BackendSocketSettings;
use platen_socketio::DriverKind;
use serde::{Deserialize, Serialize};
use url::Url;

/// Where the Backend-Socket server is, and who this till is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackendSocketConfig {
    /// `false`: it stays set up and is not connected.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Its address, such as `https://print.example.com`.
    pub url: Url,
    /// By which the server knows this till.
    #[serde(default = "session_id")]
    pub session_id: String,
    /// The name that the till goes by there.
    #[serde(default = "username")]
    pub username: String,
    /// The tax number of the business.
    #[serde(default = "nipt")]
    pub nipt: String,
    /// The printer for requests that name none, or one that is not here. Missing: the one with the role `default`, else
    /// the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub printer: Option<String>,
    /// Which Socket.IO driver: `native` or `rust_socketio`.
    #[serde(default)]
    pub driver: DriverKind,
    /// How it is reached.
    #[serde(default, skip_serializing_if = "is_unset")]
    pub line: LineSettings,
}

impl BackendSocketConfig {
    /// The usual settings for everything but the address.
    pub fn new(url: Url) -> Self {
        BackendSocketConfig {
            enabled: true,
            url,
            session_id: session_id(),
            username: username(),
            nipt: nipt(),
            printer: None,
            driver: DriverKind::default(),
            line: LineSettings::default(),
        }
    }
}

fn session_id() -> String {
    BackendSocketSettings::SESSION_ID.into()
}

fn username() -> String {
    BackendSocketSettings::USERNAME.into()
}

fn nipt() -> String {
    BackendSocketSettings::NIPT.into()
}
