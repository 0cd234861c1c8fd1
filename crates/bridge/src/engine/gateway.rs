//! Starts the PrinterMaster connector, where the settings name a gateway.

use super::Core;
use super::connectors::keep;
use super::line::{LineSettingsError, plain, proxy, tls};
use super::secret::start_with;
use crate::notice::Notice;
use crate::secrets::SecretName;
use crate::settings::GatewaySettings;
use platen_connectors::printermaster::{self, PrinterMasterSettings, PrinterMasterStatus};
use platen_job::ConnectorId;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// Starts the connector; it lives as long as the engine.
pub async fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    let settings = core.settings();
    let Some(gateway) = settings.gateway.clone() else {
        if !settings.has_another_connector() {
            core.notice(Notice::NoSender);
        }
        return;
    };
    let (sender, receiver) = watch::channel(PrinterMasterStatus::new(&gateway.url));
    core.watch_gateway(receiver);
    let (for_later, tasks_for_later) = (core.clone(), tasks.clone());
    start_with(core, tasks, SecretName::GatewayLicenseKey, move |key| {
        connect(&for_later, &tasks_for_later, &gateway, key, sender);
    })
    .await;
}

fn connect(
    core: &Arc<Core>,
    tasks: &TaskTracker,
    gateway: &GatewaySettings,
    key: Option<SecretString>,
    sender: watch::Sender<PrinterMasterStatus>,
) {
    let settings = match connector_settings(core, gateway, key) {
        Ok(settings) => settings,
        Err(error) => {
            let notice = Notice::not_connected("The gateway", &error);
            tracing::error!("{notice}");
            core.notice(notice);
            return;
        }
    };
    let cancel = core.cancel.clone();
    let run = move |host, events| {
        printermaster::run(settings.clone(), host, events, cancel.clone(), sender.clone())
    };
    tasks.spawn(keep(core, "gateway connector", ConnectorId::PrinterMaster, &core.cancel, run));
}

fn connector_settings(
    core: &Core,
    gateway: &GatewaySettings,
    license_key: Option<SecretString>,
) -> Result<PrinterMasterSettings, LineSettingsError> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let mut settings =
        PrinterMasterSettings::new(gateway.url.clone(), core.device_id.clone(), version);
    settings.license_key = license_key;
    settings.branch_id.clone_from(&gateway.branch);
    settings.driver = gateway.driver;
    settings.tls = tls(gateway.ca_file.as_deref(), &gateway.pins)?;
    settings.proxy = proxy(gateway.proxy.as_deref())?;
    settings.plain = plain(gateway.allow_unencrypted);
    Ok(settings)
}
