//! Starts the PrinterMaster connector, where the settings name a gateway.

use super::Core;
use crate::secrets::SecretName;
use crate::settings::GatewaySettings;
use crate::supervise::supervise;
use platen_connectors::Host;
use platen_connectors::printermaster::{self, PrinterMasterSettings, PrinterMasterStatus};
use platen_job::ConnectorId;
use platen_socketio::{PlainPolicy, Proxy, SpkiPin, TlsSettings};
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// Why the gateway's settings cannot be used, in words.
#[derive(Debug, thiserror::Error)]
pub enum GatewaySettingsError {
    /// The proxy is not an address.
    #[error("the proxy {0:?} is not an address such as http://proxy:3128")]
    Proxy(String),
    /// A pin is not a pin.
    #[error("the pin {0:?} is not a SHA-256 hash in base64")]
    Pin(String),
}

/// Starts the connector; it lives as long as the engine.
pub async fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    let Some(gateway) = core.settings().gateway else {
        core.notice("No gateway is set up: platenctl setup --gateway URL --license-key KEY".into());
        return;
    };
    let key = license_key(core).await;
    let settings = match connector_settings(core, &gateway, key) {
        Ok(settings) => settings,
        Err(error) => {
            let notice = format!("The gateway is not connected: {error}.");
            tracing::error!("{notice}");
            core.notice(notice);
            return;
        }
    };
    let (sender, receiver) = watch::channel(PrinterMasterStatus::new(&gateway.url));
    core.watch_gateway(receiver);
    let (core, cancel) = (core.clone(), core.cancel.clone());
    let name = "gateway connector".to_owned();
    tasks.spawn(supervise(name, core.restarts.clone(), cancel.clone(), move || {
        let events = core.connect(ConnectorId::PrinterMaster);
        let host: Arc<dyn Host> = core.clone();
        printermaster::run(settings.clone(), host, events, cancel.clone(), sender.clone())
    }));
}

/// The keyring or the disk may be slow: neither blocks the engine.
async fn license_key(core: &Arc<Core>) -> Option<SecretString> {
    let secrets = core.secrets.clone();
    let read =
        tokio::task::spawn_blocking(move || secrets.get(SecretName::GatewayLicenseKey)).await;
    match read {
        Ok(Ok(key)) => key,
        Ok(Err(error)) => {
            tracing::error!(%error, "the licence key cannot be read");
            core.notice(format!("The licence key cannot be read: {error}."));
            None
        }
        Err(_) => None,
    }
}

fn connector_settings(
    core: &Core,
    gateway: &GatewaySettings,
    license_key: Option<SecretString>,
) -> Result<PrinterMasterSettings, GatewaySettingsError> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut settings =
        PrinterMasterSettings::new(gateway.url.clone(), core.device_id.clone(), version);
    settings.license_key = license_key;
    settings.branch_id.clone_from(&gateway.branch);
    settings.driver = gateway.driver;
    settings.tls =
        TlsSettings { extra_ca: gateway.ca_file.clone(), spki_pins: pins(&gateway.pins)? };
    settings.proxy = proxy(gateway.proxy.as_deref())?;
    if gateway.allow_unencrypted {
        settings.plain = PlainPolicy::AllowBeyondLoopback;
    }
    Ok(settings)
}

fn pins(texts: &[String]) -> Result<Vec<SpkiPin>, GatewaySettingsError> {
    let pin = |text: &String| {
        SpkiPin::try_from(text.clone()).map_err(|_| GatewaySettingsError::Pin(text.clone()))
    };
    texts.iter().map(pin).collect()
}

fn proxy(text: Option<&str>) -> Result<Proxy, GatewaySettingsError> {
    match text {
        None => Ok(Proxy::FromEnvironment),
        Some("none") => Ok(Proxy::None),
        // The address may hold a password: the error does not quote it.
        Some(text) => {
            text.parse().map(Proxy::Url).map_err(|_| GatewaySettingsError::Proxy("…".into()))
        }
    }
}
